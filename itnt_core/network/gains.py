"""Gains of all links, kept as what they are made of where all of them together would fill the memory.

Slow gains change from slot to slot and are the same on all subchannels; fading differs by subchannel and stays for a
block of slots. The product of both is a number for each slot, user, station and subchannel: 90 million of them for
1,000 users, 30 stations, 50 subchannels and 60 slots, but only 20 million of their factors.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from itnt_core.arrays import Array, BoolArray, IntArray

MOST_WHOLE = 30_000_000  # numbers, 240 MB, up to which the gains are one array


@dataclass(frozen=True, eq=False)
class GroundGains:
    """The gains (T, J, B, K) of the ground users by their factors."""

    slow: Array  # (T, J, B)
    fading: Array | None  # (blocks, J, M, K) towards the GBSs, which stand first; None where nothing fades
    coherence: int  # slots of a block
    seldom: dict[int, BoolArray]  # of users who move: the slots and GBSs (T, M) in which their links fade
    subchannels: int

    def in_slot(self, slot: int) -> Array:
        """Return the gains (J, B, K) in a slot (index from 0)."""
        gains = np.repeat(self.slow[slot, :, :, None], self.subchannels, axis=2)
        if self.fading is not None:
            gains[:, : self.fading.shape[2]] *= self._factors(slot)
        return gains

    def whole(self) -> Array:
        """Return all gains (T, J, B, K)."""
        gains = np.empty((*self.slow.shape, self.subchannels))
        for slot in range(len(gains)):
            gains[slot] = self.in_slot(slot)
        return gains

    def at(self, subchannel: IntArray) -> Array:
        """Return the gains (T, J, B) on one subchannel for each user and slot (T, J)."""
        gains = self.slow.copy()
        if self.fading is not None:
            blocks = np.arange(len(gains))[:, None] // self.coherence
            users = np.arange(gains.shape[1])[None]
            factors = self.fading[blocks, users, :, subchannel]  # (T, J, M)
            for user, fades in self.seldom.items():
                factors[:, user] = np.where(fades, factors[:, user], 1.0)
            gains[:, :, : factors.shape[2]] *= factors
        return gains

    def _factors(self, slot: int) -> Array:
        assert self.fading is not None
        factors = self.fading[slot // self.coherence]
        if not self.seldom:
            return factors
        factors = factors.copy()
        for user, fades in self.seldom.items():
            factors[user] = np.where(fades[slot][:, None], factors[user], 1.0)
        return factors


@dataclass(frozen=True, eq=False, repr=False)
class LinkGains(NDArrayOperatorsMixin):
    """The gains (T, U, B, K) of all users on a flight; a slot of them, some slots or some links cost no more than that.

    Everywhere else it behaves as the array, which is then made: what treats gains slot by slot needs no memory.
    """

    aerial: Array  # (all slots, I, B)
    ground: GroundGains
    slots: IntArray  # the slots (T,) that these are

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """Return the numbers of slots, users, stations and subchannels."""
        _, ground, stations = self.ground.slow.shape
        return len(self.slots), self.aerial.shape[1] + ground, stations, self.ground.subchannels

    def __len__(self) -> int:
        return len(self.slots)

    def __iter__(self) -> Any:
        return (self._in_slot(number) for number in range(len(self)))

    def __getitem__(self, index: Any) -> Any:
        first, rest = (index[0], index[1:]) if isinstance(index, tuple) else (index, ())
        if isinstance(first, int | np.integer):
            return self._in_slot(int(first))[rest]
        if not rest:
            return replace(self, slots=self.slots[first])
        if len(rest) == 3 and all(isinstance(part, np.ndarray) and part.ndim == 1 for part in index):
            return self._of_links(*index)
        if isinstance(first, slice) or len(rest) == 1:
            some = np.arange(len(self))[first]
            return np.stack([self._in_slot(number)[rest] for number in some.tolist()])
        return np.asarray(self)[index]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        whole = np.empty(self.shape)
        for number in range(len(self)):
            whole[number] = self._in_slot(number)
        return whole if dtype is None else whole.astype(dtype)

    def __array_ufunc__(self, function: Any, method: str, *inputs: Any, **options: Any) -> Any:
        arrays = [np.asarray(one) if isinstance(one, LinkGains) else one for one in inputs]
        return getattr(function, method)(*arrays, **options)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(np.asarray(self), name)

    def at(self, subchannel: IntArray) -> Array:
        """Return the gains (T, U, B) on one subchannel for each user and slot (T, U)."""
        if len(self) < len(self.aerial):
            rows = zip(self, subchannel, strict=True)
            return np.stack([np.take_along_axis(own, k[:, None, None], axis=2)[..., 0] for own, k in rows])
        ground = self.ground.at(subchannel[:, self.aerial.shape[1] :])
        return np.concatenate([self.aerial, ground], axis=1)

    def _in_slot(self, number: int) -> Array:
        slot = int(self.slots[number])
        aerial = self.aerial[slot][..., None]
        spread = np.broadcast_to(aerial, (*aerial.shape[:2], self.ground.subchannels))
        return np.concatenate([spread, self.ground.in_slot(slot)], axis=0)

    def _of_links(self, number: IntArray, user: IntArray, station: IntArray, subchannel: IntArray) -> Array:
        found = np.empty(len(number))
        for one in np.unique(number).tolist():
            here = number == one
            found[here] = self._in_slot(one)[user[here], station[here], subchannel[here]]
        return found


def on_subchannels(gains: Array, subchannel: IntArray) -> Array:
    """Return the gains (T, U, B) of links (T, U, B, K) on one subchannel for each user and slot (T, U)."""
    if isinstance(gains, LinkGains):
        return gains.at(subchannel)
    return np.asarray(np.take_along_axis(gains, subchannel[:, :, None, None], axis=3)[..., 0])
