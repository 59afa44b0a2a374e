"""The area from above: city, stations, users and flights, to scale, north up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from itnt_core.city import City
from itnt_core.results import Result, served_users

from .picture import Circle, Path, Picture, Point, Words, series_colour, series_dash

if TYPE_CHECKING:
    import xarray as xr

SIDE, EDGE, LEGEND = 500.0, 6.0, 62.0
MOST_BUILDINGS = 9000  # the largest ones; more are dust on paper and megabytes in the file
TALL_M = 60.0
MOST_NAMED = 40
FEW_GROUND_USERS = 60
SERVED_RADII = (1.6, 3.4)  # of ground users: never to always served


class _Ground:
    """Metres around the anchor to points in the picture."""

    def __init__(self, size_m: float):
        self.half_m = size_m / 2
        self.scale = SIDE / size_m

    def at(self, east_m: float, north_m: float) -> Point:
        return EDGE + (east_m + self.half_m) * self.scale, EDGE + (self.half_m - north_m) * self.scale

    def ring(self, corners: NDArray[np.float64]) -> tuple[Point, ...]:
        x = EDGE + (corners[:, 0] + self.half_m) * self.scale
        y = EDGE + (self.half_m - corners[:, 1]) * self.scale
        return tuple(zip(x.tolist(), y.tolist(), strict=True))


def map_picture(result: Result, city: City) -> Picture:
    """Return a run's map: its city, base stations, users by how often they are served, and flights."""
    data, size_m = result.dataset, result.scenario.area.size_m
    ground = _Ground(size_m)
    stations = int((data["station_kind"].values == "gbs").sum())
    alt = (
        f"Map of {size_m / 1000:g} by {size_m / 1000:g} kilometres with {stations} ground base stations, "
        f"{data.sizes['ground_user']} ground users and the flights of {data.sizes['aerial_user']} aerial users."
    )
    picture = Picture(SIDE + 2 * EDGE, SIDE + 2 * EDGE + LEGEND, alt)
    _city(picture, ground, city, size_m)
    _ground_users(picture, ground, result)
    _flights(picture, ground, data)
    _stations(picture, ground, data)
    _frame(picture, ground, size_m)
    _legend(picture)
    return picture


def _city(picture: Picture, ground: _Ground, city: City, size_m: float) -> None:
    picture.box(EDGE, EDGE, SIDE, SIDE, "ground")
    window = shapely.box(-size_m / 2, -size_m / 2, size_m / 2, size_m / 2)
    roads = [line.buffer(max(width_m, 1.1 / ground.scale) / 2, quad_segs=2) for _, line, width_m in city.roads]
    decks = [line.buffer(width_m / 2, cap_style="flat") for _, line, width_m in city.bridges]
    _areas(picture, ground, _clipped(city.parks, window), "park")
    _areas(picture, ground, _clipped(city.water, window), "water")
    _areas(picture, ground, _clipped(roads, window), "road")
    _areas(picture, ground, _clipped(decks, window), "bridge")
    for fill, wanted in (("building", city.roof_heights_m < TALL_M), ("tower", city.roof_heights_m >= TALL_M)):
        rings = [ground.ring(ring) for ring in _buildings(city, wanted, size_m)]
        if rings:
            picture.add(Path(tuple(rings), fill=fill))


def _clipped(shapes: Iterable[BaseGeometry], window: BaseGeometry) -> list[BaseGeometry]:
    return [shape.intersection(window) for shape in shapes]


def _areas(picture: Picture, ground: _Ground, shapes: Sequence[BaseGeometry], fill: str) -> None:
    """Fill areas; one with holes is cut into triangles, for a hole in one ring would be an island in the other's."""
    rings: list[tuple[Point, ...]] = []
    for part in shapely.get_parts(np.array(list(shapes), dtype=object)) if shapes else ():
        if part.geom_type != "Polygon" or part.is_empty:
            continue
        pieces = shapely.constrained_delaunay_triangles(part).geoms if part.interiors else (part,)
        rings += [ground.ring(shapely.get_coordinates(piece.exterior)[:-1]) for piece in pieces]
    if rings:
        picture.add(Path(tuple(rings), fill=fill, stroke=fill, width=0.3))


def _buildings(city: City, wanted: NDArray[np.bool_], size_m: float) -> list[NDArray[np.float64]]:
    """Return the corner rings of the largest wanted buildings that stand wholly inside of the area."""
    starts, corners = city.ring_starts, city.vertices_m
    chosen = np.flatnonzero(wanted)
    if not chosen.size:
        return []
    outside = np.abs(corners).max(axis=1) > size_m / 2
    inside = np.add.reduceat(outside, starts[:-1])[chosen] == 0 if len(corners) else np.zeros(0, bool)
    chosen = chosen[inside]
    lowest, highest = (fold.reduceat(corners, starts[:-1]) for fold in (np.minimum, np.maximum))
    spread = (highest - lowest).prod(axis=1)[chosen]
    largest = chosen[np.argsort(-spread)[:MOST_BUILDINGS]]
    return [corners[starts[number] : starts[number + 1]] for number in np.sort(largest)]


