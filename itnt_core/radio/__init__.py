"""Radio: path-loss laws, antennas, fading, channel models, noise."""

from . import atmosphere, laws, satellite
from .antenna import (
    ELEMENTS,
    MOST_DOWN_DB,
    NULL_FILL_DB,
    array_factor_db,
    cut_at_db,
    element_pattern_db,
    measured_loss_db,
    off_axis_deg,
    sector_element_db,
    station_gain_db,
)
from .antenna_files import MOST_ANTENNA_BYTES, AntennaFileError, parse_antenna
from .atmosphere import slant_loss
from .flux import flux_dbw_m2_mhz, flux_per_watt_m2, most_power_w
from .gains import by_station, elevations_at_deg, gains_at, links_at, satellite_links_at
from .indoors import indoor_depth_m, penetration_db, wall_loss_db
from .links import LinkGeometry, Transmitters, elevation_at_user_deg
from .models import ChannelModel, SeesFromIndoors, StatesLeastLoss
from .noise import noise_power_w
from .random_fields import Field, SharedField, SpatialField, named_generator, rayleigh_power, sum_of_rows
from .registry import CHANNEL_MODELS, ChannelLaw, channel_law, channel_of, register_channel_model
from .satellite import beam_gain, scintillation_db
from .shadows import ShadowDraws
from .urban import UrbanChannel

__all__ = [
    "CHANNEL_MODELS",
    "ELEMENTS",
    "MOST_ANTENNA_BYTES",
    "MOST_DOWN_DB",
    "NULL_FILL_DB",
    "AntennaFileError",
    "ChannelLaw",
    "ChannelModel",
    "Field",
    "LinkGeometry",
    "SeesFromIndoors",
    "ShadowDraws",
    "SharedField",
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
    "cut_at_db",
    "element_pattern_db",
    "elevation_at_user_deg",
    "elevations_at_deg",
    "flux_dbw_m2_mhz",
    "flux_per_watt_m2",
    "gains_at",
    "indoor_depth_m",
    "laws",
    "links_at",
    "measured_loss_db",
    "most_power_w",
    "named_generator",
    "noise_power_w",
    "off_axis_deg",
    "parse_antenna",
    "penetration_db",
    "rayleigh_power",
    "register_channel_model",
    "satellite",
    "satellite_links_at",
    "scintillation_db",
    "sector_element_db",
    "slant_loss",
    "station_gain_db",
    "sum_of_rows",
    "wall_loss_db",
]
