"""A channel model from outside: asked everywhere, bounded where it says how, and never taken for another."""

import json

import numpy as np
import pytest

from itnt_core import extensions
from itnt_core.bounds import UnknownBoundError, aerial_gain_bounds, upper_bound, why_unknown
from itnt_core.bounds.aerial import LOSS_FLOORS
from itnt_core.cli import main
from itnt_core.extensions import CHANNEL_MODELS
from itnt_core.flight.differentiable import GainMap
from itnt_core.lessons import PATH, Example, accepted_values
from itnt_core.lessons.laws import Link, law_of
from itnt_core.methods import optimise, scenario_ceiling
from itnt_core.network import build_world
from itnt_core.network.reach import blocked_reach_m, strongest_station
from itnt_core.radio import ChannelLaw, laws, register_channel_model
from itnt_core.radio.models import FreeSpaceChannel
from itnt_core.report.assumptions import assumptions
from itnt_core.runs.sweeps import expand, make_sweep
from itnt_core.scenario import BUILT_IN_CHANNEL_MODELS, Channel, ScenarioError, format_scenario, parse_scenario
from itnt_core.twin import twin_preset
from itnt_core.twin.environment import build_environment
from itnt_core.words import headline_figures
from itnt_core.words.fields import fields_of
from tests.bounds.test_aerial import reachable_points
from tests.network.small_worlds import flyer, open_scenario, satellite, station, walker_on_foot

from .installing import known


class Stronger(FreeSpaceChannel):
    """Four times the gain of its ancestor, which no bound of that one holds."""

    def gbs_gain(self, points_m, aerial, sight=None):
        return 4.0 * super().gbs_gain(points_m, aerial, sight)


@pytest.fixture
def register():
    """Return a function that registers a channel model until the end of the test."""
    with known():
        yield lambda name, build: register_channel_model(name, ChannelLaw(build=build, assumption=f"Channel: {name}."))


def under(scenario, name, **fields):
    return scenario.model_copy(update={"channel": Channel(model=name, **fields)})


def test_a_scenario_may_name_what_is_offered_and_nothing_else(example, tiny_scenario):
    named = under(tiny_scenario, "two_ray")
    assert parse_scenario(format_scenario(named, "yaml")) == named
    text = format_scenario(named, "json").replace("two_ray", "three_ray")
    with pytest.raises(ScenarioError) as refused:
        parse_scenario(text)
    assert refused.value.sentences == (
        "The field channel.model is 'three_ray', but allowed are 'free_space', 'power_law', 'urban' or 'two_ray': "
        "choose one of them, or install the plug-in with this channel model.",
    )


def test_a_scenario_is_read_without_loading_a_plug_in(plugin, tiny_scenario):
    plugin("broken", {CHANNEL_MODELS: {"cracked": "no_such_module:LAW"}})
    named = parse_scenario(format_scenario(under(tiny_scenario, "urban"), "json").replace('"urban"', '"cracked"', 1))
    assert named.channel.model == "cracked"
    with pytest.raises(ScenarioError, match=r"'cracked', but broken 0\.1 offers .* No module named 'no_such_module'"):
        build_world(named)


def test_the_form_offers_what_can_be_used(plugin, example, tiny_scenario):
    plugin("broken", {CHANNEL_MODELS: {"cracked": "no_such_module:LAW"}})
    choices = {field.path: field for field in fields_of(Channel)}["model"].choices
    assert choices == ("free_space", "power_law", "urban", "two_ray")


