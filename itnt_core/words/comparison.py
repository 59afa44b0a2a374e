"""Several results as figures with their differences, and what must be known before they are compared."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from itnt_core.objective import SAME, SERVED, Objective, Service
from itnt_core.results import served_users

Better = Literal["more", "less", ""]
LETTERS = "ABCD"
MOST_RUNS = len(LETTERS)


@dataclass(frozen=True)
class Figure:
    """A figure by which runs are compared: what it is called, its unit, its decimals, and which direction is better."""

    label: str
    unit: str
    digits: int
    better: Better = ""


FIGURES = {
    "data_service": Figure("Data service, active", "Mbit", 1, "more"),
    "always_on": Figure("Data service, always-on", "Mbit", 1, "more"),
    "mean_rate": Figure("Mean sum rate, active", "Mbit/s", 2, "more"),
    "bound": Figure("Upper bound", "Mbit", 1),
    "gap": Figure("Data gap to the bound", "%", 2, "less"),
    "served": Figure("Served user slots", "%", 1, "more"),
    "served_bound": Figure("Served user slots, at most", "%", 1),
    "outage": Figure("Outage", "%", 1, "less"),
    "fairness": Figure("Fairness of users' data (Jain's index)", "", 3, "more"),
    "energy": Figure("Flight energy", "kJ", 2, "less"),
    "flight_power": Figure("Mean flight power, all AUs", "W", 1, "less"),
    "violations": Figure("Violated constraints", "", 0, "less"),
    "wall": Figure("Computing time", "s", 1, "less"),
}
_STORED = {
    "data_service": ("data_service_mbit", 1.0),
    "always_on": ("data_service_always_on_mbit", 1.0),
    "bound": ("upper_bound_mbit", 1.0),
    "gap": ("gap", 100.0),
    "outage": ("outage", 100.0),
    "served_bound": ("served_bound", 100.0),
    "energy": ("energy_kj", 1.0),
    "violations": ("violations", 1.0),
    "wall": ("wall_s", 1.0),
}


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
    """Return every figure of a run by key, None where it is unknown; without a readable result those of its row."""
    found = dict.fromkeys(FIGURES) | {key: _stored(kpis or {}, *where) for key, where in _STORED.items()}
    return found if result is None else found | _from_arrays(result, found)


def _stored(kpis: Mapping[str, Any], name: str, factor: float) -> float | None:
    value = kpis.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        return None
    return factor * float(value)


def _from_arrays(result: Any, stored: Mapping[str, float | None]) -> dict[str, float | None]:
    """Return what the headline figures do not hold: shares, fairness, and means over the window."""
    duration_s = result.scenario.time.duration_s
    served = served_users(result.scenario, result.dataset)
    data, energy = stored["data_service"], stored["energy"]
    return {
        "mean_rate": None if data is None else data / duration_s,
        "served": 100.0 * float(served.mean()) if served.size else None,
        "fairness": jain_index(list(user_data_mbit(result).values())),
        "flight_power": None if energy is None else 1000.0 * energy / duration_s,
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
    cost = _cost_words(difference("energy", figures[second]["energy"], figures[best]["energy"]))
    return words if "the same data, " in words else words + cost


def _service(known: Mapping[str, float | None], objective: Objective) -> Service | None:
    """Return what an objective reads of a run's figures, None where one is unknown."""
    outage, data = known["outage"], known["data_service"]
    share = math.nan if outage is None else 1.0 - outage / 100.0
    service = Service(share, math.nan if data is None else data)
    return service if all(math.isfinite(part) for part in objective.key(service)) else None


def _lead_words(best: str, second: str, first: Service, other: Service, objective: Objective) -> str:
    """Say by what the best run leads the next one: by served user slots where they count first and differ."""
    data = difference("data_service", other.data_mbit, first.data_mbit)
    share = "" if data is None or data.percent is None else f" ({data.percent:+.1f} %)"
    is_same = data is None or data.verdict == "the same"
    serve = f"serve the same data, {first.data_mbit:,.1f} Mbit"
    lead = f"serves most data: {first.data_mbit - other.data_mbit:,.1f} Mbit{share} more than {second}"
    if objective.terms[0] is not SERVED:
        return f"{best} and {second} {serve}." if is_same else f"{best} {lead}."
    points = 100.0 * (first.served_share - other.served_share)
    if points > 100.0 * SAME:
        amount = "the same data" if is_same else f"{first.data_mbit - other.data_mbit:+,.1f} Mbit{share} of data"
        words = f"it serves {points:.2g} points more of the user slots than {second}, with {amount}"
        return f"{best} is best, coverage first: {words}."
    covered = f"{best} and {second} serve {100.0 * first.served_share:.1f} % of the user slots"
    return f"{covered} and {serve[len('serve ') :]}." if is_same else f"{covered}, and {best} {lead}."


def _cost_words(energy: Difference | None) -> str:
    if energy is None or energy.verdict == "the same":
        return ""
    share = "" if energy.percent is None else f" ({energy.percent:+.1f} %)"
    return (
        f" It spends {abs(energy.absolute):,.2f} kJ{share} {'more' if energy.absolute > 0.0 else 'less'} flight energy."
    )


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
