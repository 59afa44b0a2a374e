"""What changes of server cost, as P1 over all slots counts it, and the best servers of one user under it."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np

from itnt_core.arrays import Array, IntArray
from itnt_core.cached import cached_property
from itnt_core.handover import changes_of_server, interruption_s, last_servers
from itnt_core.network import World

from .problem import AssociationProblem

NOBODY = -1  # station index of a slot without a link, as UNSERVED: compiled code cannot ask


@dataclass(frozen=True, eq=False)
class ChangeCosts:
    """The costs of a change: a price in Mbit/s of one slot, the share of the slot's data that is lost, a stay.

    ``lost_share`` is (stations before, stations after), 0 on the diagonal; before ``min_stay_slots`` after a change
    there is no other.
    """

    price_mbit_s: float
    lost_share: Array
    min_stay_slots: int

    @classmethod
    def of(cls, world: World) -> ChangeCosts:
        """Return the costs that a world's scenario names."""
        handover, slot_s = world.scenario.handover, world.scenario.time.slot_s
        lost_s = interruption_s(handover, world.gbs_count, world.station_count, slot_s)
        share = lost_s / slot_s if handover.interrupts else np.zeros_like(lost_s)
        return cls(handover.price_mbit / slot_s, share, handover.min_stay_slots)

    @cached_property
    def interrupts(self) -> bool:
        """Say whether a change takes time from a slot."""
        return bool(self.lost_share.any())

    def serving_mbit_s(self, problem: AssociationProblem) -> float:
        """Return what serving a user is worth beyond P1's own reward, so that no change of server is worth a user.

        To serve one slot more a user changes there and back at most, and so may one that makes room for it.
        """
        if not problem.objective.is_coverage_first:
            return 0.0
        return 4.0 * (self.price_mbit_s + float(self.lost_share.max(initial=0.0)) * problem.best_rate_mbit_s)

    def kept(self, station: IntArray) -> Array:
        """Return the share of each slot in which data arrives (slots, users)."""
        if not self.interrupts:
            return np.ones(station.shape)
        changed, before = changes_of_server(station), last_servers(station)
        lost = self.lost_share[np.where(changed, before, 0), np.where(changed, station, 0)]
        return np.where(changed, 1.0 - lost, 1.0)

    def charged_mbit_s(self, station: IntArray) -> float:
        """Return the prices of all changes (slots, users), in Mbit/s of a slot."""
        return self.price_mbit_s * float(changes_of_server(station).sum())


def best_servers(worth: Array, rate: Array, costs: ChangeCosts) -> IntArray:
    """Return the stations (slots,) that bring one user most over all slots, -1 where it has none; everyone else stays.

    ``worth`` (slots, stations) is what a link brings in a slot, -inf where there is none, ``rate`` what of it an
    interruption shortens. Exact, by dynamic programming over the server and the slots since the last change.
    """
    stay = min(costs.min_stay_slots, len(worth))
    return _best_servers(
        np.ascontiguousarray(worth), np.ascontiguousarray(rate), costs.lost_share, costs.price_mbit_s, stay
    )


@numba.njit(cache=True)
def _best_servers(worth, rate, lost_share, price, stay):  # type: ignore[no-untyped-def]
    slots, stations = worth.shape
    last = stay - 1  # the age from which a user may change again
    value = np.full((stay, stations), -np.inf)
    value[last] = 0.0
    from_age = np.zeros((slots, stay, stations), np.int32)
    from_station = np.zeros((slots, stay, stations), np.int32)
    for slot in range(slots):
        after = np.full((stay, stations), -np.inf)
        for b in range(stations):
            gain = max(worth[slot, b], 0.0)
            for age in range(stay):
                older = min(age + 1, last)
                if value[age, b] + gain > after[older, b]:
                    after[older, b] = value[age, b] + gain
                    from_age[slot, older, b], from_station[slot, older, b] = age, b
            if worth[slot, b] == -np.inf:
                continue
            for old in range(stations):
                if old == b:
                    continue
                moved = value[last, old] + worth[slot, b] - lost_share[old, b] * rate[slot, b] - price
                if moved > after[0, b]:
                    after[0, b] = moved
                    from_age[slot, 0, b], from_station[slot, 0, b] = last, old
        value = after
    chosen = np.full(slots, NOBODY)
    best, age, b = -np.inf, 0, 0
    for a in range(stay):
        for s in range(stations):
            if value[a, s] > best:
                best, age, b = value[a, s], a, s
    for slot in range(slots - 1, -1, -1):
        before = from_station[slot, age, b]
        if before != b or worth[slot, b] > 0.0:
            chosen[slot] = b
        age, b = from_age[slot, age, b], before
    return chosen
