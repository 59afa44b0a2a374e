"""Planning all aerial users one after another on a grid over the area."""

from __future__ import annotations

from collections import OrderedDict
from itertools import islice, permutations

import numpy as np
from numpy.typing import NDArray

from itnt_core.deadline import Check, no_limit
from itnt_core.network import Decision, World
from itnt_core.scenario import AerialUser, positions_m
from itnt_core.sinr import sinr_of, spectral_efficiency

from .dp import NoPathError, PlanningGrid, plan_path
from .grids import make_grid
from .links import AerialLinks, Array, aerial_links

MAX_ORDERS = 6  # in which aerial users are planned one after another: all for three users
# Between the ends of a stage two users may drift towards each other by up to half a stage.
DRIFT = 1.5
MAX_KEPT_BYTES = 256_000_000  # of gains, beside the newest; without them a grid's gains are computed again
GAINS_AT_ONCE = 2_000_000  # points times GBSs of one call of the channel, which needs some ten arrays of that size


class FlightPlanner:
    """Plans flights by dynamic programming; keeps the gains of its grid between calls.

    The grid is coarse (see :func:`make_grid`), since a polish with the exact channel follows. Satellite gains are taken
    at the current path, since they hardly change over the area. ``energy_weight`` is in bit/s/Hz-slots per joule.
    """

    def __init__(self, world: World, energy_weight: float = 0.0, check: Check = no_limit):
        self.world = world
        self.check = check  # called before every step of a plan, and may end it
        self.energy_weight = energy_weight
        self._gains: OrderedDict[tuple[bytes, ...], Array] = OrderedDict()  # by the nodes themselves, oldest first

    def plan(self, decision: Decision, weight: Array | None = None) -> Array:
        """Return a flight (slots + 1, I, 3) in metres for the decision's links; users without a path keep theirs.

        ``weight`` (users,) is what a Mbit of each user is worth, 1 by default. A flight that brings two users closer
        than allowed where the decision's own does not is never returned.
        """
        count = self.world.aerial_count
        links = [aerial_links(self.world, decision, index, weight) for index in range(count)]
        best, best_worth = decision.positions_m, -np.inf
        for order in islice(permutations(range(count)), MAX_ORDERS):
            flight, worth, conflicts = self._plan_in_order(decision, links, order)
            if worth > best_worth and not (conflicts and self._crowds(flight, decision.positions_m)):
                best, best_worth = flight, worth
            if not conflicts:
                break  # nobody was in another's way, so every order gives the same
        return best

    def _plan_in_order(
        self, decision: Decision, links: list[AerialLinks], order: tuple[int, ...]
    ) -> tuple[Array, float, bool]:
        flight, total, conflicts = decision.positions_m.copy(), 0.0, False
        planned: list[int] = []
        for index in order:
            self.check()
            user = self.world.scenario.aerial_users[index]
            grid, gains = self._grid(user)
            worth = self._worth(grid, gains, links[index], decision.positions_m[:, index])
            try:
                path = self._path(grid, worth, user, None)
                if self._too_close(path, flight, planned, user):
                    conflicts = True
                    path = self._path(grid, worth, user, self._blocked(grid, flight, planned, user))
                    if self._too_close(path, flight, planned, user):
                        raise NoPathError("Two aerial users still come too close between the ends of a stage.")
                flight[:, index] = path
                total += self._collected(grid, worth, path)
            except NoPathError:
                conflicts = True
            planned.append(index)
        return flight, total, conflicts

    def _too_close(self, path: Array, flight: Array, planned: list[int], user: AerialUser) -> bool:
        users = self.world.scenario.aerial_users
        return any(
            bool((np.linalg.norm(path - flight[:, other], axis=1) < self._needed(user, users[other])).any())
            for other in planned
        )

    def _crowds(self, flight: Array, before: Array) -> bool:
        """Say whether a flight brings two users closer than allowed who keep apart on the flight before."""
        users = self.world.scenario.aerial_users
        return any(
            self._too_close(flight[:, index], flight, list(range(index)), user)
            and not self._too_close(before[:, index], before, list(range(index)), user)
            for index, user in enumerate(users)
        )

    @staticmethod
    def _needed(first: AerialUser, second: AerialUser) -> float:
        return max(first.min_separation_m, second.min_separation_m)

    def _path(self, grid: PlanningGrid, worth: Array, user: AerialUser, blocked: NDArray[np.bool_] | None) -> Array:
        start, destination = positions_m((user.start, user.destination))
        speeds = user.max_speed_m_s, user.max_vertical_speed_m_s
        path = plan_path(grid, worth, start, destination, *speeds, self.energy_weight, blocked)
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
        key = tuple(axis.tobytes() for axis in (grid.east_m, grid.north_m, grid.height_m))
        if key not in self._gains:
            self._gains[key] = _gbs_gains(self.world, grid.points_m())
        self._gains.move_to_end(key)
        while len(self._gains) > 1 and sum(gains.nbytes for gains in self._gains.values()) > MAX_KEPT_BYTES:
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
        nodes = grid.points_m()
        ends = np.cumsum(np.round(grid.stage_s / self.world.scenario.time.slot_s).astype(int))[:-1]
        blocked = np.zeros((len(ends), len(nodes)), dtype=bool)
        for other in planned:
            needed = self._needed(user, self.world.scenario.aerial_users[other])
            margin = needed * DRIFT
            for stage, end in enumerate(ends):
                blocked[stage] |= ((nodes - flight[end, other]) ** 2).sum(axis=1) < margin**2
        return blocked


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
