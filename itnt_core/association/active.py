"""P1 on the true objective: only subchannels that serve someone radiate."""

from __future__ import annotations

import numpy as np

from itnt_core.deadline import Check, no_limit

from .exact import ExactAssociator
from .local_search import climb, load_feasible, shake
from .problem import Array, Association, AssociationProblem, IntArray

DEFAULT_USERS = 24  # of a slot, for which the number of shakes is meant; fewer users get more


class ActiveAssociator:
    """Local search on the active objective, started from the exact always-on assignment and the previous slot.

    Every step takes the best change of one user's link (take a free one, swap, drop), so the value only grows; some
    seeded shakes, each followed by a climb and kept only if better, leave poor local optima. Served users keep the
    active SINR floor. ``check`` is called before every slot and may end the search.
    """

    def __init__(self, shakes: int = 4, seed: int = 0, check: Check = no_limit):
        self.shakes = shakes
        self.seed = seed
        self.check = check

    def solve(self, problem: AssociationProblem) -> Association:
        """Return the best association found for every slot; never below the exact one made feasible."""
        start = ExactAssociator().solve(problem)
        return self.improve(problem, [start])

    def improve(self, problem: AssociationProblem, starts: list[Association]) -> Association:
        """Return the best association reached from any of the starts or from the previous slot's answer."""
        stations = np.full((problem.slots, problem.users), -1, dtype=np.int64)
        subchannels = stations.copy()
        generator = np.random.default_rng(self.seed)
        previous: tuple[IntArray, IntArray] | None = None
        for slot in range(problem.slots):
            self.check()
            candidates = [(start.station[slot], start.subchannel[slot]) for start in starts]
            if previous is not None:
                candidates.append(previous)
            previous = _search_slot(problem, slot, candidates, self._draws(problem, generator))
            stations[slot], subchannels[slot] = previous
        return Association(stations, subchannels)

    def _draws(self, problem: AssociationProblem, generator: np.random.Generator) -> IntArray:
        """Return random (user, station, subchannel) triples: (shakes, moves per shake, 3).

        A climb takes time with the square of the users, so small problems get more shakes in the time of a default one.
        """
        moves = max(2, problem.users // 6)
        shakes = int(np.ceil(self.shakes * max(1.0, DEFAULT_USERS / problem.users) ** 2)) if problem.users else 0
        high = np.array([problem.users, *problem.gain.shape[2:]])
        return generator.integers(0, high, (shakes, moves, 3))


def _search_slot(
    problem: AssociationProblem, slot: int, candidates: list[tuple[IntArray, IntArray]], draws: IntArray
) -> tuple[IntArray, IntArray]:
    gain, power = problem.gain[slot], problem.power_w[slot]
    law = problem.user_laws
    bandwidth = problem.bandwidth_hz / 1e6
    reward = problem.serving_reward_mbit_s
    physics = (gain, power, problem.noise_w, law, bandwidth, problem.min_sinr_active, reward)
    tolerance = 1e-9 * problem.best_rate_mbit_s
    user_at, link_of, load = _blank(problem)
    best, answer = -np.inf, link_of.copy()

    def keep(value: float) -> None:
        nonlocal best, answer
        if value > best + tolerance:
            best, answer = value, link_of.copy()

    for station, subchannel in candidates:
        load_feasible(station, subchannel, user_at, link_of, load, *physics)
        keep(climb(user_at, link_of, load, problem.max_users, *physics, tolerance))
    for triples in draws:
        load_feasible(answer[:, 0], answer[:, 1], user_at, link_of, load, *physics)
        shake(user_at, link_of, load, problem.max_users, triples)
        shaken = link_of.copy()
        load_feasible(shaken[:, 0], shaken[:, 1], user_at, link_of, load, *physics)
        keep(climb(user_at, link_of, load, problem.max_users, *physics, tolerance))
    return answer[:, 0].copy(), answer[:, 1].copy()


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
                problem.gain[slot],
                problem.power_w[slot],
                problem.noise_w,
                problem.user_laws,
                problem.bandwidth_hz / 1e6,
                problem.min_sinr_active,
                problem.serving_reward_mbit_s,
            )
            for k in range(user_at.shape[1])
        ]
        values[slot] = -np.inf if min(parts) <= INFEASIBLE else sum(parts)
    return values
