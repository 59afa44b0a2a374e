"""A recorded world is what was flown: its rewards are those of an episode, its amounts follow from one another."""

import numpy as np
import pytest

from itnt_core.dispatch import (
    DispatchDynamics,
    DispatchError,
    Nothing,
    Replanning,
    Straight,
    draw_worlds,
    held_out_rewards,
    held_out_seeds,
    record_episode,
    run_episode,
)
from itnt_core.sinr import spectral_efficiency
from tests.dispatch.settings import stage

WORLD = 11


@pytest.fixture(scope="module")
def setting(city_cache):
    return stage(city_cache, late_missions=1.0, queue_mbit=1.5, walking=0.5)


@pytest.fixture(scope="module")
def episode(setting):
    return record_episode(DispatchDynamics(setting, 1, 0.7), Straight(), WORLD)


def test_its_rewards_are_those_of_the_episode_to_the_last_bit(setting, episode):
    again = run_episode(DispatchDynamics(setting, 1, 0.7), Straight(), np.array([WORLD]))
    np.testing.assert_array_equal(episode.reward, again[0])


def test_its_rewards_follow_from_what_was_recorded(setting, episode):
    for slot in range(episode.slots):
        data = episode.served_mbit[slot].sum() - episode.hovering_mbit[slot].sum()
        way = [np.linalg.norm(episode.destination_m - at, axis=1).sum() for at in episode.position_m[slot : slot + 2]]
        there = episode.appears <= slot
        hovering_j = DispatchDynamics(setting, 1, 1.0).hover_j * there.sum()
        price = setting.options.energy_mbit_per_kj * (episode.energy_j[slot].sum() - hovering_j) / 1e3
        worth = setting.options.progress_mbit_per_km * (way[0] - way[1]) / 1e3
        assert episode.reward[slot] == pytest.approx((data - price + worth) / 0.7)


def test_queues_lose_nothing_but_what_does_not_fit(setting, episode):
    most, waiting = setting.options.queue_mbit, np.zeros(episode.waiting_mbit.shape[1])
    for slot in range(episode.slots):
        comes = waiting + episode.arrived_mbit[slot]
        np.testing.assert_allclose(episode.lost_mbit[slot], np.maximum(comes - most, 0.0))
        np.testing.assert_array_equal(episode.asks[slot], np.minimum(comes, most) > 0.0)
        waiting = np.minimum(comes, most) - episode.served_mbit[slot]
        np.testing.assert_allclose(episode.waiting_mbit[slot + 1], waiting, atol=1e-12)
    assert episode.lost_mbit.sum() > 0.0


def test_what_users_hear_gives_the_rates_that_were_served(setting, episode):
    law, width_mhz = setting.scenario.radio.rate_law, setting.world.bandwidth_hz / 1e6
    np.testing.assert_allclose(width_mhz * spectral_efficiency(episode.sinr, law), episode.rate_mbit_s, atol=1e-9)
    assert episode.linked.any() and not (episode.linked & ~episode.asks).any()
    assert (episode.interference_w[episode.linked] > 0.0).any()
    np.testing.assert_array_equal(episode.load.sum(axis=1), episode.linked.sum(axis=1))


def test_who_is_not_there_neither_moves_nor_is_served(episode):
    assert (episode.appears > 0).any()
    for user, appears in enumerate(episode.appears):
        assert (episode.position_m[: appears + 1, user] == episode.position_m[0, user]).all()
        assert not episode.linked[:appears, user].any() and not episode.energy_j[:appears, user].any()


def test_walkers_are_where_the_worlds_say_at_the_beginning_of_each_block(setting, episode):
    dynamics = DispatchDynamics(setting, 1, 1.0)
    worlds = draw_worlds(setting, np.array([WORLD]), dynamics.shadows)
    places_m = episode.ground_places_m()
    first = np.flatnonzero(np.diff(setting.block_of_slot, prepend=-1))
    np.testing.assert_allclose(places_m[first], worlds.ground_m[0])
    assert len(places_m) == episode.slots + 1


def test_several_worlds_are_no_episode(setting):
    with pytest.raises(DispatchError, match="one world, but 2 are in step: use a dynamics of one"):
        record_episode(DispatchDynamics(setting, 2, 1.0), Nothing(), 1)


def test_held_out_worlds_are_none_of_a_training_and_the_same_for_everybody(setting):
    assert held_out_seeds(1000).min() >= 2**31 and len(set(held_out_seeds(1000).tolist())) == 1000
    done = []
    dynamics = DispatchDynamics(setting, 3, 1.0)
    found = held_out_rewards(dynamics, Replanning(setting, 2), done.append)
    each = [
        run_episode(DispatchDynamics(setting, 1, 1.0), Replanning(setting, 2), held_out_seeds(3)[[world]]).mean()
        for world in range(3)
    ]
    np.testing.assert_allclose(found, each)
    assert done[-1] == 1.0 and done == sorted(done) and len(done) == setting.world.slots
