"""The batched twin is the single environment, world by world and step by step."""

import numpy as np
import pytest

from itnt_core.dispatch import RadioMap
from itnt_core.dispatch.environment import DispatchEnv, dynamics_of
from itnt_core.units import to_db
from tests.dispatch.settings import random_actions, stage

SEEDS = np.array([0, 7, 11, 2_000_000_000])


@pytest.mark.parametrize("gains", ["exact", "map"])
def test_worlds_in_step_are_the_single_environment(city_cache, gains):
    setting = stage(city_cache, gains=gains)
    actions = random_actions(setting, len(SEEDS)).astype(np.float32)
    batch = dynamics_of(setting, len(SEEDS))
    single = DispatchEnv(setting=setting)
    told = [batch.reset(SEEDS)]
    outcomes = [batch.step(action) for action in actions]
    told += [outcome.observation for outcome in outcomes]
    for row, seed in enumerate(SEEDS.tolist()):
        np.testing.assert_array_equal(single.reset(seed=seed)[0], told[0][row])
        for slot, action in enumerate(actions):
            observation, reward, _, _, info = single.step(action[row].ravel())
            np.testing.assert_allclose(observation, told[slot + 1][row], atol=1e-6)
            assert reward == pytest.approx(outcomes[slot].reward[row], rel=1e-9, abs=1e-9)
            assert info["served_mbit"] == pytest.approx(outcomes[slot].served_mbit[row].sum())


def test_a_finer_map_is_nearer_to_the_channel_and_exact_at_its_centres(city_cache):
    setting = stage(city_cache)
    fine, coarse = RadioMap.of(setting, 5.0), RadioMap.of(setting, 50.0)
    wrong = [np.abs(one.errors_db(setting, 400, 1)).mean() for one in (fine, coarse)]
    assert wrong[0] < 0.5 * wrong[1]
    draw = np.random.default_rng(2)
    cells = draw.integers(0, 12, (30, setting.aerial_count, 2))
    centres = (cells + 0.5) * 50.0 - 300.0
    points_m = np.concatenate([centres, np.broadcast_to(setting.heights_m[:, None], (30, 2, 1))], axis=2)
    exact = setting.channel.gbs_gain(points_m.reshape(-1, 3), True).reshape(30, 2, -1)
    np.testing.assert_allclose(to_db(coarse.look_up(centres)[0]), to_db(exact), atol=1e-9)
