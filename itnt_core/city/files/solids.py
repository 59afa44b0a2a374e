"""Shapes with z in GIS files: which stand up, how high they are, and their shadows on the ground.

A solid has walls, or covers its ground twice, with floor and roof. A footprint whose corners carry the height of the
terrain, or of the roof above the sea, is flat: its z is no height of a building.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from itnt_core.arrays import Array

WALL = 1e-6  # of the square of a shape's extent: a face with less area in plan is upright
COVERED_TWICE = 1.2  # times the area of the shadow


class Solids(NamedTuple):
    """Hold shapes (n,) with the solids among them as shadows, their range of z (n,), NaN for the flat, and the flat."""

    shapes: NDArray[Any]
    range_z: Array  # in the unit of z
    flat: int  # shapes with z that do not stand up


def solids_of(shapes: NDArray[Any], wanted: NDArray[np.bool_]) -> Solids:
    """Measure the solids among the wanted ones of shapes (n,), which may be None."""
    range_z = np.full(len(shapes), np.nan)
    numbers = np.flatnonzero(shapely.has_z(shapes) & wanted)
    if not numbers.size:
        return Solids(shapes, range_z, 0)
    coordinates, owner = shapely.get_coordinates(shapes[numbers], include_z=True, return_index=True)
    z = np.nan_to_num(coordinates[:, 2])
    first = np.flatnonzero(np.diff(owner, prepend=-1))
    held = numbers[owner[first]]
    low, high = np.minimum.reduceat(z, first), np.maximum.reduceat(z, first)
    shadows = shapes.copy()
    for number in held[(shapely.get_num_geometries(shapes[held]) > 1) & (high > low)]:
        shadow = _shadow(shapes[number])
        if shadow is not None:
            shadows[number], range_z[number] = shadow, 0.0
    stands = ~np.isnan(range_z[held])
    range_z[held[stands]] = (high - low)[stands]
    return Solids(shadows, range_z, int((~stands & ((low != 0.0) | (high != 0.0))).sum()))


def _shadow(shape: Any) -> Any:
    """Return the shadow of a solid on the ground; None for what does not stand up."""
    parts = shapely.get_parts(shape)
    if len(parts) < 2 or not (shapely.get_type_id(parts) == 3).all():
        return None
    faces = shapely.force_2d(parts)
    areas = shapely.area(faces)
    west, south, east, north = shapely.bounds(shape)
    shadow = shapely.union_all(shapely.make_valid(faces))
    has_walls = bool((areas < WALL * ((east - west) ** 2 + (north - south) ** 2)).any())
    return shadow if has_walls or areas.sum() > COVERED_TWICE * shadow.area else None
