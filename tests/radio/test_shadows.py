"""The shadowing of many seeds at once is that of the channels of these seeds."""

import numpy as np
import pytest

from itnt_core.network import build_world
from itnt_core.presets import preset
from itnt_core.radio import ShadowDraws, channel_of, elevations_at_deg, links_at
from itnt_core.scenario import Antenna, GroundStation

SEEDS = (5, 4_000_000_000)


@pytest.fixture(scope="module")
def world(city_cache):
    return build_world(preset("tiny", cache_dir=city_cache), cache_dir=city_cache)


def changed(scenario, **channel):
    return scenario.model_copy(update={"channel": scenario.channel.model_copy(update=channel)})


@pytest.mark.parametrize("aerial", [True, False])
@pytest.mark.parametrize("deployment", ["uma", "umi"])
@pytest.mark.parametrize("share", [0.0, 0.5])
def test_the_bare_gain_times_the_factor_is_the_gain_of_the_channel_with_that_seed(world, aerial, deployment, share):
    scenario = changed(world.scenario, deployment=deployment, site_correlation=share)
    bare = channel_of(changed(scenario, shadowing=False), world.city, world.sky)
    draws = ShadowDraws(scenario, world.sky.station_ids, len(SEEDS))
    draw = np.random.default_rng(1)
    points_m = draw.uniform(-280.0, 280.0, (len(SEEDS), 1, 6, 3))
    points_m[..., 2] = 90.0 if aerial else 1.5
    slots = np.array([[0], [5]])  # two moments, the users where they were
    gains, sight = links_at(bare, world.sky, points_m, slots, aerial)
    for row, seed in enumerate(SEEDS):
        draws.draw(row, seed)
    of_gbs = draws.gbs_factor(points_m[:, 0], sight[:, 0, :, : world.gbs_count], aerial)
    elevation = elevations_at_deg(world.sky, points_m, slots)
    of_leo = draws.leo_factor(points_m, elevation, sight[..., world.gbs_count :])
    for row, seed in enumerate(SEEDS):
        channel = channel_of(scenario.model_copy(update={"seed": seed}), world.city, world.sky)
        expected, _ = links_at(channel, world.sky, points_m[row], slots, aerial)
        found = gains[row, :, :, : world.gbs_count] * of_gbs[row]
        np.testing.assert_allclose(found, expected[..., : world.gbs_count], rtol=1e-10)
        if not aerial:
            found = gains[row, :, :, world.gbs_count :] * of_leo[row]
            np.testing.assert_allclose(found, expected[..., world.gbs_count :], rtol=1e-10)


def test_sectors_of_one_site_share_their_shadowing(world):
    mast = {"east_m": 0.0, "north_m": 0.0, "height_m": 40.0}
    sectors = [
        GroundStation(id=f"s-{turn}", antenna=Antenna(kind="sector", azimuth_deg=turn), **mast) for turn in (0.0, 120.0)
    ]
    other = GroundStation(id="other", east_m=200.0, north_m=0.0)
    scenario = world.scenario.model_copy(update={"ground_stations": (*sectors, other)})
    draws = ShadowDraws(scenario, (), 1)
    draws.draw(0, 3)
    factor = draws.gbs_factor(np.array([[[50.0, 60.0, 1.5]]]), np.ones((1, 1, 3), dtype=bool), False)[0, 0]
    assert factor[0] == factor[1] != factor[2]


def test_without_shadowing_gains_stay(world):
    draws = ShadowDraws(changed(world.scenario, shadowing=False), world.sky.station_ids, 2)
    draws.draw(1, 7)
    assert (draws.gbs_factor(np.zeros((2, 3, 3)), np.ones((2, 3, 2), dtype=bool), True) == 1.0).all()
    assert (draws.leo_factor(np.zeros((2, 1, 3, 3)), np.ones((2, 4, 3, 1)), np.ones((2, 4, 3, 1), bool)) == 1.0).all()
