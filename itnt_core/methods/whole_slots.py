"""Small slots served in every possible way: links and powers chosen together.

A search for links at given powers passes over links that are good at other powers alone: two stations that disturb
each other may serve two users once one of them is turned down. Where a slot can be served in few ways, all of them are
looked at, each with powers that are made for it, and the best choice over all slots is taken.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import comb, perm

import numpy as np

from itnt_core.arrays import Array, BoolArray, IntArray
from itnt_core.association import ChangeCosts
from itnt_core.handover import changes_of_server, early_changes
from itnt_core.network import BITS_PER_MBIT, Decision, World, min_sinr
from itnt_core.objective import Objective, Service, objective_of
from itnt_core.power import improve_links, link_gains
from itnt_core.qos import UNSERVED, is_linked
from itnt_core.sinr import sinr_of, spectral_efficiency

MOST_WAYS = 300  # over all slots
MOST_CHOICES = 20_000  # of one way for each slot, tried all together; where there are more, two slots at a time are
FEW = 40  # ways of a slot that are tried with those of its neighbour
ABOVE_FLOOR = 1.0 + 1e-6  # of the least powers: far above rounding
SHARES = (0.03, 0.1, 0.3, 0.6)  # of the way from some powers to others: what no weights of the data lead to
ROUNDING_MBIT = 1e-9  # of a user's data in a slot
PASSES = 4  # over all slots, at most


Links = tuple[tuple[int, int, int], ...]


def ways_at_most(world: World) -> int:
    """Return how many ways there are at most to give users links in a slot."""
    users, links = world.user_count, world.station_count * world.subchannels
    return sum(comb(users, served) * perm(links, served) for served in range(min(users, links) + 1))


def is_small(world: World) -> bool:
    """Say whether every way to serve every slot can be looked at."""
    return 0 < world.slots * world.user_count <= MOST_WAYS and world.slots * ways_at_most(world) <= MOST_WAYS


@dataclass(frozen=True, eq=False)
class Ways:
    """Ways to serve one slot, an entry each."""

    station: IntArray  # (n, users)
    subchannel: IntArray  # (n, users)
    power_w: Array  # (n, stations, subchannels)
    data_mbit: Array  # (n, users), as if nobody changed its server

    def __len__(self) -> int:
        return len(self.data_mbit)

    @property
    def served(self) -> IntArray:
        """Return how many users each way serves (n,)."""
        return np.asarray(is_linked(self.station).sum(axis=1))

    def __getitem__(self, chosen: IntArray) -> Ways:
        return Ways(self.station[chosen], self.subchannel[chosen], self.power_w[chosen], self.data_mbit[chosen])

    def _gives_all(self, some: IntArray, wanted_mbit: Array) -> BoolArray:
        """Say of some ways (n,) whether they give every user what is wanted (users,), up to rounding.

        No comparison of two answers: what is better for all is better by every objective.
        """
        short_mbit = wanted_mbit - self.data_mbit[some]
        return np.asarray(short_mbit.max(axis=1, initial=-np.inf) < ROUNDING_MBIT)

    @classmethod
    def joined(cls, parts: Sequence[Ways]) -> Ways:
        """Return the ways of several parts, one behind the other."""
        return cls(*(np.concatenate(columns) for columns in zip(*(vars(part).values() for part in parts), strict=True)))

    def undominated(self, same_servers: bool) -> Ways:
        """Return the ways that no other one equals in everyone's data and in served users, in their order.

        With ``same_servers`` only ways with the same servers are held against one another.
        """
        kept: list[int] = []
        order = np.lexsort((-self.data_mbit.sum(axis=1), -self.served))
        for one in order.tolist():
            others = np.array(kept, dtype=np.int64)
            beats = self._gives_all(others, self.data_mbit[one])
            beats &= self.served[others] >= self.served[one]
            if same_servers:
                beats &= (self.station[others] == self.station[one]).all(axis=1)
            if not beats.any():
                kept.append(one)
        return self[np.array(kept, dtype=np.int64)]


class WholeSlots:
    """Ways to serve each slot of one flight, more of them with every weight that they are made for.

    ``gains`` (T, U, B, K) are those of the flight.
    """

    def __init__(self, world: World, gains: Array):
        self.world, self.gains = world, gains
        self.costs = ChangeCosts.of(world)
        self.couples = world.scenario.handover.couples
        self.objective: Objective = objective_of(world.scenario)
        self.floor = min_sinr(world, "active")
        self._chosen = [tuple(map(np.ascontiguousarray, links)) for links in _link_choices(world)]
        self._ways: list[Ways | None] = [None] * world.slots

    def look_at(self, slot: int, own: Decision, weights: Sequence[Array]) -> None:
        """Add the ways to serve a slot with powers for weights (users,) of the users' data, and a decision's own."""
        mine = self._own_links(slot, own)
        own_power = own.power_w[slot, mine[1], mine[2]][None]
        found = [self._ways_of(slot, mine, own_power)]
        for links in self._chosen:
            starts = self._starts(slot, links)
            made = [
                improve_links(self.world, slot, self.gains[slot], links, start, weight)[0]
                for start in starts
                for weight in weights
                if len(start)
            ]
            powers = np.array([*starts, *made]).reshape(len(starts) + len(made), len(links[0]))
            if all(np.array_equal(one, other) for one, other in zip(links, mine, strict=True)):
                powers = np.concatenate([powers, *(own_power + share * (powers - own_power) for share in SHARES)])
            elif len(links[0]) > 1 and len(starts) > 1:
                powers = np.concatenate([powers, *(starts[0] + share * (powers - starts[0]) for share in SHARES)])
            found.append(self._ways_of(slot, links, powers).undominated(same_servers=True))
        known = self._ways[slot]
        self._ways[slot] = Ways.joined(found if known is None else [known, *found]).undominated(self.couples)

    def best(self, own: Decision, is_smooth: bool) -> Decision:
        """Return the best choice of one way for each slot, by the worth that a search climbs or by the true one.

        Where there are too many choices to try, one or two neighbouring slots at a time change from the decision's own.
        """
        ways = [one for one in self._ways if one is not None]
        sizes = [len(one) for one in ways]
        if np.prod([float(size) for size in sizes]) <= MOST_CHOICES:
            every = np.stack([part.ravel() for part in np.meshgrid(*map(np.arange, sizes), indexing="ij")], axis=1)
            return self._decision(own, every[self._best_of(every, is_smooth)])
        now = np.array([self._nearest(slot, own) for slot in range(len(ways))])
        together = [(slot,) for slot in range(len(ways))] + list(pairwise(range(len(ways))))
        for _ in range(PASSES):
            before = now
            for slots in together:
                tries = self._changed(now, slots)
                now = tries[self._best_of(tries, is_smooth)]
            if (now == before).all():
                break
        return self._decision(own, now)

    def _changed(self, now: IntArray, slots: tuple[int, ...]) -> IntArray:
        """Return choices (n, slots): this one first, then every way of some slots beside the others' own."""
        sizes = [len(self._of(slot)) if len(slots) == 1 else min(FEW, len(self._of(slot))) for slot in slots]
        grids = np.meshgrid(*map(np.arange, sizes), indexing="ij")
        tries = np.repeat(now[None], 1 + grids[0].size, axis=0)
        for slot, grid in zip(slots, grids, strict=True):
            tries[1:, slot] = grid.ravel()
        return tries

    def _best_of(self, choices: IntArray, is_smooth: bool) -> int:
        """Return the index of the best of several choices (n, slots)."""
        count, users = len(choices), self.world.user_count
        data = np.stack([self._of(slot).data_mbit[choices[:, slot]] for slot in range(self.world.slots)])
        station = np.stack([self._of(slot).station[choices[:, slot]] for slot in range(self.world.slots)])
        served = is_linked(station).sum(axis=(0, 2))
        flat, cost = station.reshape(self.world.slots, -1), np.zeros(count)
        allowed: BoolArray = np.ones(count, dtype=bool)
        if self.couples:
            handover = self.world.scenario.handover
            data = data * self.costs.kept(flat).reshape(data.shape)
            cost = handover.price_mbit * changes_of_server(flat).reshape(data.shape).sum(axis=(0, 2))
            early = early_changes(flat, handover.min_stay_slots).reshape(data.shape)
            allowed = np.asarray(~early.any(axis=(0, 2)))
        total, utility = data.sum(axis=0), self.world.utility
        unserved = self.world.slots * users - served
        worth = utility.search_mbit(total, unserved) if is_smooth else utility.value_mbit(total, unserved)
        barred = np.where(allowed, 0.0, -np.inf)
        found = Service(
            served / (self.world.slots * users) + barred,
            total.sum(axis=1) + barred,
            worth + barred,
            barred - utility.shortfall_mbit(total),
            cost,
        )
        return self.objective.best(found)

    def _decision(self, own: Decision, choice: IntArray) -> Decision:
        ways = [self._of(slot)[np.array([chosen])] for slot, chosen in enumerate(choice)]
        station, subchannel, power = (
            np.concatenate([getattr(one, name) for one in ways]) for name in ("station", "subchannel", "power_w")
        )
        return Decision(station, subchannel, own.positions_m, power, "active")

    def _of(self, slot: int) -> Ways:
        ways = self._ways[slot]
        assert ways is not None
        return ways

    def _nearest(self, slot: int, own: Decision) -> int:
        """Return the way of a slot that is a decision's own, or that is no worse for anyone where it was left out."""
        links, ways = self._own_links(slot, own), self._of(slot)
        mine = self._ways_of(slot, links, own.power_w[slot, links[1], links[2]][None])
        is_no_worse = ways._gives_all(np.arange(len(ways)), mine.data_mbit[0]) & (ways.served >= mine.served)
        if self.couples:
            is_no_worse &= (ways.station == mine.station).all(axis=1)
        return int(is_no_worse.argmax())

    def _own_links(self, slot: int, own: Decision) -> tuple[IntArray, IntArray, IntArray]:
        _, users, station, subchannel = own.links.in_slot(slot)
        return users, station, subchannel

    def _ways_of(self, slot: int, links: Sequence[IntArray], power_w: Array) -> Ways:
        """Return links, (n,) each, at several powers (ways, n) as ways of a slot."""
        world, (users, station, subchannel), count = self.world, links, len(power_w)
        found = Ways(
            np.full((count, world.user_count), UNSERVED),
            np.full((count, world.user_count), UNSERVED),
            np.zeros((count, world.station_count, world.subchannels)),
            np.zeros((count, world.user_count)),
        )
        if not len(users):
            return found
        direct, cross = link_gains(self.gains[slot], users, station, subchannel, np.ones(world.station_count))
        sinr = sinr_of(direct * power_w, power_w @ cross.T, world.noise_w)
        efficiency = np.minimum(spectral_efficiency(sinr, world.scenario.radio.rate_law), world.user_cap[users])
        found.station[:, users], found.subchannel[:, users] = station, subchannel
        found.power_w[:, station, subchannel] = power_w
        found.data_mbit[:, users] = efficiency * (world.bandwidth_hz * world.scenario.time.slot_s / BITS_PER_MBIT)
        return found

    def _starts(self, slot: int, links: Sequence[IntArray]) -> list[Array]:
        """Return powers (n,) to start from that keep every floor, none where there are no such powers.

        Each link in turn as strong as it can be while the others just keep the floor; then all raised together from the
        least powers that do (the fixed point of Foschini and Miljanic, 1993), and all at equal power.
        """
        world, (users, station, subchannel) = self.world, links
        if not len(users):
            return [np.zeros(0)]
        most_w = world.subchannel_max_power_w[slot]
        direct, cross = link_gains(self.gains[slot], users, station, subchannel, most_w)
        floor = self.floor * ABOVE_FLOOR
        matrix = np.eye(len(users)) - floor * cross / direct[:, None]
        right = floor * world.noise_w / direct
        per_station = (np.arange(world.station_count)[:, None] == station).astype(float)  # (stations, n)
        rows, limits = np.vstack([np.eye(len(users)), per_station]), np.ones(len(users) + world.station_count)
        limits[len(users) :] = world.subchannels_at_most[slot]
        least = _solved(matrix, right)
        if least is None or (least <= 0.0).any() or (rows @ least > limits).any():
            return []
        found = [least * (limits / np.maximum(rows @ least, 1e-300)).min()]
        for link in range(len(users)):
            found.append(_strongest(link, matrix, right, rows, limits))
        equal = world.equal_share_w[slot][station] / most_w[station]
        if (matrix @ equal >= right).all():
            found.append(equal)
        return [start * most_w[station] for start in found if start is not None]


