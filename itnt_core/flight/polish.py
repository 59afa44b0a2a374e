"""Continuous polish: pattern search on every waypoint with the exact channel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from itnt_core.arrays import Array, BoolArray, IntArray
from itnt_core.deadline import Check, no_limit
from itnt_core.network import Decision, World, least_distance_m, propulsion_power_w

from .air import Air
from .budget import within_budget
from .links import aerial_links
from .planning import FlightCase

STEPS_M = (60.0, 30.0, 15.0, 8.0, 4.0)


def polish_flight(
    world: World,
    decision: Decision,
    energy_weight: float = 0.0,
    sweeps: int = 2,
    check: Check = no_limit,
    cases: Sequence[FlightCase] = (),
    weight: Array | None = None,
) -> Array:
    """Return a flight (slots + 1, I, 3) at least as good as the decision's for its links.

    With ``cases`` it is at least as good for what those worlds bring together, by their weights.

    Each waypoint in turn tries a star of moves and takes the best that keeps all limits towards its neighbours in time
    and towards the other aerial users; even and odd waypoints alternate, so that all of a kind move at once.
    ``energy_weight`` is in bit/s/Hz-slots per joule; ``check`` is called before every sweep and may end the work;
    ``weight`` (users,) is what a Mbit of each user is worth, 1 by default.
    """
    flight, polish = decision.positions_m.copy(), Polish(world, decision, cases, weight, energy_weight)
    for step in STEPS_M if polish.links else ():
        looked_at: dict[tuple[int, int], Array] = {}
        for _ in range(sweeps):
            for parity in (1, 0):
                check()
                polish.move_waypoints(flight, step, parity, looked_at)
    return flight


@dataclass(frozen=True, eq=False)
class _Star:
    """What some waypoints of one user may do: candidates (rows, moves, 3) and which of them are allowed."""

    index: int  # of the user
    rows: IntArray  # of the flight
    candidates: Array
    allowed: BoolArray


class Polish:
    """Moves of waypoints that bring more for the links that users have; ``links`` of the users that have any."""

    def __init__(
        self,
        world: World,
        decision: Decision,
        cases: Sequence[FlightCase],
        weight: Array | None,
        energy_weight: float,
    ):
        self.world, self.air, self.energy_weight = world, Air.of(world), energy_weight
        self.slot_s = world.scenario.time.slot_s
        together = [(case.planner.world, case.weight, case.decision) for case in cases] or [(world, 1.0, decision)]
        every = {
            index: [(there, share, aerial_links(there, own, index, weight)) for there, share, own in together]
            for index in range(world.aerial_count)
        }
        self.links = {index: links for index, links in every.items() if any(own.signal_w.any() for _, _, own in links)}

    def move_waypoints(
        self, flight: Array, step_m: float, parity: int, looked_at: dict[tuple[int, int], Array]
    ) -> None:
        """Move every other waypoint of a flight (slots + 1, I, 3) in place.

        Waypoints near which nothing has moved since the way that was ``looked_at`` with this step, by user and parity,
        are passed over: they found nothing then. The channel is asked once for all users.
        """
        stars = [self._star(flight, index, step_m, parity, looked_at) for index in self.links]
        stars = [star for star in stars if len(star.rows)]
        if stars:
            for star, value in zip(stars, self._values(stars), strict=True):
                self._move(flight, star, value)

    def _star(
        self, flight: Array, index: int, step_m: float, parity: int, looked_at: dict[tuple[int, int], Array]
    ) -> _Star:
        """Return the candidates of a user's waypoints, the destination's left out."""
        way, user = flight[:, index], self.world.scenario.aerial_users[index]
        rows = np.arange(2 - parity, self.world.slots, 2)
        before = looked_at.get((index, parity))
        if before is not None and np.isinf(self.air.budget_j[index]):  # within a budget all waypoints share its price
            moved = (way != before).any(axis=1)
            rows = rows[moved[rows - 1] | moved[rows] | moved[rows + 1]]
        looked_at[index, parity] = way.copy()
        moves = _star_moves(step_m, min(step_m, user.max_vertical_speed_m_s * self.slot_s))
        candidates = way[rows, None, :] + moves[None]
        allowed = self._are_allowed(flight, rows, index, candidates)
        allowed[:, 0] = True
        return _Star(index, rows, candidates, allowed)

    def _move(self, flight: Array, star: _Star, value: Array) -> None:
        """Take the best candidates of a user, of those that others who have moved meanwhile leave."""
        index, rows, candidates = star.index, star.rows, star.candidates
        before, after = flight[rows - 1, index, None, :], flight[rows + 1, index, None, :]
        energy = _move_energy(before, candidates, self.slot_s) + _move_energy(candidates, after, self.slot_s)
        allowed = star.allowed & self._keeps_away(flight, rows, index, candidates)
        allowed[:, 0] = True

        def moved(weight: float) -> Array:
            """Return the flight of the user (slots + 1, 3) with the best moves at a price of energy."""
            worth = np.where(allowed, value - weight * energy, -np.inf)
            chosen = np.where(worth.max(axis=1) > worth[:, 0] + 1e-9, worth.argmax(axis=1), 0)
            way = flight[:, index].copy()
            way[rows] = candidates[np.arange(len(rows)), chosen]
            return way

        budget_j = self.air.budget_j[index]
        flight[:, index] = within_budget(moved, self.energy_weight, lambda way: self.air.energy_j(way) - budget_j)

    def _values(self, stars: list[_Star]) -> list[Array]:
        """Return what the candidates (rows, moves) of each star are worth in all worlds together, 0 where not allowed.

        The channel is asked for those alone that are allowed, in slots in which the user has a link.
        """
        values = [np.zeros(star.allowed.shape) for star in stars]
        for case in range(len(self.links[stars[0].index])):
            own = [self.links[star.index][case] for star in stars]
            world, weight, _ = own[0]
            slots = [star.rows - 1 for star in stars]
            asked = [
                np.nonzero(star.allowed & np.asarray(links.signal_w[slot].any(axis=1))[:, None])
                for star, slot, (_, _, links) in zip(stars, slots, own, strict=True)
            ]
            at = [slot[row] for slot, (row, _) in zip(slots, asked, strict=True)]
            points = [star.candidates[where] for star, where in zip(stars, asked, strict=True)]
            gains = world.gains_at(np.concatenate(points), np.concatenate(at), aerial=True)
            parts = np.split(gains, np.cumsum([len(slot) for slot in at])[:-1])
            for value, where, slot, part, (_, _, links) in zip(values, asked, at, parts, own, strict=True):
                there = links.in_slots(slot)
                value[where] += weight * there.worth(there.efficiency(part))
        return values

    def _are_allowed(self, flight: Array, rows: IntArray, index: int, candidates: Array) -> BoolArray:
        """Say which candidates (rows, moves) keep speed, height, area, separation, and meet no obstacle."""
        user, slot_s = self.world.scenario.aerial_users[index], self.slot_s
        neighbours = flight[rows - 1, index, None, :], flight[rows + 1, index, None, :]
        ok = (candidates[..., 2] >= user.min_height_m) & (candidates[..., 2] <= user.max_height_m)
        ok &= np.abs(candidates[..., :2]).max(axis=-1) <= self.world.scenario.area.size_m / 2
        for neighbour in neighbours:
            delta = np.abs(candidates - neighbour)
            ok &= np.hypot(delta[..., 0], delta[..., 1]) <= user.max_speed_m_s * slot_s
            ok &= delta[..., 2] <= user.max_vertical_speed_m_s * slot_s
        ok &= self._keeps_away(flight, rows, index, candidates)
        for neighbour in neighbours if self.air.obstacles else ():
            at = np.nonzero(ok)
            ok[at] = self.air.are_clear(np.broadcast_to(neighbour, candidates.shape)[at], candidates[at])
        return ok

    def _keeps_away(self, flight: Array, rows: IntArray, index: int, candidates: Array) -> BoolArray:
        """Say which candidates (rows, moves) keep their separation from the other users."""
        others = np.delete(np.arange(self.world.aerial_count), index)
        there = candidates[:, :, None] - flight[rows][:, None, others]  # (rows, n, others, 3)
        if not self.air.whole:
            near_m = np.linalg.norm(there, axis=-1)
        else:
            before, after = (
                (flight[rows + step, index][:, None] - flight[rows + step][:, others])[:, None] for step in (-1, 1)
            )
            near_m = np.minimum(least_distance_m(before, there), least_distance_m(there, after))
        return np.asarray((near_m >= self.air.needed_m[index, others]).all(axis=-1))


def _star_moves(step_m: float, climb_m: float) -> Array:
    """Return the moves (candidates, 3) tried: staying, eight headings, up and down."""
    angles = np.arange(8) * np.pi / 4
    flat = np.column_stack([step_m * np.cos(angles), step_m * np.sin(angles), np.zeros(8)])
    vertical = np.array([[0.0, 0.0, climb_m], [0.0, 0.0, -climb_m]])
    return np.vstack([np.zeros((1, 3)), flat, vertical])


def _move_energy(a: Array, b: Array, slot_s: float) -> Array:
    velocity = np.abs(a - b) / slot_s
    return propulsion_power_w(np.hypot(velocity[..., 0], velocity[..., 1]), velocity[..., 2]) * slot_s
