"""The progress of a run as a curve: best objective so far and the bound above it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

MOST_POINTS = 2000


class Ascent(NamedTuple):
    """Rows of the curve, and the same in one sentence."""

    rows: list[dict[str, Any]]  # elapsed_s, mbit, series
    sentence: str


def ascent(events: Iterable[Mapping[str, Any]]) -> Ascent | None:
    """Return the curve of a run's progress events; None while there are fewer than two figures to join."""
    told = [event for event in events if event.get("objective_mbit") is not None]
    if len(told) < 2:
        return None
    thin = told[:: max(1, len(told) // MOST_POINTS)]
    thin = thin if thin[-1] is told[-1] else [*thin, told[-1]]
    rows = [
        {"elapsed_s": float(event.get("elapsed_s", 0.0)), "mbit": float(event[field]), "series": name}
        for event in thin
        for field, name in (("objective_mbit", "Best so far"), ("bound_mbit", "Upper bound"))
        if event.get(field) is not None
    ]
    return Ascent(rows, _sentence(told[0], told[-1]))


def _sentence(first: Mapping[str, Any], last: Mapping[str, Any]) -> str:
    value, bound = float(last["objective_mbit"]), last.get("bound_mbit")
    text = (
        f"From {float(first['objective_mbit']):,.0f} to {value:,.0f} Mbit in {float(last.get('elapsed_s', 0.0)):.1f} s"
    )
    if bound is None:
        return f"{text}."
    return (
        f"{text}; at most {float(bound):,.0f} Mbit is possible, so the gap is below {100 * (1 - value / bound):.1f} %."
    )
