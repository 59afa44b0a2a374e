"""Plans by plain loops, what dispatchers may know, and what they bring."""

import copy

import numpy as np
import pytest

from itnt_core.dispatch import DispatchDynamics, Hindsight, Knows, Nothing, Replanning, Straight, greedy, run_episode
from itnt_core.dispatch.compiled import forecast_rate
from itnt_core.dispatch.known import radio_of
from itnt_core.dispatch.moves import STAYS, Moves
from itnt_core.network import propulsion_power_w
from itnt_core.radio import channel_of, links_at
from tests.dispatch.settings import random_actions, stage

SEEDS = np.arange(6)


def begun(setting, slots=3):
    """Return worlds some slots after their start, so that something was measured."""
    dynamics = DispatchDynamics(setting, len(SEEDS), 1.0)
    dynamics.reset(SEEDS)
    for action in random_actions(setting, len(SEEDS))[:slots]:
        dynamics.step(action)
    return dynamics


def rate_at(known, row, user, place_m):
    """Return the rate forecast at a place: the map's cell, the measured offset faded by the way, loads as they were."""
    setting, radio_map = known.setting, known.radio_map
    world, radio = setting.world, radio_of(setting, known.slot)
    away_m = np.linalg.norm(place_m - known.position_m[row, user])
    faded = known.offset[row, user] * np.exp(-away_m / setting.scenario.channel.shadow_correlation_m)
    power_w = np.minimum(world.station_max_power_w / np.maximum(known.count[row], 1), radio[2])
    room = np.empty(world.station_count)
    cells, sky = radio_map.gain[user], known.sky_gain[row, user]
    per_m = 1.0 / radio_map.cell_m
    arguments = (cells, radio_map.half_m, per_m, np.exp(faded), sky, known.count[row], power_w, radio, room)
    return forecast_rate(*place_m, *arguments)


def worth_by_hand(known, row, user, move, stay, horizon):
    """Return what a plan is worth: fly, measure nothing, serve a queue, pay for energy, come nearer."""
    setting, options = known.setting, known.setting.options
    east, north, share, towards = move
    place_m, end_m = known.position_m[row, user].copy(), known.destination_m[row, user]
    first_km = np.linalg.norm(end_m - place_m) / 1e3
    queue, value = known.queue_mbit[row, user], 0.0
    for slot in range(min(horizon, setting.world.slots - known.slot)):
        speed_m_s = 0.0
        if slot < stay and share > 0.0:
            step_m, way = share * setting.reach_m[user], np.array([east, north])
            if towards:
                left_m = np.linalg.norm(end_m - place_m)
                step_m, way = min(step_m, left_m), (end_m - place_m) / max(left_m, 1e-9)
            place_m = np.clip(place_m + step_m * way, -setting.half_m, setting.half_m)
            speed_m_s = share * setting.reach_m[user] / setting.slot_s
        value -= options.energy_mbit_per_kj * float(propulsion_power_w(speed_m_s)) * setting.slot_s / 1e3
        queue = min(queue + known.arrived_mbit[row, user], options.queue_mbit)
        drained = min(rate_at(known, row, user, place_m) * setting.slot_s, queue)
        queue, value = queue - drained, value + drained
    return value + options.progress_mbit_per_km * (first_km - np.linalg.norm(end_m - place_m) / 1e3)


def test_plans_are_worth_what_plain_loops_say(city_cache):
    setting = stage(city_cache)
    known = begun(setting).known()
    moves = Moves(setting)
    plans = moves.plans(known, (2, 5, 50))
    draw = np.random.default_rng(3)
    checked = 0
    for _ in range(150):
        row, user, move = draw.integers(len(SEEDS)), draw.integers(2), draw.integers(len(moves.table))
        at = draw.integers(len(STAYS))
        if not known.present[row, user]:
            continue
        for number, horizon in enumerate((2, 5, 50)):
            expected = worth_by_hand(known, row, user, moves.table[move], STAYS[at], horizon)
            assert plans[row, user, move, at, number] == pytest.approx(expected, rel=1e-9, abs=1e-9)
            checked += 1
    assert checked > 200


