"""Where the cells of a traffic file are, and which of them each user is in."""

from __future__ import annotations

import numpy as np
import pandas as pd

from itnt_core.arrays import Array, IntArray
from itnt_core.scenario import Area, lonlat_to_local

from .columns import need

MOST_DEGREES = {"longitude": 180.0, "latitude": 85.0}
SPIKE = 30.0  # times the middle value of a cell: more is said, for a single wrong number moves everything else


def cell_places(lon: pd.Series, lat: pd.Series, cells: IntArray, numbers: IntArray) -> Array:
    """Return longitude and latitude of each cell (cells, 2), those of its first row; UnusableError names a wrong one.

    ``cells`` and ``numbers`` (rows,): which cell a row is of, and its line.
    """
    _, first = np.unique(cells, return_index=True)
    found = []
    for kind, text in (("longitude", lon), ("latitude", lat)):
        values = np.asarray(pd.to_numeric(text.iloc[first], errors="coerce"), dtype=np.float64)
        wrong = ~(np.abs(values) <= MOST_DEGREES[kind])
        at = int(wrong.argmax())
        allowed = f"-{MOST_DEGREES[kind]:g} to {MOST_DEGREES[kind]:g} degrees are allowed"
        where = f"The {kind} in line {numbers[first[at]]}"
        need(not wrong[at], where, f"'{text.iloc[first[at]]}'", allowed, "correct it, or remove the column")
        found.append(values)
    return np.stack(found, axis=1)


def nearest_cells(places: Array, points_m: Array, area: Area) -> tuple[IntArray, bool]:
    """Return the nearest cell of each user (users,), and whether the cells were moved over the area to find it.

    ``places`` (cells, 2) degrees; ``points_m`` (users, 2) east and north of the area's anchor. Cells of another city
    keep their distances from one another, with their middle on the anchor.
    """
    middle = places.mean(axis=0)
    east, north = lonlat_to_local(places[:, 0], places[:, 1], area.lon, area.lat)
    is_elsewhere = bool(np.hypot(east, north).min() > 2.0 * area.size_m)
    if is_elsewhere:
        east, north = lonlat_to_local(places[:, 0], places[:, 1], float(middle[0]), float(middle[1]))
    distance = np.hypot(points_m[:, 0, None] - east, points_m[:, 1, None] - north)
    return distance.argmin(axis=1).astype(np.int64), is_elsewhere


def spikes(level: Array) -> tuple[int, int]:
    """Return how many values of cells (cells, bins) are far above the middle one of their cell, and in which cell most.

    NaN where missing. They are kept: what is a spike and what an event nobody can tell from the file.
    """
    middle = np.nanmedian(level, axis=1)
    far = (level > SPIKE * np.where(middle > 0.0, middle, np.inf)[:, None]).sum(axis=1)
    return int(far.sum()), int(far.argmax())
