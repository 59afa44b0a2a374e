"""Flight: how the aerial users move."""

from .dp import NoPathError, PlanningGrid, plan_path
from .planning import FlightPlanner
from .polish import polish_flight
from .straight import straight_flight

__all__ = ["FlightPlanner", "NoPathError", "PlanningGrid", "plan_path", "polish_flight", "straight_flight"]
