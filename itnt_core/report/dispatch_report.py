"""The report of a training of a dispatcher, or of several side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from itnt_core.dispatch import DISPATCH_FIGURES, DispatchOptions, DispatchResult
from itnt_core.results import Figure as ResultFigure
from itnt_core.words import count_of, trained_sentence

from .blocks import Block, Cell, Code, Document, Heading, Points, Table, Text
from .named import NamedResult, question_differences
from .parts import kpi_cell, provenance_table, verdict
from .words import NONE

_ASSUMED = (
    "Worlds are drawn: users, demand, missions, satellites and shadowing; whoever leads the aerial users sees in every "
    "slot what has happened so far, and nothing of the future.",
    "A reward of 1 in a slot is what the greedy dispatcher gains over hovering, 0 is hovering in the same world.",
    "The policy was judged in worlds that no training draws, replanning in the same ones; both flew them anew for this "
    "report. The training itself was not repeated.",
)


def training_document(runs: Sequence[NamedResult[DispatchResult]]) -> Document:
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
        *question_differences(runs),
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


def _rows(runs: Sequence[NamedResult[DispatchResult]]) -> list[tuple[Cell, ...]]:
    return [(figure.heading, *(_cell(run, figure) for run in runs)) for figure in DISPATCH_FIGURES]


def _cell(run: NamedResult[DispatchResult], figure: ResultFigure) -> Cell:
    return kpi_cell(run.name, {**run.result.kpis, **run.verification.kpis}, figure)


def _left(run: NamedResult[DispatchResult], number: int) -> str:
    found = run.result.dataset["unexplained"].values
    return f"{100.0 * found[number]:.1f}" if number < len(found) else NONE


def _options(runs: Sequence[NamedResult[DispatchResult]]) -> list[tuple[str, ...]]:
    chosen = [asdict(run.result.scenario.chosen) for run in runs]
    return [(name, *(_shown(one[name]) for one in chosen)) for name in asdict(DispatchOptions())]


def _shown(value: object) -> str:
    return NONE if value is None else f"{value:g}" if isinstance(value, int | float) else str(value)