@pytest.mark.parametrize(
    ("spoil", "words"),
    {
        "negative": (lambda gain: -gain, "a gain is negative or not a finite number"),
        "not a number": (lambda gain: np.nan * gain, "a gain is negative or not a finite number"),
        "of another shape": (
            lambda gain: gain[:, :1].repeat(7, axis=1),
            "gbs_gain is (2, 7), but (points, GBSs) is needed, here (2, 2)",
        ),
        "broken": (lambda gain: gain / None, "TypeError"),
    }.items(),
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_gains_that_are_none_are_refused_when_the_world_is_built(spoil, words, register, tiny_scenario, city_cache):
    spoil, words = words

    class Wrong(FreeSpaceChannel):
        def gbs_gain(self, points_m, aerial, sight=None):
            return spoil(super().gbs_gain(points_m, aerial, sight))

    register("wrong", Wrong)
    with pytest.raises(ScenarioError) as refused:
        build_world(under(tiny_scenario, "wrong"), cache_dir=city_cache)
    (sentence,) = refused.value.sentences
    assert sentence.startswith("The channel model of the scenario is 'wrong', but it failed (") and words in sentence
    assert "tell the authors of this session, or choose another channel model" in sentence


def test_a_bound_is_proved_with_what_the_model_states(example, tiny_scenario, city_cache):
    world = build_world(under(tiny_scenario, "two_ray"), cache_dir=city_cache)
    ceiling, floor = aerial_gain_bounds(world)
    (user,) = world.scenario.aerial_users
    points = reachable_points(world, user, np.random.default_rng(1))
    for slot in range(world.slots):
        gains = world.gains_at(points[slot], slot, aerial=True)
        assert (gains <= ceiling[slot, 0]).all() and (floor[slot, 0] == 0.0).all()
    result = optimise(world.scenario, cache_dir=city_cache)
    assert result.kpis["data_service_mbit"] <= result.kpis["upper_bound_mbit"]
    assert result.manifest["plugins"] == {"channel model two_ray": "itnt-example 1.0"}
    assert "no_bound" not in result.manifest


def test_no_bound_is_known_of_a_model_that_states_nothing_whoever_its_ancestor_is(
    register, tiny_scenario, city_cache, tmp_path, capsys
):
    register("stronger", Stronger)
    scenario = under(tiny_scenario, "stronger")
    world = build_world(scenario, cache_dir=city_cache)
    sentence = (
        "No upper bound is known: the channel model 'stronger' of this session states no least loss of the links of "
        "aerial users."
    )
    assert why_unknown(world) == sentence
    for ask in (upper_bound, lambda world: aerial_gain_bounds(world)):
        with pytest.raises(UnknownBoundError, match="No upper bound is known"):
            ask(world)
    events = []
    result = optimise(scenario, notify=events.append, cache_dir=city_cache)
    assert not {"upper_bound_mbit", "gap", "served_bound"} & set(result.kpis)
    assert result.manifest["no_bound"] == sentence == events[-1].message
    assert all(event.bound_mbit is None for event in events)
    assert ("Upper bound", "unknown") in [row[:2] for row in headline_figures(result.kpis)]
    path = tmp_path / "scenario.json"
    path.write_text(format_scenario(scenario, "json"))
    assert main(["bound", str(path)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told == {"upper_bound_mbit": None, "served_bound": None, "unknown": sentence}


def test_a_statement_that_the_models_own_links_undercut_is_none(register, tiny_scenario, city_cache):
    class Boastful(Stronger):
        def least_gbs_loss_db(self, distance_m, low_m, high_m):
            return laws.free_space_db(distance_m, self.carrier_ghz)

        def least_leo_loss_db(self, distance_m):
            return laws.free_space_db(distance_m, self.carrier_ghz)

    class Modest(Boastful):
        def least_gbs_loss_db(self, distance_m, low_m, high_m):
            return super().least_gbs_loss_db(distance_m, low_m, high_m) - 10.0 * np.log10(4.0)

    register("boastful", Boastful)
    register("modest", Modest)
    worlds = [build_world(under(tiny_scenario, name), cache_dir=city_cache) for name in ("boastful", "modest")]
    assert "'boastful' of this session states a least loss that its own links undercut" in why_unknown(worlds[0])
    with pytest.raises(UnknownBoundError, match="undercut"):
        upper_bound(worlds[0], "quick")
    assert why_unknown(worlds[1]) is None
    result = optimise(worlds[1].scenario, cache_dir=city_cache)
    assert 0.0 < result.kpis["data_service_mbit"] <= result.kpis["upper_bound_mbit"]


def test_every_built_in_model_is_known_to_the_bounds():
    assert tuple(LOSS_FLOORS) == BUILT_IN_CHANNEL_MODELS


def test_ground_users_have_their_exact_gains_and_so_a_bound_under_any_model(register, tiny_scenario, city_cache):
    register("stronger", Stronger)
    grounded = under(tiny_scenario, "stronger").model_copy(update={"aerial_users": ()})
    world = build_world(grounded, cache_dir=city_cache)
    assert why_unknown(world) is None
    result = optimise(grounded, cache_dir=city_cache)
    assert result.kpis["data_service_mbit"] <= result.kpis["upper_bound_mbit"]


def test_a_bound_under_a_plug_ins_model_is_never_read_from_the_cache(register, tiny_scenario, city_cache, tmp_path):
    """The scenario stays the same when the plug-in's code does not."""
    register("mine", FreeSpaceChannel)
    uncapped = tiny_scenario.radio.model_copy(update={"spectral_efficiency_cap": None})
    scenario = under(tiny_scenario, "mine").model_copy(update={"aerial_users": (), "radio": uncapped})
    before = scenario_ceiling(build_world(scenario, cache_dir=city_cache), "quick", tmp_path)
    register("mine", Stronger)
    world = build_world(scenario, cache_dir=city_cache)
    after = scenario_ceiling(world, "quick", tmp_path)
    assert after.data_mbit > before.data_mbit and not list(tmp_path.iterdir())


def test_the_gain_map_and_the_reach_are_those_of_the_model(register):
    register("stronger", Stronger)
    scenario = open_scenario(
        stations=[station("a", 0.0, 0.0)],
        passes=[satellite()],
        aerial=[flyer("au", (300.0, 0.0, 100.0))],
        ground=[walker_on_foot("gu", 50.0, 0.0)],
        model="free_space",
    )
    plain, strong = (build_world(under(scenario, name)) for name in ("free_space", "stronger"))
    np.testing.assert_allclose(
        GainMap.of(strong).table_db - GainMap.of(plain).table_db, 10.0 * np.log10(4.0), atol=1e-4
    )
    one = strongest_station(plain).model_copy(update={"max_power_w": 2e-6})
    reach_m = [blocked_reach_m(world, one, 1.5, False, 0.0) for world in (plain, strong)]
    assert reach_m[1] == pytest.approx(2.0 * reach_m[0], abs=10.0)


def test_a_silent_place_does_not_spoil_the_gain_map(register):
    class Hole(FreeSpaceChannel):
        def gbs_gain(self, points_m, aerial, sight=None):
            return np.where(points_m[:, :1] > 0.0, super().gbs_gain(points_m, aerial, sight), 0.0)

    register("hole", Hole)
    scenario = open_scenario(stations=[station("a", 0.0, 0.0)], aerial=[flyer("au", (300.0, 0.0, 100.0))])
    world = build_world(under(scenario, "hole"))
    gain_map = GainMap.of(world)
    import torch

    gains = gain_map(torch.tensor([[-500.0, 0.0, 100.0], [10.0, 0.0, 100.0], [500.0, 0.0, 100.0]]))
    assert torch.isfinite(gains).all() and gains[0, 0] < 1e-25 < gains[2, 0]


def test_lessons_say_that_they_do_not_know_the_formula(register, tiny_scenario, city_cache):
    register("stronger", Stronger)
    scenario = under(tiny_scenario, "stronger")
    world = build_world(scenario, cache_dir=city_cache)
    taught, texts = Example(scenario, world.city), {}
    for step in PATH:
        missing = step.missing(scenario)
        lesson = None if missing else step.teach(taught, accepted_values(step, taught, {}))
        texts[step.key] = missing.text if missing else " ".join(sentence.text for sentence in lesson.sentences)
    assert "'stronger', comes from a plug-in, and its formula is not known here" in texts["one-link"]
    assert "'stronger' does not look at buildings" in texts["line-of-sight"]
    assert "Nobody knows here what cannot be passed: the channel model 'stronger'" in texts["everything"]
    assert "gap" not in texts["everything"] and "UMa" not in " ".join(texts.values())
    with pytest.raises(ValueError, match="formula of the channel model 'stronger' is not known"):
        law_of(scenario, Link(100.0, 100.0, 25.0, 1.5, 2.0), True, False)


def test_a_sweep_and_spectrum_sharing_ask_the_model_too(register, tiny_scenario, city_cache):
    register("stronger", Stronger)
    spec = make_sweep({"scenario": tiny_scenario, "grid": {"channel.model": ["free_space", "stronger"]}})
    assert [case.scenario.channel.model for case in expand(spec)] == ["free_space", "stronger"]
    toy = twin_preset("toy", seed=1, cache_dir=city_cache)
    worlds = [
        build_environment(toy.model_copy(update={"network": under(toy.network, name)}), cache_dir=city_cache)
        for name in ("free_space", "stronger")
    ]
    gains = [world.gain[: len(toy.network.ground_stations)] for world in worlds]
    np.testing.assert_allclose(gains[1], 4.0 * gains[0])


def test_a_report_says_what_the_model_says_of_itself(example, tiny_scenario):
    told = assumptions(under(tiny_scenario, "two_ray", atmosphere="itu"))
    assert told[0].startswith("Channel: two rays between base stations and users")
    assert "no shadowing" in told[1] and "UMa" not in told[1] and "P.618" not in " ".join(told)


def test_what_is_offered_is_asked_from_the_metadata_once(example, monkeypatch):
    looked = []
    found = extensions.metadata.distributions
    monkeypatch.setattr(extensions.metadata, "distributions", lambda: looked.append(1) or found())
    extensions.look_again()
    for _ in range(3):
        assert "two_ray" in extensions.offered_names(CHANNEL_MODELS)
    assert looked == [1]
