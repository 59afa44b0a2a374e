"""Power control by a rate law of steps against every combination of steps, and its promises."""

import itertools

import numpy as np
import pytest

from itnt_core.power.interior_point import improve_slot
from itnt_core.power.steps import raise_steps
from itnt_core.rate_laws import law_of
from itnt_core.sinr import sinr_of, spectral_efficiency
from tests.power.test_sca import NOISE, random_slot

LAW = law_of("nr_cqi", None)
SINRS = 2.0 ** LAW.table[:, 0] - 1.0


def reached(x, direct, cross):
    return spectral_efficiency(sinr_of(direct * x, cross @ x, NOISE), LAW)


def best_of_all_steps(station, stations, direct, cross, floor):
    """Return the greatest sum over all steps of all links whose least powers, by numpy's solver, fit the stations."""
    n, best = len(direct), 0.0
    for steps in itertools.product(range(len(SINRS)), repeat=n):
        target = np.maximum(SINRS[list(steps)], floor)
        matrix = np.eye(n) - (target / direct)[:, None] * cross
        powers = np.linalg.solve(matrix, target * NOISE / direct)
        if (powers > 0.0).all() and np.bincount(station, weights=powers, minlength=stations).max() <= 1.0:
            best = max(best, sum(LAW.rows[step][3] for step in steps))
    return best


def raised(seed):
    x, station, stations, direct, cross, floor = random_slot(seed)
    direct = direct * 10.0 ** np.random.default_rng(seed).uniform(-1.0, 1.0)
    floor = min(floor, 0.9 * float((direct * x / (cross @ x + NOISE)).min()))
    return x, station, stations, direct, cross, floor


@pytest.mark.parametrize("seed", range(40))
def test_powers_stay_within_limits_keep_the_floor_and_never_lose(seed):
    x, station, stations, direct, cross, floor = raised(seed)
    powers, value = raise_steps(x, station, np.ones(stations), direct, cross, NOISE, LAW.table, floor)
    assert (powers > 0.0).all()
    assert np.bincount(station, weights=powers, minlength=stations).max() <= 1.0 + 1e-12
    assert (direct * powers / (cross @ powers + NOISE) >= floor * (1.0 - 1e-9)).all()
    assert value == pytest.approx(reached(powers, direct, cross).sum(), abs=1e-12)
    assert value >= reached(x, direct, cross).sum() - 1e-12
    again, same = raise_steps(powers, station, np.ones(stations), direct, cross, NOISE, LAW.table, floor)
    assert same >= value - 1e-12 and (again <= powers * (1.0 + 1e-6)).all()


def test_the_steps_come_near_the_best_of_all_combinations():
    ratios = []
    for seed in range(60):
        x, station, stations, direct, cross, floor = raised(seed)
        if len(x) > 2:
            continue
        limits = np.full(len(x), LAW.limit / LAW.slope), np.ones(len(x))
        climbed, _ = improve_slot(x, station, np.ones(stations), direct, cross, NOISE, *limits, floor, 12, 1e-3)
        network = station, np.ones(stations), direct, cross, NOISE, LAW.table, floor
        value = max(raise_steps(start, *network)[1] for start in (climbed, x))
        best = best_of_all_steps(station, stations, direct, cross, floor)
        assert value <= best + 1e-9
        ratios.append(value / best if best else 1.0)
    assert len(ratios) >= 5 and np.mean(ratios) > 0.97


def test_no_more_power_is_spent_than_a_step_needs():
    """One link alone: the highest step that full power reaches, at the power where it begins."""
    for strength in (2.0, 30.0, 900.0):
        direct, alone = np.array([strength * NOISE]), np.zeros((1, 1))
        powers, value = raise_steps(np.array([0.99]), np.array([0]), np.ones(1), direct, alone, NOISE, LAW.table, 0.1)
        step = int(np.flatnonzero(strength >= SINRS)[-1])
        assert value == LAW.rows[step][3]
        assert powers[0] == pytest.approx(SINRS[step] / strength, rel=1e-6)
