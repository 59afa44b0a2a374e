"""From surveyed shapes to a city: square, metres, repaired simple rings, estimated heights, everything counted.

A prism has one ring and no hole, so a footprint with courtyards is cut through them into parts: the courtyards stay
open. Parts that begin above the ground in the source (min_height) do so here, with free sight under them.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from itnt_core.arrays import Array
from itnt_core.city.files.antimeridian import near, side_by_side, within_half_turn
from itnt_core.city.files.crs import plan_of
from itnt_core.city.files.height_table import STOREY_M
from itnt_core.city.files.height_texts import HIGHEST_M
from itnt_core.city.files.heights import fill_missing
from itnt_core.city.files.survey import (
    BUILDING,
    PARK,
    ROAD,
    WATER,
    ImportOptions,
    Survey,
)
from itnt_core.city.model import City, CityError, pack_polygons
from itnt_core.scenario import lonlat_to_local, metres_per_degree, shapes_to_local

ShapeArray = NDArray[Any]
Reasons = dict[str, int]

LARGEST_SIDE_M, SMALLEST_SIDE_M = 20_000.0, 200.0
MARGIN_M, ROUND_M = 25.0, 10.0
SMALLEST_FOOTPRINT_M2, SMALLEST_PART_M2, SMALLEST_GREEN_M2 = 1.0, 0.5, 50.0
DENSITY_CELL_M = 500.0
MOST_CUTS = 24  # rounds of halving, enough for a footprint of a million courtyards
MOST_PLACES = 40  # of troubles that a report names


class Shaped(NamedTuple):
    """Hold a city, how many buildings it was made of, and what happened on the way, sentence by sentence."""

    city: City
    buildings: int
    repaired: int
    estimated: int
    left_out: int
    reasons: Reasons
    notes: tuple[str, ...]


class _Footprints(NamedTuple):
    """Hold footprints in metres, each with its height, where it begins, and the building it is part of."""

    shapes: ShapeArray
    height_m: Array
    base_m: Array
    owners: NDArray[np.int64]

    def take(self, chosen: Any) -> _Footprints:
        return _Footprints(*(array[chosen] for array in self))


def shape_city(survey: Survey, options: ImportOptions, name: str, notice: str) -> Shaped:
    """Make a city of a survey; CityError in one sentence when not one building is left."""
    wanted = survey.kinds == BUILDING
    lonlat = side_by_side(_to_lonlat(survey), wanted)
    reasons: Reasons = {f"left out: {words}": number for words, number in survey.other_words.items()}
    boxes = shapely.bounds(lonlat)
    usable = np.isfinite(boxes).all(axis=1) & (np.abs(boxes) <= [360.0, 89.0] * 2).all(axis=1)
    built = wanted & usable
    blank = wanted & (shapely.is_missing(survey.shapes) | shapely.is_empty(survey.shapes))
    _count(reasons, "left out: buildings without a shape", int(blank.sum()))
    _count(reasons, "left out: buildings without a place on the globe", int((wanted & ~usable & ~blank).sum()))
    if not built.any():
        raise CityError(_nothing_left(reasons))
    lon, lat, size_m, cropped = choose_square(boxes[built], options)
    notes = list(survey.notes)
    if cropped:
        notes.append(
            f"The buildings reach further than {LARGEST_SIDE_M / 1000:.0f} km, so the square of {size_m:,.0f} m with "
            f"most of them was cut out, around {lat:.5f}, {lon:.5f}."
        )
    lon = within_half_turn(lon)
    metres = shapes_to_local(near(lonlat, lon), lon, lat)
    raw = _Footprints(metres[built], survey.height_m[built], survey.base_m[built], survey.owners[built])
    prints, repaired = _clean(raw, size_m / 2.0, reasons)
    if not len(prints.shapes):
        raise CityError(_nothing_left(reasons))
    left_out = sum(number for words, number in reasons.items() if words.startswith("left out"))
    prints, estimated = _with_heights(prints, reasons)
    vertices, starts = pack_polygons(prints.shapes)
    square = shapely.box(-size_m / 2, -size_m / 2, size_m / 2, size_m / 2)
    city = City(
        name[:80] or "Imported city",
        lon,
        lat,
        size_m,
        vertices,
        starts,
        prints.height_m,
        (),
        _ground(metres[usable & (survey.kinds == WATER)], square),
        _ground(metres[usable & (survey.kinds == PARK)], square),
        _roads(survey, metres, usable, square),
        (),
        _places(survey, prints),
        notice,
        prints.base_m,
    )
    buildings = int(np.unique(prints.owners).size)
    return Shaped(city, buildings, repaired, estimated, left_out, reasons, tuple(notes))


def choose_square(boxes: Array, options: ImportOptions) -> tuple[float, float, float, bool]:
    """Choose anchor (degrees) and side (metres) for buildings with boxes (n, 4) in degrees; tell whether some miss it.

    All buildings where they fit into 20 km, else the square of 20 km with most of them, shrunk around what it holds.
    """
    if options.anchor is not None or options.size_m is not None:
        return _wanted_square(boxes, options)
    lon, lat, size = _around(boxes)
    if size <= LARGEST_SIDE_M:
        return lon, lat, size, False
    per_lon, per_lat = metres_per_degree(float(np.median(boxes[:, 1])))
    middles = (boxes[:, :2] + boxes[:, 2:]) / 2.0 * [per_lon, per_lat]
    low = _densest_corner(middles)
    inside = ((middles >= low) & (middles <= low + LARGEST_SIDE_M - 2 * MARGIN_M)).all(axis=1)
    lon, lat, size = _around(boxes[inside])
    return lon, lat, min(size, LARGEST_SIDE_M), True


def _wanted_square(boxes: Array, options: ImportOptions) -> tuple[float, float, float, bool]:
    lon, lat, size = _around(boxes)
    if options.anchor is not None:
        lon, lat = options.anchor
    size = min(size, LARGEST_SIDE_M) if options.size_m is None else options.size_m
    if not (abs(lon) <= 180.0 and abs(lat) <= 85.0 and SMALLEST_SIDE_M <= size <= LARGEST_SIDE_M):
        raise CityError(
            f"The square of {size:g} m around {lon:g}, {lat:g} cannot be: longitude within 180, latitude within 85 "
            f"degrees and a side of {SMALLEST_SIDE_M:g} to {LARGEST_SIDE_M:g} m are allowed."
        )
    return float(lon), float(lat), float(size), False


def _around(boxes: Array) -> tuple[float, float, float]:
    """Return anchor and side of the smallest allowed square around boxes in degrees."""
    low, high = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    lon, lat = (round(float(value), 6) for value in (low + high) / 2.0)
    reach = max(np.abs(np.array(lonlat_to_local([low[0], high[0]], [low[1], high[1]], lon, lat))).max(), 0.0)
    return lon, lat, max(ROUND_M * math.ceil(2.0 * (float(reach) + MARGIN_M) / ROUND_M), SMALLEST_SIDE_M)


def _densest_corner(middles_m: Array) -> Array:
    """Return the south-west corner of the square that holds most points (n, 2), to a cell of the search."""
    cells = np.floor(middles_m / DENSITY_CELL_M).astype(np.int64)
    side = int((LARGEST_SIDE_M - 2 * MARGIN_M) // DENSITY_CELL_M)
    occupied, counts = np.unique(cells, axis=0, return_counts=True)
    if len(occupied) > 5000:  # candidates: the fullest cells; the best square has one of them somewhere in it
        occupied, counts = (array[np.argsort(counts)[-5000:]] for array in (occupied, counts))
    best, corner = -1, occupied[0]
    for cell in occupied[np.argsort(-counts)[:400]]:
        for low in (cell - side // 2, cell, cell - side + 1):
            held = int(counts[((occupied >= low) & (occupied < low + side)).all(axis=1)].sum())
            if held > best:
                best, corner = held, low
    return np.asarray(corner * DENSITY_CELL_M, dtype=np.float64)


def _to_lonlat(survey: Survey) -> ShapeArray:
    """Convert all shapes to longitude and latitude (WGS84); only the horizontal part of a 3D system counts."""
    from pyproj import Transformer
    from pyproj.exceptions import ProjError

    crs = plan_of(survey.crs)
    try:
        transformer = Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
        return np.asarray(
            shapely.transform(
                survey.shapes, lambda points: np.column_stack(transformer.transform(points[:, 0], points[:, 1]))
            )
        )
    except ProjError as error:
        raise CityError(
            f"The coordinate reference system '{crs.name:.60}' cannot be converted to longitude and latitude: "
            "say which it really is (--crs, or the field for it on the page)."
        ) from error


def _clean(raw: _Footprints, half_m: float, reasons: Reasons) -> tuple[_Footprints, int]:
    """Repair, cut into simple rings, drop what cannot be used; count every step in ``reasons``."""
    invalid = ~shapely.is_valid(raw.shapes)
    shapes = raw.shapes.copy()
    shapes[invalid] = shapely.make_valid(shapes[invalid], method="structure", keep_collapsed=False)
    boxes = shapely.bounds(shapes)
    empty = ~np.isfinite(boxes).all(axis=1)
    outside = ~empty & (np.abs(np.where(empty[:, None], 0.0, boxes)) > half_m).any(axis=1)
    small = ~empty & ~outside & (shapely.area(shapes) < SMALLEST_FOOTPRINT_M2)
    kept = ~(empty | outside | small)
    twin = np.zeros(len(shapes), dtype=bool)
    twin[kept] = _is_repeated(raw._replace(shapes=shapes).take(kept))
    kept &= ~twin
    whole = raw._replace(shapes=shapes).take(kept)
    parts = _simple_parts(whole)
    lost = int(kept.sum()) - len(np.unique(parts[1]))
    for words, number in (
        ("left out: buildings whose ring cannot be repaired", int(empty.sum()) + lost),
        ("left out: buildings outside the square or across its border", int(outside.sum())),
        (f"left out: buildings smaller than {SMALLEST_FOOTPRINT_M2:g} m²", int(small.sum())),
        ("left out: buildings given twice", int(twin.sum())),
    ):
        _count(reasons, words, number)
    _count(reasons, "repaired: rings that cross or touch themselves", int((invalid & kept).sum()))
    return parts[0], int((invalid & kept).sum())


def _is_repeated(prints: _Footprints) -> NDArray[np.bool_]:
    """Find shapes that stand there again to the centimetre, on the same level; the tallest of them stays."""
    rounded = shapely.normalize(shapely.transform(prints.shapes, lambda points: np.round(points, 2)))
    keys = shapely.to_wkb(rounded).astype(object)
    for place in np.flatnonzero(prints.base_m > 0.0):
        keys[place] += prints.base_m[place].tobytes()
    order = np.argsort(-np.nan_to_num(prints.height_m), kind="stable")
    _, first = np.unique(keys[order], return_index=True)
    repeated = np.ones(len(keys), dtype=bool)
    repeated[order[first]] = False
    return repeated


def _simple_parts(whole: _Footprints) -> tuple[_Footprints, NDArray[np.int64]]:
    """Take footprints apart into polygons without holes, to the centimetre; also return which each came from."""
    shapes, parent = shapely.get_parts(whole.shapes, return_index=True)
    shapes, parent = _without_holes(shapes, parent)
    shapes = shapely.remove_repeated_points(shapely.transform(shapes, lambda points: np.round(points, 2)))
    broken = ~shapely.is_valid(shapes)
    if broken.any():  # rounding can make slivers touch themselves
        shapes[broken] = shapely.make_valid(shapes[broken], method="structure", keep_collapsed=False)
        shapes, source = shapely.get_parts(shapes, return_index=True)
        parent = parent[source]
        shapes, parent = _without_holes(shapes, parent)
    good = (shapely.get_type_id(shapes) == 3) & shapely.is_valid(shapes) & (shapely.area(shapes) >= SMALLEST_PART_M2)
    good &= shapely.get_num_interior_rings(shapes) == 0
    shapes, parent = shapes[good], parent[good]
    return whole.take(parent)._replace(shapes=shapes), parent


def _without_holes(shapes: ShapeArray, parent: NDArray[np.int64]) -> tuple[ShapeArray, NDArray[np.int64]]:
    """Cut polygons through their courtyards, upright through the middle one, until none has a hole."""
    done: list[tuple[ShapeArray, NDArray[np.int64]]] = []
    for _ in range(MOST_CUTS):
        holed = shapely.get_num_interior_rings(shapes) > 0
        done.append((shapes[~holed], parent[~holed]))
        shapes, parent = shapes[holed], parent[holed]
        if not shapes.size:
            break
        shapes, source = shapely.get_parts(_halves(shapes), return_index=True)
        polygons = shapely.get_type_id(shapes) == 3
        shapes, parent = shapes[polygons], np.tile(parent, 2)[source[polygons]]
    done.append((shapes, parent))
    return np.concatenate([part for part, _ in done]), np.concatenate([owner for _, owner in done])


def _halves(shapes: ShapeArray) -> ShapeArray:
    """Cut each polygon at the middle of its middle courtyard; the western halves come first."""
    boxes = shapely.bounds(shapes)
    cut = np.array([_middle_of_holes(shape) for shape in shapes])
    west, south, east, north = boxes.T
    left = shapely.box(west - 1.0, south - 1.0, cut, north + 1.0)
    right = shapely.box(cut, south - 1.0, east + 1.0, north + 1.0)
    return np.concatenate([shapely.intersection(shapes, left), shapely.intersection(shapes, right)])


def _middle_of_holes(shape: shapely.Polygon) -> float:
    middles = sorted((ring.bounds[0] + ring.bounds[2]) / 2.0 for ring in shape.interiors)
    return float(middles[len(middles) // 2])


def _with_heights(prints: _Footprints, reasons: Reasons) -> tuple[_Footprints, int]:
    """Fill missing heights from the neighbours and count buildings, not parts."""
    middles = shapely.get_coordinates(shapely.centroid(prints.shapes))
    height, estimated = fill_missing(prints.height_m, middles)
    count = int(np.unique(prints.owners[estimated]).size)
    wrong = estimated & np.isfinite(prints.height_m)
    _count(reasons, "estimated: heights, for none is given", count - int(np.unique(prints.owners[wrong]).size))
    _count(reasons, "estimated: heights, for the given one cannot be", int(np.unique(prints.owners[wrong]).size))
    base = np.where(prints.base_m <= HIGHEST_M, np.clip(prints.base_m, 0.0, None), 0.0).round(2)
    height = np.where(estimated & (height <= base), base + STOREY_M, height)
    own = base >= height
    height = np.where(own, base + height, height).round(2)
    _count(
        reasons,
        "changed: parts that end below where they begin, so their height was taken for their own",
        int(own.sum()),
    )
    _count(reasons, "kept: parts that begin above the ground, on others or in the air", int((base > 0.0).sum()))
    return prints._replace(height_m=height, base_m=base), count


def _ground(shapes: ShapeArray, square: shapely.Polygon) -> tuple[shapely.Polygon, ...]:
    """Clip water or parks to the square, repaired and to the centimetre."""
    if not len(shapes):
        return ()
    clipped = shapely.intersection(shapely.make_valid(shapes), square)
    parts = shapely.get_parts(shapely.transform(clipped, lambda points: np.round(points, 2)))
    parts = shapely.get_parts(shapely.make_valid(parts))
    return tuple(part for part in parts if isinstance(part, shapely.Polygon) and part.area > SMALLEST_GREEN_M2)


def _roads(
    survey: Survey, metres: ShapeArray, usable: NDArray[np.bool_], square: shapely.Polygon
) -> tuple[tuple[str, shapely.LineString, float], ...]:
    chosen = np.flatnonzero((survey.kinds == ROAD) & usable)
    roads = []
    for index, clipped in zip(chosen, shapely.intersection(metres[chosen], square), strict=True):
        for part in shapely.get_parts(clipped):
            if isinstance(part, shapely.LineString) and part.length > 1.0:
                line = shapely.transform(part, lambda points: np.round(points, 2))
                roads.append((survey.names[index] or "", line, float(survey.widths_m[index])))
    return tuple(roads)


def _places(survey: Survey, prints: _Footprints) -> tuple[tuple[str, float, float], ...]:
    """Name the tallest of the named buildings on the map."""
    names = {owner: name for owner, name in zip(survey.owners.tolist(), survey.names, strict=True) if name}
    places: dict[str, tuple[str, float, float]] = {}
    for index in np.argsort(-prints.height_m, kind="stable"):
        name = names.get(int(prints.owners[index]))
        if name and name not in places:
            middle = prints.shapes[index].centroid
            places[name] = (name, round(middle.x, 1), round(middle.y, 1))
        if len(places) == MOST_PLACES:
            break
    return tuple(places.values())


def _count(reasons: Reasons, words: str, number: int) -> None:
    if number > 0:
        reasons[words] = reasons.get(words, 0) + number


def _nothing_left(reasons: Reasons) -> str:
    left_out = "; ".join(f"{number:,} {words.removeprefix('left out: ')}" for words, number in reasons.items())
    words = f"Not one building is left of the file ({left_out or 'it holds none'})"
    return f"{words}: choose a file with footprints of buildings, as polygons."
