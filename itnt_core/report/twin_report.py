"""The report of one scheme of the spectrum-sharing system, or of several on the same question."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from itnt_core.results import Figure as ResultFigure
from itnt_core.twin import SCHEME_TITLES, SCHEME_WORDS, TWIN_FIGURES, TwinResult
from itnt_core.words import count_of

from .blocks import Block, Cell, Code, Document, Figure, Heading, Points, Table, Text
from .charts import line_chart, numbered
from .named import NamedResult, question_differences
from .parts import kpi_cell, provenance_table, verdict

_ASSUMED = (
    "The system is a reconstruction from a paper's abstract: its body was not at hand, and none of its percentages is "
    "claimed.",
    "The stored decisions were played anew for this report: queues, figures and constraints are recomputed; nothing "
    "was planned anew.",
    "Congestion is measured as backlog: what has arrived and was not yet served, of all users, in Mbit.",
    "The world is fixed; the twin's knowledge of gains and traffic is wrong by the errors named in the scenario.",
)


def twin_document(runs: Sequence[NamedResult[TwinResult]]) -> Document:
    """Return the report of one or several schemes."""
    scenario = runs[0].result.scenario
    seen = [SCHEME_TITLES.get(run.result.manifest["method"], run.name) for run in runs]
    network = scenario.network
    overview = (
        f"{count_of(len(network.ground_stations), 'base station')} and the satellites in view share "
        f"{network.radio.subchannels} sub-bands, of which both may use {scenario.sharing.shared_most}, to serve "
        f"{count_of(len(network.ground_users), 'walking ground user')} over {scenario.cycles} cycles of "
        f"{scenario.cycle_s:g} s."
    )
    times = np.arange(runs[0].result.dataset.sizes["slot"] + 1) * network.time.slot_s
    lines = [numbered(run.name, _backlog(run, times.size), number) for number, run in enumerate(runs)]
    blocks: list[Block] = [
        Text(overview),
        Points(tuple(f"{SCHEME_TITLES[key]}: {SCHEME_WORDS[key]}." for key in dict.fromkeys(map(_scheme, runs)))),
        *question_differences(runs),
        Heading("Figures"),
        Table("Figures of the schemes.", ("Figure", *(run.name for run in runs)), tuple(_rows(runs))),
        *(verdict(run.verification, f"{run.name}: ") for run in runs),
        Heading("Backlog"),
        Figure(line_chart("Backlog", "Mbit", times, lines), "Backlog of all users over time; less is better."),
        Heading("Assumptions"),
        Points(_ASSUMED),
        Heading("Provenance"),
        provenance_table([(run.name, {**run.result.manifest, "reference": run.reference}) for run in runs]),
        Heading("How to reproduce"),
        Code(tuple(f"python -m itnt_core twin run scenario.json --scheme {_scheme(run)} -o again" for run in runs)),
    ]
    return Document(
        scenario.name, ", ".join(seen), tuple(blocks), "", {"runs": ", ".join(run.reference for run in runs)}
    )


def _scheme(run: NamedResult[TwinResult]) -> str:
    return str(run.result.manifest["method"])


def backlog_mbit(result: TwinResult) -> np.ndarray:
    """Return the backlog of all users at the end of each slot (slots,), recomputed from the stored queues."""
    return np.asarray(result.dataset["queue_mbit"].values.sum(axis=(0, 2)))


def _backlog(run: NamedResult[TwinResult], size: int) -> np.ndarray:
    """Return the backlog from the start on; nothing after a shorter run's end."""
    own = np.concatenate([[0.0], backlog_mbit(run.result)])[:size]
    return np.concatenate([own, np.full(size - own.size, np.nan)])


def _rows(runs: Sequence[NamedResult[TwinResult]]) -> list[tuple[Cell, ...]]:
    return [(figure.label, *(_cell(run, figure) for run in runs)) for figure in TWIN_FIGURES]


def _cell(run: NamedResult[TwinResult], figure: ResultFigure) -> Cell:
    kpis = {**run.result.kpis, **run.verification.kpis, "violations": len(run.verification.violations)}
    return kpi_cell(run.name, kpis, figure)
