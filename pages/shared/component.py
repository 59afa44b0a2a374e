"""The map component itself: what loads it in the browser, and how it is handed its data."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import streamlit as st

from .assets import component_files

# The code itself is a set of static files that the browser caches; this is all that travels with every change.
LOADER = """export default async function (component) {
  const code = await import(new URL(component.data.code_url, location.origin).href);
  return code.mount(component);
}"""
WORKSPACE_MAP = "scenario_map"  # one key in all modes of the workspace: the map stays where and as it is
_component = st.components.v2.component("itnt_map3d", js=LOADER)


def mount(key: str, data: dict[str, Any], **callbacks: Callable[[], None]) -> None:
    """Mount the map with its data; ``on_<state>_change`` callbacks run before the next rerun."""
    mount_now: Callable[..., object] = _component
    layout = "workspace" if key == WORKSPACE_MAP else "page"
    mount_now(key=key, data=_checked({**component_files(), "layout": layout, **data}), **callbacks)


def _checked(data: dict[str, Any]) -> dict[str, Any]:
    """Return the data unchanged if JSON can carry it; Streamlit would silently send a string otherwise."""
    json.dumps(data, allow_nan=False)
    return data
