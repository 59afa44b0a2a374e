"""The environment: Gymnasium's contract, the same physics as the judge, limits that hold for every action."""

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from hypothesis import given
from hypothesis import strategies as st

from itnt_core.association import Association, ExactAssociator, make_problem
from itnt_core.learning import ENVIRONMENT_ID, PAPER, EnvironmentOptions
from itnt_core.learning.dynamics import ServiceDynamics, power_shares
from itnt_core.learning.environment import DataServiceEnv, reference
from itnt_core.learning.observation import Layout
from itnt_core.network import Decision, build_world, evaluate, find_violations
from itnt_core.power import equal_power
from itnt_core.presets import preset


@pytest.fixture(scope="module")
def world(city_cache):
    """Two aerial and four ground users over 600 m of the City."""
    return build_world(preset("tiny", users=6, aerial_users=2, cache_dir=city_cache), cache_dir=city_cache)


@pytest.fixture(scope="module")
def answer(world):
    return reference(world)


def dynamics_of(world, answer, count, options=None):
    return ServiceDynamics(world, answer[0], count, options or EnvironmentOptions(), answer[1])


def played(dynamics, actions):
    """Play actions (T, n, size); return outcomes and the decisions of all environments."""
    dynamics.reset()
    positions, shares, outcomes = [dynamics.positions_m], [], []
    for action in actions:
        outcomes.append(dynamics.step(action))
        positions.append(dynamics.positions_m)
        shares.append(dynamics.share)
    flights, powers = np.stack(positions), np.stack(shares) * dynamics.world.station_max_power_w[:, None]
    decisions = [
        Decision(dynamics.station[n], dynamics.subchannel[n], flights[:, n], powers[:, n], "active")
        for n in range(dynamics.count)
    ]
    return outcomes, decisions


def random_actions(dynamics, seed=0):
    generator = np.random.default_rng(seed)
    return generator.uniform(-1.0, 1.0, (dynamics.world.slots, dynamics.count, dynamics.action_size))


def test_gymnasium_finds_no_fault_with_the_registered_environment(city_cache):
    environment = gymnasium.make(ENVIRONMENT_ID, scenario="tiny", cache_dir=city_cache)
    check_env(environment.unwrapped, skip_render_check=True)


@pytest.mark.parametrize("options", [EnvironmentOptions(), PAPER, EnvironmentOptions(nested=True)], ids=str)
def test_the_batch_equals_single_environments_step_by_step(world, answer, options):
    batch = dynamics_of(world, answer, 3, options)
    actions = random_actions(batch).astype(np.float32)
    first = batch.reset()
    outcomes = [batch.step(action) for action in actions]
    for number in range(3):
        single = DataServiceEnv(options=options, association=answer[0], world=world)
        observation, _ = single.reset(seed=number)
        np.testing.assert_array_equal(observation, first[number])
        for slot, outcome in enumerate(outcomes):
            observation, reward, over, cut, info = single.step(actions[slot, number])
            np.testing.assert_allclose(observation, outcome.observation[number], atol=1e-6)
            assert reward == pytest.approx(outcome.reward[number], abs=1e-9)
            assert (over, cut, info["slot"]) == (slot + 1 == world.slots, False, slot + 1)


@pytest.mark.parametrize("options", [EnvironmentOptions(), PAPER, EnvironmentOptions(nested=True)], ids=str)
def test_the_environment_counts_what_the_judge_counts(world, answer, options):
    dynamics = dynamics_of(world, answer, 4, options)
    outcomes, decisions = played(dynamics, random_actions(dynamics, 1))
    for number, decision in enumerate(decisions):
        judged = evaluate(world, decision)
        rate = np.stack([outcome.rate_mbit_s[number] for outcome in outcomes])
        np.testing.assert_allclose(rate, judged.active.rate_bit_s / 1e6, rtol=1e-9, atol=1e-12)
        energy = np.stack([outcome.energy_j[number] for outcome in outcomes])
        np.testing.assert_allclose(energy, judged.energy_j, rtol=1e-9)