def _ground_users(picture: Picture, ground: _Ground, result: Result) -> None:
    data = result.dataset
    served = served_users(result.scenario, data)[:, data.sizes["aerial_user"] :].mean(axis=0)  # (ground users,)
    least, most = SERVED_RADII
    for (east, north, _), share in zip(data["ground_position_m"].values, served, strict=True):
        radius = least + (most - least) * float(share)
        picture.add(
            Circle(*ground.at(east, north), radius, fill="gu" if share > 0.0 else "paper", stroke="gu", width=0.9)
        )
    if data.sizes["ground_user"] <= FEW_GROUND_USERS:
        for name, (east, north, _) in zip(data["ground_user"].values, data["ground_position_m"].values, strict=True):
            x, y = ground.at(east, north)
            picture.add(Words(x, y + 10.5, str(name), 5.6, "middle", "soft", halo=True))


def _flights(picture: Picture, ground: _Ground, data: xr.Dataset) -> None:
    paths = data["position_m"].values  # (waypoints, aerial users, 3)
    names = [str(name) for name in data["aerial_user"].values]
    for number, name in enumerate(names):
        points = ground.ring(paths[:, number, :2])
        colour = series_colour(number)
        picture.line(points, "paper", 3.4)
        picture.line(points, colour, 1.8, series_dash(number))
        picture.add(Circle(*points[0], 3.4, fill="paper", stroke=colour, width=1.6))
        (x, y) = points[-1]
        picture.add(Circle(x, y, 4.4, fill="paper", stroke=colour, width=1.4), Circle(x, y, 2.0, fill=colour))
        if number < MOST_NAMED:
            picture.add(Words(points[0][0] + 6, points[0][1] - 5, name, 8.5, colour="au", bold=True, halo=True))


def _stations(picture: Picture, ground: _Ground, data: xr.Dataset) -> None:
    fixed = data["station_kind"].values == "gbs"
    places = data["station_position_m"].values[0, fixed]
    for number, (name, (east, north, _)) in enumerate(zip(data["station"].values[fixed], places, strict=True)):
        x, y = ground.at(east, north)
        picture.box(x - 4.2, y - 4.2, 8.4, 8.4, "paper")
        picture.box(x - 3.4, y - 3.4, 6.8, 6.8, "gbs")
        if number < MOST_NAMED:
            picture.add(Words(x + 7, y + 3, str(name), 8.5, colour="gbs", bold=True, halo=True))


def _frame(picture: Picture, ground: _Ground, size_m: float) -> None:
    picture.box(EDGE, EDGE, SIDE, SIDE, None, "frame")
    length_m = next(m for m in (5000, 2000, 1000, 500, 200, 100, 50) if m <= size_m / 4)
    x, y, length = EDGE + 12, EDGE + SIDE - 12, length_m * ground.scale
    picture.line([(x, y - 5), (x, y), (x + length, y), (x + length, y - 5)], "ink", 1.4)
    text = f"{length_m / 1000:g} km" if length_m >= 1000 else f"{length_m} m"
    picture.add(Words(x + length / 2, y - 5, text, 8.0, "middle", halo=True))
    x, y = EDGE + SIDE - 16, EDGE + 14
    picture.add(Path((((x, y - 6), (x + 4, y + 6), (x, y + 3.5), (x - 4, y + 6)),), fill="ink"))
    picture.add(Words(x, y + 16, "N", 9.0, "middle", bold=True, halo=True))


def _legend(picture: Picture) -> None:
    top = SIDE + 2 * EDGE + 12
    picture.box(EDGE, top - 6, 7, 7, "gbs")
    picture.add(Words(EDGE + 12, top, "ground base station (GBS)"))
    picture.line([(170, top - 2.6), (190, top - 2.6)], "series0", 1.8)
    picture.add(Circle(170, top - 2.6, 3.0, fill="paper", stroke="series0", width=1.4))
    picture.add(
        Circle(190, top - 2.6, 3.6, fill="paper", stroke="series0"), Circle(190, top - 2.6, 1.6, fill="series0")
    )
    picture.add(Words(198, top, "flight of an aerial user (AU), from ring to target"))
    least, most = SERVED_RADII
    for x, share, text in (
        (EDGE + 4, 0.0, "ground user (GU) never served"),
        (170, 0.1, "served now and then"),
        (290, 1.0, "always served"),
    ):
        radius = least + (most - least) * share
        picture.add(Circle(x, top + 14.4, radius, fill="gu" if share else "paper", stroke="gu", width=0.9))
        picture.add(Words(x + 8, top + 17, text))
    for x, fill, text in (
        (EDGE, "building", "building"),
        (90, "tower", f"above {TALL_M:g} m"),
        (170, "water", "water"),
        (230, "park", "park"),
    ):
        picture.box(x, top + 28, 8, 7, fill)
        picture.add(Words(x + 12, top + 34.5, text))
