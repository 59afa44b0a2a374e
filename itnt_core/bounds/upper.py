"""The upper bounds of a world: no decision without violations has more active data, or serves more user slots."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import get_args

import numpy as np

from itnt_core.deadline import Check, no_limit
from itnt_core.network import BITS_PER_MBIT, TOLERANCE, Convention, World
from itnt_core.qos import least_sinr

from .aerial import aerial_gain_bounds
from .coverage import most_served
from .known import UnknownBoundError, why_unknown
from .slot import EFFORTS, Effort, SlotBound, bound_slot
from .types import Array, IntArray

KINDS = {
    "capped": "every user or seat at the most that a link carries",
    "undisturbed": "no interference: priced water filling and assignment",
    "disturbed": "interference between stations: priced branch and bound per subchannel",
}


@dataclass(frozen=True, eq=False)
class UpperBound:
    """Proved limits on the active data service and the served users of every decision that violates nothing."""

    data_service_mbit: float
    per_slot_mbit: Array  # (slots,)
    kind: str  # a key of KINDS: the bound that was the tightest over the whole flight
    wall_s: float
    by_kind_mbit: dict[str, float]  # what each kind alone would say
    served_per_slot: IntArray  # (slots,): users that can be served at once, active convention
    served_share: float  # of (user, slot)


def upper_bound(world: World, effort: str = "standard", check: Check = no_limit) -> UpperBound:
    """Bound data and served users of a world; ``effort`` is quick, standard or thorough, none worse than the last.

    Ground users have their exact gains. An aerial user has, at each station independently, the best gain of its
    reachable set as a signal and the worst as interference. Slots are bounded on their own, several neighbours at
    once where their gains differ little; the flight couples them only through the reachable sets. A served user has
    at least the lower of the two SINR floors, since a decision may promise either. Raises UnknownBoundError where the
    channel model is a plug-in's that states nothing to prove a bound with (:func:`~itnt_core.bounds.why_unknown`).
    ``check`` is called between groups of slots and may end the work by raising.

    >>> import itnt_core as itnt
    >>> from itnt_core.network import build_world
    >>> bound = upper_bound(build_world(itnt.preset("tiny")), "quick")
    >>> bound.per_slot_mbit.shape, bool(abs(bound.per_slot_mbit.sum() - bound.data_service_mbit) < 1e-9)
    ((8,), True)
    """
    if effort not in EFFORTS:
        raise ValueError(f"The effort is '{effort}', but known are {', '.join(EFFORTS)}: choose one of them.")
    unknown = why_unknown(world)
    if unknown:
        raise UnknownBoundError(unknown)
    started = time.perf_counter()
    ladder = list(EFFORTS)[: list(EFFORTS).index(effort) + 1]
    parts = [list(_slot_bounds(world, EFFORTS[step], check)) for step in ladder]
    per_efficiency = world.bandwidth_hz * world.scenario.time.slot_s / BITS_PER_MBIT
    mbit = np.array([[_kinds(bound) for bound, _ in part] for part in parts]).min(axis=0) * per_efficiency
    served = np.array([[count for _, count in part] for part in parts]).min(axis=0)  # (slots,); mbit is (slots, kinds)
    share = float(served.sum() / (world.slots * world.user_count)) if world.user_count else 1.0
    per_slot = mbit.min(axis=1)
    totals = dict(zip(KINDS, mbit.sum(axis=0).tolist(), strict=True))
    totals = {name: value for name, value in totals.items() if np.isfinite(value)}  # without a cap, none says "inf"
    kind = min(totals, key=lambda name: totals[name])
    return UpperBound(float(per_slot.sum()), per_slot, kind, time.perf_counter() - started, totals, served, share)


def _kinds(bound: SlotBound) -> tuple[float, float, float]:
    return bound.capped, bound.undisturbed, bound.disturbed


def _slot_bounds(world: World, effort: Effort, check: Check) -> Iterator[tuple[SlotBound, int]]:
    """Yield the bound of every slot, and how many users it can serve at most."""
    ceiling, floor = aerial_gain_bounds(world, effort.places)
    least = min(least_sinr(world.scenario, convention) for convention in get_args(Convention))
    floor_active = least_sinr(world.scenario, "active")
    # the constraint check lets a station exceed P_max, and a satellite its flux density, by this share
    scale = world.subchannel_max_power_w * (1.0 + TOLERANCE) / world.noise_w  # (slots, stations)
    warm = None
    for group in slot_groups(world, effort.group_slots):
        check()
        signals = _scaled(world, ceiling, group, scale)
        signal = signals.max(axis=0)
        heard = _scaled(world, floor, group, scale).min(axis=0)
        law = world.scenario.radio.rate_law
        at_most = world.subchannels_at_most[group]
        bound, warm = bound_slot(signal, heard, world.station_max_users, law, effort, warm, least, at_most.max(axis=0))
        seats = np.minimum(world.station_max_users, world.subchannels)
        yield from (
            (bound, most_served(slot, seats, floor_active, own)) for slot, own in zip(signals, at_most, strict=True)
        )


def slot_groups(world: World, size: int) -> list[slice]:
    """Cut the slots into runs of at most ``size`` that stay within one coherence block of the fading."""
    coherence = world.scenario.channel.coherence_slots
    starts = [
        start
        for block in range(0, world.slots, coherence)
        for start in range(block, min(block + coherence, world.slots), size)
    ]
    return [slice(start, stop) for start, stop in zip(starts, [*starts[1:], world.slots], strict=True)]


def _scaled(world: World, aerial: Array, group: slice, scale: Array) -> Array:
    """Return the scaled gains (slots of the group, subchannels, stations, users)."""
    spread = np.repeat(aerial[group][..., None], world.subchannels, axis=3)
    gains = np.concatenate([spread, world.ground_gains[group]], axis=1)  # (slots, users, stations, subchannels)
    return (gains * scale[group][:, None, :, None]).transpose(0, 3, 2, 1)
