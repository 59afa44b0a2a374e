"""A result on disk: ``scenario.json``, ``result.nc`` and ``manifest.json`` in one folder."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from itnt_core.scenario import Scenario, ScenarioError, dump_scenario, read_scenario

if TYPE_CHECKING:
    import xarray as xr

SCENARIO_FILE, RESULT_FILE, MANIFEST_FILE = "scenario.json", "result.nc", "manifest.json"


class ResultError(ValueError):
    """A result folder that cannot be read."""


@dataclass(frozen=True, eq=False)
class Result:
    """A finished run: the question, the labelled answer, and how it came about."""

    scenario: Scenario
    dataset: xr.Dataset
    manifest: dict[str, Any]

    @property
    def kpis(self) -> dict[str, Any]:
        """Return the headline figures, as ``python -m itnt_core run`` prints them."""
        return dict(self.manifest["kpis"])


def write_atomically(path: Path, write: Callable[[Path], object]) -> None:
    """Write a file under a temporary name beside it, flush it to disk and rename it into place."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        write(temporary)
        with temporary.open("rb") as handle:
            os.fsync(handle.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text so that a reader sees the old file or the new one, never half."""
    write_atomically(path, lambda target: target.write_text(text, encoding="utf-8"))


def write_bytes(path: Path, content: bytes) -> None:
    """Write bytes so that a reader sees the old file or the new one, never half."""
    write_atomically(path, lambda target: target.write_bytes(content))


def save_result(folder: Path, result: Result) -> None:
    """Write a result into a folder; the manifest comes last, so a folder with a manifest is complete."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MANIFEST_FILE).unlink(missing_ok=True)
    write_text(folder / SCENARIO_FILE, dump_scenario(result.scenario, "json"))
    packing = {str(name): {"zlib": True, "complevel": 4} for name in result.dataset.data_vars if name != "station_kind"}
    write_atomically(
        folder / RESULT_FILE, lambda target: result.dataset.to_netcdf(target, engine="netcdf4", encoding=packing)
    )
    write_text(folder / MANIFEST_FILE, json.dumps(result.manifest, indent=2, allow_nan=False) + "\n")


def load_result(folder: Path) -> Result:
    """Read a result folder; raises :class:`ResultError` with one sentence when a file is missing or broken."""
    import xarray as xr  # slow to import: who makes and reads results pays, nobody else

    try:
        scenario = read_scenario(folder / SCENARIO_FILE, stored=True)
        manifest = json.loads((folder / MANIFEST_FILE).read_text(encoding="utf-8"))
        dataset = xr.load_dataset(folder / RESULT_FILE, engine="netcdf4")
    except ScenarioError as error:
        raise ResultError(f"The scenario of the result '{folder.name}' cannot be read: {error}") from error
    except (OSError, ValueError) as error:
        raise ResultError(f"The result '{folder.name}' is not complete or not readable ({error}).") from error
    if not isinstance(manifest, dict) or not isinstance(manifest.get("kpis"), dict):
        raise ResultError(f"The manifest of the result '{folder.name}' holds no figures.")
    return Result(scenario, dataset, manifest)
