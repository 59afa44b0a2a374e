"""Association, problem P1: who is served by which station on which subchannel."""

from collections.abc import Callable

import numpy as np

from itnt_core.network import World

from .active import ActiveAssociator, active_value
from .change_costs import ChangeCosts, best_servers
from .coupled import CoupledAssociator
from .coupled_milp import CoupledMilpAssociator, TooLargeError
from .exact import ExactAssociator
from .heuristics import MaxSinrAssociator, RandomAssociator
from .in_turn import associate_in_turn
from .milp import MilpAssociator
from .problem import Array, Association, AssociationProblem, Associator, make_problem
from .wide import is_wide

ASSOCIATORS: dict[str, Callable[[], Associator]] = {
    "exact": ExactAssociator,
    "milp": MilpAssociator,
    "active": ActiveAssociator,
    "max_sinr": MaxSinrAssociator,
    "random": RandomAssociator,
}
BATCH_ENTRIES = 4_000_000  # links of the slots that are solved together: bounds the memory


def associate(world: World, gains: Array, power_w: Array, associator: Associator) -> Association:
    """Associate all slots of ``gains`` (T, U, B, K) under ``power_w`` (T, B, K), in batches that fit into memory."""
    entries = int(np.prod(gains.shape[1:]))
    step = max(1, BATCH_ENTRIES // max(entries, 1))
    parts = [
        associator.solve(make_problem(world, gains[start : start + step], power_w[start : start + step]))
        for start in range(0, len(gains), step)
    ]
    return Association(
        np.concatenate([part.station for part in parts]), np.concatenate([part.subchannel for part in parts])
    )


__all__ = [
    "ASSOCIATORS",
    "ActiveAssociator",
    "Association",
    "AssociationProblem",
    "Associator",
    "ChangeCosts",
    "CoupledAssociator",
    "CoupledMilpAssociator",
    "ExactAssociator",
    "MaxSinrAssociator",
    "MilpAssociator",
    "RandomAssociator",
    "TooLargeError",
    "active_value",
    "associate",
    "associate_in_turn",
    "best_servers",
    "is_wide",
    "make_problem",
]
