"""Building penetration against tables 7.4.3-1 and 7.4.3-2 of TR 38.901, worked out in plain Python."""

from math import log10

import numpy as np
import pytest

from itnt_core.network import build_world
from itnt_core.presets import preset
from itnt_core.radio import indoor_depth_m, penetration_db, wall_loss_db
from itnt_core.scenario import City, GroundUser, floor_height_m


def mixed_db(shares):
    """Return PL_tw = 5 - 10 log10 sum p 10^(-L / 10) of shares and losses (equation 7.4-2)."""
    return 5.0 - 10.0 * log10(sum(share * 10.0 ** (-loss / 10.0) for share, loss in shares))


@pytest.mark.parametrize("carrier_ghz", [0.5, 2.0, 3.5, 6.0])
def test_the_wall_is_the_table(carrier_ghz):
    glass, coated, concrete = 2.0 + 0.2 * carrier_ghz, 23.0 + 0.3 * carrier_ghz, 5.0 + 4.0 * carrier_ghz
    assert wall_loss_db("low_loss", carrier_ghz) == pytest.approx(mixed_db([(0.3, glass), (0.7, concrete)]))
    assert wall_loss_db("high_loss", carrier_ghz) == pytest.approx(mixed_db([(0.7, coated), (0.3, concrete)]))


@pytest.mark.parametrize(("floor", "height_m"), [(1, 1.5), (2, 4.5), (8, 22.5)])
def test_floors_are_three_metres_apart(floor, height_m):
    user = GroundUser(id="u", east_m=1.0, north_m=2.0, height_m=9.0, indoor="low_loss", floor=floor)
    assert user.position_m == (1.0, 2.0, height_m) and floor_height_m(floor) == height_m


def crowd(count, **more):
    users = tuple(GroundUser(id=f"u{n}", east_m=0.0, north_m=0.0, **more) for n in range(count))
    return preset("tiny").model_copy(update={"ground_users": users})


def test_wall_and_inside_add_up_without_randomness():
    scenario = crowd(1, indoor="high_loss", depth_m=12.0)
    scenario = scenario.model_copy(update={"channel": scenario.channel.model_copy(update={"shadowing": False})})
    assert penetration_db(scenario)[0] == pytest.approx(wall_loss_db("high_loss", 2.0) + 0.5 * 12.0)
    assert (penetration_db(crowd(3)) == 0.0).all()


@pytest.mark.parametrize(("kind", "sigma_db"), [("low_loss", 4.4), ("high_loss", 6.5)])
def test_draws_have_the_spread_of_the_table_and_are_fixed_by_names(kind, sigma_db):
    scenario = crowd(3000, indoor=kind, depth_m=0.0)
    found = penetration_db(scenario)
    assert found.mean() == pytest.approx(wall_loss_db(kind, 2.0), abs=0.4)
    assert found.std() == pytest.approx(sigma_db, rel=0.06)
    fewer = scenario.model_copy(update={"ground_users": scenario.ground_users[1000:]})
    assert (penetration_db(fewer) == found[1000:]).all()


def test_an_unknown_depth_is_the_less_of_two_draws_up_to_25_m():
    scenario = crowd(3000, indoor="low_loss")
    depths = np.array([indoor_depth_m(scenario, user) for user in scenario.ground_users])
    assert depths.min() >= 0.0 and depths.max() <= 25.0
    assert depths.mean() == pytest.approx(25.0 / 3.0, abs=0.4)  # the mean of the less of two uniform draws


def test_shadowing_of_users_indoors_spreads_by_seven_decibels():
    """TR 38.901 table 7.5-6, O2I: 7 dB whatever the sight, where it is 4 and 6 dB outdoors; the field is the same."""
    base = preset("tiny")
    scenario = base.model_copy(update={"city": City(kind="open")}).without_satellites()
    places = [{"id": f"u{n}", "east_m": 40.0 * n - 250.0, "north_m": 35.0 * n - 200.0} for n in range(12)]
    faded = {}
    for indoor in ("no", "low_loss"):
        users = tuple(GroundUser(**place, indoor=indoor, depth_m=0.0) for place in places)
        gains = []
        for shadowing in (True, False):
            channel = scenario.channel.model_copy(update={"shadowing": shadowing, "fading": False})
            world = build_world(scenario.model_copy(update={"ground_users": users, "channel": channel}))
            found, sight = world.ground_links
            gains.append(10.0 * np.log10(found[0]) + world.penetration_db[:, None])
        faded[indoor] = gains[0] - gains[1]
    sigma_db = np.where(sight[0], 4.0, 6.0)
    assert len(np.unique(sigma_db)) == 2
    assert faded["low_loss"] == pytest.approx(7.0 * faded["no"] / sigma_db, abs=1e-9)
