"""Lecture mode: big type, one thing per screen; arrow keys turn the pages, Escape leaves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from itnt_core.lessons import Example, Lesson, Step

from .example import lesson_of, markdown, show_knobs, values_of
from .lesson import show_charts, show_equation, show_own, usable_example
from .place import (
    Place,
    beside,
    go_to,
    screens_of,
    title_of,
    turn,
)

HEIGHT, OWN_HEIGHT = 520, 360  # px
STYLE = """<style>
.st-key-bar, [data-testid="stHeader"] {display: none;}
.block-container {max-width: 1800px; padding-top: 1.2rem;}
h1 {font-size: clamp(1.7rem, 3.2vw, 3.4rem) !important;}
.st-key-learn_screen p, .st-key-learn_screen li {font-size: clamp(1.15rem, 1.75vw, 2.1rem); line-height: 1.5;}
.st-key-learn_screen .stCaptionContainer p, .st-key-learn_screen [data-testid="stCaptionContainer"] p {
  font-size: clamp(1rem, 1.3vw, 1.6rem);}
.st-key-learn_screen label p {font-size: clamp(1rem, 1.2vw, 1.4rem);}
.st-key-learn_screen [data-testid="stSliderThumbValue"] p {font-size: 1rem; line-height: 1.2;}
.st-key-learn_screen .katex {font-size: clamp(0.9rem, 1.9vw, 2.3rem);}
.st-key-learn_screen {min-height: 60vh;}
</style>"""


def lecture_words(place: Place) -> tuple[str, str]:
    """Return the heading of a screen, and where in the step it stands."""
    screens = screens_of(place.step)
    place_words = f"{screens[place.screen]} · screen {place.screen + 1} of {len(screens)}"
    return title_of(place.step), f"{place_words} · arrow keys turn the pages, Escape leaves"


def show_screen(place: Place) -> None:
    """Show one screen and the ways from it."""
    st.html(STYLE)
    with st.container(key="learn_screen"):
        step = place.lesson
        example = usable_example(step)
        if example is not None:
            SHOWN[screens_of(place.step)[place.screen]](step, example)
    _turning(place)


def _turning(place: Place) -> None:
    """Show the ways to the screens beside and out of the lecture, each with its key."""
    with st.container(horizontal=True, horizontal_alignment="center"):
        for way, label, key, icon in (
            (-1, "Back", "Left", ":material/arrow_back:"),
            (1, "Next", "Right", ":material/arrow_forward:"),
        ):
            there = beside(place, way)
            st.button(
                label,
                icon=icon,
                shortcut=key,
                disabled=there is None,
                on_click=turn,
                args=(way,),
                key=f"lecture_{label}",
            )
        st.button(
            "Leave",
            icon=":material/close:",
            shortcut="Esc",
            on_click=go_to,
            args=(replace(place, lecture=False),),
            key="lecture_leave",
        )


def _now(step: Step, example: Example) -> Lesson:
    return lesson_of(step, example, values_of(step, example))


def _idea(step: Step, example: Example) -> None:
    st.markdown(markdown(_now(step, example).idea))


def _equations(step: Step, example: Example) -> None:
    equations = _now(step, example).equations
    for column, equation in zip(st.columns(len(equations)), equations, strict=True):
        with column:
            show_equation(equation)


def _pictures(step: Step, example: Example) -> None:
    lesson = lesson_of(step, example, show_knobs(step, example))
    for number, (column, chart) in enumerate(zip(st.columns(len(lesson.charts)), lesson.charts, strict=True)):
        with column:
            show_charts([chart], f"{step.key}_{number}", HEIGHT)


def _question(step: Step, example: Example) -> None:
    st.markdown(markdown([_now(step, example).question]))


def _answer(step: Step, example: Example) -> None:
    lesson = _now(step, example)
    st.caption(lesson.question.text)
    st.markdown(markdown(lesson.answer))


def _runs(step: Step, example: Example) -> None:
    show_own(_now(step, example), OWN_HEIGHT)


SHOWN: dict[str, Callable[[Step, Example], None]] = {
    "Idea": _idea,
    "Equation": _equations,
    "Try it": _pictures,
    "Question": _question,
    "Answer": _answer,
    "Your runs": _runs,
}
