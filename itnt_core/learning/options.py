"""What can be chosen about the environment of P2."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class EnvironmentOptions:
    """Choices of the environment; the defaults are what works, the alternatives are the paper's.

    ``projection``: moves are projected onto the limits (safe), or only limited in speed and punished by phi3.
    ``course``: speed and heading are deviations from the straight way to the destination, or absolute.
    ``spread``: a station's power goes to the subchannels that serve someone, or to all, or equally to all (no choice).
    ``nested``: P1 is solved anew inside every step.
    """

    projection: bool = True
    course: Literal["relative", "absolute"] = "relative"
    spread: Literal["served", "all", "equal"] = "served"
    nested: bool = False
    energy_weight: float = 0.01  # omega: what flying costs, in units of the least energy of all aerial users
    sinr_penalty: float = 0.1  # phi2: per neper that a served user's SINR lies below gamma0
    flight_penalty: float = 0.5  # phi3: per slot's reach outside the limits, and per d_min of crowding


PAPER = EnvironmentOptions(projection=False, course="absolute", spread="all")
