"""The greatest antenna gain of a base station over an interval of directions, proved, not sampled."""

from __future__ import annotations

import numpy as np

from itnt_core.radio import (
    ELEMENTS,
    MOST_DOWN_DB,
    NULL_FILL_DB,
    array_factor_db,
    cut_at_db,
    element_pattern_db,
    off_axis_deg,
)
from itnt_core.scenario import Antenna, AntennaPattern
from itnt_core.units import from_db, to_db

from .types import Array, IntArray

CELL_DEG = 0.02
# The array's power pattern is a trigonometric polynomial of degree 7 in the phase with values in [0, 1]. Bernstein's
# inequality bounds its second derivative in the elevation by 49/2 pi^2 + 7/2 pi < 253 per square radian, so within a
# cell it exceeds its values at the ends by at most 253 (0.02 deg)^2 / 8 < 4e-6.
CELL_EXCESS = 1e-5
TURNS = 3  # of a cut beside one another, so that an interval of directions never wraps


class PatternCeiling:
    """Range maxima of one antenna's pattern in dBi; ``measured`` is the pattern that it names."""

    def __init__(self, antenna: Antenna, measured: AntennaPattern | None = None):
        self.antenna = antenna
        self.measured = measured if antenna.kind == "measured" else None
        self.levels = [] if antenna.kind == "isotropic" else _range_maxima(_cell_ceilings_db(antenna, self.measured))
        self.across = [] if self.measured is None else _range_maxima(_across_ceilings_db(self.measured))

    @property
    def floor_db(self) -> float:
        """Return the least gain towards any direction."""
        if self.measured is not None:
            return self.antenna.gain_dbi - max(self.measured.horizontal_db) - max(self.measured.vertical_db)
        if self.antenna.kind == "sector":
            return self.antenna.gain_dbi - MOST_DOWN_DB + NULL_FILL_DB
        return self.antenna.gain_dbi + (NULL_FILL_DB if self.levels else 0.0)

    def highest_db(
        self, low_deg: Array, high_deg: Array, bearing_deg: Array | None = None, half_deg: Array | None = None
    ) -> Array:
        """Return a bound on the gain over every elevation interval [low, high] (any shape), degrees.

        ``bearing_deg`` and ``half_deg``, which broadcast, say that the directions lie within so many degrees of a
        bearing clockwise from north; without them all around is meant.
        """
        if not self.levels:
            return np.full(np.shape(low_deg), self.antenna.gain_dbi)
        cells = len(self.levels[0])
        # one cell to spare on either side swallows the rounding of the angles
        first = np.clip(np.floor((low_deg + 90.0) / CELL_DEG).astype(np.int64) - 1, 0, cells - 1)
        last = np.clip(np.floor((high_deg + 90.0) / CELL_DEG).astype(np.int64) + 1, 0, cells - 1)
        highest = _maximum(self.levels, first, last)
        if not self.antenna.is_directional or bearing_deg is None or half_deg is None:
            return highest
        across = self._across_db(off_axis_deg(self.antenna, bearing_deg), half_deg)
        if self.measured is not None:
            return highest + across
        # Where the element is held at -30 dB, the array adds nothing to it.
        return np.minimum(highest, np.maximum(highest + across, self.antenna.gain_dbi - MOST_DOWN_DB))

    def _across_db(self, off_axis_deg: Array, half_deg: Array) -> Array:
        """Return a bound on the horizontal part of the pattern within ``half_deg`` of an angle in plan."""
        if not self.across:
            return element_pattern_db(np.maximum(np.abs(off_axis_deg) - half_deg, 0.0))
        middle = off_axis_deg % 360.0 + 360.0
        half = np.minimum(half_deg, 180.0)
        first = np.floor(middle - half).astype(np.int64) - 1
        last = np.floor(middle + half).astype(np.int64) + 1
        return _maximum(self.across, np.broadcast_to(first, last.shape), last)


def _maximum(levels: list[Array], first: IntArray, last: IntArray) -> Array:
    """Return the greatest cell from first to last, both included, from two overlapping powers of two."""
    level = np.floor(np.log2(last - first + 1)).astype(np.int64)
    highest = np.full(first.shape, -np.inf)
    for index, values in enumerate(levels):
        here = level == index
        start, end = first[here], last[here] - 2**index + 1
        highest[here] = np.maximum(values[start], values[end])
    return highest


def _cell_ceilings_db(antenna: Antenna, measured: AntennaPattern | None) -> Array:
    """Return a bound on the gain within each cell of ``CELL_DEG`` from -90 to 90 deg, in the main direction."""
    edges: Array = np.linspace(-90.0, 90.0, round(180.0 / CELL_DEG) + 1)
    if measured is not None:  # linear between whole degrees, which are edges
        cut = -cut_at_db(measured.vertical_db, -edges)
        return antenna.gain_dbi + np.maximum(cut[:-1], cut[1:]) + 1e-9
    is_sector = antenna.kind == "sector"
    elements = antenna.elements if is_sector else ELEMENTS
    array = from_db(array_factor_db(edges, antenna.downtilt_deg, elements))
    element = element_pattern_db(edges)  # falls away from 0 deg, which is an edge
    excess = max(_cell_excess(elements), CELL_EXCESS) if is_sector else CELL_EXCESS
    ceiling = to_db(np.maximum(array[:-1], array[1:]) + excess)
    highest = np.maximum(element[:-1], element[1:])
    if is_sector:
        return antenna.gain_dbi + np.maximum(ceiling, NULL_FILL_DB) + highest + 1e-9
    return antenna.gain_dbi + np.maximum(ceiling + highest + 1e-9, NULL_FILL_DB)


def _cell_excess(elements: int) -> float:
    """Return how far an array's power pattern exceeds its values at the ends of a cell at most, as above."""
    degree = elements - 1
    return float((degree**2 / 2.0 * np.pi**2 + degree / 2.0 * np.pi) * np.radians(CELL_DEG) ** 2 / 8.0)


def _across_ceilings_db(measured: AntennaPattern) -> Array:
    """Return a bound on minus the horizontal cut within each degree, over ``TURNS`` turns."""
    cut = -np.array(measured.horizontal_db)
    return np.tile(np.maximum(cut, np.roll(cut, -1)), TURNS)


def _range_maxima(values: Array) -> list[Array]:
    """Return the maxima over 2^i neighbouring cells for every i: a sparse table."""
    levels = [values]
    while len(values) > 2 ** len(levels) - 1:
        half = 2 ** (len(levels) - 1)
        below = levels[-1]
        levels.append(np.maximum(below[:-half], below[half:]))
    return levels