def _strongest(link: int, matrix: Array, right: Array, rows: Array, limits: Array) -> Array | None:
    """Return powers (n,) with one link as strong as limits allow while the others keep their floors exactly."""
    others = np.arange(len(right)) != link
    rest = matrix[np.ix_(others, others)]
    fixed, rising = np.zeros(len(right)), np.zeros(len(right))  # powers are fixed + rising x the link's own
    base, slope = _solved(rest, right[others]), _solved(rest, -matrix[others, link])
    if base is None or slope is None:
        return None
    fixed[others], rising[others], rising[link] = base, slope, 1.0
    margin = (limits - rows @ fixed) / np.maximum(rows @ rising, 1e-300)
    powers = np.asarray(fixed + rising * margin.min())
    return powers if (powers > 0.0).all() else None


def _solved(matrix: Array, right: Array) -> Array | None:
    try:
        return np.asarray(np.linalg.solve(matrix, right))
    except np.linalg.LinAlgError:
        return None


def _link_choices(world: World) -> Iterator[tuple[IntArray, IntArray, IntArray]]:
    """Yield every way to give users links that keeps (7b) to (7d): users, stations and subchannels, (n,) each."""
    for links in _extended(world, 0, ()):
        users, station, subchannel = np.array(links, dtype=np.int64).reshape(-1, 3).T
        yield users, station, subchannel


def _extended(
    world: World, user: int, links: tuple[tuple[int, int, int], ...]
) -> Iterator[tuple[tuple[int, int, int], ...]]:
    if user == world.user_count:
        yield links
        return
    yield from _extended(world, user + 1, links)
    taken: set[tuple[int, int]] = {link[1:] for link in links}
    for station in range(world.station_count):
        if sum(link[1] == station for link in links) >= world.station_max_users[station]:
            continue
        for subchannel in range(world.subchannels):
            if (station, subchannel) not in taken:
                yield from _extended(world, user + 1, (*links, (user, station, subchannel)))


def weights_of(world: World, data_mbit: Array, slot: int) -> list[Array]:
    """Return what a Mbit of each user is worth (users,) beside data (slots, users), and beside those of other slots."""
    utility = world.utility
    if utility.is_linear:
        return [utility.search_slope(data_mbit.sum(axis=0))]
    total = data_mbit.sum(axis=0)
    seen = (total, np.maximum(total - data_mbit[slot], 0.0))
    return [*(utility.search_slope(one) for one in seen), np.ones(world.user_count)]
