"""The bound of one slot against enumeration of every association with many powers."""

from dataclasses import replace

import numpy as np
import pytest

from itnt_core.bounds import EFFORTS, bound_slot
from itnt_core.bounds.subchannel import bound_subchannel
from itnt_core.rate_laws import RateLaw, law_of, shannon, user_tables
from itnt_core.units import from_db

from .judge import associations, best_value, slot_value

INSTANCES = 1000
FAST = replace(EFFORTS["standard"], guided_steps=12, nodes=200)
HASTY = replace(EFFORTS["standard"], guided_steps=2, nodes=3)
PROVED = replace(EFFORTS["thorough"], guided_steps=10, proved_steps=3, nodes=400, step_nodes=100)


def draw_instance(seed):
    """Return signal, heard, U_max and cap of a random slot, from harmless to extreme."""
    rng = np.random.default_rng(seed)
    subchannels, stations = int(rng.integers(1, 4)), int(rng.integers(1, 4))
    users = int(rng.integers(1, 4 if subchannels * stations > 4 else 5))
    low = rng.choice([-3.0, 0.0, 2.0])
    signal = 10.0 ** rng.uniform(low, low + rng.choice([0.1, 3.0, 6.0]), (subchannels, stations, users))
    if rng.random() < 0.2:
        signal[:] = signal[:, :, :1]  # users at one place
    if rng.random() < 0.2:
        signal[:, rng.integers(stations)] = 0.0  # a station below the horizon
    if rng.random() < 0.1:
        signal *= 1e9
    heard = signal * (rng.random(signal.shape) < 0.8) * rng.choice([1.0, 0.5])
    cap = [None, 7.4, 2.0, 0.5][rng.integers(4)]
    return signal, heard, rng.integers(1, subchannels + 2, stations), cap


def enumerate_best(signal, heard, max_users, cap, seed, draws=8, climbs=150, floor=0.0):
    subchannels, stations, users = signal.shape
    options = associations(users, stations, subchannels, np.minimum(max_users, subchannels))
    law = cap if isinstance(cap, RateLaw) else shannon(cap)
    return best_value(options, signal, heard, law.table, floor, draws, climbs, seed)


def test_no_kind_of_bound_is_ever_below_the_best_of_a_thousand_enumerated_instances():
    for seed in range(INSTANCES):
        signal, heard, max_users, cap = draw_instance(seed)
        best = enumerate_best(signal, heard, max_users, cap, seed)
        effort = (FAST, HASTY, PROVED)[seed % 3]
        bound, _ = bound_slot(signal, heard, max_users, shannon(cap), effort)
        for kind in (bound.capped, bound.undisturbed, bound.disturbed):
            assert kind >= best * (1.0 - 1e-12), (seed, bound, best)


def test_no_kind_of_bound_is_below_the_best_that_keeps_a_floor():
    for seed in range(400):
        signal, heard, max_users, cap = draw_instance(seed)
        floor = 10.0 ** np.random.default_rng(seed).uniform(-1.0, 3.0)
        best = enumerate_best(signal, heard, max_users, cap, seed, floor=floor)
        bound, _ = bound_slot(signal, heard, max_users, shannon(cap), (FAST, HASTY, PROVED)[seed % 3], floor=floor)
        for kind in (bound.capped, bound.undisturbed, bound.disturbed):
            assert kind >= best * (1.0 - 1e-12), (seed, bound, best)


@pytest.mark.parametrize("name", ["truncated_shannon", "nr_cqi"])
def test_no_kind_of_bound_is_below_the_best_by_another_rate_law(name):
    law = law_of(name, None)
    for seed in range(300):
        signal, heard, max_users, _ = draw_instance(seed)
        floor = max(from_db(law.least_sinr_db), 10.0 ** np.random.default_rng(seed).uniform(-1.0, 3.0))
        best = enumerate_best(signal, heard, max_users, law, seed, floor=floor)
        bound, _ = bound_slot(signal, heard, max_users, law, (FAST, HASTY, PROVED)[seed % 3], floor=floor)
        for kind in (bound.capped, bound.undisturbed, bound.disturbed):
            assert kind >= best * (1.0 - 1e-12), (seed, bound, best)


