"""The parallel environment: PettingZoo's own test, and the single environment in the same world."""

import numpy as np
import pytest

pytest.importorskip("pettingzoo")

from pettingzoo.test import parallel_api_test, parallel_seed_test

from itnt_core.dispatch import DispatchEnv, DispatchError
from itnt_core.dispatch.parallel import DispatchParallelEnv
from tests.dispatch.settings import random_actions, stage


def test_the_checkers_of_pettingzoo_pass(city_cache):
    setting = stage(city_cache)
    parallel_api_test(DispatchParallelEnv(setting=setting), num_cycles=30)
    parallel_seed_test(lambda: DispatchParallelEnv(setting=setting), num_cycles=20)


def test_agents_live_in_the_world_of_the_single_environment_and_share_its_reward(city_cache):
    """What is nobody's is what ground users get less or more: without their demand the rewards add up."""
    setting = stage(city_cache, ground_mbit_s=0.0)
    many, single = DispatchParallelEnv(setting=setting), DispatchEnv(setting=setting)
    told, _ = many.reset(seed=4)
    expected, _ = single.reset(seed=4)
    for action in random_actions(setting, 1)[:, 0].astype(np.float32):
        for number, name in enumerate(many.possible_agents):
            np.testing.assert_array_equal(told[name][:-2], expected)
            assert told[name][-2:].tolist() == [float(number == 0), float(number == 1)]
        told, rewards, over, _, _ = many.step(dict(zip(many.agents, action, strict=True)))
        expected, reward, ended, _, _ = single.step(action.ravel())
        assert sum(rewards.values()) == pytest.approx(reward) and set(over.values()) == {ended}
    assert many.agents == []


def test_an_action_that_is_missing_or_none_is_refused(city_cache):
    many = DispatchParallelEnv(setting=stage(city_cache))
    many.reset(seed=1)
    zero = np.zeros(2, np.float32)
    with pytest.raises(DispatchError, match="The agent 'au-2' has no action: give one for each of au-1, au-2"):
        many.step({"au-1": zero})
    with pytest.raises(DispatchError, match="Entry 3 of the action is nan"):
        many.step({"au-1": zero, "au-2": np.array([0.0, np.nan])})
