"""When and from where the page Passes looks: start on the clock of London or UTC, window, place, buildings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import streamlit as st

from itnt_core.city import Skyline, skyline
from itnt_core.scenario import Scenario, local_to_lonlat, lonlat_to_local
from itnt_core.sky import Site
from pages.shared.cities import city_of
from pages.shared.frame import escaped
from pages.shared.state import open_scenario

ZONES = ("Europe/London", "UTC")
HOURS = (0.5, 1.0, 2.0, 3.0, 6.0, 12.0, 24.0)  # windows to choose from
START, ROUND = "passes_start", "passes_start_round"
ANCHOR, POINT = "Middle of the map", "Latitude and longitude"
EYE_WORDS = "1.5 m above the ground or the roof there"


@dataclass(frozen=True)
class View:
    """From when and where to look: place in degrees and in metres around the anchor, height None for the ground."""

    start: datetime
    zone: ZoneInfo
    zone_name: str
    hours: float
    min_elevation_deg: float
    site: Site
    place_m: tuple[float, float]
    height_m: float | None
    masked: bool


def chosen_start() -> datetime:
    """Return the start that is looked from, in UTC; the scenario's at first."""
    start: datetime = st.session_state.setdefault(START, open_scenario().time.start)
    return start


def set_start(moment: datetime) -> None:
    """Look from another start, to the minute."""
    st.session_state[START] = moment.astimezone(UTC).replace(second=0, microsecond=0)
    st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1


def choose_view(newest_epoch: datetime | None) -> View:
    """Show when and from where to look and return it."""
    zone_name, zone = _choose_start(newest_epoch)
    first, second = st.columns(2)
    hours = first.selectbox("Window", HOURS, index=1, key="passes_hours", format_func=lambda value: f"{value:g} h")
    level = second.number_input(
        "Above elevation, °",
        0.0,
        89.0,
        25.0,
        5.0,
        key="passes_elevation",
        format="%.0f",
        help="A pass is a stay above this elevation. Direct-to-cell beams serve from about 25°.",
    )
    site, place_m, height_m = _choose_place()
    scenario = open_scenario()
    inside = scenario.area.contains(*place_m) and scenario.city.kind != "open"
    masked = st.toggle(
        "Hide what buildings hide",
        key="passes_masked",
        disabled=not inside,
        help="The skyline of the scenario's city from this place." if inside else "Only inside a city's square.",
    )
    return View(chosen_start(), zone, zone_name, hours, float(level), site, place_m, height_m, masked and inside)


def _choose_start(newest_epoch: datetime | None) -> tuple[str, ZoneInfo]:
    """Show the start on the clock of a zone; the moment itself is kept in UTC."""
    left, right = st.columns([3, 2])
    zone_name = right.selectbox("Clock", ZONES, key="passes_zone", help="The start stays the same moment.")
    zone = ZoneInfo(zone_name)
    key = f"passes_input_{zone_name}_{st.session_state.get(ROUND, 0)}"

    def take() -> None:
        local: datetime | None = st.session_state[key]
        if local is not None:
            st.session_state[START] = local.replace(tzinfo=zone).astimezone(UTC)

    left.datetime_input("Start", chosen_start().astimezone(zone).replace(tzinfo=None), key=key, step=60, on_change=take)
    start = chosen_start()
    local = start.astimezone(zone)
    st.caption(f"{local:%a %d %b %Y, %H:%M} {local.tzname()} = {start:%Y-%m-%d %H:%M} UTC")
    with st.container(horizontal=True, gap="small"):
        if st.button("Scenario's start", key="passes_to_scenario", type="tertiary", icon=":material/event:"):
            set_start(open_scenario().time.start)
            st.rerun()
        if newest_epoch is not None and st.button(
            "Day of the elements", key="passes_to_epoch", type="tertiary", icon=":material/history:"
        ):
            set_start(newest_epoch)
            st.rerun()
        if st.button("Now", key="passes_to_now", type="tertiary", icon=":material/schedule:"):
            set_start(datetime.now(UTC))
            st.rerun()
    return zone_name, zone


def _choose_place() -> tuple[Site, tuple[float, float], float | None]:
    """Show the choice of a place; return it in degrees, in metres around the anchor, and its height."""
    scenario = open_scenario()
    stations = {f"Base station {station.id}": station for station in scenario.ground_stations}
    names = [ANCHOR, *stations, POINT]
    name = st.selectbox("Seen from", names, key="passes_place", format_func=lambda text: text)
    if name == POINT:
        return _typed_point(scenario)
    station = stations.get(name)
    if station is None:
        st.caption(f"Eye {EYE_WORDS}.")
        return Site(scenario.area.lon, scenario.area.lat), (0.0, 0.0), None
    lon, lat = local_to_lonlat(station.east_m, station.north_m, scenario.area.lon, scenario.area.lat)
    where = f" ({station.name})" if station.name else ""
    st.caption(escaped(f"{station.id}{where}: antenna {station.height_m:g} m above ground."))
    return Site(float(lon), float(lat)), (station.east_m, station.north_m), station.height_m


def _typed_point(scenario: Scenario) -> tuple[Site, tuple[float, float], None]:
    first, second = st.columns(2)
    lat = first.number_input("Latitude, °", -90.0, 90.0, scenario.area.lat, 0.001, format="%.4f", key="passes_lat")
    lon = second.number_input("Longitude, °", -180.0, 180.0, scenario.area.lon, 0.001, format="%.4f", key="passes_lon")
    east, north = lonlat_to_local(lon, lat, scenario.area.lon, scenario.area.lat)
    st.caption(f"Eye {EYE_WORDS}.")
    return Site(float(lon), float(lat)), (float(east), float(north)), None


def skyline_of(view: View) -> Skyline | None:
    """Return the skyline that hides satellites, None where buildings do not count."""
    if not view.masked:
        return None
    scenario = open_scenario()
    city, area = scenario.city, scenario.area
    key = (city.kind, city.seed, area.lon, area.lat, area.size_m)
    return _skyline(key, *view.place_m, view.height_m, scenario)


@st.cache_resource(max_entries=16, show_spinner="Looking around …")
def _skyline(
    key: tuple[object, ...], east_m: float, north_m: float, height_m: float | None, _scenario: Scenario
) -> Skyline:
    """Compute a skyline, once per city and place."""
    return skyline(city_of(_scenario), east_m, north_m, height_m)
