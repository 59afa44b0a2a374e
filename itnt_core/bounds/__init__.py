"""Certified upper bounds on the active data service and on the served users."""

from .aerial import aerial_gain_bounds
from .coverage import most_served
from .gap import BoundError, exceeds_bound, gap, stands_at_bound
from .known import UnknownBoundError, why_unknown
from .reach import Reach, reachable
from .slot import EFFORTS, Effort, SlotBound, bound_slot
from .upper import KINDS, UpperBound, upper_bound

__all__ = [
    "EFFORTS",
    "KINDS",
    "BoundError",
    "Effort",
    "Reach",
    "SlotBound",
    "UnknownBoundError",
    "UpperBound",
    "aerial_gain_bounds",
    "bound_slot",
    "exceeds_bound",
    "gap",
    "most_served",
    "reachable",
    "stands_at_bound",
    "upper_bound",
    "why_unknown",
]
