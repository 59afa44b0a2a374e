"""The map that replays a scheme of spectrum sharing."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from itnt_core.mapdata import BEAM_NOTE, DOME_NOTE, PLAN_WORDS, plan_of, sharing_bundle
from itnt_core.words import twin_sentence
from pages.shared.assets import publish
from pages.shared.cities import city_problems
from pages.shared.component import WORKSPACE_MAP, mount
from pages.shared.frame import sentences
from pages.shared.map3d import city_url, stamp_of
from pages.spectrum.choice import Watched, loaded


def sharing_map(watched: Watched) -> None:
    """Mount the map as replay of the watched scheme: each cycle as it was planned and as it was run."""
    result = watched.result
    if result is None:
        return
    for problem in city_problems(result.scenario.network):
        sentences([f"{problem.sentence} Until then the map shows no buildings."])
    finished = watched.runs[watched.scheme].finished or 0.0
    data = {
        "mode": "sharing",
        "city_url": city_url(result.scenario.network),
        "replay_url": publish(_blob(str(watched.folder), stamp_of(watched.folder), finished)),
        "sky_note": DOME_NOTE,
        "beam_note": BEAM_NOTE,
        "plan_note": PLAN_WORDS[plan_of(result)],
        "alt": twin_sentence(result),
    }
    mount(WORKSPACE_MAP, data)


@st.cache_resource(max_entries=8, show_spinner=False)
def _blob(folder: str, stamp: int, finished: float) -> bytes:
    del stamp
    return sharing_bundle(loaded(str(Path(folder)), finished))
