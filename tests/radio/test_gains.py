"""The one place that puts the gains of GBSs and satellites side by side, against a loop over single links."""

import re
from pathlib import Path

import numpy as np
import pytest

from itnt_core.network import build_world
from itnt_core.radio import by_station
from itnt_core.scenario import Channel
from tests.network.handing_over import handing_over

ROOT = Path(__file__).resolve().parents[2]
OF_BOTH = re.compile(r"\.(gbs_gain|leo_gain)\(")


@pytest.fixture(scope="module")
def changing(tiny_scenario, city_cache):
    """Return a world whose imported satellites serve one after the other."""
    world = build_world(handing_over(tiny_scenario), cache_dir=city_cache)
    assert world.sky.serves is not None and not world.sky.serves.all() and world.sky.serves.any(axis=0).all()
    return world


@pytest.mark.parametrize("aerial", [False, True])
def test_gains_of_many_points_and_slots_are_those_of_one_link_at_a_time(changing, aerial):
    world = changing
    points = np.array([[10.0, -40.0, 60.0], [-120.0, 80.0, 80.0], [0.0, 0.0, 120.0]])
    slots = np.array([0, 3, 9])
    found = world.gains_at(points, slots[:, None], aerial)
    assert found.shape == (3, 3, world.station_count)
    for row, slot in enumerate(slots):
        for column, point in enumerate(points):
            ground = world.channel.gbs_gain(point[None], aerial)[0]
            sky = world.channel.leo_gain(point[None], world.sky.position_m[slot][None], aerial)[0]
            heard = np.where(world.sky.serves[slot], sky, 0.0)
            assert found[row, column] == pytest.approx([*ground, *heard], rel=1e-12, abs=0.0)
    assert (world.gains_at(points, 3, aerial) == found[1]).all()
    assert (world.gains_at(points, slots, aerial) == found[[0, 1, 2], [0, 1, 2]]).all()


def test_a_satellite_that_hands_over_is_heard_by_nobody_afterwards(changing):
    world = changing
    gains = world.gains_at(world.ground_points_m, np.arange(world.slots)[:, None], aerial=False)
    satellites = gains[:, :, world.gbs_count :].max(axis=1)
    assert (satellites[~world.sky.serves] == 0.0).all() and (satellites[world.sky.serves] > 0.0).all()


def test_the_gains_of_ground_users_are_these_times_their_fading(changing, city_cache):
    still = changing.scenario.model_copy(update={"channel": Channel(fading=False)})
    world = build_world(still, cache_dir=city_cache)
    expected = world.gains_at(world.ground_points_m, np.arange(world.slots)[:, None], aerial=False)
    assert (world.ground_gains == expected[..., None]).all()


def test_nobody_is_nowhere_and_no_user_costs_nothing(changing):
    nobody = changing.gains_at(np.zeros((0, 3)), 0, aerial=False)
    assert nobody.shape == (0, changing.station_count)


def test_stations_are_joined_in_order_whatever_the_leading_axes():
    joined = by_station(np.arange(6.0).reshape(3, 2), np.arange(4.0).reshape(2, 1, 2))
    assert joined.shape == (2, 3, 4)
    assert joined[1, 2].tolist() == [4.0, 5.0, 2.0, 3.0]


def test_nothing_else_asks_the_channel_for_satellites_or_stacks_its_gains():
    asking = {
        str(file.relative_to(ROOT)): {found[1] for found in OF_BOTH.finditer(file.read_text(encoding="utf-8"))}
        for file in (*(ROOT / "itnt_core").rglob("*.py"), *(ROOT / "pages").rglob("*.py"))
    }
    of_satellites = {name for name, calls in asking.items() if "leo_gain" in calls}
    assert of_satellites == {"itnt_core/radio/gains.py"}
