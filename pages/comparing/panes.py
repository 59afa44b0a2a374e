"""Two to four runs on one clock and one camera: the map component with a pane per run."""

from __future__ import annotations

import math
from collections.abc import Sequence
from urllib.parse import quote

import streamlit as st

from itnt_core.mapdata import BEAM_NOTE, DOME_NOTE
from itnt_core.results import Result
from itnt_core.runs import Run, RunStore
from itnt_core.words import comparison_notes, replay_sentence
from pages.replaying.view_link import wanted_links
from pages.shared.assets import base_path
from pages.shared.component import WORKSPACE_MAP, mount
from pages.shared.demo import replay_folder
from pages.shared.map3d import city_url, replay_url

from .differing import differences

MOMENT = "t"


def compare_map(store: RunStore, runs: Sequence[Run], results: Sequence[Result], titles: Sequence[str]) -> None:
    """Mount the maps of several results; they share clock, camera and chosen user."""
    scenarios = [result.scenario for result in results]
    notes = comparison_notes(scenarios)
    data = {
        "mode": "compare",
        "panes": [
            {
                "title": title,
                "city_url": city_url(result.scenario),
                "replay_url": replay_url(replay_folder(store, run.id)),
            }
            for title, run, result in zip(titles, runs, results, strict=True)
        ],
        "start_s": wanted_moment(max(scenario.time.duration_s for scenario in scenarios)),
        "links": wanted_links(),
        "link": f"{base_path()}/Compare?runs={quote(','.join(run.id for run in runs), safe=',')}",
        "differences": differences(results),
        "note": " ".join(notes),
        "sky_note": DOME_NOTE,
        "beam_note": BEAM_NOTE,
        "alt": " ".join([f"{len(results)} runs side by side.", *(replay_sentence(result) for result in results)]),
    }
    mount(WORKSPACE_MAP, data)


def wanted_moment(duration_s: float) -> float:
    """Return the moment in seconds that the address names, 0 without one; a wrong one is dropped with a note."""
    text = st.query_params.get(MOMENT)
    if text is None:
        return 0.0
    try:
        moment_s = float(text[:20])
    except ValueError:
        moment_s = math.nan
    if 0.0 <= moment_s <= duration_s:
        return moment_s
    del st.query_params[MOMENT]
    st.warning(f"The address named a moment that is not a number from 0 to {duration_s:g} seconds; it was left out.")
    return 0.0
