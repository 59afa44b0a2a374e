"""Changes of server: who changes when, what is lost while it does, who comes back at once, who has to stay.

A user changes its server in a slot in which it is linked to another station than the one that it was last linked to;
slots without a link in between do not hide a change, and its first link is none. All of it follows from who is linked
where. What happened before the window is unknown: nobody has to stay with its first server.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from itnt_core.arrays import Array, BoolArray, IntArray
from itnt_core.qos import UNSERVED, is_linked
from itnt_core.scenario import Handover, Scenario

PING_PONG_S = 5.0  # this project: a change back within this time is one (TR 36.839 takes 1 s between cells)
MINUTE_S = 60.0


@dataclass(frozen=True)
class HandoverFigures:
    """What the changes of server of a whole window add up to."""

    changes: int
    per_user_min: float  # per user and minute
    ping_pongs: int  # changes back to the server before the last one within PING_PONG_S
    lost_s: float  # of all users, by the interruptions that the scenario names, whether it counts them or not


def last_servers(station: IntArray) -> IntArray:
    """Return the station to which each user was last linked before each slot, UNSERVED where to none; (slots, users).

    >>> last_servers(np.array([[0], [-1], [1]])).ravel().tolist()
    [-1, 0, 0]
    """
    slots, users = station.shape
    rows = np.where(is_linked(station), np.arange(slots)[:, None], -1)
    newest = np.maximum.accumulate(rows, axis=0)
    held = np.where(newest >= 0, station[np.maximum(newest, 0), np.arange(users)], UNSERVED)
    before = np.full_like(station, UNSERVED)
    before[1:] = held[:-1]
    return before


def changes_of_server(station: IntArray) -> BoolArray:
    """Say in which slots users are linked to another station than to the last one (slots, users).

    >>> changes_of_server(np.array([[0], [-1], [1], [1], [0]])).ravel().tolist()
    [False, False, True, False, True]
    """
    before = last_servers(station)
    return is_linked(station) & is_linked(before) & (station != before)


def interruption_s(handover: Handover, gbs_count: int, station_count: int, slot_s: float) -> Array:
    """Return how long a change takes in seconds, at most a slot, 0 on the diagonal; of the shape (B, B).

    Rows are the stations before, columns those after. The first ``gbs_count`` stations are on the ground.
    """
    is_ground = np.arange(station_count) < gbs_count
    both = is_ground[:, None] & is_ground[None, :]
    lost_s = np.where(both, handover.ground_interruption_s, handover.satellite_interruption_s)
    np.fill_diagonal(lost_s, 0.0)
    return np.minimum(lost_s, slot_s)


def lost_time_s(scenario: Scenario, station: IntArray) -> Array:
    """Return the part of each slot that a change of server takes, in seconds (slots, users)."""
    count = max(len(scenario.ground_stations), int(station.max(initial=0)) + 1)
    table_s = interruption_s(scenario.handover, len(scenario.ground_stations), count, scenario.time.slot_s)
    changed, before = changes_of_server(station), last_servers(station)
    return np.where(changed, table_s[np.where(changed, before, 0), np.where(changed, station, 0)], 0.0)


def kept_share(scenario: Scenario, station: IntArray) -> Array:
    """Return the part of each slot in which data arrives (slots, users): 1 where changes of server cost no time."""
    if not scenario.handover.interrupts:
        return np.ones(station.shape)
    return 1.0 - lost_time_s(scenario, station) / scenario.time.slot_s


def change_costs_mbit(scenario: Scenario, station: IntArray) -> Array:
    """Return what the objective takes off for changes of server in each slot (slots,), in Mbit."""
    return scenario.handover.price_mbit * changes_of_server(station).sum(axis=1)


def slots_stayed(station: IntArray) -> Array:
    """Return at each change of server how many slots after the user's change before it is (slots, users), else inf."""
    slots = len(station)
    changed = changes_of_server(station)
    rows = np.where(changed, np.arange(slots)[:, None], -1)
    newest = np.maximum.accumulate(rows, axis=0)
    before = np.full_like(newest, -1)
    before[1:] = newest[:-1]
    return np.where(changed & (before >= 0), np.arange(slots)[:, None] - before, np.inf)


def early_changes(station: IntArray, min_stay_slots: int) -> BoolArray:
    """Say which links (slots, users) must go so that every user stays with its server for so many slots.

    Slot by slot, a link that would be a change too early is let go; the user's server remains the old one.
    """
    lost = np.zeros(station.shape, dtype=bool)
    if min_stay_slots <= 1:
        return lost
    server = np.full(station.shape[1], UNSERVED)
    stayed = np.full(station.shape[1], min_stay_slots)
    for slot, here in enumerate(station):
        changes = is_linked(here) & is_linked(server) & (here != server)
        lost[slot] = changes & (stayed < min_stay_slots)
        changed = changes & ~lost[slot]
        server = np.where(is_linked(here) & ~lost[slot], here, server)
        stayed = np.where(changed, 1, np.minimum(stayed + 1, min_stay_slots))
    return lost


def ping_pongs(station: IntArray, slot_s: float) -> BoolArray:
    """Say which changes (slots, users) lead back to the server before the last within PING_PONG_S."""
    changed, before = changes_of_server(station), last_servers(station)
    found = np.zeros(station.shape, dtype=bool)
    for user in np.flatnonzero(changed.sum(axis=0) > 1):
        at = np.flatnonzero(changed[:, user])
        is_back = station[at[1:], user] == before[at[:-1], user]
        found[at[1:], user] = is_back & (np.diff(at) * slot_s <= PING_PONG_S + 1e-9)
    return found


def handover_figures(scenario: Scenario, station: IntArray) -> HandoverFigures:
    """Return what the changes of server (slots, users) of a whole window add up to."""
    changes, users = int(changes_of_server(station).sum()), station.shape[1]
    minutes = scenario.time.duration_s / MINUTE_S
    rate = changes / (users * minutes) if users else 0.0
    back = int(ping_pongs(station, scenario.time.slot_s).sum())
    return HandoverFigures(changes, rate, back, float(lost_time_s(scenario, station).sum()))
