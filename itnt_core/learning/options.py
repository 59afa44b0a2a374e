"""What can be chosen about the environment of P2."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from itnt_core.errors import ItntError

from .contract import options_of

Course = Literal["relative", "absolute"]
Spread = Literal["served", "all", "equal", "equal_served"]
EQUAL_SPREADS = ("equal", "equal_served")  # those that leave no choice, so that nobody learns powers
Trained = Literal["all", "pilot", "powers", "nothing"]  # which of an agent's networks are updated


class EpisodeError(ItntError, ValueError):
    """An environment that cannot be made as asked, or an action that cannot be taken; the message is one sentence."""


@dataclass(frozen=True)
class EnvironmentOptions:
    """Choices of the environment; the defaults are what works, the alternatives are the paper's.

    ``projection``: moves are projected onto the limits (safe), or only limited in speed and punished by phi3.
    ``course``: speed and heading are deviations from the straight way to the destination, or absolute.
    ``spread``: a station's power goes to the subchannels that serve someone, or to all, or equally to all or to those
    that serve someone (no choice).
    ``nested``: P1 is solved anew inside every step.
    """

    projection: bool = True
    course: Course = "relative"
    spread: Spread = "served"
    nested: bool = False
    energy_weight: float = 0.01  # omega: what flying costs, in units of the least energy of all aerial users
    sinr_penalty: float = 0.1  # phi2: per neper that a served user's SINR lies below gamma0
    flight_penalty: float = 0.5  # phi3: per slot's reach outside the limits, and per d_min of crowding

    def __post_init__(self) -> None:
        """Check every choice (EpisodeError)."""
        choices: dict[str, tuple[Any, ...]] = {"course": get_args(Course), "spread": get_args(Spread)}
        choices |= dict.fromkeys(("projection", "nested"), (True, False))
        for name, allowed in choices.items():
            _need(any(getattr(self, name) is one or getattr(self, name) == one for one in allowed), self, name, allowed)
        for name in ("energy_weight", "sinr_penalty", "flight_penalty"):
            value = getattr(self, name)
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            _need(is_number and 0.0 <= value <= 1e6, self, name, ("a number from 0 to 1,000,000",))

    @classmethod
    def of(cls, options: EnvironmentOptions | Mapping[str, Any] | None) -> EnvironmentOptions:
        """Return options from themselves, from their names and values, or the defaults from None (EpisodeError)."""
        return options_of(cls, options, EpisodeError)


def _need(holds: bool, options: EnvironmentOptions, name: str, allowed: tuple[Any, ...]) -> None:
    if not holds:
        words = ", ".join(repr(one) if not isinstance(one, str) else one for one in allowed)
        raise EpisodeError(f"The option {name} is {getattr(options, name)!r:.60}, but it takes {words}: choose that.")


PAPER = EnvironmentOptions(projection=False, course="absolute", spread="all")
