"""The reference flight past obstacles: as short as a taut string, refused with names, and frugal where it has to be."""

from dataclasses import replace

import numpy as np
import pytest
import shapely
from shapely.ops import substring

from itnt_core.flight import reference_flight, straight_flight
from itnt_core.flight.around import Pace, flown
from itnt_core.flight.economy import cheapest_speed_m_s, least_energy_j
from itnt_core.network import Decision, find_violations, flight_energy_j, propulsion_power_w
from itnt_core.scenario import Airspace, NoFlyZone, ScenarioError, TimeGrid
from tests.city.judge import city_of
from tests.network.small_worlds import flyer, open_world, station, walker_on_foot

CLEARANCE_M = 15.0
BUILDINGS = Airspace(obstacles="buildings", clearance_m=CLEARANCE_M)
LEVEL = {"min_height_m": 100.0, "max_height_m": 110.0}


def world_of(aerial, shapes=(), roofs=(), zones=(), airspace=BUILDINGS, slots=30):
    ground = [walker_on_foot("gu", 9.0, 9.0)]
    world = open_world(stations=[station("a", 300.0, 300.0)], aerial=aerial, ground=ground, slots=slots)
    scenario = world.scenario.model_copy(update={"airspace": airspace, "no_fly_zones": tuple(zones)})
    return replace(world, scenario=scenario, city=city_of(list(shapes), list(roofs)))


def violated(world, flight):
    nobody = np.full((world.slots, world.user_count), -1)
    power = np.zeros((world.slots, world.station_count, world.subchannels))
    return {violation.constraint for violation in find_violations(world, Decision(nobody, nobody, flight, power))}


def lengths_m(flight):
    return np.linalg.norm(np.diff(flight, axis=0), axis=2).sum(axis=0)


def taut_string_m(start, end, shape):
    """The shorter way around a convex outline: one of the two sides of the hull of it and both ends."""
    hull = shapely.union(shapely.MultiPoint([start[:2], end[:2]]), shape).convex_hull.exterior
    at = sorted(hull.project(shapely.Point(point[:2])) for point in (start, end))
    one_side = substring(hull, *at).length
    return min(one_side, hull.length - one_side)


def test_while_the_air_is_free_the_reference_is_the_straight_flight():
    pair = [flyer("au-1", (-300.0, 0.0, 100.0), (300.0, 0.0, 100.0)), flyer("au-2", (0.0, 5.0, 100.0))]
    world = world_of(pair, airspace=Airspace())
    np.testing.assert_array_equal(reference_flight(world), straight_flight(world.scenario))

    assert reference_flight(world_of([], airspace=BUILDINGS)).shape == (31, 0, 3)


@pytest.mark.parametrize("seed", range(8))
def test_around_one_building_the_way_is_a_taut_string(seed):
    rng = np.random.default_rng(seed)
    wide, deep, angle = rng.uniform((10.0, 10.0, 0.0), (60.0, 60.0, 90.0)).tolist()
    shape = shapely.affinity.rotate(shapely.box(-wide, -deep, wide, deep), angle)
    start, end = (-200.0, rng.uniform(-40.0, 40.0), 100.0), (200.0, rng.uniform(-40.0, 40.0), 105.0)
    world = world_of([flyer("au-1", start, end, **LEVEL)], [shape], [200.0])
    flight = reference_flight(world)
    assert violated(world, flight) == set()
    plan_m = np.linalg.norm(np.diff(flight[:, 0, :2], axis=0), axis=1).sum()
    shortest_m = taut_string_m(start, end, shape.buffer(CLEARANCE_M, quad_segs=64))
    assert shortest_m - 0.05 <= plan_m <= 1.01 * shortest_m


def test_where_flying_over_is_shorter_it_flies_over():
    wall = shapely.box(-5.0, -900.0, 5.0, 900.0)
    ends = (-400.0, 0.0, 100.0), (400.0, 0.0, 100.0)
    world = world_of([flyer("au-1", *ends)], [wall], [95.0])  # 10 m too high for the clearance
    flight = reference_flight(world)
    assert violated(world, flight) == set()
    assert 800.0 < lengths_m(flight)[0] < 805.0 and flight[:, 0, 2].max() >= 110.0


def test_a_way_that_neither_goes_around_nor_straight_over_is_found_on_the_grid():
    """Walls to the border of the area, and roofs under which no line at another height fits the climb from the ends."""
    ends = (-450.0, 0.0, 60.0), (450.0, 0.0, 60.0)
    walls = [shapely.box(-260.0, -2100.0, -250.0, 2100.0), shapely.box(250.0, -2100.0, 260.0, 2100.0)]
    zone = NoFlyZone(
        id="lid", corners_m=((-100.0, -2100.0), (100.0, -2100.0), (100.0, 2100.0), (-100.0, 2100.0)), floor_m=90
    )
    world = world_of([flyer("au-1", *ends, max_vertical_speed_m_s=6.0)], walls, [120.0, 120.0], [zone], slots=90)
    flight = reference_flight(world)
    assert violated(world, flight) == set()
    over_wall = np.interp([-255.0, 0.0, 255.0], flight[:, 0, 0], flight[:, 0, 2])
    assert over_wall[0] >= 135.0 and over_wall[1] <= 90.0 and over_wall[2] >= 135.0


