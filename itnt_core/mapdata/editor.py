"""The scenario as the map's editor draws it: things with positions, the editor's rules, passes across the sky."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from itnt_core.scenario import (
    ANTENNA_ABOVE_ROOF_M,
    FLIGHT_HEIGHT_M,
    GROUND_USER_HEIGHT_M,
    LEAST_ANTENNA_M,
    ROOF_CLEARANCE_M,
    ZONE_HALF_M,
    GroundStation,
    GroundUser,
    Pass,
    Problem,
    Scenario,
    path_points,
)
from itnt_core.sky import SkyTrack, look_angles, pass_track

from .bundles import SKY, Position, SkyMeta, SkyPass
from .lobes import lobe_m
from .skydome import dome_position_m
from .sunlight import sun_over
from .zones import zone_shape

HALF_TRACK_S = 420.0  # a pass 2000 km up is seen for about 20 min, one 500 km up for about 11
TRACK_STEP_S = 10.0

EDITOR_RULES = {
    "roof_mast_m": ANTENNA_ABOVE_ROOF_M,
    "ground_mast_m": LEAST_ANTENNA_M,
    "flight_height_m": FLIGHT_HEIGHT_M,
    "roof_clearance_m": ROOF_CLEARANCE_M,
    "ground_user_height_m": GROUND_USER_HEIGHT_M,
    "zone_half_m": ZONE_HALF_M,
}


def editor_things(scenario: Scenario, problems: Iterable[Problem] = ()) -> list[dict[str, Any]]:
    """Return everything that can be edited on the map: kind, id, name, position in metres, its problem if any."""
    sentences: dict[str, str] = {}
    for problem in problems:
        if problem.object_id:
            before = sentences.get(problem.object_id)
            sentences[problem.object_id] = f"{before} {problem.sentence}" if before else problem.sentence
    things = [_station(scenario, station) for station in scenario.ground_stations]
    for user in scenario.aerial_users:
        for kind, end in (("aerial_start", user.start), ("aerial_destination", user.destination)):
            things.append(_thing(kind, user.id, user.name, end.position_m))
    things += [_person(user) for user in scenario.ground_users]
    for zone in scenario.no_fly_zones:
        things.append(
            {**_thing("no_fly_zone", zone.id, zone.name, (zone.east_m, zone.north_m, 0.0)), **zone_shape(zone)}
        )
    return [{**thing, "problem": sentences[thing["id"]]} if thing["id"] in sentences else thing for thing in things]


def editor_sentence(scenario: Scenario) -> str:
    """Describe the map in a sentence for those who cannot see it."""
    zones = len(scenario.no_fly_zones)
    barred = f"{zones} no-fly {'zone' if zones == 1 else 'zones'}, " if zones else ""
    return (
        f"3D map of the scenario '{scenario.name}': {len(scenario.ground_stations)} ground base stations, "
        f"{len(scenario.aerial_users)} aerial and {len(scenario.ground_users)} ground users, "
        f"{barred}{len(scenario.passes)} satellite passes, "
        f"{sum(shell.most_satellites for shell in scenario.walker_shells)} satellites of Walker shells and "
        f"{sum(len(group.satellites) for group in scenario.orbits)} imported satellites. "
        "The tables below the map edit the same objects by keyboard."
    )


def sky_bundle(scenario: Scenario) -> bytes:
    """Pack sun and satellites of a scenario for the editor."""
    meta: SkyMeta = {"sun": sun_over(scenario), "passes": sky_passes(scenario)}
    return SKY.pack(meta, {})


def sky_passes(scenario: Scenario) -> list[SkyPass]:
    """Return the satellites' ways across the drawn sky: whole track, part inside the window, a marker with label."""
    size_m, drawings = scenario.area.size_m, []
    sky = look_angles(scenario)
    for source in scenario.satellite_sources:
        if isinstance(source, Pass):
            drawings.append(_pass_drawing(source, scenario, size_m))
            continue
        for column in sky.columns(source.id):
            window = _drawn_line(sky.azimuth_deg[:, column], sky.elevation_deg[:, column], size_m)
            drawings.append(_drawing(sky.station_ids[column], [], window, float(np.max(sky.elevation_deg[:, column]))))
    return drawings


def whole_track(one: Pass) -> SkyTrack:
    """Return one pass well before and after its culmination, for drawing."""
    return pass_track(one, one.culmination_s + np.arange(-HALF_TRACK_S, HALF_TRACK_S + 1, TRACK_STEP_S))


def window_track(one: Pass, scenario: Scenario) -> SkyTrack:
    """Return the part of a pass inside the scenario's time window."""
    return pass_track(one, np.linspace(0.0, scenario.time.duration_s, 41))


def _pass_drawing(one: Pass, scenario: Scenario, size_m: float) -> SkyPass:
    """Return one hand-made pass as it is drawn."""
    track, window = whole_track(one), window_track(one, scenario)
    drawn = _drawn_line(track.azimuth_deg[:, 0], track.elevation_deg[:, 0], size_m)
    inside = _drawn_line(window.azimuth_deg[:, 0], window.elevation_deg[:, 0], size_m)
    return _drawing(one.id, drawn, inside, one.max_elevation_deg)


def _drawing(identifier: str, track: list[Position], window: list[Position], highest_deg: float) -> SkyPass:
    """Return the drawing of a satellite: the marker stands in the middle of its window."""
    marker = window[len(window) // 2] if window else None
    label = f"{identifier} max {highest_deg:.0f}°"
    return {"id": identifier, "label": label, "track": track, "window": window, "marker": marker}


def _drawn_line(azimuth_deg: Any, elevation_deg: Any, size_m: float) -> list[Position]:
    """Return the points of a track on the drawn sky that are above the horizon, whole metres."""
    points = dome_position_m(azimuth_deg, elevation_deg, size_m)
    above = points[np.isfinite(points[:, 0])].round()
    return [(int(east), int(north), int(up)) for east, north, up in above]


def _station(scenario: Scenario, station: GroundStation) -> dict[str, Any]:
    """Return a base station; one with a directional antenna brings its lobe."""
    thing = _thing("ground_station", station.id, station.name, station.position_m)
    lobe = lobe_m(scenario, station)
    return {**thing, "lobe": lobe} if lobe else thing


def _person(user: GroundUser) -> dict[str, Any]:
    """Return a ground user; one that moves brings the way, east and north of its corners, one indoors says so."""
    thing = _thing("ground_user", user.id, user.name, user.position_m)
    if user.moves:
        thing["path"] = path_points(user)[:, 1:].round(1).tolist()
    return {**thing, "indoors": True} if user.is_indoors else thing


def _thing(kind: str, identifier: str, name: str, position_m: tuple[float, float, float]) -> dict[str, Any]:
    """Return one thing on the map."""
    thing: dict[str, Any] = {"kind": kind, "id": identifier, "position": list(position_m)}
    return {**thing, "name": name} if name else thing
