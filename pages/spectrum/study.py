"""The study of who wins where: stored rows of ``benchmarks.twin``, so that the page opens at once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import streamlit as st

from itnt_core.figures import beliefs_figure, dial_figure, study_figure
from itnt_core.installed import asset

STUDY_FILE, DIALS_FILE = asset("twin/study.json"), asset("twin/dials.json")
BELIEFS_FILE = asset("twin/beliefs.json")
BELIEFS = {"mistakes": "Mistakes of the twin", "learning": "Learning from reports"}
REGIMES = {"short-coverage": "Terrestrial coverage short", "near-sufficient": "Terrestrial network nearly sufficient"}
DIALS = {
    "load": ("Load", "Mean load of a user, Mbit/s"),
    "shared_most": ("Shared sub-bands", "Sub-bands that both systems may use at once, Z_max"),
}


@st.cache_data(show_spinner=False)
def _study(path: str, changed: float) -> dict[str, Any] | None:
    try:
        content: dict[str, Any] = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content


def show_studies() -> None:
    """Show the stored studies: who wins where, what mistakes cost, what learning is worth."""
    show_study()
    show_beliefs()


def show_study() -> None:
    """Show mean backlog against the twin's error in both regimes, against the load and against Z_max."""
    study, dials = _kept(STUDY_FILE), _kept(DIALS_FILE)
    if study is None:
        st.info("Not computed yet. Run `python -m benchmarks.twin schemes`.")
        return
    names = [*REGIMES.values(), *(name for name, _ in DIALS.values() if dials is not None)]
    tabs = st.tabs(names)
    for tab, regime in zip(tabs, REGIMES, strict=False):
        with tab:
            st.caption(study["told"])
            st.plotly_chart(study_figure(study["rows"], regime), key=f"twin_study_{regime}", width="stretch")
    if dials is None:
        return
    for tab, (dial, (_, title)) in zip(tabs[len(REGIMES) :], DIALS.items(), strict=True):
        with tab:
            st.caption(dials["told"])
            st.plotly_chart(dial_figure(dials["rows"], dial, title), key=f"twin_dial_{dial}", width="stretch")


def show_beliefs() -> None:
    """Show what mistakes of the twin cost and what learning from reports is worth, where that was computed."""
    kept = _kept(BELIEFS_FILE) or {}
    known = [name for name in BELIEFS if name in kept]
    if not known:
        return
    for tab, name in zip(st.tabs([BELIEFS[name] for name in known]), known, strict=True):
        part = kept[name]
        with tab:
            st.caption(part["told"])
            for column, (regime, title) in zip(st.columns(2, gap="large"), REGIMES.items(), strict=True):
                column.markdown(f"**{title}**")
                figure = beliefs_figure(part["rows"], part["cases"], regime)
                column.plotly_chart(figure, key=f"twin_{name}_{regime}", width="stretch")


def _kept(path: Path) -> dict[str, Any] | None:
    return _study(str(path), path.stat().st_mtime) if path.exists() else None
