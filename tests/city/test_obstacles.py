"""Legs past buildings and no-fly zones: rays and the judge's distances against shapely, leg by leg."""

import numpy as np
import pytest
import shapely

from benchmarks.obstacles import CLEARANCE_M, SQUARE, plain_beside_m, plain_inside_m, random_legs
from itnt_core.city import Obstacles, obstacles_of
from itnt_core.scenario import Airspace, NoFlyZone, Scenario
from tests.city.judge import city_of
from tests.network.small_worlds import flyer

BLOCK = shapely.box(-20.0, -10.0, 20.0, 10.0)


def block(roof_m=60.0, base_m=0.0, zones=(), clearance_m=CLEARANCE_M):
    return Obstacles(city_of([BLOCK], [roof_m], [base_m]), tuple(zones), clearance_m, 1.0)


def leg(start, end):
    return np.array([start], dtype=float), np.array([end], dtype=float)


@pytest.fixture(scope="module")
def many():
    """A hundred blocks of any height, some of them in the air, and a zone over the middle."""
    rng = np.random.default_rng(3)
    shapes = [
        shapely.affinity.rotate(shapely.box(east - w, north - h, east + w, north + h), angle)
        for east, north, w, h, angle in np.column_stack(
            [rng.uniform(-390, 390, (100, 2)), rng.uniform(5, 30, (100, 2)), rng.uniform(0, 90, 100)]
        )
    ]
    bases = np.where(rng.random(100) < 0.2, rng.uniform(30.0, 60.0, 100), 0.0)
    city = city_of(shapes, bases + rng.uniform(10.0, 90.0, 100), bases)
    zone = NoFlyZone(id="z", corners_m=tuple((90.0 * a, 70.0 * b) for a, b in SQUARE), floor_m=40.0, ceiling_m=90.0)
    return Obstacles(city, (zone,), CLEARANCE_M, 1.0)


def test_random_legs_are_judged_as_shapely_judges_them(many):
    start, end = random_legs(800.0, 400)
    tree = shapely.STRtree(many.city.footprints())
    plain = np.array([plain_beside_m(many.city, tree, *one) for one in zip(start, end, strict=True)])
    within = np.array([plain_inside_m(many.zones[0], *one) for one in zip(start, end, strict=True)])
    beside, inside, clear = many.beside_m(start, end)[0], many.inside_m(start, end)[0], many.are_clear(start, end)
    near = plain < CLEARANCE_M + 20.0
    assert near.sum() > 100 and (within > 0.0).sum() > 5 and 0.2 < clear.mean() < 0.8
    np.testing.assert_allclose(beside[near], plain[near], atol=1e-4)
    np.testing.assert_allclose(inside[within > 0.0], within[within > 0.0], atol=1e-4)
    assert (plain[clear] >= CLEARANCE_M).all() and (within[clear] == 0.0).all()
    # planners keep a hair more than they must
    assert (~clear[(plain < CLEARANCE_M) | (within > 0.01)]).all()
    assert clear[(plain >= CLEARANCE_M + 0.01) & (within == 0.0) & (inside == 0.0)].all()


def test_nobody_is_refused_at_a_corner_without_need_but_among_outlines(many):
    """A right-angled corner at (20, 10): 16 m from it on the diagonal is clear, yet inside the outline's cut corner."""
    rim = np.deg2rad(22.5)
    point = np.array([20.0, 10.0]) + 16.0 * np.array([np.cos(rim), np.sin(rim)])
    past = leg((point[0] - 40.0 * np.sin(rim), point[1] + 40.0 * np.cos(rim), 50.0), (*point, 50.0))
    alone = block()
    assert alone.are_clear(*past)[0] and not alone.are_clear(*past, among=[0])[0]
    nearer = tuple(end - np.array([[1.1 * np.cos(rim), 1.1 * np.sin(rim), 0.0]]) for end in past)
    assert alone.beside_m(*nearer)[0][0] < CLEARANCE_M and not alone.are_clear(*nearer)[0]
    start, end = random_legs(800.0, 400, seed=2)
    assert (many.are_clear(start, end, among=range(101)) <= many.are_clear(start, end)).all()


