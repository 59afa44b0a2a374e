"""Geometry of links, and what all channel models share: antennas and the satellite beam."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from itnt_core.scenario import Scenario, positions_m
from itnt_core.sky import SkyTrack
from itnt_core.units import to_db

from .antenna import station_gain_db
from .laws import Array
from .satellite import beam_gain


@dataclass(frozen=True)
class LinkGeometry:
    """Distances and the elevation at which a transmitter sees a receiver; all arrays (points, transmitters)."""

    d2d_m: Array
    d3d_m: Array
    elevation_deg: Array  # of the receiver seen from the transmitter, positive upwards
    east_m: Array  # of the receiver seen from the transmitter
    north_m: Array

    def bearing_deg(self, column: int) -> Array:
        """Return in which direction a transmitter sees the receivers (points,), clockwise from north."""
        return np.degrees(np.arctan2(self.east_m[:, column], self.north_m[:, column]))

    @classmethod
    def between(cls, points_m: Array, transmitters_m: Array) -> LinkGeometry:
        """Build from receivers (n, 3) and transmitters (m, 3) or (n, m, 3)."""
        delta = points_m[:, None, :] - transmitters_m  # (n, m, 3)
        d2d = np.hypot(delta[..., 0], delta[..., 1])
        elevation = np.degrees(np.arctan2(delta[..., 2], d2d))
        return cls(d2d, np.hypot(d2d, delta[..., 2]), elevation, delta[..., 0], delta[..., 1])


class Transmitters:
    """The antennas of a scenario: GBS patterns and steered satellite beams."""

    def __init__(self, scenario: Scenario, sky: SkyTrack):
        stations = scenario.ground_stations
        self.scenario = scenario
        self.gbs_m = positions_m(stations)
        self.antennas = tuple(station.antenna for station in stations)
        self.radios = sky.radios

    def gbs_antenna_db(self, geometry: LinkGeometry) -> Array:
        """Return the GBS antenna gains (points, GBSs) in dBi."""
        columns = [self._gbs_column_db(geometry, m) for m in range(len(self.antennas))]
        return np.stack(columns, axis=1) if columns else np.zeros_like(geometry.d2d_m)

    def _gbs_column_db(self, geometry: LinkGeometry, column: int) -> Array:
        antenna, elevation = self.antennas[column], geometry.elevation_deg[:, column]
        if not antenna.is_directional:
            return station_gain_db(antenna, elevation)
        pattern = self.scenario.antenna_pattern(antenna)
        return station_gain_db(antenna, elevation, geometry.bearing_deg(column), pattern)

    def leo_antenna_db(self, points_m: Array, satellites_m: Array) -> Array:
        """Return the satellite antenna gains (n, L) in dBi towards points (n, 3); the beams point at the anchor."""
        to_anchor = -satellites_m
        to_point = points_m[:, None, :] - satellites_m
        # The cross product keeps small angles exact where an arccos of a dot product would round them away.
        sine = np.linalg.norm(np.cross(to_anchor, to_point), axis=-1)
        off_axis = np.arctan2(sine, (to_anchor * to_point).sum(axis=-1))
        gains = np.empty(off_axis.shape)
        for column, radio in enumerate(self.radios):
            relative = beam_gain(off_axis[:, column], radio.beam_aperture_m, self.scenario.radio.carrier_ghz)
            gains[:, column] = radio.gain_dbi + to_db(relative, 1e-12)
        return gains


def elevation_at_user_deg(points_m: Array, satellites_m: Array) -> Array:
    """Return the elevations (n, L) at which points (n, 3) see satellites (n, L, 3), in degrees."""
    return -LinkGeometry.between(points_m, satellites_m).elevation_deg