@given(seed=st.integers(0, 2**31), bold=st.booleans())
def test_projected_flights_and_all_powers_keep_the_limits_whatever_the_actions(world, answer, seed, bold):
    dynamics = dynamics_of(world, answer, 2)
    actions = random_actions(dynamics, seed)
    _, decisions = played(dynamics, np.sign(actions) if bold else actions)
    for decision in decisions:
        broken = {violation.constraint for violation in find_violations(world, decision)}
        # the SINR floor and the separation are taught by penalties and checked where a decision is kept
        assert broken <= {"7f", "7h"}


@given(seed=st.integers(0, 2**31), spread=st.sampled_from(["served", "all", "equal", "equal_served"]))
def test_power_shares_are_positive_and_add_up_to_at_most_one(seed, spread):
    generator = np.random.default_rng(seed)
    action = generator.choice([-1.0, 1.0, generator.uniform(-1, 1)], (5, 3, 5))
    active = generator.random((5, 3, 4)) < generator.random()
    share = power_shares(action, active, spread)
    assert np.isfinite(share).all()
    assert (share >= 0.0).all()
    assert (share.sum(axis=2) <= 1.0 + 1e-9).all()
    if spread in ("served", "equal_served"):
        assert (share[active.any(axis=2)][~active[active.any(axis=2)]] == 0.0).all()


def test_zero_actions_fly_the_straight_way(world, answer):
    dynamics = dynamics_of(world, answer, 1)
    _, decisions = played(dynamics, np.zeros((world.slots, 1, dynamics.action_size)))
    steps = np.diff(decisions[0].positions_m, axis=0)
    np.testing.assert_allclose(steps, np.broadcast_to(steps.mean(axis=0), steps.shape), atol=1e-6)
    assert not [v for v in find_violations(world, decisions[0]) if v.constraint not in ("7f", "7h")]


def test_without_projection_faults_are_punished(world, answer):
    free = dynamics_of(world, answer, 1, EnvironmentOptions(projection=False))
    away = np.zeros((world.slots, 1, free.action_size))
    away[:, 0, 0], away[:, 0, 1] = 1.0, 1.0  # full speed, away from the destination
    safe = dynamics_of(world, answer, 1)
    punished, _ = played(free, away)
    allowed, _ = played(safe, away)
    assert punished[-1].penalty[0] > allowed[-1].penalty[0] + 1.0


def test_observations_name_slot_and_association(world, answer):
    dynamics = dynamics_of(world, answer, 1)
    layout = Layout.of(world)
    observation = dynamics.reset()[0]
    assert observation.shape == (layout.size,)
    assert observation[layout.slices["slot"]].argmax() == 0
    told = observation[layout.slices["station"]].reshape(layout.users, layout.stations)
    station = np.where(told.any(axis=1), told.argmax(axis=1), -1)
    np.testing.assert_array_equal(station, answer[0].station[0])
    assert (np.abs(observation) <= 1.0).all()


def test_nested_mode_solves_p1_at_the_present_places(world, answer):
    dynamics = dynamics_of(world, answer, 1, EnvironmentOptions(nested=True))
    dynamics.reset()
    flight = np.broadcast_to(dynamics.positions_m[0], (world.slots + 1, world.aerial_count, 3))
    gains = world.gains(flight)[:1]
    expected = ExactAssociator().solve(make_problem(world, gains, equal_power(world)[:1]))
    problem = make_problem(world, gains, equal_power(world)[:1])
    mine = Association(dynamics.station[0, :1], dynamics.subchannel[0, :1])
    np.testing.assert_allclose(problem.value(mine), problem.value(expected))


@pytest.mark.filterwarnings("ignore")
def test_stable_baselines_trains_on_it_unmodified(world):
    from stable_baselines3 import DDPG

    environment = DataServiceEnv(world=world)
    model = DDPG("MlpPolicy", environment, learning_starts=8, batch_size=8, buffer_size=100, seed=1, device="cpu")
    model.learn(24)
    action, _ = model.predict(environment.reset()[0])
    assert environment.action_space.contains(action)
