"""Shapes of faces, which GEOS cannot hold: TIN, polyhedral surfaces and triangles become polygons of the same corners.

MultiPatch Shapefiles and 3D GeoPackages hold them. Their well-known binary is that of polygons but for the number of
the type (OGC 06-103r4, 8.2): exchanging that number is all it takes.
"""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

# Numbers of types, the same in well-known binary and in GEOS where it has them.
POINT, LINE, POLYGON, MULTIPOLYGON, COLLECTION = 1, 2, 3, 6, 7
_POLYHEDRON, _TIN, _TRIANGLE = 15, 16, 17  # in well-known binary alone
_AS_POLYGONS = {_POLYHEDRON: MULTIPOLYGON, _TIN: MULTIPOLYGON, _TRIANGLE: POLYGON}
_CORNERS_AT, _HEAD_BYTES = 5, 9  # bytes: byte order and type, then a count
_EWKB_Z, _EWKB_M = 0x80000000, 0x40000000  # bits of the type of PostGIS' dialect: with z, with m
_DEEPEST = 8  # collections in collections


def polygons_of_wkb(blob: bytes) -> Any:
    """Return the shape of well-known binary with its faces as polygons; None where it is damaged or empty."""
    patched = bytearray(blob)
    try:
        _patch(patched, 0, 0)
        return shapely.from_wkb(bytes(patched), on_invalid="ignore")
    except (struct.error, ValueError, IndexError, shapely.errors.ShapelyError):
        return None


def polygons_in_collections(shapes: NDArray[Any]) -> NDArray[Any]:
    """Return shapes (n,) where each collection that holds polygons is a multipolygon of them."""
    places = np.flatnonzero(shapely.get_type_id(shapes) == COLLECTION)
    if not places.size:
        return shapes
    shapes = shapes.copy()
    for place in places:
        polygons = _polygons(shapes[place], 0)
        if polygons:
            shapes[place] = polygons[0] if len(polygons) == 1 else shapely.multipolygons(polygons)
    return shapes


def _polygons(shape: Any, depth: int) -> list[Any]:
    if depth > _DEEPEST:
        return []
    parts = [part for part in shapely.get_parts(shape) if not part.is_empty]
    found = [part for part in parts if shapely.get_type_id(part) == POLYGON]
    nested = [part for part in parts if shapely.get_type_id(part) > POLYGON]
    return found + [polygon for part in nested for polygon in _polygons(part, depth + 1)]


def _patch(blob: bytearray, at: int, depth: int) -> int:
    """Exchange the types of faces in the shape that begins at a byte; return where it ends."""
    if depth > _DEEPEST:
        raise ValueError("collections are nested too deeply")
    order = "<" if blob[at] else ">"
    code, count = struct.unpack_from(f"{order}II", blob, at + 1)
    kind = (code & 0xFFFF) % 1000
    thousands = (code & 0xFFFF) // 1000  # ISO: 1000 with z, 2000 with m, 3000 with both
    axes = 2 + bool(code & _EWKB_Z or thousands in (1, 3)) + bool(code & _EWKB_M or thousands in (2, 3))
    if kind in _AS_POLYGONS:
        struct.pack_into(f"{order}I", blob, at + 1, code - kind + _AS_POLYGONS[kind])
    if kind == POINT:
        return at + _CORNERS_AT + 8 * axes
    at += _HEAD_BYTES
    if kind == LINE:
        return at + 8 * axes * int(count)
    for _ in range(count):
        if kind in (POLYGON, _TRIANGLE):
            (corners,) = struct.unpack_from(f"{order}I", blob, at)
            at += 4 + 8 * axes * int(corners)
        else:
            at = _patch(blob, at, depth + 1)
    return at
