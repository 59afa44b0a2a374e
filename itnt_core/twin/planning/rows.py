"""Columns and rows of the programs of a window, and the queues that all of them have."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy import sparse

from itnt_core.arrays import Array, IntArray

from .relaxed import traffic_in_units
from .window import Window


@dataclass
class Variables:
    """Names the columns of the problem, block by block, with the bounds of each."""

    low: list[Array] = field(default_factory=list)
    high: list[Array] = field(default_factory=list)
    count: int = 0

    def add(self, low: Array, high: Array) -> IntArray:
        """Append a block and return its column numbers in the shape of its bounds."""
        columns = np.arange(self.count, self.count + low.size).reshape(low.shape)
        self.low.append(low.ravel())
        self.high.append(high.ravel())
        self.count += low.size
        return columns


@dataclass
class Rows:
    """Collects rows ``right - A x`` of one kind of cone; entries of equal row and column add up."""

    row: list[IntArray] = field(default_factory=list)
    column: list[IntArray] = field(default_factory=list)
    value: list[Array] = field(default_factory=list)
    right: list[Array] = field(default_factory=list)
    count: int = 0

    def add(self, right: Array, *terms: tuple[IntArray, Array | float]) -> IntArray:
        """Append rows of the shape of ``right`` with terms (columns, coefficients) that broadcast to it."""
        rows = np.arange(self.count, self.count + right.size).reshape(right.shape)
        self.right.append(right.ravel())
        self.count += right.size
        for columns, values in terms:
            self.fill(rows, columns, values)
        return rows

    def fill(self, rows: IntArray, columns: IntArray, values: Array | float) -> None:
        """Put coefficients into rows; all three broadcast to one shape."""
        value = np.asarray(values, dtype=float)
        if value.ndim == 0 and rows.shape == columns.shape:  # most of all calls: broadcasting takes longer
            value = np.full(rows.shape, value)
        row, column = rows, columns
        if not rows.shape == columns.shape == value.shape:
            row, column, value = np.broadcast_arrays(rows, columns, value)
        kept = value != 0.0
        self.row.append(row[kept])
        self.column.append(column[kept])
        self.value.append(value[kept])

    def matrix(self, columns: int) -> sparse.csc_matrix:
        """Return A."""
        if not self.count:
            return sparse.csc_matrix((0, columns))
        return sparse.csc_matrix(self._entries(), (self.count, columns))

    def by_row(self, columns: int) -> sparse.csr_matrix:
        """Return A row by row."""
        return sparse.csr_matrix(self._entries(), (self.count, columns))

    def _entries(self) -> tuple[Array, tuple[IntArray, IntArray]]:
        return np.concatenate(self.value), (np.concatenate(self.row), np.concatenate(self.column))


def add_queues(columns: Variables, window: Window) -> list[IntArray]:
    """Append the queues of both systems, each (users, all slots) and never below zero."""
    nothing = np.zeros((window.users, window.cycles * window.slots))
    return [columns.add(nothing, nothing + np.inf) for _ in range(2)]


def queue_rows(rows: Rows, window: Window, queues: list[IntArray], steering: IntArray) -> IntArray:
    """Append the recursion of both queues in the unit of :func:`unit_mbit`: Q >= Q before + part of A.

    ``steering`` (users, cycles). What is carried is left to the caller: rows (2, users, all slots).
    """
    start, arrivals = traffic_in_units(window)
    found = []
    for system, queue in enumerate(queues):
        arriving, sign = (arrivals, -1.0) if system else (0.0 * arrivals, 1.0)
        steered = np.repeat(steering, window.slots, axis=1)
        added = rows.add(-start[system] - arriving, (queue, -1.0), (steered, sign * arrivals))
        rows.fill(added[:, 1:], queue[:, :-1], 1.0)
        found.append(added)
    return np.stack(found)


def queue_costs(window: Window) -> Array:
    """Return what a queue costs in the unit of the objective (users, 1): the mean over all slots, weighted."""
    return window.weight[:, None] / (window.cycles * window.slots)
