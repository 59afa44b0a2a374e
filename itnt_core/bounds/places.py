"""Best-first search over boxes of places for the greatest gain that each aerial user can meet in each slot."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numba
import numpy as np

from .reach import Reach
from .types import Array, BoolArray, IntArray

ROOT_HALF_M = 32.0
SMALLEST_HALF_M = 0.2  # boxes below are left as they are
CLOSE = 10.0**-0.1  # boxes within a decibel of the greatest in a slot are cut together
# middles (n, 3), shifts of the parts (parts, 3) and half sides (3,) to gains (n, parts)
Ceilings = Callable[[Array, Array, Array], Array]


@dataclass(eq=False)
class _Boxes:
    """Boxes of one size, and the slots (0-based, first > last for none) in which each user can be in them."""

    middle_m: Array  # (n, 3)
    half_m: Array  # (3,)
    gain: Array  # (n,) ceiling
    first: IntArray  # (n, users)
    last: IntArray  # (n, users)

    def kept(self, mask: BoolArray) -> _Boxes:
        """Return the boxes of a mask (n,)."""
        return _Boxes(self.middle_m[mask], self.half_m, self.gain[mask], self.first[mask], self.last[mask])


def greatest_gains(reaches: Sequence[Reach], gains: Ceilings, budget: int) -> Array:
    """Return the greatest gain (slots, users) over the reachable sets, cutting about ``budget`` boxes in all.

    Every box is held by the gain ceiling of ``gains`` and counts in a slot unless it misses one of the two discs or
    the heights of the user's reachable set, so the boxes together always cover the set. A box that is greatest in some
    slot is replaced by its parts; a part is never held higher than the whole, so a larger budget is never worse.
    """
    slots = len(reaches[0].low_m)
    levels = [_roots(reaches, gains)]
    done: list[_Boxes] = []
    spent = len(levels[0].gain)
    while spent < budget:
        top = _tops([*levels, *done], slots, len(reaches))
        cut_any = False
        for index in range(len(levels)):
            boxes = levels[index]
            wanted = _is_top(boxes.first, boxes.last, boxes.gain, top, CLOSE)
            if not wanted.any():
                continue
            chosen, levels[index] = boxes.kept(wanted), boxes.kept(~wanted)
            if chosen.half_m.max() <= SMALLEST_HALF_M:
                done.append(chosen)
                continue
            parts = _cut(chosen, reaches, gains)
            spent += len(parts.gain)
            cut_any = True
            if index + 1 == len(levels):
                levels.append(parts)
            else:
                levels[index + 1] = _joined(levels[index + 1], parts)
        if not cut_any:
            break
    return _tops([*levels, *done], slots, len(reaches)).T


def _roots(reaches: Sequence[Reach], gains: Ceilings) -> _Boxes:
    """Return boxes that cover the area at all heights that any user may have."""
    side = max(reach.half_side_m for reach in reaches)
    low = min(float(reach.low_m.min()) for reach in reaches)
    high = max(float(reach.high_m.max()) for reach in reaches)
    high = max(high, low)
    count, levels = (max(1, int(np.ceil(length / ROOT_HALF_M))) for length in (side, (high - low) / 2.0))
    half = np.array([side / count, side / count, (high - low) / 2.0 / levels])
    flat = -side + half[0] * (2.0 * np.arange(count) + 1.0)
    heights = low + half[2] * (2.0 * np.arange(levels) + 1.0)
    mesh = np.meshgrid(flat, flat, heights, indexing="ij")
    middles = np.stack([axis.ravel() for axis in mesh], axis=1)
    return _held(middles, np.zeros((1, 3)), half * (1.0 + 1e-9), reaches, gains, np.full(len(middles), np.inf))


def _held(
    middles: Array, shifts: Array, half: Array, reaches: Sequence[Reach], gains: Ceilings, limit: Array
) -> _Boxes:
    """Return the parts of boxes with slots and gains, at most ``limit`` (n,); those nobody can reach are left out."""
    gain = np.minimum(gains(middles, shifts, half), limit[:, None]).ravel()
    places = (middles[:, None, :] + shifts[None]).reshape(-1, 3)
    spans = [_slots_of(places, half, *_limits(reach)) for reach in reaches]
    first = np.stack([span[0] for span in spans], axis=1)
    last = np.stack([span[1] for span in spans], axis=1)
    return _Boxes(places, half, gain, first, last).kept(np.asarray((first <= last).any(axis=1)))


def _limits(reach: Reach) -> tuple[Array, ...]:
    ends = np.concatenate([reach.start_m, reach.destination_m])
    return ends, reach.start_radius_m, reach.destination_radius_m, reach.low_m, reach.high_m


def _cut(boxes: _Boxes, reaches: Sequence[Reach], gains: Ceilings) -> _Boxes:
    """Return the halves of boxes along their long sides."""
    long = boxes.half_m > 0.5 * boxes.half_m.max()
    half = np.where(long, 0.5 * boxes.half_m * (1.0 + 1e-12), boxes.half_m)
    signs = np.stack(np.meshgrid(*[[-0.5, 0.5] if is_long else [0.0] for is_long in long], indexing="ij"), axis=-1)
    shifts = signs.reshape(-1, 3) * boxes.half_m
    return _held(boxes.middle_m, shifts, half, reaches, gains, boxes.gain)


def _joined(a: _Boxes, b: _Boxes) -> _Boxes:
    def both(name: str) -> Array:
        return np.concatenate([getattr(a, name), getattr(b, name)])

    return _Boxes(
        both("middle_m"),
        np.maximum(a.half_m, b.half_m),
        both("gain"),
        both("first").astype(np.int64),
        both("last").astype(np.int64),
    )


def _tops(parts: Sequence[_Boxes], slots: int, users: int) -> Array:
    """Return the greatest gain (users, slots) of all boxes."""
    top = np.zeros((users, slots))
    for boxes in parts:
        _raise_tops(boxes.first, boxes.last, boxes.gain, np.argsort(-boxes.gain, kind="stable"), top)
    return top


@numba.njit(cache=True)
def _raise_tops(first, last, gain, order, top):  # type: ignore[no-untyped-def]
    """Raise the greatest gain (users, slots) to that of boxes (n,), the greatest of them first.

    Each slot is raised once, by the greatest box that counts there: ``ahead`` leads past those that were.
    """
    users, slots = top.shape
    ahead = np.empty(slots + 1, dtype=np.int64)  # to itself, or on towards the next slot that was not raised yet
    for user in range(users):
        for slot in range(slots + 1):
            ahead[slot] = slot
        for i in order:
            slot = _next_left(ahead, first[i, user])
            while slot <= last[i, user]:
                top[user, slot] = max(top[user, slot], gain[i])
                ahead[slot] = slot + 1
                slot = _next_left(ahead, slot + 1)


@numba.njit(cache=True)
def _next_left(ahead, slot):  # type: ignore[no-untyped-def]
    while ahead[slot] != slot:
        ahead[slot] = ahead[ahead[slot]]
        slot = ahead[slot]
    return slot


@numba.njit(cache=True)
def _is_top(first, last, gain, top, close):  # type: ignore[no-untyped-def]
    """Say which boxes (n,) hold the greatest gain of some user in some slot, or nearly."""
    found = np.zeros(len(gain), dtype=np.bool_)
    for user in range(len(top)):
        least = _least_of_spans(top[user])
        for i in range(len(gain)):
            length = last[i, user] - first[i, user] + 1
            if length <= 0 or found[i]:
                continue
            level = 0
            while 2 << level <= length:
                level += 1
            low = min(least[level, first[i, user]], least[level, last[i, user] + 1 - (1 << level)])
            found[i] = gain[i] >= close * low
    return found


@numba.njit(cache=True)
def _least_of_spans(values):  # type: ignore[no-untyped-def]
    """Return the least (levels, n) of the 2 ** level values from each on: the least of any span is that of two."""
    count, levels = len(values), 1
    while 1 << levels <= count:
        levels += 1
    least = np.empty((levels, count))
    least[0] = values
    for level in range(1, levels):
        half = 1 << (level - 1)
        for start in range(count - 2 * half + 1):
            least[level, start] = min(least[level - 1, start], least[level - 1, start + half])
    return least


@numba.njit(cache=True)
def _slots_of(middles, half, ends, start_radius, destination_radius, low, high):  # type: ignore[no-untyped-def]
    """Return the first and last slot (n,) in which boxes meet both discs and the heights; first > last for none.

    All limits hold over an interval of slots each: one disc grows, the other shrinks, the least height falls and
    rises, the greatest rises and falls, so what lies between the first and the last slot is what counts.
    """
    slots = len(low)
    first, last = np.empty(len(middles), dtype=np.int64), np.empty(len(middles), dtype=np.int64)
    for i in range(len(middles)):
        x, y, z = middles[i, 0], middles[i, 1], middles[i, 2]
        from_start = np.hypot(max(abs(x - ends[0]) - half[0], 0.0), max(abs(y - ends[1]) - half[1], 0.0))
        to_end = np.hypot(max(abs(x - ends[2]) - half[0], 0.0), max(abs(y - ends[3]) - half[1], 0.0))
        begin, end = 0, slots - 1
        while begin <= end and (
            start_radius[begin] < from_start
            or destination_radius[begin] < to_end
            or low[begin] > z + half[2]
            or high[begin] < z - half[2]
        ):
            begin += 1
        while end >= begin and (
            start_radius[end] < from_start
            or destination_radius[end] < to_end
            or low[end] > z + half[2]
            or high[end] < z - half[2]
        ):
            end -= 1
        first[i], last[i] = begin, end
    return first, last
