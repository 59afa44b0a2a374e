"""Every constraint of problem P as one table, recomputed from a decision alone: value, limit, unit, whom and when.

Violations and margins are both read off it; a violation is a margin below the one tolerance.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from itnt_core.arrays import Array, BoolArray
from itnt_core.handover import slots_stayed
from itnt_core.qos import TOLERANCE, min_sinr_db
from itnt_core.units import to_db

from .decision import UNSERVED, Decision, check_shapes
from .energy import flight_energy_j
from .evaluate import Evaluation, evaluate
from .flux import satellite_flux_dbw_m2_mhz
from .separation import apart_m, needed_m
from .world import World

Index = tuple[int, ...]

CONSTRAINTS = {
    "7b": "association is binary: known stations and subchannels only",
    "7c": "one station and subchannel per user and slot",
    "ofdma": "one user per subchannel of a station",
    "7d": "at most U_max users per station",
    "stay": "a user stays with its server after a change",
    "7e": "powers are positive and within P_max per station",
    "pfd": "power flux density at the ground within its limit",
    "7f": "served users reach the SINR floor",
    "7g": "horizontal speed",
    "vertical_speed": "vertical speed",
    "7h": "separation of aerial users",
    "7i": "start and destination",
    "7j": "flying heights",
    "area": "aerial users stay over the area",
    "least_rate": "users have their least mean rate",
    "clearance": "aerial users keep clear of buildings",
    "no_fly": "aerial users stay out of no-fly zones",
    "battery": "aerial users fly on what their batteries hold",
}
CLIMBED = ("least_rate",)  # what a search may start below: it climbs towards them
UNJUDGED = ("7b", "7c")  # broken, they name links that do not exist: stations, powers and SINR have no value then


@dataclass(frozen=True)
class Violation:
    """One broken constraint: its name, the 1-based slot (0 is the start), who, the value and the limit in a unit."""

    constraint: str
    slot: int
    subject: str
    value: float
    limit: float
    unit: str = ""

    @property
    def sentence(self) -> str:
        """Return the violation as one sentence."""
        rule = CONSTRAINTS[self.constraint]
        unit = f" {self.unit}" if self.unit else ""
        found = f"{self.subject} in slot {self.slot} has {self.value:.6g}{unit}, limit {self.limit:.6g}{unit}"
        return f"({self.constraint}) {rule}: {found}."


@dataclass(frozen=True, eq=False)
class Rule:
    """One line of the table: a constraint with all its cases; infinite values are no cases.

    ``whom`` names the case at an index, ``moment`` its 1-based slot or its waypoint (0 is the start). ``slack`` is what
    the tolerance lets pass, in the rule's unit; ``broken`` says itself what is broken where a yes or no is all there is
    (``value`` then says nothing about how far).
    """

    constraint: str
    quantity: str
    unit: str
    value: Array
    limit: Array
    whom: Callable[[Index], str]
    moment: Callable[[Index], int]
    slack: float | Array = 0.0
    is_floor: bool = False
    is_strict: bool = False  # the limit itself is not allowed
    is_along: bool = False  # what is otherwise judged at waypoints is judged along the slots that end there
    broken: BoolArray | None = None

    @property
    def margin(self) -> Array:
        """Return what is left before the limit in the rule's unit, in its shape; infinite where there is no case."""
        margin = self.value - self.limit if self.is_floor else self.limit - self.value
        return np.where(np.isfinite(self.value), margin, np.inf)

    @property
    def violated(self) -> BoolArray:
        """Say which cases are broken, in their shape: a margin below zero by more than the tolerance."""
        if self.broken is not None:
            return self.broken
        return np.asarray(self.margin <= 0.0 if self.is_strict else self.margin < -np.asarray(self.slack))

    def violations(self) -> Iterator[Violation]:
        """Yield every broken case."""
        limits = np.broadcast_to(self.limit, self.value.shape)
        for row in np.argwhere(self.violated):
            index = tuple(int(part) for part in row)
            yield Violation(
                self.constraint,
                self.moment(index),
                self.whom(index),
                float(self.value[index]),
                float(limits[index]),
                self.unit,
            )


def find_violations(world: World, decision: Decision, evaluation: Evaluation | None = None) -> list[Violation]:
    """Return every violated constraint of a decision: (7b)-(7j), OFDMA, vertical speed and the area.

    (7f) binds linked users only (an unserved user is outage, not a violation), at the floor of the decision's own
    convention. Raises :class:`DecisionError` when the arrays do not fit the world.
    """
    return [violation for rule in rules(world, decision, evaluation) for violation in rule.violations()]


def breaks_limits(world: World, decision: Decision) -> bool:
    """Say whether a decision breaks a constraint that no search may break on its way."""
    return any(violation.constraint not in CLIMBED for violation in find_violations(world, decision))


