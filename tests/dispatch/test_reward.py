"""Links, rates, queues and reward against the judge, an associator and loops of their own, on four presets."""

import numpy as np
import pytest

from itnt_core.association import MaxSinrAssociator, make_problem
from itnt_core.dispatch import DispatchDynamics, Setting
from itnt_core.network import Decision, build_world, evaluate, flight_energy_j
from itnt_core.power import equal_power
from itnt_core.scenario import GroundUser, TimeGrid
from tests.dispatch.settings import random_actions, stage

SEEDS = np.array([3, 1_000_000_007])


def shorter(setting, slots):
    """Return the stage with a window of so many slots."""
    scenario = setting.scenario.model_copy(update={"time": TimeGrid(slots=slots)})
    return Setting(build_world(scenario, city=setting.world.city), setting.options)


def true_world(setting, seed, places_m):
    """Return the world of the scenario that a seed stands for, ground users at places (J, 2)."""
    users = [
        GroundUser(id=f"g-{number}", east_m=east, north_m=north, height_m=setting.ground_height_m)
        for number, (east, north) in enumerate(places_m.tolist())
    ]
    channel = setting.scenario.channel.model_copy(update={"fading": False})
    changes = {"seed": int(seed), "ground_users": tuple(users), "channel": channel}
    return build_world(setting.scenario.model_copy(update=changes), city=setting.world.city)


def true_gains(setting, drawn, row, seed, flight_m):
    """Return the gains (T, U, B, K) on a flight (T + 1, I, 3) by the worlds of each block, and one of these."""
    blocks, gains = setting.block_of_slot, None
    for block in range(blocks[-1] + 1):
        world = true_world(setting, seed, drawn.ground_m[row, block])
        there, first = blocks == block, int(np.argmax(blocks == block))
        gains = world.gains(flight_m).copy() if gains is None else gains
        gains[there, setting.aerial_count :] = world.ground_gains[first]
    gains[:, :, world.gbs_count :] *= drawn.serves[row, :, None, :, None]
    return world, gains


def served_by_hand(setting, world, gains, flight_m, arrivals):
    """Return what every user is served (T, U): an associator, powers, the judge's rates, and queues in a loop."""
    queue, served = np.zeros(world.user_count), np.zeros(arrivals.shape)
    for slot in range(world.slots):
        queue = np.minimum(queue + arrivals[slot], setting.options.queue_mbit)
        asking = gains[slot : slot + 1] * (queue > 0.0)[None, :, None, None]
        found = MaxSinrAssociator().solve(make_problem(world, asking, equal_power(world)[slot : slot + 1]))
        station = np.full((world.slots, world.user_count), -1)
        subchannel = station.copy()
        station[slot], subchannel[slot] = found.station[0], found.subchannel[0]
        power_w = np.zeros((world.slots, world.station_count, world.subchannels))
        for b, k in zip(station[slot], subchannel[slot], strict=True):
            if b >= 0:
                power_w[slot, b, k] = world.station_max_power_w[b] / (station[slot] == b).sum()
        rate = evaluate(world, Decision(station, subchannel, flight_m, power_w), gains).active.rate_bit_s[slot] / 1e6
        served[slot] = np.minimum(rate * setting.slot_s, queue)
        queue = queue - served[slot]
    return served


@pytest.mark.parametrize(
    ("name", "users", "aerial_users", "slots"),
    [("tiny", 7, 2, 8), ("london-2km", 9, 3, 7), ("london-evening", 24, 5, 6), ("paper-free-space", 8, 2, 6)],
)
def test_the_reward_is_what_its_sentence_says(city_cache, name, users, aerial_users, slots):
    setting = shorter(stage(city_cache, name, users, aerial_users, unit_mbit=2.5, late_missions=0.9), slots)
    dynamics = DispatchDynamics(setting, len(SEEDS), 2.5)
    dynamics.reset(SEEDS)
    drawn, aerial = dynamics.worlds, setting.aerial_count
    actions = random_actions(setting, len(SEEDS))
    position_m, outcomes = [dynamics.position_m], []
    for slot in range(slots):
        outcomes.append(dynamics.step(actions[slot]))
        position_m.append(dynamics.position_m)
    level_m = np.broadcast_to(setting.heights_m[:, None], (slots + 1, aerial, 1))
    for row, seed in enumerate(SEEDS):
        flight_m = np.concatenate([np.array([at[row] for at in position_m]), level_m], axis=2)
        start_m = np.repeat(flight_m[:1], slots + 1, axis=0)
        data = []
        for flight in (flight_m, start_m):
            world, gains = true_gains(setting, drawn, row, seed, flight)
            data.append(served_by_hand(setting, world, gains, flight, drawn.arrivals_mbit[row]))
        found = np.array([outcome.served_mbit[row] for outcome in outcomes])
        np.testing.assert_allclose(found, data[0], rtol=1e-9, atol=1e-9)
        assert found[:, :aerial].sum() > 0.0 and found[:, aerial:].sum() > 0.0
        there = drawn.appears[row] <= np.arange(slots)[:, None]
        energy_kj = [
            (flight_energy_j(flight, setting.slot_s) * there).sum(axis=1) / 1e3 for flight in (flight_m, start_m)
        ]
        way_km = np.linalg.norm(flight_m[..., :2] - drawn.destination_m[row], axis=2).sum(axis=1) / 1e3
        expected = (data[0] - data[1]).sum(axis=1) - 0.3 * (energy_kj[0] - energy_kj[1]) - 5.0 * np.diff(way_km)
        np.testing.assert_allclose([outcome.reward[row] for outcome in outcomes], expected / 2.5, rtol=1e-9, atol=1e-9)


def test_hovering_earns_nothing_in_every_world(city_cache):
    setting = stage(city_cache)
    dynamics = DispatchDynamics(setting, 5, 1.0)
    dynamics.reset(np.arange(5))
    for _ in range(setting.world.slots):
        outcome = dynamics.step(np.zeros((5, 2, 2)))
        assert (outcome.reward == 0.0).all() and outcome.served_mbit.sum() > 0.0


def test_flights_keep_speeds_area_and_missions(city_cache):
    setting = stage(city_cache, late_missions=1.0)
    dynamics = DispatchDynamics(setting, 6, 1.0)
    dynamics.reset(np.arange(6))
    actions = random_actions(setting, 6)
    for slot in range(setting.world.slots):
        before = dynamics.position_m
        dynamics.step(actions[slot])
        gone_m = np.linalg.norm(dynamics.position_m - before, axis=2)
        assert (gone_m <= setting.reach_m * (1.0 + 1e-12)).all() and np.abs(dynamics.position_m).max() <= 300.0
        assert (gone_m[dynamics.worlds.appears > slot] == 0.0).all()
        wanted = np.linalg.norm(np.clip(actions[slot], -1.0, 1.0), axis=2)
        inside = (np.abs(dynamics.position_m).max(axis=2) < 300.0) & (dynamics.worlds.appears <= slot)
        expected = np.minimum(wanted, 1.0) * setting.reach_m
        np.testing.assert_allclose(gone_m[inside], expected[inside])
