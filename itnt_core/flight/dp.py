"""Exact dynamic programming for one aerial user on a time-expanded grid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numba
import numpy as np
from numpy.typing import NDArray

from itnt_core.arrays import Array, BoolArray, IntArray
from itnt_core.errors import ItntError
from itnt_core.network import propulsion_power_w

UNREACHABLE = -1e300  # in place of a value, far below every sum of rates and energy


class NoPathError(ItntError, RuntimeError):
    """No path on the grid keeps the limits: the grid is too coarse, or everything is blocked."""


@dataclass(frozen=True, eq=False)
class PlanningGrid:
    """The places and times a path may use: nodes east x north x height, one stage per entry of ``stage_s``."""

    east_m: Array
    north_m: Array
    height_m: Array
    stage_s: Array  # (stages,) seconds per stage; the path is straight and even within a stage

    @property
    def shape(self) -> tuple[int, int, int]:
        """Return the number of nodes each way."""
        return len(self.east_m), len(self.north_m), len(self.height_m)

    def points_m(self) -> Array:
        """Return all nodes (nodes, 3) in the order of flat indices."""
        mesh = np.meshgrid(self.east_m, self.north_m, self.height_m, indexing="ij")
        return np.stack([axis.ravel() for axis in mesh], axis=1)


def plan_path(
    grid: PlanningGrid,
    worth: Array,
    start_m: Array,
    destination_m: Array,
    max_speed_m_s: float,
    max_vertical_speed_m_s: float,
    energy_weight: float = 0.0,
    blocked: NDArray[np.bool_] | None = None,
    clear: MoveTest | None = None,
) -> Array:
    """Return the best path (stages + 1, 3) from the start over grid nodes to the destination.

    Maximises the summed ``worth`` (stages - 1, nodes) of the nodes at the ends of all stages but the last, minus
    ``energy_weight`` times the propulsion energy in joules of all moves; moves keep both speed limits, avoid
    ``blocked`` (stages - 1, nodes), and are those alone that ``clear`` allows. Exact for the grid. Raises
    :class:`NoPathError` when there is no such path.
    """
    nodes = grid.points_m()
    forbidden = np.zeros(worth.shape, dtype=bool) if blocked is None else blocked
    reach = np.column_stack([max_speed_m_s * grid.stage_s, max_vertical_speed_m_s * grid.stage_s]) + 1e-9
    first = _end_costs(nodes, start_m, reach[0], grid.stage_s[0], energy_weight)
    last = _end_costs(nodes, destination_m, reach[-1], grid.stage_s[-1], energy_weight)
    stages = len(grid.stage_s)
    if stages == 1:
        return np.stack([start_m, destination_m])
    if clear is not None:
        first = np.where(clear.to(start_m), first, UNREACHABLE)
        last = np.where(clear.to(destination_m), last, UNREACHABLE)
    value = np.where(forbidden[0], UNREACHABLE, first + worth[0])
    back = np.zeros((stages - 1, len(nodes)), dtype=np.int32)
    for stage in range(1, stages - 1):
        offsets, costs = _moves(grid, reach[stage], grid.stage_s[stage], energy_weight)
        allowed = np.ones((0, 0), dtype=bool)
        if clear is not None:
            kept = clear.kept(offsets, np.linalg.norm(offsets * _spacings(grid), axis=1))
            offsets, costs = np.ascontiguousarray(offsets[kept]), costs[kept]
            allowed = clear.of(offsets)
        value = _step(
            value,
            np.ascontiguousarray(worth[stage]),
            forbidden[stage],
            offsets,
            costs,
            grid.shape,
            back[stage],
            allowed,
        )
    total = np.where(value > UNREACHABLE / 2, value + last, UNREACHABLE)
    node = int(total.argmax())
    if total[node] <= UNREACHABLE / 2:
        raise NoPathError("No path over this grid reaches the destination within the speed limits.")
    return np.stack([start_m, *nodes[_trace(back, node)], destination_m])


class MoveTest(Protocol):
    """What says which moves between nodes, and to a point, may be made: :class:`itnt_core.flight.edges.ClearMoves`."""

    def kept(self, offsets: IntArray, lengths_m: Array) -> IntArray:
        """Return which moves (n,), by index, are looked at, of steps (moves, 3)."""

    def of(self, offsets: IntArray) -> BoolArray:
        """Return which moves (nodes, moves) that end at a node may be made."""

    def to(self, end_m: Array) -> BoolArray:
        """Return which nodes (nodes,) may be left for, or reached from, a point (3,)."""


def _end_costs(nodes: Array, end_m: Array, reach_m: Array, stage_s: float, energy_weight: float) -> Array:
    """Return minus the energy cost between every node and an end point, UNREACHABLE where too far."""
    delta = nodes - end_m
    horizontal, vertical = np.hypot(delta[:, 0], delta[:, 1]), np.abs(delta[:, 2])
    energy = propulsion_power_w(horizontal / stage_s, vertical / stage_s) * stage_s
    near = (horizontal <= reach_m[0]) & (vertical <= reach_m[1])
    return np.where(near, -energy_weight * energy, UNREACHABLE)


def _moves(grid: PlanningGrid, reach_m: Array, stage_s: float, energy_weight: float) -> tuple[NDArray[np.int64], Array]:
    """Return the index offsets (moves, 3) within reach and their energy costs (moves,)."""
    axes = (grid.east_m, grid.north_m, grid.height_m)
    steps = _spacings(grid)
    limits = (reach_m[0], reach_m[0], reach_m[1])
    counts = [min(int(limit // step), len(axis) - 1) for limit, step, axis in zip(limits, steps, axes, strict=True)]
    ranges = [np.arange(-count, count + 1) for count in counts]
    offsets = np.stack([axis.ravel() for axis in np.meshgrid(*ranges, indexing="ij")], axis=1)
    delta = offsets * steps
    horizontal = np.hypot(delta[:, 0], delta[:, 1])
    near = horizontal <= reach_m[0]
    energy = propulsion_power_w(horizontal / stage_s, delta[:, 2] / stage_s) * stage_s
    return offsets[near], -energy_weight * energy[near]


def _spacings(grid: PlanningGrid) -> Array:
    return np.array([_spacing(axis) for axis in (grid.east_m, grid.north_m, grid.height_m)])


def _spacing(axis: Array) -> float:
    """Return the spacing of an axis; along an axis of one node there is no move, whatever this says."""
    return float(axis[1] - axis[0]) if len(axis) > 1 else 1.0


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _step(value, worth, blocked, offsets, costs, shape, back, allowed):  # type: ignore[no-untyped-def]
    """Return the values (nodes,) one stage later and fill the predecessors; no ``allowed`` means every move is."""
    nx, ny, nz = shape
    is_free = allowed.shape[0] == 0
    before = value.reshape((nx, ny, nz)).transpose((2, 0, 1)).copy()  # rows to the north in one piece: they vectorise
    best, moved = np.empty(ny), np.empty(ny)  # moves as floats, for the same reason
    after = np.full(nx * ny * nz, UNREACHABLE)
    for z in range(nz):
        for x in range(nx):
            best[:], moved[:] = UNREACHABLE, -1.0
            for move in range(len(offsets)):
                px, pz, shift = x - offsets[move, 0], z - offsets[move, 2], offsets[move, 1]
                if px < 0 or pz < 0 or px >= nx or pz >= nz:
                    continue
                first, last = max(0, shift), min(ny, ny + shift)
                row = before[pz, px, first - shift : last - shift]
                if is_free:
                    _take_better(row, costs[move], float(move), best[first:last], moved[first:last])
                    continue
                for y in range(first, last):
                    candidate = row[y - first] + costs[move]
                    if candidate > best[y] and allowed[(x * ny + y) * nz + z, move]:
                        best[y], moved[y] = candidate, move
            for y in range(ny):
                node = (x * ny + y) * nz + z
                if best[y] > UNREACHABLE / 2 and not blocked[node]:
                    after[node] = best[y] + worth[node]
                    source = offsets[int(moved[y])]
                    back[node] = ((x - source[0]) * ny + y - source[1]) * nz + z - source[2]
    return after


@numba.njit(cache=True, error_model="numpy")
def _take_better(row, cost, move, best, moved):  # type: ignore[no-untyped-def]
    """Take a move to a row of nodes (n,) where it is better than the best so far."""
    for y in range(best.shape[0]):
        candidate, known, known_move = row[y] + cost, best[y], moved[y]
        best[y] = max(candidate, known)
        moved[y] = move if candidate > known else known_move


def _trace(back: NDArray[np.int32], node: int) -> list[int]:
    """Return the node indices of the best path, first stage first."""
    path = [node]
    for stage in range(len(back) - 1, 0, -1):
        path.append(int(back[stage, path[-1]]))
    return path[::-1]
