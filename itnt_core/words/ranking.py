"""How good a run is, in one sentence: its data, its distance from the certified bound, its rank among methods."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from itnt_core.objective import SAME, Objective, Service, objective_of_figures
from itnt_core.results import DATA_FIGURES, DERIVED_FIGURES

_DATA = next(figure for figure in DATA_FIGURES if figure.key == "data_service_mbit")
_UTILITY = next(figure for figure in DATA_FIGURES if figure.key == "utility_mbit")
_SERVED = next(figure for figure in DERIVED_FIGURES if figure.key == "served_share")
ORDINALS = ("best", "second", "third")


def result_sentence(method: str, kpis: Mapping[str, Any], rivals: Mapping[str, Mapping[str, Any]]) -> str:
    """Say what a run has found, how far below the bound that is, and its rank among all methods on its scenario.

    ``method`` is the title of the run's method, ``kpis`` its figures; ``rivals`` are the figures of the best run of
    every other method, by title. Who breaks a constraint has no rank.
    """
    service = Service.of_figures(kpis)
    if not np.isfinite(service.data_mbit):
        return f"{method}: no figures are known."
    objective = objective_of_figures(kpis)
    head = f"{method}: {_headline(service, objective)}{_bound(kpis)}"
    if kpis.get("violations"):
        return f"{head}; it breaks constraints, so it has no rank."
    others = {title: Service.of_figures(known) for title, known in rivals.items() if not known.get("violations")}
    others = {title: other for title, other in others.items() if np.isfinite([*objective.key(other)]).all()}
    return f"{head}; {_rank(service, others, objective)}." if others else f"{head}."


def best_of_methods(runs: Mapping[str, Mapping[str, Any]], method_of: Mapping[str, str]) -> dict[str, str]:
    """Return the best run of every method, the best one first: title of the method to key of the run.

    ``runs`` are the figures by key, ``method_of`` the title of each one's method. Without a method stays who breaks a
    constraint.
    """
    found: dict[str, str] = {}
    for key, kpis in runs.items():
        title = method_of[key]
        if kpis.get("violations"):
            continue
        held, objective = found.get(title), objective_of_figures(kpis)
        if held is None or objective.better(Service.of_figures(kpis), Service.of_figures(runs[held])):
            found[title] = key
    order = sorted(found.items(), key=lambda pair: _rank_key(runs[pair[1]]), reverse=True)
    return dict(order)


def _rank_key(kpis: Mapping[str, Any]) -> tuple[Any, ...]:
    return objective_of_figures(kpis).key(Service.of_figures(kpis))


def _headline(service: Service, objective: Objective) -> str:
    data = f"{service.data_mbit:,.0f} {_DATA.unit}" if service.data_mbit >= 100.0 else _DATA.text(service.data_mbit)
    is_whole = service.served_share >= 1.0 - SAME or not objective.is_coverage_first
    if not objective.is_plain:
        data = f"{data}, worth {_UTILITY.text(service.utility_mbit)} by {objective.name}"
    return data if is_whole else f"{data}, {_SERVED.text(100.0 * service.served_share)} of the user slots served"


def _bound(kpis: Mapping[str, Any]) -> str:
    gap = kpis.get("gap")
    if not isinstance(gap, int | float):
        return ", without a known bound"
    return f", within {100.0 * gap:.1f} % of the certified bound"


def _rank(service: Service, others: Mapping[str, Service], objective: Objective) -> str:
    better = [title for title in others if objective.better(others[title], service)]
    number, count = len(better) + 1, len(others) + 1
    place = ORDINALS[number - 1] if number <= len(ORDINALS) else f"number {number}"
    place = "last" if number == count > 2 else place
    # Beside the next one below who is best, else beside the best.
    near = max(others, key=lambda title: objective.key(others[title]))
    return f"{place} of {count} methods on this scenario, {_lead(service, others[near], near, objective)}"


def _lead(service: Service, other: Service, title: str, objective: Objective) -> str:
    points = 100.0 * (service.served_share - other.served_share)
    if objective.is_coverage_first and abs(points) > 100.0 * SAME:
        return f"{abs(points):.2g} points of served user slots {'above' if points > 0.0 else 'below'} {title}"
    worth, beside = objective.worth.of(service), objective.worth.of(other)
    if beside <= 0.0 or abs(worth / beside - 1.0) < 5e-4:
        return f"level with {title}"
    share = 100.0 * (worth / beside - 1.0)
    return f"{abs(share):.1f} % {'above' if share > 0.0 else 'below'} {title}"
