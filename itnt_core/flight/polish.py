"""Continuous polish: pattern search on every waypoint with the exact channel."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from itnt_core.deadline import Check, no_limit
from itnt_core.network import Decision, World, propulsion_power_w
from itnt_core.scenario import AerialUser

from .links import AerialLinks, Array, aerial_links

STEPS_M = (60.0, 30.0, 15.0, 8.0, 4.0)


def polish_flight(
    world: World,
    decision: Decision,
    energy_weight: float = 0.0,
    sweeps: int = 2,
    check: Check = no_limit,
    weight: Array | None = None,
) -> Array:
    """Return a flight (slots + 1, I, 3) at least as good as the decision's for its links.

    Each waypoint in turn tries a star of moves and takes the best that keeps all limits towards its neighbours in time
    and towards the other aerial users; even and odd waypoints alternate, so that all of a kind move at once.
    ``energy_weight`` is in bit/s/Hz-slots per joule; ``check`` is called before every sweep and may end the work;
    ``weight`` (users,) is what a Mbit of each user is worth, 1 by default.
    """
    flight = decision.positions_m.copy()
    for index, user in enumerate(world.scenario.aerial_users):
        links = aerial_links(world, decision, index, weight)
        if not links.signal_w.any():
            continue
        for step in STEPS_M:
            for _ in range(sweeps):
                for parity in (1, 0):
                    check()
                    _move_waypoints(world, flight, index, user, links, step, parity, energy_weight)
    return flight


def _star(step_m: float, climb_m: float) -> Array:
    """Return the moves (candidates, 3) tried: staying, eight headings, up and down."""
    angles = np.arange(8) * np.pi / 4
    flat = np.column_stack([step_m * np.cos(angles), step_m * np.sin(angles), np.zeros(8)])
    vertical = np.array([[0.0, 0.0, climb_m], [0.0, 0.0, -climb_m]])
    return np.vstack([np.zeros((1, 3)), flat, vertical])


def _move_waypoints(
    world: World,
    flight: Array,
    index: int,
    user: AerialUser,
    links: AerialLinks,
    step_m: float,
    parity: int,
    energy_weight: float,
) -> None:
    slot_s = world.scenario.time.slot_s
    moves = _star(step_m, min(step_m, user.max_vertical_speed_m_s * slot_s))
    candidates = flight[1:, index, None, :] + moves[None]  # (slots, candidates, 3)
    gains = world.gains_at(candidates, np.arange(world.slots)[:, None], aerial=True)
    value = links.worth(links.efficiency(gains))
    before, after = flight[:-1, index, None, :], np.vstack([flight[2:, index], flight[-1:, index]])[:, None, :]
    value = value - energy_weight * (_move_energy(before, candidates, slot_s) + _move_energy(candidates, after, slot_s))
    allowed = _allowed(world, flight, index, user, candidates, before, after)
    allowed[-1, 1:] = False  # the destination stays
    allowed[:, 0] = True
    value = np.where(allowed, value, -np.inf)
    chosen = np.where(value.max(axis=1) > value[:, 0] + 1e-9, value.argmax(axis=1), 0)
    movable = np.arange(1, world.slots + 1) % 2 == parity
    flight[1:, index] = np.where(movable[:, None], candidates[np.arange(world.slots), chosen], flight[1:, index])


def _move_energy(a: Array, b: Array, slot_s: float) -> Array:
    velocity = np.abs(a - b) / slot_s
    return propulsion_power_w(np.hypot(velocity[..., 0], velocity[..., 1]), velocity[..., 2]) * slot_s


def _allowed(
    world: World, flight: Array, index: int, user: AerialUser, candidates: Array, before: Array, after: Array
) -> NDArray[np.bool_]:
    """Say which candidates (slots, candidates) keep speed, height, area and separation."""
    slot_s = world.scenario.time.slot_s
    ok = (candidates[..., 2] >= user.min_height_m) & (candidates[..., 2] <= user.max_height_m)
    ok &= np.abs(candidates[..., :2]).max(axis=-1) <= world.scenario.area.size_m / 2
    for neighbour in (before, after):
        delta = np.abs(candidates - neighbour)
        ok &= np.hypot(delta[..., 0], delta[..., 1]) <= user.max_speed_m_s * slot_s
        ok &= delta[..., 2] <= user.max_vertical_speed_m_s * slot_s
    for other, another in enumerate(world.scenario.aerial_users):
        if other != index:
            needed = max(user.min_separation_m, another.min_separation_m)
            ok &= np.linalg.norm(candidates - flight[1:, other, None, :], axis=-1) >= needed
    return ok
