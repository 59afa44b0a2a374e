"""What a building takes from every link of a user inside of it: TR 38.901 clause 7.4.3.1, low-loss and high-loss."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from itnt_core.scenario import GroundUser, Scenario
from itnt_core.units import from_db, to_db

from .laws import Array
from .random_fields import named_generator

NOT_SQUARE_ON_DB = 5.0  # PL_npi: links do not meet the wall at a right angle
INSIDE_DB_PER_M = 0.5  # PL_in of table 7.4.3-2
MOST_DEPTH_M = 25.0  # d_2D-in is the less of two draws up to it (UMa and UMi)


@dataclass(frozen=True)
class Material:
    """A material of outer walls: what it takes in dB, a line over the carrier in GHz (TR 38.901 table 7.4.3-1)."""

    base_db: float
    per_ghz_db: float

    def loss_db(self, carrier_ghz: float) -> float:
        """Return what it takes at a carrier."""
        return self.base_db + self.per_ghz_db * carrier_ghz


GLASS, COATED_GLASS, CONCRETE = Material(2.0, 0.2), Material(23.0, 0.3), Material(5.0, 4.0)


@dataclass(frozen=True)
class Facade:
    """An outer wall of two materials by their share, and how much buildings differ (TR 38.901 table 7.4.3-2)."""

    materials: tuple[tuple[float, Material], ...]
    sigma_db: float


FACADES = {
    "low_loss": Facade(((0.3, GLASS), (0.7, CONCRETE)), 4.4),
    "high_loss": Facade(((0.7, COATED_GLASS), (0.3, CONCRETE)), 6.5),
}


def wall_loss_db(kind: str, carrier_ghz: float) -> float:
    """Return PL_tw of a kind of building, what its outer wall takes in dB (TR 38.901 eq. 7.4-2 and table 7.4.3-2).

    >>> round(wall_loss_db("low_loss", 2.0), 2), round(wall_loss_db("high_loss", 2.0), 2)
    (11.83, 22.43)
    """
    passed = sum(share * from_db(-material.loss_db(carrier_ghz)) for share, material in FACADES[kind].materials)
    return float(NOT_SQUARE_ON_DB - to_db(passed))


def indoor_depth_m(scenario: Scenario, user: GroundUser) -> float:
    """Return how deep inside a user is, d_2D-in in metres: as stated, else drawn from the scenario's seed."""
    if user.depth_m is not None:
        return user.depth_m
    return float(named_generator(scenario.seed, "depth", user.id).uniform(0.0, MOST_DEPTH_M, 2).min())


def penetration_db(scenario: Scenario) -> Array:
    """Return what buildings take from all links of each ground user (J,) in dB, 0 of one that is outdoors.

    PL_tw + PL_in + N(0, sigma_P): through the wall, inside, and by how much buildings differ, the last one where the
    channel has shadowing. One value a user, as clause 7.4.3.1 has it, so towards satellites the same; the elevation by
    which ITU-R P.2109 lets it rise (TR 38.811 clause 6.6.3) is left out.
    """
    return np.array([_penetration_db(scenario, user) for user in scenario.ground_users], dtype=np.float64)


def _penetration_db(scenario: Scenario, user: GroundUser) -> float:
    if not user.is_indoors:
        return 0.0
    loss_db = wall_loss_db(user.indoor, scenario.radio.carrier_ghz)
    loss_db += INSIDE_DB_PER_M * indoor_depth_m(scenario, user)
    if scenario.channel.shadowing:
        normal = named_generator(scenario.seed, "penetration", user.id).standard_normal()
        loss_db += FACADES[user.indoor].sigma_db * float(normal)
    return max(loss_db, 0.0)
