"""Explanations of unserved users as rows of a table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from itnt_core.methods import Explanation

CAUSE_NAMES = {
    "coverage": "out of reach",
    "interference": "interference",
    "capacity": "no free link",
    "stay": "must stay with its server",
    "choice": "left out by the method",
}


def explanation_rows(found: Iterable[Explanation]) -> list[dict[str, Any]]:
    """Return one row per user: slots below the floor, cause, best SINR alone and beside the others, remedy figures."""
    return [
        {
            "User": item.user_id,
            "Slots below": item.slots_below,
            "Cause": CAUSE_NAMES[item.cause],
            "Best SINR alone, dB": round(item.best_alone_db, 1),
            "Best SINR beside others, dB": round(item.best_now_db, 1),
            "Floor, dB": item.floor_db,
            "More power needed, dB": None if item.more_power_db is None else round(item.more_power_db, 1),
            "GBS needed within, m": None if item.gbs_within_m is None else round(item.gbs_within_m),
        }
        for item in found
    ]
