"""Projection of flights, the planner's flights and the polish: limits kept, value never lost."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from itnt_core.association import ActiveAssociator, make_problem
from itnt_core.flight import FlightPlanner, polish_flight, project_flight, project_onto_discs, straight_flight
from itnt_core.flight.polish import STEPS_M, Polish
from itnt_core.network import Decision, build_world, evaluate, find_violations
from itnt_core.network.separation import apart_m
from itnt_core.power import equal_power
from itnt_core.presets import preset

SAME_POINT_M = 1e-3


@pytest.fixture(scope="module")
def world():
    return build_world(preset("paper-free-space", users=8, aerial_users=3, seed=4))


@pytest.fixture(scope="module")
def decision(world):
    flight, power = straight_flight(world.scenario), equal_power(world)
    found = ActiveAssociator().solve(make_problem(world, world.gains(flight), power))
    return Decision(found.station, found.subchannel, flight, power, "active")


@settings(max_examples=60, deadline=None)
@given(
    point=st.tuples(*[st.floats(-30, 30)] * 2),
    radii=st.tuples(st.floats(1, 12), st.floats(1, 12)),
    share=st.floats(0.05, 0.95),
)
def test_the_projection_is_the_nearest_point_of_both_discs(point, radii, share):
    a, b = np.zeros(2), np.array([share * sum(radii), 0.0])
    found = project_onto_discs(np.array([point]), a[None], np.array(radii[:1]), b[None], np.array(radii[1:]))[0]
    assert np.linalg.norm(found - a) <= radii[0] + 1e-6 and np.linalg.norm(found - b) <= radii[1] + 1e-6
    inside = [
        {"type": "ineq", "fun": lambda x: radii[0] ** 2 - ((x - a) ** 2).sum()},
        {"type": "ineq", "fun": lambda x: radii[1] ** 2 - ((x - b) ** 2).sum()},
    ]
    target = np.array(point)
    best = minimize(lambda x: ((x - target) ** 2).sum(), found, constraints=inside, method="SLSQP").x
    assert np.linalg.norm(found - target) <= np.linalg.norm(best - target) + SAME_POINT_M


@pytest.mark.parametrize("seed", range(10))
def test_wild_flights_are_brought_within_all_limits(world, decision, seed):
    wild = np.random.default_rng(seed).uniform(-4000.0, 4000.0, decision.positions_m.shape)
    moved = replace(decision, positions_m=project_flight(world.scenario, wild))
    flight_rules = {"7g", "vertical_speed", "7i", "7j", "area"}
    assert not flight_rules & {violation.constraint for violation in find_violations(world, moved)}


def test_a_flight_within_limits_stays(world):
    flight = straight_flight(world.scenario)
    np.testing.assert_allclose(project_flight(world.scenario, flight), flight, atol=1e-6)


def test_the_polish_only_ever_gains_and_keeps_every_limit(world, decision):
    before = evaluate(world, decision).active.rate_bit_s[:, :3].sum()
    polished = replace(decision, positions_m=polish_flight(world, decision))
    assert evaluate(world, polished).active.rate_bit_s[:, :3].sum() > before
    assert not [v for v in find_violations(world, polished) if v.constraint != "7f"]


def polished_looking_everywhere(polish, flight):
    """The flight after all sweeps, each of which looks at every waypoint."""
    flight = flight.copy()
    for step in STEPS_M:
        for parity in (1, 0, 1, 0):
            polish.move_waypoints(flight, step, parity, {})
    return flight


def test_waypoints_that_the_polish_passes_over_would_have_stayed(world, decision):
    everywhere = polished_looking_everywhere(Polish(world, decision, (), None, 0.0), decision.positions_m)
    assert (everywhere == polish_flight(world, decision)).all()


def test_users_that_are_polished_together_move_as_each_does_by_itself(world, decision):
    together = polish_flight(world, decision)
    for index in range(world.aerial_count):
        polish = Polish(world, decision, (), None, 0.0)
        polish.links = {index: polish.links[index]}
        alone = polished_looking_everywhere(polish, decision.positions_m)
        assert (alone[:, index] == together[:, index]).all()


def test_planned_aerial_users_fly_nearer_to_their_stations(world, decision):
    planned = FlightPlanner(world).plan(decision)

    def mean_distance(flight):
        users, slots = np.arange(3), np.arange(world.slots)
        serving = world.station_positions_m[slots[:, None], decision.station[:, users]]
        return np.linalg.norm(serving - flight[1:], axis=2)[decision.station[:, users] < world.gbs_count].mean()

    assert mean_distance(planned) < mean_distance(decision.positions_m)
    moved = replace(decision, positions_m=planned)
    assert not [v for v in find_violations(world, moved) if v.constraint != "7f"]


@pytest.mark.parametrize("whole", [False, True], ids=["at waypoints", "along slots"])
def test_a_waypoint_keeps_away_where_the_distances_of_its_flight_say_so(world, decision, whole):
    draw = np.random.default_rng(2)
    flight = decision.positions_m[:, :1] + draw.normal(0.0, 30.0, decision.positions_m.shape)  # all in one place
    polish = Polish(world, decision, (), None, 0.0)
    polish.air = replace(polish.air, whole=whole)
    rows = np.arange(1, world.slots, 2)
    candidates = flight[rows, 0][:, None] + draw.normal(0.0, 20.0, (len(rows), 5, 3))
    found = polish._keeps_away(flight, rows, 0, candidates)
    for number, row in enumerate(rows):
        for move in range(5):
            way = flight[:, 0].copy()
            way[row] = candidates[number, move]
            near_m = apart_m(flight[:, 1:], way[:, None], whole=whole)[row : row + 1 + whole]
            assert found[number, move] == (near_m >= polish.air.needed_m[0, 1:]).all()
    assert 0 < found.sum() < found.size
