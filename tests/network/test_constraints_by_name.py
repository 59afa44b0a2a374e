"""Each constraint, broken alone, is named alone; a clean decision has no violation."""

from dataclasses import replace

import numpy as np
import pytest

from itnt_core.network import CONSTRAINTS, Decision, DecisionError, build_world, evaluate, find_violations
from itnt_core.scenario import Area, Channel
from tests.network.small_worlds import flyer, open_scenario, open_world, satellite, station, walker_on_foot

A, B = 0, 1  # stations; the satellite is 2
AU_1, AU_2, AU_3, GU_1, GU_2, GU_3, GU_4 = range(7)


@pytest.fixture(scope="module")
def world():
    """Four slots of 2 s: two flyers side by side, one hovering 5 m from the border, four on foot, 3 subchannels."""
    limits = {
        "max_speed_m_s": 15.0,
        "max_vertical_speed_m_s": 2.0,
        "min_height_m": 95.0,
        "max_height_m": 105.0,
        "min_separation_m": 50.0,
    }
    return open_world(
        stations=[station("a", 40.0, -150.0, max_users=2), station("b", 40.0, 220.0)],
        passes=[satellite()],
        aerial=[
            flyer("au-1", (0.0, 0.0, 100.0), (80.0, 0.0, 100.0), **limits),
            flyer("au-2", (0.0, 70.0, 100.0), (80.0, 70.0, 100.0), **limits),
            flyer("au-3", (995.0, 500.0, 100.0), **limits),
        ],
        ground=[
            walker_on_foot(f"gu-{n}", *spot)
            for n, spot in enumerate([(30.0, -140.0), (50.0, 210.0), (50.0, -160.0), (30.0, 230.0)], start=1)
        ],
        slots=4,
        subchannels=3,
        area=Area(size_m=2000.0),
        channel=Channel(model="free_space", fading=False),
    )


@pytest.fixture
def clean(world):
    """Two users at each station, three unserved, equal powers, straight flights."""
    serving, channel = np.full((4, 7), -1), np.full((4, 7), -1)
    for user, base, slot in ((AU_1, A, 0), (GU_1, A, 1), (AU_2, B, 0), (GU_2, B, 1)):
        serving[:, user], channel[:, user] = base, slot
    east = 20.0 * np.arange(5)
    paths = [
        [(x, 0.0, 100.0) for x in east],
        [(x, 70.0, 100.0) for x in east],
        [(995.0, 500.0, 100.0)] * 5,
    ]
    return Decision(serving, channel, np.array(paths).transpose(1, 0, 2).copy(), np.full((4, 3, 3), 4.0 / 3.0))


def assign(user, base, channel, slot=1):
    def change(decision):
        decision.station[slot, user], decision.subchannel[slot, user] = base, channel

    return change


def waypoint(number, user, east=0.0, north=0.0, up=0.0):
    def change(decision):
        decision.positions_m[number, user] += (east, north, up)

    return change


def power(base, channel, watts, slot=1):
    def change(decision):
        decision.power_w[slot, base, channel] = watts

    return change


def climb_over_the_limit(decision):
    decision.positions_m[1:4, AU_1, 2] += (3.5, 5.5, 3.5)


def sink_below_the_limit(decision):
    decision.positions_m[1:4, AU_1, 2] -= (3.5, 5.5, 3.5)


