"""Spectrum sharing: base stations and satellites share one band, planned from what a digital twin predicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from itnt_core.results import Verification
from itnt_core.twin import (
    KIND,
    SCHEME_TITLES,
    TWIN_FIGURES,
    TWIN_LIMITS,
    TwinScenario,
    find_scheme,
    format_twin,
    twin_of_data,
)

from .base import Prepared, refuse_settings, seeded

if TYPE_CHECKING:
    from itnt_core.methods import Notify, ProgressEvent
    from itnt_core.report import Document, Source
    from itnt_core.twin import Progress, TwinResult


class SpectrumSharing:
    """The study of the second paper; its methods are the schemes of :mod:`itnt_core.twin`."""

    name = KIND
    asks_for = "a scheme"
    figures = TWIN_FIGURES
    limits = TWIN_LIMITS
    row_dims: tuple[str, ...] = ("system", "slot", "user")
    own_files: tuple[str, ...] = ()
    question_type = TwinScenario

    def methods(self) -> Mapping[str, str]:
        """Return key and title of every scheme."""
        return SCHEME_TITLES

    def parse(self, data: Any, *, stored: bool = False) -> TwinScenario:
        """Build a question from plain data with every check done (ScenarioError)."""
        return twin_of_data(data, stored=stored)

    def format(self, question: TwinScenario) -> str:
        """Return a question as JSON text."""
        return format_twin(question)

    def change(
        self, question: TwinScenario, method: str, values: Mapping[str, Any], seed: int | None
    ) -> tuple[TwinScenario, dict[str, Any]]:
        """Return the question with its fields replaced; schemes have no settings (SettingsError, ScenarioError)."""
        from itnt_core.methods import assign_fields

        find_scheme(method)
        data = question.model_dump(mode="json")
        assign_fields(data, values)
        if seed is not None:
            data["network"]["seed"] = seed
        return twin_of_data(data), {}

    def prepare(self, question: TwinScenario, method: str, seed: int | None, settings: Mapping[str, Any]) -> Prepared:
        """Return what a run is asked; the seed is part of the question (SchemeError, SettingsError)."""
        question = seeded(self, question, method, seed)
        refuse_settings("A scheme", settings)
        return Prepared(question, method, SCHEME_TITLES[find_scheme(method)], {}, question.seed, _work_of(question))

    def check_world(self, question: TwinScenario, cache_dir: Path | None) -> None:
        """Do nothing: the environment takes as long as the quick schemes themselves."""

    def run(
        self,
        question: TwinScenario,
        method: str,
        seed: int | None,
        settings: Mapping[str, Any],
        notify: Notify,
        cache_dir: Path | None,
        folder: Path | None,
    ) -> TwinResult:
        """Roll a scheme out; one that is stopped goes on where its folder's checkpoints end when it is resumed."""
        from itnt_core.methods import interruptible
        from itnt_core.twin import run_scheme

        question = seeded(self, question, method, seed)
        with interruptible():
            return run_scheme(question, method, lambda progress: notify(_event(progress)), cache_dir, folder=folder)

    def save(self, folder: Path, result: TwinResult) -> None:
        """Put a result into a folder (ResultError)."""
        from itnt_core.twin import write_twin_result

        write_twin_result(folder, result)

    def load(self, folder: Path) -> TwinResult:
        """Read a result folder (ResultError)."""
        from itnt_core.twin import read_twin_result

        return read_twin_result(folder)

    def verify(self, result: TwinResult, cache_dir: Path | None, *, recompute_bound: bool = False) -> Verification:
        """Play the stored decisions anew and compare everything, the certified bound too if asked (ResultError)."""
        from itnt_core.twin import verify_twin_result

        return verify_twin_result(result, cache_dir, recompute_bound=recompute_bound)

    def report(self, sources: Sequence[Source], cache_dir: Path | None) -> Document:
        """Return the report of one scheme, or of several side by side."""
        from itnt_core.report import NamedResult, twin_document
        from itnt_core.twin import build_environment, verify_twin_result

        results = [self.load(source.folder) for source in sources]
        worlds = {result.scenario.content_hash(): result.scenario for result in results}
        built = {key: build_environment(scenario, cache_dir=cache_dir) for key, scenario in worlds.items()}
        named = []
        for source, result in zip(sources, results, strict=True):
            found = verify_twin_result(result, environment=built[result.scenario.content_hash()])
            named.append(NamedResult(source.name, source.reference, result, found))
        return twin_document(named)


def _work_of(question: TwinScenario) -> float:
    """Return the size of a run: cycles x users x sub-bands."""
    return float(question.cycles * len(question.network.ground_users) * question.network.radio.subchannels)


def _event(progress: Progress) -> ProgressEvent:
    from itnt_core.methods import ProgressEvent

    step = progress.step
    return ProgressEvent(
        phase=step.phase if step else "roll-out",
        fraction=progress.cycle / progress.cycles,
        message=f"cycle {progress.cycle + 1} of {progress.cycles}, backlog {progress.backlog_mbit:.0f} Mbit",
        iteration=step.number if step else None,
        objective_mbit=step.backlog_mbit if step else None,
        metrics={"surrogate_mbit": step.surrogate_mbit, "binary_gap": step.binary_gap} if step else None,
    )
