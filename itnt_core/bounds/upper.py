"""The upper bounds of a world: no decision without violations has more active data, or serves more user slots."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import get_args

import numpy as np

from itnt_core.deadline import Check, no_limit
from itnt_core.network import BITS_PER_MBIT, TOLERANCE, Convention, World
from itnt_core.qos import least_sinr
from itnt_core.rate_laws import user_tables

from .aerial import aerial_gain_bounds
from .coverage import most_served
from .known import UnknownBoundError, why_unknown
from .slot import EFFORTS, Effort, SlotBound, bound_slot
from .types import Array, IntArray

LEAST_SPREAD_MBIT = 1e-9  # between users whom the bound gives most and least: below it all have the same
LEAST_WEIGHT = 1e-9  # beside the greatest
WEIGHT_STEPS = 12  # tried with the quick bound, where data are not worth the same to all
SHARPER_STEPS = 17  # of max-min fairness, from the best weights of its smooth stand-in
SHARPNESS = 4.0  # by how much the first of these tells apart, as a logarithm, whom the bound gives most and least

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
    utility_mbit: float  # on what the data are worth (:mod:`itnt_core.utility`): the data where that is all that counts
    weight: Array  # (users,): what a Mbit of each counts in the sum of data that bounds what they are worth


def upper_bound(world: World, effort: str = "standard", check: Check = no_limit) -> UpperBound:
    """Bound data and served users of a world; ``effort`` is quick, standard or thorough, none worse than the last.

    Where data are not worth the same to all, the worth is bounded with that effort, and all data with the quick one.

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
    utility, slots = world.utility, _Slots(world)
    alike = np.ones(world.user_count)
    found = slots.along(ladder if utility.is_plain else ladder[:1], None, check)
    per_slot = found.mbit.min(axis=1)
    served, totals = found.served, found.totals
    kind = min(totals, key=lambda name: totals[name])
    data_mbit = worth_mbit = float(per_slot.sum())
    if not utility.is_plain:
        tries = [(utility.slope(alike), 0.0)] if utility.is_linear else best_weights(world, slots, check)
        weighted = [(slots.along(ladder, weight, check), weight, rest) for weight, rest in tries]
        served = np.minimum.reduce([served, *(one.served for one, _, _ in weighted)])
        unserved = world.slots * world.user_count - int(served.sum())
        sums = [float(one.mbit.min(axis=1).sum()) + rest for one, _, rest in weighted]
        lowest = int(np.argmin(sums))
        worth_mbit, alike = sums[lowest] - utility.unserved_mbit * unserved, weighted[lowest][1]
    share = float(served.sum() / (world.slots * world.user_count)) if world.user_count else 1.0
    wall_s = time.perf_counter() - started
    return UpperBound(data_mbit, per_slot, kind, wall_s, totals, served, share, worth_mbit, alike)


def best_weights(world: World, slots: _Slots, check: Check) -> list[tuple[Array, float]]:
    """Return weights (users,) whose weighted sum of data bounds their worth well, and the rest that adds to each sum.

    Any weights of :meth:`itnt_core.utility.Utility.certificate` give a bound. Steps of Frank and Wolfe (1956) towards
    the data that the bound without interference allows look for low ones: its value is their dual gap's upper end.
    """
    utility = world.utility
    data = np.ones(world.user_count)
    best, answer, found = np.inf, utility.certificate(data), None
    for step in range(WEIGHT_STEPS):
        check()
        weight, rest = utility.certificate(data)
        tried = slots.along(["quick"], weight, check)
        bound = float(tried.mbit.min(axis=1).sum()) + rest
        if bound < best:
            best, answer, found = bound, (weight, rest), tried
        share = 1.0 if step == 0 else 2.0 / (step + 2.0)
        data = (1.0 - share) * data + share * tried.user_mbit
    if np.isinf(utility.alpha) and found is not None:
        # what is sharper without interference may be less so with it: both are tried with the whole effort
        return [answer, (_sharper_weights(world, slots, answer[0], found.user_mbit, check), 0.0)]
    return [answer]


