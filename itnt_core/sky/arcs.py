"""Satellites near or above the horizon of a site: cubic Hermite curves between positions a minute apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from itnt_core.arrays import IntArray
from itnt_core.cached import cached_property
from itnt_core.scenario import Pass

from .geometry import Array, look_angles_deg
from .passes import pass_positions_m

NODE_S = 60.0
# A rise and a set between two nodes a minute apart stay below half a degree: whoever is up was above this at a node.
NEAR_HORIZON_DEG = -2.0


@dataclass(frozen=True, eq=False)
class Arcs:
    """Satellites while they are near or above the horizon of a site: pieces of ``step_s`` seconds of cubic curves.

    A piece p runs from ``start_s[p]`` for ``step_s`` seconds. Pieces of one satellite that follow one another share an
    ``arc``, and the nodes between them: position ``node_km`` and velocity ``node_km_s`` (pieces + arcs, 3), east /
    north / up, hold one node more for each arc than it has pieces. Built by :func:`visible_arcs`.
    """

    satellite: IntArray  # (pieces,) index of the satellite
    arc: IntArray  # (pieces,) index of the run of pieces, from 0 in their order
    start_s: Array
    step_s: float
    node_km: Array
    node_km_s: Array
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

    def cubics_km(self, piece: IntArray) -> Array:
        """Return the curves of pieces (n,) as coefficients (4, n, 3) of powers 0 to 3 of the share of ``step_s``.

        The cubic Hermite curve through both ends: its error is h^4 / 384 times the fourth derivative, below 1 m for
        orbits near the Earth.
        """
        node = piece + self.arc[piece]
        leave, arrive = self.node_km_s[node] * self.step_s, self.node_km_s[node + 1] * self.step_s
        return cubics_between(self.node_km[node], self.node_km[node + 1], leave, arrive)

    def position_km(self, piece: IntArray, times_s: Array) -> Array:
        """Return east / north / up positions (n, 3) in km on pieces (n,) at times (n,) in seconds after the start."""
        return on_cubics(self.cubics_km(piece), (times_s - self.start_s[piece]) / self.step_s)

    def angles(self, piece: IntArray, times_s: Array) -> tuple[Array, Array, Array]:
        """Return azimuth and elevation in degrees and range in km (n,) on pieces at times."""
        return look_angles_deg(self.position_km(piece, times_s) * 1000.0)

    def elevation_deg(self, piece: IntArray, times_s: Array) -> Array:
        """Return elevations (n,) in degrees."""
        return elevations_deg(self.position_km(piece, times_s))


def cubics_between(first: Array, last: Array, leave: Array, arrive: Array) -> Array:
    """Return the cubic Hermite curves between points (n, 3) that are left and reached with velocities (n, 3).

    Coefficients (4, n, 3) of powers 0 to 3 of the share of the way; velocities are per whole way.
    """
    gap = last - first
    return np.stack([first, leave, 3.0 * gap - 2.0 * leave - arrive, leave + arrive - 2.0 * gap])


def slopes_on_cubics(cubics: Array, share: Array) -> Array:
    """Return the velocities (n, 3), per whole way, on curves given as coefficients (4, n, 3) at shares (n,) of it."""
    at = share[:, None]
    found: Array = (3.0 * cubics[3] * at + 2.0 * cubics[2]) * at + cubics[1]
    return found


def on_cubics(cubics: Array, share: Array) -> Array:
    """Return the points (n, 3) of curves given as coefficients (4, n, 3) at shares (n,) of their length."""
    at = share[:, None]
    found: Array = ((cubics[3] * at + cubics[2]) * at + cubics[1]) * at + cubics[0]
    return found


def elevations_deg(position_km: Array) -> Array:
    """Return the elevations (n,) in degrees of east / north / up positions (n, 3)."""
    east, north, up = position_km.T
    return np.degrees(np.arctan2(up, np.hypot(east, north)))


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
    satellite, node = np.repeat(np.arange(len(passes)), count + 1), np.tile(np.arange(count + 1), len(passes))
    velocity = ((after - before) / 0.1).reshape(-1, 3)
    usable = np.ones(len(node), dtype=bool)
    return arcs_of_nodes(satellite, node, at.reshape(-1, 3), velocity, usable, step_s, duration_s)


def arcs_of_nodes(
    satellite: IntArray,
    node: IntArray,
    local_km: Array,
    local_km_s: Array,
    usable: NDArray[np.bool_],
    step_s: float,
    duration_s: float,
) -> Arcs:
    """Return the arcs between neighbouring usable nodes of which one is near or above the horizon.

    Nodes (n,) stand in order of satellite and time; positions and velocities (n, 3).
    """
    near = local_km[:, 2] > np.tan(np.radians(NEAR_HORIZON_DEG)) * np.hypot(local_km[:, 0], local_km[:, 1])
    neighbours = (np.diff(satellite) == 0) & (np.diff(node) == 1)
    first = np.flatnonzero(neighbours & (near[:-1] | near[1:]) & usable[:-1] & usable[1:])
    kept = np.zeros(len(node), dtype=bool)
    kept[first] = kept[first + 1] = True
    start_s: Array = step_s * node[first].astype(np.float64)
    arc = np.cumsum(np.diff(first, prepend=-2) != 1) - 1
    return Arcs(satellite[first], arc, start_s, step_s, local_km[kept], local_km_s[kept], duration_s)


def sampled(arcs: Arcs, step_s: float) -> tuple[IntArray, Array]:
    """Return pieces (n,) and times (n,) that follow every arc in steps of at most ``step_s``, in order of time."""
    per_piece = max(1, int(np.ceil(arcs.step_s / step_s - 1e-9)))
    inner = np.arange(per_piece) / per_piece * arcs.step_s
    pieces = np.repeat(np.arange(len(arcs.arc)), per_piece)
    times = (arcs.start_s[:, None] + inner).ravel()
    last = np.flatnonzero(np.diff(arcs.arc, append=-1))  # the last piece of each arc ends with its own end
    where = (last + 1) * per_piece
    return np.insert(pieces, where, last), np.insert(times, where, arcs.start_s[last] + arcs.step_s)


def joined(parts: Sequence[Arcs]) -> Arcs:
    """Return the arcs of several sets of satellites, given in their order, as one (ValueError for none)."""
    first, *_ = parts
    firsts = np.cumsum([0, *(int(part.arc[-1]) + 1 if len(part.arc) else 0 for part in parts)])
    return Arcs(
        np.concatenate([part.satellite for part in parts]),
        np.concatenate([part.arc + number for part, number in zip(parts, firsts[:-1], strict=True)]),
        np.concatenate([part.start_s for part in parts]),
        first.step_s,
        np.concatenate([part.node_km for part in parts]),
        np.concatenate([part.node_km_s for part in parts]),
        first.duration_s,
        tuple(failure for part in parts for failure in part.failures),
    )
