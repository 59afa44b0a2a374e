"""Where straight lines from inside of buildings come out of them: what is beyond is outdoors."""

from __future__ import annotations

import numpy as np
import shapely

from itnt_core.arrays import Array
from itnt_core.city.model import City


def ways_out_m(city: City, points_m: Array, ends_m: Array) -> Array:
    """Return where the lines from points (n, 3) to ends (n, m, 3) leave the building around each point (n, m, 3).

    Through a wall or the roof, whichever comes first; of prisms that overlap there, such as a tower on its base, the
    last one. A line that starts in no building begins where it did. What a line meets later may block it, parts of the
    same building that stand beside its own included.
    """
    starts = np.broadcast_to(points_m[:, None], ends_m.shape).copy()
    if not city.building_count or not len(points_m):
        return starts
    distinct, back = np.unique(points_m, axis=0, return_inverse=True)
    for number, point in enumerate(distinct):
        prisms = _around(city, point)
        if not prisms:
            continue
        rows = np.flatnonzero(back == number)
        way_m = ends_m[rows] - point
        share = np.max([_leaving(city, prism, point, way_m) for prism in prisms], axis=0)
        starts[rows] = point + np.minimum(share, 1.0)[..., None] * way_m
    return starts


def _around(city: City, point: Array) -> list[int]:
    """Return the prisms in which a point (3,) is."""
    found = city.footprint_tree.query(shapely.points(point[:2]), predicate="within")
    return [int(prism) for prism in found if city.base_heights_m[prism] <= point[2] < city.roof_heights_m[prism]]


def _leaving(city: City, prism: int, point: Array, way_m: Array) -> Array:
    """Return at which share of its way (..., 3) each line from a point leaves a prism; infinity where it never does."""
    ring = city.vertices_m[city.ring_starts[prism] : city.ring_starts[prism + 1]]
    corner, edge = ring - point[:2], np.roll(ring, -1, axis=0) - ring  # (corners, 2)
    plan = way_m[..., None, :2]
    with np.errstate(divide="ignore", invalid="ignore"):
        across = plan[..., 0] * edge[:, 1] - plan[..., 1] * edge[:, 0]
        wall = (corner[:, 0] * edge[:, 1] - corner[:, 1] * edge[:, 0]) / across
        along = (corner[:, 0] * plan[..., 1] - corner[:, 1] * plan[..., 0]) / across
        roof = (city.roof_heights_m[prism] - point[2]) / way_m[..., 2]
        base = (city.base_heights_m[prism] - point[2]) / way_m[..., 2]
    meets = (across != 0.0) & (along >= 0.0) & (along <= 1.0) & (wall >= 0.0)
    walls = np.where(meets, wall, np.inf).min(axis=-1)
    lids = np.where(way_m[..., 2] > 0.0, roof, np.where(way_m[..., 2] < 0.0, base, np.inf))
    has_floor = city.base_heights_m[prism] > 0.0  # through the ground nothing leaves
    return np.minimum(walls, np.where((way_m[..., 2] < 0.0) & ~has_floor, np.inf, lids))
