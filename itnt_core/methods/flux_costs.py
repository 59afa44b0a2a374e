"""What limits of power flux density cost: the same flights, links and powers decided anew under each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from itnt_core.network import Decision, World, build_world, evaluate, satellite_flux_dbw_m2_mhz
from itnt_core.objective import COVERAGE_FIRST, Objective, Service, objective_of
from itnt_core.results import Result

from .deciding import PlannedFlight
from .pipeline import override_scenario

LIMITS_DBW_M2_MHZ = (-120.0, -110.6)  # the FCC's for emissions out of band, 47 CFR 25.202(k), and its waiver of 2025


@dataclass(frozen=True)
class FluxCost:
    """What a limit leaves: data in Mbit, the share of user slots served, the densest flux; None stands for no limit."""

    limit_dbw_m2_mhz: float | None
    service: Service
    densest_dbw_m2_mhz: float  # -inf where no satellite serves anybody
    objective: Objective = COVERAGE_FIRST  # by which services are better or worse

    @property
    def worth_mbit(self) -> float:
        """Return what is to be large: all data, or what they are worth."""
        return float(self.objective.worth.of(self.service))


def flux_costs(
    result: Result,
    limits: Sequence[float] = LIMITS_DBW_M2_MHZ,
    cache_dir: Path | None = None,
    folder: Path | None = None,
    world: World | None = None,
) -> tuple[FluxCost, ...]:
    """Return what a result's flights bring without a limit and under each of ``limits``, in dBW/m²/MHz.

    In every slot the method's own rule decides association and powers anew; what keeps a strict limit keeps a loose one
    as well, so that the better of both counts and no limit ever seems to help. ``folder`` is where the result lies,
    ``world`` that of its scenario where it is at hand. Raises UndecidedError for a method without a rule, ScenarioError
    for a limit that no scenario may have.
    """
    planned = PlannedFlight.of(result, folder)
    world = build_world(result.scenario, cache_dir=cache_dir) if world is None else world
    found: dict[float | None, FluxCost] = {}
    kept: Decision | None = None
    for limit in (*sorted(set(limits)), None):  # the strictest first
        asked = replace(world, scenario=override_scenario(world.scenario, {"pfd_limit_dbw_m2_mhz": limit}))
        kept = _better(asked, planned.decided(asked), kept)
        densest = float(satellite_flux_dbw_m2_mhz(asked, kept).max(initial=-np.inf))
        found[limit] = FluxCost(limit, Service.of(evaluate(asked, kept)), densest, objective_of(asked.scenario))
    return tuple(found[limit] for limit in (None, *limits))


def _better(world: World, decision: Decision, other: Decision | None) -> Decision:
    """Return the better of two decisions by the scenario's objective, the first of equal ones."""
    if other is None:
        return decision
    one, two = (Service.of(evaluate(world, each)) for each in (decision, other))
    return other if objective_of(world.scenario).better(two, one) else decision
