"""Plans where changes of server cost something: what is better, what may be, and who says that it does not know it."""

from dataclasses import replace
from itertools import product
from types import SimpleNamespace

import numpy as np
import pytest

from itnt_core.handover import changes_of_server, slots_stayed
from itnt_core.methods import (
    METHODS,
    StraightMethod,
    StraightSettings,
    explain_choice,
    explain_unserved,
    optimise,
    quiet,
    unknown_terms,
    unknown_to_bound,
)
from itnt_core.methods.runs_of_slots import better_runs
from itnt_core.network import Decision, build_world, evaluate, find_violations
from itnt_core.objective import Service, objective_of
from itnt_core.presets import preset
from itnt_core.results import decision_of, verify_result
from itnt_core.scenario import Handover
from itnt_core.words import result_figures, user_rows, why_sentence

COSTLY = Handover(interrupts=True, price_mbit=1.0)
PLANNER = {"rounds": 1, "shakes": 1}


def asked(handover):
    return preset("tiny").model_copy(update={"handover": handover})


def servers(result):
    return decision_of(result.dataset).station


@pytest.fixture(scope="module")
def plans(city_cache):
    """Return the planner's answers without costs, with a price and an interruption, and with a stay."""
    kinds = {"free": Handover(), "costly": COSTLY, "bound": Handover(min_stay_slots=4)}
    return {
        name: optimise(asked(handover), "planner", settings=PLANNER, cache_dir=city_cache)
        for name, handover in kinds.items()
    }


def test_a_price_saves_changes_and_the_objective_is_not_below_that_of_the_plan_without_it(plans):
    free, costly = plans["free"], plans["costly"]
    assert changes_of_server(servers(costly)).sum() <= changes_of_server(servers(free)).sum()
    world = build_world(costly.scenario)
    both = [Service.of(evaluate(world, decision_of(one.dataset))) for one in (costly, free)]
    assert not objective_of(world.scenario).better(both[1], both[0])
    assert costly.kpis["violations"] == 0
    assert "handover_cost_mbit" not in free.kpis


def test_a_result_with_costs_is_verified_and_its_figures_agree(plans):
    for result in plans.values():
        assert verify_result(result).passed
        figures = {label: value for label, value, _ in result_figures(result)}
        changes = sum(row["Changes of server"] for row in user_rows(result))
        minutes = 5 * result.scenario.time.duration_s / 60.0
        assert figures["Changes of server, per user and minute"] == f"{changes / minutes:.2f}"


@pytest.mark.parametrize("method, settings", [("straight", {}), ("straight", {"associator": "max_sinr"})])
def test_every_answer_stays_long_enough(plans, city_cache, method, settings):
    stays = Handover(min_stay_slots=4)
    result = optimise(asked(stays), method, settings=settings, cache_dir=city_cache)
    for found in (result, plans["bound"]):
        assert not (slots_stayed(servers(found)) < 4).any()
        assert found.kpis["violations"] == 0


def test_only_the_binary_program_is_called_optimal_where_slots_depend_on_one_another(city_cache):
    world = build_world(asked(COSTLY), cache_dir=city_cache)
    values = {}
    for associator in ("exact", "milp"):
        decision = StraightMethod().solve(world, StraightSettings(associator=associator), 1, quiet)
        evaluation = evaluate(world, decision)
        values[associator] = evaluation.always_on.data_service_mbit - evaluation.cost_mbit
        assert not find_violations(world, decision, evaluation)
    assert values["exact"] <= values["milp"] * (1.0 + 1e-9)
    result = optimise(asked(COSTLY), "straight", cache_dir=city_cache)
    assert result.manifest["status"] == "feasible"


