"""A method's answer: who is served where, how the aerial users fly, with which powers."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, replace

import numpy as np

from itnt_core.arrays import Array, BoolArray
from itnt_core.errors import ItntError
from itnt_core.qos import UNSERVED, Convention

from .links import Association
from .world import World

ARRAYS = ("station", "subchannel", "positions_m", "power_w")


class DecisionError(ItntError, ValueError):
    """A decision whose arrays cannot belong to the world."""


@dataclass(frozen=True, eq=False)
class Decision(Association):
    """Association, flight and powers over all slots.

    ``Association.station`` and ``Association.subchannel`` are (slots, users), UNSERVED or the index of a base station
    and of a subchannel.
    ``convention`` names the convention whose SINR floor the association promises to its linked users.
    """

    positions_m: Array  # (slots + 1, aerial users, 3), waypoint 0 is the start
    power_w: Array  # (slots, stations, subchannels)
    convention: Convention = "always_on"

    @property
    def occupied(self) -> BoolArray:
        """Say which subchannels of which stations serve someone: (slots, stations, subchannels)."""
        return self.links.occupied(self.power_w.shape)

    @property
    def used_power_w(self) -> Array:
        """Return the powers in watts of the subchannels that serve someone, 0 on the others (shape of ``power_w``)."""
        return np.where(self.occupied, self.power_w, 0.0)

    def dropped(self, lost: BoolArray) -> Decision:
        """Return the decision without the links of ``lost`` (slots, users); what they alone used is silent."""
        kept = replace(
            self,
            station=np.where(lost, UNSERVED, self.station),
            subchannel=np.where(lost, UNSERVED, self.subchannel),
        )
        return replace(kept, power_w=np.where(self.occupied & ~kept.occupied, 0.0, self.power_w))


def decision_bytes(decision: Decision) -> bytes:
    """Return a decision as bytes, for another process."""
    content = io.BytesIO()
    np.savez(content, convention=decision.convention, **{name: getattr(decision, name) for name in ARRAYS})
    return content.getvalue()


def decision_of_bytes(content: bytes) -> Decision:
    """Return the decision that became these bytes (DecisionError); whether it fits a world nobody has looked yet."""
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            parts = {name: arrays[name] for name in ARRAYS}
            convention = str(arrays["convention"])
    except (ValueError, KeyError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise DecisionError("These bytes are no decision.") from error
    if convention not in ("active", "always_on"):
        raise DecisionError("These bytes are a decision of an unknown convention.")
    return Decision(**parts, convention=convention)  # type: ignore[arg-type]


def check_links(world: World, decision: Decision) -> None:
    """Raise :class:`DecisionError` when a link does not exist: a number computed for it would be nonsense."""
    for name, count in (("station", world.station_count), ("subchannel", world.subchannels)):
        array = getattr(decision, name)
        if ((array < UNSERVED) | (array >= count)).any():
            raise DecisionError(f"The decision's {name} holds an index outside -1 to {count - 1}.")
    if ((decision.station == UNSERVED) != (decision.subchannel == UNSERVED)).any():
        raise DecisionError("The decision gives a user a station without a subchannel, or the other way round.")


def check_shapes(world: World, decision: Decision) -> None:
    """Raise :class:`DecisionError` unless the arrays have the world's shapes, whole indices and finite numbers."""
    slots, users = world.slots, world.user_count
    expected = {
        "station": (slots, users),
        "subchannel": (slots, users),
        "positions_m": (slots + 1, world.aerial_count, 3),
        "power_w": (slots, world.station_count, world.subchannels),
    }
    for name, shape in expected.items():
        array = getattr(decision, name)
        if array.shape != shape:
            raise DecisionError(f"The decision's {name} has shape {array.shape}, but the world needs {shape}.")
        if not np.isfinite(array).all():
            raise DecisionError(f"The decision's {name} holds numbers that are not finite.")
    for name in ("station", "subchannel"):
        if not np.issubdtype(getattr(decision, name).dtype, np.integer):
            raise DecisionError(f"The decision's {name} holds {getattr(decision, name).dtype}, but indices are needed.")
