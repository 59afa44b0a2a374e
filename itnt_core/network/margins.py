"""How much room each constraint of problem P leaves, recomputed from a decision alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from itnt_core.units import to_db

from .constraints import find_violations
from .decision import Decision
from .evaluate import Evaluation, min_sinr
from .world import Array, World

Name = Callable[[tuple[int, ...]], str]  # of a case, from its index


@dataclass(frozen=True)
class Margin:
    """The tightest case of one constraint; value, limit and margin are None where a yes or no is all there is.

    ``margin`` is what is left before the limit, in ``unit``; below zero the constraint is broken (up to the tolerance
    of :mod:`itnt_core.network.constraints`).
    """

    constraint: str
    quantity: str
    unit: str
    cases: int
    violations: int
    value: float | None = None
    limit: float | None = None
    margin: float | None = None
    where: str = ""
    is_floor: bool = False  # the limit is the least that is allowed

    @property
    def key(self) -> str:
        """Return what tells it from the other margins: a constraint may have an upper and a lower limit."""
        return f"{self.constraint}-floor" if self.is_floor else self.constraint


def constraint_margins(world: World, decision: Decision, evaluation: Evaluation | None) -> list[Margin]:
    """Return the tightest case of every constraint, (7b)-(7j), OFDMA, vertical speed and area, in the paper's order.

    Without an evaluation, as when links are named that do not exist, only the association and the flight are judged.
    Raises :class:`DecisionError` when the arrays do not fit the world.
    """
    broken = [violation.constraint for violation in find_violations(world, decision, evaluation)]
    found = list(_association(world, decision))
    if evaluation is not None:
        found += [*_stations(world, decision), _floor(world, decision, evaluation)]
    found += _flight(world, decision.positions_m)
    return [_counted(margin, broken) for margin in found]


def _counted(margin: Margin, broken: Sequence[str]) -> Margin:
    return replace(margin, violations=broken.count(margin.constraint))


def _association(world: World, decision: Decision) -> Iterator[Margin]:
    yield Margin("7b", "indices of stations and subchannels", "", 2 * decision.station.size, 0)
    yield Margin("7c", "pairs of user and slot", "", decision.station.size, 0)


def _stations(world: World, decision: Decision) -> Iterator[Margin]:
    counts = np.zeros((world.slots, world.station_count, world.subchannels), dtype=int)
    slot, user = np.nonzero(decision.served)
    np.add.at(counts, (slot, decision.station[slot, user], decision.subchannel[slot, user]), 1)
    names = world.station_ids

    def at(index: tuple[int, ...]) -> str:
        subchannel = f", subchannel {index[2]}" if len(index) > 2 else ""
        return f"{names[index[1]]}{subchannel}, slot {index[0] + 1}"

    load = counts.sum(axis=2)
    serving = counts > 0
    total_w = np.where(serving, decision.power_w, 0.0).sum(axis=2)  # (slots, stations)
    yield _tightest("ofdma", "users on one subchannel of a station", "users", counts.astype(float), 1.0, at)
    yield _tightest("7d", "users of a station", "users", load.astype(float), world.station_max_users.astype(float), at)
    yield _tightest("7e", "power of a station", "W", total_w, world.station_max_power_w, at)
    least_w = np.where(serving, decision.power_w, np.inf)
    yield _tightest("7e", "power on a serving subchannel", "W", least_w, 0.0, at, floor=True)


def _floor(world: World, decision: Decision, evaluation: Evaluation) -> Margin:
    """Return how far the served user with the lowest SINR stands above the floor of the decision's convention."""
    links = evaluation.always_on if decision.convention == "always_on" else evaluation.active
    safe = np.where(decision.served, np.maximum(links.sinr, 1e-30), np.inf)
    sinr_db = to_db(safe)
    limit_db = to_db(min_sinr(world, decision.convention))
    users = world.scenario.user_ids
    label = f"SINR of a served user, {decision.convention.replace('_', '-')}"
    return _tightest("7f", label, "dB", sinr_db, limit_db, lambda i: f"{users[i[1]]}, slot {i[0] + 1}", floor=True)


def _flight(world: World, positions_m: Array) -> Iterator[Margin]:
    users = world.scenario.aerial_users
    if not users:
        return
    slot_s = world.scenario.time.slot_s

    def flying(index: tuple[int, ...]) -> str:
        return f"{users[index[1]].id}, slot {index[0] + 1}"

    def standing(index: tuple[int, ...]) -> str:
        return f"{users[index[1]].id}, waypoint {index[0]}"

    def limits(name: str) -> Array:
        return np.array([getattr(user, name) for user in users])

    step = np.abs(np.diff(positions_m, axis=0)) / slot_s  # (slots, aerial users, 3)
    ground_speed = np.hypot(step[..., 0], step[..., 1])
    yield _tightest("7g", "horizontal speed", "m/s", ground_speed, limits("max_speed_m_s"), flying)
    yield _tightest("vertical_speed", "vertical speed", "m/s", step[..., 2], limits("max_vertical_speed_m_s"), flying)
    yield from _separation(world, positions_m)
    wanted = np.array([[user.start.position_m for user in users], [user.destination.position_m for user in users]])
    off_m = np.linalg.norm(positions_m[[0, -1]] - wanted, axis=2)  # (2, aerial users)
    ends = ("start", "destination")
    yield _tightest(
        "7i", "distance from start or destination", "m", off_m, 0.0, lambda i: f"{users[i[1]].id}, {ends[i[0]]}"
    )
    height_m = positions_m[..., 2]
    yield _tightest("7j", "greatest height", "m", height_m, limits("max_height_m"), standing)
    yield _tightest("7j", "least height", "m", height_m, limits("min_height_m"), standing, floor=True)
    reach_m = np.abs(positions_m[..., :2]).max(axis=2)
    yield _tightest(
        "area", "distance from the middle, east or north", "m", reach_m, world.scenario.area.size_m / 2, standing
    )


def _separation(world: World, positions_m: Array) -> Iterator[Margin]:
    users = world.scenario.aerial_users
    first, second = np.triu_indices(len(users), 1)
    if not first.size:
        return
    apart_m = np.linalg.norm(positions_m[:, first] - positions_m[:, second], axis=2)  # (waypoints, pairs)
    own = np.array([user.min_separation_m for user in users])
    needed = np.maximum(own[first], own[second])

    def pair(index: tuple[int, ...]) -> str:
        return f"{users[first[index[1]]].id} and {users[second[index[1]]].id}, waypoint {index[0]}"

    yield _tightest("7h", "distance between two aerial users", "m", apart_m, needed, pair, floor=True)


def _tightest(
    constraint: str, quantity: str, unit: str, values: Array, limits: Array | float, name: Name, *, floor: bool = False
) -> Margin:
    """Return the case that is nearest to its limit, an upper one or a floor; infinite cases do not count."""
    limits = np.broadcast_to(np.asarray(limits, dtype=float), values.shape)
    cases = int(np.isfinite(values).sum())
    if not cases:
        return Margin(constraint, quantity, unit, 0, 0, is_floor=floor)
    room = np.where(np.isfinite(values), values - limits if floor else limits - values, np.inf)
    index = tuple(int(part) for part in np.unravel_index(int(np.argmin(room)), room.shape))
    where = name(index)
    return Margin(
        constraint, quantity, unit, cases, 0, float(values[index]), float(limits[index]), float(room[index]), where,
        floor,
    )  # fmt: skip
