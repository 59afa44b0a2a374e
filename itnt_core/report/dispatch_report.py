"""The report of a training of a dispatcher, or of several side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from itnt_core.dispatch import DISPATCH_FIGURES, DispatchOptions, DispatchResult
from itnt_core.results import Figure as ResultFigure
from itnt_core.results import Verification
from itnt_core.words import count_of, scenario_differences, trained_sentence

from .blocks import Block, Cell, Code, Document, Heading, Points, Table, Text
from .parts import kpi_cell, provenance_table, verdict
from .words import NONE

_ASSUMED = (
    "Worlds are drawn: users, demand, missions, satellites and shadowing; whoever leads the aerial users sees in every "
    "slot what has happened so far, and nothing of the future.",
    "A reward of 1 in a slot is what the greedy dispatcher gains over hovering, 0 is hovering in the same world.",
    "The policy was judged in worlds that no training draws, replanning in the same ones; both flew them anew for this "
    "report. The training itself was not repeated.",
)


@dataclass(frozen=True, eq=False)
class NamedTraining:
    """A finished training under a name and a reference."""

    name: str
    reference: str
    result: DispatchResult
    verification: Verification


def training_document(runs: Sequence[NamedTraining]) -> Document:
    """Return the report of one or several trainings."""
    question = runs[0].result.scenario
    network = question.network
    overview = (
        f"A policy learns to lead {count_of(len(network.aerial_users), 'aerial user')} of {network.name} without "
        f"knowing the future, over {network.time.slots} slots of {network.time.slot_s:g} s."
    )
    rounds = max(run.result.dataset.sizes["round"] for run in runs)
    blocks: list[Block] = [
        Text(overview),
        Points(tuple(f"{run.name}: {trained_sentence(run.result)}" for run in runs)),
        *_differences(runs),
        Heading("Figures"),
        Table("Figures of the trainings.", ("Figure", *(run.name for run in runs)), tuple(_rows(runs))),
        *(verdict(run.verification, f"{run.name}: ") for run in runs),
        Heading("How it learned"),
        Table(
            "What hindsight's scores were left unexplained by, after each round, in %.",
            ("Round", *(run.name for run in runs)),
            tuple((str(number + 1), *(_left(run, number) for run in runs)) for number in range(rounds)),
        ),
        Heading("What the worlds are like"),
        Table("Options of the environment.", ("Option", *(run.name for run in runs)), tuple(_options(runs))),
        Heading("Assumptions"),
        Points(_ASSUMED),
        Heading("Provenance"),
        provenance_table([(run.name, {**run.result.manifest, "reference": run.reference}) for run in runs]),
        Heading("How to reproduce"),
        Code(tuple("python -m itnt_core run scenario.json --method taught -o again" for _ in runs)),
    ]
    return Document(question.name, "Dispatching", tuple(blocks), "", {"runs": ", ".join(run.reference for run in runs)})


def _rows(runs: Sequence[NamedTraining]) -> list[tuple[Cell, ...]]:
    return [(figure.heading, *(_cell(run, figure) for run in runs)) for figure in DISPATCH_FIGURES]


def _cell(run: NamedTraining, figure: ResultFigure) -> Cell:
    return kpi_cell(run.name, {**run.result.kpis, **run.verification.kpis}, figure)


def _left(run: NamedTraining, number: int) -> str:
    found = run.result.dataset["unexplained"].values
    return f"{100.0 * found[number]:.1f}" if number < len(found) else NONE


def _options(runs: Sequence[NamedTraining]) -> list[tuple[str, ...]]:
    chosen = [asdict(run.result.scenario.chosen) for run in runs]
    return [(name, *(_shown(one[name]) for one in chosen)) for name in asdict(DispatchOptions())]


def _shown(value: object) -> str:
    return NONE if value is None else f"{value:g}" if isinstance(value, int | float) else str(value)


def _differences(runs: Sequence[NamedTraining]) -> list[Block]:
    found = scenario_differences([run.result.scenario for run in runs])
    if not found:
        return []
    rows = tuple((field, *(NONE if value is None else str(value)[:60] for value in values)) for field, values in found)
    return [
        Heading("What differs in the questions"),
        Table("Fields that differ.", ("Field", *(run.name for run in runs)), rows),
    ]
