"""The curve of a run's objective and its bound."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import streamlit as st

from itnt_core.figures import Training, ascent, ascent_figure, learning_figure, metrics_figure, training

BARE = {"displayModeBar": False}


def show_ascent(events: Iterable[Mapping[str, Any]], key: str) -> None:
    """Show how the objective has risen towards the bound, with the same in a sentence below; and how it was learned."""
    events = list(events)
    learned = training(events)
    if learned is not None:
        _show_training(learned, key)
    curve = ascent(events)
    if curve is None:
        return
    st.plotly_chart(ascent_figure(curve), key=key, width="stretch", alt=curve.sentence, config=BARE)
    st.caption(curve.sentence)


def _show_training(learned: Training, key: str) -> None:
    """Show the learning curves: data service beside its lines; reward, losses and the rest as small charts."""
    last = " · ".join(f"{name} {value:,.3g}" for name, value in learned.last)
    st.plotly_chart(
        learning_figure(learned),
        key=f"{key}_service",
        width="stretch",
        alt="Data service of the policy against episode",
        config=BARE,
    )
    with st.expander("Reward, losses and exploration"):
        st.plotly_chart(metrics_figure(learned), key=f"{key}_figures", width="stretch", alt=last, config=BARE)
    st.caption(last)
