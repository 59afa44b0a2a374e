from .aerial import TARGETS, aerial_drop, echo_losses_db
from .budgets import BudgetLine, LinkBudget, budgets
from .cases import CASES, DOWNTILT_DEG, DROPPED_USERS, NO_DOWNTILT_DEG, Case
from .direct_to_cell import (
    LEAST_MBIT_S,
    MEASURED,
    MOST_FROM_MEASURED_DB,
    MOST_MBIT_S,
    DirectToCell,
    direct_to_cell,
)
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
from .satellite_link import LINKED_USERS, satellite_link
from .sitting_apart import sit_apart
from .wrap import wrapped_gains

__all__ = [
    "AERIAL",
    "AERIAL_DROPS",
    "CASES",
    "DOWNTILT_DEG",
    "DROPPED_USERS",
    "DROPS",
    "LEAST_MBIT_S",
    "LINKED_USERS",
    "MEASURED",
    "METRICS",
    "MOST_FROM_MEASURED_DB",
    "MOST_MBIT_S",
    "MOST_SEEDS",
    "NO_DOWNTILT_DEG",
    "TARGETS",
    "BudgetLine",
    "CalibrationError",
    "Case",
    "DirectToCell",
    "LinkBudget",
    "Mark",
    "Panel",
    "Reference",
    "aerial_drop",
    "budgets",
    "copies_m",
    "direct_to_cell",
    "drop",
    "echo_losses_db",
    "network_samples",
    "panel_of",
    "reference",
    "satellite_link",
    "sit",
    "sit_apart",
    "sites_m",
    "take_exam",
    "wrapped_gains",
]
