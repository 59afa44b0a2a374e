"""The cases of the exam that are drops of a whole network: TR 38.901 clause 7.8.1 and its table 7.8-1, at 6 GHz."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

CARRIER_GHZ, BANDWIDTH_KHZ, NOISE_FIGURE_DB = 6.0, 20_000.0, 9.0
ELEMENTS, ELEMENT_GAIN_DBI, DOWNTILT_DEG = 10, 8.0, 12.0  # theta_etilt = 102 degrees from the zenith
NO_DOWNTILT_DEG = 0.0  # theta_etilt = 90 degrees: how the exam is made to fail
DROPPED_USERS = 570  # ten a sector
INDOOR_SHARE, LEAST_FLOORS, MOST_FLOORS = 0.8, 4, 8  # of users; of the buildings that these are in
SHADOW_CORRELATION_M = 7.0  # of users indoors, as four in five are (TR 38.901 table 7.5-6, O2I)


@dataclass(frozen=True)
class Case:
    """A network of 19 sites with three sectors each, as all companies had it; lengths in metres."""

    name: str
    title: str
    reference: str  # its name in the companies' table
    deployment: Literal["uma", "umi"]
    site_distance_m: float
    station_height_m: float
    least_distance_m: float  # of a user from a site, in plan
    power_dbm: float


CASES: dict[str, Case] = {
    case.name: case
    for case in (
        Case("uma-6ghz", "Macro sites (UMa), 6 GHz", "UMa-6GHz", "uma", 500.0, 25.0, 35.0, 49.0),
        Case("umi-6ghz", "Street canyons (UMi), 6 GHz", "UMi-6GHz", "umi", 200.0, 10.0, 10.0, 44.0),
    )
}
