"""A finished scheme on disk: ``scenario.json``, ``result.nc`` and ``manifest.json``, like every other result."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from math import nan
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from itnt_core.disk import shown_path
from itnt_core.results import (
    KIND_KEY,
    LabelledArrays,
    ResultError,
    check_sizes,
    given_arrays,
    late_dataset,
    need_variable,
    provenance,
    read_parts,
    sealed,
    write_parts,
)
from itnt_core.twin.traffic.forecast import FORECASTERS, mape

from .certificate import bound_figures, why_no_bound
from .environment import Environment
from .figures import TWIN_FIGURES
from .names import SCHEME_TITLES, WITHOUT_TWIN
from .scenario import KIND, TwinScenario, format_twin, twin_of_bytes
from .simulate import Rollout, figures

if TYPE_CHECKING:
    import xarray as xr

SYSTEMS = ["tn", "ntn"]
COURSE = ("window", "phase", "number", "surrogate_mbit", "backlog_mbit", "binary_gap")
_PER_SLOT, _PER_BAND = ("system", "slot", "user"), ("system", "cycle", "subband")
_PER_POWER, _PER_LINK = ("cycle", "transmitter", "subband"), ("transmitter", "user", "cycle")
VARIABLES: dict[str, tuple[str, ...]] = {
    "queue_mbit": _PER_SLOT,
    "served_mbit": _PER_SLOT,
    "arrivals_mbit": ("slot", "user"),
    "predicted_mbit": ("cycle", "user"),
    "rate_mbit_s": ("system", "cycle", "user"),
    "steering": ("cycle", "user"),
    "planned_steering": ("cycle", "user"),
    "power": _PER_POWER,
    "planned_power": _PER_POWER,
    "share": ("cycle", "transmitter", "user", "subband"),
    "mask": _PER_BAND,
    "active": _PER_BAND,
    "load_mbit_s": _PER_BAND,
    "interference_to_noise": ("system", "cycle"),
    "gain": _PER_LINK,
    "predicted_gain": _PER_LINK,
    "position_m": ("cycle", "user", "axis"),
    "satellite_m": ("cycle", "satellite", "axis"),
    "elevation_deg": ("cycle", "satellite"),
}

# What results from before it was kept lack, and open without.
NEWER: dict[str, tuple[str, ...]] = {"planned_share": ("cycle", "transmitter", "user", "subband")}

# Only where the twin learns from reports.
LEARNING: dict[str, tuple[str, ...]] = {
    "report_cycle": ("report",),
    "report_transmitter": ("report",),
    "report_user": ("report",),
    "report_residual_db": ("report",),
    "report_interval_db": ("report", "end"),
    "estimated_place_sigma_db": ("transmitter",),
    "estimated_distance_m": ("transmitter",),
    "estimated_report_sigma_db": ("transmitter",),
}


@late_dataset
@dataclass(frozen=True, eq=False)
class TwinResult:
    """A finished scheme: the question, the labelled course, and how it came about."""

    scenario: TwinScenario
    dataset: xr.Dataset
    manifest: dict[str, Any]

    @property
    def kpis(self) -> dict[str, Any]:
        """Return the figures that ``python -m itnt_core twin run`` prints."""
        return dict(self.manifest["kpis"])


def make_result(environment: Environment, rollout: Rollout, wall_s: float) -> TwinResult:
    """Put a roll-out into labelled arrays with units, and its provenance beside it."""
    found = figures(environment, rollout)
    bound = bound_figures(environment, rollout.scheme, found["objective_mbit"])
    kpis = {**found, **bound, "method": rollout.scheme, "wall_s": round(wall_s, 3)}
    scenario = environment.scenario
    manifest = provenance(scenario, kpis, {}, rollout.faults) | {
        KIND_KEY: KIND,
        **origin(environment),
        "no_bound": why_no_bound(environment, rollout.scheme),
        "course": [
            {
                "window": window,
                "phase": step.phase,
                "number": step.number,
                "surrogate_mbit": step.surrogate_mbit,
                "backlog_mbit": step.backlog_mbit,
                "binary_gap": step.binary_gap,
            }
            for window, step in rollout.course
        ],
    }
    arrays = labelled_course(environment, rollout)
    return TwinResult(scenario, arrays.later(), sealed(manifest, arrays))


def origin(environment: Environment) -> dict[str, Any]:
    """Return where the traffic comes from, and how well each forecaster predicts it."""
    return {"traffic_source": environment.demand.source, "forecast_mape": _forecast_errors(environment)}


def _forecast_errors(environment: Environment) -> dict[str, float | None]:
    """Return each forecaster's mean absolute percentage error over the day before the run, as fractions."""
    history = environment.demand.history
    found = {}
    for name in FORECASTERS:
        if name == "own_file" and history.own is None:
            continue
        error = mape(history, name)
        found[name] = error if np.isfinite(error) else None
    return found


def to_dataset(environment: Environment, rollout: Rollout) -> xr.Dataset:
    """Return the course as a dataset."""
    return labelled_course(environment, rollout).to_dataset()


