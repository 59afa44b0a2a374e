"""The active local search against full enumeration, and its promises."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from itnt_core.association import ActiveAssociator, AssociationProblem, ExactAssociator, active_value
from itnt_core.association.local_search import climb
from itnt_core.rate_laws import law_of, shannon
from tests.network.plain_rates import NAMES, carried

WANTED_OPTIMA, INSTANCES = 95, 100


def random_problem(seed, users=4, stations=2, subchannels=2, slots=1, max_users=None):
    generator = np.random.default_rng(seed)
    gain = 10.0 ** generator.uniform(-2.0, 2.0, (slots, users, stations, subchannels))
    limits = np.full(stations, subchannels) if max_users is None else np.array(max_users)
    power = generator.uniform(0.2, 2.0, (slots, stations, subchannels))
    return AssociationProblem(gain, power, 0.05, 1e6, shannon(7.4), 10**-0.5, 1.0, limits)


def enumerate_best(problem):
    """The best active objective over every association of one slot, written from the definition."""
    _, users, stations, subchannels = problem.gain.shape
    links = [None, *itertools.product(range(stations), range(subchannels))]
    best = 0.0
    for choice in itertools.product(links, repeat=users):
        taken = [link for link in choice if link is not None]
        if len(set(taken)) < len(taken):
            continue
        if any(sum(b == station for b, _ in taken) > problem.max_users[station] for station in range(stations)):
            continue
        best = max(best, value_of(problem, choice, taken))
    return best


def value_of(problem, choice, taken):
    gain, power, value = problem.gain[0], problem.power_w[0], 0.0
    for user, link in enumerate(choice):
        if link is None:
            continue
        b, k = link
        heard = sum(power[o, k] * gain[user, o, k] for o, q in taken if q == k and o != b)
        sinr = power[b, k] * gain[user, b, k] / (heard + problem.noise_w)
        if sinr < problem.min_sinr_active:
            return -np.inf
        value += carried(problem.rate_law.name, 7.4, sinr) + problem.serving_reward_mbit_s
    return value


def test_the_search_finds_the_true_optimum_nearly_always():
    hits = 0
    for seed in range(INSTANCES):
        sizes = [(4, 2, 2, None), (3, 3, 2, None), (5, 2, 2, (1, 2)), (4, 2, 3, (2, 2))][seed % 4]
        problem = random_problem(seed, *sizes[:3], max_users=sizes[3])
        found = active_value(problem, ActiveAssociator().solve(problem))[0]
        best = enumerate_best(problem)
        assert found <= best + 1e-9
        hits += found >= best - 1e-9
    assert hits >= WANTED_OPTIMA


@pytest.mark.parametrize("name", NAMES[1:])
def test_the_search_finds_the_true_optimum_by_other_rate_laws(name):
    hits = 0
    for seed in range(40):
        problem = random_problem(seed, *[(4, 2, 2), (3, 3, 2)][seed % 2])
        problem = replace(problem, rate_law=law_of(name, None), min_sinr_active=0.5)
        found = active_value(problem, ActiveAssociator().solve(problem))[0]
        best = enumerate_best(problem)
        assert found <= best + 1e-9
        hits += found >= best - 1e-9
    assert hits >= 38


@pytest.mark.parametrize("seed", range(10))
def test_more_shakes_never_make_a_single_slot_worse(seed):
    problem = random_problem(seed, 12, 4, 4)
    values = [active_value(problem, ActiveAssociator(shakes).solve(problem))[0] for shakes in (0, 2, 8)]
    assert values == sorted(values)


@pytest.mark.parametrize("seed", range(10))
def test_the_answer_is_feasible_and_not_below_the_exact_start_made_feasible(seed):
    problem = random_problem(seed, 10, 3, 3, slots=4, max_users=(2, 3, 3))
    answer = ActiveAssociator().solve(problem)
    values = active_value(problem, answer)
    assert np.isfinite(values).all()
    start = active_value(problem, ExactAssociator().solve(problem))
    assert (values >= np.where(np.isfinite(start), start, 0.0) - 1e-9).all()
    for slot in range(4):
        served = answer.station[slot] >= 0
        links = set(zip(answer.station[slot, served], answer.subchannel[slot, served], strict=True))
        assert len(links) == served.sum()
        load = np.bincount(answer.station[slot, served], minlength=3)
        assert (load <= problem.max_users).all()


def test_nobody_is_served_where_nobody_can_be():
    problem = random_problem(1)
    silent = replace(problem, gain=problem.gain * 1e-9, min_sinr=1.0)
    assert (ActiveAssociator().solve(silent).station == -1).all()


@pytest.mark.parametrize("seed", range(20))
def test_a_climb_ends_where_no_change_of_one_link_helps_and_its_sums_are_true(seed):
    """Every rate is followed in steps; the end is judged here from the definition alone."""
    sizes = [(5, 3, 2, None), (6, 3, 3, (1, 2, 2)), (7, 2, 3, (2, 3)), (4, 3, 2, (1, 1, 2))][seed % 4]
    problem = random_problem(100 + seed, *sizes[:3], max_users=sizes[3])
    _, users, stations, subchannels = problem.gain.shape
    user_at, link_of = np.full((stations, subchannels), -1), np.full((users, 2), -1)
    load = np.zeros(stations, dtype=np.int64)
    physics = (
        problem.gain[0],
        problem.power_w[0],
        problem.noise_w,
        problem.user_laws,
        1.0,
        problem.min_sinr_active,
        problem.serving_reward_mbit_s,
    )
    reached = climb(user_at, link_of, load, problem.max_users, *physics, 1e-9)
    choice = [None if b < 0 else (int(b), int(k)) for b, k in link_of]
    assert reached == pytest.approx(value_of(problem, choice, [link for link in choice if link]), rel=1e-9)
    for user in range(users):
        for link in [None, *itertools.product(range(stations), range(subchannels))]:
            other = list(choice)
            if link in choice and link is not None:
                other[choice.index(link)] = choice[user]
            other[user] = link
            taken = [pair for pair in other if pair is not None]
            fits = all(sum(b == station for b, _ in taken) <= problem.max_users[station] for station in range(stations))
            if fits:
                assert value_of(problem, other, taken) <= reached + 1e-6


def plain_climb(problem, tolerance):
    """The climb with every change of every user judged anew from the definition; links of its end."""
    _, users, stations, subchannels = problem.gain.shape
    choice = [None] * users
    links = [None, *itertools.product(range(stations), range(subchannels))]
    reached, improved = 0.0, True
    while improved:
        improved = False
        for user in range(users):
            best, found = tolerance, None
            for link in links:
                other = changed(choice, user, link)
                taken = [pair for pair in other if pair is not None]
                if any(sum(b == station for b, _ in taken) > problem.max_users[station] for station in range(stations)):
                    continue
                change = value_of(problem, other, taken) - reached
                if change > best + 1e-12:
                    best, found = change, other
            if found is not None:
                choice, improved = found, True
                reached = value_of(problem, choice, [pair for pair in choice if pair is not None])
    return choice


def changed(choice, user, link):
    """The links after a user takes one; who had it gets what the user had."""
    other = list(choice)
    if link is not None and link in choice:
        other[choice.index(link)] = choice[user]
    other[user] = link
    return other


@pytest.mark.parametrize("seed", range(20))
def test_what_a_climb_passes_over_would_have_changed_nothing(seed):
    """It judges few changes in full; all of them judged in full lead to the same links."""
    sizes = [(7, 3, 3, None), (9, 3, 3, (2, 2, 3)), (6, 4, 2, (1, 2, 1, 2))][seed % 3]
    problem = random_problem(300 + seed, *sizes[:3], max_users=sizes[3])
    if seed % 2:
        problem = replace(problem, noise_w=5.0)  # floors and disturbance matter more
    _, users, stations, subchannels = problem.gain.shape
    user_at, link_of = np.full((stations, subchannels), -1), np.full((users, 2), -1)
    physics = (problem.gain[0], problem.power_w[0], problem.noise_w, problem.user_laws, 1.0)
    qos = (problem.min_sinr_active, problem.serving_reward_mbit_s)
    climb(user_at, link_of, np.zeros(stations, dtype=np.int64), problem.max_users, *physics, *qos, 1e-7)
    assert [None if b < 0 else (int(b), int(k)) for b, k in link_of] == plain_climb(problem, 1e-7)
