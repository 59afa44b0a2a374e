"""Directional antennas as maps draw them: a lobe around the mast that reaches furthest where most is sent."""

from __future__ import annotations

import numpy as np

from itnt_core.radio import station_gain_db
from itnt_core.scenario import Antenna, GroundStation, Scenario

LOBE_SHARE = 0.05  # length of a lobe, of the area's side: long enough to be seen in an overview
SHOWN_DB, LEAST_SHARE = 25.0, 0.06  # so far below the peak a lobe ends; it never shrinks to less of its length
MARKER_SHARE = 0.9  # of the way to the lobe's tip, as in lobes.js
BEARINGS_DEG = np.arange(0.0, 361.0, 10.0)  # of its corners, the first one again at the end
Offset = tuple[float, float]  # east and north in metres


def lobe_m(scenario: Scenario, station: GroundStation) -> list[Offset]:
    """Return the corners of a station's lobe in metres from its mast, a closed line; none for a round antenna.

    Lengths are gains in dB in plan, at the elevation in which the antenna sends most: a picture, no reach.
    """
    antenna = station.antenna
    pattern = scenario.antenna_pattern(antenna)
    if not antenna.is_directional or (antenna.kind == "measured" and pattern is None):
        return []
    elevation_deg = _main_elevation_deg(scenario, antenna)
    gains_db = station_gain_db(antenna, np.full(len(BEARINGS_DEG), elevation_deg), BEARINGS_DEG, pattern)
    share = np.maximum(LEAST_SHARE, 1.0 + (gains_db - gains_db.max()) / SHOWN_DB)
    length_m = LOBE_SHARE * scenario.area.size_m * share
    turn = np.radians(BEARINGS_DEG)
    corners = np.column_stack([length_m * np.sin(turn), length_m * np.cos(turn)]).round(1)
    return [(float(east), float(north)) for east, north in corners]


def marker_place_m(scenario: Scenario, station: GroundStation) -> tuple[float, float, float]:
    """Return where the name of a station stands: on its lobe, so that the sectors of a mast can be told apart."""
    east_m, north_m, height_m = station.position_m
    tip = max(lobe_m(scenario, station), key=lambda corner: np.hypot(*corner), default=(0.0, 0.0))
    return east_m + MARKER_SHARE * tip[0], north_m + MARKER_SHARE * tip[1], height_m


def _main_elevation_deg(scenario: Scenario, antenna: Antenna) -> float:
    pattern = scenario.antenna_pattern(antenna)
    if antenna.kind != "measured" or pattern is None:
        return -antenna.downtilt_deg
    front = np.r_[np.array(pattern.vertical_db)[:91], np.array(pattern.vertical_db)[270:]]
    below_deg = np.r_[np.arange(91), np.arange(-90, 0)]
    return float(-below_deg[front.argmin()])