def test_the_best_runs_of_two_answers_are_those_of_trying_every_choice_of_slots():
    scenario = asked(Handover(interrupts=True, satellite_interruption_s=0.8, price_mbit=0.7))
    scenario = scenario.model_copy(update={"coverage": "ignored"})
    world = build_world(scenario)
    draw = np.random.default_rng(4)
    flight = StraightMethod().solve(world, StraightSettings(), 1, quiet).positions_m
    gains = world.gains(flight)

    def answer(number):
        station = np.stack([draw.permutation(np.repeat(np.arange(3), 2))[:5] for _ in range(world.slots)])
        subchannel = np.zeros_like(station)
        for slot, user in np.ndindex(station.shape):
            subchannel[slot, user] = (station[slot, :user] == station[slot, user]).sum()
        power = np.full((world.slots, 3, world.subchannels), 0.5)
        decision = Decision(station, subchannel, flight, power, "active")
        served = evaluate(world, decision, gains).active.is_served
        return decision.dropped(~served) if number < 0 else decision

    old, new = answer(0), answer(1)

    def net(chosen):
        merged = Decision(
            np.where(chosen[:, None], new.station, old.station),
            np.where(chosen[:, None], new.subchannel, old.subchannel),
            flight,
            old.power_w,
            "active",
        )
        evaluation = evaluate(world, merged, gains)
        served = evaluation.active.is_served
        data = np.where(served, evaluation.active.rate_bit_s, 0.0).sum() * scenario.time.slot_s / 1e6
        return data - evaluation.cost_mbit

    best = max(net(np.array(chosen)) for chosen in product((False, True), repeat=world.slots))
    assert net(better_runs(world, old, new, gains)) == pytest.approx(best)


def test_an_exchange_counts_the_changes_that_come_with_it(plans):
    result = plans["costly"]
    world, decision = build_world(result.scenario), decision_of(result.dataset)
    gains, before = world.gains(decision.positions_m), changes_of_server(decision.station).sum()
    seen = 0
    for user in range(world.user_count):
        for reason in explain_choice(world, decision, user, 3, gains):
            if reason.way not in ("free", "swap", "instead"):
                continue
            station = decision.station.copy()
            station[3, user] = world.station_ids.index(reason.station_id)
            if reason.way == "free" and reason.served_change == 0:
                assert reason.handover_change == changes_of_server(station).sum() - before
                seen += reason.handover_change > 0
                if reason.handover_change == 2:
                    assert why_sentence(reason, 0.0).endswith(", 2 more changes of server")
    assert seen


def test_who_has_to_stay_is_told_so(plans):
    free = plans["free"]
    scenario = free.scenario.model_copy(update={"handover": Handover(min_stay_slots=8)})
    world, decision = build_world(scenario), decision_of(free.dataset)
    station = np.zeros((world.slots, 1), dtype=int)
    # The user changes from station 0 to 1 in slot 3, and has no link in slot 5.
    station[2:], station[4] = 1, -1
    user = 4
    lost = np.ones(decision.station.shape, dtype=bool)
    alone = decision.dropped(lost)
    stations, subchannels = alone.station.copy(), alone.subchannel.copy()
    stations[:, user] = station[:, 0]
    subchannels[:, user] = np.where(station[:, 0] >= 0, 0, -1)
    power = np.full(alone.power_w.shape, 0.5)
    held = replace(alone, station=stations, subchannel=subchannels, power_w=power)
    ways = {reason.station_id: reason.way for reason in explain_choice(world, held, user, 4)}
    assert ways[world.station_ids[2]] in ("stays", "weak", "unseen")
    assert ways[world.station_ids[0]] == "stays"
    assert explain_unserved(world, held)


def test_a_method_that_does_not_know_it_says_so_before_it_runs(city_cache):
    free, costly = asked(Handover()), asked(COSTLY)
    for key, method in METHODS.items():
        assert unknown_terms(method, free) == []
        said = unknown_terms(method, costly)
        assert bool(said) == (key not in ("planner", "straight"))
        assert all(sentence.startswith(method.title) for sentence in said)
    assert unknown_terms(SimpleNamespace(key="mine", title="Mine", knows={"handover"}), costly) == []
    assert unknown_to_bound(free) == [] and "still holds" in unknown_to_bound(costly)[0]
    events = []
    optimise(costly, "straight", notify=events.append, cache_dir=city_cache)
    assert [event.message for event in events if event.phase == "terms"] == unknown_to_bound(costly)
