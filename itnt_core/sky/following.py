"""Fast look angles: SGP4 where a satellite may be up, first at nodes far apart, then closer, at last every minute."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from sgp4.api import Satrec, SatrecArray

from itnt_core.arrays import IntArray
from itnt_core.scenario import OrbitElements

from .arcs import (
    NEAR_HORIZON_DEG,
    NODE_S,
    Arcs,
    arcs_of_nodes,
    cubics_between,
    joined,
    on_cubics,
    slopes_on_cubics,
)
from .earth import Site, earth_angle_rad, julian_date, site_teme_km, teme_to_local_km, ut1_minus_utc_s
from .elements import can_rise, satrec_of
from .geometry import EARTH_MU_KM3_S2, Array

FIRST_NODES, LAST_NODES = 20, 5  # between the nodes that are looked at first, and at last before all of them are
NODES_AT_ONCE = 3_000_000  # satellites times minutes followed together, of which a tenth is up: about 150 MB
SLOW_DEG_S = 0.015  # navigation satellites and higher ones: a curve between nodes five minutes apart is right to 2 m
POLAR_RADIUS_KM = 6357.0
EARTH_TURNS_DEG_S = 0.0042
MARGIN_DEG = 0.5  # the plumb line misses the Earth's centre by up to 0.2; the rest is for the bound on angular speed
SWAY_KM = 20.0  # by which the flattened Earth moves a satellite out and in within a revolution, and some more
LOW_KM = 6378.0 + 130.0  # whose perigee is lower may be lost by SGP4 between any two nodes


def visible_arcs(
    satellites: Sequence[OrbitElements],
    site: Site,
    start: datetime,
    duration_s: float,
    min_elevation_deg: float = 0.0,
    among: Sequence[int] | None = None,
) -> Arcs:
    """Return the arcs of all satellites, or of those ``among`` them, that come near the horizon of a site in a window.

    ``min_elevation_deg`` only leaves satellites out that can never reach it; the arcs go down to the horizon.
    """
    return joined(list(arcs_in_parts(satellites, site, start, duration_s, min_elevation_deg, among)))


def arcs_in_parts(
    satellites: Sequence[OrbitElements],
    site: Site,
    start: datetime,
    duration_s: float,
    min_elevation_deg: float = 0.0,
    among: Sequence[int] | None = None,
) -> Iterator[Arcs]:
    """Yield the arcs of :func:`visible_arcs` some satellites at a time, so that memory holds a catalogue over a day."""
    window = _Window.of(site, start, duration_s)
    asked = np.arange(len(satellites)) if among is None else np.unique(np.asarray(among, dtype=np.int64))
    chosen = asked[can_rise([satellites[index] for index in asked], site.lat, min_elevation_deg)]
    size = max(1, NODES_AT_ONCE // len(window.times_s))
    for first in range(0, max(1, len(chosen)), size):
        part = chosen[first : first + size]
        yield _followed(_Movers.of([satellites[index] for index in part]), part, window)


@dataclass(frozen=True, eq=False)
class _Window:
    """The nodes of a window: seconds after its start, date, the Earth's angle, the site's place in TEME (nodes, 3)."""

    site: Site
    times_s: Array
    whole_day: float
    fractions: Array
    angle_rad: Array
    site_km: Array
    duration_s: float

    @property
    def step_s(self) -> float:
        return self.duration_s / (len(self.times_s) - 1)

    @classmethod
    def of(cls, site: Site, start: datetime, duration_s: float) -> _Window:
        times_s = np.linspace(0.0, duration_s, max(1, int(np.ceil(duration_s / NODE_S))) + 1)
        whole, fraction = julian_date(start)
        fractions = fraction + times_s / 86_400.0
        angle_rad = earth_angle_rad(whole, fractions, ut1_minus_utc_s(start))
        return cls(site, times_s, whole, fractions, angle_rad, site_teme_km(site, angle_rad), duration_s)


@dataclass(frozen=True, eq=False)
class _Movers:
    """Satellites as SGP4's records, with the most by which they turn about the Earth's centre and move away from it."""

    records: list[Satrec]
    fastest_deg_s: Array
    outward_km_s: Array
    perigee_km: Array

    @classmethod
    def of(cls, satellites: Sequence[OrbitElements]) -> _Movers:
        motion = np.array([one.mean_motion_rev_day for one in satellites]) / 86_400.0  # revolutions a second
        eccentricity = np.array([one.eccentricity for one in satellites])
        major_km = (EARTH_MU_KM3_S2 / (2.0 * np.pi * motion) ** 2) ** (1.0 / 3.0)
        squared = 1.0 - eccentricity**2
        return cls(
            [satrec_of(one) for one in satellites],
            360.0 * motion * (1.0 + eccentricity) ** 2 / squared**1.5 + EARTH_TURNS_DEG_S,
            eccentricity * np.sqrt(EARTH_MU_KM3_S2 / (major_km * squared)),
            major_km * (1.0 - eccentricity),
        )

    def at(self, row: IntArray, node: IntArray, window: _Window) -> tuple[Array, Array, IntArray]:
        """Return TEME positions, km, velocities, km/s, (n, 3) and SGP4's codes of satellites, in order, at nodes."""
        position, velocity = np.empty((len(row), 3)), np.empty((len(row), 3))
        errors = np.empty(len(row), dtype=np.int64)
        days, fractions = np.full(len(row), window.whole_day), window.fractions[node]
        bounds = np.flatnonzero(np.diff(row, prepend=-1, append=-1)).tolist()
        for first, last in pairwise(bounds):
            own = slice(first, last)
            record = self.records[row[first]]
            errors[own], position[own], velocity[own] = record.sgp4_array(days[own], fractions[own])
        return position, velocity, errors


