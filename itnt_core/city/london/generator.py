"""London for any square: facts where there are facts, invented buildings between them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from itnt_core.arrays import Array
from itnt_core.city.london.facts import NOTICE, Landmark, LondonFacts, london_facts
from itnt_core.city.london.landmarks import landmark_parts
from itnt_core.city.london.parcels import SMALLEST_FOOTPRINT_M2, Buildings, build_on, split_off_gardens
from itnt_core.city.london.streets import ShapeArray, lay_out_blocks
from itnt_core.city.model import City, NamedLine, pack_polygons

BUILT_IN_WATER = frozenset({"Tower Bridge (towers)", "London Eye"})
# Churches lie west to east whatever the streets do; the others follow their river bank or their bridge.
FIXED_BEARING_DEG = {
    "St Paul's Cathedral": 82.0,
    "Westminster Abbey": 82.0,
    "Southwark Cathedral": 80.0,
    "Tower Bridge (towers)": 26.0,
    "London Eye": 12.0,
    "Tate Modern chimney": 84.0,
    "Buckingham Palace": 138.0,
    "Battersea Power Station": 0.0,
    "Elizabeth Tower (Big Ben)": 8.0,
    "Victoria Tower": 8.0,
    "White Tower (Tower of London)": 80.0,
}
PARK_EDGE_M, BANK_M, FORECOURT_M, APART_M = 3.0, 6.0, 7.0, 4.0
SMALLEST_PARK_M2 = 200.0
CHURCHYARD_M = 22.0
OPEN_AROUND = frozenset({"St Paul's Cathedral", "Westminster Abbey", "Buckingham Palace", "Elizabeth Tower (Big Ben)"})


class _Landmarks(NamedTuple):
    """Hold all parts of all landmarks: footprints, roofs in metres, and which landmark each part belongs to."""

    shapes: ShapeArray
    roofs_m: Array
    owners: NDArray[np.int64]
    names: tuple[str, ...]


def generate_london(lon: float, lat: float, size_m: float, seed: int) -> City:
    """Generate the square of London around an anchor (degrees), `size_m` on a side: the same seed, the same bytes.

    River, docks, parks, main roads, bridges and landmarks are facts; blocks, ordinary buildings and garden squares
    are invented from the statistics of the nearest neighbourhood, and look the same in every square that shows them.
    Buildings that would reach over the border are left out, as are railways, trees and the slope of the ground.
    """
    facts = london_facts(lon, lat)
    half = size_m / 2.0
    square = shapely.box(-half, -half, half, half)
    landmarks = _place_landmarks(facts, square)
    blocks = lay_out_blocks(facts.neighbourhoods, facts.banks, square, _taken_ground(facts, square), seed)
    built, gardens = split_off_gardens(blocks)
    ordinary = _clear_of_landmarks(build_on(built, facts.neighbourhoods), landmarks, square)
    vertices, starts = pack_polygons([*ordinary.shapes, *landmarks.shapes])
    water = _clipped([facts.river, *facts.docks], square)
    parks = shapely.difference(np.array(facts.parks, dtype=object), shapely.union_all([facts.river, *facts.docks]))
    return City(
        "London",
        float(lon),
        float(lat),
        float(size_m),
        vertices,
        starts,
        np.concatenate([ordinary.roofs_m, landmarks.roofs_m]),
        _names(landmarks, ordinary.roofs_m.size),
        water,
        _clipped([*parks, *gardens.shapes], square, SMALLEST_PARK_M2),
        _clipped_lines(facts.roads, square),
        _clipped_lines(facts.bridges, square),
        _places(facts, half),
        NOTICE,
    )


def _taken_ground(facts: LondonFacts, square: shapely.Polygon) -> ShapeArray:
    """Collect what no block may touch near the square: water with its banks, parks, main roads, bridges."""
    wet = shapely.buffer(np.array([facts.river, *facts.docks], dtype=object), BANK_M, quad_segs=2)
    green = shapely.buffer(np.array(facts.parks, dtype=object), PARK_EDGE_M, quad_segs=2)
    lines = [line for _, line, _ in facts.roads + facts.bridges]
    half_widths = np.array([width / 2.0 for _, _, width in facts.roads + facts.bridges])
    streets = shapely.buffer(np.array(lines, dtype=object), half_widths, quad_segs=2)
    taken = np.concatenate([wet, green, streets])
    near = shapely.intersects(taken, square.buffer(500.0))
    return np.asarray(taken[near])


def _place_landmarks(facts: LondonFacts, square: shapely.Polygon) -> _Landmarks:
    """Shape, turn and place the landmarks that fit into the square, shrunk where two would touch."""
    inside = [mark for mark in facts.landmarks if square.contains(shapely.Point(mark.east_m, mark.north_m))]
    bearings = [_bearing_deg(mark, facts) for mark in inside]
    scales = _scales_without_collision(inside, bearings)
    land = shapely.union_all([facts.river, *facts.docks])
    shapes: list[shapely.Polygon] = []
    roofs: list[float] = []
    owners: list[int] = []
    names: list[str] = []
    for mark, bearing, scale in zip(inside, bearings, scales, strict=True):
        parts = _parts(mark, bearing, scale)
        if mark.name not in BUILT_IN_WATER:
            parts = [(part.difference(land), roof) for part, roof in parts]
        whole = [(part, roof) for part, roof in parts if isinstance(part, shapely.Polygon) and square.contains(part)]
        kept = [(part, roof) for part, roof in whole if part.area > 1.0 and not part.interiors]
        if not kept or max(roof for _, roof in kept) < mark.height_m:
            continue
        shapes += [part for part, _ in kept]
        roofs += [round(roof, 1) for _, roof in kept]
        owners += [len(names)] * len(kept)
        names.append(mark.name)
    return _Landmarks(np.array(shapes, dtype=object), np.array(roofs), np.array(owners, dtype=np.int64), tuple(names))


def _parts(mark: Landmark, bearing_deg: float, scale: float) -> list[tuple[shapely.Polygon, float]]:
    parts = landmark_parts(mark.shape, scale * mark.width_m, scale * mark.depth_m, mark.height_m, bearing_deg)
    centre = np.array([mark.east_m, mark.north_m])
    return [(shapely.Polygon(np.round(ring + centre, 2)), roof) for ring, roof in parts]


def _bearing_deg(mark: Landmark, facts: LondonFacts) -> float:
    """Find the axis of a landmark: its own where known, else the streets of the nearest neighbourhood."""
    if mark.name in FIXED_BEARING_DEG:
        return FIXED_BEARING_DEG[mark.name]
    distance = [np.hypot(h.east_m - mark.east_m, h.north_m - mark.north_m) for h in facts.neighbourhoods]
    return facts.neighbourhoods[int(np.argmin(distance))].bearing_deg


def _scales_without_collision(marks: list[Landmark], bearings: list[float]) -> list[float]:
    """Shrink neighbouring landmarks by equal steps until they stand apart."""
    scales = [1.0] * len(marks)
    points = np.array([[mark.east_m, mark.north_m] for mark in marks]).reshape(-1, 2)
    reach = np.array([max(mark.width_m, mark.depth_m) for mark in marks])
    gaps = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    pairs = np.argwhere(np.triu(gaps < reach[:, None] + reach[None], 1))
    for i, j in pairs.tolist():
        while (
            scales[i] > 0.3
            and _outline(marks[i], bearings[i], scales[i]).distance(_outline(marks[j], bearings[j], scales[j]))
            < APART_M
        ):
            scales[i], scales[j] = 0.95 * scales[i], 0.95 * scales[j]
    return scales


def _outline(mark: Landmark, bearing_deg: float, scale: float) -> shapely.Geometry:
    return shapely.union_all([part for part, _ in _parts(mark, bearing_deg, scale)])


def _clear_of_landmarks(buildings: Buildings, landmarks: _Landmarks, square: shapely.Polygon) -> Buildings:
    """Cut ordinary buildings back from the landmarks' forecourts; drop what is left too small or over the border."""
    shapes = buildings.shapes.copy()
    wide = np.array([name in OPEN_AROUND for name in landmarks.names], dtype=bool)[landmarks.owners]
    margins = np.where(wide, CHURCHYARD_M, FORECOURT_M)
    forecourts = shapely.union_all(shapely.buffer(landmarks.shapes, margins, join_style="mitre"))
    shapely.prepare(forecourts)
    near = shapely.intersects(forecourts, shapes)
    shapes[near] = shapely.transform(shapely.difference(shapes[near], forecourts), lambda xy: np.round(xy, 2))
    kept = (shapely.get_type_id(shapes) == 3) & shapely.is_valid(shapes) & shapely.contains_properly(square, shapes)
    kept &= (shapely.area(shapes) >= SMALLEST_FOOTPRINT_M2) & (shapely.get_num_interior_rings(shapes) == 0)
    return Buildings(shapes[kept], buildings.roofs_m[kept])


