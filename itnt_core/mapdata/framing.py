"""How much ground a picture must span so that nothing of what it tells lies outside it: the map's camera in numbers.

The map's camera (deck.gl's MapView) stands 1.5 picture heights away from the point it looks at. A camera here spans
``span_m`` metres at that point over the smaller of the picture's width and ``WIDEST`` times its height, so a picture
of just that shape is the tightest: whatever it holds, others hold too.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from itnt_core.scenario import local_to_lonlat

from .story import Camera

WIDEST = 1.9  # as in the map's story_camera.js
DISTANCE_HEIGHTS = 1.5  # deck.gl's camera is 1.5 heights of its picture away from what it looks at
KEPT_SHARE = 0.88  # of the half picture that things may fill: they have marks and names
MOST_SPAN_M = 100_000.0
LEAST_CLOSE_M = 700.0  # what a camera on few things spans at least: whoever looks at them sees where they are
OVERVIEW_PITCH, OVERVIEW_BEARING = 56.0, -17.0  # as in the map's stage.js


def on_picture(
    points_m: ArrayLike, centre_m: tuple[float, float], span_m: float, pitch: float, bearing: float
) -> NDArray[np.float64]:
    """Return where points (n, 3) lie on the tightest picture: (n, 2), -1 to 1 from edge to edge; NaN behind the camera.

    ``centre_m`` is the point on the ground (east, north) that the camera looks at, angles in degrees.
    """
    points = np.asarray(points_m, dtype=float).reshape(-1, 3) - [*centre_m, 0.0]
    turn, tilt = np.radians(bearing), np.radians(pitch)
    across = points[:, 0] * np.cos(turn) - points[:, 1] * np.sin(turn)
    ahead = points[:, 0] * np.sin(turn) + points[:, 1] * np.cos(turn)
    height_m = span_m / WIDEST  # of the picture, in metres at the centre
    distance_m = DISTANCE_HEIGHTS * height_m
    depth_m = distance_m + ahead * np.sin(tilt) - points[:, 2] * np.cos(tilt)
    scale = np.where(depth_m > 0.0, distance_m / np.where(depth_m > 0.0, depth_m, 1.0), np.nan)
    up = ahead * np.cos(tilt) + points[:, 2] * np.sin(tilt)
    return np.column_stack([across * scale / (span_m / 2), up * scale / (height_m / 2)])


def span_to_hold_m(
    points_m: ArrayLike, centre_m: tuple[float, float], least_m: float, pitch: float, bearing: float
) -> float:
    """Return the smallest span of at least ``least_m`` metres whose picture holds all points (n, 3)."""

    def holds(span_m: float) -> bool:
        return bool((np.abs(on_picture(points_m, centre_m, span_m, pitch, bearing)) <= KEPT_SHARE).all())

    if holds(least_m):
        return least_m
    low, high = least_m, least_m
    while high < MOST_SPAN_M and not holds(high):
        low, high = high, 1.5 * high
    for _ in range(20):
        middle = (low + high) / 2.0
        low, high = (low, middle) if holds(middle) else (middle, high)
    return min(high, MOST_SPAN_M)


def camera_on(area: Any, points_m: ArrayLike) -> Camera:
    """Return a camera close to points (n, 3), in metres from the area's middle, that holds them all."""
    points = np.asarray(points_m, dtype=float).reshape(-1, 3)
    east, north = (points[:, :2].min(axis=0) + points[:, :2].max(axis=0)) / 2.0
    span_m = span_to_hold_m(points, (east, north), LEAST_CLOSE_M, OVERVIEW_PITCH, OVERVIEW_BEARING)
    lon, lat = local_to_lonlat(east, north, area.lon, area.lat)
    return Camera(
        longitude=float(lon), latitude=float(lat), span_m=span_m, pitch=OVERVIEW_PITCH, bearing=OVERVIEW_BEARING
    )


def overview_span_m(scenario: Any, flights_m: ArrayLike | None = None) -> float:
    """Return what the overview of a scenario spans: its area, and every user and base station in it.

    ``flights_m`` (waypoints, aerial users, 3) are the flights of a result; without them aerial users are held at their
    start and destination.
    """
    things = [user.position_m for user in (*scenario.ground_users, *scenario.ground_stations)]
    things += [end.position_m for user in scenario.aerial_users for end in (user.start, user.destination)]
    points = np.array(things, dtype=float).reshape(-1, 3)
    if flights_m is not None:
        points = np.vstack([points, np.asarray(flights_m, dtype=float).reshape(-1, 3)])
    return span_to_hold_m(points, (0.0, 0.0), scenario.area.size_m, OVERVIEW_PITCH, OVERVIEW_BEARING)
