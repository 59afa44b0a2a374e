"""Paths that keep a budget and miss obstacles, against enumeration."""

import numpy as np
import pytest
import shapely

from benchmarks.obstacles import CLEARANCE_M, plain_beside_m
from itnt_core.city import Obstacles
from itnt_core.flight import ClearMoves, NoPathError, PlanningGrid, plan_path
from itnt_core.flight.budget import within_budget
from itnt_core.network import propulsion_power_w
from tests.city.judge import city_of

SPEED_M_S, CLIMB_M_S, STAGE_S = 45.0, 6.0, 2.0


def small_grid():
    axis = 40.0 * np.arange(5)
    return PlanningGrid(axis, axis.copy(), np.array([60.0, 70.0]), np.full(4, STAGE_S))


def best_value(grid, worth, ends, weight, is_clear):
    """The best value over all allowed sequences of nodes, stage by stage in plain loops."""
    nodes = grid.points_m()

    def move(a, b):
        flat, up = np.hypot(*(b - a)[:2]), abs(b[2] - a[2])
        if flat > SPEED_M_S * STAGE_S or up > CLIMB_M_S * STAGE_S or not is_clear(a, b):
            return -np.inf
        return -weight * float(propulsion_power_w(flat / STAGE_S, up / STAGE_S)) * STAGE_S

    between = np.array([[move(a, b) for b in nodes] for a in nodes])
    value = np.array([move(ends[0], node) for node in nodes]) + worth[0]
    for stage in range(1, len(worth)):
        value = (value[:, None] + between).max(axis=0) + worth[stage]
    return (value + [move(node, ends[1]) for node in nodes]).max()


def path_value(grid, worth, path, weight):
    nodes = grid.points_m()
    moves = np.diff(path, axis=0)
    power = propulsion_power_w(np.hypot(moves[:, 0], moves[:, 1]) / STAGE_S, moves[:, 2] / STAGE_S)
    at = [int(np.abs(nodes - point).sum(axis=1).argmin()) for point in path[1:-1]]
    return worth[np.arange(len(at)), at].sum() - weight * STAGE_S * power.sum()


@pytest.mark.parametrize("seed", range(3))
def test_the_best_path_past_a_building_is_the_best_of_all_that_shapely_lets_pass(seed):
    rng, grid = np.random.default_rng(seed), small_grid()
    city = city_of([shapely.box(60.0, 50.0, 100.0, 110.0)], [80.0])
    obstacles, tree = Obstacles(city, (), CLEARANCE_M, 50.0), shapely.STRtree(city.footprints())
    worth, weight = rng.uniform(0.0, 5.0, (3, 50)), 1e-3
    start, end = np.array([-10.0, 75.0, 65.0]), np.array([170.0, 90.0, 62.0])

    def is_clear(a, b):
        return plain_beside_m(city, tree, a, b) >= 1.02 * CLEARANCE_M

    speeds = SPEED_M_S, CLIMB_M_S
    path = plan_path(grid, worth, start, end, *speeds, weight, None, ClearMoves(grid, obstacles))
    assert obstacles.are_clear(path[:-1], path[1:]).all()
    assert path_value(grid, worth, path, weight) == pytest.approx(
        best_value(grid, worth, (start, end), weight, is_clear)
    )
    free = plan_path(grid, worth, start, end, *speeds, weight)
    assert path_value(grid, worth, free, weight) >= path_value(grid, worth, path, weight)


def test_a_building_across_the_whole_grid_leaves_no_path():
    grid = small_grid()
    obstacles = Obstacles(city_of([shapely.box(70.0, -200.0, 90.0, 400.0)], [100.0]), (), CLEARANCE_M, 50.0)
    with pytest.raises(NoPathError):
        ends = np.array([0.0, 0.0, 60.0]), np.array([160.0, 0.0, 60.0])
        plan_path(grid, np.zeros((3, 50)), *ends, SPEED_M_S, CLIMB_M_S, 0.0, None, ClearMoves(grid, obstacles))


def test_too_many_moves_are_cut_to_the_shortest(monkeypatch):
    monkeypatch.setattr("itnt_core.flight.edges.MOST_LEGS", 250)
    moves = ClearMoves(small_grid(), Obstacles(city_of([shapely.box(0, 0, 1, 1)], [5.0]), (), CLEARANCE_M, 1.0))
    offsets = np.array([[2, 0, 0], [0, 0, 0], [1, 0, 0], [0, 1, 0], [-1, 0, 0], [0, -1, 0], [0, -2, 0]])
    assert moves.kept(offsets, np.linalg.norm(offsets, axis=1)).tolist() == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("seed", range(20))
def test_the_price_found_gives_the_best_plan_that_any_price_gives_within_the_budget(seed):
    """Plans are pairs of worth and energy; a price picks the one with the greatest worth less its cost."""
    rng = np.random.default_rng(seed)
    energy = rng.uniform(10.0, 100.0, 40)
    plans = np.column_stack([np.log(energy) + 0.3 * rng.random(40), energy])

    def plan_at(price):
        return plans[(plans[:, 0] - price * plans[:, 1]).argmax()]

    budget = rng.uniform(1.001 * energy.min(), 100.0)
    found = within_budget(plan_at, 3e-4, lambda plan: plan[1] - budget)
    prices = np.geomspace(3e-4, 1e3, 4000)
    least = next(price for price in prices if plan_at(price)[1] <= budget)
    assert found[1] <= budget
    assert plan_at(1.04 * least)[0] <= found[0] <= plan_at(least / 1.005)[0]


def test_where_no_price_suffices_the_most_frugal_plan_is_returned():
    found = within_budget(lambda price: np.array([1.0, 50.0 if price < 1.0 else 40.0]), 0.0, lambda plan: plan[1] - 9.0)
    assert found[1] == 40.0
