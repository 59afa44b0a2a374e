"""Compare: runs side by side, trade-offs, and the paper's figures, computed anew, beside what the paper claims."""

from __future__ import annotations

import streamlit as st

from itnt_core.figures import flight_figure, flights_chart, power_chart, power_figure, users_chart, users_figure
from itnt_core.runs import RunStore
from pages.comparing.comparison import address_is_new, compare_runs
from pages.comparing.paper_figures import show_chart, show_findings, stored
from pages.comparing.raytracing import raytracing_section
from pages.comparing.trade_offs import show_trade_offs
from pages.shared.demo import comparable_runs
from pages.shared.frame import page

PURPOSE = (
    "Runs side by side on one clock and one camera, what differs between them and who gains by it. Space plays and "
    "pauses, arrow keys step; ? on the map lists all keys."
)
SIDES, TRADE_OFFS, PAPER, TRACED = VIEWS = ("Side by side", "Trade-offs", "The paper's figures", "Ray tracing")
TABS = ("Data service and users", "Reward and power", "Flights")
NOTE = (
    "The paper's text has lost every number of its simulation set-up, so its absolute values are not known: compare "
    "orders and trends. Scenario, channel and city are this project's own."
)


def show(name: str, prepare, draw) -> None:  # type: ignore[no-untyped-def]
    """Show one figure with claim and finding, or how to compute it."""
    content = stored(name)
    if content is None:
        st.info(f"Not computed yet. Run `python -m itnt_core reproduce {name}`.")
        return
    figure = prepare(content)
    show_chart(draw(figure), figure, name)
    show_findings(figure, name)


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
                show(name, prepare, draw)


with page("Compare", PURPOSE):
    store = RunStore()
    if address_is_new():
        st.session_state["compare_view"] = SIDES
    for view, tab in zip(VIEWS, st.tabs(VIEWS, key="compare_view", on_change="rerun"), strict=True):
        if not tab.open:
            continue
        with tab:
            if view == SIDES:
                compare_runs(store)
            elif view == TRADE_OFFS:
                show_trade_offs(store, comparable_runs(store))
            elif view == PAPER:
                show_paper()
            else:
                raytracing_section()
