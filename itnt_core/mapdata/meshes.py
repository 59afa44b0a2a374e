"""Polygons as what the graphics card draws: closed rings and triangles."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from itnt_core.city import unpack_polygons


def closed_rings(vertices_m: NDArray[Any], ring_starts: NDArray[Any]) -> tuple[NDArray[np.float32], NDArray[np.uint32]]:
    """Repeat each ring's first corner at its end, as the polygon layer wants; ``(n, 2)`` and ``(rings + 1,)``."""
    ring_starts = np.asarray(ring_starts, dtype=np.int64)
    if ring_starts.size <= 1:
        return np.zeros((0, 2), dtype=np.float32), np.zeros(1, dtype=np.uint32)
    first_corners = np.asarray(vertices_m)[ring_starts[:-1]]
    closed = np.insert(np.asarray(vertices_m), ring_starts[1:], first_corners, axis=0)
    starts = ring_starts + np.arange(ring_starts.size)
    return closed.astype(np.float32), starts.astype(np.uint32)


def roof_triangles(vertices_m: NDArray[Any], starts: NDArray[Any]) -> NDArray[np.uint32]:
    """Cut closed rings into triangles; return corner numbers (3 x triangles,), counter-clockwise.

    ``vertices_m`` (corners, 2) and ``starts`` (rings + 1,) are what :func:`closed_rings` returns.
    """
    rings = np.repeat(np.arange(starts.size - 1), np.diff(starts))
    if not rings.size:
        return np.zeros(0, dtype=np.uint32)
    wanted = _cut(unpack_polygons(vertices_m, starts))
    known = np.column_stack([rings, vertices_m]).astype(np.float64)
    first, group = _distinct(np.vstack([known, wanted]))
    return first[group[len(known) :]].astype(np.uint32)


def flat_mesh(shapes: BaseGeometry | Iterable[BaseGeometry]) -> tuple[NDArray[np.float32], NDArray[np.uint32]]:
    """Cut polygons into triangles; return corners ``(n, 2)`` and corner numbers ``(3 x triangles,)``."""
    polygons = simple_polygons(shapes)
    if not polygons:
        return np.zeros((0, 2), dtype=np.float32), np.zeros(0, dtype=np.uint32)
    wanted = _cut(np.array(polygons, dtype=object))
    first, group = _distinct(wanted)
    return wanted[first, 1:].astype(np.float32), group.astype(np.uint32)


def _cut(polygons: NDArray[Any]) -> NDArray[np.float64]:
    """Return the triangles of polygons as rows (polygon, east, north), three each; by GEOS, constrained Delaunay."""
    cut = shapely.constrained_delaunay_triangles(polygons)
    corners, of_polygon = shapely.get_coordinates(cut, return_index=True)  # four per triangle, the last is the first
    rows = np.column_stack([of_polygon, corners]).reshape(-1, 4, 3)[:, :3]
    turned: NDArray[np.float64] = np.where(_clockwise(rows[..., 1:])[:, None, None], rows[:, ::-1], rows)
    return turned.reshape(-1, 3)


def _distinct(rows: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return where each distinct row (n, 3) stands first, and which of the distinct ones each row is."""
    whole = np.ascontiguousarray(rows).view("V24").ravel()  # a row as one value: twice as fast to sort
    _, first, group = np.unique(whole, return_index=True, return_inverse=True)
    return first, group


def _clockwise(triangles: NDArray[Any]) -> NDArray[np.bool_]:
    """Return which of the triangles (n, 3, 2) run clockwise."""
    first, second = triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0]
    turned: NDArray[np.bool_] = first[:, 0] * second[:, 1] < first[:, 1] * second[:, 0]
    return turned


def simple_polygons(shapes: BaseGeometry | Iterable[BaseGeometry]) -> list[Any]:
    """Return every simple polygon in a collection of shapes; anything without an area is left out."""
    parts = shapely.get_parts(np.array(list(shapes), dtype=object)) if not isinstance(shapes, BaseGeometry) else None
    parts = shapely.get_parts(shapes) if parts is None else parts
    return [part for part in parts if part.geom_type == "Polygon" and not part.is_empty]
