"""CityJSON of upright boxes in any coordinate system, as exporters write it: outward faces, plain vertices."""

from __future__ import annotations

import json
from typing import NamedTuple


class Box(NamedTuple):
    """A box from (east, north, bottom) to (east, north, top), in the units of the file."""

    low: tuple[float, float, float]
    high: tuple[float, float, float]
    of: str | None = None  # the building that it is a part of
    attributes: dict = {}  # noqa: RUF012 (never changed)


def box_city(boxes, crs, *, north_first=False, version="2.0", kind="Solid", semantics=True):
    """Return CityJSON text of named boxes; parts get a building without a geometry of its own."""
    things, vertices = {}, []
    for name, one in boxes.items():
        shell = _shell(len(vertices))
        vertices += _corners(one, north_first=north_first)
        boundaries = [shell] if kind == "Solid" else shell
        geometry = {"type": kind, "lod": "2", "boundaries": boundaries}
        if semantics:
            surfaces = [{"type": "GroundSurface"}, {"type": "RoofSurface"}, {"type": "WallSurface"}]
            values = [0, 1, 2, 2, 2, 2]
            geometry["semantics"] = {"surfaces": surfaces, "values": [values] if kind == "Solid" else values}
        word = "BuildingPart" if one.of else "Building"
        things[name] = {"type": word, "attributes": {"name": name, **one.attributes}, "geometry": [geometry]}
        if one.of:
            things[name]["parents"] = [one.of]
            whole = things.setdefault(one.of, {"type": "Building", "geometry": [], "children": []})
            whole["children"].append(name)
    metadata = {"referenceSystem": crs}
    data = {"type": "CityJSON", "version": version, "metadata": metadata, "CityObjects": things, "vertices": vertices}
    return json.dumps(data)


def _corners(one, *, north_first):
    (west, south, bottom), (east, north, top) = one.low, one.high
    plan = [(west, south), (east, south), (east, north), (west, north)]
    if north_first:
        plan = [(y, x) for x, y in plan]
    return [[x, y, bottom] for x, y in plan] + [[x, y, top] for x, y in plan]


def _shell(first):
    faces = [[0, 3, 2, 1], [4, 5, 6, 7], [0, 1, 5, 4], [1, 2, 6, 5], [2, 3, 7, 6], [3, 0, 4, 7]]
    return [[[first + corner for corner in face]] for face in faces]
