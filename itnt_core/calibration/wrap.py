"""Wrap-around: a network that goes on for ever, so that users at its edge hear as many sites as those in the middle.

The only part of the exam that no normal run has. Each user hears each site from the nearest of seven copies of the
network; the gains are those of :func:`itnt_core.radio.links_at`, asked site by site at the places that its users have
as seen from their copy.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from itnt_core.arrays import Array
from itnt_core.network import World
from itnt_core.radio import ChannelModel, channel_of, links_at
from itnt_core.scenario import positions_m
from itnt_core.units import from_db


def wrapped_gains(world: World, copies_m: Array) -> Array:
    """Return the gains (J, M) of the ground users towards the GBSs, each from the copy (7, 2) that is nearest.

    What buildings take is in them, fast fading is left out.
    """
    users_m, stations_m = world.ground_points_m, positions_m(world.scenario.ground_stations)
    indoors = np.array([user.is_indoors for user in world.scenario.ground_users], dtype=bool)
    gains = np.empty((len(users_m), len(stations_m)))
    for site_m in dict.fromkeys(map(tuple, stations_m)):
        own = np.flatnonzero((stations_m == site_m).all(axis=1))
        away_m = users_m[:, :2] - site_m[:2] - copies_m[:, None]  # (7, J, 2)
        shift_m = copies_m[np.linalg.norm(away_m, axis=-1).argmin(axis=0)]
        places_m = np.column_stack([users_m[:, :2] - shift_m, users_m[:, 2]])
        gains[:, own], _ = links_at(_alone(world, own), world.sky, places_m, 0, False, indoors)
    return gains * from_db(-world.penetration_db)[:, None]


def _alone(world: World, stations: NDArray[np.int64]) -> ChannelModel:
    """Return the channel of some GBSs of a world: as all that is drawn of one is named by it, the same as among all."""
    kept = tuple(world.scenario.ground_stations[number] for number in stations)
    return channel_of(world.scenario.model_copy(update={"ground_stations": kept}), world.city, world.sky)
