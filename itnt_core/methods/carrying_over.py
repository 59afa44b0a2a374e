"""An answer carried over to an edited question: what still exists keeps its links, its powers and its flight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from itnt_core.arrays import Array, IntArray
from itnt_core.flight import mended, reference_flight
from itnt_core.network import Decision, World
from itnt_core.power import equal_power
from itnt_core.qos import UNSERVED, is_linked


def carried_over(decision: Decision, before: World, world: World) -> Decision:
    """Return a decision for ``world`` that does what ``decision`` does in ``before``, wherever that is still possible.

    Stations and users are the same where their ids are. A link stays where its slot, user, station and subchannel
    exist; powers stay, equal shares where a station is new. An aerial user flies as before where slots, ends and limits
    of its flight are the same, else straight. Limits of the edited question are not looked at: who takes the decision
    over lets users below the floor go and scales powers.
    """
    old_place = _places(world.station_ids, before.station_ids)
    old_user = _places(world.scenario.user_ids, before.scenario.user_ids)
    slots = min(world.slots, before.slots)
    station, subchannel = _links(decision, before, world, old_place, old_user, slots)
    power = equal_power(world)
    kept, known, count = min(world.subchannels, before.subchannels), old_place >= 0, slots
    power[:count][:, known, :kept] = decision.power_w[:count][:, old_place[known], :kept]
    carried = Decision(station, subchannel, _flight(decision, before, world), power, "active")
    return replace(carried, power_w=carried.used_power_w)


def _places(wanted: Sequence[str], known: Sequence[str]) -> IntArray:
    """Return where each wanted id stands among the known ones, -1 where it does not."""
    at = {name: index for index, name in enumerate(known)}
    return np.array([at.get(name, -1) for name in wanted], dtype=np.int64)


def _links(
    decision: Decision, before: World, world: World, old_place: IntArray, old_user: IntArray, slots: int
) -> tuple[IntArray, IntArray]:
    """Return station and subchannel (slots, users) of the links that still exist, at most one on a subchannel."""
    now = np.full(before.station_count + 1, UNSERVED)  # the last entry stands for nobody, which is index -1
    now[old_place[old_place >= 0]] = np.flatnonzero(old_place >= 0)
    station = np.full((world.slots, world.user_count), UNSERVED)
    subchannel = station.copy()
    users = np.flatnonzero(old_user >= 0)
    station[:slots, users] = now[decision.station[:slots, old_user[users]]]
    subchannel[:slots, users] = decision.subchannel[:slots, old_user[users]]
    station = np.where(subchannel >= world.subchannels, UNSERVED, station)
    station = np.where(_beyond_seats(station, world), UNSERVED, station)
    return station, np.where(is_linked(station), subchannel, UNSERVED)


def _beyond_seats(station: IntArray, world: World) -> Array:
    """Say which links (slots, users) are more than their station has seats for; the first users keep theirs."""
    beyond = np.zeros(station.shape, dtype=bool)
    for index, seats in enumerate(world.station_max_users):
        is_here = station == index
        beyond |= is_here & (np.cumsum(is_here, axis=1) > seats)
    return beyond


def _flight(decision: Decision, before: World, world: World) -> Array:
    """Return waypoints (slots + 1, I, 3): as before where the user is the same and has the same time."""
    home = reference_flight(world)
    flight = home.copy()
    if world.scenario.time != before.scenario.time or world.scenario.area != before.scenario.area:
        return flight
    old = {user.id: (index, user) for index, user in enumerate(before.scenario.aerial_users)}
    for index, user in enumerate(world.scenario.aerial_users):
        place, as_before = old.get(user.id, (0, None))
        if as_before is not None and user == as_before.model_copy(update={"name": user.name}):
            flight[:, index] = decision.positions_m[:, place]
    return mended(world, flight, home)
