"""Certified upper bounds on the active data service and on the served users."""

from .aerial import aerial_gain_bounds
from .coverage import most_served
from .reach import Reach, reachable
from .slot import EFFORTS, Effort, SlotBound, bound_slot
from .upper import KINDS, UpperBound, upper_bound

__all__ = [
    "EFFORTS",
    "KINDS",
    "Effort",
    "Reach",
    "SlotBound",
    "UpperBound",
    "aerial_gain_bounds",
    "bound_slot",
    "most_served",
    "reachable",
    "upper_bound",
]
