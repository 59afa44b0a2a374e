"""Simple association rules: the strongest link first, and a random one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .problem import Association, AssociationProblem, IntArray


class MaxSinrAssociator:
    """Serve the strongest allowed link first, then the next one that is still free."""

    def solve(self, problem: AssociationProblem) -> Association:
        """Return the greedy association of every slot."""
        subchannels = problem.gain.shape[3]
        columns = np.stack([_greedy(problem, slot) for slot in range(problem.slots)])
        return Association.from_columns(columns, subchannels)


def _greedy(problem: AssociationProblem, slot: int) -> IntArray:
    sinr = problem.sinr[slot].reshape(problem.users, -1)
    users, links = np.nonzero(problem.allowed[slot].reshape(problem.users, -1))
    order = np.argsort(-sinr[users, links], kind="stable")
    return _take_in_order(users[order], links[order], problem)


def _take_in_order(users: IntArray, links: IntArray, problem: AssociationProblem) -> IntArray:
    """Walk candidate links in order, keeping each whose user, subchannel and station are still free."""
    subchannels = problem.gain.shape[3]
    columns = np.full(problem.users, -1, dtype=np.int64)
    taken: NDArray[np.bool_] = np.zeros(problem.gain.shape[2] * subchannels, dtype=bool)
    left = problem.max_users.copy()
    for user, link in zip(users.tolist(), links.tolist(), strict=True):
        station = link // subchannels
        if columns[user] < 0 and not taken[link] and left[station] > 0:
            columns[user], taken[link] = link, True
            left[station] -= 1
    return columns


class RandomAssociator:
    """Give every user, in random order, a random allowed link that is still free (the RA baseline)."""

    def __init__(self, seed: int = 0):
        self._generator = np.random.default_rng(seed)

    def solve(self, problem: AssociationProblem) -> Association:
        """Return a random association of every slot."""
        columns = []
        for slot in range(problem.slots):
            users, links = np.nonzero(problem.allowed[slot].reshape(problem.users, -1))
            order = self._generator.permutation(len(users))
            columns.append(_take_in_order(users[order], links[order], problem))
        return Association.from_columns(np.stack(columns), problem.gain.shape[3])
