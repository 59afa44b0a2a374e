"""The geometry of CityJSON objects: how low and high each reaches, its footprint, and whether solids are inside out.

The footprint of an object is its LoD0 shape where there is one, else the ground surfaces or the downward faces of its
lowest solid, else everything projected onto the ground. Vertices are ``corners``: plain numbers (east, north, up), for
faces are too short for arrays of their own. Specification: https://www.cityjson.org/specs/2.0.1/.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from itnt_core.arrays import Array
from itnt_core.city.files.survey import BUILDING, OTHER

NEAREST_M2 = 0.01  # faces with less ground area are walls
MOST_ASKED = 500  # objects that say whether they are inside out

Corners = list[list[float]]
Face = list[list[int]]  # rings of numbers of corners


class CityObject(NamedTuple):
    """Hold one city object: its kind, the building it belongs to, its attributes and its geometries by LoD."""

    kind: int
    word: str
    owner: str
    attributes: dict[str, Any]
    geometries: list[dict[str, Any]]


def levels_of(objects: list[CityObject], corners_m: Corners) -> tuple[Array, Array]:
    """Return z of the bottom (n,) and of the top (n,) of each building's lowest LoD above 0; NaN where nothing stands.

    ``corners_m`` have a plan in metres, in which areas are judged, and z in any unit.
    """
    levels = np.array([_levels(one, corners_m) for one in objects], dtype=np.float64).reshape(-1, 2)
    return levels[:, 0], levels[:, 1]


def _levels(one: CityObject, corners_m: Corners) -> tuple[float, float]:
    solid = _lowest_solid(one)
    if solid is None or not _stands_up(solid, corners_m):
        return float("nan"), float("nan")
    up = [corners_m[index][2] for face in _faces(solid["boundaries"]) for ring in face for index in ring]
    return (min(up), max(up)) if up else (float("nan"), float("nan"))


def _stands_up(geometry: dict[str, Any], corners_m: Corners) -> bool:
    """Say whether surfaces are more than a footprint or a roof: they have walls, or faces that look up and down."""
    if "Solid" in str(geometry.get("type")):
        return True
    areas = [
        _signed_area([corners_m[index] for index in face[0]]) for face in _faces(geometry["boundaries"]) if face[0]
    ]
    has_walls = any(abs(area) < NEAREST_M2 for area in areas)
    return len(areas) > 1 and (has_walls or min(areas) < 0.0 < max(areas))


def stand_on_ground(objects: list[CityObject]) -> NDArray[np.bool_]:
    """Return which objects (n,) call a surface of their lowest LoD above 0 their ground."""
    solids = [_lowest_solid(one) for one in objects]
    return np.array([solid is not None and "GroundSurface" in _semantics(solid)[1] for solid in solids], dtype=bool)


def _lowest_solid(one: CityObject) -> dict[str, Any] | None:
    if one.kind != BUILDING:
        return None
    return min((geometry for geometry in one.geometries if lod_of(geometry) >= 1.0), key=lod_of, default=None)


def are_mirrored(objects: list[CityObject], corners: Corners) -> bool | None:
    """Say whether the faces of most buildings look inwards, as they do with east and north exchanged.

    Faces run counter-clockwise seen from outside, so what lies above the lowest corner looks up on the whole. None
    where nothing says so.
    """
    votes = 0
    for solid in islice(filter(None, map(_lowest_solid, objects)), MOST_ASKED):
        faces = [[corners[index] for index in face[0]] for face in _faces(solid["boundaries"]) if len(face[0]) >= 3]
        lowest = min((point[2] for face in faces for point in face), default=0.0)
        volume = sum(_signed_area(face) * (sum(point[2] for point in face) / len(face) - lowest) for face in faces)
        votes += (volume < 0.0) - (volume > 0.0)
    return votes > 0 if votes else None


def footprints(objects: list[CityObject], vertices: Array, corners_m: Corners) -> NDArray[Any]:
    """Return the footprints (n,) of objects in the plan of the vertices (k, 3): all faces at once.

    ``corners_m`` are the vertices with a plan in metres, in which areas are judged.
    """
    grounds = [_ground_faces(one, corners_m) for one in objects]
    flat = _polygons([face for faces in grounds for face in faces], vertices)
    shapes = np.empty(len(objects), dtype=object)
    first = 0
    for index, faces in enumerate(grounds):
        shapes[index] = flat[first] if len(faces) == 1 else _joined(flat[first : first + len(faces)])
        first += len(faces)
    return shapes


def _ground_faces(one: CityObject, corners: Corners) -> list[Face]:
    """Return the faces that make up the ground of an object's lowest LoD; of a closed solid, those that look down."""
    if one.kind == OTHER:
        return []
    geometry = min(one.geometries, key=lod_of)
    faces = [face for face in _faces(geometry["boundaries"]) if len(face[0]) >= 3]
    values, surfaces = _semantics(geometry)
    labelled = [surfaces[value] == "GroundSurface" if isinstance(value, int) else False for value in values]
    ground = [face for face, is_ground in zip(faces, labelled, strict=False) if is_ground]
    if ground and len(labelled) == len(faces):
        return ground
    areas = [_signed_area([corners[index] for index in face[0]]) for face in faces]
    down, up = -sum(area for area in areas if area < 0.0), sum(area for area in areas if area > 0.0)
    closed = "Solid" in str(geometry.get("type")) and abs(down - up) <= 0.01 * max(down, up)
    return [
        face
        for face, area in zip(faces, areas, strict=True)
        if (area < -NEAREST_M2 if closed else abs(area) > NEAREST_M2)
    ]


