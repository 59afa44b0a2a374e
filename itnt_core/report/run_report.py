"""The report of one run of the data-service system."""

from __future__ import annotations

from typing import Any

from itnt_core.methods import (
    METHODS,
    coverage_cost,
    explain_unserved,
    unknown_terms,
    unknown_to_bound,
    worst_off_sentence,
)
from itnt_core.network import Decision
from itnt_core.results import DERIVED_FIGURES, NO_BOUND, decision_of
from itnt_core.scenario import Scenario
from itnt_core.words import explanation_rows, handover_kpis, handover_sentence

from .assumptions import assumptions
from .blocks import Block, Document, Figure, Heading, Headline, Headlines, Number, Points, Row, Table, Text
from .curves import run_curves
from .judged import JudgedRun
from .maps import LEGEND_PT, SIDE_PT, map_drawing, map_legend
from .parts import (
    KPIS,
    kpi_cell,
    margin_table,
    need_blocks,
    provenance_table,
    reproduction,
    scenario_sentence,
    user_blocks,
    verdict,
)
from .promised import promise_blocks
from .satellites import satellite_blocks
from .words import NONE, figures, number, setting_words

MOST_EXPLAINED = 40  # unserved users that are explained
SHORT_FORMS = "ground base stations (GBS), aerial users (AU) from ring to target, ground users (GU)."


def run_document(run: JudgedRun) -> Document:
    """Return the whole report of one run."""
    result, manifest = run.result, run.result.manifest
    scenario = result.scenario
    blocks: list[Block] = [
        *([Text(scenario.description)] if scenario.description else []),
        Text(scenario_sentence(scenario)),
        _headlines(run),
        *_no_bound(manifest),
        verdict(run.verification),
        map_row(run),
        Heading("Over time"),
        *run_curves(run),
        Heading("Constraint check"),
        margin_table([run]),
        *user_blocks(run),
        *need_blocks(run),
        *satellite_blocks(run),
        *_unserved(run),
        *promise_blocks(run),
        *_changes_of_server(run),
        *_method(manifest, scenario),
        Heading("Assumptions"),
        Points(assumptions(scenario)),
        Heading("Provenance"),
        provenance_table([(run.name, {**manifest, "reference": run.reference})]),
        Heading("How to reproduce"),
        Text("The scenario file is 'scenario.json' of the run's folder, or of its ZIP export."),
        reproduction(result),
    ]
    subtitle = f"{method_title(manifest)}, seed {manifest['seed']}, computed {manifest['created'][:10]}"
    return Document(scenario.name, subtitle, tuple(blocks), run.world.city.notice, {"runs": run.reference})


def _no_bound(manifest: dict[str, Any]) -> list[Block]:
    """Say why no bound is known, where that is so."""
    return [Text(str(manifest[NO_BOUND]), "note")] if manifest.get(NO_BOUND) else []


def map_row(run: JudgedRun) -> Row:
    """Return the map of a run with its legend beside it."""
    drawing = map_drawing(run.result, run.world.city)
    caption = f"The area from above: {SHORT_FORMS} {run.world.city.notice}".strip()
    shares = SIDE_PT / (SIDE_PT + LEGEND_PT), LEGEND_PT / (SIDE_PT + LEGEND_PT)
    return Row((Figure(drawing, "", shares[0]), Figure(map_legend([run.result.scenario]), caption, shares[1])))


def method_title(manifest: dict[str, Any]) -> str:
    """Return the title of a result's method."""
    key = str(manifest["method"])
    return METHODS[key].title if key in METHODS else key


def _headlines(run: JudgedRun) -> Headlines:
    items = []
    for figure in KPIS:
        cell = kpi_cell(run.name, run.kpis, figure)
        if isinstance(cell, Number):
            items.append(Headline(figure.label, cell, figure.words))
    return Headlines(tuple(items))


def _unserved(run: JudgedRun) -> list[Block]:
    """Say who is below the floor, mostly why, and what would help."""
    if run.verification.mismatches:
        return []
    decision = decision_of(run.result.dataset)
    found = explain_unserved(run.world, decision)
    first = [Heading("Unserved users"), *_what_it_costs(run, decision)]
    if not found:
        return [*first, Text("Every user reaches the active SINR floor in every slot.", "good")]
    rows = explanation_rows(found[:MOST_EXPLAINED])
    table = tuple(
        tuple(_explained(f"{run.name}.unserved.{row['User']}", name, value) for name, value in row.items())
        for row in rows
    )
    more = Text(f"Of {len(found)} users the {MOST_EXPLAINED} most affected are listed.", "note")
    caption = "Users below the active floor in some slot, mostly why, and the smallest change that would help."
    return [*first, *([more] if len(found) > MOST_EXPLAINED else []), Table(caption, tuple(rows[0]), table, wide=(2,))]


def _what_it_costs(run: JudgedRun, decision: Decision) -> list[Block]:
    """Say what coverage costs, and that an answer is worth nothing because somebody gets nothing."""
    worst_off = worst_off_sentence(run.world, decision)
    cost = coverage_cost(run.world, decision) if run.verification.passed else None
    return [
        *([Text(worst_off, "warning")] if worst_off else []),
        *([Text(cost.sentence)] if cost is not None else []),
    ]


def _explained(key: str, name: str, value: object) -> str | Number:
    if isinstance(value, int | float):
        return figures(f"{key}.{name}", float(value))
    return NONE if value is None else str(value)


def _changes_of_server(run: JudgedRun) -> list[Block]:
    """Say how often users change their server, and what that costs."""
    known, figures_of = handover_kpis(run.result), {figure.key: figure for figure in DERIVED_FIGURES}
    rows = [(figures_of[key], value) for key, value in known.items()]
    items = tuple(
        Headline(figure.label, number(f"{run.name}.{figure.key}", value, figure.unit, figure.digits), figure.words)
        for figure, value in rows
    )
    words = handover_sentence(run.result.scenario) or "Changes of server cost nothing in this scenario."
    return [Heading("Changes of server"), Headlines(items), Text(words, "note")]


def _method(manifest: dict[str, Any], scenario: Scenario) -> list[Block]:
    key = str(manifest["method"])
    unknown = [*(unknown_terms(METHODS[key], scenario) if key in METHODS else []), *unknown_to_bound(scenario)]
    summary = f"{METHODS[key].title}: {METHODS[key].summary}" if key in METHODS else key
    return [
        Heading("Method and settings"),
        Text(summary if summary.endswith(".") else f"{summary}."),
        Text(f"Settings: {setting_words(manifest.get('settings') or {})}. Status: {manifest['status']}.", "note"),
        *(Text(sentence, "note") for sentence in unknown),
    ]
