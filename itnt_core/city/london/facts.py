"""The facts about London, read from the asset files into metres around an anchor."""

from __future__ import annotations

import csv
import hashlib
import json
import math
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import shapely

from itnt_core.arrays import Array
from itnt_core.data import delivered
from itnt_core.scenario import lonlat_to_local

FACTS_DIR = delivered("london")
FACT_FILES = (
    "bridges.csv",
    "docks.json",
    "landmarks.csv",
    "neighbourhoods.csv",
    "parks.json",
    "roads.json",
    "stations.csv",
    "thames.json",
)
NOTICE = (
    "Contains OS data (c) Crown copyright and database right. River measured from OS Open Data (OGL v3.0), heights "
    "checked against Environment Agency LiDAR (OGL v3.0) and Wikidata (CC0); ordinary buildings are generated."
)
ROAD_WIDTH_M = {"A": 18.0, "B": 10.0}
RIVER_STEP_M = 40.0
FAR_M = 1_000_000.0


class Neighbourhood(NamedTuple):
    """Hold the building statistics of one neighbourhood; metres, square metres, degrees from north."""

    name: str
    east_m: float
    north_m: float
    radius_m: float
    mean_height_m: float
    sd_height_m: float
    low_height_m: float  # one building in ten is lower
    high_height_m: float  # one in ten is higher
    plan_share: float  # share of the ground under buildings
    footprint_m2: float
    bearing_deg: float


class Landmark(NamedTuple):
    """Hold one landmark: its centre, its size along and across its axis, and the name of its shape."""

    name: str
    east_m: float
    north_m: float
    height_m: float
    width_m: float
    depth_m: float
    shape: str


class LondonFacts(NamedTuple):
    """Hold all facts in metres east and north of one anchor."""

    river: shapely.Polygon
    banks: tuple[shapely.Polygon, shapely.Polygon]  # ground north and south of the (prolonged) centreline
    docks: tuple[shapely.Polygon, ...]
    parks: tuple[shapely.Polygon, ...]
    roads: tuple[tuple[str, shapely.LineString, float], ...]
    bridges: tuple[tuple[str, shapely.LineString, float], ...]
    stations: tuple[tuple[str, float, float], ...]
    neighbourhoods: tuple[Neighbourhood, ...]
    landmarks: tuple[Landmark, ...]


def london_facts(lon: float, lat: float) -> LondonFacts:
    """Read the facts and convert them to metres around the anchor (degrees, WGS84)."""
    docks, parks, roads = (_json(f"{name}.json")[name] for name in ("docks", "parks", "roads"))
    thames = np.asarray(_json("thames.json")["vertices"], dtype=np.float64)
    centre = _local(thames, lon, lat)
    return LondonFacts(
        river=_river(centre, thames[:, 2]),
        banks=(_bank(centre, FAR_M), _bank(centre, -FAR_M)),
        docks=tuple(_polygon(dock["polygon"], lon, lat) for dock in docks),
        parks=tuple(_polygon(park["polygon"], lon, lat) for park in parks),
        roads=tuple((road["name"], _line(road["line"], lon, lat), ROAD_WIDTH_M[road["class"]]) for road in roads),
        bridges=tuple(_bridge(row, lon, lat) for row in _rows("bridges.csv")),
        stations=tuple((row["name"], *_point(row, lon, lat)) for row in _rows("stations.csv")),
        neighbourhoods=tuple(_neighbourhood(row, lon, lat) for row in _rows("neighbourhoods.csv")),
        landmarks=tuple(_landmark(row, lon, lat) for row in _rows("landmarks.csv")),
    )


@cache
def facts_hash() -> str:
    """Compute the sha256 hex digest of all fact files."""
    digest = hashlib.sha256()
    for name in FACT_FILES:
        digest.update((FACTS_DIR / name).read_bytes())
    return digest.hexdigest()


def _json(name: str) -> Any:
    return json.loads((FACTS_DIR / name).read_text(encoding="utf-8"))


def _rows(name: str) -> list[dict[str, str]]:
    with (FACTS_DIR / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _local(degrees: Any, lon: float, lat: float) -> Array:
    array = np.asarray(degrees, dtype=np.float64)
    return np.column_stack(lonlat_to_local(array[:, 0], array[:, 1], lon, lat))


def _point(row: dict[str, str], lon: float, lat: float) -> tuple[float, float]:
    east, north = _local([[float(row["lon"]), float(row["lat"])]], lon, lat)[0]
    return float(east), float(north)


def _polygon(degrees: Any, lon: float, lat: float) -> shapely.Polygon:
    return shapely.Polygon(_local(degrees, lon, lat))


def _line(degrees: Any, lon: float, lat: float) -> shapely.LineString:
    return shapely.LineString(_local(degrees, lon, lat))


def _bank(centre: Array, far_m: float) -> shapely.Polygon:
    west, east = centre[0] - [FAR_M, 0.0], centre[-1] + [FAR_M, 0.0]
    away = np.array([0.0, far_m])
    return shapely.Polygon(np.vstack([west, centre, east, east + away, west + away]))


def _river(centre: Array, width: Array) -> shapely.Polygon:
    """Sweep the width along a smooth centreline; the measured points lie every 256 m."""
    from scipy.interpolate import CubicSpline  # slow to import, and needed only where a city is generated

    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(centre, axis=0).T))])
    fine = np.linspace(0.0, along[-1], math.ceil(along[-1] / RIVER_STEP_M))
    curve = CubicSpline(along, centre)
    tangent = curve(fine, 1)
    tangent /= np.hypot(tangent[:, :1], tangent[:, 1:])
    offset = np.column_stack([-tangent[:, 1], tangent[:, 0]]) * np.interp(fine, along, width)[:, None] / 2.0
    ribbon = shapely.Polygon(np.concatenate([curve(fine) + offset, (curve(fine) - offset)[::-1]]))
    return max(shapely.get_parts(shapely.make_valid(ribbon)), key=shapely.area)


def _bridge(row: dict[str, str], lon: float, lat: float) -> tuple[str, shapely.LineString, float]:
    ends = [[float(row["lon_a"]), float(row["lat_a"])], [float(row["lon_b"]), float(row["lat_b"])]]
    return row["name"], _line(ends, lon, lat), float(row["deck_width_m"])


def _neighbourhood(row: dict[str, str], lon: float, lat: float) -> Neighbourhood:
    columns = (
        "radius_m",
        "mean_height_m",
        "sd_height_m",
        "p10_height_m",
        "p90_height_m",
        "plan_area_fraction",
        "median_footprint_m2",
        "street_bearing_deg",
    )
    return Neighbourhood(row["name"], *_point(row, lon, lat), *(float(row[column]) for column in columns))


def _landmark(row: dict[str, str], lon: float, lat: float) -> Landmark:
    height_m, width_m, depth_m = (float(row[column]) for column in ("height_m", "width_m", "depth_m"))
    return Landmark(row["name"], *_point(row, lon, lat), height_m, width_m, depth_m, row["shape"])
