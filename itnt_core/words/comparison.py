"""Several results as figures with their differences, and what must be known before they are compared."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from itnt_core.objective import SAME, Objective, Service
from itnt_core.results import DATA_FIGURES, DERIVED_FIGURES, outcomes, served_users

from .handover import handover_kpis

LETTERS = "ABCD"
MOST_RUNS = len(LETTERS)
_KNOWN = {figure.key: figure for figure in (*outcomes(DATA_FIGURES), *DERIVED_FIGURES)}
_FIRST = ("data_service_mbit", "data_service_always_on_mbit", "mean_rate_mbit_s", "upper_bound_mbit", "gap")
_THEN = ("served_share", "served_bound", "outage", "outage_always_on", "fairness", "energy_kj", "flight_power_w")
# The figures by which runs are compared, as they are shown: those of manifests, and those that follow from arrays.
FIGURES = {key: _KNOWN[key] for key in (*_FIRST, *_THEN, *_KNOWN)}


@dataclass(frozen=True)
class Difference:
    """How far a figure is from the first run's; ``percent`` is None where the first run's is zero."""

    absolute: float
    percent: float | None
    verdict: Literal["better", "worse", "the same", "differs"]


def jain_index(data_mbit: ArrayLike) -> float | None:
    """Return Jain's index (sum x)^2 / (n sum x^2) of what each user ``(n,)`` downloads; None when nobody does.

    1 means that all get the same, 1/n that one gets everything (Jain, Chiu and Hawe, DEC-TR-301, 1984).
    """
    values = np.asarray(data_mbit, dtype=float)
    squares = values.size * float((values**2).sum())
    return float(values.sum()) ** 2 / squares if squares > 0.0 else None


def user_data_mbit(result: Any) -> dict[str, float]:
    """Return what each user downloads in the whole window (active convention), in Mbit by user id."""
    rate_mbit_s = np.nan_to_num(result.dataset["rate_active_mbit_s"].values)
    totals = rate_mbit_s.sum(axis=0) * result.scenario.time.slot_s
    return {str(user): float(total) for user, total in zip(result.dataset["user"].values, totals, strict=True)}


def comparison_figures(kpis: Mapping[str, Any] | None, result: Any | None) -> dict[str, float | None]:
    """Return every figure of a run in its shown unit by key, None where it is unknown.

    Without a readable result they are those of its row.
    """
    known = {**(kpis or {}), **({} if result is None else derived_figures(result, kpis or {}))}
    return {key: figure.value(known) for key, figure in FIGURES.items()}


def derived_figures(result: Any, kpis: Mapping[str, Any]) -> dict[str, float | None]:
    """Return what a manifest does not hold: the served share, fairness, and means over the window."""
    duration_s = result.scenario.time.duration_s
    served = served_users(result.scenario, result.dataset)
    data, energy = kpis.get("data_service_mbit"), kpis.get("energy_kj")
    return {
        "served_share": float(served.mean()) if served.size else None,
        "mean_rate_mbit_s": None if data is None else data / duration_s,
        "fairness": jain_index(list(user_data_mbit(result).values())),
        "flight_power_w": None if energy is None else 1000.0 * energy / duration_s,
        **handover_kpis(result),
    }


def difference(key: str, first: float | None, other: float | None) -> Difference | None:
    """Return how a figure differs from the first run's, None where one of them is unknown.

    Values that round to the same shown number count as the same.
    """
    if first is None or other is None:
        return None
    figure = FIGURES[key]
    absolute = other - first
    percent = 100.0 * absolute / abs(first) if first else None
    if round(first, figure.digits) == round(other, figure.digits):
        return Difference(absolute, percent, "the same")
    if not figure.better:
        return Difference(absolute, percent, "differs")
    return Difference(absolute, percent, "better" if (absolute > 0.0) == (figure.better == "more") else "worse")


def kpi_rows(figures: Sequence[Mapping[str, float | None]]) -> list[dict[str, str]]:
    """Return a row per figure as text: its value in each run A, B, ..., and each run's difference to A in words."""
    rows = []
    for key, figure in FIGURES.items():
        values = [known[key] for known in figures]
        if all(value is None for value in values):
            continue
        row = {"Figure": figure.label, "Unit": figure.unit}
        for letter, value in zip(LETTERS, values, strict=False):
            row[letter] = "–" if value is None else f"{value:,.{figure.digits}f}"
            if letter != LETTERS[0]:
                row[f"{letter} against {LETTERS[0]}"] = difference_words(key, values[0], value)
        rows.append(row)
    return rows


def difference_words(key: str, first: float | None, other: float | None) -> str:
    """Say a difference with its sign, its unit, its per cent of the first run's and its verdict."""
    found, figure = difference(key, first, other), FIGURES[key]
    if found is None:
        return "–"
    if found.verdict == "the same":
        return "the same"
    unit = "points" if figure.unit == "%" else figure.unit
    words = f"{found.absolute:+,.{figure.digits}f} {unit}".strip()
    share = "" if found.percent is None or figure.unit == "%" else f" ({found.percent:+.1f} %)"
    return f"{words}{share}" if found.verdict == "differs" else f"{words}{share}, {found.verdict}"


