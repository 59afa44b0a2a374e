"""When buildings hide a pass: masked intervals from any rule that says which directions are hidden."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from itnt_core.arrays import IntArray

from .arcs import Arcs
from .geometry import Array
from .pass_table import SatellitePass

SAMPLE_S = 1.0
LOOKS_AT_ONCE = 500_000  # moments of several passes that are looked at together: some 50 MB
HALVINGS = 8  # of a sample: rises and sets to 4 ms


class Mask(Protocol):
    """Say which directions cannot be seen, as :class:`itnt_core.city.horizon.Skyline` does."""

    def hides(self, azimuth_deg: Array, elevation_deg: Array) -> NDArray[np.bool_]:
        """Return true where azimuth and elevation (n,) in degrees are hidden."""


def hidden_intervals(arcs: Arcs, passes: Sequence[SatellitePass], mask: Mask) -> list[list[tuple[float, float]]]:
    """Return for each pass the intervals, in seconds after the window's start, in which the mask hides it.

    Every second is looked at and each change bisected to 4 ms; what is hidden or seen for less than a second between
    two looks is left out.
    """
    looks = np.cumsum([one.set_s - one.rise_s for one in passes]) / SAMPLE_S
    firsts = np.flatnonzero(np.diff(looks // LOOKS_AT_ONCE, prepend=-1.0)).tolist()
    parts = [passes[first:last] for first, last in pairwise([*firsts, len(passes)])]
    return [hidden for part in parts for hidden in _hidden_intervals(arcs, part, mask)]


def _hidden_intervals(arcs: Arcs, passes: Sequence[SatellitePass], mask: Mask) -> list[list[tuple[float, float]]]:
    """Do the same for a few passes, all seconds of which are looked at together."""
    counts = [max(2, int(np.ceil((one.set_s - one.rise_s) / SAMPLE_S)) + 1) for one in passes]
    times = np.concatenate(
        [np.linspace(one.rise_s, one.set_s, count) for one, count in zip(passes, counts, strict=True)]
    )
    owner = np.repeat(np.arange(len(passes)), counts)
    satellite = np.array([one.satellite for one in passes], dtype=np.int64)[owner]
    hidden = _hidden(arcs, mask, satellite, times)
    change = np.flatnonzero((np.diff(owner) == 0) & (hidden[1:] != hidden[:-1]))
    low, high = times[change].copy(), times[change + 1].copy()
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        as_before = _hidden(arcs, mask, satellite[change], middle) == hidden[change]
        low, high = np.where(as_before, middle, low), np.where(as_before, high, middle)
    edges = 0.5 * (low + high)
    firsts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    bounds = np.searchsorted(owner[change], np.arange(len(passes) + 1))
    return [
        _intervals(one, bool(hidden[first]), edges[bounds[row] : bounds[row + 1]].tolist())
        for row, (one, first) in enumerate(zip(passes, firsts, strict=True))
    ]


def visible_s(one: SatellitePass, hidden: Sequence[tuple[float, float]]) -> float:
    """Return how many seconds of a pass are not hidden."""
    return one.set_s - one.rise_s - sum(end - begin for begin, end in hidden)


def _hidden(arcs: Arcs, mask: Mask, satellite: IntArray, times_s: Array) -> NDArray[np.bool_]:
    azimuth, elevation, _ = arcs.angles(arcs.pieces_at(satellite, times_s), times_s)
    return mask.hides(azimuth, elevation)


def _intervals(one: SatellitePass, begins_hidden: bool, edges: list[float]) -> list[tuple[float, float]]:
    """Return the hidden intervals between the moments at which it changes."""
    marks = [*([one.rise_s] if begins_hidden else []), *edges]
    if len(marks) % 2:
        marks.append(one.set_s)
    return list(zip(marks[::2], marks[1::2], strict=True))
