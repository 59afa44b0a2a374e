"""Nobody earns more than the certified bound; its parts agree with another solver and with what happens."""

import numpy as np
import pytest
from scipy.optimize import linprog

from itnt_core.dispatch import (
    SHIPPED,
    DispatchDynamics,
    Hindsight,
    LearnedDispatcher,
    Nothing,
    Replanning,
    Straight,
    read_policy,
    reward_bound,
    run_episode,
)
from itnt_core.dispatch.bound import most_of_flights_mbit, most_served_mbit
from itnt_core.network import propulsion_power_w
from tests.dispatch.settings import random_actions, stage

SEEDS = np.arange(12)


class Wanderer:
    """Flies anywhere, which nothing forbids."""

    def __init__(self, setting, count):
        self.actions = random_actions(setting, count, 5)

    def act(self, known):
        return self.actions[known.slot]


@pytest.mark.parametrize(("name", "users", "aerial"), [("tiny", 7, 2), ("london-2km", 9, 3)])
def test_nobody_earns_more_than_the_bound_in_any_world(city_cache, name, users, aerial):
    setting = stage(city_cache, name, users, aerial)
    dynamics = DispatchDynamics(setting, len(SEEDS), 1.0)
    dynamics.reset(SEEDS)
    bound = reward_bound(dynamics)
    assert dynamics.slot == 0  # at its beginning again, in the same worlds
    learned = LearnedDispatcher(setting, read_policy(SHIPPED))
    wanderer = Wanderer(setting, len(SEEDS))
    everybody = (Nothing(), Straight(), Replanning(setting, 8), learned, wanderer, Hindsight(dynamics, 24))
    for dispatcher in everybody:
        earned = run_episode(dynamics, dispatcher, SEEDS).mean(axis=1)
        assert (earned <= bound + 1e-9).all(), type(dispatcher).__name__
    # that of hindsight, the last of them: the bound says something
    assert (bound - earned).mean() < 20.0 * earned.mean()


def test_what_is_served_stays_below_its_bound_user_by_user(city_cache):
    setting = stage(city_cache, "london-2km", 9, 3)
    dynamics = DispatchDynamics(setting, len(SEEDS), 1.0)
    dynamics.reset(SEEDS)
    most = most_served_mbit(dynamics)
    served = sum(dynamics.step(action).served_mbit for action in random_actions(setting, len(SEEDS)))
    assert (served <= most + 1e-9).all()
    assert (most <= dynamics.worlds.arrivals_mbit.sum(axis=1) + 1e-9).all()


def test_flights_are_worth_at_most_what_a_linear_program_over_speeds_says(city_cache):
    setting = stage(city_cache, "london-2km", 9, 3)
    dynamics = DispatchDynamics(setting, 2, 1.0)
    dynamics.reset(SEEDS[:2])
    found = most_of_flights_mbit(dynamics)
    options, worlds = setting.options, dynamics.worlds
    for world in range(2):
        for i in range(setting.aerial_count):
            speed = np.linspace(0.0, setting.reach_m[i] / setting.slot_s, 2001)
            energy_kj = (propulsion_power_w(speed) - propulsion_power_w(0.0)) * setting.slot_s / 1e3
            way_km = speed * setting.slot_s / 1e3
            worth = np.append(-options.energy_mbit_per_kj * energy_kj, options.progress_mbit_per_km)
            slots = setting.world.slots - worlds.appears[world, i]
            whole_km = np.linalg.norm(worlds.destination_m[world, i] - worlds.start_m[world, i]) / 1e3
            # how many slots are flown at which speed, and the progress, no longer than the flight and than the way
            flown, progress = np.append(-way_km, 1.0), (0.0, whole_km)
            flies = np.append(np.ones_like(speed), 0.0)
            bounds = [(0.0, None)] * len(speed) + [progress]
            best = linprog(-worth, A_ub=[flown], b_ub=[0.0], A_eq=[flies], b_eq=[slots], bounds=bounds)
            assert -best.fun <= found[world, i] <= 1.02 * -best.fun


def test_a_rate_law_without_a_limit_is_bounded_by_what_users_ask_for(city_cache):
    setting = stage(city_cache, "london-2km", 9, 3)
    radio = setting.scenario.radio.model_copy(update={"spectral_efficiency_cap": None})
    setting = type(setting).of(setting.scenario.model_copy(update={"radio": radio}), setting.options, city_cache)
    dynamics = DispatchDynamics(setting, 2, 1.0)
    dynamics.reset(SEEDS[:2])
    most = most_served_mbit(dynamics)
    np.testing.assert_allclose(most[:, :3], dynamics.worlds.arrivals_mbit[:, :, :3].sum(axis=1))
    assert np.isfinite(reward_bound(dynamics)).all()
