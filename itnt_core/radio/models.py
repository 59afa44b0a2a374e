"""What a channel model is, and the paper's own: power gains with antennas, as fixed functions of position and slot.

``gbs_gain`` and ``leo_gain`` leave fast fading out; :meth:`ChannelModel.fades` says on which GBS links it applies.
"""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import numpy as np

from itnt_core.arrays import BoolArray
from itnt_core.city import City
from itnt_core.scenario import Scenario
from itnt_core.sky import SkyTrack
from itnt_core.units import from_db

from . import laws
from .atmosphere import slant_loss
from .laws import Array
from .links import LinkGeometry, Transmitters, elevation_at_user_deg


class ChannelModel(Protocol):
    """Turn positions into linear power gains."""

    def gbs_gain(self, points_m: Array, aerial: bool, sight: BoolArray | None = None) -> Array:
        """Return the gains (n, GBSs) of points (n, 3) in local metres; ``aerial`` chooses the user kind.

        ``sight`` is what :meth:`gbs_sight` says, for callers who have asked already; the same for satellites.
        """

    def leo_gain(self, points_m: Array, satellites_m: Array, aerial: bool, sight: BoolArray | None = None) -> Array:
        """Return the gains (n, satellites) for satellites (n, satellites, 3); zero below the horizon."""

    def gbs_sight(self, points_m: Array, aerial: bool) -> BoolArray:
        """Say which GBSs (n, GBSs) have line of sight to points (n, 3)."""

    def leo_sight(self, points_m: Array, satellites_m: Array, aerial: bool) -> BoolArray:
        """Say which satellites (n, satellites) have line of sight to points (n, 3)."""

    def fades(self, points_m: Array) -> BoolArray:
        """Say on which links (n, GBSs) of ground users Rayleigh fading applies."""


@runtime_checkable
class StatesLeastLoss(Protocol):
    """What a channel model of somebody else's may state beside its gains: then certified bounds hold under it, too.

    Gains must be those of the scenario's own antennas (:class:`~itnt_core.radio.links.Transmitters`) less a loss; what
    is stated is a floor of that loss for aerial users, everything random in it included.
    """

    def least_gbs_loss_db(self, distance_m: Array, low_m: Array, high_m: Array) -> Array:
        """Return losses in dB that no GBS link undercuts which is at least ``distance_m`` long, in a straight line.

        The user's height lies between ``low_m`` and ``high_m``; the shapes broadcast against one another.
        """

    def least_leo_loss_db(self, distance_m: Array) -> Array:
        """Return losses in dB (any shape) that no satellite link undercuts which is at least ``distance_m`` long."""


@runtime_checkable
class SeesFromIndoors(Protocol):
    """What a channel that sees buildings has beside: links of users inside of one, from where they leave its walls."""

    def gbs_sight_from_indoors(self, points_m: Array) -> BoolArray:
        """Say which GBSs (n, GBSs) see where the way to points (n, 3) in buildings enters these."""

    def leo_sight_from_indoors(self, points_m: Array, satellites_m: Array) -> BoolArray:
        """Say the same of satellites (n, satellites, 3): (n, satellites)."""

    def gbs_gain_from_indoors(self, points_m: Array, sight: BoolArray) -> Array:
        """Return the gains (n, GBSs) that go with that sight; what the building takes is left out."""


class FreeSpaceChannel:
    """The paper's literal model, eqs. (1)-(3): beta0 / d^2 everywhere, Rayleigh power on every GU-GBS link."""

    ground_exponent = 2.0

    def __init__(self, scenario: Scenario, city: City, sky: SkyTrack):
        self.transmitters = Transmitters(scenario, sky)
        self.carrier_ghz = scenario.radio.carrier_ghz
        self.beta0 = laws.reference_gain(self.carrier_ghz)
        self._air = slant_loss(scenario)

    def gbs_gain(self, points_m: Array, aerial: bool, sight: BoolArray | None = None) -> Array:
        """Return beta0 / d^n times the antenna gain (n, GBSs) at points (n, 3).

        The exponent is 2 for aerial users and the model's for ground users.
        """
        geometry = LinkGeometry.between(points_m, self.transmitters.gbs_m)
        exponent = 2.0 if aerial else self.ground_exponent
        antenna = from_db(self.transmitters.gbs_antenna_db(geometry))
        return self.beta0 * np.maximum(geometry.d3d_m, 1.0) ** -exponent * antenna

    def leo_gain(self, points_m: Array, satellites_m: Array, aerial: bool, sight: BoolArray | None = None) -> Array:
        """Return beta0 / d^2 times the beam gain (n, satellites), eqs. 1 and 2, less what the atmosphere takes."""
        geometry = LinkGeometry.between(points_m, satellites_m)
        antenna = from_db(self.transmitters.leo_antenna_db(points_m, satellites_m))
        visible = self.leo_sight(points_m, satellites_m, aerial) if sight is None else sight
        air = from_db(-self._air(elevation_at_user_deg(points_m, satellites_m)))
        return np.where(visible, self.beta0 / geometry.d3d_m**2 * antenna * air, 0.0)

    def gbs_sight(self, points_m: Array, aerial: bool) -> BoolArray:
        """Return all true (n, GBSs): the model knows no obstacles."""
        return np.ones((len(points_m), len(self.transmitters.gbs_m)), dtype=bool)

    def leo_sight(self, points_m: Array, satellites_m: Array, aerial: bool) -> BoolArray:
        """Return true above the horizon (n, satellites): the model knows no obstacles."""
        return elevation_at_user_deg(points_m, satellites_m) > 0.0

    def fades(self, points_m: Array) -> BoolArray:
        """Return all true (n, GBSs): eq. (3) puts Rayleigh fading on every GU-GBS link."""
        return np.ones((len(points_m), len(self.transmitters.gbs_m)), dtype=bool)


class PowerLawChannel(FreeSpaceChannel):
    """Free space with exponent 3.5 on the ground-user links of GBSs."""

    ground_exponent = 3.5
