"""The certified bound: below every plan and the best by enumeration, whatever the prices; and the pricing itself."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from itnt_core.twin.planning.bound import (
    MOST_TRANSMITTERS,
    feasible_duals,
    lagrangian_mbit,
    prove_bound,
    with_all_links,
)
from itnt_core.twin.planning.boxes import box_bound, scratch
from itnt_core.twin.planning.joint import QUICK, plan_joint
from itnt_core.twin.planning.objective import mean_backlog, slot_queues
from itnt_core.twin.planning.patterns import ColumnProgram, Duals
from itnt_core.twin.planning.pricing import Prices, best_patterns, certified_value, pattern_value
from itnt_core.twin.planning.window import candidate_links
from tests.twin.brute_force import best_by_enumeration
from tests.twin.windows import random_window, with_backlog

SIZES = (
    {"stations": 1, "beams": 1, "users": 2, "subbands": 2},
    {"stations": 2, "beams": 1, "users": 4, "subbands": 3, "cycles": 2, "shared_most": 1},
    {"stations": 2, "beams": 2, "users": 3, "subbands": 2, "cycles": 2, "efficiency_cap": 7.4},
    {"stations": 1, "beams": 2, "users": 3, "subbands": 2, "station_decades": 1.5, "feeder_mbit_s": 6.0},
)
rounding_errors = 1e-7


def waiting_mbit(window, plan):
    return mean_backlog(slot_queues(window, plan), window.weight)


def in_slots(window, seed, slots=3):
    """The window with arrivals that come unevenly within a cycle."""
    part = np.random.default_rng(seed).dirichlet(np.ones(slots), window.arrivals_mbit.shape)
    return replace(window, slot_part=part)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("seed", range(1))
def test_no_plan_falls_below_the_bound(size, seed):
    window = in_slots(with_backlog(random_window(seed, **size), seed), seed)
    found = prove_bound(window, rounds=8, nodes=2000)
    assert found.backlog_mbit is not None
    assert 0.0 <= found.backlog_mbit <= waiting_mbit(window, plan_joint(window, effort=QUICK).at.plan) + rounding_errors


@pytest.mark.parametrize("seed", range(2))
def test_the_bound_of_a_toy_is_below_the_best_by_enumeration_and_near_it(seed):
    window = random_window(seed, power_price=0.0)
    best = best_by_enumeration(window)
    bound = prove_bound(window).backlog_mbit
    assert bound <= best * (1.0 + 1e-6)
    assert bound >= 0.75 * best - 1.0  # Mbit


@pytest.mark.parametrize("seed", range(4))
def test_any_prices_prove_a_bound(seed):
    """Random ones, negative ones, and those of another window: each proves something true."""
    window = with_all_links(in_slots(random_window(seed, **SIZES[seed % len(SIZES)], load_mbit=400.0), seed))
    generator, per = np.random.default_rng(seed), window.cycles
    duals = Duals(
        generator.normal(0.2, 0.4, (2, window.users, per * window.slots)),
        generator.normal(0.5, 1.0, (window.transmitters, per)),
        generator.normal(0.2, 0.5, per),
        generator.normal(0.1, 0.3, per),
    )
    value = waiting_mbit(window, plan_joint(window, effort=QUICK).at.plan)
    assert lagrangian_mbit(window, duals, nodes=500) <= value + rounding_errors
    queue = feasible_duals(window, duals).queue
    cost = window.weight[:, None] / queue.shape[2]
    later = np.concatenate([queue[:, :, 1:], np.zeros((2, window.users, 1))], axis=2)
    assert (queue >= 0.0).all() and (queue <= cost + later + rounding_errors).all()


@pytest.mark.parametrize("seed", range(3))
def test_nothing_on_a_fine_grid_is_worth_more_than_the_certified_value(seed):
    generator = np.random.default_rng(seed)
    transmitters, users, stations, cap = 3, 4, 2, 6.0
    gain = 10.0 ** generator.uniform(-1.0, 4.0, (transmitters, users))
    rate = generator.exponential(1.0, (transmitters, users)) * (generator.random((transmitters, users)) < 0.7)
    shared = (0.0, 0.4, None)[seed % 3]
    prices = Prices(gain, rate, generator.exponential(1.0, transmitters), stations, cap, shared)
    levels = np.concatenate([[0.0], np.geomspace(1e-4, 1.0, 11)])
    worth = 0.0
    for power in itertools.product(levels, repeat=transmitters):
        p = np.array(power)
        both = p[:stations].any() and p[stations:].any()
        if both and shared is None:
            continue
        received = gain * p[:, None]
        sinr = received / (1.0 + received.sum(axis=0) - received)
        value = (rate * np.minimum(cap, np.log2(1.0 + sinr))).max(axis=1).sum() - prices.power @ p
        worth = max(worth, value - (shared or 0.0) * both)
    starts = np.eye(transmitters)
    certified, power = certified_value(prices, starts)
    assert worth <= certified * (1.0 + 1e-9)
    assert certified <= 1.03 * max(worth, best_patterns(prices, starts)[0][0], 1e-9)
    assert power.shape == (transmitters,)


def test_a_bound_that_ran_out_of_boxes_is_looser_and_still_one():
    window = random_window(3, stations=3, beams=2, users=6, subbands=3, load_mbit=600.0)
    rough, fine = (prove_bound(window, rounds=4, nodes=nodes).backlog_mbit for nodes in (3, 5000))
    assert rough <= fine * 1.01
    assert fine <= ColumnProgram(window).solve(12).value * (1.0 + 1e-6)


def test_too_many_transmitters_are_said():
    gain = np.full((MOST_TRANSMITTERS + 1, 2, 1), 50.0)
    window = random_window(0)
    transmitter, user = candidate_links(gain, 8, np.ones(1, dtype=bool))
    many = replace(window, gain=gain, link_transmitter=transmitter, link_user=user, stations=8, budget=np.ones(9))
    found = prove_bound(many)
    assert found.backlog_mbit is None and "9 transmitters" in found.reason


def a_box(generator, transmitters, users, size):
    """Return gains over five decades, prices, a cap, and a box of powers of that size."""
    gain = 10.0 ** generator.uniform(-2.0, 3.0, (transmitters, users))
    rate = np.where(
        generator.random((transmitters, users)) < 0.7, generator.exponential(1.0, (transmitters, users)), 0.0
    )
    price = generator.exponential(0.5, transmitters)
    cap = float(generator.choice([np.inf, 7.4, 2.0]))
    low = generator.uniform(0.0, 1.0 - size, transmitters) * (generator.random(transmitters) < 0.7)
    return gain, rate, price, cap, low, low + size


def bound_in(gain, rate, price, cap, low, high):
    """Return what the box is said to be worth at most."""
    places = [np.zeros(len(low)) for _ in range(3)]
    return box_bound(gain, rate, price, cap, low, high, *places, scratch(*gain.shape))


@pytest.mark.parametrize("seed", range(60))
def test_no_powers_of_a_box_are_worth_more_than_its_bound(seed):
    generator = np.random.default_rng(seed)
    for size in (1.0, 0.3, 0.03, 1e-3):
        given = a_box(generator, int(generator.integers(1, 6)), int(generator.integers(1, 6)), size)
        low, high = given[-2:]
        inside = low + (high - low) * generator.random((400, len(low)))
        corners = np.where(generator.random((200, len(low))) < 0.5, low, high)
        worth = max(pattern_value(*given[:-2], power) for power in [*inside, *corners])
        bound = bound_in(*given)
        assert worth <= bound + 1e-9 * max(1.0, abs(bound))


def test_the_bound_of_a_box_is_off_by_the_square_of_its_size():
    """Else branch and bound over seven powers would not come to its end."""
    shrunk = []
    for seed in range(40):
        gain, rate, price, _, _, _ = a_box(np.random.default_rng(seed), 4, 3, 0.5)
        middle = np.full(4, 0.5)
        over = []
        for size in (0.08, 0.02):
            low, high = middle - size / 2, middle + size / 2
            corners = np.array(np.meshgrid(*[(a, b) for a, b in zip(low, high, strict=True)])).reshape(4, -1).T
            worth = max(pattern_value(gain, rate, price, np.inf, power) for power in [*corners, middle])
            over.append(bound_in(gain, rate, price, np.inf, low, high) - worth)
        shrunk.append(over[1] / max(over[0], 1e-12))
    assert np.median(shrunk) < 0.125  # a quarter of the size: a sixteenth, and a quarter where it is linear
