"""The planner's steps of a run of spectrum sharing, live while it runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import streamlit as st


def show_steps(events: Iterable[Mapping[str, Any]], key: str) -> None:
    """Draw surrogate, true objective and binary gap of the last planning window that the events tell of."""
    steps = [
        {
            "phase": event["phase"],
            "number": event["iteration"],
            "surrogate_mbit": event["metrics"]["surrogate_mbit"],
            "backlog_mbit": event["objective_mbit"],
            "binary_gap": event["metrics"]["binary_gap"],
        }
        for event in events
        if {"surrogate_mbit", "binary_gap"} <= {*(event.get("metrics") or ())}
        and {"phase", "iteration", "objective_mbit"} <= event.keys()
    ]
    if len(steps) < 2:
        return
    from itnt_core.figures import steps_figure  # plotly is slow to import, and only this needs it

    figure = steps_figure(steps[-120:])
    if figure is not None:
        figure.update_layout(height=220)
        st.plotly_chart(figure, key=key, width="stretch")
