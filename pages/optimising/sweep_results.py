"""What a sweep has found: a figure against an axis with confidence bands, parallel coordinates, a table."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st

from itnt_core.figures import (
    SWEEP_FIGURES,
    parallel_figure,
    shown_table,
    sweep_axes,
    sweep_axis_title,
    sweep_curves,
    sweep_figure,
    sweep_sentence,
)
from itnt_core.methods import METHODS
from itnt_core.runs import MIME, Format, RunStore, stored_sweeps, sweep_table, table_bytes
from pages.shared.frame import shows_errors
from pages.shared.run_cards import IDLE_S

CURVES, PARALLEL, TABLE = PARTS = ("Against an axis", "Parallel coordinates", "Table")
BARE = {"displayModeBar": False}
CURVES_ALT = "The chosen figure of the sweep against the chosen axis; the table holds every run."
PARALLEL_ALT = "Every finished run of the sweep as a line over its varied values and figures; the table holds it."


def sweep_results(store: RunStore) -> None:
    """Show a sweep that is chosen, the newest first, and follow it while it is at work."""
    live = any(run.sweep and not run.is_over for run in store.list())
    st.fragment(_results, run_every=IDLE_S if live else None)(store)


@shows_errors()
def _results(store: RunStore) -> None:
    """Show the chosen sweep; what is not finished yet is left out of the charts."""
    sweeps = stored_sweeps(store)
    if not sweeps:
        st.info("No sweep has been started yet. Open Sweep in the panel of Optimise: axes, values, one button.")
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox("Sweep", list(sweeps), format_func=lambda key: sweeps[key][0], key="sweep_shown")
        spec = sweeps[chosen][1]
        axis = st.selectbox("Against", sweep_axes(spec), format_func=sweep_axis_title, key="sweep_against")
        key = st.selectbox(
            "Figure", list(SWEEP_FIGURES), format_func=lambda key: SWEEP_FIGURES[key].heading, key="sweep_figure"
        )
    table, titles = sweep_table(store, chosen), {method.key: method.title for method in METHODS.values()}
    curves = sweep_curves(table, spec, axis, key, titles)
    sentence = sweep_sentence(curves, axis, key)
    st.text(sentence)
    for name, tab in zip(PARTS, st.tabs(PARTS, key="sweep_part", on_change="rerun"), strict=True):
        if not tab.open:
            continue
        with tab:
            if name == CURVES and curves:
                chart = sweep_figure(curves, axis, key)
                st.plotly_chart(chart, key="sweep_curves", width="stretch", alt=f"{CURVES_ALT} {sentence}", config=BARE)
            elif name == PARALLEL:
                parallel = parallel_figure(table, spec, titles)
                if parallel is not None:
                    st.plotly_chart(parallel, key="sweep_parallel", width="stretch", alt=PARALLEL_ALT, config=BARE)
            elif name == TABLE:
                _table(chosen, table, shown_table(table, spec, titles))


def _table(sweep_id: str, table: pd.DataFrame, shown: pd.DataFrame) -> None:
    """Show every run of a sweep, and offer the raw table as a file."""
    st.dataframe(shown, hide_index=True, width="stretch", alt="Every run of the sweep")
    forms: tuple[Format, ...] = ("csv", "parquet")
    with st.container(horizontal=True):
        for form in forms:
            content, name = partial(table_bytes, table, form), f"sweep-{sweep_id}.{form}"
            st.download_button(form.upper(), content, name, MIME[form], key=f"sweep_as_{form}", on_click="ignore")
