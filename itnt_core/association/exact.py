"""P1 solved exactly as a maximum-weight assignment."""

from __future__ import annotations

import numpy as np
from scipy.optimize import linear_sum_assignment

from .problem import Array, Association, AssociationProblem, IntArray


class ExactAssociator:
    """Assign users to (station, subchannel) pairs with the Hungarian method.

    The constraint matrix of P1 is totally unimodular, so the assignment is the binary program's optimum. Links that
    are not allowed weigh 0 and every allowed one more, so leaving a user on such a link stands for not serving it. A
    station with U_max < K gets K - U_max dummy users that must sit on its subchannels.
    """

    def solve(self, problem: AssociationProblem) -> Association:
        """Return the optimal association of every slot."""
        stations, subchannels = problem.gain.shape[2:]
        weights = problem.weight.reshape(problem.slots, problem.users, stations * subchannels)
        dummies = _dummy_rows(problem.max_users, subchannels)
        columns = np.full((problem.slots, problem.users), -1, dtype=np.int64)
        for slot, weight in enumerate(weights):
            table = weight
            if len(dummies):
                table = np.vstack([weight, dummies * (weight.sum() + 1.0)])
            rows, chosen = linear_sum_assignment(table, maximize=True)
            real = (rows < problem.users) & (table[rows, chosen] > 0.0)
            columns[slot, rows[real]] = chosen[real]
        return Association.from_columns(columns, subchannels)


def _dummy_rows(max_users: IntArray, subchannels: int) -> Array:
    """Return one indicator row (stations * K,) per dummy user, true on its station's subchannels."""
    spare = np.maximum(subchannels - max_users, 0)
    owners = np.repeat(np.arange(len(max_users)), spare)
    stations = np.repeat(np.arange(len(max_users)), subchannels)
    return (owners[:, None] == stations[None, :]).astype(float)
