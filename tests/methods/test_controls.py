"""The controls of the learned methods: what is frozen stays as drawn, and each row differs in nothing else."""

import numpy as np
import pytest
import torch

from itnt_core.methods import CONTROLS, METHODS, UNTRAINED, SettingsError, quiet, settings_of
from itnt_core.methods.agents import Variant, environment_options, make_agents
from itnt_core.methods.alternation import Alternation
from itnt_core.network import evaluate, find_violations

QUICK = {"rounds": 2, "episodes": 2, "environments": 16, "searches": 4, "hidden": 32, "reference_lines": False}
# In so many environments all agents learn from the first episode on.
ONE_ROUND = {**QUICK, "rounds": 1, "episodes": 3, "environments": 64}


def settings(key):
    chosen = CONTROLS[key]
    own = {} if chosen.method in ("planner", "straight") else {**QUICK, **chosen.settings}
    return settings_of(METHODS[chosen.method], own)


def solved(world, key, seed=1):
    return METHODS[CONTROLS[key].method].solve(world, settings(key), seed, quiet)


def networks(alternation):
    """Return the weights that act, flat, by who acts."""
    return {
        who: torch.cat([value.flatten() for value in weights.values()]).clone()
        for who, weights in alternation.agents.policy().items()
    }


@pytest.mark.parametrize("key", CONTROLS)
def test_every_row_keeps_every_constraint(tiny_world, key):
    assert find_violations(tiny_world, solved(tiny_world, key)) == []


@pytest.mark.parametrize("variant", [Variant(), Variant(pilot="ddqn")], ids=["ddpg", "ddqn"])
@pytest.mark.parametrize(
    ("trained", "changed"),
    [("all", {"pilot", "power"}), ("pilot", {"pilot"}), ("powers", {"power"}), ("nothing", set())],
)
def test_training_changes_the_networks_that_are_trained_and_no_other(
    tiny_world, straight_decision, variant, trained, changed
):
    chosen = settings_of(METHODS["proposed"], {**ONE_ROUND, "trained": trained})
    alternation = Alternation(tiny_world, straight_decision, chosen, variant, 1, quiet)
    before = networks(alternation)
    alternation.run()
    after = networks(alternation)
    assert {who for who in before if not torch.equal(before[who], after[who])} == changed


@pytest.mark.parametrize("agent", ["joint", "plain"])
@pytest.mark.parametrize("trained", ["all", "nothing"])
def test_one_agent_for_everything_is_trained_whole_or_not_at_all(tiny_world, straight_decision, agent, trained):
    chosen = settings_of(METHODS["proposed"], {**ONE_ROUND, "agent": agent, "trained": trained})
    alternation = Alternation(tiny_world, straight_decision, chosen, Variant(), 1, quiet)
    before = networks(alternation)
    alternation.run()
    assert torch.equal(before["agent"], networks(alternation)["agent"]) == (trained == "nothing")


@pytest.mark.parametrize("agent", ["joint", "plain"])
@pytest.mark.parametrize("trained", ["pilot", "powers"])
def test_a_part_that_an_agent_does_not_have_is_refused(agent, trained):
    with pytest.raises(SettingsError) as refusal:
        settings_of(METHODS["proposed"], {"agent": agent, "trained": trained})
    assert f"the agent '{agent}' is one network" in str(refusal.value)
    assert "choose all or nothing" in str(refusal.value) and "value error" not in str(refusal.value)


def test_without_a_pilot_that_counts_the_flights_are_the_straight_ones(tiny_world, straight_decision):
    decision = solved(tiny_world, "straight_nothing")
    np.testing.assert_array_equal(decision.positions_m, straight_decision.positions_m)
    moved = solved(tiny_world, UNTRAINED).positions_m  # noise alone finds others
    assert not np.array_equal(moved, straight_decision.positions_m)


def test_random_association_keeps_the_straight_flights_too(tiny_world, straight_decision):
    chosen = settings_of(METHODS["ra"], {**QUICK, "draws": 4, "keep_flights": False})
    decision = METHODS["ra"].solve(tiny_world, chosen, 1, quiet)
    np.testing.assert_array_equal(decision.positions_m, straight_decision.positions_m)


def test_equal_power_over_served_subchannels_is_just_that(tiny_world):
    """A station's power over the number of those it serves; who falls below the floor is let go after that."""
    decision = solved(tiny_world, "epa_served")
    all_on = []
    for slot in range(tiny_world.slots):
        for station, most_w in enumerate(tiny_world.station_max_power_w):
            own = decision.subchannel[slot][decision.station[slot] == station]
            if own.size:
                power_w = decision.power_w[slot, station, own]
                shared_by = most_w / power_w
                np.testing.assert_allclose(power_w, power_w[0])
                np.testing.assert_allclose(shared_by, np.round(shared_by), rtol=1e-6)
                assert np.round(shared_by[0]) >= own.size
                all_on.append(np.round(shared_by[0]) == own.size)
    assert np.mean(all_on) > 0.5


def test_both_readings_of_equal_power_can_be_told_apart(tiny_world):
    first, second = (
        evaluate(tiny_world, solved(tiny_world, key)).active.data_service_mbit for key in ("epa", "epa_served")
    )
    assert first != second


@pytest.mark.parametrize(
    ("chosen", "variant", "course", "spread"),
    [
        ({}, Variant(), "relative", "served"),
        ({"relative_course": False}, Variant(), "absolute", "served"),
        ({"agent": "plain"}, Variant(), "absolute", "all"),
        ({"agent": "plain"}, Variant(pilot="ddqn"), "relative", "served"),  # its pilot is its own
        ({"agent": "plain", "actions": "default"}, Variant(), "relative", "served"),
        ({"actions": "plain"}, Variant(), "absolute", "all"),
        ({"actions": "plain"}, Variant(power="equal"), "absolute", "equal"),
        ({}, Variant(power="equal_served"), "relative", "equal_served"),
    ],
)
def test_what_actions_mean_follows_the_agent_unless_it_is_said(chosen, variant, course, spread):
    options = environment_options(settings_of(METHODS["proposed"], chosen), variant)
    assert (options.course, options.spread) == (course, spread)


def test_rows_differ_from_the_proposed_method_in_what_they_name_alone():
    default = METHODS["proposed"].settings_type()
    for chosen in CONTROLS.values():
        if chosen.method in ("planner", "straight"):
            assert not chosen.settings
            continue
        values = settings_of(METHODS[chosen.method], dict(chosen.settings)).model_dump()
        differing = {name for name, value in default.model_dump().items() if values.get(name, value) != value}
        assert differing == set(chosen.settings) & set(default.model_dump())


def test_agents_start_from_the_same_weights_whatever_is_trained(tiny_world, straight_decision):
    weights = []
    for trained in ("all", "nothing"):
        chosen = settings_of(METHODS["proposed"], {**QUICK, "trained": trained})
        alternation = Alternation(tiny_world, straight_decision, chosen, Variant(), 1, quiet)
        agents = make_agents(alternation.dynamics, chosen, Variant(), 1)
        weights.append(torch.cat([value.flatten() for value in agents.policy()["pilot"].values()]))
    assert torch.equal(*weights)
