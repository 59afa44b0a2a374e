"""Trees in parks and along the water: invented for the picture, the same every time, and in no computation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

MOST_TREES = 4_000  # of 12 corners each: a sixth of what the buildings of 4 km of London take
PARK_SHARE = 0.75  # of them, the others stand along the water
ROW_STEP_M, ROW_INSIDE_M = 11.0, 4.5  # along a park's edge
LAWN_STEP_M, LAWN_SHARE, CLUMP_M = 13.0, 0.42, 70.0  # between them; clumps and lawns change over this length
LARGEST_GREEN_M2 = 2e6  # where parks are larger, their trees stand wider apart
BANK_STEP_M, FROM_WATER_M = 13.0, 4.0
CLEAR_M = 3.0  # from walls, water and roads
HEIGHTS_M = (7.0, 14.0)


def planted_trees(city: Any, roads: Sequence[BaseGeometry], size_m: float) -> NDArray[np.float32]:
    """Return east, north and height in metres of at most ``MOST_TREES`` trees (n, 3) of a city.

    They stand in rows along the edges of parks, in clumps between them and along the water, never in a building, the
    water or one of ``roads`` (polygons). Where there is room for more, every n-th of them is left.
    """
    rng = np.random.default_rng(1)
    bridges = [line.buffer(width_m / 2.0) for _, line, width_m in city.bridges]
    taken = np.array([*city.footprints(), *city.water, *roads, *bridges], dtype=object)
    places = [
        _free(_in_parks(city.parks, rng), taken, size_m),
        _free(_along_water(city.water, rng), taken, size_m),
    ]
    most = _shares([len(one) for one in places])
    chosen = np.concatenate([_thinned(one, count) for one, count in zip(places, most, strict=True)])
    heights = rng.uniform(*HEIGHTS_M, len(chosen))
    return np.column_stack([chosen, heights]).astype(np.float32)


def _shares(found: Sequence[int]) -> list[int]:
    """Return how many trees stand in parks and along the water; what one does not need the other may have."""
    parks = min(found[0], max(int(PARK_SHARE * MOST_TREES), MOST_TREES - found[1]))
    return [parks, min(found[1], MOST_TREES - parks)]


def _thinned(points: NDArray[Any], most: int) -> NDArray[Any]:
    if len(points) <= most:
        return points
    return points[np.linspace(0, len(points) - 1, most).astype(int)] if most else points[:0]


def _in_parks(parks: Iterable[BaseGeometry], rng: np.random.Generator) -> NDArray[Any]:
    """Return places (n, 2) in rows along the edges of parks, and in clumps on what they enclose."""
    inner = shapely.buffer(np.array(list(parks), dtype=object), -ROW_INSIDE_M, quad_segs=2)
    inner = inner[~shapely.is_empty(inner)]
    wider = max(1.0, float(np.sqrt(shapely.area(inner).sum() / LARGEST_GREEN_M2)))
    rows = _along(shapely.boundary(inner), ROW_STEP_M * wider)
    lawns = [_on_lawn(one, LAWN_STEP_M * wider, rng) for one in shapely.buffer(inner, -ROW_INSIDE_M)]
    return _moved(np.concatenate([np.zeros((0, 2)), rows, *lawns]), 2.0, rng)


def _on_lawn(lawn: BaseGeometry, step_m: float, rng: np.random.Generator) -> NDArray[Any]:
    """Return places (n, 2) on a lattice over a lawn, where its clumps are."""
    if lawn.is_empty:
        return np.zeros((0, 2))
    west, south, east, north = lawn.bounds
    lattice = np.stack(np.meshgrid(np.arange(west, east, step_m), np.arange(south, north, step_m)), axis=-1)
    points = _moved(lattice.reshape(-1, 2), step_m / 3.0, rng)
    turn = 2.0 * np.pi * points / CLUMP_M
    thick = (np.sin(turn[:, 0]) * np.sin(turn[:, 1]) + np.sin(0.37 * (turn[:, 0] + turn[:, 1]))) / 2.0
    grown = rng.random(len(points)) < LAWN_SHARE + 0.4 * thick
    return points[grown & shapely.contains_xy(lawn, points[:, 0], points[:, 1])]


def _along_water(water: Iterable[BaseGeometry], rng: np.random.Generator) -> NDArray[Any]:
    wet = shapely.union_all(list(water))
    return _moved(_along(shapely.boundary([wet.buffer(FROM_WATER_M, quad_segs=2)]), BANK_STEP_M), 0.8, rng)


def _along(lines: Any, step_m: float) -> NDArray[Any]:
    """Return places (n, 2) every ``step_m`` along lines."""
    parts = shapely.get_parts(shapely.get_parts(lines))
    points = [shapely.line_interpolate_point(part, np.arange(0.0, part.length, step_m)) for part in parts]
    return shapely.get_coordinates(np.concatenate([np.zeros(0, dtype=object), *points]))


def _moved(points: NDArray[Any], most_m: float, rng: np.random.Generator) -> NDArray[Any]:
    moved: NDArray[Any] = points + rng.uniform(-most_m, most_m, points.shape)
    return moved


def _free(points: NDArray[Any], taken: NDArray[Any], size_m: float) -> NDArray[Any]:
    """Return the places (n, 2) in the area from which nothing that is taken is near."""
    points = points[(np.abs(points) < size_m / 2.0 - CLEAR_M).all(axis=1)]
    near = shapely.STRtree(shapely.points(points)).query(taken, predicate="dwithin", distance=CLEAR_M)[1]
    return np.delete(points, np.unique(near), axis=0)
