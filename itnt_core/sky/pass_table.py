"""Passes: when satellites rise above an elevation, culminate and set, to better than a hundredth of a second."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .arcs import Arcs, IntArray, sampled
from .geometry import Array

SAMPLE_S = 20.0
HALVINGS = 14  # 20 s / 2^14 = 1.2 ms
GOLDEN = (np.sqrt(5.0) - 1.0) / 2.0
GOLDEN_STEPS = 20  # 40 s * 0.618^20 = 2.6 ms


@dataclass(frozen=True)
class SatellitePass:
    """One pass: moments in seconds after the window's start, directions in degrees, range in km.

    A pass that has already begun at the start, or goes on at the end, is clipped there: ``rise_clipped``,
    ``set_clipped``; the culmination is then the highest moment inside the window.
    """

    satellite: int
    rise_s: float
    culmination_s: float
    set_s: float
    rise_azimuth_deg: float
    culmination_azimuth_deg: float
    set_azimuth_deg: float
    max_elevation_deg: float
    range_km: float  # at culmination
    rise_clipped: bool = False
    set_clipped: bool = False


def find_passes(arcs: Arcs, min_elevation_deg: float = 0.0) -> list[SatellitePass]:
    """Return every stay of a satellite above an elevation, in order of rise.

    Culminations are found first (golden section around every local maximum of the sampled elevation), so that a
    pass shorter than the sampling step is not missed; then every crossing of the elevation by bisection.
    """
    if not len(arcs.arc):
        return []
    piece, time_s = sampled(arcs, SAMPLE_S)
    piece, time_s = _with_maxima(arcs, piece, time_s)
    above = arcs.elevation_deg(piece, time_s) > min_elevation_deg
    same = np.diff(arcs.arc[piece]) == 0
    begins = np.flatnonzero(above & ~np.concatenate([[False], above[:-1] & same]))
    ends = np.flatnonzero(above & ~np.concatenate([above[1:] & same, [False]]))
    rise_s, rise_cut = _crossings(arcs, piece, time_s, begins, -1, min_elevation_deg)
    set_s, set_cut = _crossings(arcs, piece, time_s, ends, +1, min_elevation_deg)
    highest = _highest(arcs, piece, time_s, begins, ends)
    found = _table(arcs, arcs.satellite[piece[begins]], rise_s, time_s[highest], set_s, rise_cut, set_cut)
    return sorted(found, key=lambda item: (item.rise_s, item.satellite))


def _with_maxima(arcs: Arcs, piece: IntArray, time_s: Array) -> tuple[IntArray, Array]:
    """Return the samples with the refined local maxima of the elevation put between them."""
    elevation = arcs.elevation_deg(piece, time_s)
    arc = arcs.arc[piece]
    inner = (arc[1:-1] == arc[:-2]) & (arc[1:-1] == arc[2:])
    peak = np.flatnonzero(inner & (elevation[1:-1] >= elevation[:-2]) & (elevation[1:-1] >= elevation[2:])) + 1
    low, high = time_s[peak - 1], time_s[peak + 1]
    satellite = arcs.satellite[piece[peak]]
    for _ in range(GOLDEN_STEPS):
        left, right = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
        lower, upper = (arcs.elevation_deg(arcs.pieces_at(satellite, moment), moment) for moment in (left, right))
        rising = lower < upper
        low, high = np.where(rising, left, low), np.where(rising, high, right)
    best = 0.5 * (low + high)
    where = np.where(best < time_s[peak], peak, peak + 1)
    return np.insert(piece, where, arcs.pieces_at(satellite, best)), np.insert(time_s, where, best)


def _crossings(
    arcs: Arcs, piece: IntArray, time_s: Array, inside: IntArray, step: int, level_deg: float
) -> tuple[Array, NDArray[np.bool_]]:
    """Return when the elevation is crossed beside samples above it, and which passes are cut off by the window."""
    outside = inside + step
    known = (outside >= 0) & (outside < len(piece))
    known[known] = arcs.arc[piece[outside[known]]] == arcs.arc[piece[inside[known]]]
    outside = np.where(known, outside, inside)
    satellite = arcs.satellite[piece[inside]]
    high, low = time_s[inside].copy(), time_s[outside].copy()  # above and not above
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        above = arcs.elevation_deg(arcs.pieces_at(satellite, middle), middle) > level_deg
        high, low = np.where(above, middle, high), np.where(above, low, middle)
    return 0.5 * (low + high), ~known


def _highest(arcs: Arcs, piece: IntArray, time_s: Array, begins: IntArray, ends: IntArray) -> IntArray:
    """Return the sample with the highest elevation of each run of samples."""
    if not len(begins):
        return begins
    elevation = arcs.elevation_deg(piece, time_s)
    run = np.zeros(len(piece) + 1, dtype=np.int64)
    run[begins] += 1
    run = np.cumsum(run[:-1]) - 1
    inside = np.concatenate([np.arange(first, last + 1) for first, last in zip(begins, ends, strict=True)])
    order = inside[np.lexsort((elevation[inside], run[inside]))]
    last_of_run = np.flatnonzero(np.diff(run[order], append=-1))
    return order[last_of_run]


def _table(
    arcs: Arcs,
    satellite: IntArray,
    rise_s: Array,
    top_s: Array,
    set_s: Array,
    rise_cut: NDArray[np.bool_],
    set_cut: NDArray[np.bool_],
) -> list[SatellitePass]:
    """Return the passes with their directions."""
    rise_azimuth, _, _ = arcs.angles(arcs.pieces_at(satellite, rise_s), rise_s)
    set_azimuth, _, _ = arcs.angles(arcs.pieces_at(satellite, set_s), set_s)
    azimuth, elevation, distance = arcs.angles(arcs.pieces_at(satellite, top_s), top_s)
    columns = (
        satellite,
        rise_s,
        top_s,
        set_s,
        rise_azimuth,
        azimuth,
        set_azimuth,
        elevation,
        distance,
        rise_cut,
        set_cut,
    )
    return [SatellitePass(*row) for row in zip(*(column.tolist() for column in columns), strict=True)]
