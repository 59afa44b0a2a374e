"""The question: frozen, validated, versioned scenarios and their files."""

from .checks import check_scenario
from .files import (
    format_scenario,
    parse_scenario,
    read_scenario,
    scenario_file_text,
    scenario_of_bytes,
    scenario_of_data,
)
from .frame import local_to_lonlat, lonlat_to_local, metres_per_degree
from .ids import free_id, free_ids
from .model import (
    SATELLITE_GROUPS,
    SCENARIO_VERSION,
    AerialUser,
    Antenna,
    Area,
    Channel,
    City,
    GroundStation,
    GroundUser,
    OrbitElements,
    OrbitGroup,
    Pass,
    Point,
    Qos,
    Radio,
    SatelliteRadio,
    SatelliteSource,
    Scenario,
    TimeGrid,
    WalkerShell,
)
from .places import positions_m
from .problems import Problem, ScenarioError
from .whole import all_fields

__all__ = [
    "SATELLITE_GROUPS",
    "SCENARIO_VERSION",
    "AerialUser",
    "Antenna",
    "Area",
    "Channel",
    "City",
    "GroundStation",
    "GroundUser",
    "OrbitElements",
    "OrbitGroup",
    "Pass",
    "Point",
    "Problem",
    "Qos",
    "Radio",
    "SatelliteRadio",
    "SatelliteSource",
    "Scenario",
    "ScenarioError",
    "TimeGrid",
    "WalkerShell",
    "all_fields",
    "check_scenario",
    "format_scenario",
    "free_id",
    "free_ids",
    "local_to_lonlat",
    "lonlat_to_local",
    "metres_per_degree",
    "parse_scenario",
    "positions_m",
    "read_scenario",
    "scenario_file_text",
    "scenario_of_bytes",
    "scenario_of_data",
]
