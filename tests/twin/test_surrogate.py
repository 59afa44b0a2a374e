"""The surrogate is a bound, tight where it is made, and both of its builds solve it."""

from collections import namedtuple
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from itnt_core.twin.planning.ascent import rounded
from itnt_core.twin.planning.conic import Conic
from itnt_core.twin.planning.objective import objective
from itnt_core.twin.planning.refine import terrestrial_bounds
from itnt_core.twin.planning.relaxed import Relaxed, free_bounds
from itnt_core.twin.planning.surrogate import Model
from itnt_core.twin.planning.tangent import LEAST_POWER, tangent_at
from itnt_core.twin.planning.window import Plan
from tests.twin.windows import (
    binaries,
    plain_efficiency,
    plain_objective,
    random_point,
    random_window,
    undecided,
    with_backlog,
)

rounding_errors = 1e-9
one_in_a_million = 1e-6
slopes_by_differences = 1e-4
same_optimum = 1e-3
solver_mbit = 1e-4  # relative to the value, plus as much in Mbit
SEEDS = st.integers(0, 2**32 - 1)


def received(window, power):
    """All that each user hears, and the same without each link's own signal, noise included."""
    gain = np.where(window.gain >= 1e-2, window.gain, 0.0)
    total = 1.0 + (gain[:, :, None, :] * power[:, None]).sum(axis=0)
    own = gain[window.link_transmitter, window.link_user][:, None, :] * power[window.link_transmitter]
    return total, total[window.link_user] - own


def efficiency_bound(window, tangent, power):
    """The bounded efficiency, in the words of the specification."""
    total, noise = received(window, power)
    at_user = (np.log(tangent.total) + 1.0 - tangent.total / total)[window.link_user]
    return (at_user - np.log(tangent.noise) - (noise - tangent.noise) / tangent.noise) / np.log(2.0)


def rate_bound(tangent, share, efficiency):
    """The bounded rate of each link in bit/s/Hz (links, cycles): {X0 X / 2 - X0^2 / 4 - Y^2 / 4} over sub-bands."""
    spread = tangent.scale * share - efficiency / tangent.scale
    straight = tangent.share_slope * share + tangent.efficiency_slope * efficiency
    return (straight - spread**2 / 4.0 - tangent.rest).sum(axis=1)


def anywhere(window, seed):
    """Powers and shares without regard to any limit but the box; many of them exactly zero or one."""
    generator = np.random.default_rng(seed)
    found = []
    for first in (window.transmitters, window.links):
        shape = (first, window.subbands, window.cycles)
        draws = (
            generator.uniform(0.0, 1.0, shape),
            np.clip(generator.uniform(-0.5, 1.5, shape), 0.0, 1.0),
            10.0 ** generator.uniform(-7.0, 0.0, shape),
        )
        found.append(draws[generator.integers(len(draws))])
    return found


@given(SEEDS, SEEDS, SEEDS)
def test_the_bounded_rate_is_below_the_true_rate_everywhere(seed, where, to):
    window = random_window(seed, stations=2, beams=1, users=3, subbands=3, cycles=2)
    power, share = anywhere(window, where)
    at = random_point(window, where)
    if where % 2:  # a point at the edge of the box, too
        at = replace(at, plan=replace(at.plan, power=power, share=share))
    tangent = tangent_at(window, at, 0.0)
    power, share = anywhere(window, to)
    truth = plain_efficiency(window, power)
    bound = efficiency_bound(window, tangent, power)
    assert (bound <= truth + rounding_errors).all()
    generator = np.random.default_rng(to)
    for efficiency in (bound, truth, truth - generator.exponential(1.0, truth.shape)):
        highest = (share * truth).sum(axis=1)
        assert (rate_bound(tangent, share, efficiency) <= highest + rounding_errors * (1.0 + highest)).all()


