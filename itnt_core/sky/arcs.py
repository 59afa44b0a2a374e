"""Fast look angles: SGP4 every minute, only what rises, cubic Hermite curves in between."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from sgp4.api import Satrec

from itnt_core.arrays import IntArray
from itnt_core.scenario import OrbitElements, Pass

from .earth import Site, teme_to_local_km, ut1_minus_utc_s
from .elements import can_rise, propagated, satrec_of
from .geometry import Array, look_angles_deg
from .passes import pass_positions_m

NODE_S = 60.0
# A rise and a set between two nodes a minute apart stay below half a degree: whoever is up was above this at a node.
NEAR_HORIZON_DEG = -2.0
COARSE_NODES = 5  # every fifth node is looked at first, for all satellites
CHUNK_ENTRIES = 600_000  # satellites times coarse nodes propagated at once: about 60 MB


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
    failures: tuple[tuple[int, int], ...] = ()  # satellites that SGP4 cannot follow over the window, and its code

    @property
    def failed(self) -> tuple[int, ...]:
        """Return the satellites that SGP4 cannot propagate over the whole window."""
        return tuple(satellite for satellite, _ in self.failures)

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

    First every fifth node, which leaves out whoever cannot come up in between; then all nodes of the others.
    ``min_elevation_deg`` only leaves satellites out that can never reach it; the arcs go down to the horizon.
    """
    chosen = np.flatnonzero(can_rise(satellites, site.lat, min_elevation_deg))
    count = max(1, int(np.ceil(duration_s / NODE_S)))
    times_s = np.linspace(0.0, duration_s, count + 1)
    size = max(1, CHUNK_ENTRIES // (count // COARSE_NODES + 2))
    parts: list[_Part] = []
    for first in range(0, len(chosen), size):
        parts += _chunk(satellites, chosen[first : first + size], site, start, times_s)
    return _joined(parts, duration_s / count, duration_s)


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
    part = _kept(np.arange(len(passes)), at, (after - before) / 0.1, np.zeros(at.shape[:2], dtype=np.int64))
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
    failures: tuple[tuple[int, int], ...]


def _chunk(
    satellites: Sequence[OrbitElements], chosen: IntArray, site: Site, start: datetime, times_s: Array
) -> Iterator[_Part]:
    """Yield the pieces near or above the horizon of some satellites, a few minutes at a time."""
    records = [satrec_of(satellites[index]) for index in chosen]
    coarse = np.unique([*range(0, len(times_s), COARSE_NODES), len(times_s) - 1])
    position_km, _, errors, (whole, fractions) = propagated(records, start, times_s[coarse])
    local_km, _ = teme_to_local_km(position_km, None, site, whole, fractions, ut1_minus_utc_s(start))
    half_s = 0.5 * float(np.diff(times_s[coarse]).max())
    near = _may_rise([satellites[index] for index in chosen], local_km, site, half_s) & (errors == 0)
    for number, (first, last) in enumerate(pairwise(coarse.tolist())):
        own = np.flatnonzero(
            (near[:, number] | near[:, number + 1]) & (errors[:, number : number + 2] == 0).all(axis=1)
        )
        if len(own):
            rows = [records[row] for row in own]
            yield _followed(rows, chosen[own], site, start, times_s[first : last + 1], first)
    none = np.zeros(0, dtype=np.int64)
    yield _Part(none, none, np.zeros((0, 2, 3)), np.zeros((0, 2, 3)), _failures(chosen, errors))


def _may_rise(satellites: Sequence[OrbitElements], local_km: Array, site: Site, half_s: float) -> NDArray[np.bool_]:
    """Say which satellites (n, moments) may be above the horizon within some seconds of moments.

    By the angle at the centre of the Earth between satellite and site, which changes no faster than the satellite at
    its perigee and the Earth together.
    """
    centre_km = site.ecef_km @ site.axes
    from_centre_km = local_km + centre_km
    radius_km = np.linalg.norm(from_centre_km, axis=-1)
    cosine = from_centre_km @ centre_km / (radius_km * np.linalg.norm(centre_km))
    motion = np.array([one.mean_motion_rev_day for one in satellites]) * 360.0 / 86_400.0
    eccentricity = np.array([one.eccentricity for one in satellites])
    fastest_deg_s = motion * (1.0 + eccentricity) ** 2 / (1.0 - eccentricity**2) ** 1.5 + 0.0042
    margin_deg = fastest_deg_s * half_s + 1.0 - NEAR_HORIZON_DEG
    # A satellite far out at the moment may be farther out still, and seen from farther away, half an interval later.
    horizon_deg = np.degrees(np.arccos(np.clip(6357.0 / (1.1 * radius_km), 0.0, 1.0)))
    found: NDArray[np.bool_] = np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0))) <= horizon_deg + margin_deg[:, None]
    return found


