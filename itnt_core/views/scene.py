"""The city as one binary bundle: what never changes while a scenario is edited or a result is replayed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from itnt_core.scenario.model import Area

from .packing import pack

HEIGHT_CLASS_EDGES_M = (14.0, 28.0, 60.0)  # below: houses, above: blocks, tall blocks, towers
LANDMARK_CLASS = 4
LANDMARK_REACH_M = 60.0
BRIDGE_BASE_M = 6.0
NICKNAMES = ("Gherkin", "Walkie-Talkie", "Big Ben", "Tower of London")
WELL_KNOWN = (
    "The Shard",
    "St Paul",
    "Tower Bridge",
    "Gherkin",
    "Tower of London",
    "Tate Modern",
    "Big Ben",
    "London Eye",
    "Walkie-Talkie",
    "BT Tower",
    "22 Bishopsgate",
    "One Canada Square",
    "The O2",
    "Barbican",
)


def scene_bundle(city: Any, area: Area) -> bytes:
    """Pack a city for the map: buildings, water, parks, roads, bridges, labels; metres around the area's anchor."""
    vertices, starts = closed_rings(city.vertices_m, city.ring_starts)
    heights = np.asarray(city.roof_heights_m, dtype=np.float32)
    landmarks = landmark_parts(city)
    arrays: dict[str, NDArray[Any]] = {
        "building_vertices": vertices,
        "building_starts": starts,
        "building_heights": heights,
        "building_class": height_classes(heights, [part for parts in landmarks.values() for part in parts]),
    }
    for name, shapes in (("water", city.water), ("parks", city.parks), ("bridges", _bridge_shapes(city.bridges))):
        arrays |= polygon_arrays(name, shapes)
    arrays |= path_arrays("roads", city.roads)
    meta = {
        "anchor": [area.lon, area.lat],
        "size_m": area.size_m,
        "bridge_base_m": BRIDGE_BASE_M,
        "labels": _labels(city, landmarks),
        "notice": city.notice,
        "buildings": int(heights.size),
    }
    return pack(meta, arrays)


def closed_rings(vertices_m: NDArray[Any], ring_starts: NDArray[Any]) -> tuple[NDArray[np.float32], NDArray[np.uint32]]:
    """Repeat each ring's first corner at its end, as the polygon layer wants; ``(n, 2)`` and ``(rings + 1,)``."""
    ring_starts = np.asarray(ring_starts, dtype=np.int64)
    if ring_starts.size <= 1:
        return np.zeros((0, 2), dtype=np.float32), np.zeros(1, dtype=np.uint32)
    first_corners = np.asarray(vertices_m)[ring_starts[:-1]]
    closed = np.insert(np.asarray(vertices_m), ring_starts[1:], first_corners, axis=0)
    starts = ring_starts + np.arange(ring_starts.size)
    return closed.astype(np.float32), starts.astype(np.uint32)


def height_classes(heights_m: NDArray[Any], landmarks: Sequence[int]) -> NDArray[np.uint8]:
    """Return a colour class per building: 0 houses to 3 towers by height, 4 for landmarks."""
    classes = np.searchsorted(HEIGHT_CLASS_EDGES_M, np.asarray(heights_m)).astype(np.uint8)
    classes[list(landmarks)] = LANDMARK_CLASS
    return classes


def landmark_parts(city: Any) -> dict[str, list[int]]:
    """Return the prisms of each landmark by name.

    A tower that tapers is a stack of prisms one after the other; the named one is the last, so the others are found
    by walking back from it as long as they stand close by and belong to no other name.
    """
    parts: dict[str, list[int]] = {}
    previous = -1
    for named, name in sorted(city.landmark_names):
        first = named
        while first - 1 > previous and np.hypot(*(_middle(city, first - 1) - _middle(city, named))) < LANDMARK_REACH_M:
            first -= 1
        parts[name] = list(range(first, named + 1))
        previous = named
    return parts


def _middle(city: Any, index: int) -> NDArray[np.float64]:
    """Return the mean of a building's corners ``(2,)`` in metres."""
    middle: NDArray[np.float64] = city.vertices_m[city.ring_starts[index] : city.ring_starts[index + 1]].mean(axis=0)
    return middle