def rules(world: World, decision: Decision, evaluation: Evaluation | None = None) -> list[Rule]:
    """Return the table of constraints for a decision, in the paper's order.

    Where links are named that do not exist, only the association and the flight are judged. Raises
    :class:`DecisionError` when the arrays do not fit the world.
    """
    check_shapes(world, decision)
    found = list(_association(world, decision))
    if not any(rule.violated.any() for rule in found):
        found += _stations(world, decision)
        evaluation = evaluation or evaluate(world, decision)
        found.append(_quality(world, decision, evaluation))
        if world.utility.has_minimum:
            found.append(_least_rates(world, evaluation))
    return found + list(_flight(world, decision.positions_m))


def _slot(index: Index) -> int:
    return index[0] + 1


def _waypoint(index: Index) -> int:
    return index[0]


def _association(world: World, decision: Decision) -> Iterator[Rule]:
    users = world.scenario.user_ids
    index = np.stack([decision.station, decision.subchannel]).transpose(1, 2, 0)  # (slots, users, 2)
    count = np.array([world.station_count, world.subchannels])

    def link(index: Index) -> str:
        return f"{('station', 'subchannel')[index[2]]} of user {users[index[1]]}"

    unknown = (index < UNSERVED) | (index >= count)
    yield Rule(
        "7b", "indices of stations and subchannels", "", index.astype(float), count - 1.0, link, _slot, broken=unknown
    )
    half = (decision.station == UNSERVED) != (decision.subchannel == UNSERVED)
    whole = np.where(half, 0.5, 1.0)
    yield Rule(
        "7c", "pairs of user and slot", "", whole, np.ones(()), lambda i: f"user {users[i[1]]}", _slot, broken=half
    )


def _stations(world: World, decision: Decision) -> Iterator[Rule]:
    names = world.station_ids
    counts = np.zeros((world.slots, world.station_count, world.subchannels))
    np.add.at(counts, decision.links.on_air, 1.0)

    def subchannel(index: Index) -> str:
        return f"subchannel {index[2]} of {names[index[1]]}"

    def power(index: Index) -> str:
        return f"power of {names[index[1]]} on subchannel {index[2]}"

    yield Rule("ofdma", "users on one subchannel of a station", "users", counts, np.ones(()), subchannel, _slot)
    yield Rule(
        "7d",
        "users of a station",
        "users",
        counts.sum(axis=2),
        world.station_max_users.astype(float),
        lambda i: f"station {names[i[1]]}",
        _slot,
    )
    yield from _stay(world, decision)
    limit_w = world.station_max_power_w
    yield Rule(
        "7e",
        "power of a station",
        "W",
        decision.used_power_w.sum(axis=2),
        limit_w,
        lambda i: f"power of {names[i[1]]}",
        _slot,
        slack=TOLERANCE * limit_w,
    )
    least_w = np.where(decision.occupied | (decision.power_w < 0.0), decision.power_w, np.inf)
    yield Rule(
        "7e", "power on a serving subchannel", "W", least_w, np.zeros(()), power, _slot, is_floor=True, is_strict=True
    )
    yield from _flux(world, decision)


def _flux(world: World, decision: Decision) -> Iterator[Rule]:
    limit = world.scenario.pfd_limit_dbw_m2_mhz
    if limit is None:
        return
    names = world.sky.station_ids
    yield Rule(
        "pfd",
        "power flux density of a satellite at the ground",
        "dBW/m²/MHz",
        satellite_flux_dbw_m2_mhz(world, decision),
        np.array(limit),
        lambda i: f"satellite {names[i[1]]} on subchannel {i[2]}",
        _slot,
        slack=to_db(1.0 + TOLERANCE),
    )


def _stay(world: World, decision: Decision) -> Iterator[Rule]:
    """Yield the slots from one change of server to the next, where a scenario asks for some."""
    least, users = world.scenario.handover.min_stay_slots, world.scenario.user_ids
    if least > 1:
        stayed = slots_stayed(decision.station)
        label = "slots between two changes of server"
        limit = np.array(float(least))
        yield Rule("stay", label, "slots", stayed, limit, lambda i: f"user {users[i[1]]}", _slot, is_floor=True)


def _quality(world: World, decision: Decision, evaluation: Evaluation) -> Rule:
    links = evaluation.always_on if decision.convention == "always_on" else evaluation.active
    sinr_db = np.where(decision.linked, to_db(links.sinr), np.inf)
    floor_db = np.array(min_sinr_db(world.scenario, decision.convention))
    label = f"SINR of a served user, {decision.convention.replace('_', '-')}"
    return Rule(
        "7f",
        label,
        "dB",
        sinr_db,
        floor_db,
        lambda i: f"SINR of user {world.scenario.user_ids[i[1]]}",
        _slot,
        is_floor=True,
        broken=decision.linked & ~links.is_served,
    )


def _least_rates(world: World, evaluation: Evaluation) -> Rule:
    """Return the mean rates over the window, active convention, of who asks for a least one."""
    window_s = world.scenario.time.duration_s
    asked = world.utility.minimum_mbit / window_s
    rate = evaluation.active.user_data_mbit(world.scenario.time.slot_s) / window_s
    return Rule(
        "least_rate",
        "mean rate over the window",
        "Mbit/s",
        np.where(asked > 0.0, rate, np.inf),
        asked,
        lambda i: f"user {world.scenario.user_ids[i[0]]}",
        lambda i: world.slots,
        slack=TOLERANCE * asked,
        is_floor=True,
    )