def test_actions_are_the_moves_and_stop_at_the_destination(city_cache):
    setting = stage(city_cache)
    dynamics = begun(setting)
    known, moves = dynamics.known(), Moves(setting)
    actions = moves.actions(known)
    assert (np.hypot(actions[..., 0], actions[..., 1]) <= 1.0 + 1e-12).all() and (actions[:, :, 0] == 0.0).all()
    near = copy.copy(known)
    object.__setattr__(near, "position_m", known.destination_m - [3.0, 4.0])
    led_m = near.position_m + moves.actions(near)[:, :, -1] * setting.reach_m[:, None]
    np.testing.assert_allclose(led_m[known.present], known.destination_m[known.present])


def test_hindsight_of_the_radio_is_the_channels_at_the_maps_centres(city_cache):
    """There the map is exact, so the rate of hovering is that of the true gains: once with the world's shadowing."""
    setting = stage(city_cache, ground_mbit_s=0.0, walking=0.0)
    dynamics = DispatchDynamics(setting, len(SEEDS), 1.0)
    dynamics.reset(SEEDS)
    cell_m = dynamics.radio_map.cell_m
    dynamics.position_m = (np.floor((dynamics.position_m + 300.0) / cell_m) + 0.5) * cell_m - 300.0
    known, world = dynamics.known(), setting.world
    plans = Hindsight(dynamics, 1).plans(known)[:, :, 0, 0]
    for row, seed in enumerate(SEEDS):
        channel = channel_of(setting.scenario.model_copy(update={"seed": int(seed)}), world.city, world.sky)
        points_m = np.concatenate([known.position_m[row], setting.heights_m[:, None]], axis=1)
        gains, _ = links_at(channel, world.sky, points_m, np.array(0), True)
        for user in range(2):
            heard = gains[user] * np.append(np.ones(world.gbs_count), dynamics.worlds.serves[row, 0])
            own = (heard * world.station_max_power_w).argmax()
            snr = heard[own] * world.station_max_power_w[own] / world.noise_w  # nobody is served yet: nobody disturbs
            rate = world.bandwidth_hz * setting.scenario.radio.rate_law.carried(np.log2(1.0 + snr)) / 1e6
            served = min(rate * setting.slot_s, dynamics.worlds.arrivals_mbit[row, 0, user])
            price = 0.3 * float(propulsion_power_w(0.0)) * setting.slot_s / 1e3
            if known.present[row, user] and world.subchannel_max_power_w[0, own] == world.station_max_power_w[own]:
                assert plans[row, user] == pytest.approx(served - price, rel=5e-3, abs=1e-6)


def test_nobody_but_hindsight_looks_ahead(city_cache):
    setting = stage(city_cache)
    dynamics = begun(setting)
    before = [dispatcher.act(dynamics.known()) for dispatcher in (Nothing(), Straight(), greedy(setting))]
    hindsight = Hindsight(dynamics, 4).plans(dynamics.known())
    dynamics.worlds.arrivals_mbit[:, 3:] = 2.4 - dynamics.worlds.arrivals_mbit[:, 3:]
    dynamics.worlds.serves[:, 3:] = ~dynamics.worlds.serves[:, 3:]
    after = [dispatcher.act(dynamics.known()) for dispatcher in (Nothing(), Straight(), greedy(setting))]
    np.testing.assert_array_equal(before, after)
    assert (hindsight != Hindsight(dynamics, 4).plans(dynamics.known())).any()
    blind = Hindsight(dynamics, 4, Knows(demand=False, satellites=False, shadowing=False)).plans(dynamics.known())
    assert blind.shape == hindsight.shape and np.isfinite(blind).all()


def test_straight_flights_arrive_and_dispatchers_stand_in_their_order(city_cache):
    setting = stage(city_cache, "london-2km", 9, 3)
    dynamics = DispatchDynamics(setting, 12, 1.0)
    seeds = np.arange(12)
    told = {}
    for name, dispatcher in {
        "nothing": Nothing(),
        "straight": Straight(),
        "greedy": greedy(setting),
        "replanning": Replanning(setting, 16),
        "hindsight": Hindsight(dynamics, 16),
    }.items():
        told[name] = run_episode(dynamics, dispatcher, seeds).mean()
        if name == "straight":
            np.testing.assert_allclose(dynamics.position_m, dynamics.worlds.destination_m, atol=1e-6)
    assert told["nothing"] == 0.0 < told["straight"] < told["replanning"] < told["hindsight"]
    assert told["greedy"] < told["replanning"]
