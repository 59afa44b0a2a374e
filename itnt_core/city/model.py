"""A city as packed arrays, with the three questions the other rooms ask it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from itnt_core.arrays import Array
from itnt_core.cached import cached_property
from itnt_core.city.grid import BuildingGrid, build_grid, rays_are_clear, tallest_roof_m
from itnt_core.errors import ItntError
from itnt_core.scenario import LONLAT, shapes_to_lonlat
from itnt_core.texts import cleaned

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

_ARRAYS = {
    "vertices_m": np.float64,
    "ring_starts": np.int64,
    "roof_heights_m": np.float64,
    "base_heights_m": np.float64,
}
NamedLine = tuple[str, shapely.LineString, float]


class CityError(ItntError, ValueError):
    """Report a city that cannot be made or a question it cannot answer; the message is one sentence."""


@dataclass(frozen=True, eq=False)
class City:
    """Hold the buildings, water, parks and streets of one square, in metres east and north of its anchor.

    A building is a vertical prism up to its roof, from the ground or, where ``base_heights_m`` says so, from above it:
    a part in the air, with free sight under it. Overlapping prisms stack into towers that taper.
    `vertices_m` has shape (n_vertices, 2); building i has the exterior ring
    `vertices_m[ring_starts[i]:ring_starts[i + 1]]` (simple, clockwise, not closed), the roof `roof_heights_m[i]` and
    the beginning `base_heights_m[i]`, metres above ground; without `base_heights_m` all stand on it. Roads and bridges
    are (name, centreline, width in metres), places are (name, east, north). The ground is flat; bridges and trees hide
    nothing. Raises CityError when the arrays do not fit together.
    """

    name: str
    lon: float
    lat: float
    size_m: float
    vertices_m: Array
    ring_starts: NDArray[np.int64]
    roof_heights_m: Array
    landmark_names: tuple[tuple[int, str], ...]
    water: tuple[shapely.Polygon, ...]
    parks: tuple[shapely.Polygon, ...]
    roads: tuple[NamedLine, ...]
    bridges: tuple[NamedLine, ...]
    places: tuple[tuple[str, float, float], ...]
    notice: str
    base_heights_m: Array = field(default_factory=lambda: np.zeros(0))

    def __post_init__(self) -> None:
        if not (np.isfinite([self.lon, self.lat, self.size_m]).all() and self.size_m > 0.0):
            raise CityError(f"The city {self.name!r} needs a finite anchor and a side above 0 m, not {self.size_m}.")
        if not np.size(self.base_heights_m):
            object.__setattr__(self, "base_heights_m", np.zeros(np.shape(self.roof_heights_m)))
        for name, dtype in _ARRAYS.items():
            array = np.array(getattr(self, name), dtype=dtype)
            array.flags.writeable = False
            object.__setattr__(self, name, array)
        _clean_names(self)
        _check_arrays(self)

    @property
    def building_count(self) -> int:
        """Count the prisms (a landmark may hold several)."""
        return int(self.roof_heights_m.size)

    @property
    def has_raised(self) -> bool:
        """Say whether a prism begins above the ground."""
        return bool((self.base_heights_m > 0.0).any())

    def content_hash(self) -> str:
        """Compute the sha256 hex digest of the anchor, the size and all geometry, not of names or notice."""
        raised = ((self.base_heights_m, "<f8"),) if self.has_raised else ()  # cities of before keep their hash
        digest = hashlib.sha256(np.array([self.lon, self.lat, self.size_m], dtype="<f8").tobytes())
        for array, dtype in (
            (self.vertices_m, "<f8"),
            (self.ring_starts, "<i8"),
            (self.roof_heights_m, "<f8"),
            *raised,
        ):
            digest.update(array.astype(dtype).tobytes())
        lines = [line for _, line, _ in self.roads + self.bridges]
        for shape in (*self.water, *self.parks, *lines):
            digest.update(shapely.to_wkb(shape, byte_order=1))
        return digest.hexdigest()

    def footprints(self) -> NDArray[Any]:
        """Return the footprint of each prism (n,), a polygon in metres around the anchor."""
        return unpack_polygons(self.vertices_m, self.ring_starts)

    def buildings(self) -> GeoDataFrame:
        """Return a row per prism: ``height_m``, the ``name`` of a landmark, the footprint in longitude and latitude.

        ``base_m`` says where prisms begin, where one does so above the ground.

        >>> from itnt_core.city import build_city
        >>> buildings = build_city("london", -0.09, 51.508, 400.0, 1).buildings()
        >>> buildings.crs.to_epsg(), list(buildings.columns)
        (4326, ['height_m', 'name', 'geometry'])
        """
        import geopandas

        names = dict(self.landmark_names)
        columns = {
            "height_m": self.roof_heights_m,
            "name": [names.get(index) for index in range(self.building_count)],
        }
        if self.has_raised:
            columns["base_m"] = self.base_heights_m
        shapes = shapes_to_lonlat(self.footprints(), self.lon, self.lat)
        return geopandas.GeoDataFrame(columns, geometry=shapes, crs=LONLAT)

    def roof_m(self, points_m: ArrayLike) -> Array:
        """Find the tallest roof over each point in metres, 0.0 outside buildings.

        `points_m` has shape (n, 2), the answer (n,). A point within 0.1 micrometre of a wall is outside. Raises
        CityError for a wrong shape or a number that is not finite.
        """
        points = _coordinates(points_m, 2, "points_m")
        return tallest_roof_m(self._grid, points)

    def is_free_ground(self, points_m: ArrayLike) -> NDArray[np.bool_]:
        """Tell which points lie inside the square, outside every building and out of the water.

        `points_m` has shape (n, 2), the answer (n,). Parks, roads and bridge decks over land count as free; a bridge
        over water does not; ground under a part in the air does. Raises CityError for a wrong shape or a number that is
        not finite.
        """
        points = _coordinates(points_m, 2, "points_m")
        inside = (np.abs(points) <= self.size_m / 2.0).all(axis=1)
        return inside & ~self.is_water(points) & (tallest_roof_m(self._standing_grid, points) == 0.0)

    def is_water(self, points_m: ArrayLike) -> NDArray[np.bool_]:
        """Tell which points (n, 2) lie in the water, bridges over it included; (n,). Raises CityError as `roof_m`."""
        points = _coordinates(points_m, 2, "points_m")
        wet: NDArray[np.bool_] = shapely.contains_xy(self._water_union, points[:, 0], points[:, 1])
        return wet

    def line_of_sight(self, a_m: ArrayLike, b_m: ArrayLike) -> NDArray[np.bool_]:
        """Tell for each pair of points whether the straight segment between them misses every building.

        `a_m` and `b_m` have shape (n, 3): east, north, height above ground, in metres; the answer has shape (n,).
        A segment is blocked when some point of it lies strictly inside a footprint, below that roof and above where the
        prism begins, so touching a wall or standing on a roof does not block. Nothing outside the square blocks;
        refraction, trees and the curvature of the Earth are left out. Raises CityError for wrong shapes or a number
        that is not finite.
        """
        start, end = _coordinates(a_m, 3, "a_m"), _coordinates(b_m, 3, "b_m")
        if start.shape != end.shape:
            raise CityError(f"line_of_sight needs as many ends as starts, not {len(end)} and {len(start)}.")
        return rays_are_clear(self._grid, start, end)

    @cached_property
    def _grid(self) -> BuildingGrid:
        bases = self.base_heights_m if self.has_raised else None
        return build_grid(self.vertices_m, self.ring_starts, self.roof_heights_m, bases)

    @cached_property
    def _standing_grid(self) -> BuildingGrid:
        """Hold the prisms that stand on the ground alone."""
        if not self.has_raised:
            return self._grid
        standing = self.base_heights_m == 0.0
        lengths = np.diff(self.ring_starts)
        vertices, starts = self.vertices_m[np.repeat(standing, lengths)], np.cumsum([0, *lengths[standing]])
        return build_grid(vertices, starts, self.roof_heights_m[standing], None)

    @cached_property
    def footprint_tree(self) -> shapely.STRtree:
        """Return an index of the footprints, in the order of the prisms."""
        return shapely.STRtree(self.footprints())

    @cached_property
    def _water_union(self) -> shapely.Geometry:
        union = shapely.union_all(list(self.water))
        shapely.prepare(union)
        return union


def pack_polygons(polygons: Iterable[shapely.Polygon]) -> tuple[Array, NDArray[np.int64]]:
    """Pack exterior rings into (n_vertices, 2) metres, clockwise and not closed, and (n + 1,) ring starts.

    Holes are left out: cut a polygon with a courtyard into parts first.
    """
    shapes = np.array(list(polygons), dtype=object)
    if shapes.size == 0:
        return np.empty((0, 2)), np.zeros(1, dtype=np.int64)
    rings = shapely.get_exterior_ring(shapes)
    counter_clockwise = shapely.is_ccw(rings)
    rings[counter_clockwise] = shapely.reverse(rings[counter_clockwise])
    coordinates, owner = shapely.get_coordinates(rings, return_index=True)
    closing = np.r_[owner[1:] != owner[:-1], True]
    counts = np.bincount(owner[~closing], minlength=shapes.size)
    return coordinates[~closing], np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def unpack_polygons(vertices_m: Array, ring_starts: NDArray[np.int64]) -> NDArray[Any]:
    """Return the polygons (n,) of rings (n_vertices, 2), as :func:`pack_polygons` packs them."""
    rings = np.repeat(np.arange(len(ring_starts) - 1), np.diff(ring_starts))
    if not rings.size:
        return np.zeros(0, dtype=object)
    return np.asarray(shapely.polygons(shapely.linearrings(vertices_m, indices=rings)))


def _coordinates(values: ArrayLike, columns: int, label: str) -> Array:
    try:
        array = np.ascontiguousarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise CityError(f"{label} must hold numbers: {error}.") from error
    if array.size == 0:
        return np.empty((0, columns))
    if array.ndim != 2 or array.shape[1] != columns:
        raise CityError(f"{label} must have the shape (n, {columns}), not {array.shape}.")
    if not np.isfinite(array).all():
        raise CityError(f"{label} holds a number that is not finite; give metres around the anchor.")
    return array


def _clean_names(city: City) -> None:
    """Rid the names that came with a file of what nobody can see; a city is not refused for the names in it."""
    named: dict[str, Any] = {
        "name": cleaned(city.name) or "City",
        "notice": cleaned(city.notice),
        "landmark_names": tuple((index, cleaned(name)) for index, name in city.landmark_names),
        "places": tuple((cleaned(name), east_m, north_m) for name, east_m, north_m in city.places),
    }
    for kind in ("roads", "bridges"):
        named[kind] = tuple((cleaned(name), line, width_m) for name, line, width_m in getattr(city, kind))
    for key, value in named.items():
        object.__setattr__(city, key, value)


def _check_arrays(city: City) -> None:
    starts, count = city.ring_starts, city.roof_heights_m.size
    if city.vertices_m.ndim != 2 or city.vertices_m.shape[1] != 2:
        raise CityError(f"The city {city.name!r} needs vertices_m of shape (n, 2), not {city.vertices_m.shape}.")
    if starts.shape != (count + 1,) or starts[0] != 0 or starts[-1] != len(city.vertices_m):
        raise CityError(f"The city {city.name!r} has ring_starts that do not frame its {count} buildings.")
    if (np.diff(starts) < 3).any():
        raise CityError(f"The city {city.name!r} has a building with fewer than 3 corners.")
    if not (np.isfinite(city.vertices_m).all() and np.isfinite(city.roof_heights_m).all()):
        raise CityError(f"The city {city.name!r} has a corner or a roof that is not finite.")
    if (city.roof_heights_m <= 0.0).any():
        raise CityError(f"The city {city.name!r} has a roof at or below the ground.")
    if city.base_heights_m.shape != (count,) or not np.isfinite(city.base_heights_m).all():
        raise CityError(f"The city {city.name!r} needs a finite beginning for each of its {count} buildings.")
    if ((city.base_heights_m < 0.0) | (city.base_heights_m >= city.roof_heights_m)).any():
        raise CityError(f"The city {city.name!r} has a building that begins below the ground or above its roof.")
    if any(not 0 <= index < count for index, _ in city.landmark_names):
        raise CityError(f"The city {city.name!r} names a landmark that is not among its buildings.")
