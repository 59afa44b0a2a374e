"""The drawn sky: a flat dome over the city on which satellites move at reduced height.

A satellite is hundreds of kilometres away; drawn to scale it would never be on the screen. The drawing keeps its true
azimuth and elevation and places it on a dome: at the horizon ``DOME_RADIUS_SHARE`` of the area's side away from the
anchor at height zero, in the zenith above the anchor at ``DOME_HEIGHT_SHARE`` of the side. The legend says so.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

DOME_RADIUS_SHARE = 0.62  # of the area's side: satellites stand around the city, not above one roof
DOME_HEIGHT_SHARE = 0.17  # of the area's side: low enough to be in sight of the first camera
DOME_NOTE = "Satellites: true direction, drawn at reduced height"


def dome_position_m(azimuth_deg: ArrayLike, elevation_deg: ArrayLike, size_m: float) -> NDArray[np.float32]:
    """Return drawn positions ``(..., 3)`` east / north / up in metres; NaN where the satellite is below the horizon.

    Parameters: azimuth clockwise from north and elevation, degrees, any common shape; side of the area in metres.
    """
    azimuth = np.radians(np.asarray(azimuth_deg, dtype=float))
    elevation = np.radians(np.asarray(elevation_deg, dtype=float))
    visible = elevation >= 0.0
    reach_m = DOME_RADIUS_SHARE * size_m * np.cos(elevation)
    up_m = DOME_HEIGHT_SHARE * size_m * np.sin(elevation)
    drawn = np.stack([reach_m * np.sin(azimuth), reach_m * np.cos(azimuth), up_m], axis=-1)
    return np.where(visible[..., None], drawn, np.nan).astype(np.float32)


def drawn_track_m(azimuth_deg: ArrayLike, elevation_deg: ArrayLike, size_m: float) -> NDArray[np.float32]:
    """Return drawn positions at the waypoints (T + 1, L, 3) from directions at the slot ends (T, L), in degrees.

    Waypoint 0, the start, continues the line backwards.
    """
    drawn = dome_position_m(azimuth_deg, elevation_deg, size_m)
    start = 2 * drawn[:1] - drawn[1:2] if len(drawn) > 1 else drawn[:1]
    return np.concatenate([start, drawn])