@pytest.mark.parametrize(
    ("start", "end", "distance_m"),
    [
        ((-100.0, 30.0, 50.0), (100.0, 30.0, 50.0), 20.0),  # beside the wall
        ((-100.0, 0.0, 74.0), (100.0, 0.0, 74.0), 0.0),  # 14 m above the roof: too low
        ((-100.0, 0.0, 75.0), (100.0, 0.0, 75.0), np.inf),  # 15 m above: allowed
        ((-100.0, 0.0, 95.0), (0.0, 0.0, 55.0), 0.0),  # sinks into it
        ((-70.0, 0.0, 50.0), (-70.0, 0.0, 50.0), np.inf),  # farther than what is measured
        ((-50.0, 0.0, 50.0), (-50.0, 0.0, 50.0), 30.0),  # hovers
        ((-40.0, 0.0, 10.0), (-40.0, 0.0, 200.0), 20.0),  # climbs straight up
        ((5.0, 5.0, 70.0), (5.0, 5.0, 100.0), 0.0),  # climbs from the roof
    ],
)
def test_the_clearance_is_kept_beside_a_building_or_above_it(start, end, distance_m):
    beside, whose = block().beside_m(*leg(start, end))
    assert beside[0] == pytest.approx(distance_m)
    assert whose[0] == (0 if np.isfinite(distance_m) else -1)
    assert block().are_clear(*leg(start, end))[0] == (distance_m >= CLEARANCE_M)


def test_a_part_in_the_air_may_be_passed_below():
    raised = block(roof_m=90.0, base_m=70.0)
    under, too_near = (leg((-99.0, 0.0, height), (99.0, 0.0, height)) for height in (54.0, 56.0))
    assert raised.are_clear(*under)[0] and np.isinf(raised.beside_m(*under)[0][0])
    assert not raised.are_clear(*too_near)[0] and raised.beside_m(*too_near)[0][0] == 0.0


def test_a_zone_may_be_flown_along_over_and_under_but_not_into():
    zone = NoFlyZone(id="z", corners_m=((0.0, 0.0), (50.0, 0.0), (50.0, 50.0), (0.0, 50.0)), floor_m=60.0, ceiling_m=80)
    air = Obstacles(city_of([BLOCK], [10.0]), (zone,), None, 1.0)
    for height, inside in ((60.0, 0.0), (70.0, 50.0), (80.0, 0.0)):
        through = leg((-50.0, 25.0, height), (100.0, 25.0, height))
        assert air.inside_m(*through)[0][0] == pytest.approx(inside, abs=1e-4)
        assert air.are_clear(*through)[0] == (inside == 0.0)
    along = leg((-50.0, 0.0, 70.0), (100.0, 0.0, 70.0))
    assert air.inside_m(*along)[0][0] == 0.0
    hovering = leg((25.0, 25.0, 70.0), (25.0, 25.0, 70.0))
    assert air.inside_m(*hovering)[0][0] > 0.0 and air.inside_m(*hovering)[1][0] == 0
    assert air.met(*(point[0] for point in through)) == [] and air.name(0) == "the no-fly zone 'z'"


def test_what_a_leg_meets_has_a_name(many):
    found = block().met(np.array([-99.0, 0.0, 50.0]), np.array([99.0, 0.0, 50.0]))
    assert [block().name(index) for index in found] == ["the building at 0 m east, 0 m north"]
    corners = block().outline_m(0)
    assert np.abs(corners).max(axis=0) == pytest.approx([20.0 + CLEARANCE_M, 10.0 + CLEARANCE_M], abs=0.1)


def test_while_the_air_is_free_there_is_nothing_to_ask():
    scenario = Scenario(aerial_users=(flyer("au", (0.0, 0.0, 100.0)),))
    assert obstacles_of(scenario, block().city) is None
    barred = scenario.model_copy(update={"airspace": Airspace(obstacles="buildings", clearance_m=20.0)})
    assert obstacles_of(barred, block().city).clearance_m == 20.0
    assert obstacles_of(barred.model_copy(update={"aerial_users": ()}), block().city) is None
