"""The curve of a run's objective and its bound."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import altair as alt
import streamlit as st

from itnt_core.figures import Training, ascent, training

COLOURS = {"Best so far": "#0072b2", "Upper bound": "#d55e00"}
DASHES = {"Best so far": [1, 0], "Upper bound": [6, 4]}  # told apart without colour
SERVICE_COLOURS = COLOURS | {"Policy alone": "#009e73", "Straight line": "#8c8c8c", "Short planner": "#cc79a7"}
SERVICE_DASHES = DASHES | {"Policy alone": [1, 0], "Straight line": [2, 3], "Short planner": [8, 3]}


def show_ascent(events: Iterable[Mapping[str, Any]], key: str) -> None:
    """Show how the objective has risen towards the bound, with the same in a sentence below; and how it was learned."""
    events = list(events)
    learned = training(events)
    if learned is not None:
        _show_training(learned, key)
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


def _show_training(learned: Training, key: str) -> None:
    """Show the learning curves: data service beside its lines; reward, losses and the rest as small charts."""
    names = list(dict.fromkeys(row["series"] for row in learned.service))
    service = (
        alt.Chart(alt.Data(values=learned.service), height=300, description="Data service against episode.")
        .mark_line()
        .encode(
            x=alt.X("episode:Q", title="Episode of all environments", axis=alt.Axis(tickMinStep=1)),
            y=alt.Y("mbit:Q", title="Data service, Mbit", scale=alt.Scale(zero=False)),
            color=alt.Color("series:N", title=None, legend=alt.Legend(orient="top", columns=3)).scale(
                domain=names, range=[SERVICE_COLOURS[name] for name in names]
            ),
            strokeDash=alt.StrokeDash("series:N", legend=None).scale(
                domain=names, range=[SERVICE_DASHES[name] for name in names]
            ),
        )
    )
    st.altair_chart(service, key=f"{key}_service", width="stretch")
    small = (
        alt.Chart(alt.Data(values=learned.figures), width=150, height=70, description="What the training tells.")
        .mark_line(color="#0072b2")
        .encode(
            x=alt.X("episode:Q", title=None, axis=alt.Axis(tickMinStep=1)),
            y=alt.Y("value:Q", title=None, scale=alt.Scale(zero=False)),
            facet=alt.Facet("figure:N", columns=3, title=None),
        )
        .resolve_scale(y="independent")
    )
    with st.expander("Reward, losses and exploration"):
        st.altair_chart(small, key=f"{key}_figures")
    st.caption(" · ".join(f"{name} {value:,.3g}" for name, value in learned.last))
