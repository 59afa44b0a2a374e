"""Power control against a CVXPY model of the same successive approximation, and against its own promises."""

import cvxpy as cp
import numpy as np
import pytest

from itnt_core.power.interior_point import improve_slot, interior_start, link_rates, maximise_surrogate

NOISE = 1e-3
SAME_OBJECTIVE = 1e-4


def limits(links, cap):
    """The cap and the weight of each link: all alike."""
    return np.full(len(links), cap), np.ones(len(links))


def random_slot(seed):
    """Served links with gains over noise, some sharing a subchannel, some sharing a station."""
    generator = np.random.default_rng(seed)
    n, stations = int(generator.integers(2, 9)), 3
    pairs = [(b, k) for b in range(stations) for k in range(4)]
    chosen = [pairs[i] for i in generator.permutation(len(pairs))[:n]]
    station = np.array([b for b, _ in chosen])
    subchannel = np.array([k for _, k in chosen])
    heard = 10.0 ** generator.uniform(-3.0, 0.5, (n, n))
    direct = 10.0 ** generator.uniform(-0.5, 1.5, n)
    shared = (subchannel[:, None] == subchannel[None, :]) & ~np.eye(n, dtype=bool)
    cross = np.where(shared, heard, 0.0)
    load = np.bincount(station, minlength=stations)
    x = 1.0 / np.maximum(load, 1)[station]
    sinr = direct * x / (cross @ x + NOISE)
    floor = min(1.0, 0.9 * sinr.min())
    return x, station, stations, direct, cross, floor


def oracle(station, stations, direct, cross, cap, floor, room=None):
    """Return the step of CVXPY and Clarabel: the powers and the value of the surrogate linearised at x.

    Where it is linearised are parameters, so that CVXPY compiles the model once for a sequence of steps.
    """
    n = len(station)
    p, t = cp.Variable(n), cp.Variable(n)
    of_base, of_total, constant = cp.Parameter(n, pos=True), cp.Parameter(n, pos=True), cp.Parameter(n)
    interference = cross @ p + NOISE
    # Normalised, because arguments of very different size make the solver fail.
    signal = cp.log(cp.multiply(of_total, interference + cp.multiply(direct, p)))
    surrogate = signal + constant - cp.multiply(of_base, interference)
    constraints = [
        t <= surrogate / np.log(2.0),
        t <= cap,
        p >= 0,
        cp.multiply(direct, p) >= floor * interference,
        *(
            cp.sum(p[np.flatnonzero(station == b)]) <= (1 if room is None else room[b])
            for b in range(stations)
            if (station == b).any()
        ),
        p <= 1,
    ]
    problem = cp.Problem(cp.Maximize(cp.sum(t)), constraints)

    def step(x):
        base = cross @ x + NOISE
        total = base + direct * x
        of_base.value, of_total.value, constant.value = 1.0 / base, 1.0 / total, np.log(total) - np.log(base) + 1.0
        problem.solve(solver="CLARABEL")
        return np.maximum(p.value, 0.0), problem.value

    return step


def surrogate_value(point, x, direct, cross, cap):
    """The capped surrogate linearised at x, evaluated at a point."""
    base, interference = cross @ x + NOISE, cross @ point + NOISE
    parts = np.log(interference + direct * point) - np.log(base) - (interference - base) / base
    return np.minimum(parts / np.log(2.0), cap).sum()


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("cap", [7.4, 40.0])
def test_each_surrogate_is_solved_as_well_as_by_cvxpy(seed, cap):
    x, station, stations, direct, cross, floor = random_slot(seed)
    start, feasible = interior_start(x, station, np.ones(stations), direct, cross, NOISE, floor)
    assert feasible
    found = maximise_surrogate(
        start, station, np.ones(stations), direct, cross, NOISE, *limits(x, cap), floor, 0.1, 1e-6
    )
    _, expected = oracle(station, stations, direct, cross, cap, floor)(start)
    value = surrogate_value(found, start, direct, cross, cap)
    assert value == pytest.approx(expected, rel=SAME_OBJECTIVE)
    assert value <= link_rates(found, direct, cross, NOISE, cap).sum() + 1e-9  # a lower bound of the true rate


