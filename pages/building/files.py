"""Where scenarios come from and go to: presets and files."""

from __future__ import annotations

from functools import partial

import streamlit as st

from itnt_core.presets import EXAMS, PRESETS, preset
from itnt_core.runs import cache_folder
from itnt_core.scenario import ScenarioError, format_scenario, scenario_of_bytes
from itnt_core.texts import file_stem
from pages.shared.frame import escaped, sentences
from pages.shared.state import open_other, open_scenario

MIME = {"yaml": "application/yaml", "json": "application/json"}


def preset_form() -> None:
    """Offer the presets with their number of users and seed; a form, so that nothing is sent before the button."""
    with st.form("preset_form", border=False):
        offered = PRESETS | EXAMS
        name = st.radio("Preset", list(offered), captions=list(offered.values()), key="preset_name")
        users = st.number_input("Users in all (0: as in the preset)", 0, 5000, 0, key="preset_users")
        aerial = st.number_input("of which aerial (-1: as in the preset)", -1, 200, -1, key="preset_aerial")
        seed = st.number_input("Seed", 0, 2**32 - 1, 1, key="preset_seed")
        if st.form_submit_button("Use this preset", type="primary"):
            _use_preset(name, int(users) or None, None if aerial < 0 else int(aerial), int(seed))


def file_form() -> None:
    """Offer to open a scenario file and to save the open scenario."""
    uploaded = st.file_uploader("Open a scenario (YAML or JSON)", type=["yaml", "yml", "json"], key="scenario_file")
    if uploaded is not None and st.button("Open this file", type="primary"):
        _open_text(uploaded.getvalue())
    st.divider()
    scenario = open_scenario()
    stem = file_stem(scenario.name, "scenario")
    for kind in ("yaml", "json"):
        text = partial(format_scenario, scenario, kind)  # when it is asked for: YAML of a crowd takes seconds
        st.download_button(f"Save as {kind.upper()}", text, f"{stem}.{kind}", MIME[kind], on_click="ignore")
    if scenario.city.kind == "imported":
        st.caption("The file names its imported city: send the city file along, from the tab City.")


def _use_preset(name: str, users: int | None, aerial: int | None, seed: int) -> None:
    """Open a preset, or say why it cannot be made."""
    try:
        with st.spinner(f"Building {escaped(name)} …"):
            chosen = preset(name, users=users, aerial_users=aerial, seed=seed, cache_dir=cache_folder())
    except ScenarioError as error:
        sentences(list(error.sentences), "error")
        return
    open_other(chosen)
    st.rerun()


def _open_text(content: bytes) -> None:
    """Open a scenario file, or list everything that is wrong with it; nothing is opened then."""
    try:
        with st.spinner("Reading the file …"):
            opened = scenario_of_bytes(content)
    except ScenarioError as error:
        sentences(list(error.sentences), "error")
        return
    open_other(opened)
    st.rerun()
