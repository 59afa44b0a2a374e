"""Why a user is served by this station and no other: each reason against a judge that recomputes the whole window."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from itnt_core.methods import explain_choice, optimise
from itnt_core.network import build_world, evaluate
from itnt_core.objective import Service, objective_of
from itnt_core.presets import preset
from itnt_core.qos import UNSERVED
from itnt_core.results import decision_of
from itnt_core.words import why_sentence

CASES = 200


@pytest.fixture(scope="module")
def planned(city_cache):
    """Return a world with more users than places, a planner's decision, and its gains; 200 users and slots in all."""
    scenario = preset("london-2km", users=25, cache_dir=city_cache)
    time = scenario.time.model_copy(update={"slots": CASES // 25})
    radio = scenario.radio.model_copy(update={"subchannels": 4})
    scenario = scenario.model_copy(update={"time": time, "radio": radio})
    result = optimise(scenario, "planner", settings={"rounds": 2}, cache_dir=city_cache)
    world, decision = build_world(scenario, cache_dir=city_cache), decision_of(result.dataset)
    return world, decision, world.gains(decision.positions_m)


def judged(world, decision, gains, slot):
    """Return what a slot brings by the judge of everything, once those are let go who are below the floor."""
    evaluation = evaluate(world, decision, gains)
    below = (decision.station != UNSERVED) & ~evaluation.active.is_served
    below[np.arange(world.slots) != slot] = False
    kept = decision.dropped(below)
    evaluation = evaluate(world, kept, gains)
    served = evaluation.active.is_served[slot]
    rate = np.where(served, evaluation.active.rate_bit_s[slot], 0.0)
    return kept, evaluation, Service(float(served.mean()), rate.sum() * world.scenario.time.slot_s / 1e6)


def exchanges(world, decision, user, slot, station):
    """Yield every decision in which a user has a place of a station in a slot, one by one as in the text."""
    lost = np.zeros(decision.station.shape, dtype=bool)
    lost[slot, user] = True
    old = decision.station[slot, user], decision.subchannel[slot, user]
    old_w = decision.power_w[slot, old[0], old[1]] if old[0] != UNSERVED else 0.0
    rest = decision.dropped(lost)
    seats = (rest.station[slot] == station).sum()
    left = world.station_max_power_w[station] - rest.used_power_w[slot, station].sum()
    for subchannel in range(world.subchannels):
        there = np.flatnonzero((rest.station[slot] == station) & (rest.subchannel[slot] == subchannel))
        stations, subchannels, power = rest.station.copy(), rest.subchannel.copy(), rest.power_w.copy()
        stations[slot, user], subchannels[slot, user] = station, subchannel
        if not len(there):
            share = min(world.station_max_power_w[station] / world.subchannels, left)
            if seats < world.station_max_users[station] and share > 0.0:
                power[slot, station, subchannel] = share
                yield replace(rest, station=stations, subchannel=subchannels, power_w=power)
            continue
        (partner,) = there
        stations[slot, partner] = subchannels[slot, partner] = UNSERVED
        yield replace(rest, station=stations.copy(), subchannel=subchannels.copy(), power_w=power.copy())
        if old[0] != UNSERVED:
            stations[slot, partner], subchannels[slot, partner], power[slot, old[0], old[1]] = *old, old_w
            yield replace(rest, station=stations, subchannel=subchannels, power_w=power)


def test_every_reason_of_two_hundred_users_and_slots_is_what_trying_every_exchange_finds(planned):
    world, decision, gains = planned
    objective, ways, generator = objective_of(world.scenario), [], np.random.default_rng(7)
    floor_db = world.scenario.qos.min_sinr_active_db
    for user, slot in itertools.product(range(world.user_count), range(world.slots)):
        _, _, before = judged(world, decision, gains, slot)
        reasons = {reason.station_id: reason for reason in explain_choice(world, decision, user, slot, gains)}
        assert set(reasons) == set(world.station_ids)
        own = decision.station[slot, user]
        others = generator.choice(world.station_count, 2, replace=False)
        for station in {*map(int, others), *([int(own)] if own != UNSERVED else [])}:
            reason = reasons[world.station_ids[station]]
            ways.append(reason.way)
            assert (reason.way == "serves") == (decision.station[slot, user] == station)
            if reason.way == "serves":
                assert why_sentence(reason, floor_db) == "Serves the user"
                continue
            best = None
            for trial in exchanges(world, decision, user, slot, station):
                kept, _, after = judged(world, trial, gains, slot)
                if kept.station[slot, user] == station and (best is None or objective.better(after, best)):
                    best = after
            if best is None:
                assert reason.way in ("weak", "full", "unseen")
                assert reason.way != "unseen" or not gains[slot, user, station].any()
                continue
            assert reason.way in ("free", "swap", "instead")
            change = round((best.served_share - before.served_share) * world.user_count)
            assert reason.served_change == change
            assert reason.mbit_change == pytest.approx(best.data_mbit - before.data_mbit, abs=1e-9)
            said = why_sentence(reason, floor_db)
            assert ("not at its best" in said) == (change > 0 or (change == 0 and reason.mbit_change >= 5e-4))
            assert reason.partner is None or reason.partner in said
    assert {"serves", "instead", "swap", "weak"} <= set(ways) and len(ways) >= 2 * CASES


def test_the_numbers_of_the_serving_station_are_the_judges(planned):
    world, decision, gains = planned
    evaluation = evaluate(world, decision, gains)
    for slot, user in np.argwhere(decision.station != UNSERVED)[::17]:
        first = explain_choice(world, decision, int(user), int(slot), gains)[0]
        assert first.way == "serves" and first.station_id == world.station_ids[decision.station[slot, user]]
        assert first.sinr_db == pytest.approx(10 * np.log10(evaluation.active.sinr[slot, user]), abs=1e-9)


def test_an_unserved_user_is_told_what_serving_it_would_cost(planned):
    world, decision, gains = planned
    slot, user = map(int, np.argwhere(decision.station != UNSERVED)[0])
    lost = np.zeros(decision.station.shape, dtype=bool)
    lost[slot, user] = True
    left_out = decision.dropped(lost)
    reasons = explain_choice(world, left_out, user, slot, gains)
    assert all(reason.way != "serves" for reason in reasons)
    assert reasons[0].served_change == 1 and "Would serve one more user" in why_sentence(reasons[0], 0.0)


def test_a_weak_station_is_said_to_be_weak_with_its_best_sinr(planned):
    world, decision, gains = planned
    slot, user = map(int, np.argwhere(decision.station != UNSERVED)[3])
    other = int(np.flatnonzero(np.arange(world.gbs_count) != decision.station[slot, user])[0])
    deaf = gains.copy()
    deaf[slot, user, other] *= 1e-9
    reason = next(
        found
        for found in explain_choice(world, decision, user, slot, deaf)
        if found.station_id == world.station_ids[other]
    )
    assert reason.way == "weak" and reason.sinr_db < world.scenario.qos.min_sinr_active_db
    assert why_sentence(reason, 3.0).startswith("Too weak: -")
