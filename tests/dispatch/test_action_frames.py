"""In the mission's frame ahead is the way to the destination, and beside straight flights zero is straight."""

import numpy as np

from itnt_core.dispatch import DispatchDynamics, DispatchEnv, Straight, run_episode
from tests.dispatch.settings import stage


def test_flying_ahead_leads_to_the_destination_and_left_is_left(city_cache):
    setting = stage(city_cache, frame="mission", late_missions=0.0)
    dynamics = DispatchDynamics(setting, 5, 1.0)
    dynamics.reset(np.arange(5))
    way_m = dynamics.worlds.destination_m - dynamics.position_m
    share = np.linalg.norm(way_m, axis=2, keepdims=True) / (setting.world.slots * setting.reach_m[:, None])
    ahead = dynamics.turned(np.concatenate([share, np.zeros_like(share)], axis=2))
    np.testing.assert_allclose(ahead, Straight().act(dynamics.known()), atol=1e-12)
    left = dynamics.turned(np.broadcast_to([0.0, 1.0], ahead.shape))
    cross = ahead[..., 0] * left[..., 1] - ahead[..., 1] * left[..., 0]
    np.testing.assert_allclose(cross, share[..., 0])  # a quarter turn to the left, of unit length


def test_the_map_is_looked_up_ahead_and_all_else_is_told_the_same(city_cache):
    told = {}
    for frame in ("map", "mission"):
        environment = DispatchEnv(setting=stage(city_cache, "london-2km", 9, 3, frame=frame, late_missions=0.0))
        environment.reset(seed=3)
        environment.step(np.zeros(6, np.float32))
        observation = environment.step(np.zeros(6, np.float32))[0]
        slices = environment.dynamics.observer.slices
        told[frame] = {name: observation[place] for name, place in slices.items()}
        looked = environment.dynamics.observer.look(environment.dynamics.known())[0]
        assert (environment.step(np.zeros(6, np.float32))[1] == 0.0) and np.isfinite(looked).all()
    for name, part in told["map"].items():
        if name != "look":
            np.testing.assert_array_equal(part, told["mission"][name])
    here = slice(None, None, environment.dynamics.observer.sizes["look"] // 3)
    np.testing.assert_array_equal(told["map"]["look"][here], told["mission"]["look"][here])
    assert (told["map"]["look"] != told["mission"]["look"]).any()


def test_beside_straight_flights_zeros_fly_straight_and_a_correction_is_added_to_them(city_cache):
    setting = stage(city_cache, frame="straight", late_missions=0.0)
    dynamics = DispatchDynamics(setting, 4, 1.0)
    straight = run_episode(DispatchDynamics(setting, 4, 1.0), Straight(), np.arange(4))
    dynamics.reset(np.arange(4))
    nothing = np.zeros((4, setting.aerial_count, 2))
    rewards = [dynamics.step(dynamics.turned(nothing)).reward for _ in range(setting.world.slots)]
    np.testing.assert_allclose(np.stack(rewards, axis=1), straight, atol=1e-9)
    dynamics.reset(np.arange(4))
    known, push = dynamics.known(), 0.25 * np.ones_like(nothing)
    added = dynamics.turned(push) - Straight().act(known)
    np.testing.assert_allclose(np.einsum("nik,nik->ni", added, known.ahead), 0.25, atol=1e-12)  # a quarter ahead
    np.testing.assert_allclose(np.linalg.norm(added, axis=2), 0.25 * np.sqrt(2.0), atol=1e-12)  # and one to the left
