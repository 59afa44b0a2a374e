"""What actions say of links and powers: nothing by zeros, and by formula what they are to."""

import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from itnt_core.dispatch import DispatchDynamics, DispatchEnv, DispatchError, Links, action_sizes
from itnt_core.dispatch.environment import dynamics_of
from itnt_core.dispatch.links import LEAN_DB, QUIET_DB
from itnt_core.dispatch.parallel import DispatchParallelEnv
from itnt_core.sinr import spectral_efficiency
from tests.dispatch.settings import random_actions, stage

SEEDS = np.array([0, 7, 11])
SPACES = ("links", "everything")


def numbers(setting, seed=0):
    """Return whole actions (T, n, size)."""
    size = sum(action_sizes(setting).values())
    return np.random.default_rng(seed).uniform(-1.0, 1.0, (setting.world.slots, len(SEEDS), size))


@pytest.mark.parametrize("actions", SPACES)
def test_the_checker_passes_and_worlds_in_step_are_the_single_environment(city_cache, actions):
    setting = stage(city_cache, actions=actions)
    check_env(DispatchEnv(setting=setting), skip_render_check=True)
    batch, single = dynamics_of(setting, len(SEEDS)), DispatchEnv(setting=setting)
    batch.reset(SEEDS)
    chosen = numbers(setting).astype(np.float32)
    outcomes = [batch.take(action) for action in chosen]
    for row, seed in enumerate(SEEDS.tolist()):
        single.reset(seed=seed)
        for slot, action in enumerate(chosen):
            reward = single.step(action[row])[1]
            assert reward == pytest.approx(outcomes[slot].reward[row], rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("actions", SPACES)
def test_zeros_behind_the_flights_change_nothing(city_cache, actions):
    plain, more = (
        DispatchDynamics(stage(city_cache, actions=chosen), len(SEEDS), 1.0) for chosen in ("flights", actions)
    )
    plain.reset(SEEDS), more.reset(SEEDS)
    for flight in random_actions(plain.setting, len(SEEDS)):
        action = np.zeros((len(SEEDS), sum(action_sizes(more.setting).values())))
        action[:, : flight[0].size] = flight.reshape(len(SEEDS), -1)
        np.testing.assert_array_equal(plain.step(np.clip(flight, -1, 1)).reward, more.take(action).reward)


def test_links_and_rates_are_what_weighted_links_and_quieter_stations_make_of_them(city_cache):
    """By plain loops: candidates sorted by weighted SINR, seats, powers of what is left, the SINR of who shares."""
    setting = stage(city_cache, "london-2km", 30, 3, actions="everything")
    dynamics, world, aerial = DispatchDynamics(setting, len(SEEDS), 1.0), setting.world, setting.aerial_count
    dynamics.reset(SEEDS)
    different = 0
    for slot, action in enumerate(numbers(setting)[:6]):
        dynamics.take(action)
        lane, full_w = dynamics.flown, world.station_max_power_w
        for n in range(len(SEEDS)):
            gain, parts = (
                lane.gain[n],
                np.split(action[n], [2 * aerial, 2 * aerial + world.user_count, -world.station_count]),
            )
            weight_db = LEAN_DB * (parts[1][:, None] + parts[2])
            own_w = world.equal_share_w[slot] * gain
            sinr = own_w / (own_w.sum(axis=1, keepdims=True) - own_w + world.noise_w)
            asked = (lane.server[n] >= 0) | (lane.queue_mbit[n] > 0.0)
            allowed = (sinr >= setting.floor) & (own_w > 0.0) & asked[:, None]
            order = np.argsort(
                -np.where(allowed, 10.0 * np.log10(np.maximum(sinr, 1e-300)) + weight_db, -np.inf), axis=None
            )
            server, count = np.full(world.user_count, -1), np.zeros(world.station_count, dtype=int)
            subchannel = server.copy()
            for user, station in zip(*np.unravel_index(order, sinr.shape), strict=True):
                if allowed[user, station] and server[user] < 0 and count[station] < world.station_max_users[station]:
                    server[user], subchannel[user] = station, count[station]
                    count[station] += 1
            np.testing.assert_array_equal(lane.server[n], server)
            np.testing.assert_array_equal(lane.subchannel[n], subchannel)
            has_w = full_w * 10.0 ** (QUIET_DB * np.minimum(parts[3], 0.0) / 10.0)
            power_w = np.minimum(has_w / np.maximum(count, 1), world.subchannel_max_power_w[slot])
            for user in np.flatnonzero(server >= 0):
                others = (np.arange(world.station_count) != server[user]) & (count > subchannel[user])
                heard_w = world.noise_w + (power_w * gain[user])[others].sum()
                ratio = power_w[server[user]] * gain[user, server[user]] / heard_w
                rate = world.bandwidth_hz / 1e6 * spectral_efficiency(ratio, setting.scenario.radio.rate_law)
                assert lane.rate_mbit_s[n, user] == pytest.approx(float(rate), rel=1e-9)
            different += (np.sort(server) != np.sort(dynamics.hovering.server[n])).any()
    assert different


def test_what_leans_nowhere_is_ones_and_flying_agents_only_fly(city_cache):
    setting = stage(city_cache, actions="links")
    even = Links.even(setting, 2)
    assert (even.favour == 1.0).all() and even.lean.shape == even.power.shape == (2, setting.world.station_count)
    with pytest.raises(DispatchError, match="The option actions is 'links', but agents of aerial users only fly"):
        DispatchParallelEnv(setting=setting)
