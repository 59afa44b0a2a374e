"""Whether a stored result of spectrum sharing is what its question and its decisions give, and is as it was made.

The world is built anew and the stored decisions are played in it: queues, service, loads, interference, figures and
broken constraints are recomputed. Nothing is planned anew: the plans, their course and their times are sealed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from itnt_core.arrays import Array
from itnt_core.results import (
    ONLY_SEALED,
    ResultError,
    Verification,
    array_mismatches,
    figure_mismatches,
    is_sealed,
    seal_findings,
    split_by_definition,
    status_of,
)
from itnt_core.twin.planning.window import Plan, Window

from .certificate import bound_figures, gap_of
from .deciding import believed_gain, links_served
from .environment import Environment, build_environment, window_of
from .names import IGNORES_SHARED_MOST, WITHOUT_TWIN
from .result import TwinResult, origin, to_dataset
from .rollout import carried_by_subband, interference_to_noise, play_cycle
from .simulate import Rollout, cycle_faults, figures, learned, sending

if TYPE_CHECKING:
    import xarray as xr

NOISE = 1e-10  # of an array's greatest value: what rounding leaves of a queue that is served to its end
TIMES = ("plan_s", "refine_s_per_cycle")


@dataclass(frozen=True)
class Fault:
    """A constraint of spectrum sharing that a stored decision breaks."""

    sentence: str


def verify_twin_result(
    result: TwinResult,
    cache_dir: Path | None = None,
    environment: Environment | None = None,
    recompute_bound: bool = False,
) -> Verification:
    """Play a result's stored decisions in its question's world and compare everything with what was stored.

    ``environment`` saves building the world again. The bound is proved anew where that is asked for; otherwise the
    stored one counts, and the gap to it is recomputed. Raises :class:`ResultError` when the decisions do not fit.
    """
    environment = environment or build_environment(result.scenario, cache_dir=cache_dir)
    rollout = replay(environment, result)
    kpis = _figures(environment, rollout, result.kpis, recompute_bound)
    differing = figure_mismatches(result.kpis, kpis)
    differing |= array_mismatches(result.dataset, to_dataset(environment, rollout), NOISE)
    differing |= _provenance(environment, rollout, result)
    mismatches, notes = split_by_definition(result.manifest, differing)
    wrong, unknown = seal_findings(result.manifest, result.dataset, (*ONLY_SEALED, "plans", "course"))
    faults = [Fault(f"Broken: {fault}.") for fault in rollout.faults]
    return Verification(kpis, faults, mismatches + wrong, notes + unknown, is_sealed(result.manifest))


def _figures(
    environment: Environment, rollout: Rollout, stored: Mapping[str, Any], recompute_bound: bool
) -> dict[str, Any]:
    """Return the figures of a replay, with the times as they were stored: only the seal covers those."""
    times = {name: stored.get(name) for name in (*TIMES, "wall_s")}
    found = figures(environment, rollout)
    bound: dict[str, Any] = {name: stored[name] for name in ("bound_mbit", "gap") if name in stored}
    if recompute_bound:
        bound = bound_figures(environment, rollout.scheme, found["objective_mbit"])
    elif isinstance(bound.get("bound_mbit"), float):
        bound["gap"] = gap_of(found["objective_mbit"], bound["bound_mbit"])
    return {**found, **bound, "method": rollout.scheme, **times}


def _provenance(environment: Environment, rollout: Rollout, result: TwinResult) -> dict[str, str]:
    """Return what the manifest says otherwise than the question and the decisions."""
    manifest = result.manifest
    computed = {
        "seed": result.scenario.seed,
        "status": status_of({"method": rollout.scheme}, {}, rollout.faults),
        **origin(environment),
    }
    if not is_sealed(manifest):
        del computed["status"]  # older programs called every answer feasible
    errors, stored_errors = computed.pop("forecast_mape"), manifest.get("forecast_mape")
    found = figure_mismatches(manifest, computed)
    found |= figure_mismatches(stored_errors if isinstance(stored_errors, dict) else {}, errors, "forecast error of ")
    if manifest.get("scenario_hash") != result.scenario.content_hash():
        found["scenario_hash"] = "The scenario is not the one the result was computed from (its hash differs)."
    return {f"manifest {name}": sentence for name, sentence in found.items()}


def replay(environment: Environment, result: TwinResult) -> Rollout:
    """Return the course that the stored decisions lead to (ResultError when they do not fit the world)."""
    plans, scheme = _decisions(environment, result.dataset), str(result.manifest["method"])
    scenario = environment.scenario
    queue, per = np.zeros((2, environment.users)), scenario.sharing.slots_per_cycle
    windows, played, at, faults, believed = [], [], [], [], []
    listener = None if scheme in WITHOUT_TWIN else environment.listener()
    for cycle in range(scenario.cycles):
        if cycle % scenario.sharing.cycles_per_window == 0:
            whole = slice(cycle, cycle + scenario.sharing.cycles_per_window)
            believed.append(believed_gain(environment, listener, whole))
        window, plan = _cycle(environment, plans, cycle, queue)
        if scheme in IGNORES_SHARED_MOST:
            window = replace(window, shared_most=window.subbands)
        served = play_cycle(window, plan, environment.demand.arrivals_mbit[cycle * per :][:per])
        queue = served.queue_mbit[:, -1]
        faults += cycle_faults(window, plan, cycle)
        windows.append(window)
        at.append(plan)
        # Nobody plans after the last cycle, so that nobody asks for its reports.
        if listener is not None and cycle < scenario.cycles - 1:
            listener.hear(cycle, *links_served(window, plan))
        played.append(served)
    pairs = list(zip(windows, at, strict=True))
    learning = learned(listener)
    return Rollout(
        scheme=scheme,
        queue_mbit=np.concatenate([served.queue_mbit for served in played], axis=1),
        served_mbit=np.concatenate([served.served_mbit for served in played], axis=1),
        rate_mbit_s=np.stack([served.rate_mbit_s for served in played], axis=1),
        planned_share=plans.pop("planned_share", None),
        **plans,
        active=sending(plans["power"], environment.stations),
        load_mbit_s=np.stack([carried_by_subband(*pair)[:, :, 0] for pair in pairs], axis=1),
        interference_to_noise=np.stack([interference_to_noise(*pair)[:, 0] for pair in pairs], axis=1),
        course=(),
        faults=tuple(faults),
        believed=np.concatenate(believed, axis=2),
        reports=learning["reports"],
        estimates=learning["estimates"],
        plan_s=0.0,
        refine_s=(),
    )


def _decisions(environment: Environment, dataset: xr.Dataset) -> dict[str, Array]:
    """Return the arrays that were decided, in the world's shapes and finite (ResultError)."""
    scenario, users = environment.scenario, environment.users
    cycles, bands = scenario.cycles, scenario.network.radio.subchannels
    per_power = (cycles, environment.transmitters, bands)
    shapes = {
        "power": per_power,
        "planned_power": per_power,
        "share": (cycles, environment.transmitters, users, bands),
        "steering": (cycles, users),
        "planned_steering": (cycles, users),
        "mask": (2, cycles, bands),
    }
    if "planned_share" in dataset:
        shapes["planned_share"] = shapes["share"]
    found: dict[str, Array] = {name: dataset[name].values.astype(float) for name in shapes if name in dataset}
    for name, shape in shapes.items():
        if name not in found or found[name].shape != shape or not np.isfinite(found[name]).all():
            raise ResultError(
                f"The stored decision does not fit its scenario: its '{name}' is missing, of another shape or holds "
                f"what is no number, but {' x '.join(map(str, shape))} finite numbers are needed."
            )
    return found


def _cycle(environment: Environment, plans: Mapping[str, Array], cycle: int, queue: Array) -> tuple[Window, Plan]:
    """Return one cycle as it was, with the links that get a share, and what was decided for it."""
    share = plans["share"][cycle]  # (transmitters, users, subbands)
    # Transmitters of the ground come first.
    transmitter, user = np.nonzero(share.any(axis=2))
    window = window_of(
        environment,
        environment.gain[:, :, cycle : cycle + 1],
        environment.arrivals_mbit[cycle : cycle + 1],
        queue[0],
        queue[1],
        environment.visible[cycle],
    )
    plan = Plan(
        power=plans["power"][cycle][:, :, None],
        share=share[transmitter, user][:, :, None],
        steering=plans["steering"][cycle][:, None],
        mask_tn=plans["mask"][0, cycle][:, None],
        mask_ntn=plans["mask"][1, cycle][:, None],
    )
    return replace(window, link_transmitter=transmitter, link_user=user), plan
