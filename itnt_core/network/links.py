"""Who is linked where: the one home of reading links out of the arrays ``station`` and ``subchannel``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from itnt_core.arrays import BoolArray, IntArray
from itnt_core.qos import UNSERVED, is_linked


class LinkTable(NamedTuple):
    """One entry for each link, by slot and then by user; arrays (links,).

    As an index it picks the links out of anything of shape (slots, users, stations, subchannels): ``gains[links]``.
    """

    slot: IntArray
    user: IntArray
    station: IntArray
    subchannel: IntArray

    @property
    def on_air(self) -> tuple[IntArray, IntArray, IntArray]:
        """Return the links as an index into what stations do, (slots, stations, subchannels)."""
        return self.slot, self.station, self.subchannel

    def in_slot(self, slot: int) -> LinkTable:
        """Return the links of one slot (index from 0)."""
        first, last = np.searchsorted(self.slot, (slot, slot + 1))
        return LinkTable(*(column[first:last] for column in self))

    def occupied(self, shape: tuple[int, ...]) -> BoolArray:
        """Say which subchannels serve someone, for a shape (slots, stations, subchannels)."""
        found = np.zeros(shape, dtype=bool)
        found[self.on_air] = True
        return found


@dataclass(frozen=True, eq=False)
class Association:
    """Who is linked where: indices (slots, users), UNSERVED where nobody serves the user."""

    station: IntArray
    subchannel: IntArray

    @classmethod
    def from_columns(cls, columns: IntArray, subchannels: int) -> Association:
        """Build from flat columns station * K + subchannel (slots, users), UNSERVED where unserved."""
        linked = is_linked(columns)
        return Association(
            np.where(linked, columns // subchannels, UNSERVED), np.where(linked, columns % subchannels, UNSERVED)
        )

    def columns(self, subchannels: int) -> IntArray:
        """Return the flat columns (slots, users) that :meth:`from_columns` reads."""
        return np.where(self.linked, self.station * subchannels + self.subchannel, UNSERVED)

    @property
    def linked(self) -> BoolArray:
        """Say who has a link: (slots, users). Whether it is served as well is the judge's to say."""
        return is_linked(self.station)

    @property
    def links(self) -> LinkTable:
        """Return the links."""
        # Contiguous, as compiled code is compiled for: numpy returns every other number of one array.
        slot, user = map(np.ascontiguousarray, np.nonzero(self.linked))
        return LinkTable(slot, user, self.station[slot, user], self.subchannel[slot, user])
