"""A result in words and tables: headline figures and one row per user, for people and for screen readers."""

from __future__ import annotations

from typing import Any

import numpy as np

from itnt_core.objective import SERVED, objective_of_figures
from itnt_core.results import served_users
from itnt_core.results.checking import is_number


def headline_figures(kpis: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Return (label, value with unit, explanation) of each headline figure, what counts first in front."""
    known = {key: value for key, value in kpis.items() if is_number(value)}
    objective = objective_of_figures(kpis)
    served = _served_figures(known) if SERVED in objective.terms else []
    named = ("Objective", objective.name.capitalize(), objective.sentence)
    return [named, *served, *_figures(known, _DATA), *_bound_figures(known), *_figures(known, _COSTS)]


def _served_figures(kpis: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Return the share of user slots that is served, and how much can be proved to be possible at most."""
    if "outage" not in kpis:
        return []
    at_most = f" Proved: at most {100 * kpis['served_bound']:.1f} % can be." if "served_bound" in kpis else ""
    words = f"Share of user slots that are served at or above the SINR floor: it counts before data.{at_most}"
    return [("Served", f"{100 * (1.0 - kpis['outage']):.1f} %", words)]


def _bound_figures(kpis: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Return the certified bound on data and the gap to it, where the result carries them."""
    if not {"upper_bound_mbit", "gap"} <= kpis.keys():
        return []
    proof = "Proved: no association, flight and powers can serve more data in this scenario."
    return [
        ("Upper bound", f"{kpis['upper_bound_mbit']:,.0f} Mbit", proof),
        ("Data gap", f"{100 * kpis['gap']:.1f} %", "How far the data service is below the upper bound, at most."),
    ]


# Key, label, figure with unit, explanation; a run that has lost a figure is shown without it.
_DATA = (
    (
        "data_service_mbit",
        "Data service",
        "{:,.0f} Mbit",
        "Active convention: all users, whole window; only stations that transmit on a subchannel interfere on it.",
    ),
    (
        "data_service_always_on_mbit",
        "Data service, always-on",
        "{:,.0f} Mbit",
        "The same decision with idle subchannels radiating what is left of the station's power; never more.",
    ),
)
_COSTS = (
    ("outage", "Outage", "{:.1f} %", "Share of user slots that are not served, or served below the SINR floor."),
    ("energy_kj", "Flight energy", "{:,.0f} kJ", "Propulsion energy of all aerial users."),
    ("violations", "Violations", "{:.0f}", "Every constraint is recomputed from the raw answer."),
)


_FACTORS = {"outage": 100.0}  # shown in per cent


def _figures(kpis: dict[str, Any], table: tuple[tuple[str, str, str, str], ...]) -> list[tuple[str, str, str]]:
    return [
        (label, form.format(_FACTORS.get(key, 1.0) * kpis[key]), words)
        for key, label, form, words in table
        if key in kpis
    ]


def user_rows(result: Any) -> list[dict[str, Any]]:
    """Return one row per user: kind, mean rate Mbit/s, share of slots served, data Mbit, mean SINR dB when served."""
    data, slot_s = result.dataset, result.scenario.time.slot_s
    served = served_users(result.scenario, data)  # (slots, users)
    rate = np.nan_to_num(data["rate_active_mbit_s"].values)
    sinr_db = np.where(served, data["sinr_active_db"].values, np.nan)
    aerial = data.sizes["aerial_user"]
    return [
        {
            "User": str(identifier),
            "Kind": "aerial" if column < aerial else "ground",
            "Mean rate, Mbit/s": round(float(rate[:, column].mean()), 3),
            "Served, %": round(100.0 * float(served[:, column].mean()), 1),
            "Data, Mbit": round(float(rate[:, column].sum() * slot_s), 1),
            "Mean SINR when served, dB": _mean_or_none(sinr_db[:, column]),
        }
        for column, identifier in enumerate(data["user"].values)
    ]


def replay_sentence(result: Any) -> str:
    """Describe the replay in a sentence for those who cannot see it."""
    data, kpis = result.dataset, result.manifest["kpis"]
    served = served_users(result.scenario, data)
    stations = [str(kind) for kind in data["station_kind"].values]
    return (
        f"3D replay of '{result.scenario.name}' over {result.scenario.time.duration_s:.0f} seconds: "
        f"{data.sizes['aerial_user']} aerial and {data.sizes['ground_user']} ground users, "
        f"{stations.count('gbs')} ground base stations, {stations.count('leo')} satellites; "
        f"on average {served.sum(axis=1).mean():.1f} users are served, "
        f"{kpis['data_service_mbit']:.0f} megabits in total. The table of users holds the same facts."
    )


def _mean_or_none(values: Any) -> float | None:
    """Return the mean of the finite values, to a tenth, or None when there are none."""
    finite = values[np.isfinite(values)]
    return round(float(finite.mean()), 1) if finite.size else None
