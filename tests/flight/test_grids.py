"""The planning grid: bounded whatever a scenario asks for, as it was for the presets, and fit to fly on."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from itnt_core.association import ExactAssociator, associate
from itnt_core.cores import use_threads
from itnt_core.flight import FlightPlanner, planning, straight_flight
from itnt_core.flight.grids import MAX_NODES, MAX_STATES, make_grid
from itnt_core.flight.links import aerial_links
from itnt_core.flight.planning import MAX_KEPT_BYTES, FlightCase
from itnt_core.methods import METHODS, quiet, settings_of
from itnt_core.network import Decision, World, build_world, evaluate, find_violations
from itnt_core.power import equal_power
from itnt_core.presets import PRESETS, preset
from itnt_core.scenario import AerialUser, Point

FLIGHT_RULES = {"7g", "vertical_speed", "7h", "7i", "7j", "area"}
A_HAIR = 1e-6


def scenario_of(speed_m_s, climb_m_s, slot_s, slots, size_m, share=0.6, aerial=2):
    """Return a free-space scenario in which each aerial user needs this share of the way that it can fly in time."""
    base = preset("paper-free-space", users=3 + aerial, aerial_users=0, seed=1)
    unit, window_s = size_m / 4000.0, slots * slot_s

    def shrunk(part):
        return part.model_copy(update={"east_m": part.east_m * unit, "north_m": part.north_m * unit})

    users = []
    for number in range(aerial):
        way = share * min(speed_m_s * window_s, size_m / 2)
        up = share * min(climb_m_s * window_s, 60.0)
        start = Point(east_m=-size_m / 4, north_m=size_m / 8 * number, height_m=100.0 + 60.0 * number)
        end = Point(east_m=start.east_m + way, north_m=start.north_m, height_m=start.height_m + up)
        users.append(
            AerialUser(
                id=f"au-{number}",
                start=start,
                destination=end,
                max_speed_m_s=speed_m_s,
                max_vertical_speed_m_s=climb_m_s,
                min_separation_m=20.0,
            )
        )
    return base.model_copy(
        update={
            "area": base.area.model_copy(update={"size_m": size_m}),
            "time": base.time.model_copy(update={"slots": slots, "slot_s": slot_s}),
            "ground_stations": tuple(shrunk(station) for station in base.ground_stations),
            "ground_users": tuple(shrunk(user) for user in base.ground_users[:3]),
            "aerial_users": tuple(users),
        }
    )


def grid_of(scenario):
    """Return the grid of the first aerial user; nothing of the world but its scenario is needed."""
    return make_grid(World(scenario, None, None, None), scenario.aerial_users[0])


def straight_decision(world):
    flight, power = straight_flight(world.scenario), equal_power(world)
    found = associate(world, world.gains(flight), power, ExactAssociator())
    return Decision(found.station, found.subchannel, flight, power, "active")


def broken(world, decision):
    return {one.constraint for one in find_violations(world, decision)} & FLIGHT_RULES


SIZES = {
    "speed": st.one_of(st.floats(0.1, 150.0), st.sampled_from([1e-300, 1e-9, 0.1, 5.0, 150.0])),
    "climb": st.one_of(st.floats(0.0, 50.0), st.sampled_from([0.0, 1e-9, 0.05, 50.0])),
    "slot_s": st.floats(0.1, 60.0),
    "slots": st.one_of(st.integers(1, 3600), st.sampled_from([1, 2, 3, 4, 5, 61, 3600])),
    "size_m": st.floats(200.0, 20_000.0),
    "share": st.floats(0.0, 1.0),
}


@settings(max_examples=200)
@given(**SIZES)
def test_no_scenario_makes_the_grid_larger_than_its_limits(speed, climb, slot_s, slots, size_m, share):
    grid = grid_of(scenario_of(speed, climb, slot_s, slots, size_m, share))
    nodes = grid.shape[0] * grid.shape[1] * grid.shape[2]
    assert 1 <= nodes <= MAX_NODES and nodes * len(grid.stage_s) <= MAX_STATES
    assert grid.stage_s.sum() == pytest.approx(slots * slot_s)
    assert np.abs(grid.east_m).max() <= size_m / 2 + A_HAIR and np.abs(grid.north_m).max() <= size_m / 2 + A_HAIR
    assert grid.height_m.min() >= 50.0 - A_HAIR and grid.height_m.max() <= 300.0 + A_HAIR


@settings(max_examples=200)
@given(**SIZES)
@example(speed=1.0, climb=1.0, slot_s=6.0, slots=4, size_m=200.0, share=0.0)  # two stages of two slots, none of three
def test_where_there_is_more_than_one_stage_neighbours_are_within_reach(speed, climb, slot_s, slots, size_m, share):
    grid = grid_of(scenario_of(speed, climb, slot_s, slots, size_m, share))
    if len(grid.stage_s) == 1:
        return
    longest_s = grid.stage_s.max()
    for axis, speed_m_s in ((grid.east_m, speed), (grid.north_m, speed), (grid.height_m, climb)):
        if len(axis) > 1:
            assert axis[1] - axis[0] <= speed_m_s * longest_s * (1.0 + A_HAIR)


@pytest.mark.parametrize(
    ("speed", "climb", "slot_s", "slots"),
    [
        (5.0, 5.0, 2.0, 60),
        (1.0, 5.0, 1.0, 120),
        (45.0, 5.0, 0.1, 300),
        (45.0, 0.0, 2.0, 60),
        (45.0, 0.05, 2.0, 60),
        (45.0, 5.0, 2.0, 61),
        (20.0, 2.0, 1.0, 400),
    ],
)
def test_slow_users_short_slots_and_long_windows_still_get_a_better_flight(speed, climb, slot_s, slots):
    world = build_world(scenario_of(speed, climb, slot_s, slots, 2000.0, share=0.3))
    decision = straight_decision(world)
    planned = replace(decision, positions_m=FlightPlanner(world).plan(decision))
    gained = [evaluate(world, one).active.rate_bit_s[:, : world.aerial_count].sum() for one in (decision, planned)]
    assert gained[1] > 1.0005 * gained[0]
    assert not broken(world, planned)


@settings(max_examples=10)
@given(**{**SIZES, "slots": st.integers(1, 100)})
def test_planned_flights_keep_every_limit_that_the_straight_ones_keep(speed, climb, slot_s, slots, size_m, share):
    world = build_world(scenario_of(speed, climb, slot_s, slots, size_m, share, aerial=2))
    decision = straight_decision(world)
    planned = replace(decision, positions_m=FlightPlanner(world, energy_weight=3e-4).plan(decision))
    assert broken(world, planned) <= broken(world, decision)


@settings(max_examples=5)
@given(**{**SIZES, "slots": st.integers(1, 40)})
def test_the_planner_is_never_below_the_straight_reference(speed, climb, slot_s, slots, size_m, share):
    world = build_world(scenario_of(speed, climb, slot_s, slots, size_m, share))
    found = [
        METHODS[key].solve(world, settings_of(METHODS[key], given), 1, quiet)
        for key, given in (("straight", {}), ("planner", {"rounds": 1, "shakes": 0}))
    ]
    straight, planned = (evaluate(world, decision).active.data_service_mbit for decision in found)
    assert planned >= straight * (1.0 - 1e-12)
    assert broken(world, found[1]) <= broken(world, found[0])


# nodes east and north, heights, spacing in metres, stages: as they were before grids had limits
PRESET_GRIDS = {
    "london-4km": (37, 9, 4000 / 36, 20),
    "london-2km": (37, 9, 2000 / 36, 20),
    "london-evening": (37, 9, 4000 / 36, 20),  # is younger
    "paper-free-space": (37, 9, 4000 / 36, 20),
    "tiny": (37, 9, 600 / 36, 3),
}


@pytest.mark.parametrize("name", PRESETS)
def test_the_presets_keep_their_grids(name, city_cache):
    nodes, levels, spacing_m, stages = PRESET_GRIDS[name]
    scenario = preset(name, cache_dir=city_cache)
    for user in scenario.aerial_users:
        grid = make_grid(World(scenario, None, None, None), user)
        assert grid.shape == (nodes, nodes, levels) and len(grid.stage_s) == stages
        np.testing.assert_allclose(np.diff(grid.east_m), spacing_m, rtol=1e-12)
        np.testing.assert_array_equal(grid.east_m, grid.north_m)
        np.testing.assert_array_equal(grid.height_m, 50.0 + 30.0 * np.arange(levels))


def test_the_answer_does_not_depend_on_which_user_the_planner_met_first():
    """Two users alike in everything but speed: each gets its own grid, whoever came first."""
    scenario = scenario_of(45.0, 5.0, 2.0, 60, 2000.0, share=0.2)
    quick, slow = scenario.aerial_users[0], scenario.aerial_users[1].model_copy(update={"max_speed_m_s": 4.0})
    slow = slow.model_copy(update={"destination": slow.start})
    flights = {}
    for order in itertools.permutations((quick, slow)):
        world = build_world(scenario.model_copy(update={"aerial_users": order}))
        planner = FlightPlanner(world)
        for user in order:
            flights.setdefault(user.id, []).append([axis.tolist() for axis in _axes(planner._grid(user)[0])])
    for first, second in flights.values():
        assert first == second
    assert flights[quick.id] != flights[slow.id]


def _axes(grid):
    return grid.east_m, grid.north_m, grid.height_m


def test_the_gains_that_are_kept_stay_bounded():
    """Twenty users of twenty speeds: the oldest gains make room, and come back the same."""
    world = build_world(scenario_of(45.0, 5.0, 2.0, 60, 2000.0))
    user = world.scenario.aerial_users[0]
    planner = FlightPlanner(world)
    first = planner._grid(user)[1].copy()
    planner.kept_bytes = 3 * first.nbytes
    for speed in np.linspace(3.0, 9.0, 20):
        planner._grid(user.model_copy(update={"max_speed_m_s": float(speed)}))
        assert sum(gains.nbytes for gains in planner._gains.values()) <= planner.kept_bytes < MAX_KEPT_BYTES
    np.testing.assert_array_equal(planner._grid(user)[1], first)


def test_gains_computed_in_parts_are_the_same(monkeypatch):
    world = build_world(scenario_of(45.0, 5.0, 2.0, 60, 2000.0))
    user = world.scenario.aerial_users[0]
    whole = FlightPlanner(world)._grid(user)[1]
    monkeypatch.setattr("itnt_core.flight.planning.GAINS_AT_ONCE", 700)
    np.testing.assert_allclose(FlightPlanner(world)._grid(user)[1], whole, rtol=1e-12)


@pytest.fixture(scope="module")
def crowded():
    """Return a world of three users whose best ways cross, and links of theirs."""
    base = scenario_of(30.0, 5.0, 2.0, 20, 1000.0, share=0.3, aerial=3)
    middle, users = base.ground_stations[0], []
    for number, user in enumerate(base.aerial_users):
        at = {"east_m": middle.east_m + 150.0 * (number - 1), "north_m": middle.north_m, "height_m": 100.0}
        users.append(
            user.model_copy(update={"start": Point(**at), "destination": Point(**at), "min_separation_m": 80.0})
        )
    world = build_world(base.model_copy(update={"aerial_users": tuple(users)}))
    return world, straight_decision(world)


@pytest.fixture(scope="module")
def plans_of_orders(crowded):
    """Return the worth and the flight of a plan of its own for each of the six orders of the three users."""
    world, decision = crowded
    planner, found = FlightPlanner(world), []
    for order in itertools.permutations(range(3)):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(planning, "permutations", lambda users, order=order: iter([order]))
            own = planner.plan(decision)
        links = [[aerial_links(world, decision, index, None)] for index in range(3)]
        (case,) = (FlightCase(planner, decision, 1.0),)
        found.append((planner._plan_in_order(decision, planner._unhindered(decision, [case], links), order).worth, own))
    return found


@pytest.mark.parametrize(("threads", "kept_bytes"), [(1, 0), (1, 10**9), (3, 0), (3, 10**9)])
def test_the_way_of_a_user_with_nobody_in_it_is_looked_for_once(
    crowded, plans_of_orders, monkeypatch, threads, kept_bytes
):
    """Whoever is planned first flies it: six orders of three users find the same flight as six plans of their own."""
    world, decision = crowded
    looked = []
    plan_path = planning.plan_path

    def counted(grid, worth, *rest):
        looked.append(rest[-2] is None)  # nobody is in the way
        return plan_path(grid, worth, *rest)

    monkeypatch.setattr(planning, "plan_path", counted)
    monkeypatch.setattr(planning, "MOST_WORTH_BYTES", kept_bytes)
    with use_threads(threads):
        flight = FlightPlanner(world).plan(decision)
    assert sum(looked) == 3 and len(looked) > 3 + 6  # some evade somebody in each order
    assert not broken(world, replace(decision, positions_m=flight)) & {"7j"}

    best = max(worth for worth, _ in plans_of_orders)
    assert any(np.array_equal(own, flight) for worth, own in plans_of_orders if worth == best)


def test_nodes_that_are_too_close_to_planned_users_are_those_that_distances_say(crowded):
    world, decision = crowded
    user = world.scenario.aerial_users[2]
    grid = make_grid(world, user)
    flight = decision.positions_m + np.random.default_rng(1).normal(0.0, 120.0, decision.positions_m.shape)
    found = FlightPlanner(world)._blocked(grid, flight, [0, 1], user)
    ends = np.cumsum(np.round(grid.stage_s / world.scenario.time.slot_s).astype(int))[:-1]
    for stage, end in enumerate(ends):
        near_m = np.linalg.norm(grid.points_m()[:, None] - flight[end, :2], axis=2)
        np.testing.assert_array_equal(found[stage], (near_m < 1.5 * 80.0).any(axis=1))
    assert 0 < found.sum() < found.size
