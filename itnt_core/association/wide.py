"""P1 on the true objective for many users and places: slots in short runs, runs on all cores.

Within a run each slot starts where the one before it ended, since channels change little from slot to slot, and only
its first slot is searched hard. Runs are cut by their number alone, so the answer does not depend on the threads.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from itnt_core.arrays import Array, BoolArray, IntArray
from itnt_core.cores import shared_out
from itnt_core.deadline import Check

from .exact import ExactAssociator
from .problem import Association, AssociationProblem
from .wide_search import climb_wide, load_wide, nearest, shake_wide

WIDE_LINKS = 20_000  # users times places of a slot: from here on the search for many users is faster
RUN_SLOTS = 5  # as long as channels stand still by default
NEAR = 6  # stations at which places of a user are looked for: 30 bring 0.0 % more at 1,000 users, 3 bring 0.4 % less
PAIRS = 2  # of subchannels mixed in the first slot of a run, for each shake
TOLERANCE = 1e-6  # of the best rate: what a change has to bring


def is_wide(users: int, stations: int, subchannels: int) -> bool:
    """Say whether there are so many users and places in a slot that each user looks at a part of them."""
    return users * stations * subchannels >= WIDE_LINKS


@dataclass(eq=False)
class _Desk:
    """The working arrays of one run."""

    problem: AssociationProblem
    air: tuple[Array, Array, Array, Array]
    state: tuple[IntArray, IntArray, IntArray, Array]
    terms: tuple[Array, float, float, float]
    tolerance: float

    @classmethod
    def of(cls, problem: AssociationProblem) -> _Desk:
        """Make the arrays for a problem."""
        users, (stations, subchannels) = problem.users, problem.gain.shape[2:]
        air = (
            np.empty((users, stations, subchannels)),
            np.empty((users, subchannels)),
            np.empty((stations, subchannels, users)),
            np.empty((subchannels, users)),
        )
        state = (
            np.full((stations, subchannels), -1),
            np.full((users, 2), -1),
            np.zeros(stations, np.int64),
            np.zeros((stations, subchannels)),
        )
        floor, reward = problem.min_sinr_active, problem.serving_reward_mbit_s
        terms = (problem.user_laws, problem.bandwidth_hz / 1e6, floor, reward)
        return cls(problem, air, state, terms, TOLERANCE * problem.best_rate_mbit_s)

    def search(self, slot: int, starts: list[IntArray], pairs: IntArray, draws: BoolArray) -> IntArray:
        """Return the best links (users, 2) of a slot found from any of the starts, then by mixing pairs (n, 2)."""
        gain = np.ascontiguousarray(self.problem.gain[slot], dtype=float)
        power, noise = self.problem.power_w[slot], self.problem.noise_w
        every: BoolArray = np.ones(power.shape[1], dtype=bool)
        best, answer = -np.inf, np.full((self.problem.users, 2), -1)
        near = None
        for number, start in enumerate(starts):
            load_wide(start, gain, power, noise, self.air, self.state, self.terms[2])
            near = nearest(self.air[0], min(NEAR, len(power))) if near is None else near
            climb = (near, self.problem.max_users, self.air, self.state, self.terms, self.tolerance)
            value = climb_wide(*climb, every)
            if number == len(starts) - 1 and len(pairs):
                value = shake_wide(pairs, draws, *climb, value)
            if value > best + self.tolerance:
                best, answer = value, self.state[1].copy()
        return answer


def improve_wide(
    problem: AssociationProblem, starts: list[Association], shakes: int, seed: int, check: Check
) -> Association:
    """Return the best association reached from any of the starts, from the previous slot's answer or by shakes.

    Without starts the first slot of each run starts from the exact assignment.
    """
    firsts = range(0, problem.slots, RUN_SLOTS)
    seeds = np.random.default_rng(seed).integers(2**31, size=len(firsts)).tolist()

    def run(piece: tuple[int, int]) -> IntArray:
        first, own_seed = piece
        draw, desk = np.random.default_rng(own_seed), _Desk.of(problem)
        found: list[IntArray] = []
        for slot in range(first, min(first + RUN_SLOTS, problem.slots)):
            tries = [np.stack([start.station[slot], start.subchannel[slot]], axis=1) for start in starts]
            tries += [_exact(problem, slot)] if not starts and not found else found[-1:]
            count = 0 if found else PAIRS * shakes
            pairs = _pairs(draw, count, problem.gain.shape[3])
            found.append(desk.search(slot, tries, pairs, draw.random((len(pairs), problem.gain.shape[2])) < 0.5))
        return np.stack(found)

    prepared = problem.user_laws, problem.best_rate_mbit_s, problem.serving_reward_mbit_s  # before threads ask
    assert prepared
    links = np.concatenate(shared_out(run, list(zip(firsts, seeds, strict=True)), check))
    return Association(links[:, :, 0].copy(), links[:, :, 1].copy())


def _exact(problem: AssociationProblem, slot: int) -> IntArray:
    found = ExactAssociator().solve(problem.in_slots(slice(slot, slot + 1)))
    return np.stack([found.station[0], found.subchannel[0]], axis=1)


def _pairs(draw: np.random.Generator, count: int, subchannels: int) -> IntArray:
    """Return pairs of two different subchannels (count, 2)."""
    if subchannels < 2:
        return np.zeros((0, 2), np.int64)
    first = draw.integers(subchannels, size=count)
    return np.stack([first, (first + draw.integers(1, subchannels, size=count)) % subchannels], axis=1)
