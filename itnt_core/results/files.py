"""A result on disk: ``scenario.json``, ``result.nc`` and ``manifest.json`` in one folder."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from itnt_core.data_folder import own_result_folders
from itnt_core.disk import shown_path
from itnt_core.scenario import Scenario, ScenarioError, format_scenario, scenario_of_bytes

from .arrays import pack, unpack
from .checking import check_arrays, check_choices, check_figures
from .errors import ResultError
from .exchange import FILES, exchange, read_stored
from .figures import DATA_FIGURES, DATA_SERVICE, Figure, study_name
from .labelled import LabelledArrays, given_arrays, late_dataset

if TYPE_CHECKING:
    import xarray as xr

Question = TypeVar("Question")


@late_dataset
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


def write_result(folder: Path, result: Result) -> None:
    """Put a result into a folder in place of the old one, which survives anything until then (ResultError)."""
    write_parts(folder, format_scenario(result.scenario, "json"), given_arrays(result), result.manifest)


def read_result(folder: Path, *, is_confined: bool = False) -> Result:
    """Read a result folder; raises :class:`ResultError` with one sentence when something is missing or broken.

    Its numbers may still be wrong: :func:`~itnt_core.results.verify_result` judges them. ``is_confined`` is for a
    process that can be lost (:mod:`itnt_core.apart`), which reads arrays of unknown origin itself.
    """
    read = partial(scenario_of_bytes, stored=True)
    result = Result(*read_parts(folder, read, DATA_SERVICE, DATA_FIGURES, is_confined=is_confined))
    check_arrays(folder.name, result.scenario, result.dataset)
    return result


def read_drawable(folder: Path, *, is_confined: bool = False) -> Result:
    """Read a result folder whose decision names only what its scenario has (ResultError): it can be drawn."""
    result = read_result(folder, is_confined=is_confined)
    check_choices(folder.name, result.dataset)
    return result


def write_parts(folder: Path, scenario: str, arrays: xr.Dataset | LabelledArrays, manifest: Mapping[str, Any]) -> None:
    """Exchange scenario, arrays and manifest of a result of any kind of study (ResultError)."""
    exchange(folder, scenario.encode("utf-8"), pack(arrays), manifest)


def read_parts(
    folder: Path,
    read: Callable[[bytes], Question],
    study: str,
    figures: Iterable[Figure],
    *,
    is_confined: bool = False,
) -> tuple[Question, xr.Dataset, dict[str, Any]]:
    """Read scenario, arrays and manifest of a result of one kind of study, which has these figures (ResultError)."""
    stored = read_stored(folder)
    name = shown_path(folder.name)
    found = study_name(stored.manifest)
    if found != study:
        raise ResultError(f"The result '{name}' is of {found[:40]}, but one of {study} is needed here.")
    check_figures(folder.name, stored.manifest, figures)
    try:
        scenario = read(stored.scenario)
    except ScenarioError as error:
        raise ResultError(f"The scenario of the result '{name}' cannot be read: {error}") from error
    manifest = {key: value for key, value in stored.manifest.items() if key != FILES}
    return scenario, unpack(folder, stored, own_result_folders(), is_confined=is_confined), manifest
