"""The paper's figures: what is stored of them, their charts, and what is said beside."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from itnt_core.figures import PaperFigure, figure_file, read_figure

if TYPE_CHECKING:
    import plotly.graph_objects as go


def stored(name: str) -> dict[str, Any] | None:
    """Return a figure's stored content, read once per change of its file."""
    path = figure_file(name)
    return _read(str(path), path.stat().st_mtime_ns if path.exists() else 0)


@st.cache_data(max_entries=8, show_spinner=False)
def _read(path: str, stamp: int) -> dict[str, Any] | None:
    del stamp
    return read_figure(Path(path))


def show_chart(chart: go.Figure, figure: PaperFigure, name: str) -> None:
    """Show a figure's chart; the claim and what was found stand for it where it cannot be seen."""
    config = {"displayModeBar": False}
    st.plotly_chart(chart, key=f"paper_{name}", width="stretch", alt=f"{figure.claim} {figure.found}", config=config)


def show_findings(figure: PaperFigure, name: str) -> None:
    """Say what the paper claims, what was found, from what, and how to compute it again."""
    left, right = st.columns(2)
    left.markdown(f"**The paper**\n\n{figure.claim}")
    right.markdown(f"**Found here**\n\n{figure.found}")
    st.caption(
        f"{figure.made} Bands are 95 % confidence intervals. Compute again: `python -m itnt_core reproduce {name}`"
    )
    with st.expander("The same as a table"):
        st.dataframe(figure.rows, hide_index=True)
