"""Planning all aerial users one after another on a grid over the area."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, permutations

import numpy as np
from numpy.typing import NDArray

from itnt_core.network import Decision, World
from itnt_core.scenario import AerialUser

from .dp import NoPathError, PlanningGrid, plan_path
from .links import AerialLinks, Array, aerial_links

MAX_NODES = 12_000
MAX_ORDERS = 6


class FlightPlanner:
    """Plans flights by dynamic programming; keeps the gains of its grid between calls.

    The grid covers the area at a spacing that keeps it below 12,000 nodes, three slots a stage: coarse, since a polish
    with the exact channel follows. Satellite gains are taken at the current path, since they hardly change over the
    area. ``energy_weight`` is in bit/s/Hz-slots per joule.
    """

    def __init__(self, world: World, energy_weight: float = 0.0, stage_slots: int = 3):
        self.world = world
        self.energy_weight = energy_weight
        self.stage_slots = stage_slots
        self._gains: dict[tuple[float, float, float], tuple[PlanningGrid, Array]] = {}

    def plan(self, decision: Decision) -> Array:
        """Return a flight (slots + 1, I, 3) for the decision's links; users without a path keep theirs."""
        count = self.world.aerial_count
        links = [aerial_links(self.world, decision, index) for index in range(count)]
        best, best_worth = decision.positions_m, -np.inf
        for order in islice(permutations(range(count)), MAX_ORDERS):
            flight, worth, conflicts = self._plan_in_order(decision, links, order)
            if worth > best_worth:
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
            user = self.world.scenario.aerial_users[index]
            grid, gains = self._grid(user)
            worth = self._worth(grid, gains, links[index], decision.positions_m[:, index])
            try:
                path = self._path(grid, worth, user, None)
                if self._too_close(path, flight, planned, user):
                    conflicts = True
                    path = self._path(grid, worth, user, self._blocked(grid, flight, planned, user))
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

    @staticmethod
    def _needed(first: AerialUser, second: AerialUser) -> float:
        return max(first.min_separation_m, second.min_separation_m)

    def _path(self, grid: PlanningGrid, worth: Array, user: AerialUser, blocked: NDArray[np.bool_] | None) -> Array:
        start, destination = (np.array([p.east_m, p.north_m, p.height_m]) for p in (user.start, user.destination))
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
        """Return the grid for a user's height limits and the GBS gains (nodes, GBSs) on it."""
        key = (user.min_height_m, user.max_height_m, user.max_vertical_speed_m_s)
        if key not in self._gains:
            grid = make_grid(self.world, user, self.stage_slots)
            self._gains[key] = (grid, self.world.channel.gbs_gain(grid.points_m(), aerial=True))
        return self._gains[key]

    def _worth(self, grid: PlanningGrid, gains: Array, links: AerialLinks, path: Array) -> Array:
        """Return the worth (stages - 1, nodes) of being at a node at the end of a stage, over the stage's slots."""
        world = self.world
        leo = world.channel.leo_gain(path[1:], world.sky.serving_position_m, aerial=True)  # (slots, satellites)
        lengths = np.round(grid.stage_s / world.scenario.time.slot_s).astype(int)
        ends = np.cumsum(lengths) - 1  # index of the slot a stage ends with
        worth = np.empty((len(lengths) - 1, len(gains)))
        for stage in range(len(lengths) - 1):
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
            # Between the ends of a stage both may drift towards each other by up to half a stage.
            margin = needed * (1.0 if self.stage_slots == 1 else 1.5)
            for stage, end in enumerate(ends):
                blocked[stage] |= ((nodes - flight[end, other]) ** 2).sum(axis=1) < margin**2
        return blocked


def _node_worth(gains: Array, leo: Array, links: AerialLinks, slot: int, gbs: int) -> Array:
    """Return the worth (nodes,) of one slot: GBS gains by node, satellite gains the same everywhere."""
    signal = gains @ links.signal_w[slot, :gbs] + leo @ links.signal_w[slot, gbs:]
    heard = gains @ links.interfering_w[slot, :gbs] + leo @ links.interfering_w[slot, gbs:]
    return links.worth(np.log2(1.0 + signal / (heard + links.noise_w)))


def make_grid(world: World, user: AerialUser, stage_slots: int) -> PlanningGrid:
    """Return a grid over the area for a user's limits: one climb a stage high, at most 12,000 nodes."""
    slot_s = world.scenario.time.slot_s
    lengths = list(_stage_lengths(world.slots, stage_slots))
    climb = max(user.max_vertical_speed_m_s * slot_s * stage_slots, 1.0)
    levels = max(1, int((user.max_height_m - user.min_height_m) // climb) + 1)
    levels = min(levels, 30)
    heights = user.min_height_m + climb * np.arange(levels)
    size = world.scenario.area.size_m
    # a node must be reachable from its neighbours within a stage
    spacing = max(size / (np.sqrt(MAX_NODES / levels) - 1.0), 10.0)
    spacing = min(spacing, user.max_speed_m_s * slot_s * stage_slots / 2.0)
    count = int(np.ceil(size / spacing)) + 1
    axis = np.linspace(-size / 2, size / 2, count)
    stage_s = np.array(lengths, dtype=np.float64) * slot_s
    return PlanningGrid(axis, axis.copy(), np.asarray(heights, dtype=np.float64), stage_s)


def _stage_lengths(slots: int, stage_slots: int) -> Iterator[int]:
    left = slots
    while left > 0:
        yield min(stage_slots, left)
        left -= stage_slots
