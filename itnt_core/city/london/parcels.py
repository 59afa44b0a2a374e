"""From blocks to buildings: parcels along the streets, yards behind them, roofs from the statistics."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import shapely

from itnt_core.arrays import Array
from itnt_core.city.london.chance import normal, uniform
from itnt_core.city.london.facts import Neighbourhood
from itnt_core.city.london.streets import (
    ESTATE_FOOTPRINT_M2,
    Pieces,
    ShapeArray,
    explode,
    halve,
    halve_until,
    is_tall_and_open,
)

BLOCK_SHARE = 0.64  # share of the ground left to blocks after streets and small gaps, measured on the default square
HOUSES_PER_PRISM = 2.2  # a run of equal terraced houses is one prism
SMALLEST_FOOTPRINT_M2, THINNEST_M = 50.0, 4.0
SHALLOWEST_M, DEEPEST_M = 9.0, 24.0  # depth of the buildings around a yard
GARDEN_SQUARE_CHANCE, LARGEST_GARDEN_M2 = 0.06, 9_000.0  # of a block that is small enough to be one
LOG_DECILE_SPAN = 2.563  # p10 to p90 of a normal distribution, in standard deviations
LOW_TAIL, HIGH_TAIL, SLENDEREST = 0.8, 1.25, 4.0  # of the hood's p10 and p90; height over the footprint's side
LOWEST_ROOF_M, HIGHEST_ROOF_M = 4.0, 110.0  # what is higher has a name and is a landmark
TOWER_CHANCE = 0.9  # that a block of a hood of towers is one of free-standing buildings


class Buildings(NamedTuple):
    """Hold footprints (n,) and roofs (n,) in metres above ground."""

    shapes: ShapeArray
    roofs_m: Array


def split_off_gardens(blocks: Pieces) -> tuple[Pieces, Pieces]:
    """Choose the blocks that stay open as garden squares; return (blocks to build on, gardens)."""
    fits = shapely.area(blocks.shapes) < LARGEST_GARDEN_M2
    fits &= shapely.minimum_clearance(blocks.shapes) > 25.0
    garden = fits & (uniform(blocks.keys, 31) < GARDEN_SQUARE_CHANCE)
    return blocks.take(~garden), blocks.take(garden)


def build_on(blocks: Pieces, hoods: tuple[Neighbourhood, ...]) -> Buildings:
    """Build on every block by the statistics of its neighbourhood.

    Most blocks get a closed row of buildings around a yard, the others free-standing buildings. The ground covered
    follows `plan_share`, sizes follow `footprint_m2`, roofs are log-normal between the tails of the neighbourhood.
    """
    owners = blocks.owners
    share = np.minimum(np.array([hood.plan_share for hood in hoods])[owners] / BLOCK_SHARE, 0.93)
    prism_m2 = HOUSES_PER_PRISM * np.array([hood.footprint_m2 for hood in hoods])[owners]
    parcel_m2 = np.clip(prism_m2 / share * np.exp(0.3 * normal(blocks.keys, 32)), 150.0, 6_000.0)
    parcels = halve_until(Pieces(blocks.shapes, blocks.keys, np.arange(owners.size)), parcel_m2, uneven=0.8)
    footprints = clean(_without_holes(_footprints(blocks, parcels, share, _free_chance(share, blocks, hoods))))
    return Buildings(footprints.shapes, _roofs_m(footprints, blocks, hoods))


def clean(pieces: Pieces) -> Pieces:
    """Round corners to a centimetre and drop slivers, so that every footprint is a simple polygon."""
    shapes = shapely.simplify(pieces.shapes, 0.05, preserve_topology=False)
    shapes = shapely.remove_repeated_points(shapely.transform(shapes, lambda xy: np.round(xy, 2)), 0.1)
    area, length = shapely.area(shapes), np.maximum(shapely.length(shapes), 1e-9)
    good = shapely.is_valid(shapes) & (shapely.get_type_id(shapes) == 3) & (shapely.get_num_interior_rings(shapes) == 0)
    good &= (area >= SMALLEST_FOOTPRINT_M2) & (2.0 * area / length >= THINNEST_M)
    return Pieces(shapes, pieces.keys, pieces.owners).take(good)


def _free_chance(share: Array, blocks: Pieces, hoods: tuple[Neighbourhood, ...]) -> Array:
    """Find how likely each block is built with free-standing buildings: almost surely among office towers."""
    towers = np.array([is_tall_and_open(hood) and hood.footprint_m2 >= ESTATE_FOOTPRINT_M2 for hood in hoods])
    return np.where(towers[blocks.owners], TOWER_CHANCE, np.clip(0.7 - share, 0.08, 0.3))


def _footprints(blocks: Pieces, parcels: Pieces, share: Array, free_chance: Array) -> Pieces:
    """Take the yard out of the parcels of closed blocks, shrink the parcels of the others."""
    free = uniform(blocks.keys, 33) < free_chance
    depth = np.clip(_inset_for_ring(blocks.shapes, share), SHALLOWEST_M, DEEPEST_M)
    yards = shapely.buffer(blocks.shapes, -depth, join_style="mitre", quad_segs=1)
    # A ring that is deeper than wanted loses some of its buildings instead.
    present = np.minimum(1.0, share / np.maximum(1.0 - shapely.area(yards) / shapely.area(blocks.shapes), 1e-3))
    is_free, block = free[parcels.owners], parcels.owners
    shapes = np.empty(block.size, dtype=object)
    shapes[~is_free] = shapely.difference(parcels.shapes[~is_free], yards[block[~is_free]])
    gap = np.maximum(_inset_for_ring(parcels.shapes[is_free], 1.0 - share[block[is_free]]), 0.6)
    shapes[is_free] = shapely.buffer(parcels.shapes[is_free], -gap, join_style="mitre", quad_segs=1)
    kept = is_free | (uniform(parcels.keys, 34) < present[block])
    return explode(Pieces(shapes, parcels.keys, block).take(kept))


def _inset_for_ring(shapes: ShapeArray, ring_share: Array) -> Array:
    """Find the depth of a ring that covers a share of each shape; exact for rectangles: area(d) = P d - 4 d^2."""
    area, length = shapely.area(shapes), shapely.length(shapes)
    return np.asarray((length - np.sqrt(np.maximum(length**2 - 16.0 * ring_share * area, 0.0))) / 8.0)


def _without_holes(pieces: Pieces) -> Pieces:
    """Cut footprints that enclose a yard until none does; a prism has no holes."""
    for _ in range(3):
        holed = shapely.get_num_interior_rings(pieces.shapes) > 0
        if not holed.any():
            break
        parts, _ = halve(pieces.take(holed), np.full(int(holed.sum()), 0.5))
        solid = pieces.take(~holed)
        pieces = Pieces(*(np.concatenate(columns) for columns in zip(solid, parts, strict=True)))
    return pieces


def _roofs_m(footprints: Pieces, blocks: Pieces, hoods: tuple[Neighbourhood, ...]) -> Array:
    """Draw roofs: log-normal with the mean of the neighbourhood, alike within a block, cut at its tails."""
    hood = blocks.owners[footprints.owners]
    mean, sd, low, high = np.array([(h.mean_height_m, h.sd_height_m, h.low_height_m, h.high_height_m) for h in hoods]).T
    # Landmarks carry part of the published spread, so the deciles bound it here.
    sigma = np.minimum(np.sqrt(np.log1p((sd / mean) ** 2)), np.log(high / low) / LOG_DECILE_SPAN)
    z = 0.6 * normal(blocks.keys, 35)[footprints.owners] + 0.8 * normal(footprints.keys, 36)
    roofs = np.exp(np.log(mean[hood]) - sigma[hood] ** 2 / 2.0 + sigma[hood] * z)
    roofs = np.clip(roofs, LOW_TAIL * low[hood], np.minimum(HIGH_TAIL * high[hood], HIGHEST_ROOF_M))
    roofs = np.minimum(roofs, SLENDEREST * np.sqrt(shapely.area(footprints.shapes)))
    return np.asarray(np.round(np.maximum(roofs, LOWEST_ROOF_M), 1))
