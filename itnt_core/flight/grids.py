"""The grid that a flight is planned on: within its limits of memory and work, and never too coarse to move on."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from itnt_core.network import World
from itnt_core.scenario import AerialUser

from .dp import PlanningGrid

STAGE_SLOTS = 3  # of a usual stage
WANTED_NODES = 12_000  # what the spacing of the usual grid aims at; whole cells may take a few more
MAX_NODES = 13_000  # of one stage's grid; see WANTED_NODES
MAX_STATES = 4_000_000  # nodes times stages: the planner keeps about 20 bytes of each
MAX_MOVES = 200_000_000  # tried along all stages of one path: about a second
MAX_LEVELS = 30  # heights of a grid
FINEST_M, LEAST_CLIMB_M = 10.0, 1.0  # finer than this no grid need be, unless the user is that slow
COARSER = 1.2  # factor from one try to the next
NO_WAY_M = 1e-6


def make_grid(world: World, user: AerialUser) -> PlanningGrid:
    """Return the grid to plan a user's flight on: at most 13,000 nodes, and 4 million nodes times stages.

    The usual grid spans the whole area, three slots a stage, one climb of a stage between heights. A user that is too
    slow for it, or slots too short or too many, get a grid over the places that the user can reach within the time
    window, and stages as long as it takes until a node's neighbours lie within a stage's reach. Where that leaves one
    stage only, the path is the straight one.
    """
    usual = _usual_layout(world, user)
    slot_s = world.scenario.time.slot_s
    layout = usual if usual is not None and usual.fits(user, slot_s) else _confined_layout(world, user)
    stage_s = np.array(layout.lengths, dtype=np.float64) * slot_s
    return PlanningGrid(layout.east.nodes_m(), layout.north.nodes_m(), layout.height.nodes_m(), stage_s)


@dataclass(frozen=True)
class _Axis:
    """Evenly spaced nodes, known before any array is made."""

    low_m: float
    high_m: float
    count: int

    @classmethod
    def at(cls, place_m: float) -> _Axis:
        """Return an axis of one node."""
        return cls(place_m, place_m, 1)

    @classmethod
    def spaced(cls, low_m: float, high_m: float, most_m: float) -> _Axis:
        """Return an axis whose nodes lie at most so far apart; one node in the middle where there is no way to go."""
        if high_m - low_m <= NO_WAY_M:
            return cls.at((low_m + high_m) / 2)
        return cls(low_m, high_m, math.ceil((high_m - low_m) / most_m) + 1)

    def nodes_m(self) -> NDArray[np.float64]:
        """Return the places (count,) of the nodes in metres."""
        return np.linspace(self.low_m, self.high_m, self.count)

    def steps_within(self, reach_m: float) -> int:
        """Return how many nodes away a move of this length ends at most."""
        if self.count == 1:
            return 0
        return min(int(reach_m / (self.high_m - self.low_m) * (self.count - 1)), self.count - 1)


@dataclass(frozen=True)
class _Layout:
    """The sizes of a grid and the slots of each stage."""

    east: _Axis
    north: _Axis
    height: _Axis
    lengths: tuple[int, ...]

    def fits(self, user: AerialUser, slot_s: float) -> bool:
        """Say whether planning on this grid stays within the limits of memory and work."""
        nodes = self.east.count * self.north.count * self.height.count
        stage_s = max(self.lengths) * slot_s
        across, up = user.max_speed_m_s * stage_s, user.max_vertical_speed_m_s * stage_s
        moves = math.prod(
            2 * axis.steps_within(reach) + 1
            for axis, reach in ((self.east, across), (self.north, across), (self.height, up))
        )
        states = nodes * len(self.lengths)
        return nodes <= MAX_NODES and states <= MAX_STATES and states * moves <= MAX_MOVES


def _usual_layout(world: World, user: AerialUser) -> _Layout | None:
    """Return the grid over the whole area, None where a user is too slow for it, up or across."""
    lengths, size_m = _stage_lengths(world.slots, STAGE_SLOTS), world.scenario.area.size_m
    stage_s = max(lengths) * world.scenario.time.slot_s
    climb_m = user.max_vertical_speed_m_s * stage_s
    if climb_m < LEAST_CLIMB_M:
        return None
    levels = int((user.max_height_m - user.min_height_m) // climb_m) + 1
    if levels > MAX_LEVELS:
        return None
    spacing_m = max(size_m / (math.sqrt(WANTED_NODES / levels) - 1.0), FINEST_M)
    # a node must be reachable from its neighbours within a stage
    spacing_m = min(spacing_m, user.max_speed_m_s * stage_s / 2.0)
    if spacing_m * MAX_NODES < size_m:
        return None
    flat = _Axis(-size_m / 2, size_m / 2, math.ceil(size_m / spacing_m) + 1)
    height = _Axis(user.min_height_m, user.min_height_m + climb_m * (levels - 1), levels)
    return _Layout(flat, flat, height, lengths)


def _confined_layout(world: World, user: AerialUser) -> _Layout:
    """Return the grid over what the user can reach, with the shortest stages that keep it within the limits."""
    slots, slot_s = world.slots, world.scenario.time.slot_s
    east, north = _reachable_plan(user, slots * slot_s, world.scenario.area.size_m / 2)
    low_m, high_m = _reachable_heights(user, slots * slot_s)
    stage_slots = STAGE_SLOTS
    while stage_slots < slots:
        lengths = _stage_lengths(slots, stage_slots)
        least_s = min(lengths) * slot_s
        climb_m = user.max_vertical_speed_m_s * least_s
        if high_m - low_m <= NO_WAY_M or high_m - low_m <= climb_m * (MAX_LEVELS - 1):
            height = _Axis.spaced(low_m, high_m, climb_m)
            coarsest_m = user.max_speed_m_s * least_s / 2.0
            budget = min(MAX_NODES, MAX_STATES // len(lengths)) / height.count
            spacing_m = max(math.sqrt((east[1] - east[0]) * (north[1] - north[0]) / budget), FINEST_M)
            while True:
                spacing_m = min(spacing_m, coarsest_m)
                layout = _Layout(_Axis.spaced(*east, spacing_m), _Axis.spaced(*north, spacing_m), height, lengths)
                if layout.fits(user, slot_s):
                    return layout
                if spacing_m == coarsest_m:
                    break
                spacing_m *= COARSER
        stage_slots += max(1, stage_slots // 20)
    return _Layout(_Axis.at(sum(east) / 2), _Axis.at(sum(north) / 2), _Axis.at((low_m + high_m) / 2), (slots,))


def _reachable_plan(
    user: AerialUser, window_s: float, half_m: float
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the least and greatest east and north that a user can touch on its way, within the area.

    All such places lie in an ellipse: the start and the destination are its foci, the longest possible way is the sum
    of the distances to them.
    """
    start, end = user.start, user.destination
    east_m, north_m = end.east_m - start.east_m, end.north_m - start.north_m
    apart_m = math.hypot(east_m, north_m)
    along_m = user.max_speed_m_s * window_s / 2
    across_m = math.sqrt(max(along_m**2 - (apart_m / 2) ** 2, 0.0))
    along_east, along_north = (east_m / apart_m, north_m / apart_m) if apart_m > 0.0 else (1.0, 0.0)

    def span(middle_m: float, share: float, other: float) -> tuple[float, float]:
        reach_m = math.hypot(along_m * share, across_m * other)
        return max(middle_m - reach_m, -half_m), min(middle_m + reach_m, half_m)

    return (
        span((start.east_m + end.east_m) / 2, along_east, along_north),
        span((start.north_m + end.north_m) / 2, along_north, along_east),
    )


def _reachable_heights(user: AerialUser, window_s: float) -> tuple[float, float]:
    """Return the least and greatest height that a user can touch between its start and its destination."""
    first_m, last_m = user.start.height_m, user.destination.height_m
    middle_m = (first_m + last_m) / 2
    climb_m = max(user.max_vertical_speed_m_s * window_s, abs(first_m - last_m)) / 2
    return max(user.min_height_m, middle_m - climb_m), min(user.max_height_m, middle_m + climb_m)


def _stage_lengths(slots: int, stage_slots: int) -> tuple[int, ...]:
    """Return the slots of each stage; a short rest is shared out, so that no stage is less than half as long."""
    whole, rest = divmod(slots, stage_slots)
    if rest == 0 or 2 * rest >= stage_slots:
        return (stage_slots,) * whole + ((rest,) if rest else ())
    ends = np.round(np.linspace(0, slots, whole + 2)).astype(int)
    return tuple(int(length) for length in np.diff(ends))
