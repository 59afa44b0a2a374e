"""A finished scheme on disk: ``scenario.json``, ``result.nc`` and ``manifest.json``, like every other result."""

from __future__ import annotations

import json
import platform
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from itnt_core.results import MANIFEST_FILE, RESULT_FILE, SCENARIO_FILE, ResultError, write_text
from itnt_core.results.files import write_atomically
from itnt_core.results.manifest import MANIFEST_VERSION, code_version, package_versions
from itnt_core.scenario import ScenarioError

from .environment import Environment
from .forecast import FORECASTERS, mape
from .scenario import KIND, TwinScenario, dump_twin, read_twin
from .simulate import Rollout, figures

if TYPE_CHECKING:
    import xarray as xr

SYSTEMS = ["tn", "ntn"]


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
    kpis = {**figures(environment, rollout), "method": rollout.scheme, "wall_s": round(wall_s, 3)}
    scenario = environment.scenario
    manifest = {
        "format": "itnt-result", "version": MANIFEST_VERSION, "kind": KIND,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "method": rollout.scheme, "settings": {}, "seed": scenario.seed, "status": "feasible",
        "scenario_hash": scenario.content_hash(), "code_version": code_version(),
        "python": platform.python_version(), "platform": platform.platform(), "packages": package_versions(),
        "traffic_source": environment.demand.source, "forecast_mape": _forecast_errors(environment),
        "kpis": kpis, "violations": list(rollout.faults[:100]),
        "course": [
            {"window": window, "phase": step.phase, "number": step.number, "surrogate_mbit": step.surrogate_mbit,
             "backlog_mbit": step.backlog_mbit, "binary_gap": step.binary_gap}
            for window, step in rollout.course
        ],
    }  # fmt: skip
    return TwinResult(scenario, _dataset(environment, rollout), manifest)


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


def _dataset(environment: Environment, rollout: Rollout) -> xr.Dataset:
    """Return the course as a dataset; dims slot, cycle, user, transmitter, subband, system (tn, ntn), axis."""
    import xarray as xr  # slow to import: who makes and reads results pays, nobody else

    network, per_slot = environment.scenario.network, ("system", "slot", "user")
    per_band, per_power = ("system", "cycle", "subband"), ("cycle", "transmitter", "subband")
    variables = {
        "queue_mbit": (per_slot, rollout.queue_mbit, {"units": "Mbit", "long_name": "at the end of the slot"}),
        "served_mbit": (per_slot, rollout.served_mbit, {"units": "Mbit"}),
        "arrivals_mbit": (("slot", "user"), environment.demand.arrivals_mbit, {"units": "Mbit"}),
        "predicted_mbit": (("cycle", "user"), environment.demand.predicted_mbit, {"units": "Mbit"}),
        "rate_mbit_s": (("system", "cycle", "user"), rollout.rate_mbit_s, {"units": "Mbit/s"}),
        "steering": (("cycle", "user"), rollout.steering, {"long_name": "part of the arrivals to base stations"}),
        "planned_steering": (("cycle", "user"), rollout.planned_steering, {"long_name": "before the refinement"}),
        "power": (per_power, rollout.power, {"long_name": "of the cap"}),
        "planned_power": (per_power, rollout.planned_power, {"long_name": "of the cap, before the refinement"}),
        "share": (("cycle", "transmitter", "user", "subband"), rollout.share, {"long_name": "of the resource blocks"}),
        "mask": (per_band, rollout.mask, {"long_name": "may use the sub-band"}),
        "active": (per_band, rollout.active, {"long_name": "sends on the sub-band"}),
        "load_mbit_s": (per_band, rollout.load_mbit_s, {"units": "Mbit/s", "long_name": "what links could carry"}),
        "interference_to_noise": (("system", "cycle"), rollout.interference_to_noise, {"long_name": "from the other"}),
        "gain": (("transmitter", "user", "cycle"), environment.gain, {"long_name": "SNR at the cap, as it is"}),
        "predicted_gain": (("transmitter", "user", "cycle"), environment.predicted, {"long_name": "as predicted"}),
        "position_m": (("cycle", "user", "axis"), environment.positions_m, {"units": "m"}),
        "satellite_m": (("cycle", "satellite", "axis"), environment.sky.position_m, {"units": "m"}),
        "elevation_deg": (("cycle", "satellite"), environment.sky.elevation_deg, {"units": "deg"}),
    }  # fmt: skip
    return xr.Dataset(
        variables,
        coords={
            "system": SYSTEMS,
            "slot": np.arange(1, rollout.backlog_mbit.size + 1),
            "cycle": np.arange(1, environment.scenario.cycles + 1),
            "user": [user.id for user in network.ground_users],
            "transmitter": list(environment.transmitter_ids),
            "satellite": list(environment.sky.station_ids),
            "subband": np.arange(1, network.radio.subchannels + 1),
            "axis": ["east", "north", "up"],
        },
        attrs={"format_version": 1, "scheme": rollout.scheme},
    )


def save_twin_result(folder: Path, result: TwinResult) -> None:
    """Write a result into a folder; the manifest comes last, so a folder with a manifest is complete."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MANIFEST_FILE).unlink(missing_ok=True)
    write_text(folder / SCENARIO_FILE, dump_twin(result.scenario))
    packing = {str(name): {"zlib": True, "complevel": 4} for name in result.dataset.data_vars}
    write_atomically(
        folder / RESULT_FILE, lambda target: result.dataset.to_netcdf(target, engine="netcdf4", encoding=packing)
    )
    write_text(folder / MANIFEST_FILE, json.dumps(result.manifest, indent=2, allow_nan=False) + "\n")


def load_twin_result(folder: Path) -> TwinResult:
    """Read a result folder; raises :class:`ResultError` with one sentence when a file is missing or broken."""
    import xarray as xr  # slow to import: who makes and reads results pays, nobody else

    try:
        scenario = read_twin(folder / SCENARIO_FILE, stored=True)
        manifest = json.loads((folder / MANIFEST_FILE).read_text(encoding="utf-8"))
        dataset = xr.load_dataset(folder / RESULT_FILE, engine="netcdf4")
    except ScenarioError as error:
        raise ResultError(f"The scenario of the result '{folder.name}' cannot be read: {error}") from error
    except (OSError, ValueError) as error:
        raise ResultError(f"The result '{folder.name}' is not complete or not readable ({error}).") from error
    if not isinstance(manifest, dict) or not isinstance(manifest.get("kpis"), dict):
        raise ResultError(f"The manifest of the result '{folder.name}' holds no figures.")
    return TwinResult(scenario, dataset, manifest)
