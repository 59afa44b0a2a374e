"""What a kind of study is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from itnt_core.results import Figure
from itnt_core.scenario import DataLimits

if TYPE_CHECKING:
    import xarray as xr

    from itnt_core.methods import Notify
    from itnt_core.report import Document, Source
    from itnt_core.results import Verification


class Question(Protocol):
    """What is asked: a frozen value of the study's own type."""

    @property
    def name(self) -> str:
        """Return what the user calls it."""

    @property
    def seed(self) -> int:
        """Return the seed of everything random in it."""

    def content_hash(self) -> str:
        """Return the SHA-256 of everything that is asked, hexadecimal."""


class StudyResult(Protocol):
    """A finished run: the question, the labelled answer, and how it came about."""

    @property
    def scenario(self) -> Question:
        """Return the question."""

    @property
    def dataset(self) -> xr.Dataset:
        """Return the arrays with dims and units."""

    @property
    def manifest(self) -> dict[str, Any]:
        """Return what :func:`itnt_core.results.provenance` makes, and what the study adds."""

    @property
    def kpis(self) -> dict[str, Any]:
        """Return the figures by key."""


@dataclass(frozen=True)
class Prepared:
    """What is asked of one run, checked; ``work`` is its size, by which runs of one method compare in time.

    ``slots`` and ``entries`` (slots x users x stations x subchannels) are what the question's certified bound looks at,
    0 where the study has none.
    """

    question: Question
    method: str
    method_title: str
    settings: dict[str, Any]
    seed: int | None
    work: float
    slots: int = 0
    entries: float = 0.0


class Study(Protocol):
    """A kind of study. Everything that runs, keeps, lists, exports and reports asks this, and nothing else.

    Question and result are of the study's own types, of which the callers use no more than :class:`Question` and
    :class:`StudyResult`. A method that is wrong raises an own error of the program, in one sentence.
    """

    name: str  # in requests, manifests, question files and the rows of the store; never changed later
    asks_for: str  # what answers a question, with its article: "a method"
    figures: tuple[Figure, ...]  # of every result, the one that matters most first
    limits: DataLimits  # of a question file, before it is read
    row_dims: tuple[str, ...]  # the dims of the long table that CSV and Parquet hold
    own_files: tuple[str, ...]  # beside scenario, request, manifest and arrays, what leaves with a run

    @property
    def question_type(self) -> type:
        """Return the type of its questions, which no other study has."""

    def methods(self) -> Mapping[str, str]:
        """Return key and title of all that can answer a question, the simplest first."""

    def parse(self, data: Any, *, stored: bool = False) -> Question:
        """Build a question from plain data with every check done (ScenarioError lists the problems).

        ``stored`` as in :func:`itnt_core.scenario.scenario_of_data`.
        """

    def format(self, question: Any) -> str:
        """Return a question as JSON text, which :meth:`parse` reads back equal."""

    def change(
        self, question: Any, method: str, values: Mapping[str, Any], seed: int | None
    ) -> tuple[Question, dict[str, Any]]:
        """Return the question with dotted fields and the seed replaced, and those values that are settings."""

    def prepare(self, question: Any, method: str, seed: int | None, settings: Mapping[str, Any]) -> Prepared:
        """Return what a run is asked, with its settings complete; an own error says what is wrong."""

    def check_world(self, question: Any, cache_dir: Path | None) -> None:
        """Raise what would keep every run of the question from beginning, where that can be known at little cost."""

    def run(
        self,
        question: Any,
        method: str,
        seed: int | None,
        settings: Mapping[str, Any],
        notify: Notify,
        cache_dir: Path | None,
        folder: Path | None,
    ) -> StudyResult:
        """Answer a question; ``notify`` hears of progress, ``folder`` keeps what is needed to go on later.

        Raises RunCancelled when it was stopped and nothing is to be kept; what is kept has the status STOPPED_EARLY.
        """

    def save(self, folder: Path, result: Any) -> None:
        """Put a result into a folder in place of the old one, which survives anything until then (ResultError)."""

    def load(self, folder: Path) -> StudyResult:
        """Read a result folder (ResultError in one sentence when something is missing or broken)."""

    def verify(self, result: Any, cache_dir: Path | None, *, recompute_bound: bool = False) -> Verification:
        """Recompute a result from what is stored of its decision, and compare (ResultError).

        ``recompute_bound`` computes the certified bound anew, too; a study without one refuses it.
        """

    def report(self, sources: Sequence[Source], cache_dir: Path | None) -> Document:
        """Return the report of one result of this study, or of several side by side."""


def seeded(study: Study, question: Any, method: str, seed: int | None) -> Any:
    """Return a question with the seed that is asked for, where the seed is a part of the question."""
    return question if seed in (None, question.seed) else study.change(question, method, {}, seed)[0]


def refuse_settings(what: str, settings: Mapping[str, Any]) -> None:
    """Raise SettingsError where settings are given to what has none, named with its article."""
    if settings:
        from itnt_core.methods import SettingsError

        raise SettingsError(f"{what} has no settings, but '{next(iter(settings))}' is given: remove it.")
