"""The local frame: east and north metres around an anchor on the WGS84 ellipsoid."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

LONLAT = "EPSG:4326"  # what degrees are in here: longitude first, on the WGS84 ellipsoid
WGS84_EQUATORIAL_RADIUS_M = 6_378_137.0
WGS84_FLATTENING = 1.0 / 298.257223563  # NIMA TR8350.2, as the radius


def metres_per_degree(lat: float) -> tuple[float, float]:
    """Return the metres per degree of longitude and of latitude at a latitude.

    Uses the prime-vertical and meridian radii of curvature of the WGS84 ellipsoid (NGA.STND.0036). Height above the
    ellipsoid is left out; over 10 km the frame is within a few metres of a true tangent plane.
    """
    eccentricity_squared = WGS84_FLATTENING * (2.0 - WGS84_FLATTENING)
    sin_lat = np.sin(np.radians(lat))
    factor = 1.0 - eccentricity_squared * sin_lat**2
    prime_vertical_m = WGS84_EQUATORIAL_RADIUS_M / np.sqrt(factor)
    meridian_m = prime_vertical_m * (1.0 - eccentricity_squared) / factor
    east_m = np.radians(1.0) * prime_vertical_m * np.cos(np.radians(lat))
    return float(east_m), float(np.radians(1.0) * meridian_m)


def lonlat_to_local(
    lon: ArrayLike, lat: ArrayLike, anchor_lon: float, anchor_lat: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Convert longitudes and latitudes in degrees to east and north metres around the anchor (any shape).

    >>> east_m, north_m = lonlat_to_local([-0.09, -0.09], [51.508, 51.518], -0.09, 51.508)
    >>> east_m.round(1), north_m.round(1)
    (array([0., 0.]), array([   0. , 1112.6]))
    """
    east_scale, north_scale = metres_per_degree(anchor_lat)
    east_m = (np.asarray(lon, dtype=float) - anchor_lon) * east_scale
    north_m = (np.asarray(lat, dtype=float) - anchor_lat) * north_scale
    return east_m, north_m


def local_to_lonlat(
    east_m: ArrayLike, north_m: ArrayLike, anchor_lon: float, anchor_lat: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Convert east and north metres around the anchor to longitudes and latitudes in degrees (any shape)."""
    east_scale, north_scale = metres_per_degree(anchor_lat)
    lon = anchor_lon + np.asarray(east_m, dtype=float) / east_scale
    lat = anchor_lat + np.asarray(north_m, dtype=float) / north_scale
    return lon, lat


def shapes_to_lonlat(shapes: ArrayLike, anchor_lon: float, anchor_lat: float) -> Any:
    """Convert shapely shapes in metres around the anchor to degrees (any shape); heights stay."""
    return _moved(shapes, local_to_lonlat, anchor_lon, anchor_lat)


def shapes_to_local(shapes: ArrayLike, anchor_lon: float, anchor_lat: float) -> Any:
    """Convert shapely shapes in degrees to metres around the anchor (any shape); heights stay."""
    return _moved(shapes, lonlat_to_local, anchor_lon, anchor_lat)


def _moved(shapes: ArrayLike, convert: Any, anchor_lon: float, anchor_lat: float) -> Any:
    import shapely  # scenarios alone do not need it

    def moved(points: NDArray[np.float64]) -> NDArray[np.float64]:
        flat = convert(points[:, 0], points[:, 1], anchor_lon, anchor_lat)
        return np.column_stack([*flat, points[:, 2:]])

    return shapely.transform(shapes, moved, include_z=None)
