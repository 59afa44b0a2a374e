from .aerial import TARGETS, aerial_drop, echo_losses_db
from .cases import CASES, DOWNTILT_DEG, DROPPED_USERS, NO_DOWNTILT_DEG, Case
from .drop import copies_m, drop, sites_m
from .panels import (
    AERIAL,
    AERIAL_DROPS,
    DROPS,
    METRICS,
    MOST_SEEDS,
    CalibrationError,
    Mark,
    Panel,
    network_samples,
    panel_of,
    sit,
    take_exam,
)
from .reference import Reference, reference
from .sitting_apart import sit_apart
from .wrap import wrapped_gains

__all__ = [
    "AERIAL",
    "AERIAL_DROPS",
    "CASES",
    "DOWNTILT_DEG",
    "DROPPED_USERS",
    "DROPS",
    "METRICS",
    "MOST_SEEDS",
    "NO_DOWNTILT_DEG",
    "TARGETS",
    "CalibrationError",
    "Case",
    "Mark",
    "Panel",
    "Reference",
    "aerial_drop",
    "copies_m",
    "drop",
    "echo_losses_db",
    "network_samples",
    "panel_of",
    "reference",
    "sit",
    "sit_apart",
    "sites_m",
    "take_exam",
    "wrapped_gains",
]