def _flight(world: World, positions_m: Array) -> Iterator[Rule]:
    users, slot_s = world.scenario.aerial_users, world.scenario.time.slot_s
    if not users:
        return

    def flyer(index: Index) -> str:
        return f"aerial user {users[index[1]].id}"

    def limits(name: str) -> Array:
        return np.array([getattr(user, name) for user in users])

    step = np.abs(np.diff(positions_m, axis=0)) / slot_s  # (slots, aerial users, 3)
    flat, slack = np.hypot(step[..., 0], step[..., 1]), TOLERANCE / slot_s
    yield Rule("7g", "horizontal speed", "m/s", flat, limits("max_speed_m_s"), flyer, _slot, slack)
    up = limits("max_vertical_speed_m_s")
    yield Rule("vertical_speed", "vertical speed", "m/s", step[..., 2], up, flyer, _slot, slack)
    yield from _separation(world, positions_m)
    ends = np.array([[user.start.position_m for user in users], [user.destination.position_m for user in users]])
    off_m = np.linalg.norm(positions_m[[0, -1]] - ends, axis=2)  # (2, aerial users)
    last = len(positions_m) - 1
    yield Rule(
        "7i", "distance from start or destination", "m", off_m, np.zeros(()), flyer, lambda i: i[0] * last, TOLERANCE
    )
    height_m = positions_m[..., 2]
    yield Rule("7j", "greatest height", "m", height_m, limits("max_height_m"), flyer, _waypoint, TOLERANCE)
    least = limits("min_height_m")
    yield Rule("7j", "least height", "m", height_m, least, flyer, _waypoint, TOLERANCE, is_floor=True)
    reach_m, half = np.abs(positions_m[..., :2]).max(axis=2), np.array(world.scenario.area.size_m / 2)
    yield Rule("area", "distance from the middle, east or north", "m", reach_m, half, flyer, _waypoint, TOLERANCE)
    yield from _obstacles(world, positions_m)
    yield from _battery(world, positions_m)


def _separation(world: World, positions_m: Array) -> Iterator[Rule]:
    users, whole = world.scenario.aerial_users, world.scenario.has_obstacles
    first, second = np.triu_indices(len(users), 1)
    if not first.size:
        return
    distance_m = apart_m(positions_m[:, first], positions_m[:, second], whole=whole)  # (waypoints, pairs)
    needed = needed_m(users)[first, second]

    def pair(index: Index) -> str:
        return f"{users[first[index[1]]].id} and {users[second[index[1]]].id}"

    label = f"distance between two aerial users{', along the whole slot' if whole else ''}"
    yield Rule("7h", label, "m", distance_m, needed, pair, _waypoint, TOLERANCE, is_floor=True, is_along=whole)


def _obstacles(world: World, positions_m: Array) -> Iterator[Rule]:
    """Yield what buildings and no-fly zones ask of every leg; nothing while the air is free."""
    obstacles, users = world.obstacles, world.scenario.aerial_users
    if obstacles is None:
        return
    shape = (len(positions_m) - 1, len(users))
    legs = positions_m[:-1].reshape(-1, 3), positions_m[1:].reshape(-1, 3)
    if obstacles.clearance_m is not None:
        beside_m, building = obstacles.beside_m(*legs)
        whose = building.reshape(shape)

        def near(index: Index) -> str:
            return f"aerial user {users[index[1]].id} beside {obstacles.building_name(int(whose[index]))}"

        limit = np.array(obstacles.clearance_m)
        label = "distance from a building at its height, along the whole slot"
        yield Rule("clearance", label, "m", beside_m.reshape(shape), limit, near, _slot, TOLERANCE, is_floor=True)
    if obstacles.zones:
        inside_m, zone = obstacles.inside_m(*legs)
        inside_m, where = inside_m.reshape(shape), zone.reshape(shape)

        def within(index: Index) -> str:
            named = f" in '{obstacles.zones[where[index]].id}'" if where[index] >= 0 else ""
            return f"aerial user {users[index[1]].id}{named}"

        yield Rule("no_fly", "way inside a no-fly zone", "m", inside_m, np.zeros(()), within, _slot, TOLERANCE)


def _battery(world: World, positions_m: Array) -> Iterator[Rule]:
    """Yield what the flights of users with an energy budget take of it; nothing where nobody has one."""
    users = world.scenario.aerial_users
    limit_kj = np.array([np.inf if user.energy_budget_kj is None else user.energy_budget_kj for user in users])
    if not np.isfinite(limit_kj).any():
        return
    used_kj = flight_energy_j(positions_m, world.scenario.time.slot_s).sum(axis=0) / 1e3
    spent = np.where(np.isfinite(limit_kj), used_kj, -np.inf)[None]  # (1, aerial users)
    last = len(positions_m) - 1
    yield Rule(
        "battery",
        "energy of a whole flight",
        "kJ",
        spent,
        limit_kj,
        lambda i: f"aerial user {users[i[1]].id}",
        lambda i: last,
        TOLERANCE * np.where(np.isfinite(limit_kj), limit_kj, 1.0),
    )
