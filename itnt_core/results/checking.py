"""Whether what was read is a result at all: its figures, its arrays, and whom its decision names.

The numbers themselves are judged by :mod:`itnt_core.results.verify`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from itnt_core.disk import shown_path
from itnt_core.scenario import Scenario

from .errors import ResultError
from .figures import Figure, is_number

if TYPE_CHECKING:
    import xarray as xr

TEXTS = ("method", "created", "status", "scenario_hash", "code_version")
# Dims of every variable of a data-service result, and whether it is whole numbers, numbers or text.
VARIABLES: dict[str, tuple[tuple[str, ...], str]] = {
    "serving_station": (("slot", "user"), "iu"),
    "serving_subchannel": (("slot", "user"), "iu"),
    "power_w": (("slot", "station", "subchannel"), "iuf"),
    "position_m": (("waypoint", "aerial_user", "axis"), "iuf"),
    "station_kind": (("station",), "UOT"),
    "station_position_m": (("slot", "station", "axis"), "iuf"),
    "ground_position_m": (("ground_user", "axis"), "iuf"),
    "elevation_deg": (("slot", "station"), "iuf"),
    "azimuth_deg": (("slot", "station"), "iuf"),
    "sinr_active_db": (("slot", "user"), "iuf"),
    "sinr_always_on_db": (("slot", "user"), "iuf"),
    "rate_active_mbit_s": (("slot", "user"), "iuf"),
    "rate_always_on_mbit_s": (("slot", "user"), "iuf"),
    "signal_w": (("slot", "user"), "iuf"),
    "interference_w": (("slot", "user", "station"), "iuf"),
    "energy_j": (("slot", "aerial_user"), "iuf"),
    "time_s": (("slot",), "iuf"),
}


def check_figures(name: str, manifest: Mapping[str, Any], figures: Iterable[Figure]) -> None:
    """Raise ResultError where the manifest lacks a figure that is needed, or has one as something else."""
    kpis = manifest["kpis"]
    wrong = [
        figure.key
        for figure in figures
        if (figure.is_needed or kpis.get(figure.key) is not None) and not is_number(kpis.get(figure.key))
    ]
    wrong += [key for key in TEXTS if not isinstance(manifest.get(key), str)]
    kinds = {"settings": dict, "violations": list, "packages": dict, "seed": int}
    wrong += [key for key, kind in kinds.items() if not isinstance(manifest.get(key), kind)]
    wrong += ["method"] if not isinstance(kpis.get("method"), str) else []
    if wrong:
        raise ResultError(
            f"The manifest of the result '{shown_path(name)}' lacks its {', '.join(dict.fromkeys(wrong))}, or holds "
            "something else there: compute it again."
        )


def check_arrays(name: str, scenario: Scenario, dataset: xr.Dataset) -> None:
    """Raise ResultError where an array of a data-service result is missing or does not fit its scenario."""
    for variable, (dims, kinds) in VARIABLES.items():
        need_variable(name, dataset, variable, dims, kinds)
    sizes = {
        "slot": scenario.time.slots,
        "waypoint": scenario.time.slots + 1,
        "subchannel": scenario.radio.subchannels,
        "user": len(scenario.user_ids),
        "aerial_user": len(scenario.aerial_users),
        "ground_user": len(scenario.ground_users),
        "axis": 3,
    }
    check_sizes(name, dataset, sizes)
    for coordinate in ("user", "aerial_user", "ground_user", "station"):
        need_variable(name, dataset, coordinate, (coordinate,), "UOT")


def need_variable(name: str, dataset: xr.Dataset, variable: str, dims: tuple[str, ...], kinds: str) -> None:
    """Raise ResultError unless a dataset has a variable with these dims and one of these kinds of type."""
    if variable not in dataset.variables:
        what = "is missing"
    elif dataset[variable].dims != dims:
        what = f"runs over {', '.join(map(str, dataset[variable].dims)) or 'nothing'}, not over {', '.join(dims)}"
    elif dataset[variable].dtype.kind not in kinds:
        what = f"holds {dataset[variable].dtype}, which is not its type"
    else:
        return
    raise ResultError(
        f"The result '{shown_path(name)}' cannot be used: its variable '{variable}' {what}. Compute it again."
    )


def check_sizes(name: str, dataset: xr.Dataset, sizes: Mapping[str, int]) -> None:
    """Raise ResultError where a dimension is not as long as the scenario says."""
    for dim, size in sizes.items():
        if dataset.sizes[dim] != size:
            raise ResultError(
                f"The result '{shown_path(name)}' does not fit its scenario: it has {dataset.sizes[dim]} of {dim}, the "
                f"scenario {size}. Compute it again."
            )


def check_choices(name: str, dataset: xr.Dataset) -> None:
    """Raise ResultError where the decision names a station or a subchannel that is not there, or a place is none."""
    for variable, dim in (("serving_station", "station"), ("serving_subchannel", "subchannel")):
        chosen, most = dataset[variable].values, dataset.sizes[dim]
        wrong = chosen[(chosen < -1) | (chosen >= most)]
        if wrong.size:
            raise ResultError(
                f"The result '{shown_path(name)}' cannot be drawn: its {variable} is {int(wrong[0])} somewhere, but "
                f"-1 to {most - 1} are allowed. Compute it again."
            )
    for variable in ("position_m", "station_position_m", "ground_position_m"):
        if not all(map(math.isfinite, dataset[variable].values.ravel())):
            raise ResultError(
                f"The result '{shown_path(name)}' cannot be drawn: its {variable} holds a place that is no number. "
                "Compute it again."
            )
