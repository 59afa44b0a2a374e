"""The environment of dispatching as others use it."""

import json

import gymnasium
import numpy as np
import pytest
from gymnasium.envs.registration import EnvSpec
from gymnasium.utils.env_checker import check_env

from itnt_core.dispatch import ENVIRONMENT_ID, DispatchError, DispatchOptions, Setting
from itnt_core.dispatch.environment import DispatchEnv
from itnt_core.presets import preset
from itnt_core.scenario import Airspace, Handover
from tests.dispatch.settings import random_actions, stage


@pytest.mark.parametrize("gains", ["exact", "map"])
@pytest.mark.parametrize(
    ("users", "aerial_users", "options"),
    [
        (7, 1, {}),
        (7, 2, {}),
        (2, 2, {}),
        (3, 2, {"walking": 0.0, "off_s": 0.0}),
        (5, 1, {"walking": 1.0, "failing": 0.75}),
    ],
)
def test_the_checker_of_gymnasium_passes(city_cache, gains, users, aerial_users, options):
    environment = DispatchEnv(setting=stage(city_cache, users=users, aerial_users=aerial_users, gains=gains, **options))
    check_env(environment, skip_render_check=True)


def test_the_checker_passes_without_satellites_and_without_base_stations(city_cache, tiny_scenario):
    alone = (tiny_scenario.without_satellites(), tiny_scenario.model_copy(update={"ground_stations": ()}))
    for scenario in alone:
        setting = Setting.of(scenario, DispatchOptions(unit_mbit=1.0), city_cache)
        check_env(DispatchEnv(setting=setting), skip_render_check=True)


def test_it_is_made_by_its_name_and_by_its_spec(city_cache):
    tiny = preset("tiny", users=5, cache_dir=city_cache)
    options = DispatchOptions(unit_mbit=1.0, queue_mbit=5.0)
    first = None
    for scenario in ("tiny", tiny, tiny.model_dump(mode="json")):
        users = 5 if scenario == "tiny" else None
        environment = gymnasium.make(
            ENVIRONMENT_ID, scenario=scenario, users=users, options=options, cache_dir=city_cache
        )
        again = gymnasium.make(EnvSpec.from_json(json.dumps(json.loads(environment.spec.to_json()))))
        for made in (environment, again):
            observation, _ = made.reset(seed=3)
            assert made.unwrapped.dynamics.setting.options == options
            first = observation if first is None else first
            np.testing.assert_array_equal(observation, first)


def course(environment, seed, actions):
    """Return all observations, rewards and infos of an episode."""
    observation, info = environment.reset(seed=seed)
    steps = [environment.step(action.astype(np.float32).ravel()) for action in actions]
    return [observation, *(step[0] for step in steps)], [step[1] for step in steps], [info, *(s[4] for s in steps)]


def test_a_seed_is_a_world_to_the_last_bit_whatever_came_before(city_cache):
    setting = stage(city_cache)
    actions = random_actions(setting, 1)[:, 0]
    used, new = DispatchEnv(setting=setting), DispatchEnv(setting=setting)
    course(used, 8, actions)
    one, other = course(used, 9, actions), course(new, 9, actions)
    np.testing.assert_array_equal(one[0], other[0])
    assert one[1:] == other[1:]
    assert course(new, 10, actions)[1] != one[1]


def test_without_a_seed_the_next_world_is_another_and_follows_from_the_last_seed(city_cache):
    environment = DispatchEnv(setting=stage(city_cache))
    told = []
    for _ in range(2):
        environment.reset(seed=4)
        told.append([environment.reset()[1]["world"] for _ in range(3)])
    assert told[0] == told[1] and len(set(told[0])) == 3


