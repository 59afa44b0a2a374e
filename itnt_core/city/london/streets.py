"""From the ground of a square to blocks: neighbourhood cells, a bent lattice of streets, then halving."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from itnt_core.arrays import Array, IntArray
from itnt_core.city.london.chance import KeyArray, mix, uniform
from itnt_core.city.london.facts import Neighbourhood

ShapeArray = NDArray[np.object_]

SUPERBLOCK_SIDES = 2.3, 1.7  # in units of the root of the block area, along and across the bearing
SMALLEST_BLOCK_M2, LARGEST_BLOCK_M2 = 5_000.0, 11_000.0
ESTATE_HEIGHT_M, ESTATE_SHARE, ESTATE_FOOTPRINT_M2, ESTATE_FACTOR = (
    24.0,
    0.5,
    500.0,
    4.5,
)  # slabs around gardens, as in the Barbican
# London's streets are rarely straight; chords of the step leave the curve by less than half the narrowest street.
BEND_M, BEND_LENGTH_M, BEND_STEP_M = 22.0, 620.0, 60.0
WANDER_M, WANDER_LENGTH_M, WANDER_STEP_M = 30.0, 410.0, 20.0  # of the borders of neighbourhoods
CELL_GAP_M, STRAIGHTEN_M = 0.5, 0.6
KNOWN_M, REACH_M = 12_000.0, 600.0  # around the first neighbourhood, around the square
SMALLEST_PIECE_M2, SMALLEST_BLOCK_PIECE_M2, THINNEST_BLOCK_M = 60.0, 250.0, 14.0
STREET_SIDE_M = 2.5, 7.5
MOST_HALVINGS = 9  # of a piece: at most 512 parts


class Pieces(NamedTuple):
    """Hold pieces of ground, each with the key of its random numbers and the neighbourhood or block it belongs to."""

    shapes: ShapeArray  # (n,) simple polygons, metres
    keys: KeyArray  # (n,)
    owners: IntArray  # (n,)

    def take(self, chosen: NDArray[np.generic]) -> Pieces:
        """Pick pieces by a mask (n,) or indices (m,)."""
        return Pieces(self.shapes[chosen], self.keys[chosen], self.owners[chosen])


def is_tall_and_open(hood: Neighbourhood) -> bool:
    """Tell the neighbourhoods of towers with ground between them from those of closed streets."""
    return hood.mean_height_m > ESTATE_HEIGHT_M and hood.plan_share < ESTATE_SHARE


def block_area_m2(hood: Neighbourhood) -> float:
    """Choose the size of a block in square metres: small houses stand in small blocks, tall estates in large ones."""
    estate = is_tall_and_open(hood) and hood.footprint_m2 < ESTATE_FOOTPRINT_M2
    usual = min(max(3_600.0 + 7.0 * hood.footprint_m2, SMALLEST_BLOCK_M2), LARGEST_BLOCK_M2)
    return ESTATE_FACTOR * usual if estate else usual


def lay_out_blocks(
    hoods: tuple[Neighbourhood, ...],
    banks: tuple[shapely.Polygon, ...],
    square: shapely.Polygon,
    taken: ShapeArray,
    seed: int,
) -> Pieces:
    """Divide the free ground of the square into blocks between streets.

    No neighbourhood reaches over to another of the `banks`. `taken` are the polygons no block may touch (water, parks,
    main roads). Blocks that reach over the border of the square are whole. Side streets come from shrinking the blocks
    by STREET_SIDE_M a side.
    """
    cells = _cells(hoods, banks, square)
    lattices = [_lattice(hood, cells[i], i, seed) for i, hood in enumerate(hoods) if not cells[i].is_empty]
    quads = _join(lattices)
    quads = quads.take(shapely.intersects(quads.shapes, square))
    ground = explode(_cut_out(_clip_to_cells(quads, cells), taken))
    wanted = np.array([block_area_m2(hood) for hood in hoods])[ground.owners]
    blocks = halve_until(ground, wanted, uneven=0.35)
    half_street = STREET_SIDE_M[0] + (STREET_SIDE_M[1] - STREET_SIDE_M[0]) * uniform(blocks.keys, 11)
    inner = shapely.buffer(blocks.shapes, -half_street, join_style="mitre", quad_segs=1)
    inner = shapely.simplify(inner, STRAIGHTEN_M)
    inside = explode(Pieces(inner, blocks.keys, blocks.owners))
    area, length = shapely.area(inside.shapes), shapely.length(inside.shapes)
    return inside.take((area > SMALLEST_BLOCK_PIECE_M2) & (4.0 * area / length > THINNEST_BLOCK_M))


def halve_until(pieces: Pieces, wanted_m2: Array, uneven: float) -> Pieces:
    """Halve pieces across their longer side until each is near its wanted area (n,) in square metres.

    `uneven` spreads both the place of the cut and the area at which halving stops (0 halves exactly).
    """
    finished, limits = [], wanted_m2
    for _ in range(MOST_HALVINGS):
        stop = 1.5 * limits * np.exp(uneven * 2.0 * (uniform(pieces.keys, 21) - 0.5))
        small = shapely.area(pieces.shapes) <= stop
        finished.append(pieces.take(small))
        pieces, limits = pieces.take(~small), limits[~small]
        if not pieces.keys.size:
            break
        share = 0.5 + 0.3 * uneven * (uniform(pieces.keys, 22) - 0.5)
        pieces, parent = halve(pieces, share)
        limits = limits[parent]
    return _join([*finished, pieces])


def halve(pieces: Pieces, share: Array) -> tuple[Pieces, IntArray]:
    """Cut each piece across the longer side of its smallest box; also return the index of each parent, (m,)."""
    boxes = shapely.get_coordinates(shapely.oriented_envelope(pieces.shapes)).reshape(-1, 5, 2)
    corner, one, other = boxes[:, 0], boxes[:, 1] - boxes[:, 0], boxes[:, 3] - boxes[:, 0]
    swap = (np.hypot(*one.T) < np.hypot(*other.T))[:, None]
    along, across = np.where(swap, other, one), np.where(swap, one, other)
    halves = [
        shapely.intersection(pieces.shapes, _box_part(corner, along, across, low, high))
        for low, high in ((np.full_like(share, -0.1), share), (share, np.full_like(share, 1.1)))
    ]
    count = pieces.keys.size
    both = Pieces(np.concatenate(halves), np.tile(pieces.keys, 2), np.tile(pieces.owners, 2))
    both = both._replace(keys=mix(both.keys, np.repeat([1, 2], count)))
    return _explode_with_parent(both, np.tile(np.arange(count), 2))


def explode(pieces: Pieces) -> Pieces:
    """Replace every shape by its polygons above a minimum area, each with its own key."""
    return _explode_with_parent(pieces, np.arange(pieces.keys.size))[0]


def _explode_with_parent(pieces: Pieces, parent: IntArray) -> tuple[Pieces, IntArray]:
    parts, owner = shapely.get_parts(pieces.shapes, return_index=True)
    first = np.searchsorted(owner, np.arange(pieces.keys.size))
    keys = mix(pieces.keys[owner], np.arange(owner.size) - first[owner])
    kept = (shapely.get_type_id(parts) == 3) & (shapely.area(parts) >= SMALLEST_PIECE_M2)
    return Pieces(parts[kept], keys[kept], pieces.owners[owner[kept]]), parent[owner[kept]]


def _box_part(corner: Array, along: Array, across: Array, low: Array, high: Array) -> ShapeArray:
    """Build the part low..high of each box along its longer side, a tenth wider than the box across."""
    ends = [corner + low[:, None] * along, corner + high[:, None] * along]
    ring = [ends[0] - 0.1 * across, ends[1] - 0.1 * across, ends[1] + 1.1 * across, ends[0] + 1.1 * across]
    return np.asarray(shapely.polygons(np.stack(ring, axis=1)))


def _cells(
    hoods: tuple[Neighbourhood, ...], banks: tuple[shapely.Polygon, ...], square: shapely.Polygon
) -> list[shapely.Geometry]:
    """Give every point to a neighbourhood of its own bank; the borders are crooked streets."""
    cells: list[shapely.Geometry] = [shapely.Polygon()] * len(hoods)
    near = square.buffer(REACH_M, join_style="mitre")
    # One fixed region for all squares within it: the crooked borders then run alike in each.
    known = shapely.Point(hoods[0].east_m, hoods[0].north_m).buffer(KNOWN_M, cap_style="square")
    region = known if known.contains(near) else near
    for bank in banks:
        own = [i for i, hood in enumerate(hoods) if bank.contains(shapely.Point(hood.east_m, hood.north_m))]
        straight = _power_cells([hoods[i] for i in own], region)
        for i, cell in zip(own, _wander(straight, near, hoods[0]), strict=True):
            cells[i] = cell.intersection(bank).intersection(near)
    return cells


def _power_cells(hoods: list[Neighbourhood], region: shapely.Polygon) -> list[shapely.Polygon]:
    """Give every point to a neighbourhood: nearest centre, with larger neighbourhoods reaching further."""
    reach = 8.0 * float(np.hypot(*np.subtract(region.bounds[2:], region.bounds[:2]))) + 10.0 * KNOWN_M
    centres = np.array([[hood.east_m, hood.north_m] for hood in hoods])
    power = (centres**2).sum(axis=1) - 0.5 * np.array([hood.radius_m for hood in hoods]) ** 2
    cells = []
    for i, centre in enumerate(centres):
        cell = region
        for j in np.delete(np.arange(len(hoods)), i):
            toward = centres[j] - centre
            distance = float(np.hypot(*toward))
            border = (power[j] - power[i]) / (2.0 * distance)
            cell = cell.intersection(_half_plane(toward / distance, border, reach))
        cells.append(cell)
    return cells


def _wander(cells: list[shapely.Polygon], near: shapely.Polygon, fixed_point: Neighbourhood) -> list[shapely.Geometry]:
    """Make the straight borders of the cells crooked; both sides of a border move alike."""
    origin = np.array([fixed_point.east_m, fixed_point.north_m])

    def move(points: Array) -> Array:
        x, y = (2.0 * np.pi * (points - origin) / WANDER_LENGTH_M).T
        east, north = np.sin(y + np.sin(0.8 * x)), np.sin(0.9 * x + 1.3 + np.sin(1.1 * y))
        return points + WANDER_M * np.column_stack([east, north])

    fine = shapely.segmentize(np.array(cells, dtype=object), WANDER_STEP_M)
    fine = shapely.intersection(fine, near.buffer(3.0 * WANDER_M, join_style="mitre"))
    # Three cells meet where the points on their borders differ, so the moved borders may overlap by centimetres.
    return list(shapely.buffer(shapely.transform(fine, move), -CELL_GAP_M, join_style="mitre"))


def _half_plane(normal: Array, border: float, reach: float) -> shapely.Polygon:
    """Build a large square that ends at normal . x = border."""
    side = np.array([-normal[1], normal[0]]) * reach
    edge = normal * border
    return shapely.Polygon([edge - side, edge + side, edge + side - normal * reach, edge - side - normal * reach])


def _lattice(hood: Neighbourhood, cell: shapely.Polygon, index: int, seed: int) -> Pieces:
    """Cover a cell with bent quadrilaterals in rows along the street bearing; rows and columns are uneven."""
    length, width = (side * block_area_m2(hood) ** 0.5 for side in SUPERBLOCK_SIDES)
    centre = np.array([hood.east_m, hood.north_m])
    angle = np.radians(hood.bearing_deg)
    axes = np.array([[np.sin(angle), np.cos(angle)], [-np.cos(angle), np.sin(angle)]])
    corners = (shapely.get_coordinates(cell) - centre) @ axes.T
    low = np.floor(corners.min(axis=0) / [length, width]).astype(int) - 2
    high = np.ceil(corners.max(axis=0) / [length, width]).astype(int) + 2
    column, row = (grid.ravel() for grid in np.meshgrid(*(np.arange(a, b) for a, b in zip(low, high, strict=True))))
    base = mix(seed, 1_000 + index)
    rings = []
    for step_x, step_y in ((0, 0), (1, 0), (1, 1), (0, 1)):
        x = (column + step_x + _column_shift(base, column + step_x, row)) * length
        y = (row + step_y + 0.4 * (uniform(mix(base, row + step_y), 1) - 0.5)) * width
        rings.append(np.column_stack([x, y]))
    straight = shapely.segmentize(shapely.polygons(np.stack(rings, axis=1)), BEND_STEP_M)
    keys = mix(mix(base, column), row + 7)
    bent = shapely.transform(straight, lambda points: _bend(points) @ axes + centre)
    return Pieces(np.asarray(bent), keys, np.full(keys.size, index))


def _column_shift(base: KeyArray, column: IntArray, row: IntArray) -> Array:
    """Shift the cross streets of each row, so that few run straight through."""
    of_row = uniform(mix(base, row), 2)
    return of_row + 0.4 * (uniform(mix(mix(base, row), column), 3) - 0.5)


def _bend(points: Array) -> Array:
    """Bend straight streets gently; the bend is smooth, so neighbours stay neighbours."""
    phase = 2.0 * np.pi * points / BEND_LENGTH_M
    x = BEND_M * np.sin(phase[:, 1] + 0.6 * np.sin(0.7 * phase[:, 0]))
    y = BEND_M * np.sin(0.8 * phase[:, 0] + 0.9)
    return points + np.column_stack([x, y])


def _cut_out(pieces: Pieces, taken: ShapeArray) -> Pieces:
    """Subtract the taken polygons from the pieces they meet, one by one: cheaper than their union."""
    shapes = pieces.shapes.copy()
    for obstacle in taken:
        shapely.prepare(obstacle)
        meets = shapely.intersects(obstacle, shapes)
        shapes[meets] = shapely.difference(shapes[meets], obstacle)
    return pieces._replace(shapes=shapes)


def _clip_to_cells(quads: Pieces, cells: list[shapely.Geometry]) -> Pieces:
    """Keep the part of each piece inside the cell of its neighbourhood; most lie inside and stay as they are."""
    own = np.array(cells, dtype=object)
    shapely.prepare(own)
    shapes = quads.shapes.copy()
    cut = ~shapely.contains_properly(own[quads.owners], shapes)
    shapes[cut] = shapely.intersection(shapes[cut], own[quads.owners[cut]])
    return quads._replace(shapes=shapes)


def _join(parts: list[Pieces]) -> Pieces:
    if not parts:
        return Pieces(np.empty(0, dtype=object), np.empty(0, dtype=np.uint64), np.empty(0, dtype=np.int64))
    shapes, keys, hoods = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Pieces(shapes, keys, hoods)
