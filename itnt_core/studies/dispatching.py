"""Dispatching: a policy that leads aerial users without knowing the future is taught, and judged in unseen worlds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from itnt_core.dispatch import (
    DISPATCH_FIGURES,
    KIND,
    METHOD,
    METHOD_TITLE,
    POLICY_FILE,
    TRAINING_LIMITS,
    DispatchQuestion,
    format_question,
    question_of_data,
)
from itnt_core.results import Verification

from .base import Prepared, refuse_settings, seeded

if TYPE_CHECKING:
    from itnt_core.dispatch import DispatchResult
    from itnt_core.methods import Notify
    from itnt_core.report import Document, Source


class Dispatching:
    """The study of trainings; its one method is teaching by what hindsight says."""

    name = KIND
    asks_for = "a training"
    figures = DISPATCH_FIGURES
    limits = TRAINING_LIMITS
    row_dims: tuple[str, ...] = ("world",)
    own_files: tuple[str, ...] = (POLICY_FILE,)
    question_type = DispatchQuestion

    def methods(self) -> Mapping[str, str]:
        """Return key and title of the way of teaching."""
        return {METHOD: METHOD_TITLE}

    def parse(self, data: Any, *, stored: bool = False) -> DispatchQuestion:
        """Build a question from plain data with every check done (ScenarioError)."""
        return question_of_data(data, stored=stored)

    def format(self, question: DispatchQuestion) -> str:
        """Return a question as JSON text."""
        return format_question(question)

    def change(
        self, question: DispatchQuestion, method: str, values: Mapping[str, Any], seed: int | None
    ) -> tuple[DispatchQuestion, dict[str, Any]]:
        """Return the question with its fields replaced; there are no settings (SettingsError, ScenarioError)."""
        import json

        from itnt_core.methods import assign_fields

        self._check(method)
        data = json.loads(format_question(question))
        assign_fields(data, values)
        if seed is not None:
            data["seed"] = seed
        return question_of_data(data), {}

    def prepare(
        self, question: DispatchQuestion, method: str, seed: int | None, settings: Mapping[str, Any]
    ) -> Prepared:
        """Return what a run is asked; the seed is part of the question (SettingsError, DispatchError)."""
        from itnt_core.dispatch import check_scenario_known

        self._check(method)
        check_scenario_known(question.network)
        question = seeded(self, question, method, seed)
        refuse_settings("A training", settings)
        return Prepared(question, method, METHOD_TITLE, {}, question.seed, _work_of(question))

    def _check(self, method: str) -> None:
        if method != METHOD:
            from itnt_core.methods import SettingsError

            raise SettingsError(f"The training '{method:.60}' is not known, but {METHOD} is: name it, or none.")

    def check_world(self, question: DispatchQuestion, cache_dir: Path | None) -> None:
        """Put the worlds' stage together: raises what city, sky, channel or levels refuse (ScenarioError, its own)."""
        from itnt_core.dispatch import Setting

        Setting.of(question.network, question.chosen, cache_dir)

    def run(
        self,
        question: DispatchQuestion,
        method: str,
        seed: int | None,
        settings: Mapping[str, Any],
        notify: Notify,
        cache_dir: Path | None,
        folder: Path | None,
    ) -> DispatchResult:
        """Teach a policy and judge it; one that is stopped begins again when it is resumed."""
        from itnt_core.dispatch import train_and_judge
        from itnt_core.methods import ProgressEvent, interruptible

        question = seeded(self, question, method, seed)

        def on_progress(share: float, message: str, unexplained: float | None) -> None:
            metrics = None if unexplained is None else {"unexplained": unexplained}
            notify(ProgressEvent(phase="training", fraction=min(1.0, share), message=message, metrics=metrics))

        with interruptible():
            return train_and_judge(question, on_progress, cache_dir)

    def save(self, folder: Path, result: DispatchResult) -> None:
        """Put a result into a folder (ResultError)."""
        from itnt_core.dispatch import write_dispatch_result

        write_dispatch_result(folder, result)

    def load(self, folder: Path) -> DispatchResult:
        """Read a result folder (ResultError)."""
        from itnt_core.dispatch import read_dispatch_result

        return read_dispatch_result(folder)

    def verify(self, result: DispatchResult, cache_dir: Path | None, *, recompute_bound: bool = False) -> Verification:
        """Fly the held-out worlds anew with the stored policy and compare everything (ResultError)."""
        from itnt_core.dispatch import verify_dispatch_result
        from itnt_core.results import ResultError

        if recompute_bound:
            raise ResultError("A training has no certified bound: verify it without.")
        return verify_dispatch_result(result, cache_dir)

    def report(self, sources: Sequence[Source], cache_dir: Path | None) -> Document:
        """Return the report of one training, or of several side by side; each policy is judged anew."""
        from itnt_core.dispatch import verify_dispatch_result
        from itnt_core.report import NamedResult, training_document

        results = [(source, self.load(source.folder)) for source in sources]
        return training_document(
            [
                NamedResult(source.name, source.reference, result, verify_dispatch_result(result, cache_dir))
                for source, result in results
            ]
        )


def _work_of(question: DispatchQuestion) -> float:
    """Return the size of a run: slots of worlds x aerial users, those of the comparison at a tenth."""
    network = question.network
    worlds = question.rounds * question.worlds + 0.1 * question.held_out
    return float(max(1.0, worlds * network.time.slots * len(network.aerial_users)))
