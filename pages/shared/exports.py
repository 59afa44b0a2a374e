"""Exports for GIS, globes and channel emulators: chosen in a popover, made apart, then handed out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import streamlit as st

import itnt_core.exports as core  # looked into when the popover is open: its libraries are not needed before
from itnt_core.errors import ItntError
from itnt_core.runs import cache_folder
from itnt_core.scenario import Scenario
from itnt_core.texts import file_stem

from .frame import sentences
from .plugins import show_plugin_problems

USUAL = "The usual layers"


def offer_exports(what: Scenario | Path, scenario: Scenario, key: str) -> None:
    """Offer a scenario, or the result in a folder, as files of other tools."""
    popover = st.popover("Export", icon=":material/file_export:", key=f"{key}_popover", on_change="rerun")
    if not popover.open:
        return
    with popover:
        export_form(what, scenario, key)


def export_form(what: Scenario | Path, scenario: Scenario, key: str) -> None:
    """Ask for a format and what it takes, and hand its file out; ``scenario`` is that of the result, too."""
    names = [name for name, form in core.EXPORT_FORMATS.items() if isinstance(what, Path) or not form.shows_answer]
    name = st.selectbox("Format", names, format_func=lambda one: core.EXPORT_FORMATS[one].title, key=f"{key}_format")
    show_plugin_problems(core.EXPORT_FORMATS)
    try:
        options = _choices(core.EXPORT_FORMATS[name].takes, scenario, isinstance(what, Path), key)
    except ItntError as error:
        sentences(list(error.sentences), "error")
        return
    _make(what, scenario, name, options, key)


def _choices(takes: frozenset[str], scenario: Scenario, has_answer: bool, key: str) -> core.ExportOptions:
    """Ask for what a format takes."""
    options = core.ExportOptions()
    if "crs" in takes:
        crs = st.text_input("Coordinate reference system", options.crs, key=f"{key}_crs", max_chars=60)
        options = replace(options, crs=_checked_crs(crs.strip() or options.crs))
    if "layers" in takes:
        known = [name for name, layer in core.LAYERS.items() if has_answer or not layer.shows_answer]
        layers = st.multiselect("Layers", known, key=f"{key}_layers", placeholder=USUAL, format_func=str.capitalize)
        options = replace(options, layers=tuple(layers))
    if "slot" in takes and ("layers" not in takes or "surface" in options.layers):
        slot = st.number_input("Slot of the surface", 1, scenario.time.slots, 1, key=f"{key}_slot")
        cells = st.number_input("Cells a side", 1, 1000, options.cells, key=f"{key}_cells")
        flying = st.number_input("Height, m (0: users on the ground)", 0, 500, 0, key=f"{key}_height")
        options = replace(options, slot=int(slot), cells=int(cells), height_m=float(flying) or None)
    return options


def _checked_crs(name: str) -> str:
    """Return a code that can be used (an own error else); the usual one costs no look into PROJ."""
    if name != core.ExportOptions().crs:
        core.horizontal_crs(name)
    return name


def _make(what: Scenario | Path, scenario: Scenario, name: str, options: core.ExportOptions, key: str) -> None:
    """Make the file when it is asked for and hand it out; what was made for other choices is forgotten."""
    form = core.EXPORT_FORMATS[name]
    asked = (str(what) if isinstance(what, Path) else what.content_hash(), name, options)
    kept = f"{key}_made"
    if st.button("Make the file", key=f"{key}_make", type="primary"):
        st.session_state.pop(kept, None)
        try:
            with st.spinner(f"Writing {form.title} …"):
                st.session_state[kept] = asked, core.export_apart(what, name, options, cache_folder())
        except ItntError as error:
            sentences(list(error.sentences), "error")
    made = st.session_state.get(kept)
    if made is not None and made[0] == asked:
        st.download_button(
            f"Save {form.title}, {len(made[1]) / 1e6:.1f} MB",
            made[1],
            f"{file_stem(scenario.name, 'scenario')}{form.suffix}",
            form.media_type,
            key=f"{key}_save",
            icon=":material/download:",
            on_click="ignore",
        )
