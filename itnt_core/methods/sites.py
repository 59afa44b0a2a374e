"""Where would one more base station add most?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from itnt_core.arrays import Array
from itnt_core.city import City, city_of_scenario
from itnt_core.presets import antenna_height_m
from itnt_core.scenario import GroundStation, Scenario, free_id
from itnt_core.scenario.edit import with_added

from .pipeline import optimise
from .quicklook import quick_look

BEFORE = "in the quick look: straight flights, equal power, before anything is optimised anew"
AFTER = "after the planner has optimised both anew, each in the same time"


@dataclass(frozen=True, eq=False)
class SiteSuggestion:
    """The gain of one more GBS over a grid of sites, and the best sites refined.

    ``best`` carries the id under which it is added: shadowing is drawn by id, so the same mast under another id would
    serve other data than the suggestion promises.
    """

    axis_m: Array  # (n,) east and north of the grid
    gain_mbit: Array  # (n, n), rows run north: quick objective with the new GBS minus without
    best: GroundStation
    best_gain_mbit: float  # by the planner, with minus without, where it was asked to refine; else the quick gain
    refined: bool

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

    A candidate stands on the roof under it, at least 25 m up, with the default power and antenna of the scenario's
    first GBS, and has the id under which it would be added. Raises ScenarioError when the scenario cannot be built,
    EditError when it holds no more base stations.
    """
    area = scenario.area
    if city is None:
        city = city_of_scenario(scenario)
    before = quick_look(scenario, city).data_service_mbit
    axis = (np.arange(points_per_side) + 0.5) / points_per_side * area.size_m - area.size_m / 2
    gain = np.zeros((points_per_side, points_per_side))
    for index in np.ndindex(gain.shape):
        candidate = _candidate(scenario, city, float(axis[index[1]]), float(axis[index[0]]))
        gain[index] = quick_look(with_added(scenario, "ground_stations", (candidate,)), city).data_service_mbit - before
        if progress is not None:
            progress((index[0] * points_per_side + index[1] + 1) / gain.size)
    norths, easts = np.unravel_index(np.argsort(-gain, axis=None), gain.shape)
    order = list(zip(norths.tolist(), easts.tolist(), strict=True))
    best = _candidate(scenario, city, float(axis[order[0][1]]), float(axis[order[0][0]]))
    if refine < 1:
        return SiteSuggestion(axis, gain, best, float(gain.max()), False)
    without = _planned(scenario, planner_s)
    tried = [_candidate(scenario, city, float(axis[east]), float(axis[north])) for north, east in order[:refine]]
    values = [_planned(with_added(scenario, "ground_stations", (candidate,)), planner_s) for candidate in tried]
    top = int(np.argmax(values))
    return SiteSuggestion(axis, gain, tried[top], values[top] - without, True)


def _candidate(scenario: Scenario, city: City, east_m: float, north_m: float) -> GroundStation:
    east, north = round(float(east_m), 1), round(float(north_m), 1)
    free, height = free_id(scenario, "ground_stations"), antenna_height_m(city, east, north)
    station = GroundStation(id=free, east_m=east, north_m=north, height_m=height)
    if not scenario.ground_stations:
        return station
    first = scenario.ground_stations[0]
    same = {"max_power_w": first.max_power_w, "max_users": first.max_users, "antenna": first.antenna}
    return station.model_copy(update=same)


def _planned(scenario: Scenario, seconds: float) -> float:
    result = optimise(scenario, "planner", settings={"time_limit_s": seconds})
    return float(result.kpis["data_service_mbit"])
