"""Certified upper bounds on the active data service, and the gap of a decision to them."""

from .aerial import aerial_gain_bounds
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
    "reachable",
    "upper_bound",
]
