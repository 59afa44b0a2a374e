"""Why a user is served by this station and by no other: every other place is tried, and what all get is recomputed.

Nothing is guessed from distances: for each station the best exchange is found by the scenario's objective, over all
data of the slot. An exchange gives the user another place (a subchannel of a station). A free place has an equal share
of the station's power, as far as that is left, and needs a seat; a taken one keeps its power, and whoever had it takes
the user's old place or goes. Whoever falls below the floor through it is let go. Where changes of server cost
something, all slots are judged: what the exchange saves or costs before and after the slot counts with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from itnt_core.arrays import Array, BoolArray, IntArray
from itnt_core.handover import change_costs_mbit, changes_of_server, kept_share, slots_stayed
from itnt_core.network import BITS_PER_MBIT, Association, Decision, World
from itnt_core.objective import Service, objective_of, slot_service
from itnt_core.qos import UNSERVED, is_linked, is_served
from itnt_core.sinr import sinr_of, spectral_efficiency
from itnt_core.units import to_db

from .incumbent import BestDecision
from .runs_of_slots import uninterrupted

Way = Literal["serves", "free", "swap", "instead", "weak", "full", "stays", "unseen"]


@dataclass(frozen=True)
class StationReason:
    """One station, seen from a user in a slot.

    ``way`` says how the user could come to it at best: it *serves* already, over a *free* subchannel, by a *swap* of
    places with ``partner``, *instead* of ``partner``, who would be unserved. Or why it cannot: too *weak* for the
    floor, *full* (no seat or no power left, and no exchange), the user or its
    partner *stays* with its server since the change before, *unseen* (a satellite that does not serve in the slot).
    ``sinr_db`` and the powers in dBW per subchannel are those after that exchange, the best there are where it is
    weak, NaN where nothing is received. ``served_change`` counts the users who are served more, ``mbit_change`` is that
    of all data, both in the slot, ``worth_change`` that of their worth, as the whole window lets a Mbit of each count;
    where changes of server cost something, both are those over all slots less these costs, and ``handover_change``
    counts the changes of server that come with it.
    """

    station_id: str
    way: Way
    partner: str | None
    signal_dbw: float
    heard_dbw: float
    sinr_db: float
    served_change: int
    mbit_change: float
    worth_change: float = 0.0
    handover_change: int = 0


@dataclass(frozen=True, eq=False)
class _Slot:
    """Who has which place in a slot: indices (users,), powers in watts on the air (stations, subchannels)."""

    station: IntArray
    subchannel: IntArray
    power_w: Array

    @property
    def users(self) -> IntArray:
        """Return who has a link: indices (links,)."""
        return Association(self.station[None], self.subchannel[None]).links.user

    def moved(self, user: int, station: int, subchannel: int, power_w: float) -> _Slot:
        """Return the slot with a user at a place of some power; the place that it had is silent."""
        left = self.without(user)
        stations, subchannels, power = left.station.copy(), left.subchannel.copy(), left.power_w.copy()
        stations[user], subchannels[user], power[station, subchannel] = station, subchannel, power_w
        return _Slot(stations, subchannels, power)

    def without(self, user: int) -> _Slot:
        """Return the slot without a user's link and its power."""
        if not is_linked(self.station[user]):
            return self
        stations, subchannels, power = self.station.copy(), self.subchannel.copy(), self.power_w.copy()
        power[stations[user], subchannels[user]] = 0.0
        stations[user] = subchannels[user] = UNSERVED
        return _Slot(stations, subchannels, power)


@dataclass(frozen=True, eq=False)
class _Outcome:
    """What a slot brings; arrays (users,), NaN or 0 without a link."""

    service: Service
    signal_w: Array
    heard_w: Array
    sinr: Array
    served: BoolArray
    changes: int = 0  # of server, in all slots; not counted where they cost nothing


