"""The environment as others use it: every option, every way of making it, and what is no action."""

import itertools
import json

import gymnasium
import numpy as np
import pytest
from gymnasium.envs.registration import EnvSpec
from gymnasium.utils.env_checker import check_env

from itnt_core.learning import ENVIRONMENT_ID, PAPER, EnvironmentOptions, EpisodeError
from itnt_core.learning.environment import DataServiceEnv, reference
from itnt_core.network import build_world
from itnt_core.presets import preset
from itnt_core.scenario import format_scenario

EVERY = [
    EnvironmentOptions(projection=projection, course=course, spread=spread, nested=nested)
    for projection, course, spread, nested in itertools.product(
        (True, False), ("relative", "absolute"), ("served", "all", "equal", "equal_served"), (True, False)
    )
]


@pytest.fixture(scope="module")
def world(city_cache):
    return build_world(preset("tiny", users=5, aerial_users=2, cache_dir=city_cache), cache_dir=city_cache)


@pytest.fixture(scope="module")
def answer(world):
    return reference(world)


@pytest.mark.parametrize("options", EVERY, ids=str)
def test_the_checker_of_gymnasium_passes_for_every_set_of_options(world, answer, options):
    environment = DataServiceEnv(options=options, association=answer[0], world=world)
    check_env(environment, skip_render_check=True)


@pytest.mark.parametrize("options", [EnvironmentOptions(nested=True), PAPER], ids=str)
def test_an_episode_after_a_reset_is_that_of_a_new_environment_to_the_last_bit(world, answer, options):
    """Nested, the second first observation told of the associations of the episode before."""
    generator = np.random.default_rng(2)
    used = DataServiceEnv(options=options, association=answer[0], world=world)
    new = DataServiceEnv(options=options, association=answer[0], world=world)
    used.reset()
    for _ in range(world.slots):
        used.step(generator.uniform(-1.0, 1.0, used.action_space.shape))
    np.testing.assert_array_equal(used.reset()[0], new.reset()[0])
    for _ in range(world.slots):
        action = generator.uniform(-1.0, 1.0, used.action_space.shape)
        one, other = used.step(action), new.step(action)
        np.testing.assert_array_equal(one[0], other[0])
        assert one[1:] == other[1:]


def test_categories_are_told_one_by_one(world, answer):
    """A station's number is no quantity: one place for each, nothing where nobody serves."""
    environment = DataServiceEnv(association=answer[0], world=world)
    layout = environment.dynamics.observer.layout
    observation, _ = environment.reset()
    for name, count, index in (
        ("station", layout.stations, answer[0].station[0]),
        ("subchannel", world.subchannels, answer[0].subchannel[0]),
    ):
        told = observation[layout.slices[name]].reshape(-1, count)
        np.testing.assert_array_equal(told, (index[:, None] == np.arange(count)).astype(float))
    used = observation[layout.slices["station"]].reshape(-1, layout.stations)
    assert (used.sum(axis=1) == (answer[0].station[0] >= 0)).all()


def ways(folder):
    """Return the ways of naming one scenario, as arguments of the environment."""
    tiny = preset("tiny", users=5, seed=3)
    path = folder / "mine.json"
    path.write_text(format_scenario(tiny))
    return {
        "preset": {"scenario": "tiny", "users": 5, "seed": 3},
        "scenario": {"scenario": tiny},
        "path": {"scenario": path},
        "text path": {"scenario": str(path)},
        "dict": {"scenario": tiny.model_dump(mode="json")},
    }


def test_every_way_of_naming_a_scenario_makes_the_same_environment_and_so_does_its_spec(tmp_path, city_cache):
    first = None
    for name, arguments in ways(tmp_path).items():
        environment = gymnasium.make(
            ENVIRONMENT_ID, cache_dir=city_cache, options=EnvironmentOptions(nested=True), **arguments
        )
        told = json.loads(environment.spec.to_json())
        again = gymnasium.make(EnvSpec.from_json(json.dumps(told)))
        for made in (environment, again):
            observation, _ = made.reset(seed=1)
            assert made.unwrapped.dynamics.options == EnvironmentOptions(nested=True), name
            first = observation if first is None else first
            np.testing.assert_array_equal(observation, first, err_msg=name)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"course": "sideways"}, "The option course is 'sideways', but it takes relative, absolute"),
        ({"spread": None}, "The option spread is None, but it takes served, all, equal, equal_served"),
        ({"nested": "yes"}, "The option nested is 'yes', but it takes True, False"),
        ({"energy_weight": float("nan")}, "The option energy_weight is nan, but it takes a number from 0"),
        ({"sinr_penalty": -1.0}, "The option sinr_penalty is -1.0, but it takes a number from 0"),
        ({"colour": 1}, "The option 'colour' is unknown: choose among projection, course"),
        (7, "The options are 7: give EnvironmentOptions or a mapping"),
    ],
)
def test_options_that_cannot_be_are_refused_in_a_sentence(world, options, sentence):
    with pytest.raises(EpisodeError, match=sentence):
        DataServiceEnv(options=options, world=world)


def test_users_and_seed_belong_to_presets():
    with pytest.raises(EpisodeError, match="seed=2 is given beside a scenario of its own"):
        DataServiceEnv(scenario=preset("tiny"), seed=2)


def test_what_is_no_action_is_refused_and_the_episode_stays_as_it_was(world, answer):
    environment = DataServiceEnv(association=answer[0], world=world)
    zero = np.zeros(environment.action_space.shape)
    with pytest.raises(EpisodeError, match="not begun"):
        environment.step(zero)
    environment.reset()
    wrong = zero.copy()
    wrong[4] = np.nan
    for action, sentence in ((wrong, "Entry 4 of the action is nan"), (zero[:-1], "has the shape")):
        with pytest.raises(EpisodeError, match=sentence):
            environment.step(action)
    for _ in range(world.slots):
        over = environment.step(zero)[2]
    assert over
    with pytest.raises(EpisodeError, match=f"ended with slot {world.slots}"):
        environment.step(zero)
