"""What stands in the drawer: schemes side by side, users, the band, the planner's steps, what the twin got wrong."""

from __future__ import annotations

import streamlit as st

from itnt_core.figures import (
    backlog_figure,
    backlog_share_figure,
    delay_figure,
    forecast_figure,
    hours_figure,
    scheme_rows,
    steps_figure,
    waterfall_figure,
)
from itnt_core.twin import SCHEME_TITLES, TwinResult
from itnt_core.words import bound_sentence, change_sentences, least_backlog_sentence, user_backlog_rows
from pages.spectrum.beliefs import show_reports
from pages.spectrum.choice import Watched


def show_schemes(results: list[TwinResult]) -> None:
    """Show the finished schemes of a question side by side: backlog over time, and every figure as a table."""
    sentence = least_backlog_sentence(results)
    if sentence:
        st.markdown(sentence)
    st.caption(bound_sentence(results))
    alt = "Backlog of each scheme over time; the table below holds its mean, its greatest and its last value."
    st.plotly_chart(backlog_figure(results), key="twin_backlog", width="stretch", alt=alt)
    hours = hours_figure(results)
    if hours is not None:
        alt = "Load, mean backlog and what satellites serve by the hour; the files of a run hold every slot."
        st.plotly_chart(hours, key="twin_hours", width="stretch", alt=alt)
    st.dataframe(
        scheme_rows(results), hide_index=True, width="stretch", alt="Backlog, delay, shares and times of each scheme"
    )


def show_users(watched: Watched) -> None:
    """Show how backlog and waiting spread over the users, and each user of the watched scheme."""
    left, right = st.columns(2, gap="large")
    left.markdown("**Backlog of the users**")
    alt = "For which share of the users no more than so much waits, a line per scheme; the table below holds each user."
    left.plotly_chart(backlog_share_figure(watched.results), key="twin_share", width="stretch", alt=alt)
    right.markdown("**Waiting times of the users**")
    alt = "Which share of the users waits no longer than so many seconds, a line per scheme."
    right.plotly_chart(delay_figure(watched.results), key="twin_delay", width="stretch", alt=alt)
    if watched.result is not None:
        st.caption(SCHEME_TITLES[watched.scheme])
        st.dataframe(user_backlog_rows(watched.result), hide_index=True, width="stretch", alt="Each user's backlog")


def show_band(result: TwinResult) -> None:
    """Show who sends where over time, and what was corrected in a cycle, in words."""
    left, right = st.columns([3, 2], gap="large")
    left.markdown("**The band: who sends where**")
    alt = "For each cycle and sub-band, who sends and how much links could carry."
    left.plotly_chart(waterfall_figure(result), key="twin_band", width="stretch", alt=alt)
    with right:
        st.markdown("**From the twin's plan to the correction**")
        cycle = st.slider("Cycle", 1, result.scenario.cycles, 1, key="twin_cycle") if result.scenario.cycles > 1 else 1
        for sentence in change_sentences(result, cycle - 1):
            st.markdown(f"- {sentence}")


def show_planner(result: TwinResult) -> None:
    """Show the planner's steps of the watched scheme."""
    figure = steps_figure(result.manifest["course"])
    if figure is None:
        st.caption("This scheme plans nothing ahead.")
        return
    st.plotly_chart(figure, key="twin_steps", width="stretch", alt="Backlog of the window after each planning step")


def show_twin(result: TwinResult) -> None:
    """Show what the twin expected against what came, and what it learned."""
    st.markdown("**Arrivals: predicted and actual**")
    alt = "What the twin expected to arrive in each cycle, beside what arrived."
    st.plotly_chart(forecast_figure(result), key="twin_forecast", width="stretch", alt=alt)
    show_reports(result, "drawer")
