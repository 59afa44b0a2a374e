"""Passes: which satellites are overhead, when, how high, and which of them serve in the scenario."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from itnt_core.city import Skyline
from itnt_core.figures import (
    MOST_DRAWN,
    MOST_ROWS,
    best_passes,
    elevation_figure,
    overview,
    pass_curves,
    sky_svg,
    sky_words,
    table_rows,
)
from itnt_core.inert import csv_bytes
from itnt_core.passes import PassTable, age_sentence, empty_sentence, hand_made_table, pass_rows, pass_table
from pages.passes.source import Source, choose_source, show_left_out
from pages.passes.use import show_done, use_panel
from pages.passes.when import View, choose_view, chosen_start, skyline_of
from pages.shared.frame import page, sentences
from pages.shared.state import keep_address, open_scenario

PURPOSE = (
    "See when satellites pass over a place, how high they climb and what buildings hide, and let the best placed ones "
    "serve in the scenario."
)


@st.cache_resource(max_entries=8, show_spinner="Following the satellites …")
def _found(key: str, _view: View, _source: Source, _mask: Skyline | None) -> PassTable:
    """Find the passes of a source, once per window, place and buildings."""
    view = _view
    if _source.elements is None:
        place_m = (*view.place_m, view.height_m or 0.0)
        return hand_made_table(open_scenario(), place_m, view.start, view.hours, view.min_elevation_deg, _mask)
    satellites = _source.elements.satellites
    return pass_table(satellites, view.site, view.start, view.hours, view.min_elevation_deg, _mask)


def find(source: Source, view: View, mask: Skyline | None) -> PassTable:
    """Return the passes to show."""
    scenario = open_scenario()
    satellites: object = source.key
    if source.elements is None:
        satellites = scenario.passes, scenario.time.start
    place = view.site, view.place_m, view.height_m
    city = (scenario.city, scenario.area) if mask else None
    key = repr((satellites, view.start, view.hours, view.min_elevation_deg, place, city))
    return _found(key, view, source, mask)


def show_overview(table: PassTable, view: View) -> None:
    """Show the headline figures."""
    with st.container(horizontal=True, gap="medium"):
        for label, value, words in overview(table, view.min_elevation_deg):
            st.metric(label, value, help=words)


def show_table(table: PassTable, view: View) -> list[int]:
    """Show the passes as a table and return the numbers of the chosen ones."""
    rows = table_rows(table, view.zone)
    event: Any = st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        width="stretch",
        height=min(420, 38 * (len(rows) + 1) + 4),
        on_select="rerun",
        selection_mode="multi-row",
        key=f"passes_table_{hash((table.start, len(rows)))}",
        alt=f"Table of {len(rows)} passes: satellite, rise, culmination, set, elevation, range",
    )
    clipped = any(one.rise_clipped or one.set_clipped for one in table.passes)
    more = (
        f"The first {MOST_ROWS:,} of {len(table.passes):,} passes; the file has all. "
        if len(rows) < len(table.passes)
        else ""
    )
    st.caption(
        f"{more}Clock: {view.zone_name}. Select rows to draw them and to use their satellites."
        + (" … goes on beyond the window." if clipped else "")
    )
    st.download_button(
        "Save the passes (CSV, UTC)",
        lambda: csv_bytes(pd.DataFrame(pass_rows(table))),
        "passes.csv",
        "text/csv",
        on_click="ignore",
        icon=":material/download:",
    )
    return [row for row in event["selection"]["rows"] if row < len(table.passes)]


def show_curves(table: PassTable, view: View, chosen: list[int], mask: Skyline | None) -> None:
    """Show sky plot and timeline of the chosen passes, or of the highest ones."""
    drawn = chosen[:MOST_DRAWN] or best_passes(table)
    curves = pass_curves(table, drawn, mask)
    few = len(table.passes) > len(drawn)
    which = "The selected passes" if chosen else "The highest pass of each part of the window" if few else "All passes"
    left, right = st.columns([2, 3], gap="medium")
    with left:
        note = "; grey: buildings" if mask else ""
        st.image(
            sky_svg(curves, mask),
            width="stretch",
            alt=sky_words(curves),
            caption=f"{which}. Middle: overhead, rim: horizon{note}",
        )
    with right:
        figure = elevation_figure(
            curves, view.start, view.hours * 3600.0, view.zone, view.zone_name, view.min_elevation_deg
        )
        st.plotly_chart(
            figure,
            key="passes_timeline",
            width="stretch",
            config={"displayModeBar": False},
            alt=f"Elevation over time of {len(curves)} passes; the table below holds the same facts",
        )
        hidden = " or hidden by buildings" if mask else ""
        st.caption(f"Bold: a pass. Thin: below {view.min_elevation_deg:g}°{hidden}. A dot marks where it sets.")


def show_empty(view: View, source: Source) -> None:
    """Say why there is nothing to see and what to do."""
    if source.elements is None and not open_scenario().passes:
        st.info("The scenario has no hand-made pass: add one above.")
        return
    tied = " Hand-made passes belong to the scenario's start." if source.elements is None else ""
    st.info(f"{empty_sentence(view.min_elevation_deg, view.hours)}{tied}")


def show_sky(source: Source, view: View) -> None:
    """Show everything about the passes of a source."""
    stale = age_sentence(source.elements, view.start) if source.elements else None
    if stale:
        sentences([stale])
    mask = skyline_of(view)
    table = find(source, view, mask)
    show_left_out(table.left_out[:MOST_ROWS])
    show_done()
    if not table.passes:
        show_empty(view, source)
        return
    show_overview(table, view)
    place = st.container()
    chosen = show_table(table, view)
    with place:
        show_curves(table, view, chosen, mask)
    if source.elements is not None:
        with st.container(border=True):
            use_panel(source, view, [table.passes[row].satellite for row in chosen])


with page("Passes", PURPOSE):
    keep_address()
    what, when = st.columns(2, gap="large")
    with what:
        source = choose_source(chosen_start())
        newest = source.elements.epochs[1] if source and source.content_hash and source.elements else None
    with when:
        view = choose_view(newest)
    if source is not None:
        show_sky(source, view)
