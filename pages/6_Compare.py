"""Compare: runs side by side, and the paper's figures, computed anew, beside what the paper claims."""

from __future__ import annotations

import streamlit as st

from itnt_core.runs import RunStore
from itnt_core.views.paper import flight_figure, power_figure, users_figure
from pages.parts.comparison import compare_runs
from pages.parts.frame import page
from pages.parts.paper_figures import flights_chart, power_chart, stored, told_beside, users_chart
from pages.parts.raytracing import raytracing_section

PURPOSE = "Runs side by side; below, the paper's figures, computed anew on this project's own scenario."
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
    draw(figure)
    told_beside(figure, name)


with page("Compare", PURPOSE):
    compare_runs(RunStore())
    st.subheader("The paper's figures", anchor=False)
    st.caption(NOTE)
    parts = zip(
        TABS,
        st.tabs(TABS, key="paper_tab", on_change="rerun"),
        (
            ("fig2", users_figure, users_chart),
            ("fig3", power_figure, power_chart),
            ("fig4", flight_figure, flights_chart),
        ),
        strict=True,
    )
    for _, tab, (name, prepare, draw) in parts:
        if tab.open:
            with tab:
                show(name, prepare, draw)
    raytracing_section()
