"""Digital-twin-aided dynamic spectrum sharing: traffic, forecasts, DT-JointRA, RT-Refine, roll-out, schemes.

A reconstruction from an abstract (Nguyen-Kha et al., Digital-Twin-Aided Dynamic Spectrum Sharing and Resource
Management in Integrated Satellite-Terrestrial Networks): what it does not state is this project's own.
"""

from .presets import DEFAULT_TWIN_PRESET, TWIN_PRESETS, twin_preset
from .scenario import (
    KIND,
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

__all__ = [
    "DEFAULT_TWIN_PRESET",
    "KIND",
    "TWIN_PRESETS",
    "Sharing",
    "Traffic",
    "TrafficSeries",
    "TwinError",
    "TwinScenario",
    "format_twin",
    "parse_twin",
    "read_twin",
    "twin_of_bytes",
    "twin_of_data",
    "twin_preset",
]
