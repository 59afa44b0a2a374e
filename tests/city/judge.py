"""Shapely as the judge of the line of sight, and small cities to ask about."""

from __future__ import annotations

import numpy as np
import shapely

from itnt_core.city import City, pack_polygons

ANCHOR_LON, ANCHOR_LAT, DEFAULT_SIZE_M = -0.090, 51.508, 4_000.0


def footprints(city: City) -> np.ndarray:
    rings = [city.vertices_m[a:b] for a, b in zip(city.ring_starts[:-1], city.ring_starts[1:], strict=True)]
    return np.array([shapely.Polygon(ring) for ring in rings], dtype=object)


def city_of(polygons: list[shapely.Polygon], roofs_m: list[float], bases_m: list[float] = ()) -> City:
    vertices, starts = pack_polygons(polygons)
    around = ((), (), (), (), (), (), "")
    return City("test", 0.0, 51.5, 1_000.0, vertices, starts, np.array(roofs_m), *around, np.array(bases_m))


class Oracle:
    """Answer with shapely: the heights over the intersection with a footprint's interior, against roof and base."""

    def __init__(self, city: City) -> None:
        self._roofs, self._bases, self._shapes = city.roof_heights_m, city.base_heights_m, footprints(city)
        self._tree = shapely.STRtree(self._shapes)

    def clear(self, start: np.ndarray, end: np.ndarray) -> np.ndarray:
        """Judge the rays (n, 3) to (n, 3)."""
        start, end = np.asarray(start, dtype=float), np.asarray(end, dtype=float)
        upright = (start[:, :2] == end[:, :2]).all(axis=1)
        lines = shapely.linestrings(np.stack([start[:, :2], end[:, :2]], axis=1))
        lines[upright] = shapely.points(start[upright, :2])
        ray, building = self._tree.query(lines, predicate="intersects")
        low = np.minimum(start[ray, 2], end[ray, 2]) < self._roofs[building]
        low &= (self._bases[building] == 0.0) | (np.maximum(start[ray, 2], end[ray, 2]) > self._bases[building])
        ray, building = ray[low], building[low]
        blocked = np.zeros(len(start), dtype=bool)
        stands = upright[ray] & shapely.contains_properly(self._shapes[building], lines[ray])
        blocked[ray[stands]] = True
        slanted = ~upright[ray]
        blocked[self._entering(ray[slanted], building[slanted], lines, start, end)] = True
        return ~blocked

    def _entering(
        self, ray: np.ndarray, building: np.ndarray, lines: np.ndarray, start: np.ndarray, end: np.ndarray
    ) -> np.ndarray:
        """Return the rays that run below the roof somewhere in the interior."""
        parts, pair = shapely.get_parts(shapely.intersection(lines[ray], self._shapes[building]), return_index=True)
        long = shapely.length(parts) > 1e-7
        parts, ray, building = parts[long], ray[pair[long]], building[pair[long]]
        middle = shapely.line_interpolate_point(parts, 0.5, normalized=True)
        inner = shapely.distance(shapely.boundary(self._shapes[building]), middle) > 1e-7
        ends = np.stack([shapely.get_coordinates(shapely.get_point(parts, k)) for k in (0, -1)])
        along = np.hypot(*(ends - start[ray, :2]).transpose(2, 0, 1)) / shapely.length(lines[ray])
        heights = start[ray, 2] + along * (end - start)[ray, 2]
        raised = (self._bases[building] > 0.0) & (heights.max(axis=0) <= self._bases[building] + 1e-9)
        return np.asarray(ray[inner & (heights.min(axis=0) < self._roofs[building] - 1e-9) & ~raised])
