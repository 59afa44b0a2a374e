"""Ways that people take through a city: walks over free ground between the buildings, drives along its roads."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from itnt_core.arrays import Array, BoolArray
from itnt_core.city.model import City, CityError
from itnt_core.city.people import free_ground_near

WALK_CELL_M = 3.0  # of the grid over free ground: the narrowest streets are 5 m wide
MOST_CELLS = 400_000  # of a walk's grid; longer walks have wider cells
KNEE_M = 0.5  # height of the way: no building is lower
SAMPLE_M = 1.0  # how finely a straight stretch is looked at
FARTHEST_SHARE = 0.9  # of the length that is to be walked: how far away the end of a walk is at least
NODE_M = 0.5  # ends of roads that lie so close are one junction
CORNER_EVERY_M = 50.0  # of roads
MOST_STRETCHES = 5000  # of a drive


@dataclass(frozen=True)
class StreetWay:
    """A line of straight stretches: corners (n, 2) in local metres, the start first."""

    corners_m: Array

    @property
    def lengths_m(self) -> Array:
        """Return how far each corner is along the way (n,)."""
        steps = np.linalg.norm(np.diff(self.corners_m, axis=0), axis=1)
        return np.concatenate([[0.0], np.cumsum(steps)])


def walk_way(city: City, start_m: Array, length_m: float, random: np.random.Generator) -> StreetWay:
    """Return a walk of at least ``length_m`` from a place (2,): to a drawn end by the shortest way, and back again.

    Over free ground alone (streets, parks, bridge decks over land), round the corners of buildings. Who cannot leave
    the place stays there: a way of one corner. From inside a building it begins on the nearest free ground.
    """
    if not city.is_free_ground(start_m[None])[0]:
        start_m = np.array(free_ground_near(city, *start_m.tolist()))
    half_m = min(length_m + 2.0 * WALK_CELL_M, city.size_m)
    cell_m = max(WALK_CELL_M, 2.0 * half_m / np.sqrt(MOST_CELLS))
    side = int(np.ceil(half_m / cell_m))
    steps = np.arange(-side, side + 1) * cell_m
    grid = np.stack(np.meshgrid(start_m[0] + steps, start_m[1] + steps, indexing="ij"), axis=-1)  # (n, n, 2)
    free = city.is_free_ground(grid.reshape(-1, 2)).reshape(grid.shape[:2])
    origin = side * len(steps) + side
    far, before = dijkstra(_graph(city, grid, free), indices=origin, return_predecessors=True, limit=1.5 * length_m)
    reached = np.isfinite(far)
    ends = np.flatnonzero(reached & (far >= FARTHEST_SHARE * min(length_m, float(far[reached].max(initial=0.0)))))
    end = int(random.choice(ends)) if ends.size else origin
    nodes = [end]
    while nodes[-1] != origin:
        nodes.append(int(before[nodes[-1]]))
    corners = grid.reshape(-1, 2)[nodes[::-1]]
    return StreetWay(_there_and_back(_straightened(city, corners), length_m))


def drive_way(city: City, start_m: Array, length_m: float, random: np.random.Generator) -> StreetWay:
    """Return a drive of at least ``length_m`` along roads and bridges, from the place on one nearest to a place (2,).

    At a junction the next road is drawn; back goes only who is at a dead end. Lanes, lights and one-way streets are
    left out. Raises CityError where the city has no roads.
    """
    roads = _road_graph(city)
    if not roads:
        raise CityError("The city has no roads to drive on: choose walks, or a city with roads.")
    nodes = np.array(list(roads))
    here = tuple(nodes[np.linalg.norm(nodes - start_m, axis=1).argmin()].tolist())
    corners, last, gone_m = [here], None, 0.0
    while gone_m < length_m and len(corners) < MOST_STRETCHES:
        onward = [node for node in roads[here] if node != last] or roads[here]
        last, here = here, onward[int(random.integers(len(onward)))]
        corners.append(here)
        gone_m += float(np.hypot(here[0] - last[0], here[1] - last[1]))
    return StreetWay(np.array(corners))


def _graph(city: City, grid_m: Array, free: BoolArray) -> coo_array:
    """Return the ways between neighbouring free cells (8 neighbours) of a grid (n, n, 2) that no wall parts."""
    places = np.column_stack([grid_m.reshape(-1, 2), np.full(free.size, KNEE_M)])
    numbers = np.arange(free.size).reshape(free.shape)
    rows, columns, lengths = [], [], []
    for east, north in ((1, 0), (0, 1), (1, 1), (1, -1)):
        one, other = _pair(numbers, east, north)
        passes = free.ravel()[one] & free.ravel()[other]
        one, other = one[passes], other[passes]
        clear = city.line_of_sight(places[one], places[other])
        rows.append(one[clear])
        columns.append(other[clear])
        lengths.append(np.linalg.norm(places[one[clear]] - places[other[clear]], axis=1))
    one, other, length = (np.concatenate(parts) for parts in (rows, columns, lengths))
    shape = (free.size, free.size)
    return coo_array((np.tile(length, 2), (np.r_[one, other], np.r_[other, one])), shape=shape).tocsr()


def _pair(numbers: np.ndarray, east: int, north: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the numbers of cells and of their neighbours in a direction."""
    one = numbers[: numbers.shape[0] - east, max(0, -north) : numbers.shape[1] - max(0, north)]
    other = numbers[east:, max(0, north) : numbers.shape[1] + min(0, north)]
    return one.ravel(), other.ravel()


