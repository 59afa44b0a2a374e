"""Parts that the report of a run and that of a comparison share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from itnt_core.network import CONSTRAINTS, Margin
from itnt_core.objective import objective_of
from itnt_core.results import DATA_FIGURES, PLUGINS, RELATIVE_TOLERANCE, Result, Verification, outcomes, served_users
from itnt_core.results import Figure as ResultFigure
from itnt_core.scenario import Scenario
from itnt_core.words import count_of, handover_sentence, user_changes, user_kinds

from .blocks import Block, Cell, Code, Heading, Number, Table, Text
from .judged import JudgedRun
from .words import NONE, figures, number, percent, run_command, setting_words

MOST_USERS = 400  # rows of the table of users
SEALED = "Its method, settings, bound, times and provenance are as they were when it was made (its seal is whole)."
# What a report prints of a manifest: label and key; the reference is the report's own.
PROVENANCE = {
    "Run": "reference",
    "Method": "method",
    "Settings": "settings",
    "Seed": "seed",
    "Status": "status",
    "Computed": "created",
    "Scenario hash": "scenario_hash",
    "Code version": "code_version",
    "Python": "python",
    "Platform": "platform",
    "Packages": "packages",
}
KPIS = outcomes(DATA_FIGURES)


def kpi_cell(run: str, kpis: Mapping[str, Any], figure: ResultFigure) -> Cell:
    """Return a figure of a run as a table's cell; a dash where the result does not carry it."""
    value = figure.value(kpis)
    if value is None:
        return NONE
    return Number(f"{run}.{figure.key}", float(kpis[figure.key]), number("", value, figure.unit, figure.digits).text)


def scenario_sentence(scenario: Scenario) -> str:
    """Say in sentences what is asked, and what is optimised."""
    objective = objective_of(scenario)
    return (
        f"{count_of(len(scenario.ground_stations), 'ground base station')} and "
        f"{count_of(scenario.satellite_count, 'satellite')} serve "
        f"{count_of(len(scenario.aerial_users), 'aerial user')} and "
        f"{count_of(len(scenario.ground_users), 'ground user')} "
        f"in an area of {scenario.area.size_m / 1000:g} km by {scenario.area.size_m / 1000:g} km, over "
        f"{scenario.time.slots} slots of {scenario.time.slot_s:g} s from {scenario.time.start:%Y-%m-%d %H:%M} UTC. "
        f"What is asked for: {objective.sentence[0].lower()}{objective.sentence[1:]} {handover_sentence(scenario)}"
    ).rstrip()


def verdict(found: Verification, who: str = "") -> Text:
    """Say whether the recomputation agrees with what was stored and whether every constraint holds; ``who`` leads."""
    notes = "".join(f" {note}" for note in found.notes)
    if found.passed:
        rest = f" {SEALED}" if found.is_sealed else ""
        return Text(
            f"{who}Every constraint was recomputed from the stored decision when this report was made: none is "
            "violated, and every figure and array that follows from the decision agrees with its recomputation "
            f"(relative tolerance {RELATIVE_TOLERANCE:.0e}).{rest}{notes}",
            "note" if notes else "good",
        )
    findings = [broken.sentence for broken in found.violations[:20]] + found.mismatches[:20]
    return Text(f"{who}The recomputation disagrees with what was stored. {' '.join(findings)}{notes}", "warning")


def margin_table(runs: Sequence[JudgedRun]) -> Table:
    """Return every constraint by name with the room that its tightest case leaves; a column of margins per run."""
    first = max(runs, key=lambda run: len(run.margins))
    single = len(runs) == 1
    rows = []
    for line in first.margins:
        cells: list[Cell] = [f"({line.constraint}) {CONSTRAINTS[line.constraint]}", line.quantity]
        for run in runs:
            margin = next((own for own in run.margins if own.key == line.key), None)
            cells += _details(run.name, margin) if single else [_margin_cell(run.name, margin)]
        rows.append(tuple(cells))
    own = ("Tightest", "Limit", "Margin", "Where", "Cases") if single else tuple(f"Margin, {run.name}" for run in runs)
    caption = "Constraint check: the tightest case of each constraint. A margin below zero would be a violation."
    return Table(caption, ("Constraint", "Quantity", *own), tuple(rows), wide=(0, 1))


def _margin_cell(run: str, margin: Margin | None) -> Cell:
    """Return what a constraint leaves; whether it holds, where nothing can be measured."""
    if margin is None:
        return "not judged"
    key = f"{run}.constraint.{margin.key}"
    if margin.margin is None:
        return Number(f"{key}.violations", margin.violations, "violated" if margin.violations else "holds")
    return figures(f"{key}.margin", margin.margin, margin.unit)


def _details(run: str, margin: Margin | None) -> list[Cell]:
    if margin is None:
        return ["not judged", NONE, NONE, NONE, NONE]
    key = f"{run}.constraint.{margin.key}"
    value, limit = (
        figures(f"{key}.value", margin.value, margin.unit),
        figures(f"{key}.limit", margin.limit, margin.unit),
    )
    cases = Number(f"{key}.cases", margin.cases, f"{margin.cases:,}")
    return [value, limit, _margin_cell(run, margin), margin.where or NONE, cases]


