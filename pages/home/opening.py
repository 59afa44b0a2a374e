"""The recorded run on the first page, and the getting ready for the pages that come next."""

from __future__ import annotations

from typing import Any

import streamlit as st

from itnt_core.mapdata import read_opening
from pages.shared.assets import DEMO_FOLDER, DEMO_ID, base_path, publish
from pages.shared.component import WORKSPACE_MAP, mount


def opening_map() -> dict[str, Any]:
    """Mount the recorded run, playing, and return its headline figures.

    Raises OSError or ValueError when the recording is not there or not whole.
    """
    city_url, replay_url, words = _published_opening()
    data = {"mode": "replay", "city_url": city_url, "replay_url": replay_url, "autoplay": True, "start_slot": 0}
    mount(WORKSPACE_MAP, {**data, **words["map"], "link": f"{base_path()}/Replay?run={DEMO_ID}"})
    kpis: dict[str, Any] = words["kpis"]
    return kpis


def _published_opening() -> tuple[str, str, dict[str, Any]]:
    city, replay, words = _opening()
    return publish(city), publish(replay), words


@st.cache_resource(show_spinner=False)
def _opening() -> tuple[bytes, bytes, dict[str, Any]]:
    return read_opening(DEMO_FOLDER)


@st.cache_resource(show_spinner=False)
def get_ready() -> None:
    """Load, once per server, what the other pages need: they open without a wait.

    Called last, when the whole first page has been sent. Not in a thread of its own: an interpreter that ends while
    compiled libraries are being imported elsewhere crashes.
    """
    from itnt_core.presets import preset
    from itnt_core.runs import cache_folder

    preset(cache_dir=cache_folder())  # with its city, which is made once and kept
