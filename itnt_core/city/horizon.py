"""The skyline of a city from a point: how high the buildings reach in every direction."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from .model import Array, City

STEP_DEG = 0.1
HALVINGS = 14  # 90 / 2^14 = 0.006 deg
EYE_M = 1.5
FAR_FACTOR = 1.5  # of the square's side: from everywhere beyond its far corner


@dataclass(frozen=True, eq=False)
class Skyline:
    """The lowest clear elevation by azimuth, every STEP_DEG from north clockwise, and where the eye stands."""

    elevation_deg: Array  # (3600,)
    height_m: float
    on_roof: bool

    def hides(self, azimuth_deg: Array, elevation_deg: Array) -> NDArray[np.bool_]:
        """Say which directions in degrees buildings hide; azimuth and elevation broadcast."""
        count = len(self.elevation_deg)
        bins = np.rint(np.asarray(azimuth_deg) / 360.0 * count).astype(np.int64) % count
        found: NDArray[np.bool_] = np.asarray(elevation_deg) < self.elevation_deg[bins]
        return found


def skyline(city: City, east_m: float, north_m: float, height_m: float | None = None) -> Skyline:
    """Return the skyline from a point in the city, 1.5 m above its ground or roof unless a height is given.

    What hides an elevation is taken to hide everything below it, so parts in the air reach down to the ground here:
    each direction is bisected with the city's exact line of sight. Trees, terrain and what stands outside the square
    are left out. CityError for a point that is not finite.
    """
    roof_m = float(city.roof_m(np.array([[east_m, north_m]]))[0])
    eye_m = roof_m + EYE_M if height_m is None else height_m
    if city.has_raised:
        city = replace(city, base_heights_m=np.zeros(city.building_count))
    azimuth = np.radians(np.arange(0.0, 360.0, STEP_DEG))
    directions = np.stack([np.sin(azimuth), np.cos(azimuth)], axis=1)
    start = np.tile([east_m, north_m, eye_m], (len(azimuth), 1))
    far_m = FAR_FACTOR * city.size_m
    low, high = np.zeros(len(azimuth)), np.full(len(azimuth), 90.0)
    level = _clear(city, start, directions, low, far_m)
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        clear = _clear(city, start, directions, middle, far_m)
        low, high = np.where(clear, low, middle), np.where(clear, middle, high)
    return Skyline(np.where(level, 0.0, high), eye_m, height_m is None and roof_m > 0.0)


def _clear(city: City, start: Array, directions: Array, elevation_deg: Array, far_m: float) -> NDArray[np.bool_]:
    """Say in which directions (n,) nothing stands in the way at some elevations (n,)."""
    rise_m = far_m * np.tan(np.radians(np.minimum(elevation_deg, 89.99)))
    ends = start + np.column_stack([far_m * directions, rise_m])
    return city.line_of_sight(start, ends)