def _followed(
    records: Sequence[Satrec], chosen: IntArray, site: Site, start: datetime, times_s: Array, first_node: int
) -> _Part:
    """Propagate satellites to neighbouring nodes and keep the pieces near or above the horizon."""
    teme_km, teme_km_s, errors, (whole, fractions) = propagated(records, start, times_s)
    local_km, local_km_s = teme_to_local_km(teme_km, teme_km_s, site, whole, fractions, ut1_minus_utc_s(start))
    assert local_km_s is not None
    return _kept(chosen, local_km, local_km_s, errors, first_node)


def _failures(chosen: IntArray, errors: IntArray) -> tuple[tuple[int, int], ...]:
    """Return which satellites SGP4 gives up at some moment (satellites, moments), each with its first code."""
    rows = np.flatnonzero((errors != 0).any(axis=1))
    return tuple((int(chosen[row]), int(errors[row][np.flatnonzero(errors[row])[0]])) for row in rows)


def _kept(chosen: IntArray, local_km: Array, local_km_s: Array, errors: IntArray, first_node: int = 0) -> _Part:
    """Keep the pieces near or above the horizon of satellites at nodes (satellites, nodes, 3) without errors."""
    bad = errors != 0
    up, level = local_km[..., 2], np.hypot(local_km[..., 0], local_km[..., 1])
    near = up > np.tan(np.radians(NEAR_HORIZON_DEG)) * level  # (satellites, nodes)
    keep = (near[:, :-1] | near[:, 1:]) & ~(bad[:, :-1] | bad[:, 1:])
    row, node = np.nonzero(keep)
    ends_km = np.stack([local_km[row, node], local_km[row, node + 1]], axis=1)
    ends_km_s = np.stack([local_km_s[row, node], local_km_s[row, node + 1]], axis=1)
    return _Part(chosen[row], first_node + node.astype(np.int64), ends_km, ends_km_s, _failures(chosen, errors))


def _joined(parts: Sequence[_Part], step_s: float, duration_s: float) -> Arcs:
    """Put the parts together in order of satellite and time, and number the runs of pieces."""
    if not parts:
        none = np.zeros(0, dtype=np.int64)
        return Arcs(none, none, np.zeros(0), step_s, np.zeros((0, 2, 3)), np.zeros((0, 2, 3)), duration_s)
    satellite = np.concatenate([part.satellite for part in parts])
    node = np.concatenate([part.node for part in parts])
    order = np.lexsort((node, satellite))
    satellite, node = satellite[order], node[order]
    new = (np.diff(satellite, prepend=-1) != 0) | (np.diff(node, prepend=-2) != 1)
    return Arcs(
        satellite,
        np.cumsum(new) - 1,
        step_s * node,
        step_s,
        np.concatenate([part.ends_km for part in parts])[order],
        np.concatenate([part.ends_km_s for part in parts])[order],
        duration_s,
        tuple(sorted({index: code for part in reversed(parts) for index, code in part.failures}.items())),
    )
