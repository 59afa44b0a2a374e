"""Nothing of the future is told: worlds that agree until a slot are told alike until then."""

import copy

import numpy as np
import pytest

from itnt_core.dispatch import DispatchDynamics
from tests.dispatch.settings import random_actions, stage

SEEDS = np.arange(12)


def course(dynamics, worlds, actions):
    """Return all observations (T + 1, n, size) and rewards (T, n) in given worlds."""
    observations, rewards = [dynamics.begin(worlds)], []
    for action in actions:
        outcome = dynamics.step(action)
        observations.append(outcome.observation)
        rewards.append(outcome.reward)
    return np.array(observations), np.array(rewards)


def changed_from(worlds, slot, blocks):
    """Return the worlds with everything else from a slot on."""
    other = copy.deepcopy(worlds)
    draw = np.random.default_rng(4)
    slots = other.arrivals_mbit.shape[1]
    other.arrivals_mbit[:, slot:] = draw.uniform(0.0, 3.0, other.arrivals_mbit[:, slot:].shape)
    other.serves[:, slot:] = ~other.serves[:, slot:]
    later = np.unique(blocks[slot:])
    later = later[later > blocks[slot - 1]]
    other.ground_gain[:, later] *= draw.uniform(0.1, 10.0, other.ground_gain[:, later].shape)
    other.ground_m[:, later] += 20.0
    hidden = other.appears > slot
    other.appears[hidden] = slot + 1 + (other.appears[hidden] * 7) % (slots - slot)
    other.start_m[hidden] *= -0.5
    other.destination_m[hidden] *= -1.0
    return other, hidden


@pytest.mark.parametrize("slot", [1, 3, 5, 7])
def test_worlds_that_agree_until_a_slot_are_told_alike_until_then(city_cache, slot):
    setting = stage(city_cache, late_missions=1.0)
    dynamics = DispatchDynamics(setting, len(SEEDS), 1.0)
    dynamics.reset(SEEDS)
    worlds, actions = dynamics.worlds, random_actions(setting, len(SEEDS))
    other, hidden = changed_from(worlds, slot, setting.block_of_slot)
    one, again = course(dynamics, copy.deepcopy(worlds), actions), course(dynamics, other, actions)
    np.testing.assert_array_equal(one[0][: slot + 1], again[0][: slot + 1])
    np.testing.assert_array_equal(one[1][:slot], again[1][:slot])
    assert (one[0][slot + 1] != again[0][slot + 1]).any()  # and then they differ
    assert hidden.any() or slot >= 3


def test_a_mission_is_told_at_the_beginning_of_its_slot_and_not_before(city_cache):
    setting = stage(city_cache, late_missions=1.0)
    dynamics = DispatchDynamics(setting, len(SEEDS), 1.0)
    dynamics.reset(SEEDS)
    for slot in range(setting.world.slots):
        known = dynamics.known()
        there = dynamics.worlds.appears <= slot
        np.testing.assert_array_equal(known.present, there)
        for told in (known.position_m, known.destination_m):
            assert (told[~there] == 0.0).all() and (told[there] != 0.0).any(axis=-1).all()
        assert (known.gain[:, :2][dynamics.worlds.appears >= slot] == 0.0).all()  # measured one slot later
        dynamics.step(np.zeros((len(SEEDS), 2, 2)))
