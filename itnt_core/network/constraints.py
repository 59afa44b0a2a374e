"""Every constraint of problem P recomputed from a decision alone, each violation named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from .decision import UNSERVED, Decision, check_shapes
from .evaluate import Evaluation, evaluate, min_sinr
from .world import Array, World

TOLERANCE = 1e-6  # metres, and relative for powers and SINR

CONSTRAINTS = {
    "7b": "association is binary: known stations and subchannels only",
    "7c": "one station and subchannel per user and slot",
    "ofdma": "one user per subchannel of a station",
    "7d": "at most U_max users per station",
    "7e": "powers are positive and within P_max per station",
    "7f": "served users reach the SINR floor",
    "7g": "horizontal speed",
    "vertical_speed": "vertical speed",
    "7h": "separation of aerial users",
    "7i": "start and destination",
    "7j": "flying heights",
    "area": "aerial users stay over the area",
}


@dataclass(frozen=True)
class Violation:
    """One broken constraint: its name, the 1-based slot (0 is the start), who, the value and the limit."""

    constraint: str
    slot: int
    subject: str
    value: float
    limit: float

    @property
    def sentence(self) -> str:
        """Return the violation as one sentence."""
        rule = CONSTRAINTS[self.constraint]
        found = f"{self.subject} in slot {self.slot} has {self.value:.6g}, limit {self.limit:.6g}"
        return f"({self.constraint}) {rule}: {found}."


def find_violations(world: World, decision: Decision, evaluation: Evaluation | None = None) -> list[Violation]:
    """Return every violated constraint of a decision: (7b)-(7j), OFDMA, vertical speed and the area.

    (7f) binds served users only (an unserved user is outage, not a violation), at the floor of the decision's own
    convention. Raises :class:`DecisionError` when the arrays do not fit the world.
    """
    check_shapes(world, decision)
    found = list(_association(world, decision))
    found += _flight(world, decision.positions_m)
    if not any(violation.constraint in ("7b", "7c") for violation in found):
        found += _stations(world, decision)
        found += _quality(world, decision, evaluation or evaluate(world, decision))
    return found


def _association(world: World, decision: Decision) -> Iterator[Violation]:
    users = world.scenario.user_ids
    for name, array, count in (
        ("station", decision.station, world.station_count),
        ("subchannel", decision.subchannel, world.subchannels),
    ):
        for slot, user in np.argwhere((array < UNSERVED) | (array >= count)):
            yield Violation("7b", int(slot) + 1, f"{name} of user {users[user]}", float(array[slot, user]), count - 1)
    half = (decision.station == UNSERVED) != (decision.subchannel == UNSERVED)
    for slot, user in np.argwhere(half):
        yield Violation("7c", int(slot) + 1, f"user {users[user]}", 0.5, 1.0)


def _stations(world: World, decision: Decision) -> Iterator[Violation]:
    counts = np.zeros((world.slots, world.station_count, world.subchannels), dtype=int)
    slot, user = np.nonzero(decision.served)
    np.add.at(counts, (slot, decision.station[slot, user], decision.subchannel[slot, user]), 1)
    for t, b, k in np.argwhere(counts > 1):
        yield Violation("ofdma", int(t) + 1, f"subchannel {k} of {world.station_ids[b]}", float(counts[t, b, k]), 1.0)
    load = counts.sum(axis=2)
    for t, b in np.argwhere(load > world.station_max_users):
        limit = float(world.station_max_users[b])
        yield Violation("7d", int(t) + 1, f"station {world.station_ids[b]}", float(load[t, b]), limit)
    serving = counts > 0
    for t, b, k in np.argwhere((decision.power_w < 0.0) | (serving & (decision.power_w <= 0.0))):
        label = f"power of {world.station_ids[b]} on subchannel {k}"
        yield Violation("7e", int(t) + 1, label, float(decision.power_w[t, b, k]), 0.0)
    total = np.where(serving, decision.power_w, 0.0).sum(axis=2)
    for t, b in np.argwhere(total > world.station_max_power_w * (1.0 + TOLERANCE)):
        limit = float(world.station_max_power_w[b])
        yield Violation("7e", int(t) + 1, f"power of {world.station_ids[b]}", float(total[t, b]), limit)


def _quality(world: World, decision: Decision, evaluation: Evaluation) -> Iterator[Violation]:
    links = evaluation.always_on if decision.convention == "always_on" else evaluation.active
    floor = min_sinr(world, decision.convention)
    for t, u in np.argwhere(decision.served & (links.sinr < floor * (1.0 - TOLERANCE))):
        yield Violation("7f", int(t) + 1, f"SINR of user {world.scenario.user_ids[u]}", float(links.sinr[t, u]), floor)


def _flight(world: World, positions_m: Array) -> Iterator[Violation]:
    slot_s = world.scenario.time.slot_s
    for index, user in enumerate(world.scenario.aerial_users):
        path = positions_m[:, index]
        label = f"aerial user {user.id}"
        step = np.abs(np.diff(path, axis=0))
        moves = np.hypot(step[:, 0], step[:, 1])
        yield from _above("7g", label, moves / slot_s, user.max_speed_m_s, slot_s)
        yield from _above("vertical_speed", label, step[:, 2] / slot_s, user.max_vertical_speed_m_s, slot_s)
        for slot, point, wanted in ((0, path[0], user.start), (world.slots, path[-1], user.destination)):
            off = float(np.linalg.norm(point - wanted.position_m))
            if off > TOLERANCE:
                yield Violation("7i", slot, label, off, 0.0)
        for high in np.flatnonzero(path[:, 2] > user.max_height_m + TOLERANCE):
            yield Violation("7j", int(high), label, float(path[high, 2]), user.max_height_m)
        for low in np.flatnonzero(path[:, 2] < user.min_height_m - TOLERANCE):
            yield Violation("7j", int(low), label, float(path[low, 2]), user.min_height_m)
        half = world.scenario.area.size_m / 2
        reach = np.abs(path[:, :2]).max(axis=1)
        for out in np.flatnonzero(reach > half + TOLERANCE):
            yield Violation("area", int(out), label, float(reach[out]), half)
    yield from _separation(world, positions_m)


def _above(name: str, label: str, speeds: Array, limit: float, slot_s: float) -> Iterator[Violation]:
    for slot in np.flatnonzero(speeds > limit + TOLERANCE / slot_s):
        yield Violation(name, int(slot) + 1, label, float(speeds[slot]), limit)


def _separation(world: World, positions_m: Array) -> Iterator[Violation]:
    users = world.scenario.aerial_users
    for i, first in enumerate(users):
        for j in range(i + 1, len(users)):
            needed = max(first.min_separation_m, users[j].min_separation_m)
            apart = np.linalg.norm(positions_m[:, i] - positions_m[:, j], axis=1)
            for slot in np.flatnonzero(apart < needed - TOLERANCE):
                yield Violation("7h", int(slot), f"{first.id} and {users[j].id}", float(apart[slot]), needed)