def labelled_course(environment: Environment, rollout: Rollout) -> LabelledArrays:
    """Return the arrays of the course; dims slot, cycle, user, transmitter, subband, system (tn, ntn), axis."""
    network = environment.scenario.network
    values: dict[str, tuple[Any, dict[str, str]]] = {
        "queue_mbit": (rollout.queue_mbit, {"units": "Mbit", "long_name": "at the end of the slot"}),
        "served_mbit": (rollout.served_mbit, {"units": "Mbit"}),
        "arrivals_mbit": (environment.demand.arrivals_mbit, {"units": "Mbit"}),
        "predicted_mbit": (environment.demand.predicted_mbit, {"units": "Mbit"}),
        "rate_mbit_s": (rollout.rate_mbit_s, {"units": "Mbit/s"}),
        "steering": (rollout.steering, {"long_name": "part of the arrivals to base stations"}),
        "planned_steering": (rollout.planned_steering, {"long_name": "before the refinement"}),
        "power": (rollout.power, {"long_name": "of the cap"}),
        "planned_power": (rollout.planned_power, {"long_name": "of the cap, before the refinement"}),
        "share": (rollout.share, {"long_name": "of the resource blocks"}),
        "mask": (rollout.mask, {"long_name": "may use the sub-band"}),
        "active": (rollout.active, {"long_name": "sends on the sub-band"}),
        "load_mbit_s": (rollout.load_mbit_s, {"units": "Mbit/s", "long_name": "what links could carry"}),
        "interference_to_noise": (rollout.interference_to_noise, {"long_name": "from the other"}),
        "gain": (environment.gain, {"long_name": "SNR at the cap, as it is"}),
        "predicted_gain": (rollout.believed, {"long_name": "as predicted"}),
        "position_m": (environment.positions_m, {"units": "m"}),
        "satellite_m": (environment.sky.position_m, {"units": "m"}),
        "elevation_deg": (environment.sky.elevation_deg, {"units": "deg"}),
    }
    if rollout.planned_share is not None:
        values["planned_share"] = (
            rollout.planned_share,
            {"long_name": "of the resource blocks, before the refinement"},
        )
    values |= _learned(rollout)
    return LabelledArrays(
        {name: (dims, *values[name]) for name, dims in (VARIABLES | NEWER | LEARNING).items() if name in values},
        {
            "system": SYSTEMS,
            "slot": np.arange(1, rollout.backlog_mbit.size + 1),
            "cycle": np.arange(1, environment.scenario.cycles + 1),
            "user": [user.id for user in network.ground_users],
            "transmitter": list(environment.transmitter_ids),
            "satellite": list(environment.sky.station_ids),
            "subband": np.arange(1, network.radio.subchannels + 1),
            "axis": ["east", "north", "up"],
        },
        {"format_version": 1, "scheme": rollout.scheme},
    )


def _learned(rollout: Rollout) -> dict[str, tuple[Any, dict[str, str]]]:
    """Return what the twin heard and found out, by variable; nothing where it does not learn."""
    reports = rollout.reports
    if reports is None:
        return {}
    found = [
        (nan, nan, nan) if one is None else (one.place_sigma_db, one.distance_m, one.report_sigma_db)
        for one in rollout.estimates
    ]
    place, distance, noise = np.array(found).reshape(-1, 3).T
    return {
        "report_cycle": (reports.cycle + 1, {"long_name": "number of the cycle"}),
        "report_transmitter": (reports.transmitter, {"long_name": "position in the axis transmitter, from 0"}),
        "report_user": (reports.user, {"long_name": "position in the axis user, from 0"}),
        "report_residual_db": (reports.residual_db, {"units": "dB", "long_name": "reported over predicted by physics"}),
        "report_interval_db": (reports.interval_db, {"units": "dB", "long_name": "where nine tenths should lie"}),
        "estimated_place_sigma_db": (place, {"units": "dB", "long_name": "of what belongs to a place, learned"}),
        "estimated_distance_m": (distance, {"units": "m", "long_name": "over which that is alike, learned"}),
        "estimated_report_sigma_db": (noise, {"units": "dB", "long_name": "of each report, learned"}),
    }


def write_twin_result(folder: Path, result: TwinResult) -> None:
    """Put a result into a folder in place of the old one, which survives anything until then (ResultError)."""
    write_parts(folder, format_twin(result.scenario), given_arrays(result), result.manifest)


def read_twin_result(folder: Path) -> TwinResult:
    """Read a result folder; raises :class:`ResultError` with one sentence when something is missing or broken."""
    result = TwinResult(*read_parts(folder, partial(twin_of_bytes, stored=True), KIND, TWIN_FIGURES))
    _check(folder.name, result)
    return result


def _check(name: str, result: TwinResult) -> None:
    """Raise ResultError where an array or the course is missing or does not fit the scenario."""
    for variable, dims in VARIABLES.items():
        need_variable(name, result.dataset, variable, dims, "biuf")
    for variable, dims in NEWER.items():
        if variable in result.dataset:
            need_variable(name, result.dataset, variable, dims, "biuf")
    scenario = result.scenario
    learns = scenario.learning.from_reports and result.manifest["kpis"].get("scheme") not in WITHOUT_TWIN
    for variable, dims in LEARNING.items() if learns else ():
        need_variable(name, result.dataset, variable, dims, "biuf")
    sizes = {"system": len(SYSTEMS), "cycle": scenario.cycles, "slot": scenario.network.time.slots, "axis": 3}
    users, bands = len(scenario.network.ground_users), scenario.network.radio.subchannels
    check_sizes(name, result.dataset, {**sizes, "user": users, "subband": bands})
    for coordinate in ("user", "transmitter", "satellite"):
        need_variable(name, result.dataset, coordinate, (coordinate,), "UOT")
    course = result.manifest.get("course")
    whole = isinstance(course, list) and all(isinstance(step, dict) and {*COURSE} <= {*step} for step in course)
    if not whole or result.manifest["kpis"].get("scheme") not in SCHEME_TITLES:
        raise ResultError(
            f"The manifest of the result '{shown_path(name)}' lacks its course or its scheme: compute it again."
        )