def explain_choice(
    world: World, decision: Decision, user: int, slot: int, gains: Array | None = None
) -> tuple[StationReason, ...]:
    """Return every station with the reason why it does not serve a user (index) in a slot (index), the best first.

    ``gains`` (slots, users, stations, subchannels) of the decision's flight may be handed in to save computing them.
    """
    gains = world.gains(decision.positions_m) if gains is None else gains
    weight = BestDecision(world, decision).weight()
    judge = _Judge(world, gains[slot], weight, _Window.of(world, decision, slot, gains))
    now = _Slot(decision.station[slot], decision.subchannel[slot], decision.used_power_w[slot])
    shares_w = world.equal_share_w[slot]
    reasons = [_reason(judge, now, user, station, float(share_w)) for station, share_w in enumerate(shares_w)]
    rank = {"serves": 0, "free": 1, "swap": 1, "instead": 1, "weak": 2, "full": 2, "stays": 2, "unseen": 3}
    key = objective_of(world.scenario).key
    worth = [key(Service(reason.served_change, reason.mbit_change, reason.worth_change)) for reason in reasons]
    order = sorted(range(len(reasons)), key=lambda index: (rank[reasons[index].way], *(-part for part in worth[index])))
    return tuple(reasons[index] for index in order)


@dataclass(frozen=True, eq=False)
class _Window:
    """All slots around the one that is asked of, where changes of server couple them."""

    world: World
    slot: int
    station: IntArray  # (slots, users)
    rate_mbit_s: Array  # (slots, users), as if changes took no time

    @classmethod
    def of(cls, world: World, decision: Decision, slot: int, gains: Array) -> _Window | None:
        """Return the window of a decision; none where slots do not depend on one another.

        ``gains`` are of the shape (slots, users, stations, subchannels).
        """
        if not world.scenario.handover.couples:
            return None
        return cls(world, slot, decision.station, uninterrupted(world, decision, gains)[0])

    def with_slot(self, station: IntArray) -> IntArray:
        """Return the stations (slots, users) with those of the slot replaced."""
        found = self.station.copy()
        found[self.slot] = station
        return found

    def user_mbit(self, stations: IntArray, rate_mbit_s: Array) -> Array:
        """Return the data (users,) of all slots with stations (slots, users) and the slot's own rates (users,)."""
        scenario, rate = self.world.scenario, self.rate_mbit_s.copy()
        rate[self.slot] = rate_mbit_s
        return np.asarray((rate * kept_share(scenario, stations)).sum(axis=0) * scenario.time.slot_s)

    def breaks_stay(self, station: IntArray) -> bool:
        """Say whether somebody would change too early with other stations (users,) in the slot, who does not so far."""
        least = self.world.scenario.handover.min_stay_slots
        broken, before = ((slots_stayed(one) < least).any(axis=0) for one in (self.with_slot(station), self.station))
        return bool((broken & ~before).any())


class _Judge:
    """Says what a slot brings under the active convention, as :func:`itnt_core.network.evaluate` does."""

    def __init__(self, world: World, gains: Array, weight: Array | None, window: _Window | None = None):
        self.world, self.gains, self.window = world, gains, window  # gains: (users, stations, subchannels)
        self.weight = weight  # (users,) what a Mbit of each counts, None where all count the same
        self.objective = objective_of(world.scenario)

    def outcome(self, slot: _Slot) -> _Outcome:
        """Return what a slot brings once those are let go who are below the floor."""
        first = self.with_all(slot)
        below = slot.users[~first.served[slot.users]]
        for user in below:
            slot = slot.without(int(user))
        return self.with_all(slot) if len(below) else first

    def with_all(self, slot: _Slot) -> _Outcome:
        """Return what a slot brings as it stands."""
        world, users = self.world, slot.users
        station, subchannel = slot.station[users], slot.subchannel[users]
        received = slot.power_w[:, subchannel].T * self.gains[users, :, subchannel]  # (links, stations)
        own = np.arange(world.station_count)[None, :] == station[:, None]
        signal, heard, sinr, rate = (np.zeros(len(slot.station)) for _ in range(4))
        signal[users], heard[users] = received[own], np.where(own, 0.0, received).sum(axis=1)
        sinr[users] = sinr_of(signal[users], heard[users], world.noise_w)
        efficiency = spectral_efficiency(sinr[users], world.scenario.radio.rate_law)
        rate[users] = world.bandwidth_hz * np.minimum(efficiency, world.user_cap[users])
        served = is_served(world.scenario, "active", slot.station, sinr)
        per_slot = slot_service(served[None], rate[None] / BITS_PER_MBIT, world.scenario.time.slot_s)
        service, mbit_s = per_slot.total(), np.where(served, rate / BITS_PER_MBIT, 0.0)
        user_mbit, changes = mbit_s * world.scenario.time.slot_s, 0
        if self.window is not None:
            stations = self.window.with_slot(slot.station)
            user_mbit = self.window.user_mbit(stations, mbit_s)
            changes = int(changes_of_server(stations).sum())
            cost_mbit = float(change_costs_mbit(world.scenario, stations).sum())
            service = Service(service.served_share, float(user_mbit.sum()), cost_mbit=cost_mbit)
        if self.weight is not None:
            worth = float(self.weight @ user_mbit) - world.utility.unserved_mbit * float((~served).sum())
            service = replace(service, utility_mbit=worth)
        return _Outcome(service, signal, heard, sinr, served, changes)


