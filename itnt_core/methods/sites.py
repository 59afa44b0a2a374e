"""Where would one more base station add most?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from itnt_core.arrays import Array
from itnt_core.city import City, city_of_scenario
from itnt_core.objective import Objective, Service, objective_of
from itnt_core.presets import antenna_height_m
from itnt_core.scenario import GroundStation, Scenario

from .pipeline import optimise
from .quicklook import quick_look

NEW_ID = "new-gbs"
TERMS = ("served_share", "data_mbit")
SHOWN_POINTS = 0.05


@dataclass(frozen=True, eq=False)
class SiteSuggestion:
    """The gain of one more GBS over a grid of sites, and the best sites refined."""

    axis_m: Array  # (n,) east and north of the grid
    gain_mbit: Array  # (n, n), rows run north: quick data service with the new GBS minus without
    best: GroundStation  # by the scenario's objective
    best_gain_mbit: float  # by the planner, with minus without, where it was asked to refine; else the quick gain
    refined: bool
    best_gain_served: float = 0.0  # share of user slots, of the same evaluation
    is_worth_it: bool = True  # better than nothing new, by the scenario's objective

    @property
    def gain_words(self) -> str:
        """Return what the best site adds, with its unit."""
        points = 100.0 * self.best_gain_served
        served = f" and {points:+,.1f} points of served user slots" if abs(points) >= SHOWN_POINTS else ""
        return f"{self.best_gain_mbit:+,.0f} Mbit{served}"


def suggest_site(
    scenario: Scenario,
    points_per_side: int = 9,
    city: City | None = None,
    refine: int = 0,
    planner_s: float = 3.0,
    progress: Callable[[float], None] | None = None,
) -> SiteSuggestion:
    """Screen a grid of sites with the quick look; refine the ``refine`` best ones with the planner.

    A candidate stands on the roof under it, at least 25 m up, with the default power and antenna of the scenario's
    first GBS. Raises ScenarioError when the scenario cannot be built.
    """
    area = scenario.area
    if city is None:
        city = city_of_scenario(scenario)
    objective, before = objective_of(scenario), quick_look(scenario, city).service
    axis = (np.arange(points_per_side) + 0.5) / points_per_side * area.size_m - area.size_m / 2
    gain = np.zeros((points_per_side, points_per_side))
    served = np.zeros_like(gain)
    for index in np.ndindex(gain.shape):
        candidate = _candidate(scenario, city, float(axis[index[1]]), float(axis[index[0]]))
        found = quick_look(_with(scenario, candidate), city).service
        gain[index], served[index] = found.data_mbit - before.data_mbit, found.served_share - before.served_share
        if progress is not None:
            progress((index[0] * points_per_side + index[1] + 1) / gain.size)
    ranks = np.lexsort([-part.ravel() for part in reversed(objective.key(Service(served, gain)))])
    norths, easts = np.unravel_index(ranks, gain.shape)
    order = list(zip(norths.tolist(), easts.tolist(), strict=True))
    best = _candidate(scenario, city, float(axis[order[0][1]]), float(axis[order[0][0]]))
    if refine < 1:
        more = Service(float(served[order[0]]), float(gain[order[0]]))
        return _suggestion(objective, axis, gain, best, more, False)
    without = _planned(scenario, planner_s)
    tried = [_candidate(scenario, city, float(axis[east]), float(axis[north])) for north, east in order[:refine]]
    values = [_planned(_with(scenario, candidate), planner_s) for candidate in tried]
    top = objective.best(Service(*(np.array([getattr(value, name) for value in values]) for name in TERMS)))
    more = Service(*(getattr(values[top], name) - getattr(without, name) for name in TERMS))
    return _suggestion(objective, axis, gain, tried[top], more, True)


def _suggestion(
    objective: Objective, axis: Array, gain: Array, best: GroundStation, more: Service, refined: bool
) -> SiteSuggestion:
    is_worth_it = bool(objective.better(more, Service(0.0, 0.0)))
    return SiteSuggestion(axis, gain, best, more.data_mbit, refined, more.served_share, is_worth_it)


def _candidate(scenario: Scenario, city: City, east_m: float, north_m: float) -> GroundStation:
    east, north = round(float(east_m), 1), round(float(north_m), 1)
    place = {"id": NEW_ID, "name": "", "east_m": east, "north_m": north}
    height = antenna_height_m(city, east, north)
    if scenario.ground_stations:
        return scenario.ground_stations[0].model_copy(update={**place, "height_m": height})
    return GroundStation(id=NEW_ID, east_m=east, north_m=north, height_m=height)


def _with(scenario: Scenario, station: GroundStation) -> Scenario:
    return scenario.model_copy(update={"ground_stations": (*scenario.ground_stations, station)})


def _planned(scenario: Scenario, seconds: float) -> Service:
    result = optimise(scenario, "planner", settings={"time_limit_s": seconds})
    return Service.of_figures(result.kpis)
