"""Data service: base stations and satellites serve aerial and ground users; association, flights and powers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from itnt_core.results import (
    DATA_FIGURES,
    DATA_SERVICE,
    Result,
    Verification,
    read_drawable,
    verify_result,
    write_result,
)
from itnt_core.scenario import SCENARIO_LIMITS, Scenario, format_scenario, scenario_of_data

from .base import Prepared

if TYPE_CHECKING:
    from itnt_core.methods import MethodSettings, Notify
    from itnt_core.report import Document, Source


class DataService:
    """The study of the first paper; its methods are those of :mod:`itnt_core.methods`."""

    name = DATA_SERVICE
    asks_for = "a method"
    figures = DATA_FIGURES
    limits = SCENARIO_LIMITS
    row_dims: tuple[str, ...] = ("slot", "user")
    own_files: tuple[str, ...] = ("policy.pt", "story.json", "promise.json")
    question_type = Scenario

    def methods(self) -> Mapping[str, str]:
        """Return key and title of every method."""
        from itnt_core.methods import METHODS  # slow to import, and workers only take from the queue

        return {method.key: method.title for method in METHODS.values()}

    def parse(self, data: Any, *, stored: bool = False) -> Scenario:
        """Build a scenario from plain data with every check done (ScenarioError)."""
        return scenario_of_data(data, stored=stored)

    def format(self, question: Scenario) -> str:
        """Return a scenario as JSON text."""
        return format_scenario(question, "json")

    def change(
        self, question: Scenario, method: str, values: Mapping[str, Any], seed: int | None
    ) -> tuple[Scenario, dict[str, Any]]:
        """Return the scenario with its fields replaced, and the method's settings (SettingsError, ScenarioError)."""
        from itnt_core.methods import find_method, override_scenario, split_overrides

        settings, fields = split_overrides(find_method(method), values)
        return override_scenario(question, fields if seed is None else fields | {"seed": seed}), settings

    def prepare(self, question: Scenario, method: str, seed: int | None, settings: Mapping[str, Any]) -> Prepared:
        """Return what a run is asked, with the method's settings complete (SettingsError)."""
        from itnt_core.methods import find_method, settings_of

        chosen = find_method(method)
        checked = settings_of(chosen, settings)
        values = checked.model_dump(mode="json")
        work, slots = work_of(question, checked), question.time.slots
        return Prepared(question, method, chosen.title, values, seed, work, slots, entries_of(question))

    def check_world(self, question: Scenario, cache_dir: Path | None) -> None:
        """Build the world: raises what city, sky or channel refuse (ScenarioError)."""
        from itnt_core.network import build_world

        build_world(question, cache_dir=cache_dir)

    def run(
        self,
        question: Scenario,
        method: str,
        seed: int | None,
        settings: Mapping[str, Any],
        notify: Notify,
        cache_dir: Path | None,
        folder: Path | None,
    ) -> Result:
        """Answer a scenario with a method, judge the answer and bound it."""
        from itnt_core.methods import optimise

        return optimise(question, method, seed, settings, notify, cache_dir, folder)

    def save(self, folder: Path, result: Result) -> None:
        """Put a result into a folder (ResultError)."""
        write_result(folder, result)

    def load(self, folder: Path) -> Result:
        """Read a result whose decision names only what its scenario has (ResultError)."""
        return read_drawable(folder)

    def verify(self, result: Result, cache_dir: Path | None, *, recompute_bound: bool = False) -> Verification:
        """Recompute everything from the stored decision alone (ResultError)."""
        return verify_result(result, cache_dir, recompute_bound=recompute_bound)

    def report(self, sources: Sequence[Source], cache_dir: Path | None) -> Document:
        """Return the report of a run, or the comparison of several; every decision is judged anew."""
        from itnt_core.report import comparison_document, judge, run_document

        runs = [
            judge(read_drawable(source.folder), source.name, source.reference, cache_dir, source.folder)
            for source in sources
        ]
        return run_document(runs[0]) if len(runs) == 1 else comparison_document(runs)


def work_of(scenario: Scenario, settings: MethodSettings) -> float:
    """Return the size of a run: its entries, times rounds and episodes where it has some."""
    repeats = max(1, getattr(settings, "rounds", 1)) * max(1, getattr(settings, "episodes", 1))
    return entries_of(scenario) * repeats


def entries_of(scenario: Scenario) -> float:
    """Return slots x users x stations x subchannels, at least 1."""
    stations = len(scenario.ground_stations) + scenario.satellite_count
    return float(max(1, scenario.time.slots * len(scenario.user_ids) * stations * scenario.radio.subchannels))
