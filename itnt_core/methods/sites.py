"""Where would one more base station add most?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from itnt_core.arrays import Array
from itnt_core.city import City, city_of_scenario
from itnt_core.objective import Objective, Service, objective_of
from itnt_core.presets import antenna_height_m, nearest_place
from itnt_core.scenario import Antenna, EditError, GroundStation, Scenario, free_id, with_added

from .pipeline import optimise
from .quicklook import quick_look

BEFORE = "in the quick look: straight flights, equal power, before anything is optimised anew"
AFTER = "after the planner has optimised both anew, each in the same time"
TERMS = ("served_share", "data_mbit", "utility_mbit", "reached_mbit", "cost_mbit")
SHOWN_POINTS = 0.05  # percentage points, which one decimal shows


@dataclass(frozen=True, eq=False)
class SiteSuggestion:
    """The gain of one more GBS over a grid of sites, and the best sites refined.

    ``best`` carries the id under which it is added: shadowing is drawn by id, so the same GBS under another id would
    serve other data than the suggestion promises.
    """

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
        return f"{self.best_gain_mbit:,.1f} Mbit{served}"

    @property
    def meaning(self) -> str:
        """Say which evaluation ``best_gain_mbit`` comes from."""
        return AFTER if self.refined else BEFORE


def suggest_site(
    scenario: Scenario,
    points_per_side: int = 9,
    city: City | None = None,
    refine: int = 0,
    planner_s: float = 3.0,
    progress: Callable[[float], None] | None = None,
) -> SiteSuggestion:
    """Screen a grid of sites with the quick look; refine the ``refine`` best ones with the planner.

    A candidate stands on the roof under it, at least 25 m up, with the power and antenna of the scenario's first GBS (a
    round one where that is a sector), and has the id under which it would be added and the name of the nearest place.
    None stands in the water: the grid says what it would gain there, but it is not suggested. Raises ScenarioError when
    the scenario cannot be built, EditError when it holds no more base stations or all of the grid lies in the water.
    """
    area = scenario.area
    if city is None:
        city = city_of_scenario(scenario)
    objective, before = objective_of(scenario), quick_look(scenario, city).service
    axis = (np.arange(points_per_side) + 0.5) / points_per_side * area.size_m - area.size_m / 2
    gain = np.zeros((points_per_side, points_per_side))
    change: dict[str, Array] = {name: np.zeros_like(gain) for name in TERMS}
    for index in np.ndindex(gain.shape):
        candidate = _candidate(scenario, city, float(axis[index[1]]), float(axis[index[0]]))
        found = quick_look(with_added(scenario, "ground_stations", (candidate,)), city).service
        for name in TERMS:
            change[name][index] = getattr(found, name) - getattr(before, name)
        if progress is not None:
            progress((index[0] * points_per_side + index[1] + 1) / gain.size)
    ranks = np.lexsort([-part.ravel() for part in reversed(objective.key(Service(**change)))])
    gain = np.asarray(objective.worth.of(Service(**change)))
    norths, easts = np.unravel_index(ranks, gain.shape)
    order = _on_land(city, axis, list(zip(norths.tolist(), easts.tolist(), strict=True)))
    best = _candidate(scenario, city, float(axis[order[0][1]]), float(axis[order[0][0]]))
    if refine < 1:
        more = Service(**{name: float(values[order[0]]) for name, values in change.items()})
        return _suggestion(objective, axis, gain, best, more, False)
    without = _planned(scenario, planner_s)
    tried = [_candidate(scenario, city, float(axis[east]), float(axis[north])) for north, east in order[:refine]]
    values = [_planned(with_added(scenario, "ground_stations", (candidate,)), planner_s) for candidate in tried]
    top = objective.best(Service(*(np.array([getattr(value, name) for value in values]) for name in TERMS)))
    more = Service(*(getattr(values[top], name) - getattr(without, name) for name in TERMS))
    return _suggestion(objective, axis, gain, tried[top], more, True)


def _on_land(city: City, axis_m: Array, order: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the sites of the grid, as (row, column), that do not stand in the water (EditError when all do)."""
    wet = city.is_water(np.array([(axis_m[east], axis_m[north]) for north, east in order])).tolist()
    dry = [site for site, in_water in zip(order, wet, strict=True) if not in_water]
    if not dry:
        raise EditError("All sites that were tried lie in the water: try more of them.")
    return dry


def _suggestion(
    objective: Objective, axis: Array, gain: Array, best: GroundStation, more: Service, refined: bool
) -> SiteSuggestion:
    is_worth_it = bool(objective.better(more, Service(0.0, 0.0)))
    return SiteSuggestion(axis, gain, best, objective.worth.of(more), refined, more.served_share, is_worth_it)


def _candidate(scenario: Scenario, city: City, east_m: float, north_m: float) -> GroundStation:
    east, north = round(float(east_m), 1), round(float(north_m), 1)
    free, height = free_id(scenario, "ground_stations"), antenna_height_m(city, east, north)
    station = GroundStation(id=free, name=nearest_place(city, east, north), east_m=east, north_m=north, height_m=height)
    if not scenario.ground_stations:
        return station
    first = scenario.ground_stations[0]
    # A mast that is suggested looks to all sides: which way a single sector should look, nobody has asked.
    antenna = Antenna() if first.antenna.is_directional else first.antenna
    same = {"max_power_w": first.max_power_w, "max_users": first.max_users, "antenna": antenna}
    return station.model_copy(update=same)


def _planned(scenario: Scenario, seconds: float) -> Service:
    result = optimise(scenario, "planner", settings={"time_limit_s": seconds})
    return Service.of_figures(result.kpis)