def _straightened(city: City, corners_m: Array) -> Array:
    """Return a way (n, 2) without the corners that a straight stretch over free ground leaves out."""
    kept, at = [0], 0
    while at < len(corners_m) - 1:
        ahead = np.arange(at + 1, min(len(corners_m), at + 80))
        clear = _is_free_way(city, corners_m[at], corners_m[ahead])
        at = int(ahead[np.flatnonzero(clear).max(initial=0)])
        kept.append(at)
    return corners_m[kept]


def _is_free_way(city: City, start_m: Array, ends_m: Array) -> BoolArray:
    """Say to which ends (n, 2) a straight way leads from a place over free ground; to the next one always."""
    heights = np.full((len(ends_m), 1), KNEE_M)
    starts = np.hstack([np.broadcast_to(start_m, ends_m.shape), heights])
    clear = city.line_of_sight(starts, np.hstack([ends_m, heights]))
    farthest_m = float(np.linalg.norm(ends_m - start_m, axis=1).max(initial=SAMPLE_M))
    share = np.linspace(0.0, 1.0, int(np.ceil(farthest_m / SAMPLE_M)) + 1)
    points = start_m + share[:, None, None] * (ends_m - start_m)
    dry = ~city.is_water(points.reshape(-1, 2)).reshape(points.shape[:2]).any(axis=0)
    return clear & dry


def _there_and_back(corners_m: Array, length_m: float) -> Array:
    """Return a way repeated there and back until it is long enough; a place alone stays one."""
    whole_m = float(np.linalg.norm(np.diff(corners_m, axis=0), axis=1).sum())
    if whole_m <= 0.0:
        return corners_m[:1]
    parts, turns = [corners_m], int(np.ceil(length_m / whole_m)) - 1
    for turn in range(turns):
        parts.append((corners_m[::-1] if turn % 2 == 0 else corners_m)[1:])
    return np.concatenate(parts)


def _road_graph(city: City) -> dict[tuple[float, float], list[tuple[float, float]]]:
    """Return the corners of roads and bridges inside the square with their neighbours; roads that cross meet there."""
    half = city.size_m / 2.0
    lines = [line for _, line, _ in (*city.roads, *city.bridges)]
    if not lines:
        return {}
    # All lines on one grid, cut where they cross, with a corner at least every so often: where a drive may begin.
    joined = shapely.union_all(np.array(lines, dtype=object), grid_size=NODE_M)
    inside = shapely.intersection(joined, shapely.box(-half, -half, half, half))
    whole = shapely.segmentize(inside, CORNER_EVERY_M)
    graph: dict[tuple[float, float], list[tuple[float, float]]] = defaultdict(list)
    for line in shapely.get_parts(whole):
        if line.geom_type != "LineString":
            continue
        corners = [(float(x), float(y)) for x, y in line.coords]
        for one, other in pairwise(corners):
            graph[one].append(other)
            graph[other].append(one)
    return dict(graph)
