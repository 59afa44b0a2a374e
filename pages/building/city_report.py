"""What became of a file of buildings at one glance: counts, what to look at, how it was taken and why, what is left."""

from __future__ import annotations

import streamlit as st

from itnt_core.city import ImportReport
from itnt_core.words import glance_figures, reading_rows, reason_rows, report_rows
from pages.shared.frame import escaped, sentences


def show_city_report(report: ImportReport) -> None:
    """Show the report of an import; everything that it holds lies behind the last line."""
    st.markdown("**What became of the file**")
    with st.container(horizontal=True):
        for label, value in glance_figures(report).items():
            st.metric(label, value, width="content")
    if report.warnings:
        sentences(list(report.warnings))
    for rows in (reading_rows(report), reason_rows(report)):
        if rows:
            _table(rows)
    for line in report.notes:
        st.caption(escaped(line))
    with st.expander("Everything in the report"):
        _table(report_rows(report))


def _table(rows: list[dict[str, str]]) -> None:
    """Show rows as whole sentences, which a grid would cut."""
    st.table([{name: escaped(text) for name, text in row.items()} for row in rows], hide_index=True)
