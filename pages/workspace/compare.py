"""Compare: runs on one clock and one camera, and in the drawer what differs between them and who gains by it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from itnt_core.runs import RunStore
from pages.comparing.comparison import PARTS, Comparison, choose_runs
from pages.comparing.panes import compare_map
from pages.comparing.paper_figures import show_paper
from pages.comparing.raytracing import raytracing_section
from pages.comparing.trade_offs import show_trade_offs
from pages.shared import state
from pages.shared.demo import comparable_runs
from pages.shared.map3d import bare_map
from pages.shared.reports import offer_reports_of

from .places import Places

DRAWER = "compare_part"
TRADE_OFFS, PAPER, TRACED = "Trade-offs", "The paper's figures", "Ray tracing"


def show_compare(places: Places) -> None:
    """Show the chosen runs; what needs no choice stands in the drawer all the same."""
    store = RunStore()
    with places.side:
        chosen = choose_runs(store)
    with places.map:
        if chosen is not None and chosen.is_whole:
            compare_map(store, chosen.runs, chosen.whole, chosen.titles)
        else:
            bare_map(state.open_scenario(), "The city, without runs: fewer than two can be shown")
    if chosen is not None and chosen.is_whole:
        with places.side, st.popover("Save", icon=":material/download:"):
            offer_reports_of(store, chosen.runs, "compare_report")
    _show_drawer(places, store, chosen)


def _show_drawer(places: Places, store: RunStore, chosen: Comparison | None) -> None:
    parts = {part: partial(chosen.show, part, store) for part in PARTS} if chosen else {}
    tables: dict[str, Callable[[], None]] = {
        **parts,
        TRADE_OFFS: lambda: show_trade_offs(store, comparable_runs(store)),
        PAPER: show_paper,
        TRACED: raytracing_section,
    }
    opened = places.open_drawer(list(tables), DRAWER)
    if opened is not None:
        with places.drawer:
            tables[opened]()
