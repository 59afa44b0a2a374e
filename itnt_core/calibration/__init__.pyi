from .aerial import aerial_drop, echo_losses_db
from .cases import CASES, DOWNTILT_DEG, NO_DOWNTILT_DEG, Case
from .drop import copies_m, drop, sites_m
from .panels import AERIAL, DROPS, Mark, Panel, network_samples, panels, sit
from .reference import Reference, reference
from .wrap import wrapped_gains

__all__ = [
    "AERIAL",
    "CASES",
    "DOWNTILT_DEG",
    "DROPS",
    "NO_DOWNTILT_DEG",
    "Case",
    "Mark",
    "Panel",
    "Reference",
    "aerial_drop",
    "copies_m",
    "drop",
    "echo_losses_db",
    "network_samples",
    "panels",
    "reference",
    "sit",
    "sites_m",
    "wrapped_gains",
]