# constraint, what breaks it, the 1-based slots of its violations (0 is the start), who, value and limit of the first
BREAKS = {
    "a station that is not there": ("7b", assign(GU_3, 3, 0), [2], "user gu-3", 3, 2),
    "a negative station": ("7b", assign(GU_3, -2, 0), [2], "user gu-3", -2, 2),
    "a subchannel that is not there": ("7b", assign(GU_4, B, 3), [2], "user gu-4", 3, 2),
    "a negative subchannel": ("7b", assign(GU_4, B, -2), [2], "user gu-4", -2, 2),
    "a station without a subchannel": ("7c", assign(GU_3, B, -1), [2], "user gu-3", None, 1),
    "a subchannel without a station": ("7c", assign(GU_3, -1, 2), [2], "user gu-3", None, 1),
    "two users on one subchannel": ("ofdma", assign(GU_4, B, 1, slot=0), [1], "subchannel 1 of b", 2, 1),
    "three users where two are allowed": ("7d", assign(GU_3, A, 2, slot=3), [4], "station a", 3, 2),
    "more than P_max": ("7e", power(A, 1, 2.7), [2], "power of a", 4.0 / 3.0 + 2.7, 4.0),
    "a negative power": ("7e", power(A, 2, -0.1), [2], "power of a on subchannel 2", -0.1, 0.0),
    "too faint a link": ("7f", power(A, 0, 1e-6), [2], "user au-1", None, -5.0),
    "too fast": ("7g", waypoint(2, AU_1, east=11.0), [2], "au-1", 31.0 / 2.0, 15.0),
    "climbing too fast": ("vertical_speed", waypoint(2, AU_1, up=4.5), [2, 3], "au-1", 2.25, 2.0),
    "too close": ("7h", waypoint(2, AU_2, north=-22.0), [2], "au-1 and au-2", 48.0, 50.0),
    "too close one above the other": ("7h", waypoint(2, AU_2, north=-21.0, up=1.0), [2], "au-1 and au-2", None, 50.0),
    "another start": ("7i", waypoint(0, AU_2, east=1.0), [0], "au-2", 1.0, 0.0),
    "another destination": ("7i", waypoint(4, AU_2, north=3.0, up=-4.0), [4], "au-2", 5.0, 0.0),
    "too high": ("7j", climb_over_the_limit, [2], "au-1", 105.5, 105.0),
    "too low": ("7j", sink_below_the_limit, [2], "au-1", 94.5, 95.0),
    "out of the area": ("area", waypoint(2, AU_3, east=6.0), [2], "au-3", 1001.0, 1000.0),
}


def test_the_clean_decision_has_no_violation(world, clean):
    assert find_violations(world, clean) == []
    assert find_violations(world, replace(clean, convention="active")) == []
    assert find_violations(world, clean, evaluate(world, clean)) == []


@pytest.mark.parametrize("case", BREAKS.values(), ids=BREAKS.keys())
def test_a_constraint_broken_alone_is_named_alone(world, clean, case):
    name, change, slots, subject, value, limit = case
    change(clean)
    found = find_violations(world, clean)
    assert {violation.constraint for violation in found} == {name}
    assert [violation.slot for violation in found] == slots
    assert subject in found[0].subject
    assert found[0].limit == pytest.approx(limit)
    if value is not None:
        assert found[0].value == pytest.approx(value)
    assert f"({name})" in found[0].sentence and subject in found[0].sentence and str(slots[0]) in found[0].sentence


@pytest.mark.parametrize(("own_m", "others_m", "slots"), [(50.0, 80.0, 5), (80.0, 50.0, 5), (70.0, 0.0, 0)])
def test_of_two_separations_the_larger_counts(own_m, others_m, slots):
    """Two hover 70 m apart at all five waypoints."""
    pair = [
        flyer("au-1", (0.0, 0.0, 100.0), min_separation_m=own_m),
        flyer("au-2", (70.0, 0.0, 100.0), min_separation_m=others_m),
    ]
    grounded = open_scenario(stations=[station("a", 0.0, 0.0)], ground=[walker_on_foot("gu", 9.0, 9.0)], slots=4)
    hovering = build_world(grounded.model_copy(update={"aerial_users": tuple(pair)}))  # past the scenario's own check
    paths = np.tile([[0.0, 0.0, 100.0], [70.0, 0.0, 100.0]], (5, 1, 1))
    nobody = np.full((4, 3), -1)
    found = find_violations(hovering, Decision(nobody, nobody, paths, np.ones((4, 1, 2))))
    assert [violation.constraint for violation in found] == ["7h"] * slots


# asked by scenarios that say so: test_obstacles_and_batteries, test_flux, tests/test_changes_of_server.py,
# tests/methods/test_what_counts.py
ELSEWHERE = {"clearance", "no_fly", "battery", "pfd", "stay", "least_rate"}


def test_every_constraint_is_among_the_cases():
    assert {case[0] for case in BREAKS.values()} == set(CONSTRAINTS) - ELSEWHERE


def test_several_broken_constraints_are_all_named(world, clean):
    for change in (waypoint(2, AU_1, east=11.0), waypoint(2, AU_3, east=6.0), power(A, 1, 2.7), assign(GU_4, B, 1, 0)):
        change(clean)
    assert {violation.constraint for violation in find_violations(world, clean)} == {"7g", "area", "7e", "ofdma"}


