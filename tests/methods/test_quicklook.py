"""The quick look and the coverage surface, held against the full pipeline and the world's own gains."""

import numpy as np
import pytest

from itnt_core.city import build_city
from itnt_core.methods import optimise, quick_look
from itnt_core.network import build_world, coverage_surface
from itnt_core.presets import preset


@pytest.fixture(scope="module")
def cache_dir(city_cache):
    return city_cache


@pytest.fixture(scope="module")
def tiny(cache_dir):
    return preset("tiny", users=6, aerial_users=2, cache_dir=cache_dir)


@pytest.fixture(scope="module")
def world(tiny, cache_dir):
    return build_world(tiny, cache_dir=cache_dir)


def test_the_quick_look_is_the_straight_method(tiny, world, cache_dir):
    look = quick_look(tiny, world.city)
    kpis = optimise(tiny, "straight", cache_dir=cache_dir).kpis
    assert look.data_service_mbit == pytest.approx(kpis["data_service_mbit"])
    assert look.data_service_always_on_mbit == pytest.approx(kpis["data_service_always_on_mbit"])
    assert look.served_share == pytest.approx(1.0 - kpis["outage"])


def test_the_worst_users_have_the_most_outage(tiny, world):
    worst = quick_look(tiny, world.city, worst=6).worst_users
    keys = [(-user.outage, user.mean_rate_mbit_s) for user in worst]
    assert keys == sorted(keys) and len({user.user_id for user in worst}) == 6


@pytest.mark.parametrize("height_m", [None, 120.0])
def test_the_surface_is_what_a_user_standing_there_would_get(world, height_m):
    surface = coverage_surface(world, points_per_side=7, slot=3, aerial_height_m=height_m)
    row, column = 2, 5
    point = np.array([[surface.axis_m[column], surface.axis_m[row], surface.height_m]])
    gbs = world.channel.gbs_gain(point, aerial=height_m is not None)[0]
    leo = world.channel.leo_gain(point, world.sky.position_m[2][None], aerial=height_m is not None)[0]
    received = np.concatenate([gbs, leo]) * world.station_max_power_w / world.subchannels
    best = int(received.argmax())
    sinr = received[best] / (received.sum() - received[best] + world.noise_w)
    assert surface.best_station[row, column] == best
    assert surface.sinr_db[row, column] == pytest.approx(10.0 * np.log10(sinr))


def test_more_stations_are_in_sight_from_the_air(world):
    ground = coverage_surface(world, points_per_side=20).sight_count.mean()
    air = coverage_surface(world, points_per_side=20, aerial_height_m=280.0).sight_count.mean()
    assert air > ground


def test_points_in_buildings_are_marked(world):
    surface = coverage_surface(world, points_per_side=40)
    east, north = (
        surface.axis_m[np.nonzero(surface.inside_building)[1]],
        surface.axis_m[np.nonzero(surface.inside_building)[0]],
    )
    assert 0.1 < surface.inside_building.mean() < 0.9
    assert (world.city.roof_m(np.column_stack([east, north])) > 1.5).all()


def test_open_ground_has_sight_of_everything():
    scenario = preset("paper-free-space")
    area = scenario.area
    world = build_world(scenario, build_city("open", area.lon, area.lat, area.size_m, 1))
    surface = coverage_surface(world, points_per_side=5)
    assert (surface.sight_count == world.station_count).all() and not surface.inside_building.any()


def test_a_slot_outside_the_window_is_refused(world):
    with pytest.raises(ValueError, match="1 to 8"):
        coverage_surface(world, slot=9)
