"""One run as files: its arrays, its long table, all of it; each is made when someone asks for it."""

from __future__ import annotations

from functools import partial

import streamlit as st

from itnt_core.runs import MIME, SUFFIX, Format, Run, RunStore, export_run, row_words
from itnt_core.studies import known_study

FORMATS: dict[Format, str] = {
    "netcdf": "NetCDF (all arrays)",
    "csv": "CSV ({rows})",
    "parquet": "Parquet (the same)",
    "zip": "ZIP (the whole run)",
}


def offer_run_files(store: RunStore, run: Run, key: str = "export") -> None:
    """Offer a run in every format that it can leave in."""
    study = known_study(run.kind)
    for form, label in FORMATS.items():
        if form != "zip" and not (study and run.kpis):
            continue
        st.download_button(
            label.format(rows=row_words(study) if study else ""),
            partial(export_run, store, run.id, form),
            f"{run.id}.{SUFFIX[form]}",
            MIME[form],
            key=f"{key}_{form}",
            on_click="ignore",
        )
