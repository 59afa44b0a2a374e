"""Where on the globe something in the sky stands: the point below it, and its height above the ellipsoid."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from itnt_core.arrays import Array
from itnt_core.scenario import Area

# By PROJ: from the plane that touches the ellipsoid at the anchor to Earth-fixed coordinates, and on to degrees.
_PIPELINE = (
    "+proj=pipeline +step +inv +proj=topocentric +ellps=WGS84 +lon_0={lon!r} +lat_0={lat!r} +h_0=0 "
    "+step +inv +proj=cart +ellps=WGS84 +step +proj=unitconvert +xy_in=rad +xy_out=deg"
)


def geodetic(position_m: ArrayLike, area: Area) -> Array:
    """Return longitude, latitude in degrees and height in metres (..., 3) of east, north, up metres (..., 3).

    Longitudes go on beyond 180 degrees rather than jump, so that a track stays in one piece around the anchor.
    """
    from pyproj import Transformer  # only tables and maps need it

    east, north, up = np.moveaxis(np.asarray(position_m, dtype=float), -1, 0)
    to_degrees = Transformer.from_pipeline(_PIPELINE.format(lon=area.lon, lat=area.lat))
    lon, lat, height_m = to_degrees.transform(east, north, up)
    return np.stack([area.lon + (lon - area.lon + 180.0) % 360.0 - 180.0, lat, height_m], axis=-1)