def kpi_table(names: Sequence[str], figures: Sequence[Mapping[str, float | None]]) -> list[dict[str, Any]]:
    """Return the same in numbers, a row per figure and run, for a file."""
    rows: list[dict[str, Any]] = []
    for key, figure in FIGURES.items():
        for name, known in zip(names, figures, strict=True):
            found = difference(key, figures[0][key], known[key])
            rows.append(
                {
                    "figure": figure.label,
                    "unit": figure.unit,
                    "run": name,
                    "value": known[key],
                    "difference_to_first": found and found.absolute,
                    "difference_percent": found and found.percent,
                    "verdict": found and found.verdict,
                }
            )
    return rows


def best_sentence(
    names: Sequence[str], figures: Sequence[Mapping[str, float | None]], objectives: Sequence[Objective]
) -> str:
    """Say which run is best by the objective of all, by how much, and what it pays for it; names come as given."""
    if len(set(objectives)) > 1:
        asked = ", ".join(f"{name} {objective.name}" for name, objective in zip(names, objectives, strict=True))
        return f"The runs have not the same objective ({asked}), so none of them is called best."
    objective = objectives[0]
    services = {index: service for index, known in enumerate(figures) if (service := _service(known, objective))}
    if len(services) < 2:
        return ""
    best, second = sorted(services, key=lambda index: objective.key(services[index]), reverse=True)[:2]
    words = _lead_words(names[best], names[second], services[best], services[second], objective)
    cost = _cost_words(difference("energy_kj", figures[second]["energy_kj"], figures[best]["energy_kj"]))
    return words if "the same data, " in words else words + cost


def _service(known: Mapping[str, float | None], objective: Objective) -> Service | None:
    """Return what an objective reads of a run's figures, None where one is unknown."""
    outage, data = known["outage"], known["data_service_mbit"]
    share = math.nan if outage is None else 1.0 - outage / 100.0
    worth = data if objective.is_plain else known.get("utility_mbit")
    lacking = known.get("shortfall_mbit") or 0.0
    mbit, worth_mbit = (math.nan if value is None else value for value in (data, worth))
    service = Service(share, mbit, worth_mbit, -lacking)
    return service if all(math.isfinite(part) for part in objective.key(service)) else None


def _lead_words(best: str, second: str, first: Service, other: Service, objective: Objective) -> str:
    """Say by what the best run leads the next one: by served user slots where they count first and differ."""
    key = "data_service_mbit" if objective.is_plain else "utility_mbit"
    worth, beside = objective.worth.of(first), objective.worth.of(other)
    data = difference(key, beside, worth)
    share = "" if data is None or data.percent is None else f" ({data.percent:+.1f} %)"
    is_same = data is None or data.verdict == "the same"
    mbit = FIGURES[key].text
    serve = f"serve the same data, {mbit(worth)}"
    lead = f"serves most data: {mbit(worth - beside)}{share} more than {second}"
    if not objective.is_plain:
        serve = f"serve data of the same worth by {objective.name}, {mbit(worth)}"
        lead = f"is best by {objective.name}: worth {mbit(worth - beside)}{share} more than {second}"
    if not objective.is_coverage_first:
        return f"{best} and {second} {serve}." if is_same else f"{best} {lead}."
    points = 100.0 * (first.served_share - other.served_share)
    if points > 100.0 * SAME:
        amount = "the same data" if is_same else f"{worth - beside:+,.1f} Mbit{share} of {_OF[objective.is_plain]}"
        words = f"it serves {points:.2g} points more of the user slots than {second}, with {amount}"
        return f"{best} is best, coverage first: {words}."
    covered = f"{best} and {second} serve {FIGURES['served_share'].text(100.0 * first.served_share)} of the user slots"
    return f"{covered} and {serve[len('serve ') :]}." if is_same else f"{covered}, and {best} {lead}."


_OF = {True: "data", False: "utility"}


def _cost_words(energy: Difference | None) -> str:
    if energy is None or energy.verdict == "the same":
        return ""
    share = "" if energy.percent is None else f" ({energy.percent:+.1f} %)"
    amount = FIGURES["energy_kj"].text(abs(energy.absolute))
    return f" It spends {amount}{share} {'more' if energy.absolute > 0.0 else 'less'} flight energy."


def comparison_notes(scenarios: Sequence[Any]) -> list[str]:
    """Say what the shared clock and the shared camera hide: other lengths, slots, starts and areas."""
    letters = LETTERS[: len(scenarios)]
    times = [scenario.time for scenario in scenarios]
    notes = []
    longest = max(time.duration_s for time in times)
    for letter, time in zip(letters, times, strict=True):
        if time.duration_s < longest:
            notes.append(
                f"{letter} ends after {time.duration_s:g} s of {longest:g} s; from then on its last state is shown."
            )
    if len({time.slot_s for time in times}) > 1:
        lengths = ", ".join(f"{letter} {time.slot_s:g} s" for letter, time in zip(letters, times, strict=True))
        notes.append(f"Slots have different lengths ({lengths}): the clock counts seconds.")
    if len({time.start for time in times}) > 1:
        notes.append("The runs start at different times: the clock counts from each run's own start.")
    areas = [(scenario.area.lon, scenario.area.lat, scenario.area.size_m) for scenario in scenarios]
    if len(set(areas)) > 1:
        notes.append(
            "The runs lie in different areas: one camera moves all maps, in metres from the middle of each area."
        )
    elif len({scenario.city.model_dump_json() for scenario in scenarios}) > 1:
        notes.append("The runs have different buildings.")
    return notes
