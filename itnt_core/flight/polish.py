"""Continuous polish: pattern search on every waypoint with the exact channel."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from itnt_core.deadline import Check, no_limit
from itnt_core.network import Decision, World, least_distance_m, propulsion_power_w
from itnt_core.scenario import AerialUser

from .air import Air
from .budget import within_budget
from .links import AerialLinks, Array, aerial_links
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
    flight, air = decision.positions_m.copy(), Air.of(world)
    for index, user in enumerate(world.scenario.aerial_users):
        links = [
            (case.planner.world, case.weight, aerial_links(case.planner.world, case.decision, index, weight))
            for case in cases
        ]
        links = links or [(world, 1.0, aerial_links(world, decision, index, weight))]
        if not any(own.signal_w.any() for _, _, own in links):
            continue
        for step in STEPS_M:
            for _ in range(sweeps):
                for parity in (1, 0):
                    check()
                    _move_waypoints(world, air, flight, index, user, links, step, parity, energy_weight)
    return flight


def _star(step_m: float, climb_m: float) -> Array:
    """Return the moves (candidates, 3) tried: staying, eight headings, up and down."""
    angles = np.arange(8) * np.pi / 4
    flat = np.column_stack([step_m * np.cos(angles), step_m * np.sin(angles), np.zeros(8)])
    vertical = np.array([[0.0, 0.0, climb_m], [0.0, 0.0, -climb_m]])
    return np.vstack([np.zeros((1, 3)), flat, vertical])


def _move_waypoints(
    world: World,
    air: Air,
    flight: Array,
    index: int,
    user: AerialUser,
    links: list[tuple[World, float, AerialLinks]],
    step_m: float,
    parity: int,
    energy_weight: float,
) -> None:
    slot_s = world.scenario.time.slot_s
    moves = _star(step_m, min(step_m, user.max_vertical_speed_m_s * slot_s))
    candidates = flight[1:, index, None, :] + moves[None]  # (slots, candidates, 3)
    movable = np.arange(1, world.slots + 1) % 2 == parity
    movable[-1] = False  # the destination stays
    value = np.zeros(candidates.shape[:2])
    value[movable] = _shared_value(links, candidates[movable], np.flatnonzero(movable))
    before, after = flight[:-1, index, None, :], np.vstack([flight[2:, index], flight[-1:, index]])[:, None, :]
    energy = _move_energy(before, candidates, slot_s) + _move_energy(candidates, after, slot_s)
    allowed = _allowed(world, air, flight, index, user, candidates, before, after)
    allowed[~movable, 1:] = False  # their neighbours move
    allowed[:, 0] = True

    def moved(weight: float) -> Array:
        """Return the flight of the user (slots + 1, 3) with the best moves at a price of energy."""
        worth = np.where(allowed, value - weight * energy, -np.inf)
        chosen = np.where(worth.max(axis=1) > worth[:, 0] + 1e-9, worth.argmax(axis=1), 0)
        return np.concatenate([flight[:1, index], candidates[np.arange(world.slots), chosen]])

    flight[:, index] = within_budget(moved, energy_weight, lambda way: air.energy_j(way) - air.budget_j[index])


def _shared_value(links: list[tuple[World, float, AerialLinks]], candidates: Array, slots: NDArray[np.int64]) -> Array:
    """Return what candidates (slots, candidates, 3) are worth in all worlds together: (slots, candidates)."""
    value = np.zeros(candidates.shape[:2])
    for world, weight, own in links:
        there = own.in_slots(slots)
        gains = world.gains_at(candidates, slots[:, None], aerial=True)
        value += weight * there.worth(there.efficiency(gains))
    return value


def _move_energy(a: Array, b: Array, slot_s: float) -> Array:
    velocity = np.abs(a - b) / slot_s
    return propulsion_power_w(np.hypot(velocity[..., 0], velocity[..., 1]), velocity[..., 2]) * slot_s


def _allowed(
    world: World, air: Air, flight: Array, index: int, user: AerialUser, candidates: Array, before: Array, after: Array
) -> NDArray[np.bool_]:
    """Say which candidates (slots, candidates) keep speed, height, area, separation, and meet no obstacle."""
    slot_s = world.scenario.time.slot_s
    ok = (candidates[..., 2] >= user.min_height_m) & (candidates[..., 2] <= user.max_height_m)
    ok &= np.abs(candidates[..., :2]).max(axis=-1) <= world.scenario.area.size_m / 2
    for neighbour in (before, after):
        delta = np.abs(candidates - neighbour)
        ok &= np.hypot(delta[..., 0], delta[..., 1]) <= user.max_speed_m_s * slot_s
        ok &= delta[..., 2] <= user.max_vertical_speed_m_s * slot_s
    for other in range(world.aerial_count):
        if other != index:
            ok &= _distances(flight[:, other], candidates, before, after, whole=air.whole) >= air.needed_m[index, other]
    for neighbour in (before, after) if air.obstacles else ():
        at = np.nonzero(ok)
        ok[at] = air.are_clear(np.broadcast_to(neighbour, candidates.shape)[at], candidates[at])
    return ok


def _distances(other: Array, candidates: Array, before: Array, after: Array, *, whole: bool) -> Array:
    """Return how near candidates (slots, n, 3) come to another's flight (slots + 1, 3): there, or on both legs."""
    there = candidates - other[1:, None, :]
    if not whole:
        return np.asarray(np.linalg.norm(there, axis=-1))
    then, next_m = other[:-1, None, :], np.vstack([other[2:], other[-1:]])[:, None, :]
    return np.minimum(least_distance_m(before - then, there), least_distance_m(there, after - next_m))
