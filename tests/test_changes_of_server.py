"""Changes of server against plain loops over every user, and what the judge makes of them."""

from dataclasses import replace

import numpy as np
import pytest
from pydantic import ValidationError

from itnt_core.handover import (
    changes_of_server,
    early_changes,
    handover_figures,
    lost_time_s,
    ping_pongs,
    slots_stayed,
)
from itnt_core.methods import StraightMethod, StraightSettings, quiet
from itnt_core.network import build_world, evaluate, find_violations
from itnt_core.objective import Service, objective_of
from itnt_core.presets import PRESETS, preset
from itnt_core.scenario import Handover, format_scenario, parse_scenario
from itnt_core.words import handover_sentence


def by_hand(station, slot_s, gbs_count, ground_s, satellite_s, least):
    """Return changes, ping-pongs, lost seconds and slots stayed (slots, users), user by user and slot by slot."""
    shape = station.shape
    changed, back = np.zeros(shape, bool), np.zeros(shape, bool)
    lost_s, stayed = np.zeros(shape), np.full(shape, np.inf)
    for user in range(shape[1]):
        servers = []  # (slot in which it became the server, station)
        for slot in range(shape[0]):
            here = int(station[slot, user])
            if here < 0:
                continue
            if servers and servers[-1][1] != here:
                changed[slot, user] = True
                by_satellite = here >= gbs_count or servers[-1][1] >= gbs_count
                lost_s[slot, user] = min(satellite_s if by_satellite else ground_s, slot_s)
                if len(servers) > 1:
                    stayed[slot, user] = slot - servers[-1][0]
                    seconds = (slot - servers[-1][0]) * slot_s
                    back[slot, user] = servers[-2][1] == here and seconds <= 5.0
                servers.append((slot, here))
            elif not servers:
                servers.append((slot, here))
    return changed, back, lost_s, stayed


def random_stations(seed, slots=20, users=6, stations=4):
    return np.random.default_rng(seed).integers(-1, stations, (slots, users))


@pytest.mark.parametrize("seed", range(20))
def test_changes_back_and_time_lost_are_those_of_plain_loops(seed):
    scenario = preset("tiny")  # two GBSs, so stations 2 and 3 are satellites
    time = scenario.time.model_copy(update={"slots": 20, "slot_s": (0.2, 2.0, 3.0)[seed % 3]})
    scenario = scenario.model_copy(update={"time": time, "handover": Handover(satellite_interruption_s=0.3)})
    station = random_stations(seed)
    changed, back, lost_s, stayed = by_hand(station, time.slot_s, 2, 0.05, 0.3, 3)
    assert (changes_of_server(station) == changed).all()
    assert (ping_pongs(station, time.slot_s) == back).all()
    assert lost_time_s(scenario, station) == pytest.approx(lost_s)
    assert (slots_stayed(station) == stayed).all()
    found = handover_figures(scenario, station)
    minutes = 6 * 20 * time.slot_s / 60.0
    assert (found.changes, found.ping_pongs) == (changed.sum(), back.sum())
    assert found.per_user_min == pytest.approx(changed.sum() / minutes)
    assert found.lost_s == pytest.approx(lost_s.sum())


@pytest.mark.parametrize("least", (1, 2, 4, 30))
def test_without_changes_that_come_too_early_everybody_stays_long_enough(least):
    for seed in range(20):
        station = random_stations(seed)
        gone = early_changes(station, least)
        kept = np.where(gone, -1, station)
        assert not (slots_stayed(kept) < least).any()
        assert (least > 1) or not gone.any()
        assert (kept[~gone] == station[~gone]).all()


def test_a_scenario_without_it_has_the_file_and_the_hash_of_before():
    for name in PRESETS:
        scenario = preset(name)
        assert "handover" not in format_scenario(scenario, "json")
        assert handover_sentence(scenario) == ""
    asked = preset("tiny").model_copy(update={"handover": Handover(interrupts=True, price_mbit=3.0)})
    assert parse_scenario(format_scenario(asked, "yaml")) == asked
    assert asked.content_hash() != preset("tiny").content_hash()


def test_what_cannot_be_is_refused():
    for fields in ({"price_mbit": -1.0}, {"min_stay_slots": 0}, {"ground_interruption_s": float("nan")}):
        with pytest.raises(ValidationError):
            Handover(**fields)


@pytest.fixture(scope="module")
def answered():
    """Return a tiny world and a decision in which servers change at random."""
    world = build_world(preset("tiny"))
    decision = StraightMethod().solve(world, StraightSettings(associator="random"), 3, quiet)
    assert changes_of_server(decision.station).sum() > 3
    return world, decision


def test_the_judge_takes_off_what_is_lost_under_both_conventions_and_nothing_else(answered):
    world, decision = answered
    lossy = replace(world, scenario=world.scenario.model_copy(update={"handover": Handover(interrupts=True)}))
    before, after = evaluate(world, decision), evaluate(lossy, decision)
    lost_s = by_hand(decision.station, world.scenario.time.slot_s, world.gbs_count, 0.05, 0.25, 1)[2]
    for name in ("active", "always_on"):
        whole, found = getattr(before, name), getattr(after, name)
        kept = 1.0 - lost_s / world.scenario.time.slot_s
        assert found.rate_bit_s == pytest.approx(whole.rate_bit_s * kept, rel=1e-12)
        assert (found.is_served == whole.is_served).all() and (found.sinr == whole.sinr).all()
    assert after.active.data_service_mbit < before.active.data_service_mbit
    assert after.cost_mbit == before.cost_mbit == 0.0


def test_the_objective_counts_a_price_per_change_and_the_figures_show_it(answered):
    world, decision = answered
    count = int(changes_of_server(decision.station).sum())
    priced = replace(world, scenario=world.scenario.model_copy(update={"handover": Handover(price_mbit=0.5)}))
    plain, found = Service.of(evaluate(world, decision)), Service.of(evaluate(priced, decision))
    assert (found.data_mbit, found.cost_mbit) == (plain.data_mbit, pytest.approx(0.5 * count))
    assert found.net_mbit == pytest.approx(plain.data_mbit - 0.5 * count)
    objective = objective_of(world.scenario)
    assert objective.better(plain, found) and not objective.better(found, plain)
    kpis = {"outage": 0.0, "data_service_mbit": 10.0, "handover_cost_mbit": 4.0}
    assert Service.of_figures(kpis).net_mbit == 6.0


def test_a_change_too_early_is_a_violation_with_its_slots(answered):
    world, decision = answered
    asked = replace(world, scenario=world.scenario.model_copy(update={"handover": Handover(min_stay_slots=4)}))
    stayed = by_hand(decision.station, 1.0, 2, 0.0, 0.0, 4)[3]
    found = [one for one in find_violations(asked, decision) if one.constraint == "stay"]
    assert {(one.slot - 1, one.value) for one in found} == {
        (int(slot), stayed[slot, user]) for slot, user in np.argwhere(stayed < 4)
    }
    assert "slots" in found[0].sentence
    assert not [one for one in find_violations(world, decision) if one.constraint == "stay"]


def test_what_it_costs_is_said_in_one_sentence():
    scenario = preset("tiny").model_copy(
        update={"handover": Handover(interrupts=True, price_mbit=2.0, min_stay_slots=3)}
    )
    assert handover_sentence(scenario) == (
        "A change of server interrupts a user's data for 0.05 s between GBSs and for 0.25 s to or from a satellite, "
        "costs 2 Mbit in what is optimised and is not followed by another one of the user within 3 slots."
    )