@pytest.mark.parametrize("seed", range(4))
def test_at_its_point_the_bounded_rate_has_the_value_and_the_slopes_of_the_rate(seed):
    window = random_window(seed, stations=2, beams=1, users=3, subbands=2, cycles=2)
    at = random_point(window, seed)
    tangent = tangent_at(window, at, 0.0)

    def bounded(power, share):
        return rate_bound(tangent, share, efficiency_bound(window, tangent, power))

    def true(power, share):
        return (share * plain_efficiency(window, power)).sum(axis=1)

    power, share = at.plan.power, at.plan.share
    np.testing.assert_allclose(bounded(power, share), true(power, share), rtol=one_in_a_million)
    generator = np.random.default_rng(seed)
    for _ in range(8):  # along random directions
        step = 1e-6 * generator.standard_normal(power.shape) * power, 1e-6 * generator.standard_normal(share.shape)
        slopes = [
            (rate(power + step[0], share + step[1]) - rate(power - step[0], share - step[1])) / 2e-6
            for rate in (bounded, true)
        ]
        np.testing.assert_allclose(slopes[0], slopes[1], atol=slopes_by_differences)


def test_a_silent_transmitter_is_taken_at_the_least_power():
    """A tangent at zero power would see an interference so steep that the transmitter never came back."""
    window = random_window(3, stations=2, beams=1, users=3)
    at = random_point(window, 3)
    power = at.plan.power.copy()
    power[0] = 0.0
    tangent = tangent_at(window, replace(at, plan=replace(at.plan, power=power)), 0.0)
    floored = np.maximum(power, LEAST_POWER)
    np.testing.assert_allclose(
        efficiency_bound(window, tangent, floored), plain_efficiency(window, floored), rtol=one_in_a_million, atol=1e-9
    )


def test_the_slopes_of_the_penalty_are_those_of_the_count_of_undecided_binaries():
    window = random_window(0, stations=2, users=3)
    at, weight = random_point(window, 0), 20.0
    tangent = tangent_at(window, at, weight)
    slopes = (tangent.mask_tn_slope, tangent.mask_ntn_slope, tangent.association_slope)
    for value, slope in zip(binaries(at), slopes, strict=True):
        for index in np.ndindex(value.shape):
            step = np.zeros_like(value)
            step[index] = 1e-6
            rise = weight * (undecided([value + step]) - undecided([value - step])) / 2e-6
            assert slope[index] * window.subband_mhz * window.cycle_s == pytest.approx(rise, rel=slopes_by_differences)


SMALL = {"stations": 2, "beams": 1, "users": 3, "subbands": 2}
Case = namedtuple("Case", "window at bounds weight")


def free_case(seed):
    window = random_window(seed, **SMALL)
    return Case(window, random_point(window, seed), free_bounds(window), 0.0)


def penalised_case(seed):
    return free_case(seed)._replace(weight=20.0)


def queued_case(seed):
    case = free_case(seed)
    return case._replace(window=with_backlog(case.window, seed))


def decided_case(seed):
    window, at, bounds, _ = free_case(seed)
    return Case(window, *rounded(window, at, bounds), 0.0)


def frozen_case(seed):
    """The satellites' part of a decided plan is frozen, as in the refinement; the steering, too, for odd seeds."""
    window, at, _, _ = decided_case(seed)
    bounds = terrestrial_bounds(window, at, strict=bool(seed % 2))
    return Case(with_backlog(window, seed), at, bounds, 20.0)


def limited_case(seed):
    """Base stations are weak, so that the feeder link of the satellites counts; one sub-band may be shared."""
    window = random_window(seed, **SMALL, shared_most=1, feeder_mbit_s=6.0, station_decades=1.5)
    return Case(window, random_point(window, seed), free_bounds(window), 0.0)


def long_case(seed):
    window = random_window(seed, **SMALL, cycles=3, load_mbit=120.0)
    return Case(window, random_point(window, seed), free_bounds(window), 20.0)


CASES = (free_case, penalised_case, queued_case, frozen_case, limited_case, long_case)


@pytest.fixture(scope="module")
def model():
    """One CVXPY model for all windows: it compiles again only where the shape or the numbers in it change."""
    return Model()


def price_of(window, at, weight, point):
    """The linearised penalty of a point's binaries in Mbit, up to a constant."""
    tangent = tangent_at(window, at, weight)
    slopes = (tangent.mask_tn_slope, tangent.mask_ntn_slope, tangent.association_slope)
    parts = zip(slopes, binaries(point), strict=True)
    return window.subband_mhz * window.cycle_s * sum(float((slope * value).sum()) for slope, value in parts)


def checked_value(solver, case):
    """The surrogate's least value with the price of binaries; its own part is not below the truth of its point."""
    solved = solver.improve(*case)
    assert solved is not None
    truth = plain_objective(case.window, solved.point.plan)
    assert truth == pytest.approx(objective(case.window, solved.point.plan), rel=one_in_a_million)
    assert solved.value >= truth - solver_mbit * (1.0 + truth)
    return solved.value + price_of(case.window, case.at, case.weight, solved.point)


