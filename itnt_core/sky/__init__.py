"""The sky: satellites from hand-made passes and Walker shells, positions and look angles."""

from .geometry import EARTH_RADIUS_KM, angular_speed_rad_s, look_angles_deg, slant_range_km
from .passes import pass_positions_m
from .track import SkyTrack, best_placed, look_angles, pass_track, slot_ends_s
from .walker import walker_positions_m, walker_satellites

__all__ = [
    "EARTH_RADIUS_KM",
    "SkyTrack",
    "angular_speed_rad_s",
    "best_placed",
    "look_angles",
    "look_angles_deg",
    "pass_positions_m",
    "pass_track",
    "slant_range_km",
    "slot_ends_s",
    "walker_positions_m",
    "walker_satellites",
]
