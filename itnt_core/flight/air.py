"""What the air and the batteries ask of flights, beside speeds, heights and the area: one place that planners ask."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from itnt_core.arrays import Array, BoolArray
from itnt_core.city import Obstacles
from itnt_core.network import World, apart_m, flight_energy_j, needed_m

HAIR_J = 1e-6  # inside the budget, so that rounding never breaks it


@dataclass(frozen=True, eq=False)
class Air:
    """Obstacles, separations and energy budgets of a world; users by their index (I,)."""

    obstacles: Obstacles | None
    whole: bool  # separations count along whole slots
    needed_m: Array  # (I, I)
    budget_j: Array  # (I,), infinite where there is none
    slot_s: float

    @classmethod
    def of(cls, world: World) -> Air:
        """Read what a world asks."""
        users = world.scenario.aerial_users
        budgets = [np.inf if user.energy_budget_kj is None else 1e3 * user.energy_budget_kj for user in users]
        return cls(
            world.obstacles,
            world.scenario.has_obstacles and bool(users),
            needed_m(users),
            np.array(budgets) - HAIR_J,
            world.scenario.time.slot_s,
        )

    @property
    def is_free(self) -> bool:
        """Say whether nothing is asked beside what the paper asks."""
        return self.obstacles is None and not self.whole and not np.isfinite(self.budget_j).any()

    def are_clear(self, start_m: Array, end_m: Array) -> BoolArray:
        """Say which legs (..., 3) to (..., 3) meet no obstacle."""
        if self.obstacles is None:
            return np.ones(np.broadcast_shapes(start_m.shape, end_m.shape)[:-1], dtype=bool)
        return self.obstacles.are_clear(start_m, end_m)

    def is_clear(self, way: Array) -> bool:
        """Say whether no leg of a flight (slots + 1, 3) meets an obstacle."""
        return bool(self.are_clear(way[:-1], way[1:]).all())

    def keeps_away(self, way: Array, others: Array, needed: Array) -> bool:
        """Say whether a flight (slots + 1, 3) keeps ``needed`` (n,) metres from others (slots + 1, n, 3)."""
        return bool((apart_m(others, way[:, None], whole=self.whole) >= needed).all())

    def energy_j(self, way: Array) -> float:
        """Return the energy of a flight (slots + 1, 3) in joules."""
        return float(flight_energy_j(way[:, None], self.slot_s).sum())

    def is_within_budget(self, way: Array, index: int) -> bool:
        """Say whether a flight (slots + 1, 3) takes no more than its user's battery holds."""
        return bool(np.isinf(self.budget_j[index])) or self.energy_j(way) <= self.budget_j[index]

    def allows(self, way: Array, index: int, flight: Array) -> bool:
        """Say whether user ``index`` may fly a way (slots + 1, 3) among the others of a flight (slots + 1, I, 3)."""
        others = np.arange(flight.shape[1]) != index
        return (
            self.is_within_budget(way, index)
            and self.is_clear(way)
            and self.keeps_away(way, flight[:, others], self.needed_m[index, others])
        )


def mended(world: World, flight: Array, home: Array) -> Array:
    """Return a flight (slots + 1, I, 3) in which whoever breaks what the air or a battery asks goes back towards home.

    ``home`` is a flight that is allowed. A mix of two flights keeps the limits that both keep (speeds, heights, area,
    ends); each user in turn takes the greatest of some shares of its own way with which it meets no obstacle, nobody's
    separation (of those before it, and of the others at home) and stays within its budget. While the air is free the
    flight is returned as it is.
    """
    air = Air.of(world)
    if air.is_free:
        return flight
    found = home.copy()
    for index in range(flight.shape[1]):
        for share in SHARES:
            way = home[:, index] + share * (flight[:, index] - home[:, index])
            way[0], way[-1] = home[0, index], home[-1, index]
            if air.allows(way, index, found):
                found[:, index] = way
                break
    return found


SHARES = (1.0, 0.85, 0.7, 0.5, 0.35, 0.2, 0.1)  # of a way that is not allowed, tried in turn; none is home
