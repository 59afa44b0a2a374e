"""Which moves over a planning grid meet no obstacle: asked once per grid, however often paths are planned on it."""

from __future__ import annotations

import numpy as np

from itnt_core.arrays import Array, BoolArray, IntArray
from itnt_core.city import Obstacles
from itnt_core.deadline import Check, no_limit

from .dp import PlanningGrid

MOST_LEGS = 3_000_000  # of one grid and reach, about a second; beyond, the longest moves are left out


class ClearMoves:
    """Says which moves between the nodes of a grid, and to its ends, are clear."""

    def __init__(self, grid: PlanningGrid, obstacles: Obstacles, check: Check = no_limit):
        self._nodes, self._shape, self._obstacles, self._check = grid.points_m(), grid.shape, obstacles, check
        self._known: dict[bytes, tuple[IntArray, BoolArray]] = {}

    def kept(self, offsets: IntArray, lengths_m: Array) -> IntArray:
        """Return which moves (n,), by index, are looked at, of steps (moves, 3) with their lengths (moves,).

        All of them, or the shortest where they are too many for the grid.
        """
        most = max(1, MOST_LEGS // len(self._nodes))
        if len(offsets) <= most:
            return np.arange(len(offsets))
        return np.sort(np.argsort(lengths_m, kind="stable")[:most])

    def of(self, offsets: IntArray) -> BoolArray:
        """Return which moves (nodes, moves) that end at a node are clear; ``offsets`` (moves, 3) are steps of index.

        Moves from beyond the grid's border count as not clear.
        """
        key = offsets.tobytes()
        if key not in self._known:
            self._known[key] = offsets, self._asked(offsets)
        return self._known[key][1]

    def to(self, end_m: Array) -> BoolArray:
        """Return which straight moves (nodes,) between the nodes and a point (3,) are clear."""
        return self._obstacles.are_clear(self._nodes, end_m)

    def _asked(self, offsets: IntArray) -> BoolArray:
        """Ask about every move once: the way there and the way back are one leg."""
        nodes, top_m = self._nodes.reshape(*self._shape, 3), self._obstacles.tallest_m
        clear = np.zeros((*self._shape, len(offsets)), dtype=bool)
        place = {tuple(offset): move for move, offset in enumerate(offsets.tolist())}
        for offset, move in place.items():
            back = place.get((-offset[0], -offset[1], -offset[2]), move)
            if back < move:
                continue
            self._check()
            left, reached = _overlap(offset, self._shape)
            start, end = nodes[left], nodes[reached]
            fine = np.ones(start.shape[:-1], dtype=bool)
            low = np.minimum(start[..., 2], end[..., 2]) < top_m
            fine[low] = self._obstacles.are_clear(start[low], end[low])
            clear[..., move][reached] = fine
            clear[..., back][left] = fine
        return clear.reshape(-1, len(offsets))


def _overlap(offset: tuple[int, ...], shape: tuple[int, ...]) -> tuple[tuple[slice, ...], tuple[slice, ...]]:
    """Return where on a grid a move may be left from, and where it ends."""
    left = tuple(slice(max(0, -step), min(count, count - step)) for step, count in zip(offset, shape, strict=True))
    reached = tuple(slice(max(0, step), min(count, count + step)) for step, count in zip(offset, shape, strict=True))
    return left, reached
