"""Maps over the area: best server, SINR and line of sight at a height and a moment, with every station on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from itnt_core.scenario import GROUND_USER_HEIGHT_M
from itnt_core.sinr import sinr_of
from itnt_core.units import to_db

from .world import Array, World

LINKS_AT_ONCE = 1_000_000  # points times stations judged together, about 100 bytes of each
MOST_POINTS_PER_SIDE = 2000  # four million: minutes, and more than a screen shows


@dataclass(frozen=True, eq=False)
class CoverageSurface:
    """What a user would meet on a square grid of points; arrays (n, n) run north, then east."""

    axis_m: Array  # (n,) east and north of the grid points around the anchor
    height_m: float
    slot: int
    aerial: bool
    best_station: NDArray[np.int64]  # index of the strongest station
    sinr_db: Array  # of the strongest station with all others radiating
    sight_count: NDArray[np.int64]  # stations in line of sight
    inside_building: NDArray[np.bool_]  # points below a roof, where no user can be


def coverage_surface(
    world: World, points_per_side: int = 100, slot: int = 1, aerial_height_m: float | None = None
) -> CoverageSurface:
    """Return the surface at the end of a 1-based slot, at 1.5 m for ground users or at an aerial user's height.

    Every station spreads its power evenly over all subchannels and radiates on all of them (the always-on convention);
    fast fading is left out. Raises ValueError when the slot lies outside the time grid, or for more points than 2,000 a
    side.
    """
    world.scenario.time.index_of(slot)
    if not 1 <= points_per_side <= MOST_POINTS_PER_SIDE:
        raise ValueError(
            f"The number of points per side is {points_per_side}, but 1 to {MOST_POINTS_PER_SIDE:,} is allowed: "
            "choose fewer points."
        )
    aerial = aerial_height_m is not None
    height = GROUND_USER_HEIGHT_M if aerial_height_m is None else aerial_height_m
    axis, points = _grid(world.scenario.area.size_m, points_per_side, height)
    best, sinr_db, sight_count, indoors = coverage_at(world, points, slot, aerial)
    shape = (points_per_side, points_per_side)
    return CoverageSurface(
        axis,
        height,
        slot,
        aerial,
        best.reshape(shape),
        sinr_db.reshape(shape),
        sight_count.reshape(shape),
        indoors.reshape(shape),
    )


def coverage_at(
    world: World, points_m: Array, slot: int, aerial: bool
) -> tuple[NDArray[np.int64], Array, NDArray[np.int64], NDArray[np.bool_]]:
    """Return what a user of a kind would meet at points (n, 3) in local metres at the end of a 1-based slot: (n,) each.

    The index of the strongest station, its SINR in dB with all others radiating, the stations in line of sight, and
    whether the point lies below a roof: :class:`CoverageSurface` on places of one's own. ValueError for a slot that the
    time grid has not.
    """
    index = world.scenario.time.index_of(slot)
    at_once = max(1, LINKS_AT_ONCE // world.station_count)
    starts = range(0, max(len(points_m), 1), at_once)
    parts = [_judged(world, points_m[first : first + at_once], index, aerial) for first in starts]
    best, sinr_db, sight_count = (np.concatenate(column) for column in zip(*parts, strict=True))
    return best, sinr_db, sight_count, world.city.roof_m(points_m[:, :2]) > points_m[:, 2]


def _judged(
    world: World, points_m: Array, index: int, aerial: bool
) -> tuple[NDArray[np.int64], Array, NDArray[np.int64]]:
    """Return the strongest station, its SINR in dB and the stations in sight at points (n, 3) in a slot: (n,) each."""
    gains, sight = world.links_at(points_m, index, aerial)  # (points, stations)
    best, sinr = best_servers(gains * world.equal_share_w[index], world.noise_w)
    return best, to_db(sinr, 1e-12), sight.sum(axis=1)


def best_servers(received_w: Array, noise_w: float) -> tuple[NDArray[np.int64], Array]:
    """Return the strongest station at each of n points and its SINR, linear, with all others radiating: (n,) each.

    ``received_w`` (n, stations) in watts; without noise the SINR is the SIR.
    """
    strongest = received_w.max(axis=1)
    return received_w.argmax(axis=1), sinr_of(strongest, received_w.sum(axis=1) - strongest, noise_w)


def _grid(size_m: float, count: int, height_m: float) -> tuple[Array, Array]:
    """Return the cell centres of one axis (n,) and all points (n * n, 3), rows running north."""
    axis = (np.arange(count) + 0.5) / count * size_m - size_m / 2
    north, east = np.meshgrid(axis, axis, indexing="ij")
    return axis, np.column_stack([east.ravel(), north.ravel(), np.full(count * count, height_m)])
