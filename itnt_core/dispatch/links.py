"""What an agent may say of links and powers beside flights: who counts more, where users are drawn to, and how loud."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from itnt_core.arrays import Array
from itnt_core.learning import places_of
from itnt_core.units import from_db

from .setting import Setting

# What a number of 1 stands for, in dB; both are this project's own choice: a user at the edge of a cell may come before
# one beside its mast, and a station may fall silent for most of its neighbours' users.
LEAN_DB, QUIET_DB = 10.0, 20.0


@dataclass(frozen=True, eq=False)
class Links:
    """How links and powers lean in a slot of n worlds; ones everywhere: the strongest link first, all the power."""

    favour: Array  # (n, U): by what a user's links are multiplied when the strongest is served first
    lean: Array  # (n, B): the same for a station's links, which decides where users go, too
    power: Array  # (n, B): the share of a station's power that is in use

    @classmethod
    def even(cls, setting: Setting, count: int) -> Links:
        """Return those that lean nowhere."""
        users, stations = setting.world.user_count, setting.world.station_count
        return cls(np.ones((count, users)), *np.ones((2, count, stations)))


def action_sizes(setting: Setting) -> dict[str, int]:
    """Return the parts of an action and their sizes, in order, by the option ``actions``."""
    users, stations = setting.world.user_count, setting.world.station_count
    sizes: dict[str, int] = {"flight": 2 * setting.aerial_count}
    if setting.options.actions != "flights":
        sizes |= {"user": users, "station": stations}
    if setting.options.actions == "everything":
        sizes |= {"power": stations}
    return sizes


def parts_of(setting: Setting, action: Array) -> tuple[Array, Links]:
    """Return the flights (n, I, 2), in the option's frame, and the links of actions (n, size) in [-1, 1].

    Numbers of users and stations are :data:`LEAN_DB` decibels; one of a station's power takes :data:`QUIET_DB` decibels
    off where it is below 0, and nothing above.
    """
    slices: Mapping[str, slice] = places_of(action_sizes(setting))
    action, rows = np.clip(np.asarray(action, dtype=float), -1.0, 1.0), len(action)
    flight, links = action[:, slices["flight"]].reshape(rows, -1, 2), Links.even(setting, rows)
    if "user" not in slices:
        return flight, links
    favour, lean = (from_db(LEAN_DB * action[:, slices[name]]) for name in ("user", "station"))
    power = from_db(QUIET_DB * np.minimum(action[:, slices["power"]], 0.0)) if "power" in slices else links.power
    return flight, Links(favour, lean, np.asarray(power))
