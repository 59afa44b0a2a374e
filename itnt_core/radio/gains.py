"""The gains of all links: GBSs first, then satellites where they serve. Nothing else puts the two side by side."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from itnt_core.arrays import BoolArray
from itnt_core.sky import SkyTrack

from .laws import Array
from .links import elevation_at_user_deg
from .models import ChannelModel, SeesFromIndoors

Number = TypeVar("Number", bound=np.generic)


def links_at(
    channel: ChannelModel,
    sky: SkyTrack,
    points_m: Array,
    moments: ArrayLike,
    aerial: bool,
    indoors: BoolArray | None = None,
) -> tuple[Array, BoolArray]:
    """Return the linear power gains and the lines of sight (..., stations) of users at points in moments of the sky.

    ``points_m`` (..., 3) in local metres; ``moments`` are row numbers of the sky, of any shape that broadcasts against
    the points': points (J, 3) with moments (T, 1) give (T, J, stations), and the GBS links, which do not change over
    time, are computed J times only. ``aerial`` chooses the kind of user. Fast fading is left out. A satellite that does
    not serve in a moment reaches nobody then. ``indoors``, of the shape of the points without their last axis, says
    which are inside of a building: line of sight is then that of the way outside of it. What the building takes is left
    out (:func:`itnt_core.radio.penetration_db`).
    """
    chosen = np.asarray(moments, dtype=np.int64)
    own = points_m.reshape(-1, 3)
    inside = np.zeros(len(own), dtype=bool) if indoors is None else indoors.ravel()
    ground, ground_sight = _ground_links(channel, own, aerial, inside)
    leo, sky_sight = satellite_links_at(channel, sky, points_m, chosen, aerial, inside)
    fixed = points_m.shape[:-1]
    gains = by_station(ground.reshape(*fixed, ground.shape[1]), leo)
    sight = by_station(ground_sight.reshape(*fixed, ground.shape[1]), sky_sight)
    return gains, sight


def satellite_links_at(
    channel: ChannelModel,
    sky: SkyTrack,
    points_m: Array,
    moments: ArrayLike,
    aerial: bool,
    inside: BoolArray | None = None,
) -> tuple[Array, BoolArray]:
    """Return gains and lines of sight (..., satellites) as :func:`links_at` does, of the satellites alone.

    ``inside`` (points,) says which of the points, put in one row, are inside of a building.
    """
    points, satellites_m, lead = _facing(sky, points_m, moments)
    sight = channel.leo_sight(points, satellites_m, aerial)
    if inside is not None and inside.any() and isinstance(channel, SeesFromIndoors):
        within = np.broadcast_to(inside.reshape(points_m.shape[:-1]), lead).ravel()
        sight[within] = channel.leo_sight_from_indoors(points[within], satellites_m[within])
    gains = channel.leo_gain(points, satellites_m, aerial, sight)
    return gains.reshape(*lead, gains.shape[1]), sight.reshape(*lead, sight.shape[1])


def elevations_at_deg(sky: SkyTrack, points_m: Array, moments: ArrayLike) -> Array:
    """Return the elevations (..., satellites) at which users at points see satellites; shapes as :func:`links_at`."""
    points, satellites_m, lead = _facing(sky, points_m, moments)
    return elevation_at_user_deg(points, satellites_m).reshape(*lead, satellites_m.shape[1])


def _facing(sky: SkyTrack, points_m: Array, moments: ArrayLike) -> tuple[Array, Array, tuple[int, ...]]:
    """Return points (n, 3) and satellites (n, satellites, 3) in one row, and the shape that they had."""
    chosen = np.asarray(moments, dtype=np.int64)
    lead = np.broadcast_shapes(points_m.shape[:-1], chosen.shape)
    points = np.broadcast_to(points_m, (*lead, 3)).reshape(-1, 3)
    return points, sky.serving_position_m[np.broadcast_to(chosen, lead).ravel()], lead


def _ground_links(channel: ChannelModel, points_m: Array, aerial: bool, inside: BoolArray) -> tuple[Array, BoolArray]:
    """Return gains and sight (n, GBSs) of points (n, 3), those in buildings by what the channel says of such users."""
    if not (inside.any() and isinstance(channel, SeesFromIndoors)):
        sight = channel.gbs_sight(points_m, aerial)
        return channel.gbs_gain(points_m, aerial, sight), sight
    own_sight = channel.gbs_sight_from_indoors(points_m[inside])
    sight = np.empty((len(points_m), own_sight.shape[1]), dtype=bool)
    gains = np.empty(sight.shape)
    sight[inside], sight[~inside] = own_sight, channel.gbs_sight(points_m[~inside], aerial)
    gains[inside] = channel.gbs_gain_from_indoors(points_m[inside], sight[inside])
    gains[~inside] = channel.gbs_gain(points_m[~inside], aerial, sight[~inside])
    return gains, sight


def gains_at(channel: ChannelModel, sky: SkyTrack, points_m: Array, moments: ArrayLike, aerial: bool) -> Array:
    """Return the linear power gains (..., stations) of :func:`links_at`."""
    return links_at(channel, sky, points_m, moments, aerial)[0]


def by_station(ground: NDArray[Number], satellites: NDArray[Number]) -> NDArray[Number]:
    """Join values of GBSs (..., M) and of satellites (..., L) to values of all stations (..., M + L).

    The leading axes are broadcast against one another.
    """
    lead = np.broadcast_shapes(ground.shape[:-1], satellites.shape[:-1])
    parts = [np.broadcast_to(part, (*lead, part.shape[-1])) for part in (ground, satellites)]
    return np.concatenate(parts, axis=-1)
