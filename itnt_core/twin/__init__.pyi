from .certificate import bound_of, gap_of
from .deciding import State
from .environment import Environment, build_environment
from .figures import TWIN_FIGURES
from .from_scenario import twin_of_scenario
from .names import SCHEME_TITLES, SCHEME_WORDS, find_scheme
from .planning.window import Plan, Window
from .presets import DEFAULT_TWIN_PRESET, TWIN_PRESETS, twin_preset, with_users_moved
from .result import TwinResult, read_twin_result, write_twin_result
from .rollout import play_cycle
from .run import run_scheme
from .scenario import (
    KIND,
    TWIN_LIMITS,
    Sharing,
    Traffic,
    TrafficSeries,
    TwinError,
    TwinScenario,
    format_twin,
    parse_twin,
    read_twin,
    twin_of_bytes,
    twin_of_data,
)
from .schemes import SCHEMES
from .simulate import Progress
from .traffic.files import MOST_BYTES, TrafficFile, TrafficOptions
from .traffic.forecast import FORECASTER_WORDS, FORECASTERS, mape
from .traffic.process import parse_sent_traffic
from .verify import verify_twin_result

__all__ = [
    "DEFAULT_TWIN_PRESET",
    "FORECASTERS",
    "FORECASTER_WORDS",
    "KIND",
    "MOST_BYTES",
    "SCHEMES",
    "SCHEME_TITLES",
    "SCHEME_WORDS",
    "TWIN_FIGURES",
    "TWIN_LIMITS",
    "TWIN_PRESETS",
    "Environment",
    "Plan",
    "Progress",
    "Sharing",
    "State",
    "Traffic",
    "TrafficFile",
    "TrafficOptions",
    "TrafficSeries",
    "TwinError",
    "TwinResult",
    "TwinScenario",
    "Window",
    "bound_of",
    "build_environment",
    "find_scheme",
    "format_twin",
    "gap_of",
    "mape",
    "parse_sent_traffic",
    "parse_twin",
    "play_cycle",
    "read_twin",
    "read_twin_result",
    "run_scheme",
    "twin_of_bytes",
    "twin_of_data",
    "twin_of_scenario",
    "twin_preset",
    "verify_twin_result",
    "with_users_moved",
    "write_twin_result",
]
