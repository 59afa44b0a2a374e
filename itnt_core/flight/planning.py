"""Planning all aerial users one after another on a grid over the area."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import islice, permutations
from threading import Lock
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from itnt_core.cores import shared_out
from itnt_core.deadline import Check, no_limit
from itnt_core.network import Decision, World
from itnt_core.scenario import AerialUser, positions_m
from itnt_core.sinr import sinr_of, spectral_efficiency

from .air import Air
from .budget import within_budget
from .dp import NoPathError, PlanningGrid, plan_path
from .edges import ClearMoves
from .grids import make_grid
from .links import AerialLinks, Array, aerial_links

MAX_ORDERS = 6  # in which aerial users are planned one after another: all for three users
MOST_PATHS = 36  # over all orders, the first one apart: more users are planned in fewer orders
# Between the ends of a stage two users may drift towards each other by up to half a stage.
DRIFT = 1.5
MAX_KEPT_BYTES = 256_000_000  # of gains, beside the newest; without them a grid's gains are computed again
MOST_MOVES = 4  # grids whose clear moves are kept: up to some 6 MB each
MOST_WORTH_BYTES = 128_000_000  # of nodes' worth kept while a flight is planned; what is beyond is computed again
GAINS_AT_ONCE = 2_000_000  # points times GBSs of one call of the channel, which needs some ten arrays of that size

Item = TypeVar("Item")
Found = TypeVar("Found")


@dataclass(frozen=True, eq=False)
class FlightCase:
    """One of several worlds that a flight is planned for, with the links that users have there and what it counts."""

    planner: FlightPlanner  # of this world
    decision: Decision
    weight: float  # all of them together are 1


@dataclass(frozen=True, eq=False)
class _Unhindered:
    """A user's best path with nobody in its way, None where there is none, and what it collects."""

    grid: PlanningGrid
    worth: Callable[[], Array]  # (stages - 1, nodes)
    path: Array | None  # (slots + 1, 3)
    collected: float


class _Planned(NamedTuple):
    """A flight (slots + 1, I, 3) planned in one order, what it collects, and whether anybody was in another's way."""

    flight: Array
    worth: float
    conflicts: bool


