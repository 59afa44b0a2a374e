"""What can be chosen about the environment of dispatching."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from itnt_core.errors import ItntError
from itnt_core.learning import options_of


class DispatchError(ItntError, ValueError):
    """An environment, a world, an action or a policy that cannot be; the message is one sentence."""


# The least and the most that an option takes; every number is this project's own choice.
RANGES: Mapping[str, tuple[float, float]] = {
    "lowest_level_m": (30.0, 300.0),
    "map_m": (5.0, 100.0),
    "aerial_mbit_s": (0.0, 100.0),
    "ground_mbit_s": (0.0, 100.0),
    "on_s": (1.0, 3600.0),
    "off_s": (0.0, 3600.0),
    "queue_mbit": (0.1, 10_000.0),
    "late_missions": (0.0, 1.0),
    "walking": (0.0, 1.0),
    "walk_m_s": (0.0, 50.0),
    "failing": (0.0, 1.0),
    "arriving_late": (0.0, 1.0),
    "energy_mbit_per_kj": (0.0, 1000.0),
    "progress_mbit_per_km": (0.0, 10_000.0),
    "unit_mbit": (0.001, 1e6),
}


CHOICES: Mapping[str, tuple[str, ...]] = {
    "gains": ("exact", "map"),
    "frame": ("map", "mission", "straight"),
    "actions": ("flights", "links", "everything"),
}


@dataclass(frozen=True)
class DispatchOptions:
    """Choices of the environment; names end with their units, shares lie between 0 and 1.

    ``gains``: those of the channel at the very place ("exact"), or those of the radio map's cell, with the shadowing of
    the very place ("map": faster, and what that costs is measured by ``python -m benchmarks.dispatch speed``).
    ``frame``: velocities, and where the map is looked up, are east and north ("map"), or along the way to the
    destination and to its left ("mission"), or so beside the velocity that leads straight there in the time that is
    left ("straight"): zeros fly straight then, and an agent has to learn only what is worth a detour.
    ``actions``: what an agent decides: flights alone ("flights"), with them how much users' and stations' links count
    ("links"), or these and how loud stations are ("everything").
    ``unit_mbit``: what a reward of 1 is worth per slot; None: what the greedy dispatcher gains over hovering.
    """

    gains: str = "exact"
    frame: str = "map"
    actions: str = "flights"
    lowest_level_m: float = 100.0  # of the first aerial user; each next one flies its separation higher
    map_m: float = 20.0  # side of a cell of the radio map
    aerial_mbit_s: float = 1.2  # what an aerial user asks for while it asks: nearly all that a subchannel carries
    ground_mbit_s: float = 0.6
    on_s: float = 40.0  # how long demand stays on the average, and how long it stays away
    off_s: float = 20.0
    queue_mbit: float = 20.0  # what waits at most; more is lost
    late_missions: float = 0.5  # share of missions that appear in the first half of the window instead of at its start
    walking: float = 0.3  # share of ground users that walk
    walk_m_s: float = 1.5
    failing: float = 0.25  # share of satellites that fail on the way
    arriving_late: float = 0.25  # share of satellites that begin to serve late
    energy_mbit_per_kj: float = 0.3  # price of flying energy
    progress_mbit_per_km: float = 5.0  # worth of coming nearer to the destination
    unit_mbit: float | None = None

    def __post_init__(self) -> None:
        """Check every choice (DispatchError)."""
        for name, choices in CHOICES.items():
            if getattr(self, name) not in choices:
                sentence = f"The option {name} is {getattr(self, name)!r:.60}, but it takes {', '.join(choices)}"
                raise DispatchError(f"{sentence}: choose one of them.")
        for name, (low, high) in RANGES.items():
            value = getattr(self, name)
            if name == "unit_mbit" and value is None:
                continue
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            if not (is_number and low <= value <= high):
                allowed = f"a number from {low:g} to {high:,g}"
                raise DispatchError(f"The option {name} is {value!r:.60}, but it takes {allowed}: choose one.")
        if self.failing + self.arriving_late > 1.0:
            both = self.failing + self.arriving_late
            raise DispatchError(
                f"The options failing and arriving_late add up to {both:g}, but 1 is the most: lower one."
            )

    @classmethod
    def of(cls, options: DispatchOptions | Mapping[str, Any] | None) -> DispatchOptions:
        """Return options from themselves, from their names and values, or the defaults from None (DispatchError)."""
        return options_of(cls, options, DispatchError)
