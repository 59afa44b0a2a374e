"""P1 over all slots at once as a binary program: the exact optimum where changes of server cost something.

For small cases alone: the number of binaries grows with slots, users, stations and subchannels.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from itnt_core.arrays import Array, IntArray
from itnt_core.errors import ItntError
from itnt_core.network import Association

from .change_costs import ChangeCosts
from .problem import AssociationProblem

MOST_BINARIES = 30_000  # minutes of HiGHS


class TooLargeError(ItntError, ValueError):
    """A case that is too large to be solved exactly over all slots."""


@dataclass(frozen=True, eq=False)
class CoupledMilpAssociator:
    """Solve P1 under the always-on convention with the costs of changes of server, exactly, by HiGHS.

    A link is of one of two kinds, x of a user that stays with its server and z of one that comes from another station,
    with what the interruption and the price take off. A server s is remembered from slot to slot, also through slots
    without a link; the one before the window is free. All variables are binary.
    """

    costs: ChangeCosts

    def solve(self, problem: AssociationProblem) -> Association:
        """Return an optimal association of all slots (TooLargeError; RuntimeError where HiGHS finds no optimum)."""
        program = _Program(problem, self.costs)
        found = milp(
            -program.worth,
            integrality=np.ones(program.size),
            bounds=Bounds(0.0, program.most),
            constraints=program.constraints(),
            options={"mip_rel_gap": 0.0},
        )
        if found.x is None or found.status != 0:
            raise RuntimeError(f"HiGHS ended with: {found.message}")
        chosen = (found.x[: program.links] > 0.5).reshape(program.kinds).any(axis=0)
        columns = chosen.reshape(*chosen.shape[:2], -1)
        subchannels = problem.gain.shape[3]
        return Association.from_columns(np.where(columns.any(axis=2), columns.argmax(axis=2), -1), subchannels)


class _Program:
    """The variables: links by where their user comes from, then the servers; the rows of the constraints.

    ``kinds`` is (B + 1, T, U, B, K): the first entry stands for staying, the others for the station before.
    """

    def __init__(self, problem: AssociationProblem, costs: ChangeCosts):
        slots, users, stations, subchannels = problem.gain.shape
        self.problem, self.costs = problem, costs
        self.kinds = (stations + 1, slots, users, stations, subchannels)
        self.links = int(np.prod(self.kinds))
        self.servers = (slots + 1, users, stations)  # entry t is the server before slot t
        self.size = self.links + int(np.prod(self.servers))
        if self.size > MOST_BINARIES:
            raise TooLargeError(
                f"Solving P1 exactly over all slots needs {self.size:,} binary variables here, but at most "
                f"{MOST_BINARIES:,} are allowed: choose another association, or fewer slots, users or subchannels."
            )
        self.index = np.arange(self.links).reshape(self.kinds)
        self.server = self.links + np.arange(int(np.prod(self.servers))).reshape(self.servers)
        self.worth, self.most = self._worth()

    def _worth(self) -> tuple[Array, Array]:
        """Return what each variable brings and how large it may be; both (variables,)."""
        problem, costs, stations = self.problem, self.costs, self.kinds[0] - 1
        staying = np.where(problem.allowed, problem.weight + costs.serving_mbit_s(problem), 0.0)
        parts, most = [staying], [problem.allowed]
        for before in range(stations):
            lost = costs.lost_share[before][None, None, :, None] * problem.worth_mbit_s + costs.price_mbit_s
            is_other = (np.arange(stations) != before)[None, None, :, None]
            parts.append(staying - lost)
            most.append(problem.allowed & is_other)
        worth, limit = np.zeros(self.size), np.ones(self.size)
        worth[: self.links], limit[: self.links] = np.stack(parts).ravel(), np.stack(most).ravel()
        return worth, limit

    def constraints(self) -> list[LinearConstraint]:
        """Return all constraints."""
        found = list(self._rows())
        matrix = sparse.vstack([rows for rows, _, _ in found]).tocsr()
        low, high = (np.concatenate([part[side] for part in found]) for side in (1, 2))
        return [LinearConstraint(matrix, low, high)]

    def _rows(self) -> Iterator[tuple[sparse.spmatrix, Array, Array]]:
        _, slots, users, stations, subchannels = self.kinds
        index, server = self.index, self.server
        every = index.transpose(1, 2, 0, 3, 4).reshape(slots * users, -1)
        yield self._sums(every, 1.0)  # (7c)
        yield self._sums(index.transpose(1, 3, 4, 0, 2).reshape(slots * stations * subchannels, -1), 1.0)  # OFDMA
        seats = np.tile(self.problem.max_users.astype(float), slots)
        yield self._sums(index.transpose(1, 3, 0, 2, 4).reshape(slots * stations, -1), seats)  # (7d)
        yield self._sums(server.reshape(-1, stations), 1.0, is_equal=True)  # one server is remembered
        after, before = server[1:].reshape(-1), server[:-1].reshape(-1)  # (slots, users, stations)
        here = index.transpose(1, 2, 3, 0, 4).reshape(slots * users * stations, -1)
        staying = index[0].reshape(slots * users * stations, -1)
        moving = index[1:].transpose(1, 2, 3, 0, 4).reshape(slots * users * stations, -1)
        leaving = index[1:].transpose(1, 2, 0, 3, 4).reshape(slots * users * stations, -1)
        yield self._below(here, [(after, -1.0)])  # a link makes its station the server
        yield self._below(np.empty((len(after), 0), int), [(after, 1.0), (before, -1.0)], moving)  # nothing else does
        yield self._below(staying, [(before, -1.0)])
        yield self._below(leaving, [(before, -1.0)])
        if self.costs.min_stay_slots > 1:
            span = min(self.costs.min_stay_slots, slots)
            changes = index[1:].transpose(1, 2, 0, 3, 4).reshape(slots, users, -1)
            windows = [changes[first : first + span].transpose(1, 0, 2) for first in range(slots - span + 1)]
            yield self._sums(np.concatenate(windows).reshape(len(windows) * users, -1), 1.0)

    def _sums(
        self, members: IntArray, most: float | Array, *, is_equal: bool = False
    ) -> tuple[sparse.spmatrix, Array, Array]:
        """Return rows that limit the sum of the variables in each row of ``members``."""
        count = len(members)
        rows = np.repeat(np.arange(count), members.shape[1])
        matrix = sparse.coo_matrix((np.ones(members.size), (rows, members.ravel())), (count, self.size))
        high = np.broadcast_to(np.asarray(most, dtype=float), count)
        return matrix, high if is_equal else np.full(count, -np.inf), high

    def _below(
        self, members: IntArray, more: list[tuple[IntArray, float]], less: IntArray | None = None
    ) -> tuple[sparse.spmatrix, Array, Array]:
        """Return rows: the sum of ``members``, and of each of ``more`` with its factor, less ``less``, is 0 at most."""
        count = len(more[0][0])
        matrix, low, high = self._sums(members, 0.0)
        for variables, factor in more:
            matrix = matrix + sparse.coo_matrix(
                (np.full(count, factor), (np.arange(count), variables)), (count, self.size)
            )
        return (matrix if less is None else matrix - self._sums(less, 0.0)[0]), low, high
