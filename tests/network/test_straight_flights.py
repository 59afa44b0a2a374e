"""The reference flight and the equal power: what they promise, judged by the constraint check."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from itnt_core.flight import straight_flight
from itnt_core.network import Decision, find_violations
from itnt_core.power import equal_power
from itnt_core.scenario import Scenario, TimeGrid, check_scenario
from tests.network.small_worlds import flyer, open_scenario, open_world, satellite, station, walker_on_foot

STATION = [station("gbs", 500.0, 500.0, max_power_w=2.0), station("loud", -500.0, 500.0, max_power_w=10.0)]
ON_FOOT = [walker_on_foot("gu", 0.0, -50.0)]


def violated(aerial, slots):
    """Return the names of the constraints that the straight flight of these missions breaks."""
    world = open_world(stations=STATION, ground=ON_FOOT, aerial=aerial, slots=slots)
    nobody = np.full((slots, world.user_count), -1)
    decision = Decision(nobody, nobody, straight_flight(world.scenario), equal_power(world))
    return {violation.constraint for violation in find_violations(world, decision)}


def test_a_flyer_alone_flies_straight_at_constant_speed():
    scenario = open_scenario(
        stations=STATION, aerial=[flyer("au", (-300.0, 0.1, 60.0), (300.0, 400.3, 120.0))], slots=12
    )
    flight = straight_flight(scenario)
    assert flight.shape == (13, 1, 3)
    assert flight[0, 0].tolist() == [-300.0, 0.1, 60.0] and flight[-1, 0].tolist() == [300.0, 400.3, 120.0]
    assert np.diff(flight[:, 0], axis=0) == pytest.approx(np.tile([50.0, 400.2 / 12, 5.0], (12, 1)))


@pytest.mark.parametrize(
    "second",
    [
        ((300.0, 0.0, 100.0), (-300.0, 0.0, 100.0)),
        ((0.0, -300.0, 100.0), (0.0, 300.0, 100.0)),
        ((-300.0, 60.0, 100.0), (300.0, -60.0, 100.0)),
    ],
    ids=["head on", "crossing", "sidling"],
)
def test_flyers_who_would_meet_avoid_each_other_by_height(second):
    pair = [flyer("first", (-300.0, 0.0, 100.0), (300.0, 0.0, 100.0)), flyer("second", *second)]
    scenario = open_scenario(stations=STATION, aerial=pair, slots=20)
    flight = straight_flight(scenario)
    assert np.linalg.norm(flight[:, 0] - flight[:, 1], axis=1).min() >= 50.0
    level = np.linspace(second[0][:2], second[1][:2], 21)
    assert flight[:, 1, :2] == pytest.approx(level)  # over ground, the line stays the line
    assert np.ptp(flight[:, 1, 2]) > 1.0
    assert violated(pair, 20) == set()


@pytest.mark.parametrize(("low_m", "high_m"), [(90.0, 300.0), (50.0, 110.0), (70.0, 130.0)])
def test_avoiding_keeps_within_the_heights_that_are_allowed(low_m, high_m):
    room = {"min_height_m": low_m, "max_height_m": high_m, "min_separation_m": 30.0}
    pair = [
        flyer("first", (-300.0, 0.0, 100.0), (300.0, 0.0, 100.0), **room),
        flyer("second", (300.0, 0.0, 100.0), (-300.0, 0.0, 100.0), **room),
    ]
    assert violated(pair, 20) == set()


LEVEL = {"min_height_m": 100.0, "max_height_m": 100.0}


def head_on(slots, speeds):
    """Two flyers at one fixed height who swap places 600 m apart, 2 s a slot."""
    ends = (-300.0, 0.0, 100.0), (300.0, 0.0, 100.0)
    return [
        flyer(name, start, end, max_speed_m_s=speed, **LEVEL)
        for (name, start, end), speed in zip((("first", *ends), ("second", *ends[::-1])), speeds, strict=True)
    ]


# 600 m in 20 slots of 2 s take 15 m/s; a bow of 50 m takes a little more
@pytest.mark.parametrize(
    "speeds",
    [(45.0, 45.0), (15.0, 30.0), (30.0, 15.0), (15.3, 15.3)],
    ids=["both may", "the second must", "the first must", "only both together"],
)
def test_flyers_at_one_height_pass_each_other_sideways(speeds):
    assert violated(head_on(20, speeds), 20) == set()


def test_a_ring_of_flyers_who_change_places_at_one_height_keeps_apart():
    angles = 2.0 * np.pi * np.arange(6) / 6
    ends = [(400.0 * np.cos(angle), 400.0 * np.sin(angle), 100.0) for angle in angles]
    ring = [flyer(f"au-{n}", ends[n], ends[(n + 3) % 6], **LEVEL) for n in range(6)]
    assert violated(ring, 30) == set()


def test_mirrored_flyers_who_meet_at_one_point_keep_apart():
    """Mirror images of each other east and west of one line, at one height."""
    crowd = [
        flyer(
            f"au-{n}", (side * 300.0, 40.0 * n, 100.0), (-side * 300.0, 40.0 * n, 100.0), min_separation_m=30.0, **LEVEL
        )
        for n, side in enumerate((1.0, -1.0, 1.0, -1.0))
    ]
    assert violated(crowd, 20) == set()


def test_flyers_without_a_second_to_spare_fly_straight_and_the_check_says_so():
    assert violated(head_on(20, (15.0, 15.0)), 20) == {"7h"}


spots = st.tuples(st.floats(-900.0, 900.0), st.floats(-900.0, 900.0), st.floats(50.0, 300.0))


@given(
    missions=st.lists(st.tuples(spots, spots), min_size=1, max_size=4),
    slots=st.integers(8, 25),
    climb=st.sampled_from([0.5, 5.0, 30.0]),
)
def test_whatever_the_missions_only_separation_may_ever_fail(missions, slots, climb):
    aerial = [
        flyer(f"au-{n}", start, end, max_speed_m_s=150.0, max_vertical_speed_m_s=climb)
        for n, (start, end) in enumerate(missions)
    ]
    scenario = Scenario(time=TimeGrid(slots=slots), ground_stations=tuple(STATION), aerial_users=tuple(aerial))
    assume(check_scenario(scenario) == [])
    assert violated(aerial, slots) <= {"7h"}


def test_a_scenario_without_flyers_has_an_empty_flight():
    assert straight_flight(open_scenario(stations=STATION, ground=ON_FOOT, slots=3)).shape == (4, 0, 3)


def test_equal_power_spends_every_stations_limit_evenly():
    world = open_world(stations=STATION, passes=[satellite()], ground=ON_FOOT, slots=3, subchannels=4)
    power = equal_power(world)
    assert power.shape == (3, 3, 4)
    assert power.sum(axis=2) == pytest.approx(np.tile([2.0, 10.0, 4.0], (3, 1)))
    assert (power == power[..., :1]).all()
    power[0, 0, 0] = 0.0  # a copy of one's own, not a view of one number
    assert power[1, 0, 0] == 0.5
