"""Every associator meets every rule of P1, on random instances, on crowded and on hopeless ones, and in real worlds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from itnt_core.association import ASSOCIATORS, RandomAssociator, associate
from itnt_core.flight import straight_flight
from itnt_core.network import Decision, find_violations
from itnt_core.power import equal_power
from itnt_core.rate_laws import shannon
from tests.association.random_problems import broken_rules, random_problem, worth_by_hand

KEYS = ["exact", "milp", "max_sinr", "random"]
QUICK = ["exact", "max_sinr", "random"]


@pytest.mark.parametrize("key", QUICK)
@given(
    users=st.integers(1, 14),
    stations=st.integers(1, 4),
    subchannels=st.integers(1, 5),
    slots=st.integers(1, 3),
    seed=st.integers(0, 9999),
    floor_db=st.sampled_from([-30.0, -5.0, 5.0, 20.0]),
)
def test_every_answer_meets_every_rule(key, users, stations, subchannels, slots, seed, floor_db):
    problem = random_problem(np.random.default_rng(seed), slots, users, stations, subchannels, floor_db=floor_db)
    assert broken_rules(problem, ASSOCIATORS[key]().solve(problem)) == []


@pytest.mark.parametrize("key", KEYS)
def test_where_no_link_reaches_the_floor_everybody_stays_unserved(key):
    problem = random_problem(np.random.default_rng(1), 2, 4, 2, 3, floor_db=200.0)
    association = ASSOCIATORS[key]().solve(problem)
    assert (association.station == -1).all() and (association.subchannel == -1).all()
    assert problem.value(association).tolist() == [0.0, 0.0]


@pytest.mark.parametrize("key", KEYS)
def test_a_silent_station_serves_nobody(key):
    problem = random_problem(np.random.default_rng(1), 2, 6, 2, 3, [3, 3], floor_db=-200.0)
    problem.power_w[:, 1] = 0.0
    association = ASSOCIATORS[key]().solve(problem)
    assert (association.station != 1).all()
    assert (association.station == 0).sum(axis=1).tolist() == [3, 3]


@pytest.mark.parametrize("key", KEYS)
def test_with_more_users_than_links_every_link_is_used_and_the_rest_waits(key):
    problem = random_problem(np.random.default_rng(2), 3, 20, 2, 4, [4, 2], floor_db=-200.0)
    association = ASSOCIATORS[key]().solve(problem)
    assert broken_rules(problem, association) == []
    assert (association.station >= 0).sum(axis=1).tolist() == [6, 6, 6]


@pytest.mark.parametrize("key", KEYS)
def test_one_user_alone_takes_its_best_link_unless_drawn_at_random(key):
    problem = random_problem(np.random.default_rng(3), 5, 1, 3, 4, floor_db=-200.0, law=shannon(None))
    association = ASSOCIATORS[key]().solve(problem)
    assert broken_rules(problem, association) == []
    if key == "random":
        assert (association.station >= 0).all()
        return
    flat = problem.sinr.reshape(5, 12).argmax(axis=1)
    assert (association.station[:, 0] * 4 + association.subchannel[:, 0]).tolist() == flat.tolist()


@given(seed=st.integers(0, 9999), users=st.integers(1, 10))
def test_no_rule_of_thumb_beats_the_exact_answer(seed, users):
    problem = random_problem(np.random.default_rng(seed), 1, users, 3, 3)
    exact, greedy, drawn = (worth_by_hand(problem, ASSOCIATORS[key]().solve(problem), 0) for key in QUICK)
    assert exact >= greedy * (1 - 1e-12) and exact >= drawn * (1 - 1e-12)


def test_the_strongest_link_of_all_is_always_in_the_greedy_answer():
    problem = random_problem(np.random.default_rng(5), 6, 8, 3, 3, law=shannon(None))
    association = ASSOCIATORS["max_sinr"]().solve(problem)
    for slot in range(6):
        user, base, channel = np.unravel_index(problem.sinr[slot].argmax(), problem.sinr[slot].shape)
        assert (association.station[slot, user], association.subchannel[slot, user]) == (base, channel)


def test_the_random_answer_follows_its_seed():
    problem = random_problem(np.random.default_rng(6), 4, 12, 3, 4)
    first, again, other = (RandomAssociator(seed).solve(problem) for seed in (1, 1, 2))
    assert (first.station == again.station).all() and (first.subchannel == again.subchannel).all()
    assert (first.station != other.station).any()


def test_the_random_answer_gives_every_link_its_turn():
    """One user, four equally allowed links, 400 slots: each is drawn about 100 times."""
    problem = random_problem(np.random.default_rng(7), 400, 1, 2, 2, floor_db=-200.0)
    association = RandomAssociator(0).solve(problem)
    counts = np.bincount(association.station[:, 0] * 2 + association.subchannel[:, 0], minlength=4)
    five_standard_errors = 5.0 * np.sqrt(400 * 0.25 * 0.75)
    assert np.abs(counts - 100).max() < five_standard_errors


@pytest.mark.parametrize("key", KEYS)
def test_in_a_real_world_the_answer_has_no_violation(tiny_world, key):
    flight, power = straight_flight(tiny_world.scenario), equal_power(tiny_world)
    association = associate(tiny_world, tiny_world.gains(flight), power, ASSOCIATORS[key]())
    decision = Decision(association.station, association.subchannel, flight, power)
    assert find_violations(tiny_world, decision) == []
    assert decision.linked.any()


def test_solving_in_batches_changes_nothing(monkeypatch, tiny_world):
    flight, power = straight_flight(tiny_world.scenario), equal_power(tiny_world)
    gains = tiny_world.gains(flight)
    whole = associate(tiny_world, gains, power, ASSOCIATORS["exact"]())
    monkeypatch.setattr("itnt_core.association.BATCH_ENTRIES", 1)
    apart = associate(tiny_world, gains, power, ASSOCIATORS["exact"]())
    assert (whole.station == apart.station).all() and (whole.subchannel == apart.subchannel).all()