def test_steps_that_links_reach_exactly_are_within_the_bound():
    """Powers that stand on a step are where a bound by a smoother law, or one rounded the wrong way, would break."""
    law = law_of("nr_cqi", None)
    for seed in range(100):
        draw = np.random.default_rng(seed)
        share = draw.uniform(0.05, 0.5, 2)
        step = draw.integers(0, len(law.rows), 2)
        sinr = 2.0 ** np.array([law.rows[one][0] for one in step]) - 1.0
        signal = np.zeros((1, 1, 2))
        signal[0, 0] = sinr * (1.0 + 1e-12) / share
        signal = np.repeat(signal, 2, axis=0)
        reached = sum(law.rows[one][3] for one in step)
        floor = from_db(law.least_sinr_db) * (1.0 - 1e-6)
        bound, _ = bound_slot(signal, signal, np.array([2]), law, PROVED, floor=floor)
        assert bound.least >= reached * (1.0 - 1e-12)


def test_no_kind_of_bound_is_below_what_powers_with_a_limit_per_subchannel_bring():
    """Shares of what one subchannel may send, at most 1 each, and at most ``room`` together at a station."""
    for seed in range(200):
        signal, heard, max_users, cap = draw_instance(seed)
        subchannels, stations, users = signal.shape
        rng = np.random.default_rng(seed)
        room = rng.uniform(1.0, max(1.0, subchannels), stations)
        options = associations(users, stations, subchannels, np.minimum(max_users, subchannels))
        bound, _ = bound_slot(signal, heard, max_users, shannon(cap), (FAST, HASTY, PROVED)[seed % 3], at_most=room)
        best = 0.0
        for columns in options[rng.permutation(len(options))[:40]]:
            for share in [np.ones(users), *rng.random((6, users))]:
                used = np.bincount(columns[columns >= 0] // subchannels, share[columns >= 0], stations)
                kept = share / np.maximum(used / room, 1.0)[columns // subchannels]
                best = max(best, slot_value(columns, kept, signal, heard, shannon(cap).table, 0.0))
        for kind in (bound.capped, bound.undisturbed, bound.disturbed):
            assert kind >= best * (1.0 - 1e-12), (seed, bound, best)


def test_more_room_is_never_worth_less_and_as_much_as_all_subchannels_at_full_power():
    signal = np.full((3, 1, 3), 50.0)
    bounds = [
        bound_slot(signal, signal, np.array([3]), shannon(None), EFFORTS["standard"], at_most=np.array([room]))[0].least
        for room in (1.0, 1.5, 3.0)
    ]
    assert bounds == sorted(bounds)
    assert bounds[0] == pytest.approx(3.0 * np.log2(1.0 + 50.0 / 3.0), rel=0.01)
    assert bounds[2] == pytest.approx(3.0 * np.log2(51.0), rel=0.01)


def test_a_floor_that_only_one_station_at_a_time_can_reach_halves_the_bound():
    signal = np.full((1, 2, 2), 1e4)
    signal[0, 0, 1] = signal[0, 1, 0] = 2e3  # 5 above the interference at equal powers, 10 is asked for
    both, _ = bound_slot(signal, signal, np.array([1, 1]), shannon(2.5), EFFORTS["thorough"])
    alone, _ = bound_slot(signal, signal, np.array([1, 1]), shannon(2.5), EFFORTS["thorough"], floor=10.0)
    assert both.least >= 2.0 * 2.5 - 0.11
    assert alone.disturbed <= 2.5 * 1.05


def test_users_whom_no_station_can_bring_to_the_floor_count_for_nothing():
    signal = np.full((2, 1, 3), 5.0)
    signal[:, :, 0] = 100.0
    bound, _ = bound_slot(signal, signal, np.array([2]), shannon(4.0), EFFORTS["quick"], floor=10.0)
    assert bound.capped == pytest.approx(4.0)
    assert bound.undisturbed == pytest.approx(4.0, rel=1e-6)


def test_bound_is_close_to_the_best_found_on_average():
    ratios = []
    for seed in range(60):
        signal, _heard, max_users, cap = draw_instance(seed)
        best = enumerate_best(signal, signal, max_users, cap, seed, draws=20, climbs=2000)
        bound, _ = bound_slot(signal, signal, max_users, shannon(cap), PROVED)
        if best > 0.0:
            ratios.append(bound.least / best)
    assert np.mean(ratios) < 1.15  # one or two subchannels leave a duality gap


@pytest.mark.parametrize("cap", [None, 3.0])
def test_a_single_link_is_bounded_by_its_own_rate(cap):
    signal = np.full((1, 1, 1), 1000.0)
    bound, _ = bound_slot(signal, signal, np.array([1]), shannon(cap), EFFORTS["standard"])
    rate = min(np.log2(1001.0), np.inf if cap is None else cap)
    assert rate <= bound.least <= rate * 1.01


def test_one_station_without_interference_is_bounded_by_water_filling():
    gains = np.array([2000.0, 300.0, 40.0, 5.0])
    signal = np.repeat(gains[None, None, :], 4, axis=0)
    shares = next(
        level - 1.0 / gains[:n]
        for n in (4, 3, 2, 1)
        for level in [(1.0 + (1.0 / gains[:n]).sum()) / n]
        if level > 1.0 / gains[n - 1]
    )
    best = np.log2(1.0 + shares * gains[: len(shares)]).sum()
    bound, _ = bound_slot(signal, signal, np.array([4]), shannon(None), EFFORTS["thorough"])
    assert best <= bound.undisturbed <= best * 1.01
    assert best <= bound.disturbed <= best * 1.03


def test_two_stations_that_drown_each_other_are_worth_one():
    signal = np.full((1, 2, 2), 1e4)
    bound, _ = bound_slot(signal, signal, np.array([1, 1]), shannon(None), EFFORTS["thorough"])
    alone = np.log2(1.0 + 1e4)
    assert alone <= bound.disturbed <= alone * 1.05
    assert bound.undisturbed >= 2.0 * alone


def test_more_signal_or_less_interference_never_lowers_the_bound_of_a_subchannel():
    rng = np.random.default_rng(5)
    for _ in range(100):
        signal = 10.0 ** rng.uniform(0.0, 5.0, (3, 5))
        heard, prices, power_price = signal.copy(), rng.uniform(0.0, 3.0, 5), rng.uniform(0.0, 4.0, 3)
        cap = rng.choice([np.inf, 7.4])

        def bound(strong, disturbing, prices=prices, power_price=power_price, cap=cap):
            laws = user_tables(shannon(float(cap)).ceiling, np.full(5, np.inf))
            rest = laws, 0.0, 3000, 0.01, np.full(3, -1), np.zeros(3)
            return bound_subchannel(strong, disturbing, prices, np.zeros(3), power_price, *rest)[0]

        base = bound(signal, heard)
        assert bound(signal * rng.uniform(1.0, 2.0, signal.shape), heard) >= base - 0.011
        assert bound(signal, heard * rng.uniform(0.0, 1.0, heard.shape)) >= base - 0.011


def test_more_boxes_never_raise_the_bound_of_a_subchannel():
    rng = np.random.default_rng(6)
    for _ in range(30):
        signal = 10.0 ** rng.uniform(0.0, 5.0, (4, 6))
        bounds = [
            bound_subchannel(
                signal,
                signal,
                np.full(6, 1.0),
                np.zeros(4),
                np.full(4, 2.0),
                user_tables(shannon(20.0).ceiling, np.full(6, np.inf)),
                0.0,
                nodes,
                0.0,
                np.full(4, -1),
                np.zeros(4),
            )
            for nodes in (1, 30, 300, 3000)
        ]
        values = [bound for bound, _ in bounds]
        assert (np.diff(values) <= 1e-9).all()
        assert all(reached <= values[-1] + 1e-9 for _, reached in bounds)
