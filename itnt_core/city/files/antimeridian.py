"""Longitudes across 180°, where a city's eastern half is numbered from -180: the two halves lie side by side again."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

HALF_TURN_DEG, TURN_DEG = 180.0, 360.0


def side_by_side(lonlat: NDArray[Any], chosen: NDArray[np.bool_]) -> NDArray[Any]:
    """Return shapes (n,) in degrees with longitudes that do not jump between the ``chosen`` ones.

    They are left alone where the chosen ones span less than half a turn; else all are numbered on from the widest gap
    between them, up to 540°. Corners are moved, not shapes, so one that crosses 180° is whole again.
    """
    points = shapely.get_coordinates(lonlat[chosen])[:, 0]
    points = points[np.isfinite(points) & (np.abs(points) <= TURN_DEG)]
    if not points.size or np.ptp(points) <= HALF_TURN_DEG:
        return lonlat
    turned = np.unique(points % TURN_DEG)
    gaps = np.diff(turned, append=turned[0] + TURN_DEG)
    first = turned[(int(np.argmax(gaps)) + 1) % turned.size]
    first -= TURN_DEG * (first > HALF_TURN_DEG)
    return _moved(lonlat, float(first))


def near(lonlat: NDArray[Any], lon: float) -> NDArray[Any]:
    """Return shapes (n,) in degrees with longitudes within half a turn of one, as a map around it needs them."""
    bounds = shapely.bounds(lonlat)[:, [0, 2]]
    on_globe = np.isfinite(bounds) & (np.abs(bounds) <= 2.0 * TURN_DEG)
    far = (np.abs(bounds[on_globe] - lon) > HALF_TURN_DEG).any()
    return _moved(lonlat, lon - HALF_TURN_DEG) if far else lonlat


def within_half_turn(lon: float) -> float:
    """Return a longitude as it is written, from -180° to 180°."""
    return lon if abs(lon) <= HALF_TURN_DEG else round((lon + HALF_TURN_DEG) % TURN_DEG - HALF_TURN_DEG, 6)


def _moved(lonlat: NDArray[Any], first: float) -> NDArray[Any]:
    """Return shapes whose longitudes run from ``first`` for a whole turn."""
    return np.asarray(
        shapely.transform(
            lonlat, lambda points: np.column_stack([first + (points[:, 0] - first) % TURN_DEG, points[:, 1]])
        )
    )
