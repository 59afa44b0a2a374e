"""The linear polish against another formulation of the same linear program, and what is given away after it."""

from dataclasses import replace

import cvxpy as cp
import highspy
import numpy as np
import pytest
from scipy import sparse

from itnt_core.twin.planning.ascent import rounded
from itnt_core.twin.planning.linear import Program
from itnt_core.twin.planning.polish import polish, with_spare
from itnt_core.twin.planning.refine import terrestrial_bounds
from itnt_core.twin.planning.relaxed import free_bounds
from itnt_core.twin.planning.window import find_faults, link_rates
from tests.twin.windows import plain_efficiency, plain_objective, random_point, random_window, with_backlog

one_in_a_million = 1e-6
rounding_errors = 1e-9
SMALL = {"stations": 2, "beams": 1, "users": 3, "subbands": 2}


def least_backlog(window, at, bounds):
    """The least weighted backlog in Mbit for the powers, masks and associations of a point, one row at a time."""
    rate = window.subband_mhz * plain_efficiency(window, at.plan.power)  # (links, subbands, cycles), for a whole band
    share = {index: cp.Variable() for index in np.ndindex(rate.shape)}
    steering = {index: cp.Variable() for index in np.ndindex(at.plan.steering.shape)}
    masks, rows, cost = (at.plan.mask_tn, at.plan.mask_ntn), [], 0.0
    for (link, band, cycle), value in share.items():
        rows += [bounds.share[0][link, band, cycle] <= value, value <= bounds.share[1][link, band, cycle]]
    for index, value in steering.items():
        rows += [bounds.steering[0][index] <= value, value <= bounds.steering[1][index]]
    for cycle in range(window.cycles):
        for band in range(window.subbands):
            for j in range(window.transmitters):
                links = np.flatnonzero(window.link_transmitter == j)
                rows.append(sum(share[n, band, cycle] for n in links) <= masks[j >= window.stations][band, cycle])
        for link in range(window.links):
            most = window.subbands * at.association[link, cycle]
            rows.append(sum(share[link, band, cycle] for band in range(window.subbands)) <= most)
        if window.feeder_mbit_s is not None:
            beams = np.flatnonzero(window.link_transmitter >= window.stations)
            carried = sum(rate[n, f, cycle] * share[n, f, cycle] for n in beams for f in range(window.subbands))
            rows.append(carried <= window.feeder_mbit_s)
    for user in range(window.users):
        for system, queue in enumerate((window.queue_tn_mbit[user], window.queue_ntn_mbit[user])):
            links = np.flatnonzero(
                (window.link_user == user) & ((window.link_transmitter >= window.stations) == bool(system))
            )
            for cycle in range(window.cycles):
                part = 1.0 - steering[user, cycle] if system else steering[user, cycle]
                carried = sum(rate[n, f, cycle] * share[n, f, cycle] for n in links for f in range(window.subbands))
                before, queue = queue, cp.Variable(nonneg=True)
                rows.append(queue >= before + part * window.arrivals_mbit[user, cycle] - window.cycle_s * carried)
                cost += window.weight[user] * queue / window.cycles
    problem = cp.Problem(cp.Minimize(cost), rows)
    problem.solve(solver=cp.HIGHS)
    return problem.value


def relaxed_case(seed):
    window = with_backlog(random_window(seed, **SMALL, load_mbit=300.0), seed)
    return window, random_point(window, seed), free_bounds(window)


def decided_case(seed):
    window = random_window(seed, **SMALL, cycles=2, load_mbit=300.0)
    return window, *rounded(window, random_point(window, seed), free_bounds(window))


def feeder_case(seed):
    window = with_backlog(random_window(seed, **SMALL, load_mbit=300.0, station_decades=1.5, feeder_mbit_s=6.0), seed)
    return window, *rounded(window, random_point(window, seed), free_bounds(window))


def strict_case(seed):
    """Steering and the satellites' shares are kept, as in the refinement."""
    window, at, _ = decided_case(seed)
    return window, at, terrestrial_bounds(window, at, strict=True).with_association(at.association)