def _reason(judge: _Judge, now: _Slot, user: int, station: int, share_w: float) -> StationReason:
    world, before = judge.world, judge.outcome(now)
    name = world.station_ids[station]
    if now.station[user] == station:
        return _as_reason(name, "serves", None, before, before, user, world)
    if not judge.gains[user, station].any():
        return StationReason(name, "unseen", None, -np.inf, -np.inf, np.nan, 0, 0.0)
    best: tuple[Way, int | None, _Outcome] | None = None
    weak: _Outcome | None = None
    stays = False
    for way, partner, slot in _exchanges(world, now, user, station, share_w):
        if judge.window is not None and judge.window.breaks_stay(slot.station):
            stays = True
            continue
        outcome = judge.outcome(slot)
        if not outcome.served[user]:
            alone = judge.with_all(slot)
            weak = alone if weak is None or alone.sinr[user] > weak.sinr[user] else weak
        elif best is None or judge.objective.better(outcome.service, best[2].service):
            best = way, partner, outcome
    if best is not None:
        way, partner, outcome = best
        return _as_reason(name, way, partner, outcome, before, user, world)
    if weak is None:
        return StationReason(name, "stays" if stays else "full", None, np.nan, np.nan, np.nan, 0, 0.0)
    found = _as_reason(name, "weak", None, weak, before, user, world)
    return replace(found, served_change=0, mbit_change=0.0, worth_change=0.0)


def _exchanges(
    world: World, now: _Slot, user: int, station: int, share_w: float
) -> Iterator[tuple[Way, int | None, _Slot]]:
    """Yield every way for a user to come to a station: how, with whom, and the slot after it."""
    here = now.station == station
    holder = {int(now.subchannel[other]): int(other) for other in np.flatnonzero(here)}
    old = int(now.station[user]), int(now.subchannel[user])
    old_w = float(now.power_w[old]) if is_linked(old[0]) else 0.0
    left_w = float(world.station_max_power_w[station] - now.power_w[station].sum())
    has_seat = int(here.sum()) < int(world.station_max_users[station])
    for subchannel in range(world.subchannels):
        partner = holder.get(subchannel)
        if partner is None:
            power_w = min(share_w, left_w)
            if has_seat and power_w > 0.0:
                yield "free", None, now.moved(user, station, subchannel, power_w)
            continue
        power_w = float(now.power_w[station, subchannel])
        taken = now.without(partner).moved(user, station, subchannel, power_w)
        yield "instead", partner, taken
        if is_linked(old[0]):
            yield "swap", partner, taken.moved(partner, *old, old_w)


def _as_reason(
    name: str, way: Way, partner: int | None, after: _Outcome, before: _Outcome, user: int, world: World
) -> StationReason:
    change = round((after.service.served_share - before.service.served_share) * world.user_count)
    return StationReason(
        name,
        way,
        None if partner is None else world.scenario.user_ids[partner],
        float(to_db(after.signal_w[user])),
        float(to_db(after.heard_w[user])),
        float(to_db(after.sinr[user])),
        int(change),
        float(after.service.net_mbit - before.service.net_mbit),
        float(after.service.worth_mbit - before.service.worth_mbit),
        after.changes - before.changes,
    )
