"""How a training of a dispatcher goes, round by round, live while it runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import streamlit as st


def show_rounds(events: Iterable[Mapping[str, Any]], key: str) -> None:
    """Draw what hindsight's scores are left unexplained by after each round that the events tell of."""
    rounds = [event["metrics"]["unexplained"] for event in events if "unexplained" in (event.get("metrics") or ())]
    if not rounds:
        return
    from itnt_core.figures import taught_figure  # plotly is slow to import, and only this needs it

    alt = "What the network leaves unexplained of hindsight's scores after each round, in per cent."
    st.plotly_chart(taught_figure(rounds), key=key, width="stretch", alt=alt)
