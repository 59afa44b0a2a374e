"""P1 on the true objective: only subchannels that serve someone radiate."""

from __future__ import annotations

from typing import Any

import numpy as np

from itnt_core.cores import shared_out
from itnt_core.deadline import Check, no_limit

from .exact import ExactAssociator
from .problem import Array, Association, AssociationProblem, IntArray
from .slot_search import search_slot
from .wide import improve_wide, is_wide

IN_TURN = 15  # slots that start from the one before; others are searched at the same time
DEFAULT_USERS = 24  # of a slot, for which the number of shakes is meant; fewer users get more


class ActiveAssociator:
    """Local search on the active objective, started from the exact always-on assignment and the previous slot.

    Every step takes the best change of one user's link (take a free one, swap, drop), so the value only grows; some
    seeded shakes, each followed by a climb and kept only if better, leave poor local optima. Served users keep the
    active SINR floor. Every fifteenth slot starts anew. ``check`` is called before every fifteen slots and may end the
    search.
    """

    def __init__(self, shakes: int = 4, seed: int = 0, check: Check = no_limit):
        self.shakes = shakes
        self.seed = seed
        self.check = check

    def solve(self, problem: AssociationProblem) -> Association:
        """Return the best association found for every slot; never below the exact one made feasible."""
        if is_wide(*problem.gain.shape[1:]):
            return improve_wide(problem, [], self.shakes, self.seed, self.check)
        start = ExactAssociator().solve(problem)
        return self.improve(problem, [start])

    def improve(self, problem: AssociationProblem, starts: list[Association]) -> Association:
        """Return the best association reached from any of the starts or from the previous slot's answer."""
        if is_wide(*problem.gain.shape[1:]):
            return improve_wide(problem, starts, self.shakes, self.seed, self.check)
        found = np.full((2, problem.slots, problem.users), -1, dtype=np.int64)
        draws = self._draws(problem)

        def search(slots: range) -> None:
            """Write down the answers of some slots in turn."""
            for slot in slots:
                candidates = [(start.station[slot], start.subchannel[slot]) for start in starts]
                if slot > slots.start:
                    candidates.append((found[0, slot - 1], found[1, slot - 1]))
                found[:, slot] = _search_slot(problem, slot, candidates, draws[slot])

        prepared = problem.user_laws, problem.best_rate_mbit_s, problem.serving_reward_mbit_s  # before threads ask
        assert prepared
        rows = [range(first, min(first + IN_TURN, problem.slots)) for first in range(0, problem.slots, IN_TURN)]
        shared_out(search, rows, self.check)
        return Association(*found)

    def _draws(self, problem: AssociationProblem) -> IntArray:
        """Return random (user, station, subchannel) triples: (slots, shakes, moves per shake, 3).

        A climb takes time with the square of the users, so small problems get more shakes in the time of a default one.
        """
        moves = max(2, problem.users // 6)
        shakes = int(np.ceil(self.shakes * max(1.0, DEFAULT_USERS / problem.users) ** 2)) if problem.users else 0
        high = np.array([problem.users, *problem.gain.shape[2:]])
        return np.random.default_rng(self.seed).integers(0, high, (problem.slots, shakes, moves, 3))


def _search_slot(
    problem: AssociationProblem, slot: int, starts: list[tuple[IntArray, IntArray]], draws: IntArray
) -> IntArray:
    """Return the best association (2, users) found in one slot."""
    read: tuple[Any, ...] = (
        np.array(starts, dtype=np.int64).reshape(len(starts), 2, problem.users),
        draws,
        problem.max_users,
        *_physics(problem, slot),
        1e-9 * problem.best_rate_mbit_s,
    )
    found: IntArray = search_slot(*read)
    return found


def _physics(problem: AssociationProblem, slot: int) -> tuple[Any, ...]:
    """Return what compiled code reads of a slot: gains, powers, noise, rate laws, bandwidth in MHz, floors, reward."""
    return (
        problem.gain[slot],
        problem.power_w[slot],
        problem.noise_w,
        problem.user_laws,
        problem.bandwidth_hz / 1e6,
        problem.min_sinr_active,
        problem.serving_reward_mbit_s,
    )


def _blank(problem: AssociationProblem) -> tuple[IntArray, IntArray, IntArray]:
    stations, subchannels = problem.gain.shape[2:]
    user_at = np.full((stations, subchannels), -1, dtype=np.int64)
    return user_at, np.full((problem.users, 2), -1, dtype=np.int64), np.zeros(stations, dtype=np.int64)


def active_value(problem: AssociationProblem, association: Association) -> Array:
    """Return the active objective per slot (slots,) in Mbit/s: rates plus the serving reward; -inf when infeasible."""
    from .local_search import INFEASIBLE, subchannel_value

    values, links = np.zeros(problem.slots), association.links
    for slot in range(problem.slots):
        user_at, _, _ = _blank(problem)
        _, users, stations, subchannels = links.in_slot(slot)
        user_at[stations, subchannels] = users
        parts = [
            subchannel_value(
                k,
                user_at,
                *_physics(problem, slot),
            )
            for k in range(user_at.shape[1])
        ]
        values[slot] = -np.inf if min(parts) <= INFEASIBLE else sum(parts)
    return values
