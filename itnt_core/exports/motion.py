"""Where users and stations are on the globe at the slot ends, and how they move: ephemerides."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from itnt_core.arrays import Array
from itnt_core.mapdata import located
from itnt_core.network import Motion
from itnt_core.scenario import Area
from itnt_core.sky import Site, geodetic

from .asking import ExportSource


def motion_of(source: ExportSource) -> Motion:
    """Return the motion of a result's users and of its scenario's stations."""
    return Motion.of(source.world, source.answer.dataset["position_m"].values)


@dataclass(frozen=True, eq=False)
class Ephemeris:
    """Places in degrees and metres, Earth-fixed places in metres and velocities in m/s: (slots, objects, 3) each."""

    lonlat_height: Array
    place_m: Array
    velocity_m_s: Array

    @classmethod
    def on_ground(cls, places_m: Array, velocities_m_s: Array, area: Area) -> Ephemeris:
        """Turn places and velocities (slots, n, 3) near the ground into those of the globe, flat ground on it."""
        step_s = 0.5  # around the moment: the Earth does not bend noticeably in that time
        ends_m = [_earth_fixed(located(places_m + sign * step_s * velocities_m_s, area)) for sign in (1.0, -1.0)]
        degrees = located(places_m, area)
        return cls(degrees, _earth_fixed(degrees), (ends_m[0] - ends_m[1]) / (2.0 * step_s))

    @classmethod
    def in_sky(cls, places_m: Array, velocities_m_s: Array, area: Area) -> Ephemeris:
        """Turn places and velocities (slots, n, 3) of the frame that touches the Earth at the anchor into the same."""
        site = Site(area.lon, area.lat)
        place_m = site.ecef_km * 1000.0 + places_m @ site.axes.T
        return cls(geodetic(places_m, area), place_m, velocities_m_s @ site.axes.T)

    @classmethod
    def of(cls, source: ExportSource) -> Ephemeris:
        """Return all users, then all stations."""
        motion, area, gbs = motion_of(source), source.scenario.area, source.world.gbs_count
        parts = (
            cls.on_ground(motion.users_m, motion.users_m_s, area),
            cls.on_ground(motion.stations_m[:, :gbs], motion.stations_m_s[:, :gbs], area),
            cls.in_sky(motion.stations_m[:, gbs:], motion.stations_m_s[:, gbs:], area),
        )
        names = ("lonlat_height", "place_m", "velocity_m_s")
        return cls(*(np.concatenate([getattr(part, name) for part in parts], axis=1) for name in names))


def _earth_fixed(lonlat_height: Array) -> Array:
    """Return Earth-centred, Earth-fixed metres (..., 3) of longitude, latitude and height (..., 3), by PROJ."""
    from pyproj import Transformer

    to_fixed = Transformer.from_crs("EPSG:4979", "EPSG:4978", always_xy=True)
    return np.stack(to_fixed.transform(*np.moveaxis(lonlat_height, -1, 0)), axis=-1)
