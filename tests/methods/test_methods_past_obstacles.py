"""Every method's flights keep clear of buildings, zones and one another along whole slots, and keep their budgets."""

import numpy as np
import pytest

from itnt_core.flight import mended, reference_flight
from itnt_core.flight.economy import least_energy_j
from itnt_core.learning import EnvironmentOptions
from itnt_core.learning.dynamics import ServiceDynamics
from itnt_core.learning.environment import reference
from itnt_core.methods import METHODS, carried_over, quiet, settings_of
from itnt_core.network import build_world, find_violations
from itnt_core.presets import preset
from itnt_core.scenario import Airspace, NoFlyZone, TimeGrid, scenario_of_data

LEARNED = {"rounds": 1, "episodes": 1, "environments": 2, "searches": 1, "hidden": 8, "reference_lines": False}
SETTINGS = {
    "straight": {},
    "planner": {"rounds": 1, "shakes": 0},
    "gradient": {"rounds": 1, "steps": 4, "restarts": 2, "shakes": 0},
    "proposed": LEARNED,
    "ra": {**LEARNED, "draws": 1},
}


@pytest.fixture(scope="module")
def plain(city_cache):
    """Two aerial users over 600 m of the City, for whom nothing bars the way."""
    scenario = preset("tiny", users=6, aerial_users=2, cache_dir=city_cache)
    return scenario.model_copy(update={"time": TimeGrid(start=scenario.time.start, slots=12)})


def barred(plain):
    """A zone lies on the first one's way, and batteries hold little more than the least energy of each mission."""
    start, end = plain.aerial_users[0].start, plain.aerial_users[0].destination
    east, north = (start.east_m + end.east_m) / 2, (start.north_m + end.north_m) / 2
    corners = tuple((east + 12.0 * a, north + 12.0 * b) for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1)))
    budgets = [round(least_energy_j(user, plain.time) / 1e3 * 1.06, 3) for user in plain.aerial_users]
    users = [
        user.model_copy(update={"energy_budget_kj": kilojoules})
        for user, kilojoules in zip(plain.aerial_users, budgets, strict=True)
    ]
    changes = {"no_fly_zones": (NoFlyZone(id="zone-1", corners_m=corners),), "aerial_users": tuple(users)}
    scenario = plain.model_copy(update={"airspace": Airspace(obstacles="buildings", clearance_m=12.0), **changes})
    return scenario_of_data(scenario.model_dump(mode="json"))


@pytest.fixture(scope="module")
def world(plain, city_cache):
    return build_world(barred(plain), cache_dir=city_cache)


@pytest.mark.parametrize("key", SETTINGS)
def test_no_method_breaks_what_the_air_and_the_batteries_ask(world, plain, key):
    method = METHODS[key]
    decision = method.solve(world, settings_of(method, SETTINGS[key]), 1, quiet)
    assert find_violations(world, decision) == []
    if key == "straight":
        free = build_world(plain, city=world.city)
        unaware = method.solve(free, settings_of(method, {}), 1, quiet)
        broken = {violation.constraint for violation in find_violations(world, unaware)}
        assert "no_fly" in broken


def test_an_answer_from_before_there_was_a_zone_is_carried_over_past_it(world, plain):
    free = build_world(plain, city=world.city)
    method = METHODS["straight"]
    before = method.solve(free, settings_of(method, {}), 1, quiet)
    carried = carried_over(before, free, world)
    broken = {violation.constraint for violation in find_violations(world, carried)}
    assert not broken & {"no_fly", "clearance", "battery", "7h", "7g", "7i"}


def test_flights_go_back_towards_home_only_where_they_must(world, plain):
    home, free = reference_flight(world), build_world(plain, city=world.city)
    np.testing.assert_array_equal(mended(world, home, home), home)
    wild = home.copy()
    wild[4:8, 0, :2] += 25.0
    assert mended(free, wild, home) is wild
    found = mended(world, wild, home)
    np.testing.assert_array_equal(found[:, 1], home[:, 1])
    assert np.linalg.norm(found - home) <= np.linalg.norm(wild - home)


def test_the_environment_punishes_what_meets_a_zone_and_what_no_battery_holds(world, plain):
    """Both worlds fly the same zero action, straight at the destinations: through the zone in the one that has it."""
    found, mbit = reference(world)
    told = []
    for one in (build_world(plain, city=world.city), world):
        dynamics = ServiceDynamics(one, found, 1, EnvironmentOptions(sinr_penalty=0.0), mbit)
        dynamics.reset()
        told.append([dynamics.step(np.zeros((1, dynamics.action_size))).penalty[0] for _ in range(one.slots)])
    free, barred_ = np.array(told)
    assert (free == 0.0).all() and (barred_ >= 0.0).all() and (barred_ >= 0.5).any()
    dynamics = ServiceDynamics(world, found, 1, EnvironmentOptions(sinr_penalty=0.0), mbit)
    dynamics.reset()
    dynamics.spent_j[:] = world.scenario.aerial_users[0].energy_budget_kj * 2e3
    assert dynamics.step(np.zeros((1, dynamics.action_size))).penalty[0] >= 0.5
