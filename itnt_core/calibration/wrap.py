"""Wrap-around: a network that goes on for ever, so that users at its edge hear as many sites as those in the middle.

The only part of the exam that no normal run has. Each user hears each site from the nearest of seven copies of the
network; the gains are those of :func:`itnt_core.radio.links_at`, asked at the user's place as that copy sees it.
"""

from __future__ import annotations

import numpy as np

from itnt_core.arrays import Array
from itnt_core.network import World
from itnt_core.radio import links_at
from itnt_core.scenario import positions_m
from itnt_core.units import from_db


def wrapped_gains(world: World, copies_m: Array) -> Array:
    """Return the gains (J, M) of the ground users towards the GBSs, each from the copy (7, 2) that is nearest.

    What buildings take is in them, fast fading is left out.
    """
    users_m, stations_m = world.ground_points_m, positions_m(world.scenario.ground_stations)
    indoors = np.array([user.is_indoors for user in world.scenario.ground_users], dtype=bool)
    away_m = users_m[:, None, :2] - stations_m[:, :2] - copies_m[:, None, None]  # (7, J, M, 2)
    nearest = np.linalg.norm(away_m, axis=-1).argmin(axis=0)
    gains = np.empty(nearest.shape)
    for copy, shift_m in enumerate(copies_m):
        here = (nearest == copy).any(axis=1)
        if here.any():
            places_m = users_m[here] - (*shift_m, 0.0)
            found, _ = links_at(world.channel, world.sky, places_m, 0, False, indoors[here])
            gains[here] = np.where(nearest[here] == copy, found, gains[here])
    return gains * from_db(-world.penetration_db)[:, None]
