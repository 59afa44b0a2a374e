"""Runs as rows of a table, filtered, and several of them side by side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from itnt_core.recorded import is_recorded
from itnt_core.results import DATA_FIGURES, card_rows, list_row
from itnt_core.studies import STUDIES, known_study
from itnt_core.words import age_words

from .run import Run
from .titles import numbered

COMPUTING = next(figure.heading for figure in DATA_FIGURES if figure.key == "wall_s")
WHOLE_RUN = "Whole run, s"
WHOLE_FROM = 100.0  # a figure is written without decimals
RECORDED_STATE = "recorded"


def state_word(run: Run) -> str:
    """Return what stands for the state of a run in a list; one that came with the program is told apart from others."""
    return RECORDED_STATE if is_recorded(run.id) else run.state


def run_rows(runs: Iterable[Run]) -> list[dict[str, Any]]:
    """Return one row per run for the list of runs."""
    return [_row(run) for run in runs]


def _row(run: Run) -> dict[str, Any]:
    place = f", place {run.position}" if run.position else ""
    return {
        "State": state_word(run) + place,
        "Title": run.title,
        "Progress": run.progress,
        "Method": method_title(run),
        **_figures(run),
        COMPUTING: _seconds(run.computing_s),
        WHOLE_RUN: _seconds(run.duration_s),
        "Created": datetime.fromtimestamp(run.created, UTC),
        "Sweep": run.sweep or "",
        "Id": run.id,
    }


def _seconds(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def _figures(run: Run) -> dict[str, float | None]:
    """Return the listed figures of all studies; a run has those of its own."""
    found: dict[str, float | None] = {}
    for study in STUDIES.values():
        found |= list_row(study.figures, None)
    own = known_study(run.kind)
    return found | (list_row(own.figures, run.kpis) if own else {})


def method_title(run: Run) -> str:
    """Return the title of a run's method, its key where neither it nor its study is known here."""
    study = known_study(run.kind)
    return study.methods().get(run.method, run.method) if study else run.method


def main_figure(run: Run) -> tuple[float, str] | None:
    """Return the figure that matters most of a run with its unit, None where there is none."""
    study = known_study(run.kind)
    first = study.figures[0] if study else None
    value = first.value(run.kpis) if first else None
    return None if first is None or value is None else (value, first.unit)


def figures_line(run: Run) -> str:
    """Return the figures of a run's card in one line, with the times it took."""
    study = known_study(run.kind)
    rows = card_rows(study.figures, run.kpis) if study else []
    figures = [f"{label} {value}" for label, value, _ in rows]
    return " · ".join([*figures, *([run.time_words] if run.time_words else [])])


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
    """Return the runs' titles, the later ones of a title with a number behind it."""
    names = dict[str, str]()
    for run in sorted(runs, key=lambda run: (run.created, run.id)):
        names[run.id] = numbered(run.title, set(names.values()))
    return [names[run.id] for run in runs]


def picker_names(runs: Sequence[Run], now_s: float) -> list[str]:
    """Return what stands for each run where one is chosen: title, age and main figure; ``now_s`` is Unix seconds."""
    return [
        " · ".join(filter(None, (name, _age(run, now_s), _main_words(run))))
        for name, run in zip(column_names(runs), runs, strict=True)
    ]


def _age(run: Run, now_s: float) -> str:
    return age_words(now_s - run.created) if run.created > 0.0 else ""


def _main_words(run: Run) -> str:
    """Return a run's main figure with its unit; how it stands with a run that has none."""
    found = main_figure(run)
    if found is None:
        return run.state
    value, unit = found
    return f"{value:,.0f} {unit}" if abs(value) >= WHOLE_FROM else f"{value:.3g} {unit}"
