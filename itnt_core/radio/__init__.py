"""Radio: path-loss laws, antennas, fading, channel models, noise."""

from . import atmosphere, laws, satellite
from .antenna import SIDE_LOBE_FLOOR_DB, array_factor_db, element_pattern_db, station_gain_db
from .atmosphere import slant_loss
from .flux import flux_dbw_m2_mhz, flux_per_watt_m2, most_power_w
from .gains import by_station, gains_at, links_at
from .links import LinkGeometry, Transmitters, elevation_at_user_deg
from .models import ChannelModel, StatesLeastLoss
from .noise import noise_power_w
from .random_fields import SpatialField, named_generator, rayleigh_power
from .registry import CHANNEL_MODELS, ChannelLaw, channel_law, channel_of, register_channel_model
from .satellite import beam_gain, scintillation_db
from .urban import UrbanChannel

__all__ = [
    "CHANNEL_MODELS",
    "SIDE_LOBE_FLOOR_DB",
    "ChannelLaw",
    "ChannelModel",
    "LinkGeometry",
    "SpatialField",
    "StatesLeastLoss",
    "Transmitters",
    "UrbanChannel",
    "array_factor_db",
    "atmosphere",
    "beam_gain",
    "by_station",
    "channel_law",
    "channel_of",
    "element_pattern_db",
    "elevation_at_user_deg",
    "flux_dbw_m2_mhz",
    "flux_per_watt_m2",
    "gains_at",
    "laws",
    "links_at",
    "most_power_w",
    "named_generator",
    "noise_power_w",
    "rayleigh_power",
    "register_channel_model",
    "satellite",
    "scintillation_db",
    "slant_loss",
    "station_gain_db",
]