def test_observations_lie_within_and_every_part_says_something(city_cache):
    setting = stage(city_cache, late_missions=1.0)
    environment = DispatchEnv(setting=setting)
    seen = np.array([course(environment, seed, random_actions(setting, 1, seed)[:, 0])[0] for seed in range(6)])
    assert np.abs(seen).max() <= 1.0
    for name, place in environment.dynamics.observer.slices.items():
        assert np.ptp(seen[..., place]) > 0.0, name
    assert sum(environment.dynamics.observer.sizes.values()) == seen.shape[2]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"gains": "guess"}, "The option gains is 'guess', but it takes exact, map"),
        ({"frame": 3}, "The option frame is 3, but it takes map, mission, straight"),
        ({"map_m": 1.0}, "The option map_m is 1.0, but it takes a number from 5 to 100"),
        ({"queue_mbit": float("nan")}, "The option queue_mbit is nan, but it takes a number from 0.1"),
        ({"walking": True}, "The option walking is True, but it takes a number from 0 to 1"),
        ({"failing": 0.8}, "The options failing and arriving_late add up to 1.05, but 1 is the most"),
        ({"colour": 1}, "The option 'colour' is unknown: choose among gains, frame, actions"),
        (7, "The options are 7: give DispatchOptions or a mapping"),
    ],
)
def test_options_that_cannot_be_are_refused_in_a_sentence(options, sentence):
    with pytest.raises(DispatchError, match=sentence):
        DispatchOptions.of(options)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"aerial_users": ()}, "has no aerial users, which dispatching does not know: add one"),
        ({"airspace": Airspace(obstacles="buildings")}, "has buildings or zones in the way"),
        ({"handover": Handover(price_mbit=1.0)}, "couples slots by handover"),
    ],
)
def test_scenarios_with_what_it_does_not_know_are_refused_in_a_sentence(tiny_scenario, changes, sentence):
    with pytest.raises(DispatchError, match=sentence):
        Setting.of(tiny_scenario.model_copy(update=changes), DispatchOptions())


def test_needs_batteries_and_users_indoors_are_refused(tiny_scenario):
    first = tiny_scenario.aerial_users[0]
    for field, value, sentence in (
        ("energy_budget_kj", 40.0, "limits batteries"),
        ("demand_mbit_s", 1.0, "needs of their own"),
    ):
        changed = tiny_scenario.model_copy(update={"aerial_users": (first.model_copy(update={field: value}),)})
        with pytest.raises(DispatchError, match=sentence):
            Setting.of(changed, DispatchOptions())
    ground = (tiny_scenario.ground_users[0].model_copy(update={"indoor": "low_loss"}),)
    with pytest.raises(DispatchError, match="has users indoors"):
        Setting.of(tiny_scenario.model_copy(update={"ground_users": ground}), DispatchOptions())


def test_flight_levels_that_nobody_may_fly_at_are_refused(tiny_scenario, city_cache):
    with pytest.raises(DispatchError, match=r"flight levels reach from 40 to 40 m, but 50 to 300 m is what"):
        Setting.of(tiny_scenario, DispatchOptions(lowest_level_m=40.0), city_cache)
    many = preset("tiny", users=8, aerial_users=6, cache_dir=city_cache)
    with pytest.raises(DispatchError, match=r"from 100 to 350 m, but 50 to 300 m"):
        Setting.of(many, DispatchOptions(), city_cache)


def test_a_unit_of_nothing_is_refused(tiny_scenario, city_cache):
    idle = DispatchOptions(aerial_mbit_s=0.0, progress_mbit_per_km=0.0, energy_mbit_per_kj=0.0)
    with pytest.raises(DispatchError, match=r"gains .* over hovering here, which is no unit of a reward"):
        DispatchEnv(scenario=tiny_scenario, options=idle, cache_dir=city_cache)


def test_a_seed_beyond_all_worlds_is_refused(city_cache):
    environment = DispatchEnv(setting=stage(city_cache))
    environment.reset(seed=2**63 - 1)
    with pytest.raises(DispatchError, match=r"The seed is 9223372036854775808, but 0 to 9223372036854775807 stand"):
        environment.reset(seed=2**63)


def test_what_is_no_action_is_refused_and_the_episode_stays_as_it_was(city_cache):
    environment = DispatchEnv(setting=stage(city_cache))
    zero = np.zeros(environment.action_space.shape)
    with pytest.raises(DispatchError, match="not begun"):
        environment.step(zero)
    environment.reset(seed=1)
    wrong = zero.copy()
    wrong[1] = np.nan
    for action, sentence in ((wrong, "Entry 1 of the action is nan"), (zero[:-1], "has the shape")):
        with pytest.raises(DispatchError, match=sentence):
            environment.step(action)
    slots = environment.dynamics.setting.world.slots
    over = [environment.step(zero)[2] for _ in range(slots)]
    assert over == [False] * (slots - 1) + [True]
    with pytest.raises(DispatchError, match=f"ended with slot {slots}"):
        environment.step(zero)