@dataclass(frozen=True, eq=False)
class _Spans:
    """Spans of time of satellites, (n,) in order: their first and last nodes, and what is known of the satellite there.

    ``angle_deg`` and ``radius_km`` (n, 2) are those at the Earth's centre, from the site, at both ends; NaN where SGP4
    gives the satellite up.
    """

    row: IntArray
    node: IntArray  # (n, 2)
    angle_deg: Array
    radius_km: Array

    @property
    def length(self) -> IntArray:
        """Return how many nodes each span (n,) is long."""
        return self.node[:, 1] - self.node[:, 0]

    def chosen(self, which: NDArray[np.bool_]) -> _Spans:
        return _Spans(self.row[which], self.node[which], self.angle_deg[which], self.radius_km[which])


def _followed(movers: _Movers, chosen: IntArray, window: _Window) -> Arcs:
    """Return the arcs of some satellites, whose indices among all are ``chosen``."""
    first_errors, spans = _first_spans(movers, window)
    failures = dict(first_errors)
    wanted = np.zeros((len(movers.records), len(window.times_s)), dtype=bool)
    while len(spans.row):
        spans = spans.chosen(_may_rise(spans, movers, window))
        short = spans.length <= LAST_NODES
        closest = spans.chosen(short)
        for ahead in range(LAST_NODES + 1):
            wanted[closest.row, np.minimum(closest.node[:, 0] + ahead, closest.node[:, 1])] = True
        errors, spans = _halved(spans.chosen(~short), movers, window)
        failures = {**errors, **failures}
    row, node = np.nonzero(wanted)
    teme_km, teme_km_s, errors_at = _at_nodes(movers, row, node, window)
    local_km, local_km_s = teme_to_local_km(teme_km, teme_km_s, window.site, window.angle_rad[node])
    assert local_km_s is not None
    arcs = arcs_of_nodes(chosen[row], node, local_km, local_km_s, errors_at == 0, window.step_s, window.duration_s)
    failures = {**_codes(row, errors_at), **failures}
    return replace(arcs, failures=tuple((int(chosen[number]), code) for number, code in sorted(failures.items())))


def _at_nodes(movers: _Movers, row: IntArray, node: IntArray, window: _Window) -> tuple[Array, Array, IntArray]:
    """Return TEME positions and velocities (n, 3) and codes at nodes; those of slow satellites by interpolation."""
    slow = movers.fastest_deg_s[row] < SLOW_DEG_S
    position_km, velocity_km_s = np.empty((len(row), 3)), np.empty((len(row), 3))
    errors = np.empty(len(row), dtype=np.int64)
    for which, found_at in ((~slow, movers.at), (slow, partial(_between, movers))):
        found = found_at(row[which], node[which], window)
        position_km[which], velocity_km_s[which], errors[which] = found
    return position_km, velocity_km_s, errors


