"""Rows of headline figures, the same on every page."""

from __future__ import annotations

from typing import Any

import streamlit as st

from itnt_core.words import first_figures, handover_rows, headline_figures


def figure_row(kpis: dict[str, Any], result: Any = None) -> None:
    """Show the headline figures of a result side by side, with its changes of server; they wrap on narrow screens."""
    with st.container(horizontal=True, gap="medium"):
        for label, value, explanation in [*headline_figures(kpis), *([] if result is None else handover_rows(result))]:
            st.metric(label, value, help=explanation)


def figure_strip(kpis: dict[str, Any]) -> None:
    """Show the few figures that are looked at first in one line, above a map that they must not cover."""
    with st.container(horizontal=True, gap="medium", wrap=False):
        for label, value, explanation in first_figures(kpis):
            st.metric(label, value, help=explanation)