def test_many_missions_between_many_buildings_break_nothing_but_separation_or_are_refused():
    rng = np.random.default_rng(11)
    middles, halves = rng.uniform(-450.0, 450.0, (60, 2)), rng.uniform(10.0, 30.0, (60, 2))
    shapes = [shapely.box(*(middle - half), *(middle + half)) for middle, half in zip(middles, halves, strict=True)]
    roofs, refused, flown_past = rng.uniform(60.0, 200.0, 60), 0, 0
    for _ in range(12):
        ends = [(*rng.uniform(-500.0, 500.0, 2), height) for height in rng.uniform(100.0, 110.0, 4)]
        pair = [flyer("au-1", *ends[:2], **LEVEL), flyer("au-2", *ends[2:], **LEVEL)]
        world = world_of(pair[:1], shapes, roofs)
        world = replace(world, scenario=world.scenario.model_copy(update={"aerial_users": tuple(pair)}))
        try:
            flight = reference_flight(world)
        except ScenarioError as error:
            refused += 1
            assert all("building at" in sentence for sentence in error.sentences)
            continue
        flown_past += bool((lengths_m(flight) > lengths_m(straight_flight(world.scenario)) + 0.5).any())
        assert violated(world, flight) <= {"7h"}
    assert refused < 10 and flown_past >= 3


def test_users_keep_apart_along_whole_slots_beside_obstacles():
    shape = shapely.box(-20.0, -20.0, 20.0, 20.0)
    ends = (-300.0, 0.0, 100.0), (300.0, 0.0, 100.0)
    pair = [flyer("au-1", *ends), flyer("au-2", *ends[::-1])]
    world = world_of(pair, [shape], [300.0])
    assert violated(world, reference_flight(world)) == set()


def test_a_mission_that_cannot_be_flown_is_refused_with_who_blocks_it():
    wall = NoFlyZone(id="wall", corners_m=((-10.0, -2100.0), (10.0, -2100.0), (10.0, 2100.0), (-10.0, 2100.0)))
    world = world_of([flyer("au-1", (-300.0, 0.0, 100.0), (300.0, 0.0, 100.0))], zones=[wall])
    with pytest.raises(
        ScenarioError, match=r"mission of aerial user 'au-1' is barred by the no-fly zone 'wall', but no"
    ):
        reference_flight(world)
    near = world_of([flyer("au-1", (-30.0, 0.0, 100.0), (300.0, 0.0, 100.0))], [shapely.box(-20, -9, 20, 9)], [150.0])
    sentence = r"start of aerial user 'au-1' is too near to the building at 0 m east, 0 m north, but 15 m of clearance"
    with pytest.raises(ScenarioError, match=sentence):
        reference_flight(near)
    slow = world_of(
        [flyer("au-1", (-300.0, 0.0, 100.0), (300.0, 0.0, 100.0), max_speed_m_s=10.1, **LEVEL)],
        [shapely.box(-20.0, -200.0, 20.0, 200.0)],
        [200.0],
    )
    with pytest.raises(ScenarioError, match=r"barred by the building at 0 m east"):
        reference_flight(slow)


def test_a_way_over_turning_points_takes_whole_slots_and_keeps_its_pace():
    points = np.array([[0.0, 0.0, 50.0], [90.0, 0.0, 50.0], [90.0, 10.0, 60.0], [90.0, 10.0, 60.0], [0.0, 10.0, 60.0]])
    pace = Pace(30.0, 4.0)
    way = flown(points, 12, pace, wait=2)
    steps = np.diff(way, axis=0)
    assert way.shape == (13, 3) and (way[:3] == points[0]).all() and (way[-1] == points[-1]).all()
    assert np.hypot(*steps[:, :2].T).max() <= 30.0 + 1e-9 and np.abs(steps[:, 2]).max() <= 4.0
    for point in points:
        assert (np.abs(way - point).max(axis=1) < 1e-12).any()
    assert flown(points, 8, pace) is None  # 3 + 3 + 3 slots are needed
    assert (flown(points[:1].repeat(2, axis=0), 4, pace) == points[0]).all()


def test_no_flight_takes_less_than_the_least_energy():
    speeds = np.linspace(0.0, 150.0, 3001)
    power = propulsion_power_w(speeds)
    beyond = speeds >= cheapest_speed_m_s()
    assert power.min() >= propulsion_power_w(cheapest_speed_m_s()) - 1e-3
    assert (np.diff(power[beyond], 2) > 0.0).all()  # so no mix of speeds is cheaper than their mean
    rng = np.random.default_rng(2)
    user = flyer("au", (0.0, 0.0, 100.0), (900.0, 0.0, 130.0))
    time = TimeGrid(slots=30)
    for _ in range(50):
        way = np.cumsum(np.vstack([np.zeros(3), rng.normal((30.0, 0.0, 1.0), (20.0, 9.0, 2.0), (30, 3))]), axis=0)
        way[-1] = (900.0, 0.0, 30.0)
        assert flight_energy_j(way[:, None], 2.0).sum() >= least_energy_j(user, time)


def test_who_has_not_the_energy_to_hover_flies_to_and_fro():
    hovering = flyer("au-1", (0.0, 0.0, 100.0), energy_budget_kj=9.5)  # hovering for a minute takes 10.1 kJ
    world = world_of([hovering, flyer("au-2", (60.0, 0.0, 100.0))], airspace=Airspace())
    flight = reference_flight(world)
    assert violated(world, flight) == set()
    assert violated(world, straight_flight(world.scenario)) == {"battery"}
    too_little = hovering.model_copy(update={"energy_budget_kj": 7.0})
    with pytest.raises(ScenarioError, match=r"budget of aerial user 'au-1' is 7 kJ, but even the most economical"):
        reference_flight(world_of([too_little], airspace=Airspace()))
