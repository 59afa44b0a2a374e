"""Buttons that make a report of one run, or of several side by side, when someone asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from itnt_core.report import FORMATS, MOST_RUNS, Form, Source, report_file_name
from itnt_core.runs import Run, RunStore, cache_folder
from itnt_core.studies import report_bytes

from .demo import replay_folder

LABELS: dict[Form, str] = {"html": "Report (HTML)", "pdf": "Report (PDF)"}
HELP = (
    "Figures under both conventions, map, curves, every constraint judged anew with its margin, bound, assumptions, "
    "provenance and how to reproduce it. One file, without a network."
)


def offer_reports(sources: Sequence[Source], key: str) -> None:
    """Offer a report of runs as HTML and as PDF; it is made at the click, so a page costs nothing until then."""
    if len(sources) > MOST_RUNS:
        st.caption(f"A report holds at most {MOST_RUNS} runs: choose fewer to get one.")
        return
    cache = cache_folder()  # here, because the download's own thread knows nothing of the page
    for form, label in LABELS.items():
        st.download_button(
            label,
            partial(report_bytes, tuple(sources), form, cache),
            file_name=report_file_name([source.name for source in sources], form),
            mime=FORMATS[form],
            icon=":material/description:" if form == "html" else ":material/picture_as_pdf:",
            help=HELP,
            key=f"{key}_{form}",
            on_click="ignore",
        )


def offer_reports_of(store: RunStore, runs: Sequence[Run], key: str) -> None:
    """Offer the report of runs, the recorded demo among them: of one, or of several compared."""
    offer_reports([Source(replay_folder(store, run.id), run.title, run.id) for run in runs], key)
