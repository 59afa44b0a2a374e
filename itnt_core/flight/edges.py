"""Which moves over a planning grid meet no obstacle: asked once per grid, however often paths are planned on it."""

from __future__ import annotations

import numpy as np

from itnt_core.arrays import Array, BoolArray, IntArray
from itnt_core.city import Obstacles
from itnt_core.deadline import Check, no_limit

from .dp import PlanningGrid

AT_ONCE = 200_000  # legs of one question, so that memory stays bounded and the work can end in between
MOST_LEGS = 6_000_000  # of one grid and reach, some seconds; beyond, the longest moves are left out


class ClearMoves:
    """Says which moves between the nodes of a grid, and to its ends, are clear."""

    def __init__(self, grid: PlanningGrid, obstacles: Obstacles, check: Check = no_limit):
        self._nodes, self._shape, self._obstacles, self._check = grid.points_m(), grid.shape, obstacles, check
        self._known: dict[bytes, tuple[IntArray, BoolArray]] = {}

    def kept(self, offsets: IntArray, lengths_m: Array) -> IntArray:
        """Return which moves (by index) are looked at: all, or the shortest where they are too many for the grid."""
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
        index = np.stack(np.unravel_index(np.arange(len(self._nodes)), self._shape), axis=1)
        clear = np.zeros((len(self._nodes), len(offsets)), dtype=bool)
        at_once = max(1, AT_ONCE // len(self._nodes))
        for first in range(0, len(offsets), at_once):
            self._check()
            sources = index[:, None, :] - offsets[None, first : first + at_once]
            inside = ((sources >= 0) & (sources < np.array(self._shape))).all(axis=2)
            node, move = np.nonzero(inside)
            came = np.ravel_multi_index(tuple(sources[node, move].T), self._shape)
            clear[node, first + move] = self._obstacles.are_clear(self._nodes[came], self._nodes[node])
        return clear
