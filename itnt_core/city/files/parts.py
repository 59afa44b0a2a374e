"""Parts of buildings in place of their outlines, as OpenStreetMap's Simple 3D Buildings have them.

An outline (``building``) says where a building stands and how high it is at most; its parts (``building:part``) say
what stands there, each with its own height and beginning (``min_height``), so what they cover is theirs alone. Where no
part is, the outline stays. https://wiki.openstreetmap.org/wiki/Simple_3D_Buildings
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from itnt_core.arrays import Array, IntArray
from itnt_core.city.files.survey import BUILDING, OTHER, PARTS, Reading

COVERED = 0.95  # of an outline's area: what is left between its parts is imprecision
SMALLEST_REST = 0.02  # of an outline's area: pieces of it that are less are slivers along its parts
LINE_STRING = 1  # GEOS' number of it
FEWEST_CORNERS = 4  # of a ring, the first one twice


class Assembly(NamedTuple):
    """Hold shapes (n,) and kinds (n,) with outlines given way to their parts, and which outline each part has.

    ``outline_of`` (n,) is the row itself for all but parts of an outline; ``unknown`` (n,) says of which outlines only
    a rest is left whose height nobody knows: theirs was that of the tallest part.
    """

    shapes: NDArray[Any]
    kinds: IntArray
    outline_of: IntArray
    unknown: NDArray[np.bool_]
    readings: list[Reading]


def areas_of_closed_lines(shapes: NDArray[Any], built: NDArray[np.bool_] | None) -> NDArray[Any]:
    """Return shapes (n,) with closed lines that are tagged as buildings or parts of them as polygons.

    Programs that know no list of areas, GDAL among them, take closed ways for lines.
    """
    if built is None:
        return shapes
    lines = np.flatnonzero(built & (shapely.get_type_id(shapes) == LINE_STRING))
    lines = lines[shapely.is_closed(shapes[lines]) & (shapely.get_num_points(shapes[lines]) >= FEWEST_CORNERS)]
    if not lines.size:
        return shapes
    shapes = shapes.copy()
    shapes[lines] = [shapely.Polygon(line.coords) for line in shapes[lines]]
    return shapes


def assemble(shapes: NDArray[Any], kinds: IntArray, is_part: NDArray[np.bool_], height_m: Array) -> Assembly:
    """Let the parts (n,) of buildings take the place of the outlines that they stand in.

    A part belongs to the smallest outline around its middle. ``height_m`` (n,) are metres above ground, NaN unknown.
    """
    outline_of = np.arange(len(shapes))
    unknown = np.zeros(len(shapes), dtype=bool)
    parts = np.flatnonzero((kinds == BUILDING) & is_part & ~(shapely.is_missing(shapes) | shapely.is_empty(shapes)))
    outlines = np.flatnonzero((kinds == BUILDING) & ~is_part)
    if not parts.size or not outlines.size:
        return Assembly(shapes, kinds, outline_of, unknown, [])
    shapes, kinds = shapes.copy(), kinds.copy()
    outline_of[parts] = _outlines_of(shapes, parts, outlines)
    held = parts[outline_of[parts] != parts]
    rests = 0
    for outline, members in _groups(outline_of, held):
        rest = _rest(shapes[outline], shapes[members])
        if rest is None:
            kinds[outline] = OTHER
            continue
        shapes[outline], rests = rest, rests + 1
        unknown[outline] = not height_m[outline] < np.nanmax(np.append(height_m[members], 0.0))
    return Assembly(shapes, kinds, outline_of, unknown, _readings(held, outline_of, rests))


def _outlines_of(shapes: NDArray[Any], parts: IntArray, outlines: IntArray) -> IntArray:
    """Return the outline of each part, itself where it has none."""
    middles = shapely.point_on_surface(shapely.make_valid(shapes[parts]))
    part, outline = shapely.STRtree(shapes[outlines]).query(middles)
    around = shapely.contains(shapely.make_valid(shapes[outlines[outline]]), middles[part])
    part, outline = part[around], outline[around]
    found = parts.copy()
    smallest_last = np.argsort(-shapely.area(shapes[outlines[outline]]), kind="stable")
    found[part[smallest_last]] = outlines[outline[smallest_last]]
    return found


def _groups(outline_of: IntArray, held: IntArray) -> list[tuple[int, IntArray]]:
    """Return each outline with the rows of its parts."""
    if not held.size:
        return []
    order = held[np.argsort(outline_of[held], kind="stable")]
    found, first = np.unique(outline_of[order], return_index=True)
    return list(zip(found.tolist(), np.split(order, first[1:]), strict=True))


def _rest(outline: Any, members: NDArray[Any]) -> Any:
    """Return what of an outline no part covers; None where that is nothing to speak of."""
    outline = shapely.make_valid(outline)
    rest = shapely.difference(outline, shapely.union_all(shapely.make_valid(members)))
    if rest.area <= (1.0 - COVERED) * outline.area:
        return None
    pieces = shapely.get_parts(rest)
    pieces = pieces[shapely.area(pieces) > SMALLEST_REST * outline.area]
    return shapely.union_all(pieces) if pieces.size else None


def _readings(held: IntArray, outline_of: IntArray, rests: int) -> list[Reading]:
    if not held.size:
        return []
    count = np.unique(outline_of[held]).size
    kept = f"; of {rests:,} the rest stands beside them" if rests else ""
    return [Reading(PARTS, f"{held.size:,} parts in place of {count:,} outlines{kept}", "tagged as building:part")]
