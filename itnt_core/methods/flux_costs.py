"""What limits of power flux density cost: the same flights, links and powers decided anew under each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from itnt_core.network import World, build_world, evaluate, satellite_flux_dbw_m2_mhz
from itnt_core.objective import Service
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


def flux_costs(
    result: Result,
    limits: Sequence[float] = LIMITS_DBW_M2_MHZ,
    cache_dir: Path | None = None,
    folder: Path | None = None,
    world: World | None = None,
) -> tuple[FluxCost, ...]:
    """Return what a result's flights bring without a limit and under each of ``limits``, in dBW/m²/MHz.

    In every slot the method's own rule decides association and powers anew; ``folder`` is where the result lies,
    ``world`` that of its scenario where it is at hand. Raises UndecidedError for a method without a rule, ScenarioError
    for a limit that no scenario may have.
    """
    planned = PlannedFlight.of(result, folder)
    world = build_world(result.scenario, cache_dir=cache_dir) if world is None else world
    return tuple(_cost(planned, world, limit) for limit in (None, *limits))


def _cost(planned: PlannedFlight, world: World, limit: float | None) -> FluxCost:
    asked = replace(world, scenario=override_scenario(world.scenario, {"pfd_limit_dbw_m2_mhz": limit}))
    decision = planned.decided(asked)
    densest = satellite_flux_dbw_m2_mhz(asked, decision).max(initial=-np.inf)
    return FluxCost(limit, Service.of(evaluate(asked, decision)), float(densest))
