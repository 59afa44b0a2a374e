"""The city as one binary bundle: what never changes while a scenario is edited or a result is replayed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from itnt_core.scenario import Area

from .bundles import CITY, CityMeta, Label
from .detail import Drawn, drawn_buildings
from .meshes import closed_rings, flat_mesh, roof_triangles
from .trees import planted_trees
from .waterside import DECK_BASE_M, bank_shapes, bridge_arrays, quay_shapes

HEIGHT_CLASS_EDGES_M = (14.0, 28.0, 60.0)  # below: houses, above: blocks, tall blocks, towers
LANDMARK_CLASS = 4  # after the four classes of heights
LANDMARK_REACH_M = 60.0
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
    """Pack a city for the map: what stands, flat ground, bridges, trees, labels; metres around the area's anchor."""
    drawn = drawn_buildings(city)
    vertices, starts = closed_rings(drawn.vertices_m, drawn.ring_starts)
    heights = np.asarray(drawn.heights_m, dtype=np.float32)
    landmarks = landmark_parts(city)
    arrays: dict[str, NDArray[Any]] = {
        "building_vertices": vertices,
        "building_starts": starts,
        "roof_triangles": roof_triangles(vertices, starts),
        "building_heights": heights,
        "building_bases": np.asarray(drawn.bases_m, dtype=np.float32),
        "building_class": building_classes(drawn, landmarks),
    }
    roads = _road_shapes(city.roads)
    flat = {
        "water": city.water,
        "parks": city.parks,
        "roads": roads,
        "bank": bank_shapes(city.water, area.size_m),
        "quay": quay_shapes(city.water, area.size_m),
    }
    for name, shapes in flat.items():
        arrays[f"{name}_vertices"], arrays[f"{name}_triangles"] = flat_mesh(shapes)
    arrays |= bridge_arrays(city, area.size_m)
    arrays["trees"] = planted_trees(city, roads, area.size_m)
    meta: CityMeta = {
        "anchor": (area.lon, area.lat),
        "size_m": area.size_m,
        "labels": _labels(city, landmarks),
        "notice": city.notice,
        "buildings": int(heights.size),
        "simplified": drawn.sentence,
    }
    return CITY.pack(meta, arrays)


def building_classes(drawn: Drawn, landmarks: Mapping[str, Sequence[int]]) -> NDArray[np.uint8]:
    """Return the colour class (buildings,) of each drawn building; ``landmarks`` are :func:`landmark_parts`."""
    special = np.isin(drawn.kept, [part for parts in landmarks.values() for part in parts])
    return height_classes(drawn.heights_m, np.flatnonzero(special))


def height_classes(heights_m: NDArray[Any], landmarks: Sequence[int] | NDArray[Any]) -> NDArray[np.uint8]:
    """Return a colour class (buildings,) of each building: 0 houses to 3 towers by height, 4 for landmarks."""
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


def _road_shapes(roads: Iterable[tuple[str, BaseGeometry, float]]) -> list[BaseGeometry]:
    """Return roads as polygons: the centreline widened to the road's width, joints and ends round."""
    return [shapely.buffer(line, width_m / 2, quad_segs=2) for _, line, width_m in roads]


def _labels(city: Any, landmarks: Mapping[str, Sequence[int]]) -> list[Label]:
    """Return what may be written on the map, most important first: landmarks, then places, then bridges."""
    labels = [_landmark_label(city, name, parts) for name, parts in landmarks.items()]
    labels.sort(key=lambda label: (_fame(label["text"]), -label["position"][2]))
    places = {name.split(" (")[0].split(" / ")[0]: (east, north) for name, east, north in reversed(city.places)}
    labels += [_label("place", name, east, north, 0.0) for name, (east, north) in reversed(places.items())]
    for name, line, _ in city.bridges:
        middle = line.interpolate(0.5, normalized=True)
        labels.append(_label("bridge", name, middle.x, middle.y, DECK_BASE_M))
    return labels


def nearest_label(city: Any, east_m: float, north_m: float, within_m: float) -> str:
    """Return the text of the label of a city's map that is nearest to a point, '' where none is ``within_m`` of it."""
    found = [
        (float(np.hypot(label["position"][0] - east_m, label["position"][1] - north_m)), label["text"])
        for label in _labels(city, landmark_parts(city))
    ]
    distance_m, text = min(found, default=(np.inf, ""), key=lambda pair: pair[0])
    return text if distance_m <= within_m else ""


def _fame(name: str) -> int:
    """Return how early a landmark is named: first those that everyone knows, the others by height."""
    return next((rank for rank, known in enumerate(WELL_KNOWN) if known in name), len(WELL_KNOWN))


def _landmark_label(city: Any, name: str, parts: Sequence[int]) -> Label:
    """Return the label of a landmark above its highest roof; what stands in brackets is left out."""
    highest = max(parts, key=lambda index: city.roof_heights_m[index])
    east, north = _middle(city, highest)
    inner = name[name.find("(") + 1 : name.rfind(")")]
    text = inner if inner in NICKNAMES else name.split(" (")[0]
    return _label("landmark", text, east, north, float(city.roof_heights_m[highest]))


def _label(
    kind: Literal["landmark", "place", "bridge"], text: str, east_m: float, north_m: float, up_m: float
) -> Label:
    """Return one label with its position rounded to decimetres."""
    position = (round(float(east_m), 1), round(float(north_m), 1), round(float(up_m), 1))
    return {"kind": kind, "text": text, "position": position}
