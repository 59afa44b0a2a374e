"""Why a user is served by this station and by no other, as rows and sentences."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from itnt_core.methods import StationReason

BETTER = "the plan is not at its best here"
SAME_MBIT = 5e-4  # less is written as nothing
DBM = 30.0  # dBm of 0 dBW


def why_rows(
    reasons: Iterable[StationReason], distances_m: Mapping[str, float], floor_db: float
) -> list[dict[str, Any]]:
    """Return one row per station; ``distances_m`` are those from the user by station id."""
    return [
        {
            "Station": reason.station_id,
            "Why": why_sentence(reason, floor_db),
            "Distance, km": round(distances_m[reason.station_id] / 1e3, 2),
            "Signal, dBm": _level(reason.signal_dbw + DBM),
            "Interference, dBm": _level(reason.heard_dbw + DBM),
            "SINR, dB": _level(reason.sinr_db),
            "All data, Mbit": None if reason.way in _CLOSED else round(reason.mbit_change, 3),
        }
        for reason in reasons
    ]


_CLOSED = ("weak", "full", "stays", "unseen")


def why_sentence(reason: StationReason, floor_db: float) -> str:
    """Say in a sentence why a station does not serve the user, or that it does."""
    if reason.way == "serves":
        return "Serves the user"
    if reason.way == "unseen":
        return "Does not serve in this slot: it is too low in the sky, or another satellite has the place"
    if reason.way == "full":
        return "Has neither a seat nor power left, and nobody to exchange places with"
    if reason.way == "stays":
        return "Cannot serve yet: somebody would change server again too early"
    if reason.way == "weak":
        return f"Too weak: {reason.sinr_db:.1f} dB at best, {floor_db:g} dB are needed"
    return f"{_cost(reason)}, {_how(reason)}{_changes(reason)}"


def _changes(reason: StationReason) -> str:
    """Say how many changes of server come with it, where they cost something."""
    count = reason.handover_change
    if not count:
        return ""
    return f", {abs(count)} {'more' if count > 0 else 'fewer'} change{'s' if abs(count) > 1 else ''} of server"


def _how(reason: StationReason) -> str:
    if reason.way == "free":
        return "on a free subchannel"
    return f"by changing places with {reason.partner}" if reason.way == "swap" else f"in place of {reason.partner}"


def _cost(reason: StationReason) -> str:
    served, mbit = reason.served_change, reason.mbit_change
    data = f"{abs(mbit):.3f} Mbit"
    if served < 0:
        lost = "one user its service" if served == -1 else f"{-served} users their service"
        return f"Would cost {lost}, {data} {'more' if mbit > 0.0 else 'less'} in all"
    if served > 0:
        more = "one more user" if served == 1 else f"{served} more users"
        return f"Would serve {more} ({BETTER})"
    if abs(mbit) < SAME_MBIT:
        return "Would change nothing in all"
    return f"Would bring {data} more in all ({BETTER})" if mbit > 0.0 else f"Would cost {data} in all"


def _level(value_db: float) -> float | None:
    """Return a level as it is shown; nothing where nothing is received."""
    return round(value_db, 1) if math.isfinite(value_db) and value_db > -250.0 else None