class FlightPlanner:
    """Plans flights by dynamic programming; keeps the gains of its grid between calls.

    The grid is coarse (see :func:`make_grid`), since a polish with the exact channel follows. Satellite gains are taken
    at the current path, since they hardly change over the area. ``energy_weight`` is in bit/s/Hz-slots per joule.
    """

    def __init__(
        self, world: World, energy_weight: float = 0.0, check: Check = no_limit, kept_bytes: int = MAX_KEPT_BYTES
    ):
        self.world = world
        self.kept_bytes = kept_bytes
        self.check = check  # called before every step of a plan, and may end it
        self.energy_weight = energy_weight
        self.air = Air.of(world)
        self._gains: OrderedDict[tuple[bytes, ...], Array] = OrderedDict()  # by the nodes themselves, oldest first
        self._moves: dict[tuple[bytes, ...], ClearMoves] = {}

    def plan(self, decision: Decision, cases: Sequence[FlightCase] = (), weight: Array | None = None) -> Array:
        """Return a flight (slots + 1, I, 3) in metres for the decision's links; users without a path keep theirs.

        ``weight`` (users,) is what a Mbit of each user is worth, 1 by default. With ``cases`` it is planned for what
        those worlds bring together, by their weights, around the decision's way. A flight that brings two users closer
        than allowed where the decision's own does not is never returned. Moves that meet an obstacle are left out; a
        user with an energy budget flies at about the least price of energy at which its path keeps it.
        """
        count = self.world.aerial_count
        together = cases or (FlightCase(self, decision, 1.0),)
        links = [
            [aerial_links(case.planner.world, case.decision, index, weight) for case in together]
            for index in range(count)
        ]
        unhindered = self._unhindered(decision, together, links)
        orders = max(1, min(MAX_ORDERS, MOST_PATHS // max(1, count)))
        first, *others = islice(permutations(range(count)), orders)
        found = [self._plan_in_order(decision, unhindered, first)]
        if found[0].conflicts:  # else nobody was in another's way, so every order gives the same
            found += self._spread(lambda order: self._plan_in_order(decision, unhindered, order), others)
        best, best_worth = decision.positions_m, -np.inf
        for planned in found:
            crowds = planned.conflicts and self._crowds(planned.flight, decision.positions_m)
            if planned.worth > best_worth and not crowds:
                best, best_worth = planned.flight, planned.worth
        return best

    def _spread(self, work: Callable[[Item], Found], items: Sequence[Item]) -> list[Found]:
        """Return what work returns for each item, over the cores where nothing is kept between two of them."""
        if self.air.obstacles is None:
            return shared_out(work, items, self.check)
        return [work(item) for item in items]  # the clear moves of a grid are found as they are asked for

    def _unhindered(
        self, decision: Decision, cases: Sequence[FlightCase], links: list[list[AerialLinks]]
    ) -> list[_Unhindered]:
        """Return every user's best path with nobody in its way: the same in every order."""
        lock, at_hand = Lock(), MOST_WORTH_BYTES / max(1, len(links))

        def worth_of(index: int) -> Array:
            with lock:  # gains are kept from grid to grid
                return _shared_worth(cases, grids[index], users[index], links[index], decision.positions_m[:, index])

        def planned(index: int) -> _Unhindered:
            worth = worth_of(index)
            try:
                path = self._path(grids[index], worth, index, None)
            except NoPathError:
                return _Unhindered(grids[index], partial(worth_of, index), None, 0.0)
            collected = self._collected(grids[index], worth, path)
            again = (lambda: worth) if worth.nbytes <= at_hand else partial(worth_of, index)
            return _Unhindered(grids[index], again, path, collected)

        users = self.world.scenario.aerial_users
        grids = [make_grid(self.world, user) for user in users]
        return self._spread(planned, range(len(links)))

    def _plan_in_order(self, decision: Decision, unhindered: Sequence[_Unhindered], order: tuple[int, ...]) -> _Planned:
        flight, total, conflicts = decision.positions_m.copy(), 0.0, False
        planned: list[int] = []
        for index in order:
            self.check()
            alone = unhindered[index]
            if alone.path is None:
                conflicts = True
            elif not self._too_close(alone.path, flight, planned, index):
                flight[:, index] = alone.path
                total += alone.collected
            else:
                conflicts = True
                with suppress(NoPathError):
                    flight[:, index], collected = self._evading(alone, flight, planned, index)
                    total += collected
            planned.append(index)
        return _Planned(flight, total, conflicts)

    def _evading(self, alone: _Unhindered, flight: Array, planned: list[int], index: int) -> tuple[Array, float]:
        """Return the best path that keeps away from users that are planned, and what it collects (NoPathError)."""
        worth, user = alone.worth(), self.world.scenario.aerial_users[index]
        path = self._path(alone.grid, worth, index, self._blocked(alone.grid, flight, planned, user))
        if self._too_close(path, flight, planned, index):
            raise NoPathError("Two aerial users still come too close between the ends of a stage.")
        return path, self._collected(alone.grid, worth, path)

    def _too_close(self, path: Array, flight: Array, planned: list[int], index: int) -> bool:
        return not self.air.keeps_away(path, flight[:, planned], self.air.needed_m[index, planned])

    def _crowds(self, flight: Array, before: Array) -> bool:
        """Say whether a flight brings two users closer than allowed who keep apart on the flight before."""
        return any(
            self._too_close(flight[:, index], flight, list(range(index)), index)
            and not self._too_close(before[:, index], before, list(range(index)), index)
            for index in range(self.world.aerial_count)
        )

    def _path(self, grid: PlanningGrid, worth: Array, index: int, blocked: NDArray[np.bool_] | None) -> Array:
        user = self.world.scenario.aerial_users[index]
        start, destination = positions_m((user.start, user.destination))
        speeds, moves = (user.max_speed_m_s, user.max_vertical_speed_m_s), self._clear_moves(grid)

        def planned(weight: float) -> Array:
            self.check()
            path = plan_path(grid, worth, start, destination, *speeds, weight, blocked, moves)
            return self._filled(grid, path)

        budget_j = self.air.budget_j[index]
        found = within_budget(planned, self.energy_weight, lambda way: self.air.energy_j(way) - budget_j)
        if self.air.obstacles and not self.air.is_clear(found):
            raise NoPathError("The path over one stage alone meets an obstacle.")
        return found

    def _clear_moves(self, grid: PlanningGrid) -> ClearMoves | None:
        """Return what says which moves over a grid are clear, asked once a grid; None while the air is free."""
        if self.air.obstacles is None:
            return None
        key = _key(grid)
        if key not in self._moves:
            if len(self._moves) >= MOST_MOVES:
                self._moves.clear()
            self._moves[key] = ClearMoves(grid, self.air.obstacles, self.check)
        return self._moves[key]

    def _filled(self, grid: PlanningGrid, path: Array) -> Array:
        """Return the waypoints (slots + 1, 3) of a path over the stages of a grid."""
        at = np.concatenate([[0.0], np.cumsum(grid.stage_s)])
        times = self.world.scenario.time.slot_s * np.arange(self.world.slots + 1)
        filled = np.stack([np.interp(times, at, path[:, axis]) for axis in range(3)], axis=1)
        filled[0], filled[-1] = path[0], path[-1]
        return filled

    def _collected(self, grid: PlanningGrid, worth: Array, path: Array) -> float:
        """Return the worth a filled path collects at the nearest nodes, to compare planning orders."""
        ends = np.cumsum(np.round(grid.stage_s / self.world.scenario.time.slot_s).astype(int))[:-1]
        index = [
            np.abs(axis[None, :] - path[ends, n][:, None]).argmin(axis=1)
            for n, axis in enumerate((grid.east_m, grid.north_m, grid.height_m))
        ]
        flat = np.ravel_multi_index(tuple(index), grid.shape)
        return float(worth[np.arange(len(ends)), flat].sum())

    def _grid(self, user: AerialUser) -> tuple[PlanningGrid, Array]:
        """Return the grid for a user's limits and the GBS gains (nodes, GBSs) on it."""
        grid = make_grid(self.world, user)
        key = _key(grid)
        if key not in self._gains:
            self._gains[key] = _gbs_gains(self.world, grid.points_m())
        self._gains.move_to_end(key)
        while len(self._gains) > 1 and sum(gains.nbytes for gains in self._gains.values()) > self.kept_bytes:
            self._gains.popitem(last=False)
        return grid, self._gains[key]

    def _worth(self, grid: PlanningGrid, gains: Array, links: AerialLinks, path: Array) -> Array:
        """Return the worth (stages - 1, nodes) of being at a node at the end of a stage, over the stage's slots."""
        world = self.world
        leo = world.gains_at(path[1:], np.arange(world.slots), aerial=True)[:, world.gbs_count :]  # (slots, satellites)
        lengths = np.round(grid.stage_s / world.scenario.time.slot_s).astype(int)
        ends = np.cumsum(lengths) - 1  # index of the slot a stage ends with
        worth = np.empty((len(lengths) - 1, len(gains)))
        for stage in range(len(lengths) - 1):
            self.check()
            slot = int(ends[stage])
            worth[stage] = lengths[stage] * _node_worth(gains, leo[slot], links, slot, world.gbs_count)
        return worth

    def _blocked(self, grid: PlanningGrid, flight: Array, planned: list[int], user: AerialUser) -> NDArray[np.bool_]:
        """Say which nodes come too close to planned users at the end of a stage (stages - 1, nodes)."""
        ends = np.cumsum(np.round(grid.stage_s / self.world.scenario.time.slot_s).astype(int))[:-1]
        blocked = np.zeros((len(ends), *grid.shape), dtype=bool)
        axes = (grid.east_m, grid.north_m, grid.height_m)
        for other in planned:
            margin = DRIFT * max(user.min_separation_m, self.world.scenario.aerial_users[other].min_separation_m)
            for stage, end in enumerate(ends):
                away = [axis - at for axis, at in zip(axes, flight[end, other], strict=True)]
                near = np.ix_(*(np.nonzero(np.abs(one) < margin)[0] for one in away))  # no node beyond is too close
                east, north, height = (one[index] ** 2 for one, index in zip(away, near, strict=True))
                blocked[stage][near] |= east + north + height < margin**2
        return blocked.reshape(len(ends), -1)


def _shared_worth(
    cases: Sequence[FlightCase], grid: PlanningGrid, user: AerialUser, links: list[AerialLinks], path: Array
) -> Array:
    """Return the worth (stages - 1, nodes) of a grid over all cases; grids are the same in all their worlds."""
    parts = [
        case.weight * case.planner._worth(grid, case.planner._grid(user)[1], own, path)
        for case, own in zip(cases, links, strict=True)
    ]
    worth = parts[0]
    for part in parts[1:]:
        worth += part
    return worth


def _key(grid: PlanningGrid) -> tuple[bytes, ...]:
    return tuple(axis.tobytes() for axis in (grid.east_m, grid.north_m, grid.height_m))


def _gbs_gains(world: World, points_m: Array) -> Array:
    """Return the GBS gains (points, GBSs) of an aerial user, some points at a time, so that memory stays bounded."""
    at_once = max(1, GAINS_AT_ONCE // max(1, world.gbs_count))
    parts = [
        world.channel.gbs_gain(points_m[first : first + at_once], aerial=True)
        for first in range(0, len(points_m), at_once)
    ]
    return np.concatenate(parts)


def _node_worth(gains: Array, leo: Array, links: AerialLinks, slot: int, gbs: int) -> Array:
    """Return the worth (nodes,) of one slot: GBS gains by node, satellite gains the same everywhere."""
    signal = gains @ links.signal_w[slot, :gbs] + leo @ links.signal_w[slot, gbs:]
    heard = gains @ links.interfering_w[slot, :gbs] + leo @ links.interfering_w[slot, gbs:]
    return links.worth(spectral_efficiency(sinr_of(signal, heard, links.noise_w), None))
