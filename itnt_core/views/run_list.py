"""Runs as rows of a table, filtered, and several of them side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from itnt_core.methods import METHODS
from itnt_core.runs import Run
from itnt_core.scenario import Scenario, all_fields
from itnt_core.twin import KIND
from itnt_core.twin.names import SCHEME_TITLES

FIGURES = {
    "Data service, Mbit": ("data_service_mbit", 1.0, 1),
    "Always-on, Mbit": ("data_service_always_on_mbit", 1.0, 1),
    "Upper bound, Mbit": ("upper_bound_mbit", 1.0, 1),
    "Data gap, %": ("gap", 100.0, 1),
    "Outage, %": ("outage", 100.0, 1),
    "Energy, kJ": ("energy_kj", 1.0, 1),
    "Violations": ("violations", 1.0, 0),
    "Mean backlog, Mbit": ("mean_backlog_mbit", 1.0, 1),
}
MOST_DIFFERENCES = 40


def run_rows(runs: Iterable[Run]) -> list[dict[str, Any]]:
    """Return one row per run for the list of runs."""
    return [_row(run) for run in runs]


def _row(run: Run) -> dict[str, Any]:
    place = f", place {run.position}" if run.position else ""
    return {
        "State": run.state + place,
        "Title": run.title,
        "Progress": run.progress,
        "Method": method_title(run),
        **{label: figure for label, figure in figures_of(run.kpis).items() if label in _LISTED},
        "Time, s": round(run.wall_s, 1) if run.wall_s is not None else None,
        "Created": datetime.fromtimestamp(run.created, UTC),
        "Sweep": run.sweep or "",
        "Id": run.id,
    }


def method_title(run: Run) -> str:
    """Return the title of a run's method or, of spectrum sharing, its scheme."""
    if run.kind == KIND:
        return SCHEME_TITLES.get(run.method, run.method)
    return METHODS[run.method].title if run.method in METHODS else run.method


_LISTED = ("Data service, Mbit", "Data gap, %", "Outage, %", "Mean backlog, Mbit")


def figures_of(kpis: Mapping[str, Any] | None) -> dict[str, float | None]:
    """Return the figures by which runs are compared, None where one is unknown."""
    found: dict[str, float | None] = {}
    for label, (key, factor, digits) in FIGURES.items():
        value = (kpis or {}).get(key)
        found[label] = round(factor * value, digits) if isinstance(value, int | float) else None
    return found


def filtered(
    runs: Iterable[Run], text: str = "", states: Sequence[str] = (), methods: Sequence[str] = (), sweep: str = ""
) -> list[Run]:
    """Return the runs that match everything that is asked; nothing asked matches all."""
    words = text.casefold().split()
    return [
        run
        for run in runs
        if all(word in f"{run.title} {run.id} {run.method}".casefold() for word in words)
        and (not states or run.state in states)
        and (not methods or run.method in methods)
        and (not sweep or run.sweep == sweep)
    ]


def column_names(runs: Sequence[Run]) -> list[str]:
    """Return the runs' titles, told apart by their ids where two are the same."""
    titles = [run.title for run in runs]
    return [
        title if titles.count(title) == 1 else f"{title} ({run.id})" for title, run in zip(titles, runs, strict=True)
    ]


def scenario_differences(scenarios: Sequence[Scenario]) -> list[tuple[str, list[Any]]]:
    """Return every field in which scenarios differ, dotted, with its value in each; lists by their length first."""
    flat = [dict(_leaves(all_fields(scenario))) for scenario in scenarios]
    keys = dict.fromkeys(key for leaves in flat for key in leaves)
    found = [(key, [leaves.get(key) for leaves in flat]) for key in keys]
    return [(key, values) for key, values in found if any(value != values[0] for value in values)][:MOST_DIFFERENCES]


def _leaves(data: Any, path: str = "") -> Iterable[tuple[str, Any]]:
    if isinstance(data, dict):
        for key, value in data.items():
            yield from _leaves(value, f"{path}.{key}" if path else key)
    elif isinstance(data, list):
        yield f"number of {path}", len(data)
        for number, value in enumerate(data):
            name = value.get("id", number) if isinstance(value, dict) else number
            yield from _leaves(value, f"{path}.{name}")
    else:
        yield path, data
