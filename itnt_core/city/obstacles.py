"""What bars the way of aerial users over a city: buildings with a clearance around them, and no-fly zones.

The clearance of a building is kept beside it or above it: no point of a leg is nearer to the footprint than the
clearance while it is less than the clearance above the roof (or below the underside of a part in the air). Two homes on
purpose: planners ask rays against outlines that are grown a hair too far (:meth:`Obstacles.are_clear`, fast), and exact
distances only where a leg passes between these and narrower ones; the judge asks exact distances everywhere
(:meth:`Obstacles.beside_m`, :meth:`Obstacles.inside_m`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from itnt_core.arrays import Array, BoolArray, IntArray
from itnt_core.cached import cached_property
from itnt_core.city.grid import BuildingGrid, build_grid, rays_are_clear
from itnt_core.city.model import City, pack_polygons
from itnt_core.scenario import NoFlyZone, Scenario

GROWN_M = 0.005  # outlines for planners stand out so much farther: rounding never brings a flight inside
SIMPLER_M = 0.05  # of the edge of such an outline, taken outwards: fewer corners to fly around
MITRE = 1.0  # of the clearance: corners are cut where the circle around them ends
ARC_PARTS = 2  # of a right angle, in the narrower outlines, whose corners lie on the circle
LOOKED_M = 25.0  # beyond the clearance the judge still measures the distance, for the margin
LEVEL_M = 1e-6  # of height: as far inside a band as rounding may bring a flight along its edge
NOBODY = -1  # the building or zone of a leg that is near none


@dataclass(frozen=True, eq=False)
class Obstacles:
    """The prisms that bar the way, and what legs have to do with them; legs are straight, (n, 3) to (n, 3) metres.

    ``clearance_m`` is None where buildings bar nothing; ``lowest_m`` is the least height that anybody may fly at:
    buildings that end below it by more than the clearance are left out.
    """

    city: City
    zones: tuple[NoFlyZone, ...]
    clearance_m: float | None
    lowest_m: float

    def are_clear(self, start_m: Array, end_m: Array, among: Sequence[int] | None = None) -> BoolArray:
        """Say which legs (..., 3) to (..., 3) meet nothing; shapes broadcast, the answer has theirs without the last.

        A leg that is clear here keeps every clearance and zone for the judge, by a hair (``GROWN_M``). ``among`` asks
        some of the prisms alone, by index, and their outlines alone: there a leg that passes a wall by less than 0.1 m
        more than the clearance may be refused, one past a right-angled corner by up to 8 % more, as outlines have two
        corners there and no arc.
        """
        ends = np.broadcast_arrays(np.asarray(start_m, dtype=float), np.asarray(end_m, dtype=float))
        start, end = (np.ascontiguousarray(points.reshape(-1, 3)) for points in ends)
        if among is not None:
            clear = rays_are_clear(self._grid_of(np.array(among, dtype=np.int64)), start, end)
        else:
            clear = rays_are_clear(self._grid, start, end)
            doubtful = np.flatnonzero(~clear)
            doubtful = doubtful[rays_are_clear(self._narrow_grid, start[doubtful], end[doubtful])]
            clear[doubtful] = self._keep_clearance(start[doubtful], end[doubtful])
        return clear.reshape(ends[0].shape[:-1])

    def met(self, start_m: Array, end_m: Array) -> list[int]:
        """Return the prisms that one leg (3,) to (3,) meets, by index: buildings that count first, then zones."""
        line = shapely.LineString([start_m[:2], end_m[:2]])
        near = self._tree.query(line, "intersects")
        return [
            int(index)
            for index in np.sort(near)
            if self._piece_length_m(line, start_m, end_m, int(index)) > 0.0 or not self._is_moving(start_m, end_m)
        ]

    def outline_m(self, index: int) -> Array:
        """Return the corners (n, 2) of the grown outline of a prism."""
        corners: Array = shapely.get_coordinates(shapely.get_exterior_ring(self._outlines[index]))[:-1]
        return corners

    @property
    def tallest_m(self) -> float:
        """Return the height in metres from which on a flight passes above everything."""
        return float(self._tops_m.max(initial=0.0))

    def name(self, index: int) -> str:
        """Return what a prism is called: a zone by its id, a landmark by its name, a building by where it stands."""
        if index >= len(self._buildings):
            return f"the no-fly zone '{self.zones[index - len(self._buildings)].id}'"
        return self.building_name(int(self._buildings[index]))

    def building_name(self, building: int) -> str:
        """Return what a building of the city is called: a landmark by its name, others by where they stand."""
        known = dict(self.city.landmark_names).get(building)
        if known is not None:
            return known
        middle = self._footprints[building].centroid
        return f"the building at {round(middle.x)} m east, {round(middle.y)} m north"

    def beside_m(self, start_m: Array, end_m: Array) -> tuple[Array, IntArray]:
        """Return how near legs come to a footprint (n,) in metres while within the clearance of its heights, and whose.

        Infinite, and -1, where a leg is farther than the clearance and 25 m from every building at its height.
        """
        least, whose = np.full(len(start_m), np.inf), np.full(len(start_m), NOBODY)
        if self.clearance_m is None or not self._buildings.size:
            return least, whose
        reach = self.clearance_m + LOOKED_M
        west_south, east_north = np.minimum(start_m, end_m)[:, :2] - reach, np.maximum(start_m, end_m)[:, :2] + reach
        leg, place = self._building_tree.query(shapely.box(*west_south.T, *east_north.T))
        building = self._buildings[place]
        low = self.city.base_heights_m[building] - self.clearance_m
        low = np.where(self.city.base_heights_m[building] > 0.0, low, -np.inf)  # nobody flies below the ground
        high = self.city.roof_heights_m[building] + self.clearance_m
        begin, end, is_there = _within(start_m[leg, 2], end_m[leg, 2], low, high)
        leg, building, begin, end = leg[is_there], building[is_there], begin[is_there], end[is_there]
        away = shapely.distance(_pieces(start_m[leg], end_m[leg], begin, end), self._footprints[building])
        near = away <= reach
        leg, building, away = leg[near], building[near], away[near]
        order = np.argsort(-away, kind="stable")  # the nearest is written last
        least[leg[order]], whose[leg[order]] = away[order], building[order]
        return least, whose

    def inside_m(self, start_m: Array, end_m: Array) -> tuple[Array, IntArray]:
        """Return how much of each leg (n,) in metres in plan lies inside a zone at its heights, and in which.

        A leg that stands still, or climbs straight up, inside a zone counts with the metres between its ends, at least
        0.001.
        """
        most, whose = np.zeros(len(start_m)), np.full(len(start_m), NOBODY)
        for index, zone in enumerate(self.zones):
            begin, end, is_there = _within(start_m[:, 2], end_m[:, 2], np.array(zone.floor_m), np.array(zone.ceiling_m))
            leg = np.flatnonzero(is_there)
            if not leg.size:
                continue
            outline = shapely.Polygon(zone.corners_m)
            pieces = _pieces(start_m[leg], end_m[leg], begin[leg], end[leg])
            inner = outline.buffer(-LEVEL_M)  # along the edge is not inside
            length = shapely.length(shapely.intersection(pieces, inner))
            is_still = (np.hypot(*(end_m - start_m)[leg, :2].T) <= LEVEL_M) & shapely.contains_xy(
                inner, start_m[leg, :2]
            )
            length = np.where(is_still, np.maximum(np.linalg.norm((end_m - start_m)[leg], axis=1), 1e-3), length)
            is_more = length > most[leg]
            most[leg[is_more]], whose[leg[is_more]] = length[is_more], index
        return most, whose

    @cached_property
    def _footprints(self) -> NDArray[Any]:
        return self.city.footprints()

    @cached_property
    def _buildings(self) -> IntArray:
        """Return the buildings that are high enough to count."""
        if self.clearance_m is None:
            return np.zeros(0, dtype=np.int64)
        return np.flatnonzero(self.city.roof_heights_m + self.clearance_m > self.lowest_m - LEVEL_M)

    @cached_property
    def _building_tree(self) -> shapely.STRtree:
        return shapely.STRtree(self._footprints[self._buildings])

    @cached_property
    def _outlines(self) -> NDArray[Any]:
        """Return the grown outlines: of the buildings that count, then of the zones."""
        clearance = self.clearance_m or 0.0
        grown = shapely.buffer(
            self._footprints[self._buildings], clearance + SIMPLER_M + GROWN_M, join_style="mitre", mitre_limit=MITRE
        )
        zones = [shapely.Polygon(zone.corners_m).buffer(GROWN_M, join_style="mitre") for zone in self.zones]
        found = np.empty(len(grown) + len(zones), dtype=object)
        found[: len(grown)] = shapely.simplify(grown, SIMPLER_M)
        found[len(grown) :] = zones
        return found

    @cached_property
    def _tops_m(self) -> Array:
        roofs = self.city.roof_heights_m[self._buildings] + (self.clearance_m or 0.0)
        return np.concatenate([roofs, [zone.ceiling_m for zone in self.zones]])

    @cached_property
    def _bases_m(self) -> Array:
        bases = self.city.base_heights_m[self._buildings] - (self.clearance_m or 0.0)
        return np.concatenate([np.maximum(bases, 0.0), [zone.floor_m for zone in self.zones]])

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree(self._outlines)

    @cached_property
    def _narrow_outlines(self) -> NDArray[Any]:
        """Return outlines that lie within the clearance, those of zones as grown: what meets one is refused."""
        found, clearance = self._outlines.copy(), max(0.0, (self.clearance_m or 0.0) - SIMPLER_M)
        grown = shapely.buffer(self._footprints[self._buildings], clearance, quad_segs=ARC_PARTS)
        found[: len(grown)] = shapely.simplify(grown, SIMPLER_M)
        return found

    @cached_property
    def _grid(self) -> BuildingGrid:
        return self._grid_of(np.arange(len(self._outlines)))

    @cached_property
    def _narrow_grid(self) -> BuildingGrid:
        return self._grid_of(np.arange(len(self._outlines)), self._narrow_outlines)

    def _keep_clearance(self, start_m: Array, end_m: Array) -> BoolArray:
        """Say which legs (n,) keep the clearance of every building by a hair, with exact distances."""
        if self.clearance_m is None or not len(start_m):
            return np.zeros(len(start_m), dtype=bool)
        return np.asarray(self.beside_m(start_m, end_m)[0] >= self.clearance_m + GROWN_M)

    def _grid_of(self, indices: IntArray, outlines: NDArray[Any] | None = None) -> BuildingGrid:
        vertices, starts = pack_polygons((self._outlines if outlines is None else outlines)[indices])
        bases = self._bases_m[indices]
        return build_grid(vertices, starts, self._tops_m[indices], bases if (bases > 0.0).any() else None)

    @staticmethod
    def _is_moving(start_m: Array, end_m: Array) -> bool:
        return bool(np.hypot(*(end_m - start_m)[:2]) > LEVEL_M)

    def _piece_length_m(self, line: shapely.LineString, start_m: Array, end_m: Array, index: int) -> float:
        """Return how many metres in plan of a leg lie over an outline within its heights."""
        low, high = np.array([self._bases_m[index]]), np.array([self._tops_m[index]])
        low = np.where(low > 0.0, low, -np.inf)
        begin, end, is_there = _within(start_m[None, 2], end_m[None, 2], low, high)
        if not is_there[0]:
            return 0.0
        piece = _pieces(start_m[None], end_m[None], begin, end)[0]
        return float(shapely.length(shapely.intersection(piece, self._outlines[index])))


def obstacles_of(scenario: Scenario, city: City) -> Obstacles | None:
    """Return what bars the way of a scenario's aerial users over its city; None where the air is free."""
    if not (scenario.has_obstacles and scenario.aerial_users):
        return None
    clearance_m = scenario.airspace.clearance_m if scenario.airspace.obstacles == "buildings" else None
    lowest_m = min(user.min_height_m for user in scenario.aerial_users)
    return Obstacles(city, scenario.no_fly_zones, clearance_m, lowest_m)


