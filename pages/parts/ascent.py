"""The curve of a run's objective and its bound."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import altair as alt
import streamlit as st

from itnt_core.views.progress import ascent

COLOURS = {"Best so far": "#0072b2", "Upper bound": "#d55e00"}
DASHES = {"Best so far": [1, 0], "Upper bound": [6, 4]}  # told apart without colour


def show_ascent(events: Iterable[Mapping[str, Any]], key: str) -> None:
    """Show how the objective has risen towards the bound, with the same in a sentence below."""
    curve = ascent(events)
    if curve is None:
        return
    names = list(COLOURS)
    series = alt.Color("series:N", title=None, legend=alt.Legend(orient="top"))
    chart = (
        alt.Chart(alt.Data(values=curve.rows), height=180, description=curve.sentence)
        .mark_line(interpolate="step-after")
        .encode(
            x=alt.X("elapsed_s:Q", title="Elapsed, s"),
            y=alt.Y("mbit:Q", title="Data service, Mbit", scale=alt.Scale(zero=False)),
            color=series.scale(domain=names, range=[COLOURS[name] for name in names]),
            strokeDash=alt.StrokeDash("series:N", legend=None).scale(domain=names, range=[DASHES[n] for n in names]),
        )
    )
    st.altair_chart(chart, key=key, width="stretch")
    st.caption(curve.sentence)
