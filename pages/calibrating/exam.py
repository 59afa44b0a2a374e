"""The exam: a case, its panels, and a switch that makes them fail."""

from __future__ import annotations

import time
from dataclasses import dataclass

import streamlit as st

from itnt_core.calibration import AERIAL, DOWNTILT_DEG, MOST_SEEDS, NO_DOWNTILT_DEG, Panel, sit_apart
from itnt_core.figures import panel_figure
from itnt_core.words import (
    CASE_TITLES,
    drawn_words,
    exam_sentence,
    panel_rows,
    panel_sentence,
    panel_title,
    panel_words,
)
from pages.shared.frame import shows_errors

TAKEN = "calibration_taken"  # exams of this session by what was asked
BARE = {"displayModeBar": False}
WRONG_HELP = (
    f"Antennas look at the horizon instead of {DOWNTILT_DEG:g} degrees below it. An exam that nothing can fail would "
    "be worth nothing."
)


@dataclass(frozen=True)
class Asked:
    """What an exam is taken in."""

    case: str
    seed: int
    downtilt_deg: float


@dataclass(frozen=True)
class Taken:
    """An exam that was taken: its panels and how long it took."""

    panels: tuple[Panel, ...]
    seconds: float


@st.fragment
@shows_errors()
def show_exam() -> None:
    """Let a case be chosen, take the exam in it where it was not yet, and show its panels."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        case = st.pills(
            "Case",
            list(CASE_TITLES),
            default=next(iter(CASE_TITLES)),
            format_func=CASE_TITLES.__getitem__,
            key="exam_case",
            required=True,
            wrap=True,
        )
        seed = st.number_input("Seed", 0, MOST_SEEDS - 1, 1, key="exam_seed", width=120)
        again = st.button("Run again", icon=":material/refresh:", key="exam_again")
    is_wrong = case != AERIAL and st.toggle("What if it were wrong?", key="exam_wrong", help=WRONG_HELP)
    asked = Asked(str(case), int(seed), NO_DOWNTILT_DEG if is_wrong else DOWNTILT_DEG)
    taken = _taken(asked, again)
    _verdict(asked, taken)
    for column, panel in zip(st.columns(len(taken.panels), gap="medium"), taken.panels, strict=True):
        with column:
            _show_panel(panel)


def _taken(asked: Asked, again: bool) -> Taken:
    """Return the exam that is asked for, taken now unless this session has it."""
    known: dict[Asked, Taken] = st.session_state.setdefault(TAKEN, {})
    if again or asked not in known:
        known[asked] = _take(asked)
    return known[asked]


def _take(asked: Asked) -> Taken:
    started, panels, words = time.monotonic(), [], f"Dropping users: {CASE_TITLES[asked.case]} …"
    bar = st.progress(0.0, words)
    try:
        for found in sit_apart(asked.case, asked.seed, asked.downtilt_deg):
            if isinstance(found, Panel):
                panels.append(found)
            else:
                bar.progress(min(1.0, found), words)
    finally:
        bar.empty()
    return Taken(tuple(panels), time.monotonic() - started)


def _verdict(asked: Asked, taken: Taken) -> None:
    passed = all(panel.passed for panel in taken.panels)
    show = st.success if passed else st.error
    wrong = "" if asked.downtilt_deg == DOWNTILT_DEG else " It was made wrong on purpose: the antennas are not tilted."
    show(f"**{exam_sentence(taken.panels)}**{wrong}", icon=":material/check:" if passed else ":material/close:")
    st.caption(f"{drawn_words(taken.panels[0])}, computed in {taken.seconds:.1f} s.")


def _show_panel(panel: Panel) -> None:
    st.subheader(panel_title(panel), anchor=False)
    st.plotly_chart(
        panel_figure(panel, panel_title(panel)),
        key=f"exam_{panel.metric}",
        width="stretch",
        alt=panel_words(panel),
        config=BARE,
    )
    st.markdown(panel_sentence(panel))
    with st.expander("Table"):
        st.dataframe(panel_rows(panel), hide_index=True, width="stretch")
