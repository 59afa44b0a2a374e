"""A city as GeoJSON (RFC 7946), GeoPackage and CityJSON 2.0 with LoD1 solids, for any other program.

GeoJSON and GeoPackage carry OpenStreetMap's tags, so that importing them again gives the same city. CityJSON is in the
UTM zone of the anchor, its heights above a flat ground at 0 m; roads and bridges are left out of it, for they are lines
here.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from itnt_core.arrays import Array
from itnt_core.city.model import City
from itnt_core.scenario import LONLAT, local_to_lonlat, shapes_to_lonlat

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

DEGREE_DIGITS = 8  # about a millimetre
MILLIMETRE = 0.001  # in metres: the grid of the integers that CityJSON stores
TAGS = ("building", "height", "natural", "leisure", "highway", "width", "bridge", "name")
ROAD_CLASSES = ((16.0, "primary"), (9.0, "tertiary"), (0.0, "residential"))


def city_frame(city: City) -> GeoDataFrame:
    """Return all that a city holds as a table with OpenStreetMap's tags: buildings, water, parks, roads, bridges.

    A row per shape, in longitude and latitude to about a millimetre; heights and widths in metres.
    """
    import geopandas
    import pandas as pd

    names = dict(city.landmark_names)
    heights = np.round(city.roof_heights_m, 2).tolist()
    rows: list[dict[str, Any]] = [
        {"building": "yes", "height": height, "name": names.get(index)} for index, height in enumerate(heights)
    ]
    for index in np.flatnonzero(city.base_heights_m):
        rows[index]["min_height"] = round(float(city.base_heights_m[index]), 2)
    rows += [{"natural": "water"}] * len(city.water) + [{"leisure": "park"}] * len(city.parks)
    rows += [{"name": name or None, **_road(width_m)} for name, _, width_m in city.roads]
    rows += [{"name": name or None, **_road(width_m), "bridge": "yes"} for name, _, width_m in city.bridges]
    columns = (*TAGS, *(("min_height",) if city.has_raised else ()))
    lines = [line for _, line, _ in (*city.roads, *city.bridges)]
    shapes = np.array([*city.footprints(), *city.water, *city.parks, *lines], dtype=object)
    shapes = shapely.orient_polygons(shapes_to_lonlat(shapes, city.lon, city.lat))
    shapes = shapely.transform(shapes, lambda degrees: np.round(degrees, DEGREE_DIGITS))
    return geopandas.GeoDataFrame(pd.DataFrame(rows, columns=columns, dtype=object), geometry=shapes, crs=LONLAT)


def city_geojson(city: City) -> str:
    """Write a city as a GeoJSON FeatureCollection in longitude and latitude, heights in metres above ground."""
    features = city_frame(city).to_geo_dict(na="drop", drop_id=True)["features"]
    collection = {"type": "FeatureCollection", "name": city.name, "attribution": city.notice, "features": features}
    return json.dumps(collection, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def city_geopackage(city: City) -> bytes:
    """Write a city as a GeoPackage of one layer, with the shapes and tags of :func:`city_frame`."""
    with tempfile.TemporaryDirectory(prefix="itnt-city-") as folder:
        path = Path(folder) / "city.gpkg"
        frame = city_frame(city).convert_dtypes().assign(attribution=city.notice)
        frame.to_file(path, driver="GPKG", engine="pyogrio", layer="buildings", geometry_type="Unknown")
        return path.read_bytes()


def city_cityjson(city: City) -> str:
    """Write a city as CityJSON 2.0: a closed LoD1 Solid for each building, WaterBody and PlantCover surfaces."""
    east_north, code = _projected(city, city.vertices_m)
    store = _Vertices(np.floor(east_north.min(axis=0)) if len(east_north) else np.zeros(2))
    names = dict(city.landmark_names)
    objects: dict[str, Any] = {}
    for index, (base, height) in enumerate(zip(city.base_heights_m, city.roof_heights_m, strict=True)):
        ring = east_north[city.ring_starts[index] : city.ring_starts[index + 1]]
        attributes = {"measuredHeight": round(float(height), 2), **_named(names.get(index))}
        geometry = {"type": "Solid", "lod": "1", "boundaries": [_prism(store, ring, float(base), float(height))]}
        objects[f"building-{index + 1}"] = {"type": "Building", "attributes": attributes, "geometry": [geometry]}
    for word, shapes in (("WaterBody", city.water), ("PlantCover", city.parks)):
        for index, shape in enumerate(shapes):
            rings = [_projected(city, np.asarray(ring))[0] for ring in _shape_rings(shape)]
            flat = {"type": "MultiSurface", "lod": "1", "boundaries": [[store.add(ring, 0.0) for ring in rings]]}
            objects[f"{word.lower()}-{index + 1}"] = {"type": word, "geometry": [flat]}
    data = {
        "type": "CityJSON",
        "version": "2.0",
        "metadata": {
            "title": city.name,
            "referenceSystem": f"https://www.opengis.net/def/crs/EPSG/0/{code}",
            "geographicalExtent": store.extent(),
        },
        "transform": {"scale": [MILLIMETRE] * 3, "translate": [*store.origin.tolist(), 0.0]},
        "CityObjects": objects,
        "vertices": store.rows,
    }
    return json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


class _Vertices:
    """Gather vertices in whole millimetres, each once."""

    def __init__(self, origin: Array) -> None:
        self.origin = origin
        self.rows: list[tuple[int, int, int]] = []
        self._known: dict[tuple[int, int, int], int] = {}

    def add(self, ring: Array, up_m: float) -> list[int]:
        """Return the numbers of a ring's corners (n, 2) at a height, added where they are new."""
        up = round(up_m / MILLIMETRE)
        plan = np.round((ring - self.origin) / MILLIMETRE).astype(np.int64).tolist()
        return [self._number((east, north, up)) for east, north in plan]

    def extent(self) -> list[float]:
        """Return the least and the greatest coordinates, as metadata wants them."""
        if not self.rows:
            return [0.0] * 6
        rows = np.array(self.rows) * MILLIMETRE + [*self.origin, 0.0]
        return [round(float(value), 3) for value in (*rows.min(axis=0), *rows.max(axis=0))]

    def _number(self, row: tuple[int, int, int]) -> int:
        number = self._known.setdefault(row, len(self.rows))
        if number == len(self.rows):
            self.rows.append(row)
        return number


