"""A result in words and tables: headline figures and one row per user, for people and for screen readers."""

from __future__ import annotations

from typing import Any

import numpy as np

from itnt_core.objective import Service, objective_of_figures
from itnt_core.results import DATA_FIGURES, DERIVED_FIGURES, card_rows, served_users
from itnt_core.scenario import Scenario

from .handover import handover_rows, user_changes
from .optional_parts import optional_parts

FIRST_KEYS = ("utility_mbit", "utility_bound_mbit", "data_service_mbit", "upper_bound_mbit", "gap", "energy_kj")
NO_BOUND = ("Upper bound", "unknown", "No upper bound stands beside this result: nobody can say how much is missing.")


def headline_figures(kpis: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Return (label, value with unit, explanation) of the objective and each figure, what counts first in front."""
    objective = objective_of_figures(kpis)
    named = ("Objective", objective.name.capitalize(), objective.sentence)
    served = _served_figures(kpis) if objective.is_coverage_first else []
    unknown = [] if np.isfinite(Service.bound_of_figures(kpis).data_mbit) else [NO_BOUND]
    return [named, *served, *card_rows(DATA_FIGURES, kpis), *unknown]


def result_figures(result: Any) -> list[tuple[str, str, str]]:
    """Return the headline figures of a result, and those that follow from who is linked where."""
    return [*headline_figures(result.manifest["kpis"]), *handover_rows(result)]


def first_figures(kpis: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Return (label, value with unit, explanation) of the few figures that are looked at first."""
    served = _served_figures(kpis) if objective_of_figures(kpis).is_coverage_first else []
    return [*served, *card_rows([figure for figure in DATA_FIGURES if figure.key in FIRST_KEYS], kpis)]


def _served_figures(kpis: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Return the share of user slots that is served, and how much can be proved to be possible at most."""
    share, ceiling = Service.of_figures(kpis).served_share, Service.bound_of_figures(kpis).served_share
    if not np.isfinite(share):
        return []
    figure = next(figure for figure in DERIVED_FIGURES if figure.key == "served_share")
    at_most = f" Proved: at most {figure.text(100.0 * ceiling)} can be." if np.isfinite(ceiling) else ""
    words = f"Share of user slots that are served at or above the SINR floor: it counts before data.{at_most}"
    return [(figure.label, figure.text(100.0 * share), words)]


def user_rows(result: Any) -> list[dict[str, Any]]:
    """Return a row per user: kind, mean rate, share of slots served, data, mean SINR when served, changes of server."""
    data, slot_s = result.dataset, result.scenario.time.slot_s
    served = served_users(result.scenario, data)  # (slots, users)
    rate = np.nan_to_num(data["rate_active_mbit_s"].values)
    sinr_db = np.where(served, data["sinr_active_db"].values, np.nan)
    kinds, changes = user_kinds(result.scenario), user_changes(result)
    return [
        {
            "User": str(identifier),
            "Kind": kinds[column],
            "Mean rate, Mbit/s": round(float(rate[:, column].mean()), 3),
            "Served, %": round(100.0 * float(served[:, column].mean()), 1),
            "Data, Mbit": round(float(rate[:, column].sum() * slot_s), 1),
            "Mean SINR when served, dB": _mean_or_none(sinr_db[:, column]),
            "Changes of server": changes[column],
        }
        for column, identifier in enumerate(data["user"].values)
    ]


def user_kinds(scenario: Scenario) -> list[str]:
    """Return what kind of user each is: in the air, on the ground, indoors, on the way."""
    ground = [
        f"ground, indoors, floor {user.floor}" if user.is_indoors else "ground, on the way" if user.moves else "ground"
        for user in scenario.ground_users
    ]
    return ["aerial"] * len(scenario.aerial_users) + ground


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
        f"{kpis['data_service_mbit']:.0f} megabits in total. {_beside(result.scenario)}"
        "The table of users holds the same facts."
    )


def _beside(scenario: Scenario) -> str:
    parts = optional_parts(scenario)
    return f"The scenario has {', '.join(parts)}. " if parts else ""


def _mean_or_none(values: Any) -> float | None:
    """Return the mean of the finite values, to a tenth, or None when there are none."""
    finite = values[np.isfinite(values)]
    return round(float(finite.mean()), 1) if finite.size else None
