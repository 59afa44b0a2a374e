"""The sky: hand-made passes, Walker shells and imported elements; positions, look angles, passes, handover."""

from .arcs import Arcs, hand_made_arcs, sampled
from .earth import Site
from .element_fields import ElementFileError, parse_epoch
from .element_files import MAX_FILE_BYTES, ElementFile, parse_elements
from .element_process import parse_sent_elements
from .element_store import elements_folder, keep_elements, read_elements, stored_elements
from .elements import ElementSet, failure_words, satellite_name, shell_elements
from .following import arcs_in_parts, visible_arcs
from .geodetic import geodetic
from .geometry import EARTH_RADIUS_KM, angular_speed_rad_s, look_angles_deg, slant_range_km
from .handover import MOST_CHOSEN, choose_satellites, serving_places
from .masking import Mask, hidden_intervals, visible_s
from .pass_table import SatellitePass, find_passes
from .passes import pass_positions_m
from .shells import preset_elements, shell_presets, shell_sources
from .sun import sun_angles_deg
from .track import SkyTrack, best_placed, look_angles, pass_track, satellite_velocities_m_s, slot_ends_s
from .walker import walker_positions_m, walker_satellites

__all__ = [
    "EARTH_RADIUS_KM",
    "MAX_FILE_BYTES",
    "MOST_CHOSEN",
    "Arcs",
    "ElementFile",
    "ElementFileError",
    "ElementSet",
    "Mask",
    "SatellitePass",
    "Site",
    "SkyTrack",
    "angular_speed_rad_s",
    "arcs_in_parts",
    "best_placed",
    "choose_satellites",
    "elements_folder",
    "failure_words",
    "find_passes",
    "geodetic",
    "hand_made_arcs",
    "hidden_intervals",
    "keep_elements",
    "look_angles",
    "look_angles_deg",
    "parse_elements",
    "parse_epoch",
    "parse_sent_elements",
    "pass_positions_m",
    "pass_track",
    "preset_elements",
    "read_elements",
    "sampled",
    "satellite_name",
    "satellite_velocities_m_s",
    "serving_places",
    "shell_elements",
    "shell_presets",
    "shell_sources",
    "slant_range_km",
    "slot_ends_s",
    "stored_elements",
    "sun_angles_deg",
    "visible_arcs",
    "visible_s",
    "walker_positions_m",
    "walker_satellites",
]
