"""The quick look in numbers and words: headline figures with what changed, the worst users, one row per user."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from itnt_core.methods import QuickLook
from itnt_core.objective import objective_of


class QuickFigure(NamedTuple):
    """One figure: what it is called, its number, how it is written, and what it means."""

    label: str
    number: float
    unit: str
    explanation: str

    @property
    def text(self) -> str:
        """Return the number with its unit."""
        return f"{self.number:,.1f} {self.unit}" if self.unit == "%" else f"{self.number:,.0f} {self.unit}"

    def change(self, before: float | None) -> str | None:
        """Return the difference to an earlier number with its unit, None when there is none to speak of."""
        if before is None or math.isclose(self.number, before, rel_tol=1e-6, abs_tol=1e-3):
            return None
        return f"{self.number - before:+,.1f} {self.unit}"


def quick_figures(look: QuickLook) -> list[QuickFigure]:
    """Return the headline figures of a quick look, what the scenario's objective counts first in front."""
    figures = _quick_figures(look)
    objective = objective_of(look.world.scenario)
    first = "Served" if objective.is_coverage_first else "Data service" if objective.is_plain else "Utility"
    return sorted(figures, key=lambda figure: figure.label != first)


def _quick_figures(look: QuickLook) -> list[QuickFigure]:
    words = "What the users' data are worth by the scenario's objective."
    utility = QuickFigure("Utility", float(look.service.utility_mbit), "Mbit", words)
    return [
        *([] if objective_of(look.world.scenario).is_plain else [utility]),
        QuickFigure(
            "Data service",
            look.data_service_mbit,
            "Mbit",
            "Straight flights, equal power, exact association; only stations that transmit on a subchannel interfere.",
        ),
        QuickFigure(
            "Always-on",
            look.data_service_always_on_mbit,
            "Mbit",
            "The same decision with idle subchannels radiating what is left of the station's power.",
        ),
        QuickFigure(
            "Served", 100.0 * look.served_share, "%", "Share of user slots at or above the SINR floor of a served user."
        ),
        QuickFigure(
            "By satellite", 100.0 * look.leo_share, "%", "Share of the served user slots that a satellite has."
        ),
    ]


def worst_rows(look: QuickLook) -> list[dict[str, Any]]:
    """Return the users who get least, worst first."""
    return [
        {
            "User": user.user_id,
            "Unserved, %": round(100.0 * user.outage, 1),
            "Rate, Mbit/s": round(user.mean_rate_mbit_s, 3),
        }
        for user in look.worst_users
    ]


def sinr_rows(look: QuickLook) -> list[dict[str, Any]]:
    """Return every user's mean SINR over the slots in which it is served, None when it never is."""
    pairs = zip(look.world.scenario.user_ids, look.mean_sinr_db, strict=True)
    return [
        {"User": name, "Mean SINR when served, dB": None if math.isnan(value) else round(value, 1)}
        for name, value in pairs
    ]
