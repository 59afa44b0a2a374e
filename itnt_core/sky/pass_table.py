"""Passes: when satellites rise above an elevation, culminate and set, to better than a hundredth of a second."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from itnt_core.arrays import IntArray

from .arcs import Arcs, elevations_deg, on_cubics, sampled, slopes_on_cubics
from .geometry import Array

HALVINGS = 16  # of a piece: 60 s / 2^16 = 0.9 ms


class SatellitePass(NamedTuple):
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

    Where the elevation turns between two nodes is found first, by bisection of its rate, so that a pass shorter than a
    piece is not missed; then every crossing of the elevation, by bisection as well.
    """
    if not len(arcs.arc):
        return []
    piece, time_s, elevation_deg = _turned(arcs, min_elevation_deg)
    above = elevation_deg > min_elevation_deg
    same = np.diff(arcs.arc[piece]) == 0
    begins = np.flatnonzero(above & ~np.concatenate([[False], above[:-1] & same]))
    ends = np.flatnonzero(above & ~np.concatenate([above[1:] & same, [False]]))
    rise_s, rise_cut = _crossings(arcs, piece, time_s, begins, -1, min_elevation_deg)
    set_s, set_cut = _crossings(arcs, piece, time_s, ends, +1, min_elevation_deg)
    highest = _highest(elevation_deg, begins, ends)
    found = _table(arcs, arcs.satellite[piece[begins]], rise_s, time_s[highest], set_s, rise_cut, set_cut)
    return sorted(found, key=lambda item: (item.rise_s, item.satellite))


def _turned(arcs: Arcs, level_deg: float) -> tuple[IntArray, Array, Array]:
    """Return pieces, times and elevations of the nodes, and between them of where the elevation turns.

    Lowest points count only between nodes above the level: elsewhere they change no pass.
    """
    piece, time_s = sampled(arcs, arcs.step_s)  # the nodes, in their order
    elevation_deg = elevations_deg(arcs.node_km)
    rising = _rate(arcs.node_km, arcs.node_km_s) > 0.0
    start = np.arange(len(arcs.arc)) + arcs.arc  # node at which each piece begins
    top = rising[start] & ~rising[start + 1]
    dip = ~rising[start] & rising[start + 1] & (np.minimum(elevation_deg[start], elevation_deg[start + 1]) > level_deg)
    turning = np.flatnonzero(top | dip)
    cubics = arcs.cubics_km(turning)
    low, high = np.zeros(len(turning)), np.ones(len(turning))
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        before = (_rate(on_cubics(cubics, middle), slopes_on_cubics(cubics, middle)) > 0.0) == top[turning]
        low, high = np.where(before, middle, low), np.where(before, high, middle)
    share = 0.5 * (low + high)
    where = start[turning] + 1
    return (
        np.insert(piece, where, turning),
        np.insert(time_s, where, arcs.start_s[turning] + share * arcs.step_s),
        np.insert(elevation_deg, where, elevations_deg(on_cubics(cubics, share))),
    )


def _rate(position_km: Array, change_km: Array) -> Array:
    """Return numbers (n,) of the sign with which the elevations of positions (n, 3) change along a direction (n, 3)."""
    east, north, up = position_km.T
    eastwards, northwards, upwards = change_km.T
    rate: Array = upwards * (east**2 + north**2) - up * (east * eastwards + north * northwards)
    return rate


def _crossings(
    arcs: Arcs, piece: IntArray, time_s: Array, inside: IntArray, step: int, level_deg: float
) -> tuple[Array, NDArray[np.bool_]]:
    """Return when the elevation is crossed beside samples above it, and which passes are cut off by the window."""
    outside = inside + step
    known = (outside >= 0) & (outside < len(piece))
    known[known] = arcs.arc[piece[outside[known]]] == arcs.arc[piece[inside[known]]]
    outside = np.where(known, outside, inside)
    between = piece[np.minimum(inside, outside)]  # two neighbouring samples lie on the earlier one's piece
    cubics, start_s = arcs.cubics_km(between), arcs.start_s[between]
    high, low = time_s[inside].copy(), time_s[outside].copy()  # above and not above
    slope = np.tan(np.radians(level_deg))
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        east, north, up = on_cubics(cubics, (middle - start_s) / arcs.step_s).T
        above = up > slope * np.hypot(east, north)
        high, low = np.where(above, middle, high), np.where(above, low, middle)
    return 0.5 * (low + high), ~known


def _highest(elevation_deg: Array, begins: IntArray, ends: IntArray) -> IntArray:
    """Return the first of the highest samples of each run of samples, from and with its begin to and with its end."""
    if not len(begins):
        return begins
    change = np.zeros(len(elevation_deg) + 1, dtype=np.int64)
    change[begins] += 1
    change[ends + 1] -= 1
    inside = np.cumsum(change[:-1]) > 0
    run = np.cumsum(np.bincount(begins, minlength=len(elevation_deg))) - 1
    bounds = np.stack([begins, ends + 1], axis=1).ravel()
    padded = np.append(elevation_deg, -np.inf)  # so that the last run may reach to the last sample
    most = np.maximum.reduceat(padded, bounds)[::2]
    at_most = np.flatnonzero(inside & (elevation_deg == most[run]))
    _, firsts = np.unique(run[at_most], return_index=True)
    return at_most[firsts]


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
    return list(map(SatellitePass._make, zip(*(column.tolist() for column in columns), strict=True)))
