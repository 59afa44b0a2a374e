"""Scenarios and results as GeoDataFrames: a row per thing, ids as the index, longitude and latitude (EPSG:4326).

Third coordinates are metres above ground, of satellites above the ellipsoid. Every column names its unit.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from itnt_core.arrays import Array
from itnt_core.network import Association, CoverageSurface, LinkTable
from itnt_core.results import served_users
from itnt_core.scenario import (
    LONLAT,
    Area,
    Scenario,
    ground_track_m,
    local_to_lonlat,
    path_points,
    positions_m,
    shapes_to_lonlat,
    waypoint_times_s,
)
from itnt_core.sky import geodetic, look_angles
from itnt_core.words import user_rows

if TYPE_CHECKING:
    from geopandas import GeoDataFrame


def user_frame(scenario: Scenario) -> GeoDataFrame:
    """Return a row per user: ``kind``, ``name``, ``height_m``, and the point where the user is at the start.

    >>> from itnt_core.presets import preset
    >>> user_frame(preset("tiny")).groupby("kind").size().to_dict()
    {'aerial': 1, 'ground': 4}
    """
    places = positions_m((*(user.start for user in scenario.aerial_users), *scenario.ground_users))
    columns = {
        "kind": ["aerial"] * len(scenario.aerial_users) + ["ground"] * len(scenario.ground_users),
        "name": [*(user.name for user in scenario.aerial_users), *(user.name for user in scenario.ground_users)],
        "height_m": places[:, 2],
    }
    columns |= _needs(scenario) | _indoors(scenario)
    return _frame(columns, _located(shapely.points(places), scenario.area), scenario.user_ids, "user")


def _needs(scenario: Scenario) -> dict[str, Any]:
    """Return what users ask for, a column for each need that some user has."""
    users = scenario.all_users
    usual = {"demand_mbit_s": None, "min_rate_mbit_s": None, "priority": 1.0}
    columns = {name: [getattr(user, name) for user in users] for name in usual}
    return {name: values for name, values in columns.items() if any(value != usual[name] for value in values)}


def _indoors(scenario: Scenario) -> dict[str, Any]:
    """Return in what building and on which floor ground users are, where some are indoors."""
    people, flying = scenario.ground_users, len(scenario.aerial_users)
    if not any(user.is_indoors for user in people):
        return {}
    floors = [user.floor if user.is_indoors else None for user in people]
    return {"indoor": ["no"] * flying + [user.indoor for user in people], "floor": [None] * flying + floors}


def zone_frame(scenario: Scenario) -> GeoDataFrame:
    """Return a row per no-fly zone: ``name``, ``floor_m``, ``ceiling_m``, and its outline on the ground."""
    zones = scenario.no_fly_zones
    columns = {name: [getattr(zone, name) for zone in zones] for name in ("name", "floor_m", "ceiling_m")}
    outlines = np.array([shapely.Polygon(zone.corners_m) for zone in zones], dtype=object)
    return _frame(columns, _located(outlines, scenario.area), [zone.id for zone in zones], "zone")


def path_frame(scenario: Scenario) -> GeoDataFrame:
    """Return a row per ground user that moves: ``name``, ``arrives_s`` after the start, and its way."""
    movers = [user for user in scenario.ground_users if user.moves]
    ways = [path_points(user) for user in movers]  # (points, 3): seconds, east, north
    heights_m = [user.position_m[2] for user in movers]
    places = [np.insert(way[:, 1:], 2, height, axis=1) for way, height in zip(ways, heights_m, strict=True)]
    lines = np.array([shapely.linestrings(way) for way in places], dtype=object)
    columns = {"name": [user.name for user in movers], "arrives_s": [float(way[-1, 0]) for way in ways]}
    return _frame(columns, _located(lines, scenario.area), [user.id for user in movers], "user")


def mission_frame(scenario: Scenario) -> GeoDataFrame:
    """Return a row per aerial user: limits of the flight, and the straight line from its start to its destination."""
    users = scenario.aerial_users
    ends = np.stack([positions_m(user.start for user in users), positions_m(user.destination for user in users)], 1)
    names = ("name", "max_speed_m_s", "min_height_m", "max_height_m", "min_separation_m")
    columns = {name: [getattr(user, name) for user in users] for name in names}
    return _frame(columns, _located(shapely.linestrings(ends), scenario.area), [user.id for user in users], "user")


def station_frame(scenario: Scenario) -> GeoDataFrame:
    """Return a row per ground base station: ``name``, ``height_m``, ``max_power_w``, ``max_users``, and its point.

    Where an antenna looks to one side, also ``antenna`` and ``azimuth_deg`` (0 of a round one).

    >>> from itnt_core.presets import preset
    >>> station_frame(preset("tiny")).index.tolist()
    ['gbs-1', 'gbs-2']
    """
    stations = scenario.ground_stations
    names = ("name", "height_m", "max_power_w", "max_users")
    columns = {name: [getattr(station, name) for station in stations] for name in names}
    if any(station.antenna.is_directional for station in stations):
        columns |= {name: [getattr(one.antenna, name) for one in stations] for name in ("kind", "azimuth_deg")}
        columns["antenna"] = columns.pop("kind")
    points = _located(shapely.points(positions_m(stations)), scenario.area)
    return _frame(columns, points, [station.id for station in stations], "station")


def satellite_frame(scenario: Scenario) -> GeoDataFrame:
    """Return a row per satellite: ``source``, ``max_elevation_deg``, and its ground track over the scenario's time.

    The track is what lies below the satellite, in longitude and latitude, with its height above the ellipsoid.
    """
    sky = look_angles(scenario)
    moments = np.arange(max(scenario.time.slots, 2)) % scenario.time.slots  # a line has two ends
    columns = {"source": sky.source_ids, "max_elevation_deg": sky.elevation_deg.max(axis=0, initial=-90.0)}
    tracks = shapely.linestrings(np.moveaxis(geodetic(sky.position_m[moments], scenario.area), 1, 0))
    return _frame(columns, tracks, sky.station_ids, "station")


def surface_frame(surface: CoverageSurface, scenario: Scenario, station_ids: tuple[str, ...]) -> GeoDataFrame:
    """Return a row per cell of a surface: best ``station``, ``sinr_db``, ``stations_in_sight``, ``inside_building``."""
    half = (surface.axis_m[1] - surface.axis_m[0]) / 2 if surface.axis_m.size > 1 else scenario.area.size_m / 2
    north, east = (axis.ravel() for axis in np.meshgrid(surface.axis_m, surface.axis_m, indexing="ij"))
    columns = {
        "station": np.array(station_ids)[surface.best_station.ravel()],
        "sinr_db": surface.sinr_db.ravel(),
        "stations_in_sight": surface.sight_count.ravel(),
        "inside_building": surface.inside_building.ravel(),
    }
    cells = shapely.box(east - half, north - half, east + half, north + half)
    return _frame(columns, _located(cells, scenario.area))


def user_result_frame(result: Any) -> GeoDataFrame:
    """Return a row per user: what :func:`itnt_core.words.user_rows` says, and the point where the user starts."""
    import pandas as pd

    rows = pd.DataFrame(user_rows(result)).set_index("User")
    return _frame(rows, user_frame(result.scenario).geometry, rows.index, "User")


def flight_frame(result: Any) -> GeoDataFrame:
    """Return a row per aerial user: ``length_m``, ``energy_kj``, and its flight, a corner per waypoint."""
    data = result.dataset
    flights_m = np.moveaxis(data["position_m"].values, 1, 0)  # (aerial users, waypoints, 3)
    columns = {
        "length_m": np.linalg.norm(np.diff(flights_m, axis=1), axis=2).sum(axis=1),
        "energy_kj": data["energy_j"].values.sum(axis=0) / 1000.0,
    }
    users = [str(user) for user in data["aerial_user"].values]
    return _frame(columns, _located(shapely.linestrings(flights_m), result.scenario.area), users, "user")


def position_frame(result: Any) -> GeoDataFrame:
    """Return a row per waypoint of who moves, in the air or on the ground: ``slot`` (0: start), ``time``, the point."""
    scenario = result.scenario
    movers = [number for number, user in enumerate(scenario.ground_users) if user.moves]
    walked_m = ground_track_m(scenario, waypoint_times_s(scenario))[:, movers]
    flights_m = np.concatenate([result.dataset["position_m"].values, walked_m], axis=1)  # (waypoints, users, 3)
    waypoints, count = flights_m.shape[:2]
    slots = np.tile(np.arange(waypoints), count)
    columns = {"slot": slots, "time": utc_times(result.scenario)[slots]}
    places = shapely.points(np.moveaxis(flights_m, 1, 0).reshape(-1, 3))
    names = [*result.dataset["aerial_user"].values.astype(str), *(scenario.ground_users[one].id for one in movers)]
    users = np.repeat(names, waypoints)
    return _frame(columns, _located(places, scenario.area), users, "user")


def link_frame(result: Any, slot: int | None = None) -> GeoDataFrame:
    """Return a row per link of a 1-based slot: ``station``, ``served``, ``sinr_db``, ``rate_mbit_s``, user to station.

    Without a slot, the links of all slots, with ``slot`` and the ``time`` of its end in UTC. Users and stations are
    where they are at the slot's end; ValueError where the time grid has no such slot.
    """
    data, area = result.dataset, result.scenario.area
    places_m = data["station_position_m"].values  # (slots, stations, 3)
    ground = (data["station_kind"].values == "gbs")[:, None]
    stations_deg = np.where(ground, located(places_m, area), geodetic(places_m, area))
    links = _links_of(data)
    if slot is not None:
        return _link_rows(result, links.in_slot(result.scenario.time.index_of(slot)), stations_deg)
    rows = _link_rows(result, links, stations_deg)
    rows.insert(0, "slot", links.slot + 1)
    rows.insert(1, "time", utc_times(result.scenario)[links.slot + 1])
    return rows


def links_to(result: Any, slot: int, stations_deg: Array) -> GeoDataFrame:
    """Return :func:`link_frame` of a slot with stations elsewhere: (stations, 3) in degrees and metres."""
    links = _links_of(result.dataset).in_slot(result.scenario.time.index_of(slot))
    return _link_rows(result, links, np.broadcast_to(stations_deg, (result.scenario.time.slots, *stations_deg.shape)))


def _links_of(data: Any) -> LinkTable:
    station = data["serving_station"].values
    return Association(station, np.zeros_like(station)).links  # on which subchannel stands in no row


def _link_rows(result: Any, links: LinkTable, stations_deg: Array) -> GeoDataFrame:
    """Return a row per link, with stations (slots, stations, 3) in degrees and metres."""
    data, scenario = result.dataset, result.scenario
    where = links.slot, links.user
    columns = {
        "station": data["station"].values[links.station].astype(str),
        "served": served_users(scenario, data)[where],
        "sinr_db": data["sinr_active_db"].values[where],
        "rate_mbit_s": data["rate_active_mbit_s"].values[where],
    }
    ends = np.stack([located(user_places_m(result)[where], scenario.area), stations_deg[links.slot, links.station]], 1)
    return _frame(columns, shapely.linestrings(ends), data["user"].values[links.user].astype(str), "user")


def user_places_m(result: Any) -> Array:
    """Return where all users are at the slot ends (slots, users, 3), in metres around the anchor."""
    data, scenario = result.dataset, result.scenario
    flown, standing = data["position_m"].values[1:], data["ground_position_m"].values
    if any(user.moves for user in scenario.ground_users):
        return np.concatenate([flown, ground_track_m(scenario, waypoint_times_s(scenario)[1:])], axis=1)
    return np.concatenate([flown, np.broadcast_to(standing, (len(flown), *standing.shape))], axis=1)


def utc_times(scenario: Scenario) -> Any:
    """Return the start and the end of every slot (slots + 1) as pandas' moments in UTC, to the millisecond."""
    import pandas as pd

    return pd.DatetimeIndex(scenario.time.moments()).as_unit("ms")


def user_positions_m(result: Any, slot: int) -> Array:
    """Return where all users are at the end of a 1-based slot (users, 3), in metres around the anchor."""
    return user_places_m(result)[result.scenario.time.index_of(slot)]


def located(places_m: Array, area: Area) -> Array:
    """Return longitude, latitude and height (..., 3) of places (..., 3) in metres around the anchor."""
    flat = local_to_lonlat(places_m[..., 0], places_m[..., 1], area.lon, area.lat)
    return np.stack([*flat, places_m[..., 2]], axis=-1)


def _located(shapes_m: Any, area: Area) -> Any:
    return shapes_to_lonlat(shapes_m, area.lon, area.lat)


def _frame(columns: Any, shapes: Any, ids: Iterable[str] | None = None, label: str = "") -> GeoDataFrame:
    import geopandas
    import pandas as pd

    index = None if ids is None else pd.Index(list(ids), name=label, dtype=str)
    return geopandas.GeoDataFrame(dict(columns), geometry=list(shapes), crs=LONLAT, index=index)