def _joined(shapes: NDArray[Any]) -> Any:
    """Return the union of polygons; quickly where they meet edge to edge, as triangulated ground does."""
    if len(shapes) < 2:
        return shapes[0] if len(shapes) else None
    if shapely.is_valid(shapes).all():
        try:
            whole = shapely.coverage_union_all(shapes)
            if shapely.is_valid(whole) and abs(whole.area - shapely.area(shapes).sum()) <= 1e-6 * whole.area:
                return whole
        except shapely.errors.GEOSException:  # they overlap
            pass
    return shapely.union_all(shapely.make_valid(shapes))


def _polygons(faces: list[Face], vertices: Array) -> NDArray[Any]:
    """Make a flat polygon of every face, all rings at once."""
    if not faces:
        return np.zeros(0, dtype=object)
    rings = [(number, ring) for number, face in enumerate(faces) for ring in face if len(ring) >= 3]
    corners = np.array([index for _, ring in rings for index in ring], dtype=np.int64)
    lengths = [len(ring) for _, ring in rings]
    lines = shapely.linearrings(vertices[corners, :2], indices=np.repeat(np.arange(len(rings)), lengths))
    return np.asarray(shapely.polygons(lines, indices=np.array([number for number, _ in rings])))


def _signed_area(ring: Corners) -> float:
    """Return the area of a ring seen from above, negative where it runs clockwise; plain numbers: rings are short."""
    origin_east, origin_north = ring[0][:2]
    area = 0.0
    east, north = ring[-1][0] - origin_east, ring[-1][1] - origin_north
    for point in ring:
        next_east, next_north = point[0] - origin_east, point[1] - origin_north
        area += east * next_north - next_east * north
        east, north = next_east, next_north
    return 0.5 * area


def _faces(boundaries: Any) -> Iterator[Face]:
    """Yield every face, a list of rings, however deep the boundaries of a geometry nest it."""
    if boundaries and isinstance(boundaries[0], list) and boundaries[0] and isinstance(boundaries[0][0], int):
        yield boundaries
        return
    for inner in boundaries:
        if isinstance(inner, list) and inner:
            yield from _faces(inner)


def _semantics(geometry: dict[str, Any]) -> tuple[list[Any], list[str]]:
    """Return per face the number of its semantic surface, and the types of the surfaces."""
    semantics = geometry.get("semantics")
    if not isinstance(semantics, dict):
        return [], []
    surfaces = [str(one.get("type")) for one in semantics.get("surfaces") or ()]
    return list(_flat(semantics.get("values") or [])), surfaces


def _flat(values: Any) -> Iterator[Any]:
    for value in values:
        if isinstance(value, list):
            yield from _flat(value)
        else:
            yield value


def lod_of(geometry: Any) -> float:
    try:
        return float(geometry.get("lod", 1.0))
    except (TypeError, ValueError, AttributeError):
        return 1.0
