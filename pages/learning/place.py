"""Where on the path a visitor is: kept in the address, so that it can be shared and found again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import streamlit as st

from itnt_core.lessons import BEYOND, PATH, STEPS, Step

GLOSSARY = "glossary"
KEYS = (*(step.key for step in STEPS), GLOSSARY)
NUMBERS = {step.key: str(number) for number, step in enumerate(PATH, start=1)}  # how the address names a step
NAMES = {key: NUMBERS.get(key, key) for key in KEYS}
SCREENS = ("Idea", "Equation", "Try it", "Question", "Answer", "Your runs")
CHOICE = "learn_choice"


@dataclass(frozen=True)
class Place:
    """A step by its key, and in lecture mode a screen of it."""

    step: str
    lecture: bool = False
    screen: int = 0

    @property
    def lesson(self) -> Step:
        """Return the step; the glossary is none."""
        return next(step for step in STEPS if step.key == self.step)


def title_of(key: str) -> str:
    """Return a step's name with its number."""
    if key == GLOSSARY:
        return "Glossary"
    title = next(step.title for step in STEPS if step.key == key)
    return f"{NUMBERS[key]}. {title}" if key in NUMBERS else title


def screens_of(key: str) -> tuple[str, ...]:
    """Return the screens of a step; only some speak of the user's own runs."""
    from itnt_core.lessons import ASKED

    return SCREENS if key in ASKED else SCREENS[:-1]


def place_of_address() -> tuple[Place, list[str]]:
    """Return the place that the address names, and a note for everything in it that cannot be."""
    notes: list[str] = []
    asked = st.query_params.get("step", NAMES[KEYS[0]])
    step = next((key for key in KEYS if NAMES[key] == asked), None)
    if step is None:
        notes.append(
            f"The address named a step that is not one of 1 to {len(PATH)}, {_beyond()} or glossary; it was left out."
        )
        st.query_params.pop("step", None)
    step = step or KEYS[0]
    lecture = _lecture(step, notes)
    return Place(step, lecture, _screen(step, notes) if lecture else 0), notes


def _beyond() -> str:
    return ", ".join(step.key for step in BEYOND)


def _lecture(step: str, notes: list[str]) -> bool:
    asked = st.query_params.get("lecture")
    if asked in (None, "1") and not (asked and step == GLOSSARY):
        return asked is not None
    notes.append("The address asked for a lecture in a way that is not known here; it was left out.")
    st.query_params.pop("lecture", None)
    return False


def _screen(step: str, notes: list[str]) -> int:
    asked, most = st.query_params.get("screen", "1"), len(screens_of(step))
    if asked.isdecimal() and 1 <= int(asked) <= most:
        return int(asked) - 1
    notes.append(f"The address named a screen that is not a whole number from 1 to {most}; it was left out.")
    st.query_params.pop("screen", None)
    return 0


def go_to(place: Place) -> None:
    """Put a place into the address; the page shows it in its next run."""
    words = {"step": NAMES[place.step]}
    if place.lecture:
        words |= {"lecture": "1", "screen": str(place.screen + 1)}
    st.query_params.from_dict(words)


def beside(place: Place, way: int) -> Place | None:
    """Return the next (1) or the last (-1) step, in a lecture the next or last screen; None beyond the ends."""
    keys = KEYS[:-1] if place.lecture else KEYS
    if place.lecture and 0 <= place.screen + way < len(screens_of(place.step)):
        return replace(place, screen=place.screen + way)
    index = keys.index(place.step) + way
    if not 0 <= index < len(keys):
        return None
    screen = len(screens_of(keys[index])) - 1 if place.lecture and way < 0 else 0
    return Place(keys[index], place.lecture, screen)


def turn(way: int) -> None:
    """Go one screen on (1) or back (-1) from where the address is now: keys pressed in a hurry add up."""
    there = beside(place_of_address()[0], way)
    if there is not None:
        go_to(there)


def show_ways(place: Place) -> None:
    """Show all steps to choose from, and the way into the lecture."""
    st.session_state[CHOICE] = place.step
    with st.container(horizontal=True, vertical_alignment="bottom", key="learn_ways"):
        st.pills(
            "Step",
            KEYS,
            format_func=title_of,
            key=CHOICE,
            required=True,
            width="stretch",
            wrap=True,
            on_change=lambda: go_to(Place(st.session_state[CHOICE])),
        )
        if place.step != GLOSSARY:
            st.button(
                "Lecture mode",
                icon=":material/co_present:",
                on_click=go_to,
                args=(replace(place, lecture=True),),
                help="Big type, one thing per screen; arrow keys turn the pages, Escape leaves.",
            )


WAYS: tuple[tuple[int, str, Literal["left", "right"]], ...] = (
    (-1, ":material/arrow_back:", "left"),
    (1, ":material/arrow_forward:", "right"),
)


def turn_pages(place: Place) -> None:
    """Show the ways to the last and to the next step."""
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        for way, icon, side in WAYS:
            there = beside(place, way)
            if there is not None:
                st.button(
                    title_of(there.step),
                    icon=icon,
                    icon_position=side,
                    on_click=go_to,
                    args=(there,),
                    key=f"learn_turn_{way}",
                    type="primary" if way > 0 else "secondary",
                )
