"""The paper's figures: what is stored of them, their charts, and what is said beside."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from itnt_core.figures import (
    CONTROLS_FIGURE,
    PaperFigure,
    controls_of,
    figure_file,
    flight_figure,
    flights_chart,
    power_chart,
    power_figure,
    read_figure,
    users_chart,
    users_figure,
)
from itnt_core.methods import UNTRAINED

if TYPE_CHECKING:
    import plotly.graph_objects as go

TABS = ("Data service and users", "Reward and power", "Flights")
NOTE = (
    "The paper's text has lost every number of its simulation set-up, so its absolute values are not known: compare "
    "orders and trends. Scenario, channel and city are this project's own."
)


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


def show_controls() -> None:
    """Show what learning adds: where the gain comes from in a sentence, and every row behind it."""
    content = stored(CONTROLS_FIGURE)
    found = None if content is None else controls_of(content)
    again = f"`python -m itnt_core reproduce {CONTROLS_FIGURE}`"
    st.markdown("**What learning adds**")
    if found is None:
        st.info(f"Not computed yet. Run {again}.")
        return
    st.markdown(found.source)
    formats = {"Gain, %": "%+.1f", "Of the planner's data": "%.3f", "Time, s": "%.0f"}
    columns = {name: st.column_config.NumberColumn(format=form) for name, form in formats.items()}
    # the height of all rows: none of them hides behind a scroll bar
    st.dataframe(found.table, hide_index=True, column_config=columns, height="content", width="stretch", placeholder="")
    st.markdown(f"{found.parts} {found.plain}")
    st.caption(
        f"{found.made} The gain is over '{found.rows[UNTRAINED].title}', seed against seed, with Student's intervals; "
        f"time is the median. Compute again: {again}"
    )


def show_paper() -> None:
    """Show the paper's figures, each in its tab."""
    st.caption(NOTE)
    parts = (
        ("fig2", users_figure, users_chart),
        ("fig3", power_figure, power_chart),
        ("fig4", flight_figure, flights_chart),
    )
    for tab, (name, prepare, draw) in zip(st.tabs(TABS, key="paper_tab", on_change="rerun"), parts, strict=True):
        if tab.open:
            with tab:
                _show(name, prepare, draw)
                if name == "fig2":
                    show_controls()


def _show(name: str, prepare, draw) -> None:  # type: ignore[no-untyped-def]
    """Show one figure with claim and finding, or how to compute it."""
    content = stored(name)
    if content is None:
        st.info(f"Not computed yet. Run `python -m itnt_core reproduce {name}`.")
        return
    figure = prepare(content)
    show_chart(draw(figure), figure, name)
    show_findings(figure, name)
