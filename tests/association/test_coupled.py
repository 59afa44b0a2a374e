"""P1 over all slots, where changes of server cost something, against trying every association of every slot."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from random_problems import CAP, broken_rules, random_problem

from itnt_core.association import (
    Association,
    ChangeCosts,
    CoupledAssociator,
    CoupledMilpAssociator,
    ExactAssociator,
    TooLargeError,
    active_value,
    best_servers,
)
from itnt_core.objective import COVERAGE_FIRST, DATA

PRICES, STAYS = (0.0, 0.3, 2.0), (1, 2, 3)


def costs_of(draw, stations):
    lost = draw.uniform(0.0, 0.5, (stations, stations))
    np.fill_diagonal(lost, 0.0)
    return ChangeCosts(float(draw.choice(PRICES)), lost, int(draw.choice(STAYS)))


def change_costs(station, rate, costs):
    """Return what changes cost in all slots, inf where one comes too early; rate[t, u] is what a user has."""
    total = 0.0
    for user in range(station.shape[1]):
        server, changed = None, None
        for slot in range(len(station)):
            here = int(station[slot, user])
            if here < 0:
                continue
            if server is not None and here != server:
                if changed is not None and slot - changed < costs.min_stay_slots:
                    return np.inf
                total += costs.price_mbit_s + costs.lost_share[server, here] * rate[slot, user]
                changed = slot
            server = here
    return total


def value_by_hand(problem, found, costs, convention):
    """Return the objective of an association, -inf where a rule is broken."""
    station, subchannel = found.station, found.subchannel
    rate = np.zeros(station.shape)
    for t, u in np.argwhere(station >= 0):
        b, k = station[t, u], subchannel[t, u]
        on_air = [b2 for b2 in range(problem.gain.shape[2]) if b2 != b]
        if convention == "active":
            on_air = [b2 for b2 in on_air if ((station[t] == b2) & (subchannel[t] == k)).any()]
        heard = sum(problem.power_w[t, b2, k] * problem.gain[t, u, b2, k] for b2 in on_air)
        sinr = problem.power_w[t, b, k] * problem.gain[t, u, b, k] / (problem.noise_w + heard)
        rate[t, u] = problem.bandwidth_hz / 1e6 * min(np.log2(1.0 + sinr), CAP)
    linked = int((station >= 0).sum())
    if convention == "active":
        values = active_value(problem, found)
    else:
        if broken_rules(problem, found):
            return -np.inf
        values = problem.value(found)
    return float(values.sum()) + costs.serving_mbit_s(problem) * linked - change_costs(station, rate, costs)


def every_association(problem):
    slots, users, stations, subchannels = problem.gain.shape
    one_slot = []
    for columns in product(range(-1, stations * subchannels), repeat=users):
        taken = [column for column in columns if column >= 0]
        loads = np.bincount(np.array(taken, int) // subchannels, minlength=stations)
        if len(set(taken)) == len(taken) and (loads <= problem.max_users).all():
            one_slot.append(columns)
    for columns in product(one_slot, repeat=slots):
        yield Association.from_columns(np.array(columns), subchannels)


def small_case(seed):
    draw = np.random.default_rng(seed)
    problem = random_problem(draw, slots=3, users=2, stations=2, subchannels=1)
    objective = (COVERAGE_FIRST, DATA)[seed % 2]
    return replace(problem, objective=objective), costs_of(draw, 2)


@pytest.mark.parametrize("seed", range(4))
def test_the_binary_program_and_the_search_find_the_best_of_all(seed):
    problem, costs = small_case(seed)
    every = list(every_association(problem))
    exact = CoupledMilpAssociator(costs).solve(problem)
    for convention in ("always_on", "active"):
        best = max(value_by_hand(problem, one, costs, convention) for one in every)
        found = CoupledAssociator(costs, convention, seed=seed).improve(problem, ExactAssociator().solve(problem))
        assert value_by_hand(problem, found, costs, convention) == pytest.approx(best, rel=1e-9)
        if convention == "always_on":
            assert value_by_hand(problem, exact, costs, convention) == pytest.approx(best, rel=1e-9)


def test_a_larger_case_is_never_above_the_binary_program_and_keeps_every_rule():
    for seed in range(3):
        draw = np.random.default_rng(100 + seed)
        problem, costs = random_problem(draw, 4, 3, 2, 2), costs_of(draw, 2)
        best = value_by_hand(problem, CoupledMilpAssociator(costs).solve(problem), costs, "always_on")
        found = CoupledAssociator(costs, "always_on", seed=seed).improve(problem, ExactAssociator().solve(problem))
        assert not broken_rules(problem, found)
        assert 0.9 * best <= value_by_hand(problem, found, costs, "always_on") <= best * (1.0 + 1e-9)


def test_the_search_is_never_below_a_start_that_keeps_the_rules():
    for seed in range(6):
        draw = np.random.default_rng(200 + seed)
        problem, costs = random_problem(draw, 5, 4, 3, 2), replace(costs_of(draw, 3), min_stay_slots=1)
        empty = Association(np.full((5, 4), -1), np.full((5, 4), -1))
        start = CoupledAssociator(costs, shakes=0, rounds=1, seed=seed).improve(problem, empty)
        found = CoupledAssociator(costs, seed=seed).improve(problem, start)
        values = [value_by_hand(problem, one, costs, "active") for one in (start, found)]
        assert np.isfinite(values).all() and values[1] >= values[0] - 1e-9


@pytest.mark.parametrize("seed", range(8))
def test_the_servers_of_one_user_are_the_best_of_all_sequences(seed):
    draw = np.random.default_rng(seed)
    worth, costs = draw.uniform(-0.5, 2.0, (5, 3)), costs_of(draw, 3)
    worth[draw.random(worth.shape) < 0.2] = -np.inf
    rate = np.where(np.isfinite(worth), np.abs(worth), 0.0)

    def value(course):
        station = np.array(course)[:, None]
        own = np.array([[rate[t, b] if b >= 0 else 0.0] for t, b in enumerate(course)])
        return sum(worth[t, b] for t, b in enumerate(course) if b >= 0) - change_costs(station, own, costs)

    best = max(value(course) for course in product(range(-1, 3), repeat=5))
    assert value(best_servers(worth, rate, costs).tolist()) == pytest.approx(best)


def test_a_case_that_is_too_large_is_refused_in_a_sentence():
    draw = np.random.default_rng(1)
    with pytest.raises(TooLargeError, match="at most 30,000 are allowed: choose another association"):
        CoupledMilpAssociator(costs_of(draw, 4)).solve(random_problem(draw, 20, 20, 4, 5))