@pytest.mark.parametrize("make", CASES)
@pytest.mark.parametrize("seed", range(2))
def test_both_builds_of_the_surrogate_find_the_same_value_above_the_truth(model, make, seed):
    case = make(seed)
    expected = checked_value(model, case)
    assert checked_value(Conic(), case) == pytest.approx(expected, rel=same_optimum, abs=same_optimum)


@pytest.mark.parametrize("seed", [1, 5])
def test_both_builds_of_the_surrogate_find_the_same_value_where_the_binaries_are_decided(model, seed):
    case = decided_case(seed)
    expected = checked_value(model, case)
    assert checked_value(Conic(), case) == pytest.approx(expected, rel=same_optimum, abs=same_optimum)


def surrogate_at(case, point):
    """The surrogate at a point that keeps all limits; infinite where a rate or an efficiency is bounded too low."""
    window, plan = case.window, point.plan
    tangent = tangent_at(window, case.at, case.weight)
    efficiency = efficiency_bound(window, tangent, plan.power)
    rate = window.subband_mhz * window.cycle_s * rate_bound(tangent, plan.share, efficiency)
    if efficiency.min() < -1.0 or rate.min() < -rounding_errors:
        return np.inf
    total = window.power_price * plan.power.sum()
    for system, start in enumerate((window.queue_tn_mbit, window.queue_ntn_mbit)):
        part = (plan.steering, 1.0 - plan.steering)[system]
        chosen = (window.link_transmitter >= window.stations) == bool(system)
        queue = start
        for cycle in range(window.cycles):
            served = np.bincount(window.link_user[chosen], rate[chosen, cycle], window.users)
            queue = np.maximum(0.0, queue + part[:, cycle] * window.arrivals_mbit[:, cycle] - served)
            total += float(window.weight @ queue)
    return total / window.cycles + price_of(window, case.at, case.weight, point)


def between(one, other, part):
    """The point a part of the way from one to another: the limits are convex, so it keeps them, too."""
    fields = ("power", "share", "steering", "mask_tn", "mask_ntn")
    plan = Plan(*(getattr(one.plan, name) * (1.0 - part) + part * getattr(other.plan, name) for name in fields))
    return Relaxed(plan, one.association * (1.0 - part) + part * other.association)


@pytest.mark.parametrize("make", [free_case, penalised_case, queued_case, long_case])
@pytest.mark.parametrize("seed", range(3))
def test_no_point_of_the_surrogate_is_better_than_the_solver_says(make, seed):
    """Its own point among them, where it is the true objective: a step never ends above where it began."""
    case = make(seed)
    least = checked_value(Conic(), case)
    own = surrogate_at(case, case.at)
    truth = plain_objective(case.window, case.at.plan) + price_of(case.window, case.at, case.weight, case.at)
    assert own == pytest.approx(truth, rel=one_in_a_million)
    others = [random_point(case.window, 100 + number) for number in range(20)]
    tried = [surrogate_at(case, between(case.at, other, part)) for other in others for part in (1e-4, 1e-3, 1e-2, 0.1)]
    assert np.isfinite(tried).any()
    assert least <= min(own, *tried) + solver_mbit * (1.0 + abs(own))


def test_a_window_of_the_same_shape_uses_the_compiled_model_again():
    model = Model()
    for seed in range(3):
        case = queued_case(0)._replace(
            window=replace(random_window(seed, **SMALL), weight=queued_case(0).window.weight)
        )
        case = case._replace(at=random_point(case.window, seed))
        value = checked_value(model, case)
        assert value == pytest.approx(checked_value(Conic(), case), rel=same_optimum, abs=same_optimum)
        if seed == 0:
            compiled = model._compiled
        assert model._compiled is compiled
    checked_value(model, limited_case(0))
    assert model._compiled is not compiled


def test_a_compiled_model_knows_the_width_of_its_sub_bands(model):
    """The feeder's limit counts in it, and the price of power."""
    wide = limited_case(0)
    narrow = wide._replace(window=replace(wide.window, subband_mhz=1.0))
    checked_value(model, wide)
    assert checked_value(model, narrow) == pytest.approx(checked_value(Conic(), narrow), rel=same_optimum)
