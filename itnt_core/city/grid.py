"""The uniform grid over the buildings, and the array entries of the compiled kernels."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from itnt_core.arrays import Array, IntArray
from itnt_core.city.sight import clear_rays, point_roofs_m

BINNING_MARGIN_M = 1e-3  # a ray that rounding moves across a cell border still meets the building
SMALLEST_CELL_M, LARGEST_CELL_M = 10.0, 200.0
CELLS_PER_BUILDING = 1.5  # of the grid: many enough that a line asks few, few enough to build


class BuildingGrid(NamedTuple):
    """Hold the packed city and, for each cell, the buildings over it with the tallest first (metres)."""

    vertices_m: Array  # (n_vertices, 2)
    ring_starts: IntArray  # (n_buildings + 1,)
    bases_m: Array | None  # (n_buildings,): where each begins, above ground; None where all stand on it
    origin_m: Array  # (2,): south-west corner
    cell_m: float
    shape: tuple[int, int]  # columns to the east, rows to the north
    cell_starts: IntArray  # (columns * rows + 1,)
    members: IntArray  # building of each (cell, building) pair
    boxes_m: Array  # (n_pairs, 5): west, south, east, north, roof of each pair, side by side for the cache
    cell_roofs_m: Array  # (columns * rows,)
    tallest_m: float


def build_grid(vertices_m: Array, ring_starts: IntArray, roofs_m: Array, bases_m: Array | None) -> BuildingGrid:
    """Sort the buildings into the cells their bounding boxes touch; about 1.5 cells a building.

    ``vertices_m`` (corners, 2) holds all rings one after another, ``ring_starts`` (buildings + 1,) says where each
    begins, ``roofs_m`` and ``bases_m`` (buildings,) how high it is and begins above ground, None where all stand on it.
    """
    if roofs_m.size == 0:
        return _empty_grid(vertices_m, ring_starts, bases_m)
    south_west = np.minimum.reduceat(vertices_m, ring_starts[:-1])
    north_east = np.maximum.reduceat(vertices_m, ring_starts[:-1])
    origin = south_west.min(axis=0) - 2.0 * BINNING_MARGIN_M
    extent = north_east.max(axis=0) + 2.0 * BINNING_MARGIN_M - origin
    fitting = float(np.sqrt(extent[0] * extent[1] / (CELLS_PER_BUILDING * roofs_m.size)))
    cell_m = float(np.clip(fitting, SMALLEST_CELL_M, LARGEST_CELL_M))
    columns, rows = (int(n) for n in np.ceil(extent / cell_m))
    low = np.floor((south_west - BINNING_MARGIN_M - origin) / cell_m).astype(np.int64)
    high = np.floor((north_east + BINNING_MARGIN_M - origin) / cell_m).astype(np.int64)
    cells, members = _pairs(low, np.minimum(high, [columns - 1, rows - 1]), columns)
    order = np.lexsort((members, -roofs_m[members], cells))
    cells, members = cells[order], members[order]
    starts = np.searchsorted(cells, np.arange(columns * rows + 1)).astype(np.int64)
    tallest = np.zeros(columns * rows)
    np.maximum.at(tallest, cells, roofs_m[members])
    boxes = np.ascontiguousarray(np.column_stack([south_west, north_east, roofs_m])[members])
    return BuildingGrid(
        vertices_m,
        ring_starts,
        bases_m,
        origin,
        cell_m,
        (columns, rows),
        starts,
        members,
        boxes,
        tallest,
        float(roofs_m.max()),
    )


def rays_are_clear(grid: BuildingGrid, start_m: Array, end_m: Array) -> NDArray[np.bool_]:
    """Tell which segments (n, 3) to (n, 3) cross no prism; the inputs are finite and contiguous."""
    return np.asarray(clear_rays(_unchanging(start_m), _unchanging(end_m), *_kernel_arguments(grid)))


def tallest_roof_m(grid: BuildingGrid, points_m: Array) -> Array:
    """Find the tallest roof over each point (n, 2), 0.0 outside buildings."""
    return np.asarray(point_roofs_m(_unchanging(points_m), *_kernel_arguments(grid)))


def _kernel_arguments(grid: BuildingGrid) -> tuple[object, ...]:
    columns, rows = grid.shape
    return tuple(map(_unchanging, (*grid[:5], columns, rows, *grid[6:])))


def _unchanging(argument: object) -> object:
    """Return a view of an array through which nothing is written, and anything else as it is.

    Compiled code is compiled anew for arrays that may be written and for those that may not: here all may not.
    """
    if not isinstance(argument, np.ndarray):
        return argument
    view = argument.view()
    view.flags.writeable = False
    return view


def _pairs(low: IntArray, high: IntArray, columns: int) -> tuple[IntArray, IntArray]:
    """List every (cell, building) pair of the inclusive cell ranges low..high, each (n, 2)."""
    span = high - low + 1
    counts = span[:, 0] * span[:, 1]
    members = np.repeat(np.arange(len(low)), counts)
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    column = low[members, 0] + within % span[members, 0]
    row = low[members, 1] + within // span[members, 0]
    return row * columns + column, members.astype(np.int64)


def _empty_grid(vertices_m: Array, ring_starts: IntArray, bases_m: Array | None) -> BuildingGrid:
    none = np.zeros(0, dtype=np.int64)
    return BuildingGrid(
        vertices_m,
        ring_starts,
        bases_m,
        np.zeros(2),
        LARGEST_CELL_M,
        (1, 1),
        np.zeros(2, dtype=np.int64),
        none,
        np.zeros((0, 5)),
        np.zeros(1),
        0.0,
    )
