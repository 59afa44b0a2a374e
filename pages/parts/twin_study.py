"""The study of who wins where: stored rows of ``benchmarks.twin``, so that the page opens at once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import streamlit as st

from itnt_core.views.twin_figures import study_figure

STUDY_FILE = Path(__file__).resolve().parents[2] / "assets" / "twin" / "study.json"
REGIMES = {"short-coverage": "Terrestrial coverage short", "near-sufficient": "Terrestrial network nearly sufficient"}


@st.cache_data(show_spinner=False)
def _study(path: str, changed: float) -> dict[str, Any] | None:
    try:
        content: dict[str, Any] = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content


def show_study() -> None:
    """Show mean backlog against the twin's error, in both regimes."""
    content = _study(str(STUDY_FILE), STUDY_FILE.stat().st_mtime) if STUDY_FILE.exists() else None
    if content is None:
        st.info("Not computed yet. Run `python -m benchmarks.twin schemes`.")
        return
    st.caption(content["told"])
    for tab, regime in zip(st.tabs(list(REGIMES.values())), REGIMES, strict=True):
        with tab:
            st.plotly_chart(study_figure(content["rows"], regime), key=f"twin_study_{regime}", width="stretch")
