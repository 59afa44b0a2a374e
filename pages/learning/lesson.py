"""One step of the path on a page: words and equations on one side, knobs and charts on the other."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from itnt_core.figures import style
from itnt_core.lessons import Chart, Equation, Example, Lesson, Sentence, Step, find_terms
from itnt_core.scenario import ScenarioError
from pages.shared.frame import escaped, sentences
from pages.shared.state import open_scenario

from .example import example_for, lesson_of, markdown, reset_knobs, show_knobs
from .place import Place, title_of, turn_pages

# Long equations wrap by themselves, line by line; on narrow screens they are set smaller, so that nothing is cut off.
STYLE = """<style>
h2 {font-size: 1.6rem !important;} h3 {font-size: 1.15rem !important;}
.katex-display {margin: 0; padding: 0.5rem 0;}
@media (max-width: 640px) {.katex {font-size: 0.86em;}}
</style>"""


def show_step(place: Place) -> None:
    """Show a step, or what the scenario lacks for it."""
    st.html(STYLE)
    st.header(title_of(place.step), anchor=False)
    step = place.lesson
    example = usable_example(step)
    if example is not None:
        left, right = st.columns([5, 6], gap="large")
        with right:
            lesson = _side_with_knobs(step, example)
        with left:
            _side_with_words(lesson)
        _show_own(lesson)
    _show_words(step)
    turn_pages(place)


def usable_example(step: Step) -> Example | None:
    """Return what the step can be taught on; None, with a sentence of what to do, where the scenario does not do."""
    lack = step.missing(open_scenario())
    if lack is not None:
        st.info(escaped(lack.text))
        st.page_link("pages/1_Scenario.py", label="Go to Build", icon=":material/arrow_forward:")
        return None
    try:
        example, note = example_for(step)
        step.knobs(example, {})  # builds the world
    except ScenarioError as error:
        sentences(list(error.sentences))
        return None
    if note is not None:
        st.caption(escaped(note.text))
    return example


def _side_with_knobs(step: Step, example: Example) -> Lesson:
    st.subheader("Try it", anchor=False)
    values = show_knobs(step, example)
    st.button(
        "Back to the scenario's values",
        type="tertiary",
        icon=":material/restart_alt:",
        on_click=reset_knobs,
        args=(step, example),
        key=f"learn_reset_{step.key}",
    )
    lesson = lesson_of(step, example, values)
    show_charts(lesson.charts, step.key)
    show_table(lesson)
    return lesson


def _side_with_words(lesson: Lesson) -> None:
    st.subheader("What happens here", anchor=False)
    st.markdown(markdown(lesson.idea))
    for equation in lesson.equations:
        show_equation(equation)
    st.subheader("A question", anchor=False)
    st.markdown(markdown([lesson.question]))
    with st.expander("Answer", icon=":material/lightbulb:"):
        st.markdown(markdown(lesson.answer))


def show_equation(equation: Equation) -> None:
    """Show an equation: what it says, in symbols, with its numbers."""
    with st.container(border=True):
        st.caption(_plain(equation.caption))
        st.latex(equation.symbols)
        st.latex(equation.numbers)


def show_charts(charts: Iterable[Chart], key: str, lecture_height: int | None = None) -> None:
    """Draw charts, each with its title and the same in words; in a lecture large, and at least that high in px."""
    for number, chart in enumerate(charts):
        st.markdown(f"**{escaped(chart.title)}**")
        st.plotly_chart(
            chart.figure if lecture_height is None else style.enlarged(chart.figure, lecture_height),
            width="stretch",
            key=f"learn_chart_{key}_{number}",
            alt=chart.caption.text,
            config={"displayModeBar": False},
        )


def show_table(lesson: Lesson) -> None:
    """Show the lesson's table, folded."""
    if lesson.table:
        with st.expander(f"{lesson.table_title}: table", icon=":material/table_rows:"):
            st.table(list(lesson.table), hide_index=True, border="horizontal", alt=lesson.table_title)


def _show_own(lesson: Lesson) -> None:
    if lesson.own_runs:
        st.subheader("Your own runs", anchor=False)
        show_own(lesson)


def show_own(lesson: Lesson, lecture_height: int | None = None) -> None:
    """Tell of the user's own runs, or how to get one."""
    st.markdown(markdown(lesson.own_runs))
    show_charts(lesson.own_charts, "own", lecture_height)


def _show_words(step: Step) -> None:
    terms = find_terms(step=step.key)
    if terms:
        with st.expander("Words of this step", icon=":material/menu_book:"):
            st.markdown("\n".join(f"- **{escaped(term.term)}**: {escaped(term.meaning)}" for term in terms))


def _plain(sentence: Sentence) -> str:
    return escaped(sentence.text)
