from .air import Air, mended
from .differentiable import GainMap, LinkTensors, efficiencies
from .dp import NoPathError, PlanningGrid, plan_path
from .edges import ClearMoves
from .planning import MAX_KEPT_BYTES, FlightCase, FlightPlanner
from .polish import polish_flight
from .projection import FlightLimits, project_flight, project_onto_discs
from .reference import reference_flight
from .straight import straight_flight

__all__ = [
    "MAX_KEPT_BYTES",
    "Air",
    "ClearMoves",
    "FlightCase",
    "FlightLimits",
    "FlightPlanner",
    "GainMap",
    "LinkTensors",
    "NoPathError",
    "PlanningGrid",
    "efficiencies",
    "mended",
    "plan_path",
    "polish_flight",
    "project_flight",
    "project_onto_discs",
    "reference_flight",
    "straight_flight",
]
