"""P1 over all slots at once, where changes of server cost something: user after user by dynamic programming.

Each step takes one user out and gives it the servers that are best for it over the whole window while everyone else
stays (:func:`itnt_core.association.change_costs.best_servers`); what it takes from others on its way, their data and
their places, has a price. A place that is taken costs what its user loses by going elsewhere; that user is then given
its own best servers, and the exchange stays only if the whole is better. So the objective never falls.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from itnt_core.arrays import Array, BoolArray, IntArray
from itnt_core.deadline import Check, no_limit
from itnt_core.handover import early_changes
from itnt_core.network import Association
from itnt_core.qos import UNSERVED, Convention, is_linked
from itnt_core.sinr import sinr_of, spectral_efficiency

from .active import DEFAULT_USERS
from .change_costs import ChangeCosts, best_servers
from .problem import AssociationProblem

SETTLED = 1e-7  # less is no gain, as a share of the value


class Places(NamedTuple):
    """What a user would bring on every place (slots, stations, subchannels): all it changes, and its own rate."""

    worth: Array  # -inf where it cannot be
    rate_mbit_s: Array  # at what a Mbit of the user is worth


@dataclass(frozen=True, eq=False)
class CoupledAssociator:
    """Improves an association of all slots, under either convention, and makes one that breaks the stay keep it.

    ``rounds`` times every user is looked at, in a seeded order, in all but the first also for places that are taken.
    Then ``shakes`` times some users are taken out together and put back one after another.
    """

    costs: ChangeCosts
    convention: Convention = "active"
    rounds: int = 3
    shakes: int = 4
    seed: int = 0
    check: Check = no_limit

    def improve(self, problem: AssociationProblem, start: Association) -> Association:
        """Return an association (slots, users) that is not worse than a start that meets every constraint.

        The problem holds all slots of the window. Links of the start below the floor, and those that come too early
        after a change, are let go first.
        """
        table = _table(problem, self.costs, self.convention)
        links = _Links(problem, start, self.costs)
        table.let_go(links)
        generator, value = np.random.default_rng(self.seed), table.total(links)
        for number in range(self.rounds):
            before = value
            for user in generator.permutation(problem.users).tolist():
                self.check()
                if number == 0 or not self._exchanged(table, links, user):
                    self._settle(table, links, user)
            value = table.total(links)
            if number and value - before <= SETTLED * abs(value):
                break
        for _ in range(round(self.shakes * max(1.0, DEFAULT_USERS / max(1, problem.users)))):
            self._shake(table, links, generator)
        return Association(links.station.copy(), links.subchannel.copy())

    def _shake(self, table: _Table, links: _Links, generator: np.random.Generator) -> None:
        """Take some users out, put them back on other servers, then on their best ones; keep it only if it helps."""
        users = links.station.shape[1]
        kept, before = links.copied(), table.total(links)
        chosen = generator.permutation(users)[: max(2, users // 6)].tolist()
        for user in chosen:
            links.remove(user)
        for user in chosen:
            self.check()
            places = table.places(links, user)
            barred = generator.random(places.worth.shape[:2]) < generator.uniform(0.0, 0.6)
            worth = np.where(barred[..., None], -np.inf, places.worth)
            links.put(user, *_best_course(Places(worth, places.rate_mbit_s), self.costs))
        for user in chosen:
            self._settle(table, links, user)
        if table.total(links) < before:
            links.take_over(kept)

    def _settle(self, table: _Table, links: _Links, user: int) -> None:
        """Give a user its best servers among the places that are free."""
        links.remove(user)
        places = table.places(links, user)
        links.put(user, *_best_course(places, self.costs))

    def _exchanged(self, table: _Table, links: _Links, user: int) -> bool:
        """Give a user its best servers among all places, and those whom it displaces theirs; say whether it helps."""
        kept, before = links.copied(), table.total(links)
        links.remove(user)
        places = table.with_taken(links, user, table.places(links, user))
        station, subchannel = _best_course(places, self.costs)
        displaced = links.displaced_by(station, subchannel)
        for other in displaced:
            links.remove(other)
        links.put(user, station, subchannel)
        for other in displaced:
            links.put(other, *_best_course(table.places(links, other), self.costs))
        if table.total(links) >= before:
            return True
        links.take_over(kept)
        return False


def _best_course(places: Places, costs: ChangeCosts) -> tuple[IntArray, IntArray]:
    """Return the best stations and subchannels (slots,) of a user over the places that it may have."""
    subchannel = places.worth.argmax(axis=2)  # (slots, stations)
    worth = np.take_along_axis(places.worth, subchannel[..., None], axis=2)[..., 0]
    rate = np.take_along_axis(places.rate_mbit_s, subchannel[..., None], axis=2)[..., 0]
    station = best_servers(worth, rate, costs)
    chosen = np.take_along_axis(subchannel, np.maximum(station, 0)[:, None], axis=1)[:, 0]
    return station, np.where(is_linked(station), chosen, UNSERVED)


class _Links:
    """Who is linked where over all slots: (slots, users), who is on every place, how many users a station has."""

    def __init__(self, problem: AssociationProblem, start: Association, costs: ChangeCosts):
        early = early_changes(start.station, costs.min_stay_slots)
        self.station = np.where(early, UNSERVED, start.station)
        self.subchannel = np.where(early, UNSERVED, start.subchannel)
        slots, _, stations, subchannels = problem.gain.shape
        self.holder = np.full((slots, stations, subchannels), UNSERVED)
        slot, user, station, subchannel = Association(self.station, self.subchannel).links
        self.holder[slot, station, subchannel] = user

    @property
    def load(self) -> IntArray:
        """Return how many users each station has (slots, stations)."""
        return np.asarray((self.holder >= 0).sum(axis=2))

    def copied(self) -> tuple[IntArray, IntArray, IntArray]:
        """Return everything, to be taken over again: (slots, users) twice, (slots, stations, subchannels)."""
        return self.station.copy(), self.subchannel.copy(), self.holder.copy()

    def take_over(self, kept: tuple[IntArray, IntArray, IntArray]) -> None:
        """Go back to what was copied, in the shapes that :meth:`copied` returns."""
        self.station, self.subchannel, self.holder = kept

    def remove(self, user: int) -> None:
        """Take a user out of all slots."""
        own = self.station[:, user]
        slots = np.flatnonzero(is_linked(own))
        self.holder[slots, own[slots], self.subchannel[slots, user]] = UNSERVED
        self.station[:, user] = self.subchannel[:, user] = UNSERVED

    def put(self, user: int, station: IntArray, subchannel: IntArray) -> None:
        """Link a user that has no links to free places (slots,)."""
        slots = np.flatnonzero(is_linked(station))
        self.holder[slots, station[slots], subchannel[slots]] = user
        self.station[:, user], self.subchannel[:, user] = station, subchannel

    def drop(self, gone: BoolArray) -> None:
        """Take whoever is on some places (slots, stations, subchannels) off them."""
        slot, station, subchannel = np.nonzero(gone)
        user = self.holder[slot, station, subchannel]
        self.station[slot, user] = self.subchannel[slot, user] = UNSERVED
        self.holder[slot, station, subchannel] = UNSERVED

    def displaced_by(self, station: IntArray, subchannel: IntArray) -> list[int]:
        """Return who is on places (slots,) that somebody takes."""
        slots = np.flatnonzero(is_linked(station))
        found = self.holder[slots, station[slots], subchannel[slots]]
        return [int(user) for user in np.unique(found[found >= 0])]


def _rate(problem: AssociationProblem, sinr: Array, user: IntArray | int) -> Array:
    """Return what the rates of users are worth in Mbit/s, up to their demands; shapes of SINR and users broadcast."""
    efficiency = np.minimum(spectral_efficiency(sinr, problem.rate_law), problem.caps[user])
    return np.asarray(problem.bandwidth_hz * efficiency / 1e6 * problem.weights[user])


class _Table:
    """What links are worth under a convention; here the always-on one, under which they do not touch one another."""

    def __init__(self, problem: AssociationProblem, costs: ChangeCosts):
        self.problem, self.costs = problem, costs
        self.more_mbit_s = costs.serving_mbit_s(problem)

    def own(self, links: _Links, user: int) -> Places:
        """Return what a user without links would have on every place, whoever is on it, and nobody else disturbed."""
        problem = self.problem
        worth = np.where(problem.allowed[:, user], problem.weight[:, user] + self.more_mbit_s, -np.inf)
        return Places(worth, problem.worth_mbit_s[:, user])

    def harm(self, links: _Links) -> Array:
        """Return what others lose by somebody on a free place (slots, stations, subchannels), inf where they go."""
        return np.zeros(links.holder.shape)

    def held_worth(self, links: _Links) -> Array:
        """Return what those bring who are on the places (slots, stations, subchannels), 0 where nobody is."""
        found, on = np.zeros(links.holder.shape), links.holder >= 0
        slot, station, subchannel = np.nonzero(on)
        user = links.holder[on]
        found[on] = self.problem.weight[slot, user, station, subchannel] + self.more_mbit_s
        return found

    def lost_mbit_s(self, links: _Links) -> float:
        """Return what interruptions take."""
        if not self.costs.interrupts:
            return 0.0
        found = Association(links.station, links.subchannel).links
        kept = self.costs.kept(links.station)[found.slot, found.user]
        return float(((1.0 - kept) * self.problem.worth_mbit_s[found]).sum())

    def let_go(self, links: _Links) -> None:
        """Let those go who do not reach the floor."""
        links.drop((links.holder >= 0) & ~np.isfinite(self._above_floor(links)))

    def _above_floor(self, links: _Links) -> Array:
        """Return the SINR of those on the places, -inf where it is below the floor (slots, stations, subchannels)."""
        slot, station, subchannel = np.nonzero(links.holder >= 0)
        user = links.holder[slot, station, subchannel]
        found = np.full(links.holder.shape, -np.inf)
        sinr = self.problem.sinr[slot, user, station, subchannel]
        is_allowed = self.problem.allowed[slot, user, station, subchannel]
        found[slot, station, subchannel] = np.where(is_allowed, sinr, -np.inf)
        return found

    def places(self, links: _Links, user: int) -> Places:
        """Return what a user without links brings on every place that is free."""
        own = self.own(links, user)
        is_full = links.load >= self.problem.max_users[None, :]
        worth = np.where((links.holder >= 0) | is_full[..., None], -np.inf, own.worth - self.harm(links))
        return Places(worth, own.rate_mbit_s)

    def with_taken(self, links: _Links, user: int, free: Places) -> Places:
        """Return the places of a user with those that are taken: they cost what their users then miss."""
        own, held, on = self.own(links, user), self.held_worth(links), links.holder >= 0
        spare = self._spare(links)
        worth = np.where(on, own.worth - np.maximum(held - spare, 0.0), free.worth)
        return Places(worth, own.rate_mbit_s)

    def _spare(self, links: _Links) -> Array:
        """Return what those who are on the places would bring on another place of their station (same shape)."""
        is_free = links.holder < 0
        spare, on = np.zeros(links.holder.shape), ~is_free
        slot, station, _ = np.nonzero(on)
        there = self._there(slot, links.holder[on], station)  # (links, subchannels)
        spare[on] = np.where(is_free[slot, station], there, 0.0).max(axis=1, initial=0.0)
        return spare

    def _there(self, slot: IntArray, user: IntArray, station: IntArray) -> Array:
        """Return about what users would bring on the subchannels of a station (links, subchannels)."""
        return self.problem.weight[slot, user, station] + self.more_mbit_s

    def total(self, links: _Links) -> float:
        """Return the objective of all slots in Mbit/s."""
        return float(self.held_worth(links).sum()) - self.lost_mbit_s(links) - self.costs.charged_mbit_s(links.station)


class _ActiveTable(_Table):
    """The active convention: idle places are silent, so that a link disturbs those on its subchannel."""

    @property
    def reward_mbit_s(self) -> float:
        """Return what serving a user is worth beside its rate."""
        return self.problem.serving_reward_mbit_s + self.more_mbit_s

    def own(self, links: _Links, user: int) -> Places:
        problem = self.problem
        signal = problem.power_w * problem.gain[:, user]  # (slots, stations, subchannels)
        on_air = np.where(links.holder >= 0, signal, 0.0)
        sinr = sinr_of(signal, on_air.sum(axis=1, keepdims=True) - on_air, problem.noise_w)
        rate = _rate(problem, sinr, user)
        return Places(np.where(sinr >= problem.min_sinr_active, rate + self.reward_mbit_s, -np.inf), rate)

    def harm(self, links: _Links) -> Array:
        problem = self.problem
        slot, user, _, subchannel, signal, heard = self._heard(links)
        more = problem.power_w[slot, :, subchannel] * problem.gain[slot, user, :, subchannel]  # (links, stations)
        after = sinr_of(signal[:, None], heard[:, None] + more, problem.noise_w)
        now = _rate(problem, sinr_of(signal, heard, problem.noise_w), user)
        kept = self.costs.kept(links.station)[slot, user]
        less = now[:, None] - _rate(problem, after, user[:, None])
        lost = np.where(after < problem.min_sinr_active, np.inf, kept[:, None] * less)
        stations = np.arange(links.holder.shape[1])
        place = np.ravel_multi_index((slot[:, None], stations[None, :], subchannel[:, None]), links.holder.shape)
        summed = np.bincount(place.ravel(), weights=lost.ravel(), minlength=links.holder.size)
        return np.asarray(summed.reshape(links.holder.shape), dtype=float)

    def let_go(self, links: _Links) -> None:
        """Let the weakest of each subchannel go until all reach the floor: those who stay are disturbed less."""
        while True:
            slot, _, station, subchannel, signal, heard = self._heard(links)
            sinr = np.full(links.holder.shape, np.inf)
            sinr[slot, station, subchannel] = sinr_of(signal, heard, self.problem.noise_w)
            weakest = sinr.min(axis=1, keepdims=True)
            gone = (sinr == weakest) & (weakest < self.problem.min_sinr_active)
            if not gone.any():
                return
            links.drop(gone)

    def held_worth(self, links: _Links) -> Array:
        slot, user, station, subchannel, signal, heard = self._heard(links)
        found = np.zeros(links.holder.shape)
        sinr = sinr_of(signal, heard, self.problem.noise_w)
        rate = _rate(self.problem, sinr, user) + self.reward_mbit_s
        found[slot, station, subchannel] = np.where(sinr >= self.problem.min_sinr_active * (1.0 - 1e-9), rate, -np.inf)
        return found

    def lost_mbit_s(self, links: _Links) -> float:
        if not self.costs.interrupts:
            return 0.0
        slot, user, _, _, signal, heard = self._heard(links)
        kept = self.costs.kept(links.station)[slot, user]
        return float(((1.0 - kept) * _rate(self.problem, sinr_of(signal, heard, self.problem.noise_w), user)).sum())

    def _there(self, slot: IntArray, user: IntArray, station: IntArray) -> Array:
        snr = self.problem.power_w[slot, station] * self.problem.gain[slot, user, station] / self.problem.noise_w
        return _rate(self.problem, snr, user[:, None]) + self.reward_mbit_s

    def _heard(self, links: _Links) -> tuple[IntArray, IntArray, IntArray, IntArray, Array, Array]:
        """Return every link with its signal and what it hears of others, in watts; arrays (links,)."""
        problem, on = self.problem, links.holder >= 0
        slot, station, subchannel = np.nonzero(on)
        user = links.holder[on]
        on_air = np.where(on, problem.power_w, 0.0)[slot, :, subchannel]  # (links, stations)
        received = on_air * problem.gain[slot, user, :, subchannel]
        signal = received[np.arange(len(slot)), station]
        return slot, user, station, subchannel, signal, received.sum(axis=1) - signal


def _table(problem: AssociationProblem, costs: ChangeCosts, convention: Convention) -> _Table:
    return _ActiveTable(problem, costs) if convention == "active" else _Table(problem, costs)
