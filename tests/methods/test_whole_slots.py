"""Small slots served in every way: powers that keep floors, and answers against trying everything."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.tiny_networks import KINDS, every_choice, is_as_good, tiny_scenario
from itnt_core.bounds import upper_bound
from itnt_core.handover import changes_of_server, slots_stayed
from itnt_core.methods import METHODS, quiet, settings_of
from itnt_core.methods.whole_slots import MOST_WAYS, WholeSlots, is_small, ways_at_most
from itnt_core.network import Decision, build_world, evaluate, find_violations, min_sinr
from itnt_core.objective import Service
from itnt_core.presets import TEMPLATES
from itnt_core.scenario import Handover

REACHED = 1e-3
STAY = Handover(min_stay_slots=3)
CHANGES = {
    "price": Handover(price_mbit=1.5),
    "interruption": Handover(interrupts=True, ground_interruption_s=0.6, price_mbit=0.2),
    "stay": STAY,
}


def planned(world, rounds=3):
    planner = METHODS["planner"]
    return planner.solve(world, settings_of(planner, {"rounds": rounds, "time_limit_s": 3600.0}), 1, quiet)


def figures(world, decision):
    """Return what an answer lacks to least rates (below 0), its served user slots and its worth; it breaks nothing."""
    found = evaluate(world, decision)
    assert {one.constraint for one in find_violations(world, decision, found)} <= {"least_rate"}
    service = Service.of(found)
    return service.reached_mbit, float(found.active.is_served.sum()), service.worth_mbit


def with_changes(kind, seed, name, coverage="ignored"):
    """Return a tiny world in which changes of server cost something, all else as a seed draws it."""
    scenario = tiny_scenario(kind, seed)
    return build_world(scenario.model_copy(update={"handover": CHANGES[name], "coverage": coverage}))


@pytest.mark.parametrize("kind", KINDS)
def test_the_planner_reaches_what_trying_every_association_at_three_powers_reaches(kind):
    """Here stands one of each; ``python -m benchmarks.objectives enumeration`` counts over a hundred."""
    for seed in (3, 11):
        world = build_world(tiny_scenario(kind, seed))
        best = every_choice(world).best(world.scenario.coverage)
        assert is_as_good(world.scenario.coverage, figures(world, planned(world)), best, REACHED), (seed, best)


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("kind", ["proportional", "max_min", "sum"])
def test_fairness_and_priorities_with_changes_of_server_are_as_good_as_trying_everything(kind, name):
    for seed, coverage in ((1, "ignored"), (6, "first")):
        world = with_changes(kind, seed, name, coverage)
        decision, every = planned(world), every_choice(world)
        mine, best = figures(world, decision), every.best(coverage)
        assert is_as_good(coverage, mine, best, REACHED), (seed, mine, best)
        assert not (slots_stayed(decision.station) < world.scenario.handover.min_stay_slots).any()
        bound = upper_bound(world).utility_mbit
        assert max(mine[2], float(every.worth_mbit.max())) <= bound + 1e-6 * abs(bound)


def test_a_price_makes_fair_answers_change_less_and_a_stay_is_paid_for():
    """Else the test above would hold for methods that never look at changes."""
    counts = {}
    for price in (0.0, 50.0):
        changes = 0
        for seed in range(4):
            scenario = tiny_scenario("proportional", seed).model_copy(update={"coverage": "ignored"})
            world = build_world(scenario.model_copy(update={"handover": Handover(price_mbit=price)}))
            changes += int(changes_of_server(planned(world, 1).station).sum())
        counts[price] = changes
    assert counts[50.0] == 0 < counts[0.0]
    asked = [replace(world, scenario=world.scenario.model_copy(update={"handover": one})) for one in (Handover(), STAY)]
    free, staying = (every_choice(one).best("first") for one in asked)
    assert staying <= free


@pytest.mark.parametrize("name", CHANGES)
def test_straight_flights_under_fairness_keep_the_rules_of_changes(name):
    for seed in range(6):
        world = with_changes("proportional", seed, name)
        for associator in ("exact", "milp"):
            straight = METHODS["straight"]
            figures(world, straight.solve(world, settings_of(straight, {"associator": associator}), 1, quiet))


def test_powers_to_start_from_keep_every_floor_and_every_limit():
    seen = 0
    for seed in range(12):
        world = build_world(tiny_scenario("sum", seed))
        ways = WholeSlots(world, world.ground_gains)
        for links in ways._chosen:
            for power in ways._starts(0, links):
                users, station, subchannel = links
                power_w = np.zeros((world.slots, world.station_count, world.subchannels))
                power_w[0, station, subchannel] = power
                columns = np.full((2, world.slots, world.user_count), -1)
                columns[0, 0, users], columns[1, 0, users] = station, subchannel
                flight = np.zeros((world.slots + 1, 0, 3))
                found = evaluate(world, Decision(*columns, flight, power_w, "active")).active
                assert (found.sinr[0, users] >= min_sinr(world, "active")).all()
                assert (power_w.sum(axis=2) <= world.station_max_power_w * (1.0 + 1e-9)).all()
                seen += len(users) == 2
    assert seen > 20


def test_the_number_of_ways_is_counted_and_presets_are_too_large_for_it(tiny_world):
    world = build_world(tiny_scenario("sum", 0))
    assert is_small(world) and ways_at_most(world) == 13  # 1 + 3 x 2 + 3 x 2 for nobody, one and two of three users
    assert len(WholeSlots(world, world.ground_gains)._chosen) == 13
    assert not is_small(tiny_world)
    for name, template in TEMPLATES.items():  # the figures of presets are kept
        assert name == "tiny" or template.base.time.slots * template.users > MOST_WAYS
