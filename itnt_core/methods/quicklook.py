"""The quick look: what the reference method would give, at once, while a scenario is edited."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from itnt_core.city import City
from itnt_core.network import Decision, Evaluation, World, build_world, evaluate
from itnt_core.objective import Service
from itnt_core.scenario import Scenario
from itnt_core.units import to_db

from .progress import quiet
from .straight import StraightMethod, StraightSettings


@dataclass(frozen=True)
class WorstUser:
    """A user who gets little: share of slots below the active floor, mean rate."""

    user_id: str
    outage: float
    mean_rate_mbit_s: float


@dataclass(frozen=True, eq=False)
class QuickLook:
    """The figures of a quick look, and the world they were computed in."""

    world: World
    data_service_mbit: float
    data_service_always_on_mbit: float
    served_share: float  # of (user, slot), at or above the active SINR floor
    leo_share: float  # of the served (user, slot)
    mean_sinr_db: tuple[float, ...]  # per user over its served slots, NaN when never served
    worst_users: tuple[WorstUser, ...]
    service: Service  # what the objective reads


def quick_look(scenario: Scenario, city: City | None = None, worst: int = 5) -> QuickLook:
    """Evaluate straight flights, equal power and exact association; ``city`` saves loading it again.

    Raises :class:`ScenarioError` when the scenario cannot be built.
    """
    world = build_world(scenario, city=city)
    decision = StraightMethod().solve(world, StraightSettings(), scenario.seed, quiet)
    evaluation = evaluate(world, decision)
    served = evaluation.active.is_served
    sinr_db = to_db(evaluation.active.sinr)
    means = [
        float(sinr_db[served[:, u], u].mean()) if served[:, u].any() else float("nan") for u in range(served.shape[1])
    ]
    return QuickLook(
        world,
        evaluation.active.data_service_mbit,
        evaluation.always_on.data_service_mbit,
        1.0 - evaluation.active.outage,
        leo_share(world, decision, evaluation),
        tuple(means),
        _worst_users(world, evaluation, worst),
        Service.of(evaluation),
    )


def leo_share(world: World, decision: Decision, evaluation: Evaluation) -> float:
    """Return the share of the served (user, slot) that satellites serve under the active convention, 0 without any."""
    served = evaluation.active.is_served
    by_satellite = served & (decision.station >= world.gbs_count)
    return float(by_satellite.sum() / max(served.sum(), 1))


def _worst_users(world: World, evaluation: Evaluation, count: int) -> tuple[WorstUser, ...]:
    rate = evaluation.active.rate_bit_s.mean(axis=0) / 1e6
    outage = evaluation.active.user_outage
    order = np.lexsort((rate, -outage))[:count]
    ids = world.scenario.user_ids
    return tuple(WorstUser(ids[index], float(outage[index]), float(rate[index])) for index in order)
