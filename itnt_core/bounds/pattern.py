"""The greatest antenna gain of a base station over an interval of elevations, proved, not sampled."""

from __future__ import annotations

import numpy as np

from itnt_core.radio import SIDE_LOBE_FLOOR_DB, array_factor_db, element_pattern_db
from itnt_core.scenario import Antenna
from itnt_core.units import from_db, to_db

from .types import Array, IntArray

CELL_DEG = 0.02
# The array's power pattern is a trigonometric polynomial of degree 7 in the phase with values in [0, 1]. Bernstein's
# inequality bounds its second derivative in the elevation by 49/2 pi^2 + 7/2 pi < 253 per square radian, so within a
# cell it exceeds its values at the ends by at most 253 (0.02 deg)^2 / 8 < 4e-6.
CELL_EXCESS = 1e-5


class PatternCeiling:
    """Range maxima of one antenna's vertical pattern in dBi."""

    def __init__(self, antenna: Antenna):
        self.antenna = antenna
        self.levels = [] if antenna.kind == "isotropic" else _range_maxima(_cell_ceilings_db(antenna))

    @property
    def floor_db(self) -> float:
        """Return the least gain towards any direction."""
        return self.antenna.gain_dbi + (SIDE_LOBE_FLOOR_DB if self.levels else 0.0)

    def highest_db(self, low_deg: Array, high_deg: Array) -> Array:
        """Return a bound on the gain over every elevation interval [low, high] (any shape), degrees."""
        if not self.levels:
            return np.full(np.shape(low_deg), self.antenna.gain_dbi)
        cells = len(self.levels[0])
        # one cell to spare on either side swallows the rounding of the angles
        first = np.clip(np.floor((low_deg + 90.0) / CELL_DEG).astype(np.int64) - 1, 0, cells - 1)
        last = np.clip(np.floor((high_deg + 90.0) / CELL_DEG).astype(np.int64) + 1, 0, cells - 1)
        return self._maximum(first, last)

    def _maximum(self, first: IntArray, last: IntArray) -> Array:
        """Return the greatest cell from first to last, both included, from two overlapping powers of two."""
        level = np.floor(np.log2(last - first + 1)).astype(np.int64)
        highest = np.full(first.shape, -np.inf)
        for index, values in enumerate(self.levels):
            here = level == index
            start, end = first[here], last[here] - 2**index + 1
            highest[here] = np.maximum(values[start], values[end])
        return highest


def _cell_ceilings_db(antenna: Antenna) -> Array:
    """Return a bound on the gain within each cell of ``CELL_DEG`` from -90 to 90 deg."""
    edges: Array = np.linspace(-90.0, 90.0, round(180.0 / CELL_DEG) + 1)
    array = from_db(array_factor_db(edges, antenna.downtilt_deg))
    element = element_pattern_db(edges)  # falls away from 0 deg, which is an edge
    ceiling = to_db(np.maximum(array[:-1], array[1:]) + CELL_EXCESS)
    pattern = ceiling + np.maximum(element[:-1], element[1:]) + 1e-9
    return antenna.gain_dbi + np.maximum(pattern, SIDE_LOBE_FLOOR_DB)


def _range_maxima(values: Array) -> list[Array]:
    """Return the maxima over 2^i neighbouring cells for every i: a sparse table."""
    levels = [values]
    while len(values) > 2 ** len(levels) - 1:
        half = 2 ** (len(levels) - 1)
        below = levels[-1]
        levels.append(np.maximum(below[:-half], below[half:]))
    return levels
