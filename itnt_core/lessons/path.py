"""The path: ten steps from one link to the full problem, and what comes after it."""

from __future__ import annotations

from .agent import Agent
from .choosing import Choosing
from .everything import Everything
from .fairness import Fairness
from .flying import Flying
from .interference import Interference
from .noise import NoiseAndRate
from .one_link import OneLink
from .satellite import SatelliteOverhead
from .sharing_band import SharingBand
from .sharing_power import SharingPower
from .sight import LineOfSight
from .staying import Staying
from .step import Step

PATH: tuple[Step, ...] = (
    OneLink(),
    NoiseAndRate(),
    LineOfSight(),
    SatelliteOverhead(),
    Interference(),
    Choosing(),
    SharingPower(),
    Flying(),
    Agent(),
    Everything(),
)
BEYOND: tuple[Step, ...] = (Fairness(), Staying(), SharingBand())
STEPS: tuple[Step, ...] = (*PATH, *BEYOND)
# What a step asks of the user's runs, by its key.
ASKED: dict[str, tuple[str, ...]] = {"learning": ("training",), "everything": ("runs",), "twin": ("twin",)}