def _sharper_weights(world: World, slots: _Slots, weight: Array, data_mbit: Array, check: Check) -> Array:
    """Return weights (users,) that bound the least D_u / w_u no worse: those of its smooth stand-in leave no user out.

    Steps of mirror descent on the simplex (Beck and Teboulle, Mirror descent and nonlinear projected subgradient
    methods for convex optimization, Operations Research Letters 31, 2003) from ``weight``, at which the bound's own
    optimum has ``data_mbit`` (users,): less weight to whom it gives much.
    """
    priority = world.utility.priority
    total = float(priority.sum())
    logs = np.log(np.maximum(weight * priority / total, LEAST_WEIGHT))
    best, answer = np.inf, weight
    for step in range(SHARPER_STEPS + 1):
        check()
        if step:
            given = data_mbit / priority
            logs = logs - SHARPNESS / np.sqrt(step) * given / max(float(np.ptp(given)), LEAST_SPREAD_MBIT)
            logs = np.maximum(logs - logs.max(), np.log(LEAST_WEIGHT))
        share = np.exp(logs) / np.exp(logs).sum()
        tried = total * share / priority
        found = slots.along(["quick"], tried, check)
        bound, data_mbit = float(found.mbit.min(axis=1).sum()), found.user_mbit
        if bound < best:
            best, answer = bound, tried
    return answer


@dataclass(frozen=True, eq=False)
class _Found:
    """Bounds of all slots."""

    mbit: Array  # (slots, kinds)
    served: IntArray  # (slots,)
    user_mbit: Array  # (users,) of the quick bound's own optimum

    @property
    def totals(self) -> dict[str, float]:
        """Return what each kind alone says; without a cap, none says "inf"."""
        totals = dict(zip(KINDS, self.mbit.sum(axis=0).tolist(), strict=True))
        return {name: value for name, value in totals.items() if np.isfinite(value)}


class _Slots:
    """Bounds the slots of a world one after another, for any weights of its users."""

    def __init__(self, world: World):
        self.world = world
        self._aerial: dict[int, tuple[Array, Array]] = {}  # ceilings and floors of gains, by the number of places

    def along(self, ladder: Sequence[str], weight: Array | None, check: Check) -> _Found:
        """Return the least bounds along a ladder of efforts; ``weight`` (users,) is what a Mbit of each user counts."""
        world = self.world
        per_efficiency = world.bandwidth_hz * world.scenario.time.slot_s / BITS_PER_MBIT
        scaled, top = None, 1.0
        if weight is not None and len(weight):
            # no law may exceed Shannon's; a weight of next to nothing only raises the bound
            top = float(weight.max())
            scaled = np.maximum(weight / top, LEAST_WEIGHT)
        laws = user_tables(world.scenario.radio.rate_law.ceiling, world.user_cap, scaled)
        parts = [list(self._bounds(EFFORTS[step], laws, check)) for step in ladder]
        mbit = np.array([[_kinds(bound) for bound, _ in part] for part in parts]).min(axis=0) * (top * per_efficiency)
        served = np.array([[count for _, count in part] for part in parts]).min(axis=0)
        rates = np.sum([bound.rates for bound, _ in parts[0]], axis=0) / (1.0 if scaled is None else scaled)
        return _Found(mbit, served, rates * per_efficiency)

    def _bounds(self, effort: Effort, laws: Array, check: Check) -> Iterator[tuple[SlotBound, int]]:
        """Yield the bound of every slot, and how many users it can serve at most."""
        world = self.world
        if effort.places not in self._aerial:
            self._aerial[effort.places] = aerial_gain_bounds(world, effort.places)
        ceiling, floor = self._aerial[effort.places]
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
            at_most = world.subchannels_at_most[group]
            most = at_most.max(axis=0)
            bound, warm = bound_slot(signal, heard, world.station_max_users, laws, effort, warm, least, most)
            seats = np.minimum(world.station_max_users, world.subchannels)
            yield from (
                (bound, most_served(slot, seats, floor_active, own)) for slot, own in zip(signals, at_most, strict=True)
            )


def _kinds(bound: SlotBound) -> tuple[float, float, float]:
    return bound.capped, bound.undisturbed, bound.disturbed


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
    ground = np.stack([world.ground_factors.in_slot(slot) for slot in range(world.slots)[group]])
    gains = np.concatenate([spread, ground], axis=1)  # (slots, users, stations, subchannels)
    return (gains * scale[group][:, None, :, None]).transpose(0, 3, 2, 1)