def _names(landmarks: _Landmarks, first: int) -> tuple[tuple[int, str], ...]:
    """Name the tallest part of each landmark."""
    tallest = []
    for owner, name in enumerate(landmarks.names):
        parts = np.flatnonzero(landmarks.owners == owner)
        tallest.append((first + int(parts[np.argmax(landmarks.roofs_m[parts])]), name))
    return tuple(tallest)


def _clipped(
    shapes: list[shapely.Geometry], square: shapely.Polygon, least_m2: float = 0.0
) -> tuple[shapely.Polygon, ...]:
    parts = shapely.get_parts(shapely.intersection(np.array(shapes, dtype=object), square))
    return tuple(part for part in parts if isinstance(part, shapely.Polygon) and part.area > least_m2)


def _clipped_lines(lines: tuple[NamedLine, ...], square: shapely.Polygon) -> tuple[NamedLine, ...]:
    clipped = []
    for name, line, width_m in lines:
        for part in shapely.get_parts(line.intersection(square)):
            if isinstance(part, shapely.LineString) and part.length > 0.0:
                clipped.append((name, part, width_m))
    return tuple(clipped)


def _places(facts: LondonFacts, half: float) -> tuple[tuple[str, float, float], ...]:
    centres = tuple((hood.name, hood.east_m, hood.north_m) for hood in facts.neighbourhoods)
    return tuple(place for place in centres + facts.stations if max(abs(place[1]), abs(place[2])) <= half)
