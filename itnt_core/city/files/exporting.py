"""A city as GeoJSON (RFC 7946) and as CityJSON 2.0 with LoD1 solids, for any other program.

GeoJSON carries OpenStreetMap's tags, so that importing it again gives the same city. CityJSON is in the UTM zone of
the anchor, its heights above a flat ground at 0 m; roads and bridges are left out of it, for they are lines here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import numpy as np
import shapely

from itnt_core.arrays import Array
from itnt_core.city.model import City
from itnt_core.scenario import local_to_lonlat

DEGREE_DIGITS = 8  # about a millimetre
MILLIMETRE = 0.001  # in metres: the grid of the integers that CityJSON stores
ROAD_CLASSES = ((16.0, "primary"), (9.0, "tertiary"), (0.0, "residential"))


def city_geojson(city: City) -> str:
    """Write a city as a GeoJSON FeatureCollection in longitude and latitude, heights in metres above ground."""
    names = dict(city.landmark_names)
    features = [
        _feature([ring], {"building": "yes", "height": round(float(height), 2), **_named(names.get(index))}, city)
        for index, (ring, height) in enumerate(zip(_rings(city), city.roof_heights_m, strict=True))
    ]
    for shapes, tags in ((city.water, {"natural": "water"}), (city.parks, {"leisure": "park"})):
        features += [_feature(_shape_rings(shape), dict(tags), city) for shape in shapes]
    for lines, more in ((city.roads, {}), (city.bridges, {"bridge": "yes"})):
        features += [_line(line, {**_named(name), **_road(width_m), **more}, city) for name, line, width_m in lines]
    collection = {"type": "FeatureCollection", "name": city.name, "attribution": city.notice, "features": features}
    return json.dumps(collection, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def city_cityjson(city: City) -> str:
    """Write a city as CityJSON 2.0: a closed LoD1 Solid for each building, WaterBody and PlantCover surfaces."""
    east_north, code = _projected(city, city.vertices_m)
    store = _Vertices(np.floor(east_north.min(axis=0)) if len(east_north) else np.zeros(2))
    names = dict(city.landmark_names)
    objects: dict[str, Any] = {}
    for index, height in enumerate(city.roof_heights_m):
        ring = east_north[city.ring_starts[index] : city.ring_starts[index + 1]]
        attributes = {"measuredHeight": round(float(height), 2), **_named(names.get(index))}
        geometry = {"type": "Solid", "lod": "1", "boundaries": [_prism(store, ring, float(height))]}
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


def _prism(store: _Vertices, ring: Array, height_m: float) -> list[list[list[int]]]:
    """Return the shell over a clockwise ring: ground, roof and walls, all looking outwards."""
    low, high = store.add(ring, 0.0), store.add(ring, height_m)
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


def _rings(city: City) -> Iterable[Array]:
    """Yield every footprint counter-clockwise, as GeoJSON wants outer rings."""
    for first, last in zip(city.ring_starts[:-1], city.ring_starts[1:], strict=True):
        yield city.vertices_m[first:last][::-1]


def _shape_rings(shape: shapely.Polygon) -> list[Array]:
    """Return the rings of a polygon without their repeated last corner, outer counter-clockwise, holes clockwise."""
    turned = shapely.orient_polygons(shape)
    return [shapely.get_coordinates(ring)[:-1] for ring in (turned.exterior, *turned.interiors)]


def _degrees(points_m: Array, city: City) -> list[list[float]]:
    lon, lat = local_to_lonlat(points_m[:, 0], points_m[:, 1], city.lon, city.lat)
    rounded: list[list[float]] = np.round(np.column_stack([lon, lat]), DEGREE_DIGITS).tolist()
    return rounded


def _feature(rings: list[Array], properties: dict[str, Any], city: City) -> dict[str, Any]:
    closed = [[*(degrees := _degrees(ring, city)), degrees[0]] for ring in rings]
    return {"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": closed}}


def _line(line: shapely.LineString, properties: dict[str, Any], city: City) -> dict[str, Any]:
    coordinates = _degrees(shapely.get_coordinates(line), city)
    return {"type": "Feature", "properties": properties, "geometry": {"type": "LineString", "coordinates": coordinates}}


def _road(width_m: float) -> dict[str, Any]:
    word = next(word for least, word in ROAD_CLASSES if width_m >= least)
    return {"highway": word, "width": round(float(width_m), 1)}


def _named(name: str | None) -> dict[str, str]:
    return {"name": name} if name else {}