def polygon_arrays(name: str, shapes: Iterable[BaseGeometry]) -> dict[str, NDArray[Any]]:
    """Return ``<name>_vertices`` (n, 2), ``<name>_ring_starts`` and ``<name>_polygon_starts`` (counted in rings).

    The first ring of a polygon is its outer border, the others are holes.
    """
    rings: list[NDArray[Any]] = []
    polygon_starts = [0]
    for polygon in _polygons(shapes):
        rings.append(shapely.get_coordinates(polygon.exterior))
        rings.extend(shapely.get_coordinates(hole) for hole in polygon.interiors)
        polygon_starts.append(len(rings))
    vertices, ring_starts = _concatenated(rings)
    return {
        f"{name}_vertices": vertices,
        f"{name}_ring_starts": ring_starts,
        f"{name}_polygon_starts": np.array(polygon_starts, dtype=np.uint32),
    }


def path_arrays(name: str, roads: Iterable[tuple[str, BaseGeometry, float]]) -> dict[str, NDArray[Any]]:
    """Return ``<name>_vertices`` (n, 2), ``<name>_starts`` and ``<name>_width_m`` (one per path)."""
    lines: list[NDArray[Any]] = []
    widths: list[float] = []
    for _, geometry, width_m in roads:
        for line in shapely.get_parts(geometry):
            lines.append(shapely.get_coordinates(line))
            widths.append(float(width_m))
    vertices, starts = _concatenated(lines)
    return {
        f"{name}_vertices": vertices,
        f"{name}_starts": starts,
        f"{name}_width_m": np.array(widths, dtype=np.float32),
    }


def _polygons(shapes: Iterable[BaseGeometry]) -> list[Any]:
    """Return every simple polygon in a collection of shapes; anything without an area is left out."""
    parts = shapely.get_parts(np.array(list(shapes), dtype=object)) if not isinstance(shapes, BaseGeometry) else None
    parts = shapely.get_parts(shapes) if parts is None else parts
    return [part for part in parts if part.geom_type == "Polygon" and not part.is_empty]


def _concatenated(pieces: Sequence[NDArray[Any]]) -> tuple[NDArray[np.float32], NDArray[np.uint32]]:
    """Return all coordinates one after the other and where each piece starts, with the total at the end."""
    starts = np.concatenate([[0], np.cumsum([len(piece) for piece in pieces], dtype=np.int64)])
    vertices = np.concatenate(pieces) if pieces else np.zeros((0, 2))
    return vertices.astype(np.float32), starts.astype(np.uint32)


def _bridge_shapes(bridges: Iterable[tuple[str, BaseGeometry, float]]) -> list[BaseGeometry]:
    """Return bridge decks as polygons: the centreline widened to the deck's width, ends cut square."""
    return [line.buffer(width_m / 2, cap_style="flat") for _, line, width_m in bridges]


def _labels(city: Any, landmarks: Mapping[str, Sequence[int]]) -> list[dict[str, Any]]:
    """Return what may be written on the map, most important first: landmarks, then places, then bridges."""
    labels = [_landmark_label(city, name, parts) for name, parts in landmarks.items()]
    labels.sort(key=lambda label: (_fame(label["text"]), -label["position"][2]))
    places = {name.split(" (")[0].split(" / ")[0]: (east, north) for name, east, north in reversed(city.places)}
    labels += [_label("place", name, east, north, 0.0) for name, (east, north) in reversed(places.items())]
    for name, line, _ in city.bridges:
        middle = line.interpolate(0.5, normalized=True)
        labels.append(_label("bridge", name, middle.x, middle.y, BRIDGE_BASE_M))
    return labels


def _fame(name: str) -> int:
    """Return how early a landmark is named: first those that everyone knows, the others by height."""
    return next((rank for rank, known in enumerate(WELL_KNOWN) if known in name), len(WELL_KNOWN))


def _landmark_label(city: Any, name: str, parts: Sequence[int]) -> dict[str, Any]:
    """Return the label of a landmark above its highest roof; what stands in brackets is left out."""
    highest = max(parts, key=lambda index: city.roof_heights_m[index])
    east, north = _middle(city, highest)
    inner = name[name.find("(") + 1 : name.rfind(")")]
    text = inner if inner in NICKNAMES else name.split(" (")[0]
    return _label("landmark", text, east, north, float(city.roof_heights_m[highest]))


def _label(kind: str, text: str, east_m: float, north_m: float, up_m: float) -> dict[str, Any]:
    """Return one label with its position rounded to decimetres."""
    position = [round(float(east_m), 1), round(float(north_m), 1), round(float(up_m), 1)]
    return {"kind": kind, "text": text, "position": position}