@pytest.mark.parametrize("seed", range(12))
def test_each_surrogate_is_solved_as_well_as_by_cvxpy_where_a_subchannel_is_limited_too(seed):
    x, station, stations, direct, cross, floor = random_slot(seed)
    room = np.array([1.0, 1.6, 4.0])
    start, feasible = interior_start(0.9 * x, station, room, direct, cross, NOISE, 0.5 * floor)
    assert feasible
    found = maximise_surrogate(start, station, room, direct, cross, NOISE, *limits(x, 40.0), 0.5 * floor, 0.1, 1e-6)
    _, expected = oracle(station, stations, direct, cross, 40.0, 0.5 * floor, room)(start)
    assert surrogate_value(found, start, direct, cross, 40.0) == pytest.approx(expected, rel=SAME_OBJECTIVE)
    assert found.max() <= 1.0 and (np.bincount(station, weights=found, minlength=stations) <= room).all()


@pytest.mark.parametrize("seed", range(12))
def test_the_whole_sequence_ends_where_the_cvxpy_sequence_ends(seed):
    cap = 40.0  # out of reach, so that every surrogate has one maximiser and both sequences are the same
    x, station, stations, direct, cross, floor = random_slot(seed)
    _, value = improve_slot(x, station, np.ones(stations), direct, cross, NOISE, *limits(x, cap), floor, 100, 1e-7)
    point, _ = interior_start(x, station, np.ones(stations), direct, cross, NOISE, floor)
    before, step = -np.inf, oracle(station, stations, direct, cross, cap, floor)
    for _ in range(100):
        point, _ = step(point)
        now = link_rates(point, direct, cross, NOISE, cap).sum()
        if now < before + 1e-7:
            break
        before = now
    assert value == pytest.approx(now, rel=SAME_OBJECTIVE)


@pytest.mark.parametrize("seed", range(40))
def test_powers_stay_within_limits_keep_the_floor_and_never_lose(seed):
    x, station, stations, direct, cross, floor = random_slot(100 + seed)
    powers, value = improve_slot(x, station, np.ones(stations), direct, cross, NOISE, *limits(x, 7.4), floor, 12, 1e-3)
    assert (powers > 0.0).all()
    assert np.bincount(station, weights=powers, minlength=stations).max() <= 1.0 + 1e-12
    assert (direct * powers / (cross @ powers + NOISE) >= floor * (1.0 - 1e-12)).all()
    assert value >= link_rates(x, direct, cross, NOISE, 7.4).sum() - 1e-12


def test_a_single_link_gets_all_the_power_it_can_use():
    arguments = (np.array([0.3]), np.array([0]), np.ones(1), np.array([2.0]), np.zeros((1, 1)), 1.0)
    powers, value = improve_slot(*arguments, *limits([0.3], 40.0), 0.01, 50, 1e-9)
    assert powers[0] == pytest.approx(1.0, abs=1e-4)
    assert value == pytest.approx(np.log2(3.0), abs=1e-4)


def test_an_unreachable_floor_leaves_the_powers_alone():
    x = np.array([0.5, 0.5])
    cross = np.array([[0.0, 1.0], [1.0, 0.0]])
    powers, _ = improve_slot(x, np.array([0, 1]), np.ones(2), np.ones(2), cross, NOISE, *limits(x, 7.4), 5.0, 10, 1e-6)
    np.testing.assert_array_equal(powers, x)


@pytest.mark.parametrize("seed", range(30))
def test_a_floor_that_is_only_just_met_is_kept_without_leaving_the_limits(seed):
    """The start must be strictly inside: from outside the barrier would accept any step."""
    x, station, stations, direct, cross, _ = random_slot(seed)
    cross *= 1e-4  # noise limits the links, so a start with less power everywhere would be below the floor
    sinr = direct * x / (cross @ x + NOISE)
    floor = float(sinr.min()) * (1.0 - 1e-6)
    start, feasible = interior_start(x, station, np.ones(stations), direct, cross, NOISE, floor)
    assert not feasible or (direct * start > floor * (cross @ start + NOISE)).all()
    powers, value = improve_slot(x, station, np.ones(stations), direct, cross, NOISE, *limits(x, 7.4), floor, 12, 1e-3)
    assert (powers > 0.0).all()
    assert np.bincount(station, weights=powers).max() <= 1.0 + 1e-9
    assert (direct * powers / (cross @ powers + NOISE) >= floor * (1.0 - 1e-9)).all()
    assert value >= link_rates(x, direct, cross, NOISE, 7.4).sum() - 1e-12