def _between(movers: _Movers, row: IntArray, node: IntArray, window: _Window) -> tuple[Array, Array, IntArray]:
    """Return TEME positions and velocities (n, 3) and codes on cubic Hermite curves through every fifth node."""
    last = len(window.times_s) - 1
    first_node = np.minimum(node // LAST_NODES * LAST_NODES, last - 1)
    last_node = np.minimum(first_node + LAST_NODES, last)
    wanted = np.zeros((len(movers.records), last + 1), dtype=bool)
    wanted[row, first_node] = wanted[row, last_node] = True
    of_rows, of_nodes = np.nonzero(wanted)
    position_km, velocity_km_s, errors = movers.at(of_rows, of_nodes, window)
    keys = of_rows * (last + 1) + of_nodes
    begin, end = (np.searchsorted(keys, row * (last + 1) + at) for at in (first_node, last_node))
    long_s = window.step_s * (last_node - first_node)[:, None]
    leave, arrive = velocity_km_s[begin] * long_s, velocity_km_s[end] * long_s
    cubics = cubics_between(position_km[begin], position_km[end], leave, arrive)
    share = (node - first_node) / (last_node - first_node)
    code = np.where(errors[begin] != 0, errors[begin], errors[end])
    return on_cubics(cubics, share), slopes_on_cubics(cubics, share) / long_s, code


def _first_spans(movers: _Movers, window: _Window) -> tuple[dict[int, int], _Spans]:
    """Return who is lost at the first nodes, and the spans between them of all satellites."""
    last = len(window.times_s) - 1
    nodes = np.unique([*range(0, last, FIRST_NODES), last])
    if not movers.records:
        none = np.zeros(0, dtype=np.int64)
        return {}, _Spans(none, np.zeros((0, 2), dtype=np.int64), np.zeros((0, 2)), np.zeros((0, 2)))
    fractions = window.fractions[nodes]
    days = np.full_like(fractions, window.whole_day)
    errors, position_km, _ = SatrecArray(movers.records).sgp4(days, fractions)
    angle_deg, radius_km = _seen(position_km, errors, window.site_km[nodes])
    rows, count = len(movers.records), len(nodes) - 1
    pairs = [np.stack([values[:, :-1], values[:, 1:]], axis=-1).reshape(-1, 2) for values in (angle_deg, radius_km)]
    ends = np.tile(np.stack([nodes[:-1], nodes[1:]], axis=-1), (rows, 1))
    row, at = np.nonzero(errors)
    return _codes(row, errors[row, at]), _Spans(np.repeat(np.arange(rows), count), ends, *pairs)


def _codes(row: IntArray, errors: IntArray) -> dict[int, int]:
    """Return the first code of each satellite that SGP4 gives up."""
    lost = np.flatnonzero(errors)
    return {int(row[index]): int(errors[index]) for index in lost[::-1]}


def _halved(spans: _Spans, movers: _Movers, window: _Window) -> tuple[dict[int, int], _Spans]:
    """Return who is lost at the middle nodes of spans, and both halves of each."""
    if not len(spans.row):
        return {}, spans
    middle = (spans.node[:, 0] + spans.node[:, 1]) // 2
    position_km, _, errors = movers.at(spans.row, middle, window)
    seen = _seen(position_km, errors, window.site_km[middle])
    halves = [
        np.stack([values[:, 0], new, new, values[:, 1]], axis=-1).reshape(-1, 2)
        for values, new in zip((spans.node, spans.angle_deg, spans.radius_km), (middle, *seen), strict=True)
    ]
    return _codes(spans.row, errors), _Spans(np.repeat(spans.row, 2), *halves)


def _seen(position_km: Array, errors: IntArray, site_km: Array) -> tuple[Array, Array]:
    """Return the angles, degrees, at the Earth's centre between satellites (..., 3) and the site, and radii in km."""
    x, y, z = np.moveaxis(position_km, -1, 0)  # sums over three are several times faster written out
    radius_km = np.sqrt(x**2 + y**2 + z**2)
    cosine = (x * site_km[..., 0] + y * site_km[..., 1] + z * site_km[..., 2]) / radius_km
    cosine /= np.linalg.norm(site_km, axis=-1)
    angle_deg = np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0)))
    lost = errors != 0
    return np.where(lost, np.nan, angle_deg), np.where(lost, np.nan, radius_km)


def _may_rise(spans: _Spans, movers: _Movers, window: _Window) -> NDArray[np.bool_]:
    """Say in which spans (n,) a satellite may be near the horizon.

    By the angle at the centre of the Earth between satellite and site, which changes no faster than the satellite at
    its perigee and the Earth together: over a span it stays above the mean of both ends less what half a span changes.
    Spans at whose end SGP4 gives up, and those of satellites that graze the Earth, are looked at more closely in any
    case.
    """
    angle_deg, radius_km = spans.angle_deg.T, spans.radius_km.T
    half_s = 0.5 * window.step_s * spans.length
    farthest_km = np.maximum(radius_km[0], radius_km[1]) + movers.outward_km_s[spans.row] * half_s + SWAY_KM
    horizon_deg = np.degrees(np.arccos(np.clip(POLAR_RADIUS_KM / farthest_km, 0.0, 1.0)))
    least_deg = 0.5 * (angle_deg[0] + angle_deg[1]) - movers.fastest_deg_s[spans.row] * half_s
    lost = np.isnan(angle_deg)
    low = (movers.perigee_km[spans.row] < LOW_KM) | (radius_km[0] < LOW_KM) | (radius_km[1] < LOW_KM)
    near = least_deg <= horizon_deg + MARGIN_DEG - NEAR_HORIZON_DEG
    found: NDArray[np.bool_] = near | (lost[0] != lost[1]) | (low & ~(lost[0] & lost[1]))
    return found
