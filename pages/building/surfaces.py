"""The surface on the map: which one, where and when; and where one more base station would help most."""

from __future__ import annotations

from typing import Any

import streamlit as st

from itnt_core.mapdata import SURFACE_KINDS, SurfacePicture, gain_picture, surface_bundle, surface_picture
from itnt_core.methods import QuickLook, SiteSuggestion, suggest_site
from itnt_core.network import CoverageSurface, World, coverage_surface
from itnt_core.objective import objective_of
from itnt_core.scenario import EditError, Scenario, ScenarioError, with_added
from pages.shared import state
from pages.shared.assets import publish
from pages.shared.cities import city_of
from pages.shared.frame import sentences

POINTS_PER_SIDE = 100  # of a surface
SITES_PER_SIDE = 9  # of the grid in which a site is looked for
LOWEST_M, HIGHEST_M = 20, 300  # of a surface in the air
OFF, GAIN = "off", "gain"
NAMES = {OFF: "Off", **SURFACE_KINDS, GAIN: "Site gain"}
PLACES = {"ground": "Ground", "air": "In the air"}
KIND, WHERE, HEIGHT, SLOT = "surface_kind", "surface_where", "surface_height", "surface_slot"
WANTED, SUGGESTION = "surface_wanted", "site_suggestion"


def surface_controls(scenario: Scenario) -> str:
    """Show what the surface can show; return the chosen kind."""
    if WANTED in st.session_state:
        st.session_state[KIND] = st.session_state.pop(WANTED)
    kinds = [OFF, *SURFACE_KINDS, *([GAIN] if suggestion_for(scenario) else [])]
    if st.session_state.get(KIND) not in kinds:
        st.session_state[KIND] = OFF
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        kind = st.segmented_control(
            "Surface on the map",
            kinds,
            format_func=NAMES.__getitem__,
            key=KIND,
            required=True,
            wrap=True,
            persist_state="session",
        )
        if kind in SURFACE_KINDS:
            where = st.segmented_control(
                "At",
                list(PLACES),
                default="ground",
                key=WHERE,
                required=True,
                format_func=PLACES.__getitem__,
                persist_state="session",
            )
            if where == "air":
                st.slider("Height, m", LOWEST_M, HIGHEST_M, 100, 10, key=HEIGHT, width=160, persist_state="session")
            if scenario.time.slots > 1:
                if st.session_state.get(SLOT, 1) > scenario.time.slots:
                    st.session_state[SLOT] = scenario.time.slots
                st.slider("Slot", 1, scenario.time.slots, key=SLOT, width=160, persist_state="session")
    return str(kind)


def chosen_picture(kind: str, scenario: Scenario, look: QuickLook | None) -> SurfacePicture | None:
    """Return the chosen surface as a picture, None when there is nothing to draw."""
    if kind == GAIN:
        suggestion = suggestion_for(scenario)
        return gain_picture(suggestion.gain_mbit) if suggestion else None
    if kind == OFF or look is None:
        return None
    height = float(st.session_state.get(HEIGHT, 100)) if st.session_state.get(WHERE) == "air" else None
    slot = min(int(st.session_state.get(SLOT, 1)), scenario.time.slots)
    surface = _surface(scenario.content_hash(), slot, height, look.world)
    return surface_picture(surface, kind, look.world.station_ids)


def picture_address(picture: SurfacePicture | None, scenario: Scenario) -> str | None:
    """Publish a picture for the map and return its address."""
    return publish(surface_bundle(picture, scenario.area.size_m)) if picture else None


def surface_parameter() -> str | None:
    """Return the shown surface as part of an address: kind, place, height and slot; None while there is none."""
    kind = st.session_state.get(KIND, OFF)
    if kind not in SURFACE_KINDS:
        return None
    where, height = st.session_state.get(WHERE, "ground"), int(st.session_state.get(HEIGHT, 100))
    return f"{kind},{where},{height},{int(st.session_state.get(SLOT, 1))}"


def surface_of_link(text: str, slots: int) -> bool:
    """Show the surface that an address names; return False, and change nothing, when there is no such surface."""
    parts = text.split(",")
    if len(parts) != 4 or parts[0] not in SURFACE_KINDS or parts[1] not in PLACES:
        return False
    if not all(part.isascii() and part.isdecimal() and len(part) < 6 for part in parts[2:]):
        return False
    height, slot = int(parts[2]), int(parts[3])
    if not LOWEST_M <= height <= HIGHEST_M or not 1 <= slot <= slots:
        return False
    st.session_state.update({WANTED: parts[0], WHERE: parts[1], HEIGHT: height, SLOT: slot})
    return True


def suggestion_for(scenario: Scenario) -> SiteSuggestion | None:
    """Return the suggestion that was computed for exactly this scenario."""
    kept: tuple[str, SiteSuggestion] | None = st.session_state.get(SUGGESTION)
    return kept[1] if kept and kept[0] == scenario.content_hash() else None


def suggestion_mark(scenario: Scenario, kind: str) -> dict[str, Any] | None:
    """Return the suggested site as the map marks it, while its surface is shown."""
    suggestion = suggestion_for(scenario)
    if suggestion is None or kind != GAIN or not suggestion.is_worth_it:
        return None
    best = suggestion.best
    return {
        "position": list(best.position_m),
        "label": f"{suggestion.best_gain_mbit:+,.0f} Mbit",
    }


def site_panel(scenario: Scenario, look: QuickLook) -> None:
    """Offer to search a site for one more base station, and to add the one that was found."""
    del look
    st.markdown("**One more base station?**")
    suggestion = suggestion_for(scenario)
    if suggestion is None:
        if st.button("Suggest a site", icon=":material/add_location_alt:", help="Tries 81 sites with the quick look."):
            _search(scenario)
        return
    best = suggestion.best
    if not suggestion.is_worth_it:
        name = objective_of(scenario).name
        st.caption(f"None of the 81 sites tried would be better by the scenario's objective, {name}.")
        return
    st.caption(
        f"Best of 81 sites: {best.east_m:.0f} m east, {best.north_m:.0f} m north, antenna at {best.height_m:.0f} m, "
        f"adds {suggestion.gain_words} {suggestion.meaning}."
    )
    st.button("Add it", icon=":material/add:", type="primary", on_click=_add_best, args=(suggestion,))


def _search(scenario: Scenario) -> None:
    """Try the sites, showing how far it is, and turn the gain surface on."""
    bar = st.progress(0.0, "Trying 81 sites …")

    def show(share: float) -> None:
        bar.progress(share, f"Trying 81 sites … {share:.0%}")

    try:
        found = suggest_site(
            scenario,
            SITES_PER_SIDE,
            city=city_of(scenario),
            progress=show,
        )
    except (EditError, ScenarioError) as error:
        sentences(str(error).splitlines())
        return
    st.session_state[SUGGESTION] = (scenario.content_hash(), found)
    st.session_state[WANTED] = GAIN
    st.rerun()


def _add_best(suggestion: SiteSuggestion) -> None:
    """Add the suggested base station, as it was tried, and select it."""
    scenario, station = state.open_scenario(), suggestion.best
    state.change_scenario(with_added(scenario, "ground_stations", (station,)))
    state.select("ground_station", station.id)
    st.session_state[WANTED] = OFF


@st.cache_resource(max_entries=16, show_spinner=False)
def _surface(digest: str, slot: int, height_m: float | None, _world: World) -> CoverageSurface:
    """Compute a surface, once per scenario, slot and height."""
    del digest
    return coverage_surface(_world, POINTS_PER_SIDE, slot, height_m)
