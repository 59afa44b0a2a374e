"""Changes of server of a result in figures and words."""

from __future__ import annotations

from typing import Any

import numpy as np

from itnt_core.handover import changes_of_server, handover_figures
from itnt_core.results import DERIVED_FIGURES
from itnt_core.scenario import Scenario

HANDOVER_KEYS = ("handovers_per_user_min", "ping_pongs", "handover_lost_s")
_FIGURES = [figure for figure in DERIVED_FIGURES if figure.key in HANDOVER_KEYS]


def handover_kpis(result: Any) -> dict[str, float]:
    """Return changes of server per user and minute, changes back, and the time that they take, by key."""
    found = handover_figures(result.scenario, _servers(result))
    return dict(zip(HANDOVER_KEYS, (found.per_user_min, found.ping_pongs, found.lost_s), strict=True))


def handover_rows(result: Any) -> list[tuple[str, str, str]]:
    """Return (label, value with unit, explanation) of each figure of changes of server, as headlines have them."""
    known = handover_kpis(result)
    counted = "It counts." if result.scenario.handover.interrupts else "In this scenario no data is lost by it."
    rows = []
    for figure in _FIGURES:
        more = f" {counted}" if figure.key == "handover_lost_s" else ""
        rows.append((figure.label, figure.text(known[figure.key]), f"{figure.words}{more}"))
    return rows


def user_changes(result: Any) -> list[int]:
    """Return how often each user changes its server."""
    return [int(count) for count in changes_of_server(_servers(result)).sum(axis=0)]


def handover_sentence(scenario: Scenario) -> str:
    """Say what changes of server cost in a scenario; nothing where they cost nothing."""
    handover = scenario.handover
    parts = []
    if handover.interrupts:
        ground, satellite = handover.ground_interruption_s, handover.satellite_interruption_s
        parts.append(
            f"interrupts a user's data for {ground:g} s between GBSs and for {satellite:g} s to or from a satellite"
        )
    if handover.price_mbit > 0.0:
        parts.append(f"costs {handover.price_mbit:g} Mbit in what is optimised")
    if handover.min_stay_slots > 1:
        parts.append(f"is not followed by another one of the user within {handover.min_stay_slots} slots")
    return f"A change of server {', '.join(parts[:-1])}{' and ' if parts[:-1] else ''}{parts[-1]}." if parts else ""


def _servers(result: Any) -> np.ndarray:
    return np.asarray(result.dataset["serving_station"].values).astype(np.int64)
