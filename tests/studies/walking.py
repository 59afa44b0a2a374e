"""A third kind of study, as somebody outside of the program would write it: how far a walker gets.

It is offered by an entry point, and knows nothing of stores, workers, pages and commands.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal

import numpy as np
import xarray as xr
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from itnt_core.methods import ProgressEvent
from itnt_core.report import Document
from itnt_core.report.blocks import Number, Table
from itnt_core.results import KIND_KEY, Figure, ResultError, Verification, provenance, read_parts, write_parts
from itnt_core.scenario import Problem, ScenarioError
from itnt_core.scenario.guard import DataLimits
from itnt_core.scenario.reading import plain_data
from itnt_core.studies import Prepared

NAME = "walking"


class Walk(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["walking"] = NAME
    name: str = "A walk"
    seed: int = 0
    steps: int = Field(20, ge=1, le=1000)

    def content_hash(self) -> str:
        return f"{self.name}-{self.seed}-{self.steps}"


@dataclass(frozen=True)
class Walked:
    scenario: Walk
    dataset: xr.Dataset
    manifest: dict[str, Any]

    @property
    def kpis(self) -> dict[str, Any]:
        return dict(self.manifest["kpis"])


class Walking:
    name = NAME
    asks_for = "a gait"
    figures = (
        Figure("distance_m", "Distance", "m", 2, is_on_card=True, is_listed=True, words="From start to end."),
        Figure("wall_s", "Computing time", "s"),
        Figure("luck", "Luck", "%", 0, 100.0, is_needed=False),
    )
    limits = DataLimits(values=100)
    row_dims = ("step",)
    own_files = ("shoes.txt",)
    question_type = Walk

    def methods(self):
        return {"drunk": "Random walk", "sober": "Straight on"}

    def parse(self, data: Any, *, stored: bool = False) -> Walk:
        try:
            return Walk.model_validate(data)
        except ValidationError as error:
            raise ScenarioError(
                [Problem("The walk", "wrong", "steps from 1 to 1000 are allowed", "mend it")]
            ) from error

    def format(self, question: Walk) -> str:
        return question.model_dump_json()

    def change(self, question: Walk, method: str, values: Mapping[str, Any], seed: int | None):
        more = {} if seed is None else {"seed": seed}
        return self.parse(question.model_dump() | dict(values) | more), {}

    def prepare(self, question: Walk, method: str, seed: int | None, settings: Mapping[str, Any]) -> Prepared:
        return Prepared(question, method, self.methods()[method], {}, question.seed, float(question.steps))

    def check_world(self, question: Walk, cache_dir: Path | None) -> None:
        pass

    def run(self, question: Walk, method, seed, settings, notify, cache_dir, folder) -> Walked:
        east_m = course_m(question, method)
        notify(ProgressEvent(phase="walk", fraction=1.0, message="arrived"))
        (folder / "shoes.txt").write_text("worn")
        dataset = xr.Dataset({"east_m": ("step", east_m, {"units": "m"})})
        kpis = {"method": method, "seed": question.seed, "distance_m": float(abs(east_m[-1])), "wall_s": 0.0}
        return Walked(question, dataset, provenance(question, kpis, {}, []) | {KIND_KEY: NAME})

    def save(self, folder: Path, result: Walked) -> None:
        write_parts(folder, self.format(result.scenario), result.dataset, result.manifest)

    def load(self, folder: Path) -> Walked:
        found = Walked(*read_parts(folder, lambda text: self.parse(plain_data(text, self.limits)), NAME, self.figures))
        if "east_m" not in found.dataset:
            raise ResultError("The walk has no course: compute it again.")
        return found

    def verify(self, result: Walked, cache_dir: Path | None, *, recompute_bound: bool = False) -> Verification:
        distance_m = float(abs(result.dataset["east_m"].values[-1]))
        wrong = [] if distance_m == result.kpis["distance_m"] else ["The distance is another."]
        return Verification({"distance_m": distance_m}, [], wrong)

    def report(self, sources, cache_dir: Path | None) -> Document:
        rows = tuple((source.name, self._cell(source)) for source in sources)
        return Document("Walks", "", (Table("How far each got.", ("Walk", "Distance"), rows),), "", {})

    def _cell(self, source) -> Number:
        value = self.load(source.folder).kpis["distance_m"]
        return Number(f"{source.name}.distance_m", value, f"{value:.1f} m")


def course_m(question: Walk, method: str) -> np.ndarray:
    """Return where the walker is after each step."""
    choose = partial(np.random.default_rng(question.seed).choice, [-1.0, 1.0])
    steps = choose(size=question.steps) if method == "drunk" else np.ones(question.steps)
    return np.cumsum(0.7 * steps)


WALKING = Walking()
