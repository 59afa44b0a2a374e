"""How far a GBS reaches without line of sight: every law by a pocket calculator, and a station put where it says."""

import math

import numpy as np
import pytest

from itnt_core.methods import explain_unserved
from itnt_core.network import Decision, blocked_reach_m, build_world, evaluate, strongest_station
from itnt_core.scenario import Antenna, Channel
from tests.network.small_worlds import flyer, open_scenario, open_world, station, walker_on_foot

NOISE_DBM = -174.0 + 7.0 + 10.0 * math.log10(180e3)
FLOOR_DB, CARRIER_GHZ, SUBCHANNELS, STEP_M = 3.0, 2.0, 2, 10.0

# (model, deployment, aerial, height in metres, power in watts): the greatest allowed loss in dB -> distance in space, m
BY_HAND = {
    ("free_space", "uma", False, 1.5, 2e-4): lambda loss_db: 10.0 ** ((loss_db - 38.468) / 20.0),
    ("free_space", "uma", True, 100.0, 2e-4): lambda loss_db: 10.0 ** ((loss_db - 38.468) / 20.0),
    ("power_law", "uma", False, 1.5, 0.5): lambda loss_db: 10.0 ** ((loss_db - 38.468) / 35.0),
    ("urban", "uma", False, 1.5, 0.2): lambda loss_db: 10.0 ** ((loss_db - 13.54 - 20.0 * math.log10(2.0)) / 39.08),
    ("urban", "umi", False, 1.5, 0.2): lambda loss_db: 10.0 ** ((loss_db - 22.4 - 21.3 * math.log10(2.0)) / 35.3),
    ("urban", "uma", True, 80.0, 0.2): lambda loss_db: (
        10.0 ** ((loss_db + 17.5 - 20.0 * math.log10(40.0 * math.pi * 2.0 / 3.0)) / (46.0 - 7.0 * math.log10(80.0)))
    ),
    ("urban", "umi", True, 80.0, 0.2): lambda loss_db: (
        10.0 ** ((loss_db - 32.4 - 20.0 * math.log10(2.0)) / (43.2 - 7.6 * math.log10(80.0)))
    ),
}


@pytest.mark.parametrize("case", BY_HAND, ids=lambda case: f"{case[0]}-{case[1]}-{'air' if case[2] else 'ground'}")
@pytest.mark.parametrize("gain_dbi", [0.0, 6.0])
def test_the_reach_is_the_one_of_the_scenarios_own_law_power_and_gain(case, gain_dbi):
    model, deployment, aerial, height_m, power_w = case
    gbs = station("gbs-1", 70.0, -30.0, max_power_w=power_w, antenna=Antenna(kind="isotropic", gain_dbi=gain_dbi))
    world = open_world(
        stations=[gbs], ground=[walker_on_foot("gu", 0.0, 0.0)], channel=Channel(model=model, deployment=deployment)
    )
    found_m = blocked_reach_m(world, gbs, height_m, aerial, FLOOR_DB)
    loss_db = 10.0 * math.log10(power_w / SUBCHANNELS) + 30.0 + gain_dbi - NOISE_DBM - FLOOR_DB
    expected_m = math.sqrt(BY_HAND[case](loss_db) ** 2 - (25.0 - height_m) ** 2)
    assert 200.0 < expected_m < 5600.0
    assert expected_m - STEP_M <= found_m <= expected_m + 0.01 * STEP_M


def test_macro_micro_and_free_space_cells_reach_differently_far():
    gbs = station("gbs-1", 0.0, 0.0, max_power_w=0.02)
    reach_m = [
        blocked_reach_m(
            open_world(stations=[gbs], ground=[walker_on_foot("gu", 0.0, 0.0)], channel=Channel(**channel)),
            gbs,
            1.5,
            False,
            0.0,
        )
        for channel in ({"deployment": "uma"}, {"deployment": "umi"}, {"model": "power_law"}, {"model": "free_space"})
    ]
    assert len(set(reach_m)) == 4
    assert reach_m[-1] == pytest.approx(math.sqrt(2.0) * 4000.0, abs=STEP_M)  # nowhere in the area is too far


def test_a_tilted_array_reaches_less_far_over_its_beam():
    upright, tilted = (
        station("gbs-1", 0.0, 0.0, max_power_w=0.02, antenna=Antenna(kind=kind, gain_dbi=8.0))
        for kind in ("isotropic", "tilted_array")
    )
    world = open_world(stations=[upright], ground=[walker_on_foot("gu", 0.0, 0.0)], model="urban")
    assert blocked_reach_m(world, tilted, 100.0, True, 0.0) < 0.7 * blocked_reach_m(world, upright, 100.0, True, 0.0)


@pytest.mark.parametrize("aerial", [False, True])
def test_a_station_placed_as_near_as_the_explanation_says_serves_the_user_and_one_farther_does_not(aerial):
    """Free space has no line of sight to lack, so the very world can be asked: the user alone, equal power."""
    power_w = 2e-6 if aerial else 2e-3
    quiet = Channel(model="power_law", shadowing=False, fading=False)
    users = (
        {"aerial": [flyer("u", (-1900.0, 0.0, 80.0))]} if aerial else {"ground": [walker_on_foot("u", -1900.0, 0.0)]}
    )
    scenario = open_scenario(stations=[station("far", 1900.0, 0.0, max_power_w=power_w)], channel=quiet, **users)
    world = build_world(scenario)
    (item,) = explain_unserved(world, idle(world))
    assert item.cause == "coverage" and item.gbs_like == "far"
    assert f"a GBS like far within {item.gbs_within_m:.0f} m" in item.sentence
    for distance_m, served in ((item.gbs_within_m, True), (item.gbs_within_m + STEP_M, False)):
        near = station("near", -1900.0 + distance_m, 0.0, max_power_w=power_w)
        there = build_world(scenario.model_copy(update={"ground_stations": (near,)}))
        sinr = evaluate(there, linked(there)).active.sinr[0, 0]
        assert (10.0 * math.log10(sinr) >= scenario.qos.min_sinr_active_db) == served


def test_without_a_station_a_usual_one_is_meant():
    world = open_world(passes=[], stations=[station("gbs-1", 0.0, 0.0)], ground=[walker_on_foot("gu", 0.0, 0.0)])
    assert strongest_station(world).id == "gbs-1"
    bare = world.scenario.model_copy(update={"ground_stations": ()})
    usual = strongest_station(type(world)(bare, world.city, world.sky, world.channel))
    assert (usual.max_power_w, usual.antenna.gain_dbi) == (4.0, 8.0)


def idle(world):
    nobody = np.full((world.slots, world.user_count), -1)
    return Decision(nobody, nobody.copy(), flight(world), np.zeros((world.slots, world.station_count, SUBCHANNELS)))


def linked(world):
    power = np.tile(world.station_max_power_w[None, :, None] / SUBCHANNELS, (world.slots, 1, SUBCHANNELS))
    own = np.zeros((world.slots, world.user_count), dtype=np.int64)
    return Decision(own, own.copy(), flight(world), power)


def flight(world):
    places = [(user.start.east_m, user.start.north_m, user.start.height_m) for user in world.scenario.aerial_users]
    return np.tile(np.array(places).reshape(1, -1, 3), (world.slots + 1, 1, 1))
