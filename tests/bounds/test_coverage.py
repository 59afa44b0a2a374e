"""How many users can be served at most: against an integer program and against everything that serves somebody."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from itnt_core.bounds import most_served, upper_bound
from itnt_core.methods import METHODS, override_scenario, quiet, settings_of
from itnt_core.network import build_world, evaluate
from tests.network.small_worlds import open_world, station, walker_on_foot


def most_by_program(signal, seats, floor):
    """Return the most users that an integer program serves within subchannels, seats and powers, undisturbed."""
    subchannels, stations, users = signal.shape
    links = [(u, b, k) for u in range(users) for b in range(stations) for k in range(subchannels)]
    links = [(u, b, k) for u, b, k in links if signal[k, b, u] >= floor]
    if not links:
        return 0
    rows = [[link[0] == u for link in links] for u in range(users)]
    rows += [[link[1:] == (b, k) for link in links] for b in range(stations) for k in range(subchannels)]
    rows += [[link[1] == b for link in links] for b in range(stations)]
    rows += [[(link[1] == b) * floor / signal[link[2], b, link[0]] for link in links] for b in range(stations)]
    limits = [*np.ones(users + stations * subchannels), *seats, *np.ones(stations)]
    rule = LinearConstraint(np.array(rows, dtype=float), -np.inf, limits)
    found = milp(-np.ones(len(links)), constraints=rule, bounds=Bounds(0, 1), integrality=np.ones(len(links)))
    return round(-found.fun)


@given(
    seed=st.integers(0, 9999),
    users=st.integers(1, 7),
    stations=st.integers(1, 3),
    subchannels=st.integers(1, 3),
    floor_db=st.sampled_from([-5.0, 0.0, 10.0]),
)
def test_no_assignment_serves_more_and_without_fading_and_power_limits_one_serves_as_many(
    seed, users, stations, subchannels, floor_db
):
    generator = np.random.default_rng(seed)
    floor = 10.0 ** (floor_db / 10.0)
    seats = generator.integers(1, subchannels + 1, stations)
    faded = 10.0 ** generator.uniform(-1.0, 2.0, (subchannels, stations, users))
    assert most_by_program(faded, seats, floor) <= most_served(faded, seats, floor)
    plain = np.where(generator.random((1, stations, users)) < 0.4, 1e6, 1e-6) * np.ones((subchannels, 1, 1))
    assert most_by_program(plain, seats, floor) == most_served(plain, seats, floor)


@pytest.mark.parametrize("key", ["straight", "planner"])
@pytest.mark.parametrize("fields", [{}, {"radio.subchannels": 1}, {"qos.min_sinr_active_db": 15.0}], ids=str)
def test_no_method_serves_more_than_the_bound_in_any_slot(key, fields, tiny_scenario, city_cache):
    world = build_world(override_scenario(tiny_scenario, fields), cache_dir=city_cache)
    method = METHODS[key]
    settings = settings_of(method, {"rounds": 1} if key == "planner" else {})
    served = evaluate(world, method.solve(world, settings, 1, quiet)).active.is_served.sum(axis=1)
    for effort in ("quick", "standard"):
        bound = upper_bound(world, effort)
        assert (served <= bound.served_per_slot).all()
        assert bound.served_share == bound.served_per_slot.sum() / (world.slots * world.user_count)


def test_a_user_whom_nobody_reaches_and_one_without_a_seat_are_not_counted():
    near = [walker_on_foot(f"near-{number}", 10.0 + number, 0.0) for number in range(3)]
    far = walker_on_foot("far", 1999.0, 1999.0)
    world = open_world(stations=[station("gbs", 0.0, 0.0, max_power_w=1e-7)], ground=[*near, far], subchannels=2)
    floor = world.scenario.qos.min_sinr_active_db
    alone_db = 10.0 * np.log10((world.ground_gains * 1e-7 / world.noise_w).max(axis=(0, 2, 3)))
    assert (alone_db[:3] > floor + 3.1).all() and alone_db[3] < floor
    assert upper_bound(world).served_per_slot.tolist() == [2]
