"""P1 where a Mbit is worth less to who has many: slot after slot, each with the weights that the others leave.

In the first pass a slot sees what everyone has so far, as a proportional-fair scheduler does; in the next one what all
other slots give. The worth is concave, so no weights alone lead to its maximum: a new answer of a slot is kept where
the worth of all slots together grows.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from itnt_core.arrays import Array
from itnt_core.network import World
from itnt_core.qos import is_linked

from .problem import Association, AssociationProblem, Associator, make_problem

PASSES = 3  # over all slots, at most


def associate_in_turn(
    world: World, gains: Array, power_w: Array, associator: Associator, passes: int = PASSES
) -> Association:
    """Associate all slots of ``gains`` (T, U, B, K) under ``power_w`` (T, B, K), every station radiating.

    The exact solver answers each slot exactly for the slot's weights; the whole is a local optimum.
    """
    utility, slot_s = world.utility, world.scenario.time.slot_s
    slots, users = gains.shape[:2]
    problems = [make_problem(world, gains[t : t + 1], power_w[t : t + 1]) for t in range(slots)]
    columns = np.full((slots, users), -1, dtype=np.int64)
    data = np.zeros((slots, users))  # Mbit
    for number in range(passes):
        changed = False
        for slot, problem in enumerate(problems):
            others = data.sum(axis=0) - data[slot]
            seen = others * (slots / max(slot, 1)) if number == 0 else others + data[slot]
            found, brought = _answer(problem, utility.search_slope(seen), associator, slot_s)
            if number and not _is_better(world, others, (columns[slot], data[slot]), (found, brought)):
                continue
            changed |= bool((found != columns[slot]).any())
            columns[slot], data[slot] = found, brought
        if number and not changed:
            break
    return Association.from_columns(columns, gains.shape[3])


def _answer(problem: AssociationProblem, weight: Array, associator: Associator, slot_s: float) -> tuple[Array, Array]:
    """Return the columns (users,) of one slot at weights (users,), and the data (users,) in Mbit that they bring."""
    weighted = replace(problem, user_weight=weight)
    for name in ("sinr", "rate_mbit_s", "allowed", "caps"):  # which no weight changes: computed once
        weighted.__dict__[name] = getattr(problem, name)
    found = associator.solve(weighted)
    brought = np.zeros(problem.users)
    links = found.links
    brought[links.user] = problem.rate_mbit_s[links] * slot_s
    return found.columns(problem.gain.shape[3])[0], brought


def _is_better(world: World, others: Array, old: tuple[Array, Array], new: tuple[Array, Array]) -> bool:
    """Say whether a slot's new columns and data are worth more beside the data of the other slots."""
    more = int(is_linked(new[0]).sum()) - int(is_linked(old[0]).sum())
    if more and world.scenario.coverage == "first":
        return more > 0
    utility = world.utility
    reached = utility.search_mbit(others + old[1])
    return bool(utility.search_mbit(others + new[1], -more) > reached + 1e-9)