def _within(from_m: Array, to_m: Array, low_m: Array, high_m: Array) -> tuple[Array, Array, BoolArray]:
    """Return between which shares of their way legs (n,) are inside a band of heights, its edges left out, and if so.

    >>> begin, end, is_there = _within(np.array([0.0]), np.array([10.0]), np.array([5.0]), np.array([20.0]))
    >>> begin.round(3), end.round(3), is_there
    (array([0.5]), array([1.]), array([ True]))
    """
    low, high = low_m + LEVEL_M, high_m - LEVEL_M
    climb = to_m - from_m
    is_level = np.abs(climb) < LEVEL_M
    slope = np.where(is_level, 1.0, climb)
    at_low, at_high = (low - from_m) / slope, (high - from_m) / slope
    begin = np.where(is_level, 0.0, np.clip(np.minimum(at_low, at_high), 0.0, None))
    end = np.where(is_level, 1.0, np.clip(np.maximum(at_low, at_high), None, 1.0))
    is_there = np.where(is_level, (from_m > low) & (from_m < high), begin < end)
    return begin, end, np.asarray(is_there, dtype=bool)


def _pieces(start_m: Array, end_m: Array, begin: Array, end: Array) -> NDArray[Any]:
    """Return the parts (n,) of legs (n, 3) between two shares of their way, as lines in plan."""
    way = (end_m - start_m)[:, :2]
    ends = np.stack([start_m[:, :2] + begin[:, None] * way, start_m[:, :2] + end[:, None] * way], axis=1)
    return np.asarray(shapely.linestrings(ends))