def _prism(store: _Vertices, ring: Array, base_m: float, height_m: float) -> list[list[list[int]]]:
    """Return the shell over a clockwise ring: ground, roof and walls, all looking outwards."""
    low, high = store.add(ring, base_m), store.add(ring, height_m)
    # Seen from above the ground runs clockwise, so that its normal points down; the roof runs the other way.
    shell = [[low], [high[::-1]]]
    for this, after in zip(range(len(low)), [*range(1, len(low)), 0], strict=True):
        shell.append([[low[after], low[this], high[this], high[after]]])
    return shell


def _projected(city: City, points_m: Array) -> tuple[Array, int]:
    """Convert local metres (n, 2) to the UTM zone of the anchor; return them with the zone's EPSG code."""
    from pyproj import Transformer

    zone = min(int((city.lon + 180.0) // 6.0), 59) + 1
    code = (32600 if city.lat >= 0.0 else 32700) + zone
    lon, lat = local_to_lonlat(points_m[:, 0], points_m[:, 1], city.lon, city.lat)
    transformer = Transformer.from_crs("EPSG:4326", f"EPSG:{code}", always_xy=True)
    return np.column_stack(transformer.transform(lon, lat)), code


def _shape_rings(shape: shapely.Polygon) -> list[Array]:
    """Return the rings of a polygon without their repeated last corner, outer counter-clockwise, holes clockwise."""
    turned = shapely.orient_polygons(shape)
    return [shapely.get_coordinates(ring)[:-1] for ring in (turned.exterior, *turned.interiors)]


def _road(width_m: float) -> dict[str, Any]:
    word = next(word for least, word in ROAD_CLASSES if width_m >= least)
    return {"highway": word, "width": round(float(width_m), 1)}


def _named(name: str | None) -> dict[str, str]:
    return {"name": name} if name else {}