@pytest.mark.parametrize("case", [relaxed_case, decided_case, feeder_case, strict_case])
@pytest.mark.parametrize("seed", range(3))
def test_the_polish_is_the_best_that_shares_and_steering_can_do(case, seed):
    window, at, bounds = case(seed)
    found = polish(window, at, bounds)
    price = window.power_price * at.plan.power.sum() / window.cycles
    best = least_backlog(window, at, bounds)
    value = plain_objective(window, found.plan)
    assert best > 1.0  # Mbit: something is left to be gained
    assert value - price == pytest.approx(best, rel=one_in_a_million)
    # The point is among the choices, unless its satellites carry more than the feeder link.
    if case is not feeder_case:
        assert value <= plain_objective(window, at.plan) + rounding_errors
    for name in ("power", "mask_tn", "mask_ntn"):
        assert getattr(found.plan, name) is getattr(at.plan, name)
    assert found.association is at.association


@pytest.mark.parametrize("case", [decided_case, feeder_case])
@pytest.mark.parametrize("seed", range(6))
def test_a_polished_plan_keeps_every_constraint_also_with_the_spare_given_away(case, seed):
    window, at, bounds = case(seed)
    found = polish(window, at, bounds)
    filled = with_spare(window, found)
    assert find_faults(window, found.plan) == []
    assert find_faults(window, filled.plan) == []
    assert (link_rates(window, filled.plan) >= link_rates(window, found.plan) - rounding_errors).all()
    np.testing.assert_array_equal(filled.plan.power, at.plan.power)
    np.testing.assert_array_equal(filled.plan.steering, found.plan.steering)


@pytest.mark.parametrize("seed", range(4))
def test_no_resource_block_stays_empty_where_a_transmitter_sends_to_somebody(seed):
    window, at, bounds = decided_case(seed)
    filled = with_spare(window, polish(window, at, bounds))
    for j in range(window.transmitters):
        links = window.link_transmitter == j
        mask = at.plan.mask_tn if j < window.stations else at.plan.mask_ntn
        for band, cycle in np.ndindex(mask.shape):
            serves = at.association[links, cycle].any() and at.plan.power[j, band, cycle] > 0.0
            used = filled.plan.share[links, band, cycle].sum()
            assert used == pytest.approx(mask[band, cycle] if serves else 0.0, abs=rounding_errors)


def test_the_spare_is_given_in_proportion_and_equally_where_nobody_has_anything():
    """One station and three users; on the first sub-band two have a fifth and two fifths, on the second none has."""
    window = random_window(0, stations=1, beams=0, users=3)
    at = random_point(window, 0)
    share = np.array([[0.2, 0.0], [0.4, 0.0], [0.0, 0.0]])[:, :, None]
    plan = replace(at.plan, share=share, mask_tn=np.ones((2, 1)), mask_ntn=np.zeros((2, 1)))
    filled = with_spare(window, replace(at, plan=plan, association=np.ones((3, 1))))
    expected = np.array([[1 / 3, 1 / 3], [2 / 3, 1 / 3], [0.0, 1 / 3]])
    np.testing.assert_allclose(filled.plan.share[:, :, 0], expected, atol=rounding_errors)


def test_satellites_behind_a_feeder_link_keep_their_shares():
    window, at, _ = feeder_case(0)
    filled = with_spare(window, at)
    beams = window.link_transmitter >= window.stations
    assert (at.plan.share[beams] > 0.0).any()
    np.testing.assert_array_equal(filled.plan.share[beams], at.plan.share[beams])
    assert (filled.plan.share[~beams] > at.plan.share[~beams]).any()
    boundless = with_spare(replace(window, feeder_mbit_s=None), at)
    assert (boundless.plan.share[beams] > at.plan.share[beams]).any()


def test_a_program_is_solved_whatever_threads_the_solver_was_first_asked_for_in_this_process():
    """HiGHS keeps one pool of threads a process, which on a machine of many cores others make larger than one."""
    highspy.Highs.resetGlobalScheduler(True)
    first = highspy.Highs()
    first.setOptionValue("output_flag", False)
    first.setOptionValue("threads", 4)
    first.addVar(0.0, 1.0)
    first.run()
    one, matrix = np.ones(1), sparse.csr_matrix(np.ones((1, 1)))
    try:
        found = Program().solve(-one, matrix, 0.5 * one, 0.0 * one, one)
    finally:
        highspy.Highs.resetGlobalScheduler(True)
    assert found == pytest.approx([0.5])
