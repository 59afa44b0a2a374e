"""The reference flight of a world: straight while the air is free, else the shortest that is allowed."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from weakref import WeakKeyDictionary

import numpy as np

from itnt_core.arrays import Array
from itnt_core.network import World
from itnt_core.scenario import AerialUser, Problem, ScenarioError, positions_m

from .air import Air
from .around import Pace, flown, pulled, way_around
from .detours import PAUSES, height_detours, level_detours, pushed_apart
from .dp import NoPathError, plan_path
from .economy import economical, least_energy_j
from .edges import ClearMoves
from .grids import make_grid
from .straight import straight_flight, straight_lines, turns

MOST_NAMED = 3  # obstacles that a refusal names
STEADY_WEIGHT = 1e-6  # of a joule, for a way through the grid: any price finds the cheapest one

_found: WeakKeyDictionary[World, Array] = WeakKeyDictionary()


def reference_flight(world: World) -> Array:
    """Return waypoints (slots + 1, aerial users, 3) in metres of the shortest flights that are allowed.

    Straight lines at constant speed (:func:`straight_flight`) while the air is free and no battery ends. Else each user
    flies the shortest way past all obstacles that was found (around them in plan, or over them), keeps its separation
    along whole slots by height, by waiting or by a bow, and flies to and fro beside its way where that saves energy
    that it has not got. Raises :class:`ScenarioError` that names who blocks a mission for which no way is found, or a
    budget that no flight can keep. Where separation or a budget could not be kept the constraint check names it.
    """
    air = Air.of(world)
    if air.is_free:
        return straight_flight(world.scenario)
    if world not in _found:
        _found[world] = _reference(world, air)
    return _found[world].copy()


def _reference(world: World, air: Air) -> Array:
    users = world.scenario.aerial_users
    problems = [problem for index, user in enumerate(users) for problem in _hopeless(world, air, index, user)]
    if problems:
        raise ScenarioError(problems)
    ways = [_Ways(world, air, index) for index in range(len(users))]
    problems = [_barred(world, way.user) for way in ways if way.shortest is None]
    if problems:
        raise ScenarioError(problems)
    alone = np.stack([way.shortest for way in ways if way.shortest is not None], axis=1)
    return economical(air, world.scenario, _apart(world, air, ways, alone))


def _hopeless(world: World, air: Air, index: int, user: AerialUser) -> Iterator[Problem]:
    """Find ends of a mission that stand in an obstacle, and budgets below what the most economical flight takes."""
    for end, point in (("start", user.start), ("destination", user.destination)):
        at = np.array(point.position_m)
        if not air.are_clear(at[None], at[None])[0]:
            assert air.obstacles is not None
            names = [air.obstacles.name(one) for one in air.obstacles.met(at, at)[:MOST_NAMED]]
            near = " and ".join(names) or "an obstacle"
            clearance = air.obstacles.clearance_m
            allowed = f"{clearance:g} m of clearance are asked for" if clearance else "nobody flies there"
            where = f"The {end} of aerial user '{user.id}'"
            yield Problem(where, f"too near to {near}", allowed, f"move or raise the {end}", user.id)
    least_j = least_energy_j(user, world.scenario.time)
    if user.energy_budget_kj is not None and 1e3 * user.energy_budget_kj < least_j:
        least_kj = math.ceil(least_j / 10.0) / 100.0  # to be enough when it is entered
        yield Problem(
            f"The energy budget of aerial user '{user.id}'",
            f"{user.energy_budget_kj:g} kJ",
            f"even the most economical flight of {world.scenario.time.duration_s:g} s takes {least_kj:g} kJ",
            "raise it, shorten the time window or bring the destination nearer",
            user.id,
        )


def _barred(world: World, user: AerialUser) -> Problem:
    obstacles = world.obstacles
    assert obstacles is not None
    met = obstacles.met(*positions_m((user.start, user.destination)))
    names = [obstacles.name(index) for index in met[:MOST_NAMED]]
    more = f" and {len(met) - MOST_NAMED} more" if len(met) > MOST_NAMED else ""
    return Problem(
        f"The mission of aerial user '{user.id}'",
        f"barred by {', '.join(names) or 'obstacles'}{more}",
        f"no way past them was found that fits its heights, its speeds and {world.scenario.time.duration_s:g} s",
        "move an end, raise its highest height or its speeds, or lengthen the time window",
        user.id,
    )


class _Ways:
    """The ways that one aerial user may fly, the shortest first."""

    def __init__(self, world: World, air: Air, index: int):
        self.world, self.air, self.index = world, air, index
        self.user = world.scenario.aerial_users[index]
        self.line = straight_lines(world.scenario)[:, index]
        self.pace = Pace.of(self.user, world.scenario.time.slot_s)
        self.points: Array = self.line[[0, -1]]
        self.shortest = self._shortest()

    def _shortest(self) -> Array | None:
        if self.air.is_clear(self.line):
            return self.line
        assert self.air.obstacles is not None
        found = list[Array]()
        points = way_around(self.world.scenario, self.user, self.air.obstacles)
        around = None if points is None else flown(points, self.world.slots, self.pace)
        if points is not None and around is not None:
            self.points = points
            found.append(around)
        over = height_detours(self.line, self.user, self.world.scenario.time.slot_s)
        found += itertools.islice((way for way in over if self.air.is_clear(way)), 1)
        found = [way for way in found if self.air.is_clear(way)]
        if not found:
            return self._through_grid()
        return min(found, key=_length_m)

    def _through_grid(self) -> Array | None:
        """Return a way through the planning grid, pulled straight as far as it goes: where all else has failed."""
        assert self.air.obstacles is not None
        grid, user = make_grid(self.world, self.user), self.user
        start, end = positions_m((user.start, user.destination))
        worth = np.zeros((len(grid.stage_s) - 1, len(grid.points_m())))
        speeds = user.max_speed_m_s, user.max_vertical_speed_m_s
        moves = ClearMoves(grid, self.air.obstacles)
        try:
            path = plan_path(grid, worth, start, end, *speeds, STEADY_WEIGHT, None, moves)
        except NoPathError:
            return None
        self.points = pulled(path, self.air.obstacles)
        for points in (self.points, path):
            way = flown(points, self.world.slots, self.pace)
            if way is not None and self.air.is_clear(way):
                return way
        return None

    def others(self) -> Iterator[Array]:
        """Yield more ways (slots + 1, 3): the shortest at other times and heights, bows beside the straight line."""
        assert self.shortest is not None
        scenario = self.world.scenario
        slots = self.world.slots
        for share, sign in itertools.product(PAUSES[1:], (1, -1)):
            way = flown(self.points, slots, self.pace, sign * round(share * slots))
            if way is not None:
                yield way
        yield from height_detours(self.shortest, self.user, scenario.time.slot_s)
        separation = float(self.air.needed_m[self.index].max())
        yield from level_detours(self.line, self.user, scenario, separation)


def _apart(world: World, air: Air, ways: list[_Ways], alone: Array) -> Array:
    """Return a flight in which all keep apart, as near to the shortest ways as turns and detours bring it."""
    for order in turns(alone, world.scenario):
        flight = _in_turn(air, ways, alone, order)
        if flight is not None:
            return flight
    pushed = pushed_apart(alone, world.scenario, whole=air.whole)
    is_clear = pushed is not None and all(air.is_clear(pushed[:, index]) for index in range(len(ways)))
    return pushed if pushed is not None and is_clear else alone


def _in_turn(air: Air, ways: list[_Ways], alone: Array, order: tuple[int, ...]) -> Array | None:
    flight = alone.copy()
    for place, index in enumerate(order):
        before = list(order[:place])
        needed = air.needed_m[index, before]
        tried = itertools.chain([alone[:, index]], ways[index].others())
        fits = (way for way in tried if air.keeps_away(way, flight[:, before], needed) and air.is_clear(way))
        way = next(fits, None)
        if way is None:
            return None
        flight[:, index] = way
    return flight


def _length_m(way: Array) -> float:
    return float(np.linalg.norm(np.diff(way, axis=0), axis=1).sum())
