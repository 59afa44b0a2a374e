"""The successive approximation never goes uphill, rounding keeps every limit, and every broken limit is named."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itnt_core.twin.planning.ascent import Ascent, equal_point, rounded
from itnt_core.twin.planning.conic import Conic, Solved
from itnt_core.twin.planning.relaxed import PENALTY_EPS, Relaxed, free_bounds, penalty, penalty_slope
from itnt_core.twin.planning.window import Plan, find_faults
from tests.twin.windows import binaries, falls, plain_objective, random_point, random_window, undecided, with_backlog

rounding_errors = 1e-9
solver_mbit = 1e-4  # relative to the value, plus as much in Mbit
SMALL = {"stations": 2, "beams": 1, "users": 3, "subbands": 2}
SEEDS = st.integers(0, 2**32 - 1)
UNIT = st.floats(0.0, 1.0)


class Watching:
    """A solver that keeps every point it was asked to improve, and what it answered."""

    def __init__(self):
        self.solver, self.asked, self.answers = Conic(), [], []

    def improve(self, window, at, bounds, penalty):
        self.asked.append(at)
        self.answers.append(self.solver.improve(window, at, bounds, penalty))
        return self.answers[-1]


def merit(window, at, weight):
    return plain_objective(window, at.plan) + weight * undecided(binaries(at))


@pytest.mark.parametrize("weight", [0.0, 20.0])
@pytest.mark.parametrize("seed", range(4))
def test_the_merit_never_rises_and_the_truth_stays_below_the_surrogate(seed, weight):
    window = with_backlog(random_window(seed, **SMALL, cycles=2, shared_most=1), seed)
    start, solver, told = random_point(window, seed), Watching(), []
    ascent = Ascent(window, solver, told.append)
    end = ascent.climb("a phase", start, free_bounds(window), weight, most=6, least=6)
    merits = [merit(window, at, weight) for at in (*solver.asked, end)]
    assert falls(merits, tolerance=1e-8 * merits[0])
    assert merits[-1] < 0.9 * merits[0]
    assert ascent.course == told
    assert len(told) >= 4
    assert [step.number for step in told] == list(range(1, len(told) + 1))
    for step, answer in zip(told, solver.answers, strict=False):
        assert step.surrogate_mbit == answer.value
        assert step.backlog_mbit <= step.surrogate_mbit + solver_mbit * (1.0 + step.surrogate_mbit)
    assert told[-1].backlog_mbit == pytest.approx(plain_objective(window, end.plan))
    assert told[-1].binary_gap == max(np.minimum(values, 1.0 - values).max() for values in binaries(end))


class Failing:
    def improve(self, window, at, bounds, penalty):
        return None


class Misleading:
    """A solver whose answer is worse than what it was given: everything is silent."""

    def improve(self, window, at, bounds, penalty):
        return Solved(replace(at, plan=replace(at.plan, power=0.0 * at.plan.power)), 0.0)


@pytest.mark.parametrize("solver", [Failing(), Misleading()])
def test_the_point_before_stays_where_the_solver_fails_or_misleads(solver):
    window = random_window(0, **SMALL)
    at = random_point(window, 0)
    ascent = Ascent(window, solver)
    assert ascent.climb("a phase", at, free_bounds(window), 20.0, most=5) is at
    assert ascent.course == []


def test_the_penalty_is_zero_exactly_where_nothing_is_undecided():
    values = np.linspace(0.0, 1.0, 101)
    found = penalty(values)
    assert found[0] == found[-1] == 0.0
    assert (found[1:-1] > 0.0).all()


@given(UNIT, UNIT)
def test_the_tangents_of_the_penalty_lie_above_it_and_touch_it(at, other):
    by_hand = other * (1.0 - other) / (other + PENALTY_EPS)
    assert float(penalty(np.array(other))) == pytest.approx(by_hand)
    line = float(penalty(np.array(at)) + penalty_slope(np.array(at)) * (other - at))
    assert line >= by_hand - rounding_errors
    near = min(1.0, at + 1e-6) if at < 0.5 else at - 1e-6
    risen = float(penalty(np.array(near)) - penalty(np.array(at)))
    assert risen == pytest.approx(float(penalty_slope(np.array(at))) * (near - at), abs=1e-9)


@settings(max_examples=40)
@given(SEEDS, st.integers(0, 3), st.integers(0, 3))
def test_rounding_decides_everything_within_every_limit(seed, shared_most, start):
    window = random_window(seed, stations=2, beams=2, users=3, subbands=3, cycles=2, shared_most=shared_most)
    generator = np.random.default_rng(seed)
    bounds = free_bounds(window)
    if start == 3:  # some sub-bands and some associations are closed already
        closed = [(generator.random(shape) > 0.3).astype(float) for shape in ((3, 2), (3, 2), (window.links, 2))]
        bounds = replace(
            bounds,
            **{
                name: (0.0 * high, high)
                for name, high in zip(("mask_tn", "mask_ntn", "association"), closed, strict=True)
            },
        )
    at = random_point(window, seed) if start else equal_point(window, bounds)
    point, decided = rounded(window, at, bounds)
    assert find_faults(window, point.plan) == []
    for value, (low, high), before in zip(
        binaries(point),
        (decided.mask_tn, decided.mask_ntn, decided.association),
        (bounds.mask_tn, bounds.mask_ntn, bounds.association),
        strict=True,
    ):
        assert set(np.unique(value)) <= {0.0, 1.0}
        np.testing.assert_array_equal(value, low)
        np.testing.assert_array_equal(value, high)
        assert (value <= before[1]).all()
    both = point.plan.mask_tn * point.plan.mask_ntn
    assert (both.sum(axis=0) <= shared_most).all()
    if shared_most == 0:
        assert not both.any()
    for user in range(window.users):
        for system in (window.is_tn, ~window.is_tn):
            of_user = point.association[system & (window.link_user == user)]
            assert (of_user.sum(axis=0) <= 1.0).all()
            if start != 3:
                assert (of_user.sum(axis=0) == 1.0).all()


def test_rounding_keeps_the_station_that_carries_most_and_closes_the_weaker_system():
    """Two stations, one beam, one user, one sub-band that must not be shared; all gains and shares by hand."""
    window = replace(
        random_window(0, stations=2, beams=1, users=1, subbands=1, shared_most=0),
        gain=np.array([[[10.0]], [[30.0]], [[5.0]]]),
    )
    band = np.ones((1, 1))
    share = np.array([[[0.9]], [[0.8]], [[0.9]]])
    at = Relaxed(Plan(np.full((3, 1, 1), 0.5), share, 0.5 * band, 0.6 * band, 0.6 * band), np.full((3, 1), 0.5))
    # 5, 15 and 2.5 over the noise and the others: 0.9 log2(23.5 / 18.5), 0.8 log2(23.5 / 8.5), 0.9 log2(23.5 / 21)
    point, _ = rounded(window, at, free_bounds(window))
    np.testing.assert_array_equal(point.association[:, 0], [0.0, 1.0, 1.0])
    assert point.plan.mask_tn[0, 0] == 1.0
    assert point.plan.mask_ntn[0, 0] == 0.0
    np.testing.assert_array_equal(point.plan.share[:, 0, 0], [0.0, 0.8, 0.0])
    np.testing.assert_array_equal(point.plan.power[:, 0, 0], [0.0, 0.5, 0.0])  # nobody is left to the first station


@pytest.mark.parametrize("seed", range(4))
def test_the_equal_point_keeps_every_limit_that_can_be_kept_with_undecided_binaries(seed):
    window = random_window(seed, stations=2, beams=2, users=3, subbands=3)
    at = equal_point(window, free_bounds(window), ntn_level=0.1)
    allowed = {"one base station a user, cycle 1", "one beam a user, cycle 1"}
    assert set(find_faults(window, at.plan)) <= allowed
    for system in (window.is_tn, ~window.is_tn):
        sums = np.bincount(window.link_user[system], at.association[system, 0], window.users)
        np.testing.assert_allclose(sums, 1.0)
    np.testing.assert_allclose(at.plan.power[2:], 0.1 * at.plan.power[:2])


def good_plan():
    """A window of two sub-bands, two stations and two beams, one of which may be shared, and a plan without a fault."""
    window = random_window(1, stations=2, beams=2, users=2, cycles=2, shared_most=1)
    mask_tn, mask_ntn = np.ones((2, 2)), np.zeros((2, 2))
    mask_ntn[0] = 1.0
    power = np.full((4, 2, 2), 0.25)
    power[2:, 1] = 0.0
    share = np.zeros((window.links, 2, 2))
    for j, user in ((0, 0), (1, 1), (2, 0), (3, 1)):
        link = int(np.flatnonzero((window.link_transmitter == j) & (window.link_user == user))[0])
        share[link] = (mask_tn if j < 2 else mask_ntn) * 0.5
    return window, Plan(power, share, np.full((2, 2), 0.5), mask_tn, mask_ntn)


def changed(plan, name, index, value):
    values = getattr(plan, name).copy()
    values[index] = value
    return replace(plan, **{name: values})


def link_of(window, transmitter, user):
    return int(np.flatnonzero((window.link_transmitter == transmitter) & (window.link_user == user))[0])


BREAKS = {
    "powers between zero and the cap": lambda w, p: (w, changed(p, "power", (0, 1, 0), -0.01)),
    "powers only where the mask allows": lambda w, p: (w, changed(p, "power", (2, 1, 0), 0.01)),
    "power budget": lambda w, p: (w, changed(p, "power", (0, 0, 1), 0.8)),
    "shares not below zero": lambda w, p: (w, changed(p, "share", (link_of(w, 0, 0), 0, 0), -0.01)),
    "shares of a transmitter within the mask": lambda w, p: (w, changed(p, "share", (link_of(w, 2, 0), 0, 1), 1.01)),
    "steering between zero and one": lambda w, p: (w, changed(p, "steering", (1, 0), 1.01)),
    "masks are zero or one": lambda w, p: (w, changed(p, "mask_ntn", (0, 0), 0.9)),
    "sub-bands that both may use": lambda w, p: (w, changed(p, "mask_ntn", (1, 1), 1.0)),
    "one base station a user, cycle 2": lambda w, p: (w, changed(p, "share", (link_of(w, 1, 0), 1, 1), 0.1)),
    "one beam a user, cycle 1": lambda w, p: (w, changed(p, "share", (link_of(w, 3, 0), 0, 0), 0.1)),
    "the feeder's capacity": lambda w, p: (replace(w, feeder_mbit_s=1e-3), p),
}


@pytest.mark.parametrize("name", BREAKS)
def test_each_broken_constraint_is_named_and_nothing_else(name):
    window, plan = good_plan()
    assert find_faults(window, plan) == []
    assert find_faults(*BREAKS[name](window, plan)) == [name]


def test_a_fault_within_the_tolerance_is_none():
    window, plan = good_plan()
    assert find_faults(window, changed(plan, "steering", (0, 0), 1.0 + 1e-7)) == []
    assert find_faults(window, changed(plan, "power", (0, slice(None), 0), 0.5 + 4e-7)) == []
