"""The network: the world, decisions about it, the judge and the constraints."""

from itnt_core.qos import TOLERANCE, UNSERVED, Convention
from itnt_core.sinr import spectral_efficiency

from .constraints import CONSTRAINTS, UNJUDGED, Violation, breaks_limits, find_violations
from .decision import Decision, DecisionError, check_shapes, decision_bytes, decision_of_bytes
from .doubts import find_doubts, find_unreachable, unreachable_users
from .drawn import Uncertainty, UncertaintyError, WorldDraws
from .energy import flight_energy_j, propulsion_power_w
from .evaluate import (
    BITS_PER_MBIT,
    Evaluation,
    LinkResult,
    evaluate,
    min_sinr,
    radiated_power_w,
    without_broken_links,
)
from .flux import satellite_flux_dbw_m2_mhz
from .links import Association, LinkTable
from .margins import Margin, constraint_margins
from .motion import Motion
from .reach import blocked_reach_m, strongest_station
from .separation import apart_m, least_distance_m, needed_m
from .surface import MOST_POINTS_PER_SIDE, CoverageSurface, best_servers, coverage_at, coverage_surface
from .world import World, build_world

__all__ = [
    "BITS_PER_MBIT",
    "CONSTRAINTS",
    "MOST_POINTS_PER_SIDE",
    "TOLERANCE",
    "UNJUDGED",
    "UNSERVED",
    "Association",
    "Convention",
    "CoverageSurface",
    "Decision",
    "DecisionError",
    "Evaluation",
    "LinkResult",
    "LinkTable",
    "Margin",
    "Motion",
    "Uncertainty",
    "UncertaintyError",
    "Violation",
    "World",
    "WorldDraws",
    "apart_m",
    "best_servers",
    "blocked_reach_m",
    "breaks_limits",
    "build_world",
    "check_shapes",
    "constraint_margins",
    "coverage_at",
    "coverage_surface",
    "decision_bytes",
    "decision_of_bytes",
    "evaluate",
    "find_doubts",
    "find_unreachable",
    "find_violations",
    "flight_energy_j",
    "least_distance_m",
    "min_sinr",
    "needed_m",
    "propulsion_power_w",
    "radiated_power_w",
    "satellite_flux_dbw_m2_mhz",
    "spectral_efficiency",
    "strongest_station",
    "unreachable_users",
    "without_broken_links",
]
