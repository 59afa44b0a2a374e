"""The live optimum in words: its figures, and what the last edit did to whom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from itnt_core.results import DATA_FIGURES

NEXT_TO_NOTHING = 5e-4  # of all data: less would be written as 0.0 %
FELT = 0.01  # a user who gets this share more or less has gained or lost
SHOWN = (
    "utility_mbit",
    "utility_bound_mbit",
    "shortfall_mbit",
    "data_service_mbit",
    "gap",
    "upper_bound_mbit",
    "outage",
    "energy_kj",
)
WORTH_KEYS = ("utility_mbit", "utility_bound_mbit", "gap")  # of a run where data are not all that counts
HEADLINE_KEYS = ("data_service_mbit", "upper_bound_mbit", "gap")  # of a run


def live_figures(kpis: Mapping[str, Any], leo_share: float | None = None) -> list[tuple[str, str]]:
    """Return the figures of an answer as label and text; what is not known yet is left out."""
    figures = {figure.key: figure for figure in DATA_FIGURES}
    known = [(figures[key], figures[key].value(kpis)) for key in SHOWN]
    rows = [(figure.label, figure.text(value)) for figure, value in known if value is not None]
    return rows if leo_share is None else [*rows, ("By satellite", f"{100.0 * leo_share:.1f} %")]


def run_headline(kpis: Mapping[str, Any], *, is_over: bool) -> str:
    """Say what a run has found, so far or in the end: data, bound and gap, as far as they are known."""
    figures = {figure.key: figure for figure in DATA_FIGURES}
    worth_key, bound_key, gap_key = keys = WORTH_KEYS if "utility_mbit" in kpis else HEADLINE_KEYS
    known = {key: figures[key].value(kpis) for key in keys}
    texts = {key: figures[key].text(value) for key, value in known.items() if value is not None}
    if not texts.get(worth_key):
        return "No decision yet"
    parts = [texts[worth_key] if worth_key in HEADLINE_KEYS else f"utility {texts[worth_key]}"]
    parts += [f"bound {texts[bound_key]}"] if bound_key in texts else []
    parts += [f"gap {texts[gap_key]}"] if gap_key in texts else []
    return f"{'Result' if is_over else 'Best so far'}: {', '.join(parts)}"


def live_headline(
    kpis: Mapping[str, Any],
    before: Mapping[str, Any] | None,
    user_mbit: Mapping[str, float],
    user_mbit_before: Mapping[str, float],
) -> str:
    """Say what the last edit did: data in per cent, how many users gain and lose; nothing where there was none before.

    Users are counted who are in both questions and whose data changed by more than a hundredth.
    """
    if before is None:
        return "First answer to this scenario"
    now, then = float(kpis["data_service_mbit"]), float(before["data_service_mbit"])
    changes = [(user_mbit[name], user_mbit_before[name]) for name in user_mbit if name in user_mbit_before]
    gain = sum(new > old * (1.0 + FELT) + 1e-9 for new, old in changes)
    lose = sum(new < old * (1.0 - FELT) - 1e-9 for new, old in changes)
    if not gain and not lose and abs(now - then) < NEXT_TO_NOTHING * then:
        return "Hardly a change"
    share = f"{100.0 * (now / then - 1.0):+.1f} % data" if then > 0.0 else f"{now:+,.0f} Mbit"
    gained = "1 user gains" if gain == 1 else f"{gain} users gain"
    lost = "1 loses" if lose == 1 else f"{lose} lose"
    return f"{share}, {gained}, {lost}"