def user_figures(result: Result) -> dict[str, np.ndarray]:
    """Return what each user gets, arrays (users,): data under both conventions, mean rate, served share, mean SINR,
    changes of server.
    """
    data, slot_s = result.dataset, result.scenario.time.slot_s
    served = served_users(result.scenario, data)  # (slots, users)
    active = np.nan_to_num(data["rate_active_mbit_s"].values)
    sinr_db = np.where(served, data["sinr_active_db"].values, 0.0)
    count = served.sum(axis=0)
    return {
        "data_mbit": active.sum(axis=0) * slot_s,
        "data_always_on_mbit": np.nan_to_num(data["rate_always_on_mbit_s"].values).sum(axis=0) * slot_s,
        "rate_mbit_s": active.mean(axis=0),
        "served": served.mean(axis=0),
        "changes": np.array(user_changes(result)),
        "sinr_db": np.divide(sinr_db.sum(axis=0), count, out=np.full(count.shape, np.nan), where=count > 0),
    }


def user_blocks(run: JudgedRun) -> list[Block]:
    """Return the table of users; of a crowd only those with the least data, and a sentence that says so."""
    found, names = user_figures(run.result), [str(name) for name in run.result.dataset["user"].values]
    shown = np.sort(np.argsort(found["data_mbit"], kind="stable")[:MOST_USERS])
    kinds = user_kinds(run.result.scenario)
    rows = tuple(_user_row(run.name, names[user], kinds[user], found, int(user)) for user in shown)
    columns = (
        "User",
        "Kind",
        "Data, active",
        "Data, always-on",
        "Mean rate, active",
        "Served",
        "Mean SINR when served",
        "Changes of server",
    )
    blocks: list[Block] = [Heading("Users"), Table("What each user gets over the whole window.", columns, rows)]
    if len(names) > MOST_USERS:
        blocks.insert(1, Text(f"Of {len(names):,} users the {MOST_USERS} with the least data are listed.", "note"))
    return blocks


def need_blocks(run: JudgedRun) -> list[Block]:
    """Return what users ask for beside what they get; nothing where all have full buffers and count alike."""
    scenario, rows = run.result.scenario, []
    mean_mbit_s = user_figures(run.result)["rate_mbit_s"]
    for user in scenario.users_with_needs:
        rate = float(mean_mbit_s[scenario.user_ids.index(user.id)])
        key = f"{run.name}.needs.{user.id}"
        least = user.min_rate_mbit_s
        is_met = NONE if least is None else "yes" if rate >= least * (1.0 - RELATIVE_TOLERANCE) else "no"
        cells = [_rate(f"{key}.demand", user.demand_mbit_s), _rate(f"{key}.least_rate", least)]
        got = number(f"{key}.rate_mbit_s", rate, "Mbit/s", 3)
        rows.append((user.id, *cells, got, is_met, number(f"{key}.priority", user.priority, "", 2)))
    columns = ("User", "Demand", "Least mean rate", "Mean rate", "Kept", "Priority")
    caption = "What users ask for, and what they get; who is not listed takes all that comes and counts once."
    return [Heading("Needs of users"), Table(caption, columns, tuple(rows))] if rows else []


def _rate(key: str, rate_mbit_s: float | None) -> Cell:
    return NONE if rate_mbit_s is None else number(key, rate_mbit_s, "Mbit/s", 3)


def _user_row(run: str, name: str, kind: str, found: dict[str, np.ndarray], user: int) -> tuple[Cell, ...]:
    key = f"{run}.user.{name}"
    return (
        name,
        kind,
        number(f"{key}.data_mbit", found["data_mbit"][user], "Mbit", 2),
        number(f"{key}.data_always_on_mbit", found["data_always_on_mbit"][user], "Mbit", 2),
        number(f"{key}.rate_mbit_s", found["rate_mbit_s"][user], "Mbit/s", 3),
        percent(f"{key}.served", found["served"][user]),
        figures(f"{key}.sinr_db", found["sinr_db"][user], "dB"),
        number(f"{key}.changes_of_server", int(found["changes"][user]), "", 0),
    )


def provenance_table(runs: Sequence[tuple[str, dict[str, object]]]) -> Table:
    """Return where results come from: a column per run of (name, manifest with its reference)."""
    table = tuple(
        (label, *(_shown(label, manifest.get(key)) for _, manifest in runs))
        for label, key in (*PROVENANCE.items(), *_plugins(runs))
    )
    columns = ("", "Value") if len(runs) == 1 else ("", *(name for name, _ in runs))
    return Table("Where the results come from.", columns, table, wide=tuple(range(1, len(columns))))


def _plugins(runs: Sequence[tuple[str, dict[str, object]]]) -> list[tuple[str, str]]:
    """Return the entry of plug-ins where a result rests on one."""
    return [("Plug-ins", PLUGINS)] if any(manifest.get(PLUGINS) for _, manifest in runs) else []


def _shown(label: str, value: object) -> str:
    """Return an entry of a manifest in one line."""
    if isinstance(value, dict):
        if label in ("Packages", "Plug-ins"):
            return ", ".join(f"{name} {version}" for name, version in value.items())
        return setting_words(value)
    return NONE if value is None else str(value)


def reproduction(result: Result) -> Code:
    """Return the commands that compute a result again and check it."""
    manifest = result.manifest
    return Code(
        (
            run_command(str(manifest["method"]), int(manifest["seed"]), manifest.get("settings") or {}),
            "python -m itnt_core evaluate again",
        )
    )