def test_a_user_who_is_not_served_breaks_no_floor(world, clean):
    nobody = np.full((4, 7), -1)
    assert find_violations(world, replace(clean, station=nobody, subchannel=nobody)) == []


def test_serving_without_power_is_named(world, clean):
    power(A, 0, 0.0)(clean)
    assert {violation.constraint for violation in find_violations(world, clean)} == {"7e", "7f"}


def at_full_speed(decision):
    decision.positions_m[:, AU_1, 0] = [0.0, 30.0, 60.0, 80.0, 80.0]  # 30 m in 2 s


def at_full_speed_and_climb(decision):
    at_full_speed(decision)  # speed is over ground: climbing does not count towards it
    at_full_climb(decision)


def at_full_climb(decision):
    decision.positions_m[1:4, AU_1, 2] = [104.0, 105.0, 101.0]  # 4 m in 2 s, up to the highest and down again


def at_full_power(decision):
    decision.power_w[:, A, :2] = 2.0


EXACT = {
    "speed": at_full_speed,
    "climb and height": at_full_climb,
    "speed and climb": at_full_speed_and_climb,
    "power": at_full_power,
    "separation": waypoint(2, AU_2, north=-20.0),  # 50 m beside AU 1
    "border": waypoint(2, AU_3, east=5.0),
    "U_max": assign(GU_4, B, 2),  # three users on three subchannels
}


@pytest.mark.parametrize("change", EXACT.values(), ids=EXACT.keys())
def test_a_limit_reached_exactly_is_kept(world, clean, change):
    change(clean)
    assert find_violations(world, clean) == []


def test_the_floor_is_the_one_of_the_decisions_own_convention(world, clean):
    """AU 1 faint on station A, B and the satellite loud on its subchannel: hopeless until they fall silent."""
    assign(AU_2, -1, -1)(clean)  # B no longer serves on subchannel 0 in slot 2
    power(A, 0, 0.002)(clean)
    answer = evaluate(world, clean)
    assert answer.always_on.sinr[1, AU_1] < 10**-0.5 and answer.active.sinr[1, AU_1] > 1.0
    assert [violation.constraint for violation in find_violations(world, clean)] == ["7f"]
    assert find_violations(world, replace(clean, convention="active")) == []


@pytest.mark.parametrize(
    ("field", "shape"),
    [
        ("station", (4, 6)),
        ("station", (3, 7)),
        ("subchannel", (7, 4)),
        ("subchannel", (4, 7, 1)),
        ("positions_m", (4, 3, 3)),
        ("positions_m", (5, 2, 3)),
        ("positions_m", (5, 3, 2)),
        ("power_w", (4, 2, 3)),
        ("power_w", (4, 3, 4)),
        ("power_w", ()),
    ],
)
@pytest.mark.parametrize("judge", [evaluate, find_violations])
def test_arrays_of_a_wrong_shape_are_refused(world, clean, judge, field, shape):
    array = np.zeros(shape, dtype=getattr(clean, field).dtype)
    with pytest.raises(DecisionError, match=field):
        judge(world, replace(clean, **{field: array}))


@pytest.mark.parametrize("field", ["positions_m", "power_w"])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("judge", [evaluate, find_violations])
def test_numbers_that_are_not_finite_are_refused(world, clean, judge, field, value):
    getattr(clean, field)[-1, -1, -1] = value
    with pytest.raises(DecisionError, match=field):
        judge(world, clean)


@pytest.mark.parametrize("field", ["station", "subchannel"])
@pytest.mark.parametrize("kind", [float, bool])
def test_indices_that_are_not_whole_numbers_are_refused(world, clean, field, kind):
    with pytest.raises(DecisionError, match=field):
        evaluate(world, replace(clean, **{field: getattr(clean, field).astype(kind)}))


NO_SUCH_LINK = [
    "a station that is not there",
    "a negative station",
    "a subchannel that is not there",
    "a negative subchannel",
    "a station without a subchannel",
]


@pytest.mark.parametrize("case", NO_SUCH_LINK)
def test_the_judge_declines_to_price_a_link_that_does_not_exist(world, clean, case):
    """find_violations names it; a number from evaluate would be nonsense."""
    BREAKS[case][1](clean)
    with pytest.raises(DecisionError):
        evaluate(world, clean)
