"""Fast look angles: SGP4 every minute, only what rises, cubic Hermite curves in between."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from itnt_core.scenario import OrbitElements, Pass

from .earth import Site, teme_to_local_km, ut1_minus_utc_s
from .elements import can_rise, propagated
from .geometry import Array, look_angles_deg
from .passes import pass_positions_m

NODE_S = 60.0
# Whoever culminates between two nodes a minute apart, even overhead at 160 km, was above this at one of them.
NEAR_HORIZON_DEG = -2.0
CHUNK_ENTRIES = 600_000  # satellites times nodes propagated at once: about 60 MB
IntArray = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Arcs:
    """Satellites while they are near or above the horizon of a site: pieces of NODE_S seconds of cubic curves.

    A piece p runs from ``start_s[p]`` for ``step_s`` seconds, position and velocity at its ends are ``ends_km[p]`` and
    ``ends_km_s[p]`` (pieces, 2, 3), east / north / up; pieces of one satellite that follow one another share an
    ``arc``. Built by :func:`visible_arcs`.
    """

    satellite: IntArray  # (pieces,) index of the satellite
    arc: IntArray  # (pieces,) index of the run of pieces
    start_s: Array
    step_s: float
    ends_km: Array
    ends_km_s: Array
    duration_s: float
    failed: tuple[int, ...] = ()  # satellites that SGP4 could not propagate over the whole window

    @cached_property
    def _keys(self) -> IntArray:
        """Return one number per piece that grows with satellite and time, for looking pieces up."""
        return self.satellite * (self._nodes + 1) + np.rint(self.start_s / self.step_s).astype(np.int64)

    @property
    def _nodes(self) -> int:
        return round(self.duration_s / self.step_s)

    def pieces_at(self, satellite: IntArray, times_s: Array) -> IntArray:
        """Return the pieces (n,) that hold moments of satellites; where there is none, the last one before.

        The end of an arc belongs to its last piece.
        """
        node = np.minimum(np.floor(times_s / self.step_s).astype(np.int64), self._nodes - 1)
        found = np.searchsorted(self._keys, satellite * (self._nodes + 1) + node, side="right") - 1
        return np.maximum(found, 0)

    def bounds_s(self, satellite: int, time_s: float) -> tuple[float, float]:
        """Return when the arc begins and ends that a satellite is on at a moment."""
        piece = self.pieces_at(np.array([satellite]), np.array([time_s]))[0]
        own = np.flatnonzero(self.arc == self.arc[piece])
        return float(self.start_s[own[0]]), float(self.start_s[own[-1]] + self.step_s)

    def position_km(self, piece: IntArray, times_s: Array) -> Array:
        """Return east / north / up positions (n, 3) in km on pieces (n,) at times (n,) in seconds after the start.

        The cubic Hermite curve through both ends: its error is h^4 / 384 times the fourth derivative, below 1 m for
        orbits near the Earth.
        """
        step = self.step_s
        share = ((times_s - self.start_s[piece]) / step)[:, None]
        rest = 1.0 - share
        first, last = self.ends_km[piece, 0], self.ends_km[piece, 1]
        leave, arrive = self.ends_km_s[piece, 0] * step, self.ends_km_s[piece, 1] * step
        return rest**2 * ((1.0 + 2.0 * share) * first + share * leave) + share**2 * (
            (3.0 - 2.0 * share) * last - rest * arrive
        )

    def angles(self, piece: IntArray, times_s: Array) -> tuple[Array, Array, Array]:
        """Return azimuth and elevation in degrees and range in km (n,) on pieces at times."""
        return look_angles_deg(self.position_km(piece, times_s) * 1000.0)

    def elevation_deg(self, piece: IntArray, times_s: Array) -> Array:
        """Return elevations (n,) in degrees."""
        east, north, up = self.position_km(piece, times_s).T
        return np.degrees(np.arctan2(up, np.hypot(east, north)))


def visible_arcs(
    satellites: Sequence[OrbitElements],
    site: Site,
    start: datetime,
    duration_s: float,
    min_elevation_deg: float = 0.0,
) -> Arcs:
    """Return the arcs of all satellites that come near the horizon of a site within a window.

    ``min_elevation_deg`` only leaves satellites out that can never reach it; the arcs go down to the horizon.
    """
    chosen = np.flatnonzero(can_rise(satellites, site.lat, min_elevation_deg))
    count = max(1, int(np.ceil(duration_s / NODE_S)))
    step_s = duration_s / count
    times_s = np.linspace(0.0, duration_s, count + 1)
    size = max(1, CHUNK_ENTRIES // (count + 1))
    parts = [
        _chunk(satellites, chosen[first : first + size], site, start, times_s) for first in range(0, len(chosen), size)
    ]
    return _joined(parts, step_s, duration_s)


def hand_made_arcs(passes: Sequence[Pass], begin_s: float, duration_s: float, place_m: Array) -> Arcs:
    """Return the arcs of hand-made passes in a window that begins some seconds after the scenario's start.

    ``place_m`` (3,) is where they are seen from, east / north / up of the anchor: the frame is taken as flat.
    """
    count = max(1, int(np.ceil(duration_s / NODE_S)))
    step_s = duration_s / count
    times_s = begin_s + step_s * np.arange(count + 1)
    around = np.concatenate([times_s - 0.05, times_s, times_s + 0.05])
    positions = [(pass_positions_m(one, around) - place_m).reshape(3, -1, 3) / 1000.0 for one in passes]
    before, at, after = np.moveaxis(np.array(positions).reshape(-1, 3, count + 1, 3), 1, 0)
    part = _kept(np.arange(len(passes)), at, (after - before) / 0.1, np.zeros(at.shape[:2], dtype=bool))
    return _joined([part], step_s, duration_s)


def sampled(arcs: Arcs, step_s: float) -> tuple[IntArray, Array]:
    """Return pieces (n,) and times (n,) that follow every arc in steps of at most ``step_s``, in order of time."""
    per_piece = max(1, int(np.ceil(arcs.step_s / step_s - 1e-9)))
    inner = np.arange(per_piece) / per_piece * arcs.step_s
    pieces = np.repeat(np.arange(len(arcs.arc)), per_piece)
    times = (arcs.start_s[:, None] + inner).ravel()
    last = np.flatnonzero(np.diff(arcs.arc, append=-1))  # the last piece of each arc ends with its own end
    where = (last + 1) * per_piece
    return np.insert(pieces, where, last), np.insert(times, where, arcs.start_s[last] + arcs.step_s)


@dataclass(frozen=True)
class _Part:
    satellite: IntArray
    node: IntArray
    ends_km: Array
    ends_km_s: Array
    failed: tuple[int, ...]


def _chunk(satellites: Sequence[OrbitElements], chosen: IntArray, site: Site, start: datetime, times_s: Array) -> _Part:
    """Propagate some satellites to all nodes and keep the pieces near or above the horizon."""
    teme_km, teme_km_s, errors, (whole, fractions) = propagated((satellites[i] for i in chosen), start, times_s)
    bad = errors != 0
    teme_km[bad], teme_km_s[bad] = 0.0, 0.0  # the centre of the Earth is below every horizon
    local_km, local_km_s = teme_to_local_km(teme_km, teme_km_s, site, whole, fractions, ut1_minus_utc_s(start))
    assert local_km_s is not None
    return _kept(chosen, local_km, local_km_s, bad)


def _kept(chosen: IntArray, local_km: Array, local_km_s: Array, bad: NDArray[np.bool_]) -> _Part:
    """Keep the pieces near or above the horizon of satellites at nodes (satellites, nodes, 3)."""
    up, level = local_km[..., 2], np.hypot(local_km[..., 0], local_km[..., 1])
    near = up > np.tan(np.radians(NEAR_HORIZON_DEG)) * level  # (satellites, nodes)
    near[:, 1:-1] |= near[:, :-2] | near[:, 2:]  # pad one
    keep = (near[:, :-1] | near[:, 1:]) & ~(bad[:, :-1] | bad[:, 1:])
    row, node = np.nonzero(keep)
    ends_km = np.stack([local_km[row, node], local_km[row, node + 1]], axis=1)
    ends_km_s = np.stack([local_km_s[row, node], local_km_s[row, node + 1]], axis=1)
    failed = tuple(int(index) for index in chosen[bad.any(axis=1)])
    return _Part(chosen[row], node.astype(np.int64), ends_km, ends_km_s, failed)


def _joined(parts: Sequence[_Part], step_s: float, duration_s: float) -> Arcs:
    """Put the chunks together and number the runs of pieces."""
    if not parts:
        none = np.zeros(0, dtype=np.int64)
        return Arcs(none, none, np.zeros(0), step_s, np.zeros((0, 2, 3)), np.zeros((0, 2, 3)), duration_s)
    satellite = np.concatenate([part.satellite for part in parts])
    node = np.concatenate([part.node for part in parts])
    new = (np.diff(satellite, prepend=-1) != 0) | (np.diff(node, prepend=-2) != 1)
    return Arcs(
        satellite, np.cumsum(new) - 1, step_s * node, step_s, np.concatenate([part.ends_km for part in parts]),
        np.concatenate([part.ends_km_s for part in parts]), duration_s,
        tuple(index for part in parts for index in part.failed),
    )  # fmt: skip


def elevation_curves(arcs: Arcs, step_s: float) -> Iterator[tuple[int, Array, Array, Array, Array]]:
    """Yield (satellite, times, azimuth, elevation, range) of every arc in steps, for drawing."""
    pieces, times = sampled(arcs, step_s)
    azimuth, elevation, distance = arcs.angles(pieces, times)
    bounds = np.flatnonzero(np.diff(arcs.arc[pieces], prepend=-1)) if len(pieces) else np.zeros(0, dtype=np.int64)
    for first, last in zip(bounds, [*bounds[1:], len(pieces)], strict=True):
        own = slice(first, last)
        yield int(arcs.satellite[pieces[first]]), times[own], azimuth[own], elevation[own], distance[own]
