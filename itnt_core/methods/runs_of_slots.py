"""Which slots of two answers on one flight go together best where a change of server costs something."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from itnt_core.arrays import Array, BoolArray, IntArray
from itnt_core.association import ChangeCosts
from itnt_core.handover import last_servers
from itnt_core.network import BITS_PER_MBIT, Decision, World, evaluate
from itnt_core.objective import objective_of
from itnt_core.qos import is_linked
from itnt_core.scenario import Handover


def better_runs(world: World, old: Decision, new: Decision, gains: Array, weight: Array | None = None) -> BoolArray:
    """Say in which slots to take the new answer (slots,): the best runs of both, by dynamic programming over slots.

    Both fly the same, ``gains`` (T, U, B, K) are those of the flight; ``weight`` (users,) is what a Mbit of each user
    is worth, 1 by default. A user without a link before a seam counts as linked to the last server of the answer that
    is left, and the stay is not looked at: whoever takes the result over judges it as a whole.
    """
    costs, pair = ChangeCosts.of(world), (old, new)
    rate, served = (np.stack(parts) for parts in zip(*(uninterrupted(world, one, gains) for one in pair), strict=True))
    rate = rate if weight is None else rate * weight
    worth = rate.sum(axis=2) + _serving_mbit_s(world, rate, costs) * served.sum(axis=2)
    station = np.stack([decision.station for decision in pair])
    left = np.stack([_held(one) for one in station])
    total, origin = worth[:, 0].copy(), np.zeros((world.slots, 2), dtype=np.int64)
    for slot in range(1, world.slots):
        moved = np.array(
            [
                [
                    total[before] - _cost(costs, left[before, slot - 1], station[after, slot], rate[after, slot])
                    for before in (0, 1)
                ]
                for after in (0, 1)
            ]
        )  # (after, before)
        origin[slot] = moved.argmax(axis=1)
        total = moved.max(axis=1) + worth[:, slot]
    return _traced(origin, int(total.argmax()))


def uninterrupted(world: World, decision: Decision, gains: Array) -> tuple[Array, BoolArray]:
    """Return the rates of served users in Mbit/s as if changes of server took no time, and who is served.

    Both are (slots, users), under the active convention; ``gains`` (T, U, B, K) are those of the decision's flight.
    """
    free = replace(world, scenario=world.scenario.model_copy(update={"handover": Handover()}))
    found = evaluate(free, decision, gains).active
    return np.where(found.is_served, found.rate_bit_s / BITS_PER_MBIT, 0.0), found.is_served


def _held(station: IntArray) -> IntArray:
    """Return the server that each user has at the end of each slot, also without a link in it (slots, users)."""
    return np.where(is_linked(station), station, last_servers(station))


def _cost(costs: ChangeCosts, before: IntArray, after: IntArray, rate: Array) -> float:
    """Return what the changes of all users from their servers to those of a slot cost, in Mbit/s of it."""
    changed = is_linked(before) & is_linked(after) & (before != after)
    lost = costs.lost_share[before[changed], after[changed]] * rate[changed]
    return float(lost.sum() + costs.price_mbit_s * changed.sum())


def _serving_mbit_s(world: World, rate: Array, costs: ChangeCosts) -> float:
    """Return what a served user slot is worth beside its rate: more than everything else where it counts first."""
    objective = objective_of(world.scenario)
    if not objective.is_coverage_first:
        return objective.unserved_mbit_s
    return 1.0 + 2.0 * float(rate.max(axis=0).sum()) + costs.price_mbit_s * rate[0].size


def _traced(origin: IntArray, last: int) -> BoolArray:
    chosen = np.zeros(len(origin), dtype=bool)
    for slot in range(len(origin) - 1, -1, -1):
        chosen[slot] = last == 1
        last = int(origin[slot, last])
    return chosen
