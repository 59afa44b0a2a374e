"""Where land meets water as it is drawn: banks, the walls' feet, bridges with ramps, parapets and piers.

Drawn alone: the computations know bridges as lines, and nothing here hides anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from itnt_core.city import pack_polygons

from .meshes import closed_rings, roof_triangles, simple_polygons

BANK_M, QUAY_M = 6.0, 3.0  # widths of the paved bank on land and of the dark foot of its wall
DECK_BASE_M, DECK_TOP_M = 4.5, 6.0  # as low as London's bridges: the ground is flat, so banks lie at the water's level
PARAPET_M = 1.4  # above the deck
RAMP_M = 36.0  # from the deck down to the street, 1 in 6
RAMP_FOOT_M = 0.2
PIER_STEP_M, PIER_WIDTH_M = 42.0, 5.0
EDGE_SHARE, WIDEST_EDGE_M = 0.1, 2.5  # a parapet's part of the deck's width


class _Part(NamedTuple):
    """One prism of a bridge: its outline, where it begins, its top at each corner or everywhere, in metres."""

    shape: Any
    base_m: float
    tops_m: Sequence[float]
    is_deck: bool


def bank_shapes(water: Iterable[BaseGeometry], size_m: float) -> list[BaseGeometry]:
    """Return the land along the shores, ``BANK_M`` wide; where the area ends there is no shore."""
    wet = shapely.union_all(list(water))
    return _clipped(shapely.difference(_shore(wet, size_m).buffer(BANK_M, quad_segs=2), wet), size_m)


def quay_shapes(water: Iterable[BaseGeometry], size_m: float) -> list[BaseGeometry]:
    """Return the water along the shores, ``QUAY_M`` wide: where the walls of the banks stand and throw shade."""
    wet = shapely.union_all(list(water))
    return _clipped(shapely.intersection(_shore(wet, size_m).buffer(QUAY_M, quad_segs=2), wet), size_m)


def bridge_arrays(city: Any, size_m: float) -> dict[str, NDArray[Any]]:
    """Return the parts of all bridges: corners (n, 2) and tops (n,) in metres, and the rest that ``CITY`` states."""
    wet = shapely.union_all(list(city.water))
    parts = [part for _, line, width_m in city.bridges for part in _bridge(line, width_m, wet, size_m)]
    # outlines are turned clockwise and closed; tops go with the corner they were given for
    rings = [_clockwise(part) for part in parts]
    vertices, starts = closed_rings(*pack_polygons([shapely.Polygon(corners) for corners, _ in rings]))
    return {
        "bridge_vertices": vertices,
        "bridge_tops": np.concatenate([np.zeros(0), *(tops for _, tops in rings)]).astype(np.float32),
        "bridge_starts": starts,
        "bridge_triangles": roof_triangles(vertices, starts),
        "bridge_bases": np.array([part.base_m for part in parts], dtype=np.float32),
        "bridge_is_deck": np.array([part.is_deck for part in parts], dtype=np.uint8),
    }


def _bridge(line: Any, width_m: float, wet: BaseGeometry, size_m: float) -> list[_Part]:
    """Return a bridge's deck, its ramps where it ends inside the area, its parapets and its piers in the water."""
    parts = [_prism(shape, DECK_BASE_M, DECK_TOP_M, True) for shape in _band(line, width_m)]
    edge_m = min(WIDEST_EDGE_M, EDGE_SHARE * width_m)
    for side in (-1.0, 1.0):
        beside = shapely.offset_curve(line, side * (width_m - edge_m) / 2.0)
        parts += [_prism(shape, DECK_BASE_M, DECK_TOP_M + PARAPET_M, False) for shape in _band(beside, edge_m)]
    ends = np.asarray(line.coords)
    for end, before in ((ends[0], ends[1]), (ends[-1], ends[-2])):
        if np.abs(end).max() < size_m / 2.0 - 1.0:
            parts.append(_ramp(end, end - before, width_m))
    for along in np.arange(PIER_STEP_M, line.length - PIER_STEP_M / 2.0, PIER_STEP_M):
        shape = _pier(line, float(along), width_m)
        if wet.contains(shape):
            parts.append(_prism(shape, 0.0, DECK_BASE_M, False))
    return parts


def _prism(shape: Any, base_m: float, top_m: float, is_deck: bool) -> _Part:
    return _Part(shape, base_m, [top_m], is_deck)


def _ramp(end: NDArray[Any], outwards: NDArray[Any], width_m: float) -> _Part:
    """Return the slope from a bridge's end down to the street."""
    ahead = outwards / np.hypot(*outwards)
    across = np.array([-ahead[1], ahead[0]]) * width_m / 2.0
    foot = end + RAMP_M * ahead
    tops = [DECK_TOP_M, DECK_TOP_M, RAMP_FOOT_M, RAMP_FOOT_M]
    return _Part(shapely.Polygon([end + across, end - across, foot - across, foot + across]), 0.0, tops, True)


def _pier(line: Any, along_m: float, width_m: float) -> Any:
    """Return the outline of a pier below the deck, across it."""
    stretch = shapely.LineString([line.interpolate(along_m + side * PIER_WIDTH_M / 2.0) for side in (-1.0, 1.0)])
    return stretch.buffer(0.46 * width_m, cap_style="flat")  # a little narrower than the deck


def _band(line: Any, width_m: float) -> list[Any]:
    """Return a line widened, ends cut square."""
    return simple_polygons([line.buffer(width_m / 2.0, cap_style="flat")])


def _clockwise(part: _Part) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return a part's corners (n, 2), clockwise and not closed, and its tops (n + 1,), closed."""
    corners = np.asarray(part.shape.exterior.coords)[:-1]
    tops = np.broadcast_to(part.tops_m, len(corners)) if len(part.tops_m) == 1 else np.asarray(part.tops_m)
    if part.shape.exterior.is_ccw:
        corners, tops = corners[::-1], tops[::-1]
    return corners, np.append(tops, tops[0])


def _shore(wet: BaseGeometry, size_m: float) -> BaseGeometry:
    """Return the lines where water meets land, without those where the area ends."""
    if wet.is_empty:
        return wet
    half = size_m / 2.0
    return shapely.difference(shapely.boundary(wet), shapely.box(-half, -half, half, half).boundary.buffer(0.5))


def _clipped(shape: BaseGeometry, size_m: float) -> list[BaseGeometry]:
    half = size_m / 2.0
    return [shapely.intersection(shape, shapely.box(-half, -half, half, half))]
