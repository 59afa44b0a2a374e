"""Dynamic programming against brute force over every path of a small grid."""

import itertools

import numpy as np
import pytest

from itnt_core.flight import NoPathError, PlanningGrid, plan_path
from itnt_core.network import propulsion_power_w

SPACING_M, CLIMB_M, STAGE_S = 40.0, 10.0, 2.0
START, DESTINATION = np.array([15.0, 10.0, 52.0]), np.array([150.0, 145.0, 58.0])


def small_grid(stages=5):
    axis = SPACING_M * np.arange(5)
    return PlanningGrid(axis, axis.copy(), np.array([50.0, 60.0]), np.full(stages, STAGE_S))


def cost(a, b, speed, climb, weight):
    """Minus the weighted energy of a move, or None when it is too far."""
    horizontal, vertical = np.hypot(*(b - a)[:2]), abs(b[2] - a[2])
    if horizontal > speed * STAGE_S + 1e-9 or vertical > climb * STAGE_S + 1e-9:
        return None
    return -weight * float(propulsion_power_w(horizontal / STAGE_S, vertical / STAGE_S)) * STAGE_S


def brute_force(grid, worth, speed, climb, weight, blocked):
    """The best value over all node sequences, extended move by move without any merging of paths."""
    nodes = grid.points_m()
    neighbours = [
        [(j, c) for j in range(len(nodes)) if (c := cost(nodes[i], nodes[j], speed, climb, weight)) is not None]
        for i in range(len(nodes))
    ]
    best = -np.inf

    def extend(stage, node, value):
        nonlocal best
        if blocked[stage, node]:
            return
        value += worth[stage, node]
        if stage == len(worth) - 1:
            end = cost(nodes[node], DESTINATION, speed, climb, weight)
            if end is not None:
                best = max(best, value + end)
            return
        for following, move in neighbours[node]:
            extend(stage + 1, following, value + move)

    for node in range(len(nodes)):
        first = cost(START, nodes[node], speed, climb, weight)
        if first is not None:
            extend(0, node, first)
    return best


def value_of(grid, worth, path, speed, climb, weight):
    nodes = grid.points_m()
    total = 0.0
    for a, b in itertools.pairwise(path):
        move = cost(a, b, speed, climb, weight)
        assert move is not None, "a move breaks the speed limits"
        total += move
    for stage, point in enumerate(path[1:-1]):
        node = int(np.linalg.norm(nodes - point, axis=1).argmin())
        assert np.allclose(nodes[node], point)
        total += worth[stage, node]
    return total


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("weight", [0.0, 1e-3])
def test_the_plan_is_as_good_as_the_best_of_all_paths(seed, weight):
    generator = np.random.default_rng(seed)
    grid = small_grid()
    worth = generator.uniform(0.0, 3.0, (4, 50))
    blocked = generator.random((4, 50)) < 0.15
    speed, climb = 30.0, 5.0
    path = plan_path(grid, worth, START, DESTINATION, speed, climb, weight, blocked)
    found = value_of(grid, worth, path, speed, climb, weight)
    assert found == pytest.approx(brute_force(grid, worth, speed, climb, weight, blocked), abs=1e-9)


def test_a_destination_out_of_reach_is_said_to_be():
    with pytest.raises(NoPathError):
        plan_path(small_grid(2), np.zeros((1, 50)), START, DESTINATION, 20.0, 5.0)


def test_a_wall_of_blocked_nodes_is_said_to_be_in_the_way():
    with pytest.raises(NoPathError):
        plan_path(small_grid(), np.zeros((4, 50)), START, DESTINATION, 40.0, 5.0, 0.0, np.ones((4, 50), dtype=bool))


def test_a_reach_beyond_the_grid_and_a_single_height_are_no_obstacle():
    """Long slots: every node is within reach of every other, and there is one height to fly at."""
    axis = SPACING_M * np.arange(5)
    grid = PlanningGrid(axis, axis.copy(), np.array([50.0]), np.full(4, 600.0))
    worth = np.zeros((3, 25))
    worth[[0, 1, 2], [24, 0, 12]] = 1.0
    path = plan_path(grid, worth, START, DESTINATION, 30.0, 5.0)
    assert path[1:4].tolist() == [[160.0, 160.0, 50.0], [0.0, 0.0, 50.0], [80.0, 80.0, 50.0]]
