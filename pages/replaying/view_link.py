"""What the address of the Replay page may say: slot, camera, chosen user, look of links, whether the story begins."""

from __future__ import annotations

from typing import Any

import streamlit as st

from itnt_core.mapdata import Camera, camera_of
from itnt_core.results import Result
from itnt_core.scenario import lonlat_to_local

PARAMETERS = ("t", "camera", "user", "links", "story")
CAMERA_FIELDS = tuple(Camera.model_fields)
PLAY, BY_SERVER = "play", "server"


def wanted_view(result: Result) -> dict[str, Any]:
    """Return what the map opens with; what is wrong in the address is taken out of it, with a note each."""
    return {
        "start_slot": _wanted_slot(result.scenario.time.slots),
        "camera": _wanted_camera(result),
        "user": _wanted_user(result),
        "links": wanted_links(),
        "story_starts": _wants_story(),
    }


def forget_view() -> None:
    """Take the view out of the address, as when another run is chosen."""
    for name in PARAMETERS:
        st.query_params.pop(name, None)


def _left_out(name: str, what: str) -> None:
    st.query_params.pop(name, None)
    st.warning(f"The address named {what}; it was left out.")


def _wanted_slot(slots: int) -> int:
    text = st.query_params.get("t")
    if text is None:
        return 0
    if text.isascii() and text.isdecimal() and len(text) <= 5 and int(text) <= slots:
        return int(text)
    _left_out("t", f"a slot that is not a whole number from 0 to {slots}")
    return 0


def _wanted_camera(result: Result) -> dict[str, float] | None:
    text = st.query_params.get("camera")
    if text is None:
        return None
    try:
        numbers = [float(part) for part in text[:200].split(",")]
        camera = camera_of(dict(zip(CAMERA_FIELDS, numbers, strict=True)))
    except ValueError:
        _left_out("camera", f"a camera that is not five allowed numbers ({', '.join(CAMERA_FIELDS)})")
        return None
    area = result.scenario.area
    east_m, north_m = lonlat_to_local(camera.longitude, camera.latitude, area.lon, area.lat)
    if max(abs(float(east_m)), abs(float(north_m))) > area.size_m:
        _left_out("camera", "a camera that looks past this run's area")
        return None
    return camera.model_dump()


def _wanted_user(result: Result) -> str | None:
    user = st.query_params.get("user")
    if user is None or user in result.scenario.user_ids:
        return user
    _left_out("user", "a user who is not in this run")
    return None


def wanted_links() -> str | None:
    """Return how the address wants links to look, None where it does not say; nonsense is left out with a note."""
    text = st.query_params.get("links")
    if text is None or text == BY_SERVER:
        return text
    _left_out("links", f"a look of links other than '{BY_SERVER}'")
    return None


def _wants_story() -> bool:
    text = st.query_params.get("story")
    if text is not None and text != PLAY:
        _left_out("story", f"something to do with the story other than '{PLAY}'")
    return text == PLAY
