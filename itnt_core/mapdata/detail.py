"""Fewer corners for the picture of a large city; the physics always uses every building as it is."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from itnt_core.city import pack_polygons

MOST_CORNERS = 450_000  # about 45,000 buildings as surveyed, 100,000 boxes: 8 MB for the browser
TOLERANCES_M = (0.5, 1.0, 2.0, 4.0)


class Drawn(NamedTuple):
    """Hold the rings and roofs to draw, and in a sentence what was simplified ('' for nothing)."""

    vertices_m: NDArray[Any]
    ring_starts: NDArray[Any]
    heights_m: NDArray[Any]
    bases_m: NDArray[Any]
    kept: NDArray[Any]  # which of the city's buildings each drawn one is
    sentence: str


def drawn_buildings(city: Any, most_corners: int = MOST_CORNERS) -> Drawn:
    """Choose what of a city is drawn: everything as it is, else straighter rings, else also without the smallest.

    Rings are straightened by half a metre up to 4 m until their corners fit; then the buildings of least volume go.
    """
    vertices, starts, heights = city.vertices_m, city.ring_starts, city.roof_heights_m
    everyone = np.arange(heights.size)
    if len(vertices) <= most_corners:
        return Drawn(vertices, starts, heights, city.base_heights_m, everyone, "")
    surveyed = city.footprints()
    corners, shapes, tolerance = np.diff(starts), surveyed, 0.0
    for tolerance in TOLERANCES_M:
        shapes = _straightened(surveyed, tolerance)
        corners = shapely.get_num_coordinates(shapes) - 1
        if corners.sum() <= most_corners:
            break
    kept = everyone
    if corners.sum() > most_corners:
        largest = np.argsort(-shapely.area(shapes) * heights, kind="stable")
        kept = np.sort(largest[np.cumsum(corners[largest]) <= most_corners])
    packed, bounds = pack_polygons(shapes[kept])
    sentence = _sentence(int(heights.size), int(kept.size), tolerance)
    return Drawn(packed, bounds, heights[kept], city.base_heights_m[kept], kept, sentence)


def _straightened(shapes: NDArray[Any], tolerance_m: float) -> NDArray[Any]:
    """Drop corners that stand out by less than the tolerance; a shape that would break stays as it is."""
    simple = shapely.simplify(shapes, tolerance_m)
    good = (shapely.get_type_id(simple) == 3) & shapely.is_valid(simple) & ~shapely.is_empty(simple)
    return np.where(good, simple, shapes)


def _sentence(everyone: int, kept: int, tolerance_m: float) -> str:
    left_out = f" and leaves out the {everyone - kept:,} smallest" if kept < everyone else ""
    return (
        f"The map draws {kept:,} of {everyone:,} buildings with walls straightened by up to {tolerance_m:g} m"
        f"{left_out}; all computations use every building as it is."
    )
