"""What obstacles and batteries ask of flights, recomputed from the decision; two who move at once, by brute force."""

from dataclasses import replace

import numpy as np
import pytest
import shapely

from benchmarks.obstacles import plain_least_m
from itnt_core.network import (
    Decision,
    World,
    apart_m,
    constraint_margins,
    find_violations,
    flight_energy_j,
    least_distance_m,
)
from itnt_core.scenario import Airspace, NoFlyZone
from tests.city.judge import city_of
from tests.network.small_worlds import flyer, open_world, station

TOWER = shapely.box(-10.0, -10.0, 10.0, 10.0)  # 120 m tall
ZONE = NoFlyZone(id="zone", corners_m=((100.0, -30.0), (160.0, -30.0), (160.0, 30.0), (100.0, 30.0)), floor_m=80.0)


def world_of(*aerial, airspace=Airspace(obstacles="buildings", clearance_m=15.0), zones=(ZONE,), slots=4) -> World:  # noqa: B008
    """A tower in the middle of open ground and a zone to its east."""
    world = open_world(stations=[station("a", 300.0, 300.0)], aerial=aerial, slots=slots)
    scenario = world.scenario.model_copy(update={"airspace": airspace, "no_fly_zones": zones})
    return replace(world, scenario=scenario, city=city_of([TOWER], [120.0]))


def decision_of(world, *ways):
    nobody = np.full((world.slots, world.user_count), -1)
    flight = np.array(ways, dtype=float).transpose(1, 0, 2)
    return Decision(nobody, nobody, flight, np.zeros((world.slots, world.station_count, world.subchannels)))


def straight(start, end, slots=4):
    share = np.linspace(0.0, 1.0, slots + 1)[:, None]
    return np.array(start) * (1.0 - share) + np.array(end) * share


def test_the_closed_form_of_two_straight_moves_is_what_brute_force_finds():
    rng = np.random.default_rng(5)
    first, second = rng.normal(0.0, 60.0, (2, 200, 2, 3))
    second[::5, 1] = second[::5, 0] + first[::5, 1] - first[::5, 0]  # side by side: the distance never changes
    first[::7, 1], second[::7, 1] = first[::7, 0], second[::7, 0]  # both stand still
    closed = least_distance_m(first[:, 0] - second[:, 0], first[:, 1] - second[:, 1])
    plain = [plain_least_m(a, b) for a, b in zip(first, second, strict=True)]
    speeds = np.linalg.norm((first - second)[:, 1] - (first - second)[:, 0], axis=1)
    assert (closed <= np.array(plain) + 1e-9).all()
    assert (closed >= np.array(plain) - speeds / 4000.0).all()


def test_distances_at_waypoints_stay_what_they_were_and_whole_slots_are_never_farther():
    rng = np.random.default_rng(6)
    first, second = rng.normal(0.0, 60.0, (2, 9, 4, 3))
    ends = apart_m(first, second, whole=False)
    np.testing.assert_array_equal(ends, np.linalg.norm(first - second, axis=-1))
    whole = apart_m(first, second, whole=True)
    assert (whole <= ends).all() and (whole[1:] <= ends[:-1]).all() and (whole < ends).any()


@pytest.mark.parametrize(
    ("start", "end", "constraint", "slots", "value"),
    [
        ((-90.0, 0.0, 100.0), (90.0, 0.0, 100.0), "clearance", [2], 0.0),  # no waypoint is near it
        ((-90.0, 22.0, 100.0), (90.0, 22.0, 100.0), "clearance", [2], 12.0),
        ((-90.0, 0.0, 135.0), (90.0, 0.0, 135.0), None, [], None),  # over it
        ((-90.0, 25.0, 100.0), (90.0, 25.0, 100.0), None, [], None),  # just clear beside it
        ((80.0, 0.0, 100.0), (200.0, 0.0, 100.0), "no_fly", [1, 2], 20.0),
        ((80.0, 0.0, 80.0), (200.0, 0.0, 80.0), None, [], None),  # along its floor
        ((80.0, 30.0, 100.0), (200.0, 30.0, 100.0), None, [], None),  # along its edge
    ],
)
def test_a_leg_that_touches_something_between_two_waypoints_is_named(start, end, constraint, slots, value):
    world = world_of(flyer("au-1", start, end), slots=3)
    found = find_violations(world, decision_of(world, straight(start, end, 3)))
    assert [violation.constraint for violation in found] == [constraint] * len(slots)
    assert [violation.slot for violation in found] == slots
    if found:
        assert found[0].value == pytest.approx(value, abs=1e-3)
        who = "beside the building at 0 m east, 0 m north" if constraint == "clearance" else "in 'zone'"
        assert f"aerial user au-1 {who} in slot {slots[0]}" in found[0].sentence


def test_who_pass_each_other_within_a_slot_are_named_only_where_there_are_obstacles():
    ends = (-40.0, 500.0, 100.0), (40.0, 500.0, 100.0)
    pair = [flyer("au-1", *ends), flyer("au-2", *ends[::-1])]
    ways = straight(*ends, 1), straight(*ends[::-1], 1)
    barred = world_of(*pair, slots=1)
    (found,) = find_violations(barred, decision_of(barred, *ways))
    assert (found.constraint, found.slot, found.value, found.limit) == ("7h", 1, 0.0, 50.0)
    free = world_of(*pair, airspace=Airspace(), zones=(), slots=1)
    assert find_violations(free, decision_of(free, *ways)) == []
    margins = {margin.constraint: margin for margin in constraint_margins(barred, decision_of(barred, *ways))}
    assert margins["7h"].where == "au-1 and au-2, slot 1" and margins["7h"].quantity.endswith("along the whole slot")


def test_a_battery_holds_what_it_holds_for_the_whole_flight():
    ends = (-60.0, 500.0, 100.0), (60.0, 500.0, 100.0)
    way = straight(*ends)
    used_kj = flight_energy_j(way[:, None], 2.0).sum() / 1e3
    for budget_kj, broken in ((used_kj * 1.000_001, []), (used_kj * 0.999, ["battery"])):
        world = world_of(flyer("au-1", *ends, energy_budget_kj=budget_kj), flyer("au-2", (0.0, 900.0, 100.0)))
        decision = decision_of(world, way, straight((0.0, 900.0, 100.0), (0.0, 900.0, 100.0)))
        found = find_violations(world, decision)
        assert [violation.constraint for violation in found] == broken
        margin = next(one for one in constraint_margins(world, decision) if one.constraint == "battery")
        assert margin.cases == 1 and margin.where == "aerial user au-1, whole flight"
        assert margin.value == pytest.approx(used_kj) and margin.limit == budget_kj
