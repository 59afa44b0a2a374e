"""The report that holds two to four runs of the data-service system against one another."""

from __future__ import annotations

from collections.abc import Sequence

from itnt_core.results import Figure as ResultFigure
from itnt_core.words import scenario_differences

from .assumptions import assumptions
from .blocks import Block, Cell, Document, Figure, Heading, Number, Points, Row, Table, Text
from .curves import compared_curves
from .judged import JudgedRun, common_bound_mbit
from .maps import map_drawing, map_legend
from .parts import (
    KPIS,
    kpi_cell,
    margin_table,
    provenance_table,
    reproduction,
    scenario_sentence,
    user_figures,
    verdict,
)
from .run_report import method_title
from .words import NONE, number

MOST_USERS = 200  # rows of the table of users
MAP_PT, MAP_SHARE = 246.0, 0.38  # two maps and their legend are a row


def comparison_document(runs: Sequence[JudgedRun]) -> Document:
    """Return the report of several runs; differences are those to the first one."""
    first = runs[0]
    names = ", ".join(run.name for run in runs)
    blocks: list[Block] = [
        Text(f"Compared are {names}. Differences are those to {first.name}, the first."),
        *_question(runs),
        Heading("Figures"),
        _kpi_table(runs),
        *_common_bound(runs),
        *(verdict(run.verification, f"{run.name}: ") for run in runs),
        Heading("Over time"),
        *compared_curves(runs),
        Heading("The runs from above"),
        *_maps(runs),
        Heading("Constraint check"),
        margin_table(runs),
        *_users(runs),
        Heading("Assumptions"),
        *_assumed(runs),
        Heading("Provenance"),
        provenance_table([(run.name, {**run.result.manifest, "reference": run.reference}) for run in runs]),
        Heading("How to reproduce"),
        *_commands(runs),
    ]
    title = f"Comparison of {len(runs)} runs"
    return Document(
        title, names, tuple(blocks), first.world.city.notice, {"runs": ", ".join(run.reference for run in runs)}
    )


def _maps(runs: Sequence[JudgedRun]) -> list[Block]:
    """Return the maps of the runs, two a row, and one legend for all of them at the end."""
    figures = []
    for run in runs:
        drawing = map_drawing(run.result, run.world.city, MAP_PT)
        figures.append(Figure(drawing, f"{run.name}: {method_title(run.result.manifest)}.", MAP_SHARE))
    rows = [figures[first : first + 2] for first in range(0, len(figures), 2)]
    rows[-1].append(Figure(map_legend([run.result.scenario for run in runs]), "", 1.0 - 2 * MAP_SHARE))
    return [Row(tuple(row)) for row in rows]


def _question(runs: Sequence[JudgedRun]) -> list[Block]:
    """Say what is asked, and in what the scenarios differ."""
    scenarios = [run.result.scenario for run in runs]
    differences = scenario_differences(scenarios)
    if not differences:
        return [Text(f"All of them answer the same question: {scenario_sentence(scenarios[0])}")]
    rows = tuple((field, *(NONE if value is None else str(value) for value in values)) for field, values in differences)
    table = Table("Fields in which the scenarios differ.", ("Field", *(run.name for run in runs)), rows, wide=(0,))
    scenario_texts = [Text(f"{run.name}: {scenario_sentence(run.result.scenario)}") for run in runs]
    return [*scenario_texts, Heading("What differs in the scenarios"), table]


def _kpi_table(runs: Sequence[JudgedRun]) -> Table:
    rows = []
    for figure in KPIS:
        cells: list[Cell] = [kpi_cell(run.name, run.kpis, figure) for run in runs]
        base = cells[0]
        for position, run in list(enumerate(runs))[:0:-1]:
            cells.insert(position + 1, _difference(run.name, figure, base, cells[position]))
        rows.append((figure.label, *cells))
    columns = ["Figure", runs[0].name]
    for run in runs[1:]:
        columns += [run.name, "difference"]
    return Table("Figures of the runs, with units.", tuple(columns), tuple(rows))


def _common_bound(runs: Sequence[JudgedRun]) -> list[Block]:
    """Say that the lowest bound holds for all runs, where they came with different ones."""
    common = common_bound_mbit(runs)
    if common is None or len({run.bound_mbit for run in runs}) == 1:
        return []
    return [
        Text(
            "The runs answer the same question, so each of their upper bounds holds for all of them: no method can "
            "serve "
            f"more than {common:,.1f} Mbit, the lowest."
        )
    ]


def _difference(run: str, figure: ResultFigure, base: Cell, cell: Cell) -> Cell:
    if not isinstance(base, Number) or not isinstance(cell, Number):
        return NONE
    change = cell.value - base.value
    points = "points" if figure.unit == "%" else figure.unit
    shown = number("", figure.factor * change, points, figure.digits, sign=True)
    return Number(f"{run}.{figure.key}.difference", change, shown.text)


def _users(runs: Sequence[JudgedRun]) -> list[Block]:
    """Return what each user gets in every run, for the users that all runs have."""
    data = [dict(zip(_names(run), user_figures(run.result)["data_mbit"], strict=True)) for run in runs]
    common = [name for name in data[0] if all(name in other for other in data[1:])]
    shown = set(sorted(common, key=lambda name: -max(abs(of[name] - data[0][name]) for of in data))[:MOST_USERS])
    rows: list[tuple[Cell, ...]] = []
    for name in (name for name in common if name in shown):
        own = [
            number(f"{run.name}.user.{name}.data_mbit", of[name], "Mbit", 2) for run, of in zip(runs, data, strict=True)
        ]
        rows.append((name, *own))
    caption = "Data of each user (active)" + (
        f", the {MOST_USERS} whose data differs most." if len(common) > MOST_USERS else "."
    )
    return [Heading("Users"), Table(caption, ("User", *(run.name for run in runs)), tuple(rows))]


def _names(run: JudgedRun) -> list[str]:
    return [str(name) for name in run.result.dataset["user"].values]


def _assumed(runs: Sequence[JudgedRun]) -> list[Block]:
    """Return what all runs assume; where that differs, what each assumes."""
    sentences = [assumptions(run.result.scenario) for run in runs]
    if all(own == sentences[0] for own in sentences):
        return [Points(sentences[0])]
    blocks: list[Block] = []
    for run, own in zip(runs, sentences, strict=True):
        blocks += [Text(f"{run.name}:"), Points(own)]
    return blocks


def _commands(runs: Sequence[JudgedRun]) -> list[Block]:
    blocks: list[Block] = [Text("Each scenario file is 'scenario.json' of the run's folder, or of its ZIP export.")]
    for run in runs:
        blocks += [Text(f"{run.name}:"), reproduction(run.result)]
    return blocks
