"""Radio: path-loss laws, antennas, fading, channel models, noise."""

from . import atmosphere, laws, satellite
from .antenna import station_gain_db
from .gains import by_station, gains_at, links_at
from .models import CHANNEL_MODELS, ChannelModel
from .noise import noise_power_w
from .random_fields import SpatialField, named_generator, rayleigh_power

__all__ = [
    "CHANNEL_MODELS",
    "ChannelModel",
    "SpatialField",
    "atmosphere",
    "by_station",
    "gains_at",
    "laws",
    "links_at",
    "named_generator",
    "noise_power_w",
    "rayleigh_power",
    "satellite",
    "station_gain_db",
]
