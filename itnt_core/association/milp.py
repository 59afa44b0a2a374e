"""P1 the paper's way: a binary program in CVXPY, solved by HiGHS."""

from __future__ import annotations

from typing import Any

import numpy as np

from .problem import Association, AssociationProblem


class MilpAssociator:
    """Solve P1 slot by slot as a mixed-integer program; the model is compiled once per size and re-solved.

    The reference and teaching path: the same optimum as the exact assignment, several hundred times slower.
    """

    def __init__(self) -> None:
        self._models: dict[tuple[int, ...], Any] = {}

    def solve(self, problem: AssociationProblem) -> Association:
        """Return the optimal association of every slot; raises RuntimeError when HiGHS finds no optimum."""
        _, users, stations, subchannels = problem.gain.shape
        key = (users, stations, subchannels, *problem.max_users)
        model = self._models.setdefault(key, None) or _build_model(users, stations, subchannels, problem.max_users)
        self._models[key] = model
        program, alpha, weight, allowed = model
        columns = np.full((problem.slots, users), -1, dtype=np.int64)
        for slot in range(problem.slots):
            weight.value = problem.weight[slot].reshape(users, -1)
            allowed.value = problem.allowed[slot].reshape(users, -1).astype(float)
            program.solve(solver="HIGHS", mip_rel_gap=0.0)  # HiGHS would else leave 1e-4 of the value open
            if program.status != "optimal":
                raise RuntimeError(f"HiGHS ended with status '{program.status}' in slot {slot + 1}.")
            chosen = alpha.value > 0.5
            columns[slot] = np.where(chosen.any(axis=1), chosen.argmax(axis=1), -1)
        return Association.from_columns(columns, subchannels)


def _build_model(users: int, stations: int, subchannels: int, max_users: np.ndarray) -> tuple[Any, Any, Any, Any]:
    """Return the program, its binary variable (users, stations * K), and the parameters weight and allowed."""
    # Imported here because CVXPY takes over a second, and only this solver needs it.
    import cvxpy as cp

    links = stations * subchannels
    alpha = cp.Variable((users, links), boolean=True)  # (7b)
    weight = cp.Parameter((users, links), nonneg=True)
    allowed = cp.Parameter((users, links), nonneg=True)
    membership = np.kron(np.eye(stations), np.ones((subchannels, 1)))  # (links, stations)
    constraints = [
        cp.sum(alpha, axis=1) <= 1,  # (7c)
        cp.sum(alpha, axis=0) <= 1,  # OFDMA
        cp.sum(alpha, axis=0) @ membership <= max_users,  # (7d)
        alpha <= allowed,  # (7f): alpha (gamma - gamma0) >= 0
    ]
    program = cp.Problem(cp.Maximize(cp.sum(cp.multiply(weight, alpha))), constraints)
    return program, alpha, weight, allowed
