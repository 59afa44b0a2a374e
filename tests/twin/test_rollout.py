"""What a cycle does to the queues: nothing appears or vanishes, and no link serves more than it can."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from itnt_core.twin.planning.objective import backlog
from itnt_core.twin.rollout import carried_by_subband, interference_to_noise, play_cycle
from tests.twin.windows import plain_efficiency, random_point, random_window, with_backlog

rounding_errors = 1e-9
SEEDS = st.integers(0, 2**32 - 1)


def random_cycle(seed, **fields):
    """A window of one cycle with something queued, some plan of it, and arrivals of four slots."""
    window = with_backlog(random_window(seed, stations=2, users=3, **fields), seed, mean_mbit=20.0)
    arrivals = np.random.default_rng(seed).exponential(10.0, (4, 3))
    return window, random_point(window, seed).plan, arrivals


@given(SEEDS, st.sampled_from([None, 0.5, 5.0]))
def test_what_came_is_served_or_waits_and_nobody_is_served_more_than_waits(seed, feeder_mbit_s):
    window, plan, arrivals = random_cycle(seed, feeder_mbit_s=feeder_mbit_s)
    found = play_cycle(window, plan, arrivals)
    slot_s = window.cycle_s / len(arrivals)
    queue = np.stack([window.queue_tn_mbit, window.queue_ntn_mbit])
    carried = window.subband_mhz * (plan.share * plain_efficiency(window, plan.power)).sum(axis=1)[:, 0]
    for slot in range(len(arrivals)):
        came = np.stack([plan.steering[:, 0], 1.0 - plan.steering[:, 0]]) * arrivals[slot]
        served = found.served_mbit[:, slot]
        assert (served >= 0.0).all()
        assert (served <= queue + came + rounding_errors).all()
        for system in range(2):
            links = (window.link_transmitter >= window.stations) == bool(system)
            able = np.bincount(window.link_user[links], carried[links], 3)
            assert (served[system] <= able * slot_s + rounding_errors).all()
        if feeder_mbit_s is not None:
            assert served[1].sum() <= feeder_mbit_s * slot_s + rounding_errors
        np.testing.assert_allclose(found.queue_mbit[:, slot], queue + came - served, atol=rounding_errors)
        queue = found.queue_mbit[:, slot]
        assert (queue >= 0.0).all()
        # Who still waits was served as fast as its links can, before the feeder link's cut.
        if feeder_mbit_s is None:
            waits = queue > rounding_errors
            np.testing.assert_allclose(served[waits], found.rate_mbit_s[waits] * slot_s)


@given(SEEDS)
def test_what_the_feeder_link_cannot_carry_is_cut_in_proportion(seed):
    window, plan, arrivals = random_cycle(seed)
    free = play_cycle(window, plan, arrivals).rate_mbit_s
    cut = play_cycle(replace(window, feeder_mbit_s=0.25 * free[1].sum()), plan, arrivals).rate_mbit_s
    np.testing.assert_allclose(cut[0], free[0])
    np.testing.assert_allclose(cut[1], 0.25 * free[1])


def test_one_user_in_one_cycle_by_hand():
    """Gains 3 and 7, one sub-band of 5 MHz to each system; the first queue runs empty in the second slot."""
    window = random_window(0, stations=1, beams=1, users=1, subbands=2)
    window = replace(
        window,
        gain=np.array([[[3.0]], [[7.0]]]),
        cycle_s=2.0,
        queue_tn_mbit=np.array([8.0]),
        queue_ntn_mbit=np.array([100.0]),
    )
    plan = random_point(window, 0).plan
    power = np.array([[[1.0], [0.0]], [[0.0], [1.0]]])
    share = np.array([[[1.0], [0.0]], [[0.0], [0.5]]])
    plan = replace(plan, power=power, share=share, steering=np.array([[0.75]]))
    found = play_cycle(window, plan, np.array([[4.0], [4.0]]))
    # 5 log2(4) = 10 Mbit/s and 0.5 x 5 log2(8) = 7.5 Mbit/s; 3 and 1 Mbit arrive in each slot of 1 s.
    np.testing.assert_allclose(found.rate_mbit_s[:, 0], [10.0, 7.5])
    np.testing.assert_allclose(found.queue_mbit[:, :, 0], [[1.0, 0.0], [93.5, 87.0]])
    np.testing.assert_allclose(found.served_mbit[:, :, 0], [[10.0, 4.0], [7.5, 7.5]])


@pytest.mark.parametrize("seed", range(3))
def test_in_one_slot_a_cycle_ends_with_the_backlog_that_was_planned(seed):
    window, plan, _ = random_cycle(seed)
    found = play_cycle(window, plan, window.arrivals_mbit.T)
    np.testing.assert_allclose(found.queue_mbit[:, 0], np.stack([side[:, 0] for side in backlog(window, plan)]))


@pytest.mark.parametrize("seed", range(3))
def test_loads_and_interference_are_those_of_plain_loops(seed):
    window, plan, _ = random_cycle(seed)
    efficiency = plain_efficiency(window, plan.power)
    for system in range(2):
        links = [n for n, j in enumerate(window.link_transmitter) if (j >= window.stations) == bool(system)]
        others = [j for j in range(window.transmitters) if (j < window.stations) == bool(system)]
        weights, heard = [], []
        for band in range(window.subbands):
            carried = sum(window.subband_mhz * plan.share[n, band, 0] * efficiency[n, band, 0] for n in links)
            assert carried_by_subband(window, plan)[system, band, 0] == pytest.approx(carried)
            for n in links:
                weights.append(plan.share[n, band, 0])
                heard.append(sum(window.gain[j, window.link_user[n], 0] * plan.power[j, band, 0] for j in others))
        assert interference_to_noise(window, plan)[system, 0] == pytest.approx(np.average(heard, weights=weights))
    silent = replace(plan, share=0.0 * plan.share)
    assert not interference_to_noise(window, silent).any()
