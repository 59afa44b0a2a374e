"""The two-ray channel model: the straight way, and beyond the crossover distance the ray that the ground reflects."""

import numpy as np

from itnt_core.radio import ChannelLaw, LinkGeometry, Transmitters, elevation_at_user_deg, laws
from itnt_core.units import from_db, to_db


class TwoRayChannel:
    """Free space up to 4 h_t h_r / wavelength, 40 dB a decade beyond; satellites have free space."""

    def __init__(self, scenario, city, sky):
        self.transmitters = Transmitters(scenario, sky)
        self.carrier_ghz = scenario.radio.carrier_ghz

    def gbs_gain(self, points_m, aerial, sight=None):
        """Return the gains (n, GBSs), linear, antenna included, of points (n, 3)."""
        geometry = LinkGeometry.between(points_m, self.transmitters.gbs_m)
        wavelength_m = laws.SPEED_OF_LIGHT_M_S / (self.carrier_ghz * 1e9)
        corner_m = 4.0 * self.transmitters.gbs_m[:, 2] * np.maximum(points_m[:, 2:], 1.0) / wavelength_m
        beyond_db = 2.0 * to_db(np.maximum(geometry.d3d_m / corner_m, 1.0))
        loss_db = laws.free_space_db(geometry.d3d_m, self.carrier_ghz) + beyond_db
        return from_db(self.transmitters.gbs_antenna_db(geometry) - loss_db)

    def leo_gain(self, points_m, satellites_m, aerial, sight=None):
        """Return the gains (n, satellites) for satellites (n, satellites, 3), zero below the horizon."""
        loss_db = laws.free_space_db(LinkGeometry.between(points_m, satellites_m).d3d_m, self.carrier_ghz)
        gain = from_db(self.transmitters.leo_antenna_db(points_m, satellites_m) - loss_db)
        return np.where(self.leo_sight(points_m, satellites_m, aerial), gain, 0.0)

    def gbs_sight(self, points_m, aerial):
        """Say which GBSs (n, GBSs) are in line of sight: all, for no building is looked at."""
        return np.ones((len(points_m), len(self.transmitters.gbs_m)), dtype=bool)

    def leo_sight(self, points_m, satellites_m, aerial):
        """Say which satellites (n, satellites) stand above the horizon."""
        return elevation_at_user_deg(points_m, satellites_m) > 0.0

    def fades(self, points_m):
        """Say on which links (n, GBSs) of ground users Rayleigh fading applies: on all."""
        return self.gbs_sight(points_m, aerial=False)

    # Both may be left out: then no bound is known for scenarios with aerial users, and the program says so.

    def least_gbs_loss_db(self, distance_m, low_m, high_m):
        """Return losses that no link of an aerial user undercuts: those of free space."""
        return laws.free_space_db(distance_m, self.carrier_ghz)

    def least_leo_loss_db(self, distance_m):
        """Return losses that no satellite link undercuts."""
        return laws.free_space_db(distance_m, self.carrier_ghz)


TWO_RAY = ChannelLaw(
    build=TwoRayChannel,
    assumption="Channel: two rays between base stations and users, free space to satellites; buildings are not seen.",
)
