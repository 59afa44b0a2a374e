"""Building heights in a stated order, each building taking the first that it has, and an estimate for the others.

The chosen column alone where a person chose one; else the columns of ``HEIGHT_NAMES`` in that order, roof level minus
ground level, and storeys times 3.2 m.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from itnt_core.arrays import Array
from itnt_core.city.files.height_table import STOREY_M, Found, HeightTable
from itnt_core.city.files.height_units import can_be
from itnt_core.city.files.survey import HEIGHTS, Reading

DEFAULT_HEIGHT_M = 3 * STOREY_M  # where not a single height is known
NEIGHBOURS = 8  # with a known height, of which an estimate takes the median


class Heights(NamedTuple):
    """Hold what a file says about heights: metres above ground with NaN where nothing is said, and where it says so."""

    height_m: Array  # (n,)
    base_m: Array  # (n,): how far above the ground the building begins, 0.0 where nothing is said
    sources: tuple[str, ...]
    source_of: NDArray[np.int64]  # (n,): index into sources, -1 where nothing is said
    number_columns: tuple[str, ...]  # columns that could hold heights, for a person to choose from
    readings: tuple[Reading, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def source(self) -> str:
        """Return in one line where the heights come from, 'none' where nothing is said."""
        return ", then ".join(self.sources) or "none"

    @property
    def are_missing(self) -> NDArray[np.bool_]:
        """Return which rows (n,) have no height that can be."""
        return ~can_be(self.height_m)

    def filled(self, found: Found) -> Heights:
        """Return these heights with those missing taken from others."""
        fills = ~can_be(self.height_m) & can_be(found.height_m)
        height_m = np.where(fills | np.isnan(self.height_m), found.height_m, self.height_m)  # what cannot be is counted
        if not fills.any():
            return self._replace(height_m=height_m)
        unit = found.unit
        doubt = unit.doubt(found.source, found.height_m / unit.metres) if unit else None
        return self._replace(
            height_m=height_m,
            sources=(*self.sources, found.source),
            source_of=np.where(fills, len(self.sources), self.source_of),
            readings=(*self.readings, unit.reading(found.source)) if unit else self.readings,
            warnings=(*self.warnings, doubt) if doubt else self.warnings,
        )

    def of_parts(self, outline_of: NDArray[np.int64], unknown: NDArray[np.bool_]) -> Heights:
        """Return these heights where parts of buildings without one have that of their outline.

        ``outline_of`` (n,) is a row's outline, itself for most; ``unknown`` (n,) says which heights do not hold.
        """
        inherits = ~can_be(self.height_m) & (outline_of != np.arange(len(outline_of)))
        row = np.where(inherits, outline_of, np.arange(len(outline_of)))
        return self._replace(
            height_m=np.where(unknown, np.nan, self.height_m[row]),
            source_of=np.where(unknown, -1, self.source_of[row]),
        )

    def all_readings(self, built: NDArray[np.bool_], owners: NDArray[np.int64], chosen: str | None) -> list[Reading]:
        """Return the lines of the report: where heights come from, with counts, and their units.

        ``built`` (n,) says which rows are of buildings, ``owners`` (n,) of which.
        """
        if not self.sources:
            return []
        of_source = [built & (self.source_of == number) for number in range(len(self.sources))]
        counts = [np.unique(owners[rows]).size for rows in of_source]
        how = (
            "chosen by you"
            if chosen
            else "each takes the first that it has"
            if len(counts) > 1
            else "found in the file"
        )
        words = ", ".join(f"{count:,}" for count in counts)
        return [Reading(HEIGHTS, self.source, f"{how}: {words} buildings"), *self.readings]


def read_heights(table: HeightTable, count: int, chosen: str | None, measured: Found | None = None) -> Heights:
    """Find heights in a table of ``count`` rows; ``chosen`` names the column to take instead.

    Each building takes the first of the sources above that it has; before them all stands what was ``measured``. Raises
    CityError for an unknown column, or one without a single height.
    """
    heights = Heights(np.full(count, np.nan), np.zeros(count), (), np.full(count, -1), table.number_columns)
    unit = None
    for found in (*([measured] if measured else ()), *table.heights()) if chosen is None else [table.chosen(chosen)]:
        heights = heights.filled(found)
        unit = unit or found.unit
    return heights._replace(base_m=table.bases_m(unit))


def fill_missing(height_m: Array, centres_m: Array) -> tuple[Array, NDArray[np.bool_]]:
    """Replace heights that are missing or not believable by the median of the nearest known ones.

    ``centres_m`` (n, 2). Eight neighbours count, however far; where no height is known at all, every building gets
    three storeys. Returns the heights and which of them are estimated.
    """
    from scipy.spatial import cKDTree  # slow to import, and only imports need it

    estimated = ~can_be(height_m)
    if not estimated.any():
        return height_m, estimated
    filled = np.where(estimated, DEFAULT_HEIGHT_M, height_m)
    known = np.flatnonzero(~estimated)
    if known.size:
        _, nearest = cKDTree(centres_m[known]).query(centres_m[estimated], k=min(NEIGHBOURS, known.size))
        nearest = nearest.reshape(int(estimated.sum()), -1)
        filled[estimated] = np.round(np.median(height_m[known][nearest], axis=1), 1)
    return filled, estimated
