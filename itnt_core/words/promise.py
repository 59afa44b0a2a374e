"""How sure a plan is, in sentences and rows."""

from __future__ import annotations

from typing import Any

import numpy as np

from itnt_core.promise import CONFIDENCE, SHARE, Promise, least_draws, worst_tenth

from .amounts import mbit_words

SHARES = (0.5, 0.9, SHARE, 0.99)  # of worlds, for which a table says what is promised


def promise_sentences(promise: Promise) -> tuple[str, ...]:
    """Return what is promised, how sure that is, how it compares with the plan, and what it rests on."""
    return (
        promise_sentence(promise),
        *_reached(promise),
        _beside_plan(promise),
        *_worth(promise),
        _served(promise),
        _drawn(promise),
    )


def promise_sentence(promise: Promise) -> str:
    """Say what is promised in one sentence, or that too few worlds were drawn for it."""
    level, share = promise.level(), _percent(SHARE)
    if level is None:
        return (
            f"Nothing is promised for {share} of worlds: that needs {least_draws(SHARE)} of them, and "
            f"{promise.worlds} were drawn."
        )
    return (
        f"At least {mbit_words(level.value)} in {share} of worlds: the {_ordinal(level.rank)} least of "
        f"{promise.worlds:,} that were drawn, whatever their distribution."
    )


def promise_rows(promise: Promise) -> list[dict[str, Any]]:
    """Return a row per share of worlds: the data and the served user slots that are promised for it."""
    rows = []
    for share in SHARES:
        data, served = promise.level(share), promise.served_level(share)
        rows.append(
            {
                "Share of worlds": _percent(share),
                "Data, at least, Mbit": None if data is None else round(data.value, 1),
                **_worth_cell(promise, share),
                "User slots served, at least, %": None if served is None else round(100.0 * served.value, 2),
            }
        )
    return rows


def _worth_cell(promise: Promise, share: float) -> dict[str, Any]:
    """Return what is promised by the scenario's objective, where that is more than all data."""
    worth = promise.worth_level(share)
    return {"Worth, at least, Mbit": None if worth is None else round(worth.value, 1)} if promise.objective else {}


def _reached(promise: Promise) -> tuple[str, ...]:
    level = promise.level()
    if level is None:
        return ()
    return (
        f"With {_percent(CONFIDENCE)} confidence between {_percent(level.low)} and {_percent(level.high)} of all "
        "worlds reach it: more drawn worlds bring the two together.",
    )


def _beside_plan(promise: Promise) -> str:
    data = promise.data
    return (
        f"The plan's own figure is {mbit_words(promise.planned_mbit)}; its rule alone brings "
        f"{mbit_words(promise.forecast_mbit)} in the world that was forecast, "
        f"{mbit_words(float(np.median(data)))} in the middle of the drawn worlds, "
        f"{mbit_words(worst_tenth(data))} on average in the worst tenth of them."
    )


def _worth(promise: Promise) -> tuple[str, ...]:
    """Say what is promised by the scenario's objective, where that is more than all data."""
    if not promise.objective:
        return ()
    level, planned = promise.worth_level(), f"planned {mbit_words(promise.planned_worth_mbit)}"
    least = "" if level is None else f"at least {mbit_words(level.value)} in {_percent(SHARE)} of worlds, "
    return (f"Worth by the scenario's objective ({promise.objective}): {least}{planned}.",)


def _served(promise: Promise) -> str:
    level, planned = promise.served_level(), f"planned {100.0 * promise.planned_served_share:.4g} %"
    if level is None:
        return f"User slots served: {planned}."
    return f"At least {100.0 * level.value:.4g} % of user slots are served in {_percent(SHARE)} of worlds; {planned}."


def _drawn(promise: Promise) -> str:
    return (
        "Drawn anew in each world: shadowing, fading, the places of ground users (normal error of "
        f"{promise.position_error_m:g} m along each axis), the timing of each satellite "
        f"({promise.timing_error_s:g} s). Flights stay as planned; association "
        "and powers follow the method's own rule with the gains then known."
        + (" Changes of server cost what they cost in the plan." if promise.counts_changes else "")
    )


def _percent(share: float) -> str:
    return f"{100.0 * share:.3g} %"


def _ordinal(number: int) -> str:
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number:,}{ending}"
