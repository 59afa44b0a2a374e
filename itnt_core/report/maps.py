"""The area from above: city, stations, users and flights, to scale, north up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.transforms import IdentityTransform
from shapely.geometry.base import BaseGeometry

from itnt_core.arrays import Array, BoolArray
from itnt_core.city import City
from itnt_core.mapdata import lobe_m, marker_place_m
from itnt_core.results import Result, served_users
from itnt_core.scenario import Scenario, path_points

from .drawing import HALO, TEXT_PT, Drawing, add_axes, empty_figure, label, style
from .palette import LIGHT, series_colour, series_dash

if TYPE_CHECKING:
    import xarray as xr

SIDE_PT, EDGE_PT = 370.0, 1.0
LEGEND_PT, SIGN_PT = 122.0, 16.0  # width of the legend, which stands beside, and height of a line in it
MOST_BUILDINGS = 9000  # the largest ones; more are dust on paper and megabytes in the file
TALL_M = 60.0
LEAST_ROAD_PT = 1.1  # narrower roads are drawn so wide
MOST_NAMED = 40  # marks with their name
FEW_GROUND_USERS = 60  # up to which each has its name
SERVED_PT = (3.2, 6.8)  # diameters of ground users: never to always served
HOUSE_PT = 12.0  # of the pentagon around a user indoors
NORTH = ((0.0, 1.0), (0.55, -1.0), (0.0, -0.6), (-0.55, -1.0), (0.0, 1.0))  # corners of the arrow
ZONE = LIGHT["zone"]
AU = LIGHT[series_colour(0)]
Sign = Callable[[Any, float], None]  # draws itself on axes at a height


def map_drawing(result: Result, city: City, side_pt: float = SIDE_PT) -> Drawing:
    """Return a run's map: its city, base stations, users by how often they are served, and flights."""
    data, size_m = result.dataset, result.scenario.area.size_m
    stations = int((data["station_kind"].values == "gbs").sum())
    alt = (
        f"Map of {size_m / 1000:g} by {size_m / 1000:g} kilometres with {stations} ground base stations, "
        f"{data.sizes['ground_user']} ground users and the flights of {data.sizes['aerial_user']} aerial users."
    )
    zones = len(result.scenario.no_fly_zones)
    if zones:
        alt = f"{alt[:-1]}, and {zones} no-fly {'zone' if zones == 1 else 'zones'}."
    with style():
        figure = empty_figure(side_pt, side_pt)
        axes = _ground(figure, size_m)
        _city(axes, city, size_m, size_m / side_pt)
        _zones(axes, result)
        _ground_users(axes, result)
        _flights(axes, data)
        _lobes(axes, result.scenario)
        _stations(axes, result)
        _scale_and_north(axes, size_m)
    return Drawing(figure, alt)


def _ground(figure: Figure, size_m: float) -> Any:
    """Return axes in metres around the anchor, framed."""
    axes = add_axes(figure, EDGE_PT, EDGE_PT, EDGE_PT, EDGE_PT, aspect="equal", facecolor=LIGHT["ground"])
    axes.set(xlim=(-size_m / 2, size_m / 2), ylim=(-size_m / 2, size_m / 2), xticks=[], yticks=[])
    axes.spines[:].set(visible=True, zorder=20)
    return axes


def _city(axes: Any, city: City, size_m: float, metres_per_pt: float) -> None:
    window = shapely.box(-size_m / 2, -size_m / 2, size_m / 2, size_m / 2)
    least_m = LEAST_ROAD_PT * metres_per_pt
    roads = [line.buffer(max(width_m, least_m) / 2, quad_segs=2) for _, line, width_m in city.roads]
    decks = [line.buffer(width_m / 2, cap_style="flat") for _, line, width_m in city.bridges]
    for fill, shapes in (("park", city.parks), ("water", city.water), ("road", roads), ("bridge", decks)):
        _fill(axes, _rings(_clipped(shapes, window)), fill)
    for fill, wanted in (("building", city.roof_heights_m < TALL_M), ("tower", city.roof_heights_m >= TALL_M)):
        _fill(axes, _buildings(city, wanted, size_m), fill)


def _zones(axes: Any, result: Result) -> None:
    """Draw the edge of every no-fly zone inside the area, with its id and heights."""
    half = result.scenario.area.size_m / 2
    window = shapely.box(-half, -half, half, half)
    for zone in result.scenario.no_fly_zones:
        rings = _rings(_clipped([shapely.Polygon(zone.corners_m)], window))
        for ring in rings:
            closed = np.vstack([ring, ring[:1]])
            _zone_edge(axes, *closed.T)
        if rings:
            heights = f"{zone.floor_m:g} to {zone.ceiling_m:g} m"
            middle = np.array([zone.east_m, zone.north_m])
            _name(axes, f"{zone.id}, {heights}", middle, (0.0, 0.0), ZONE, fontsize=TEXT_PT - 2.0)


def _clipped(shapes: Iterable[BaseGeometry], window: BaseGeometry) -> list[BaseGeometry]:
    return [shape.intersection(window) for shape in shapes]


def _rings(shapes: Sequence[BaseGeometry]) -> list[Array]:
    """Return the corner rings of areas; a hole turns the other way than what it is in, and stays one under others."""
    rings: list[Array] = []
    for part in shapely.get_parts(np.array(list(shapes), dtype=object)) if shapes else ():
        if part.geom_type == "Polygon" and not part.is_empty:
            turned = shapely.orient_polygons(part)
            rings += [shapely.get_coordinates(ring)[:-1] for ring in (turned.exterior, *turned.interiors)]
    return rings


def _fill(axes: Any, rings: Sequence[Array], fill: str) -> None:
    """Fill areas with a colour: many rings are one path, which keeps a city of thousands of houses small."""
    if not rings:
        return
    corners = np.concatenate([np.vstack([ring, ring[:1]]) for ring in rings])
    codes = np.full(len(corners), Path.LINETO, dtype=Path.code_type)
    ends = np.cumsum([len(ring) + 1 for ring in rings])
    codes[ends - 1] = Path.CLOSEPOLY
    codes[np.concatenate([[0], ends[:-1]])] = Path.MOVETO
    points = np.round(axes.transData.transform(corners), 2)  # what is shorter is faster to write, and nobody sees it
    look = {"facecolor": LIGHT[fill], "linewidth": 0.0, "transform": IdentityTransform()}
    axes.add_artist(PathPatch(Path(points, codes), **look))


def _buildings(city: City, wanted: BoolArray, size_m: float) -> list[Array]:
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


def _served_marker(axes: Any, x: float, y: float, share: float) -> None:
    least, most = SERVED_PT
    fill = LIGHT["gu" if share > 0.0 else "paper"]
    size = least + (most - least) * share
    axes.plot(x, y, "o", markersize=size, markerfacecolor=fill, markeredgecolor=LIGHT["gu"], markeredgewidth=0.9)


def _ground_users(axes: Any, result: Result) -> None:
    data = result.dataset
    served = served_users(result.scenario, data)[:, data.sizes["aerial_user"] :].mean(axis=0)  # (ground users,)
    places_m = data["ground_position_m"].values
    for (east, north, _), share in zip(places_m, served, strict=True):
        _served_marker(axes, east, north, float(share))
    for user in result.scenario.ground_users:
        if user.moves:
            _way(axes, *path_points(user)[:, 1:].T)
        if user.is_indoors:
            _house(axes, user.east_m, user.north_m)
    if data.sizes["ground_user"] <= FEW_GROUND_USERS:
        for name, place in zip(data["ground_user"].values, places_m, strict=True):
            _name(axes, str(name), place, (0.0, -11.0), LIGHT["gu"], fontsize=TEXT_PT - 2.0)


def _way(axes: Any, east_m: Array, north_m: Array) -> None:
    axes.plot(east_m, north_m, color=LIGHT["gu"], linewidth=0.8, linestyle=(0.0, (1.0, 1.5)), zorder=3)


def _house(axes: Any, x: float, y: float) -> None:
    """Draw what stands around the mark of a user indoors: a house as a pentagon."""
    look = {"markerfacecolor": "none", "markeredgecolor": LIGHT["gu"], "markeredgewidth": 0.9}
    axes.plot(x, y, "p", markersize=HOUSE_PT, **look)


def _zone_edge(axes: Any, east_m: Array, north_m: Array) -> None:
    axes.plot(east_m, north_m, color=ZONE, linewidth=1.6, linestyle=(0.0, (4.0, 1.5)), zorder=3)


def _lobe(axes: Any, east_m: Array, north_m: Array) -> None:
    axes.plot(east_m, north_m, color=LIGHT["gbs"], linewidth=0.8)


def _lobes(axes: Any, scenario: Scenario) -> None:
    """Draw where directional antennas send most, a line around their masts."""
    for station in scenario.ground_stations:
        lobe = np.array(lobe_m(scenario, station)).reshape(-1, 2) + station.position_m[:2]
        if len(lobe):
            _lobe(axes, *lobe.T)


def _name(axes: Any, name: str, place_m: Array, offset_pt: tuple[float, float], colour: str, **more: Any) -> None:
    """Write a name beside a place, on the side where the map has room for it."""
    (east, north), half = place_m[:2], axes.get_xlim()[1]
    x, y = offset_pt
    side = "right" if east > 0.85 * half else "left" if x or east < -0.85 * half else "center"
    if abs(north) > 0.94 * half and north * y > 0.0:
        y = -y - 0.7 * TEXT_PT
    look = {"ha": side, "color": colour, "bbox": HALO, "zorder": 10, **more}
    axes.annotate(
        label(name, 24, 1), (east, north), (-x if side == "right" else x, y), textcoords="offset points", **look
    )


def _flights(axes: Any, data: xr.Dataset) -> None:
    paths = data["position_m"].values  # (waypoints, aerial users, 3)
    for number, name in enumerate(data["aerial_user"].values):
        way = paths[:, number, :2]
        colour, dash = LIGHT[series_colour(number)], series_dash(number)
        _flight(axes, way[:, 0], way[:, 1], colour, dash)
        if number < MOST_NAMED:
            _name(axes, str(name), way[0], (7.0, 4.0), LIGHT["ink"], fontweight="bold")


def _flight(axes: Any, east_m: Array, north_m: Array, colour: str, dash: tuple[float, ...]) -> None:
    """Draw a flight from a ring at its start to a target at its end, with an edge that parts it from the city."""
    paper = LIGHT["paper"]
    ring = {"markerfacecolor": paper, "markeredgecolor": colour, "zorder": 6}
    axes.plot(east_m, north_m, color=paper, linewidth=3.4, zorder=4)
    axes.plot(east_m, north_m, color=colour, linewidth=1.8, linestyle=(0.0, dash) if dash else "solid", zorder=5)
    axes.plot(east_m[:1], north_m[:1], "o", markersize=6.8, markeredgewidth=1.6, **ring)
    axes.plot(east_m[-1:], north_m[-1:], "o", markersize=8.8, markeredgewidth=1.4, **ring)
    axes.plot(east_m[-1:], north_m[-1:], "o", markersize=4.0, markeredgewidth=0.0, color=colour, zorder=7)


def _station(axes: Any, x: float, y: float) -> None:
    axes.plot(x, y, "s", markersize=7.4, color=LIGHT["gbs"], markeredgecolor=LIGHT["paper"], zorder=8)


def _stations(axes: Any, result: Result) -> None:
    data = result.dataset
    marked = {one.id: marker_place_m(result.scenario, one) for one in result.scenario.ground_stations}
    fixed = data["station_kind"].values == "gbs"
    places_m = data["station_position_m"].values[0, fixed]
    for number, (name, place) in enumerate(zip(data["station"].values[fixed], places_m, strict=True)):
        _station(axes, *place[:2])
        if number < MOST_NAMED:
            at = np.array(marked.get(str(name), place))
            _name(axes, str(name), at, (7.0, -2.5), LIGHT["gbs"], fontweight="bold")


def _scale_and_north(axes: Any, size_m: float) -> None:
    """Draw a bar of a round length, and an arrow to the north."""
    length_m = next(m for m in (5000, 2000, 1000, 500, 200, 100, 50) if m <= size_m / 4)
    x, y = -0.47 * size_m, -0.47 * size_m
    axes.errorbar(x + length_m / 2, y, xerr=length_m / 2, color=LIGHT["ink"], linewidth=1.4, capsize=3.0, zorder=9)
    text = f"{length_m / 1000:g} km" if length_m >= 1000 else f"{length_m} m"
    look = {"ha": "center", "textcoords": "offset points", "bbox": HALO, "zorder": 11}
    axes.annotate(text, (x + length_m / 2, y), (0.0, 4.0), **look)
    arrow = {"marker": NORTH, "markersize": 12.0, "color": LIGHT["ink"], "markeredgewidth": 0.0, "zorder": 11}
    axes.plot(0.44 * size_m, 0.46 * size_m, **arrow)
    axes.annotate("N", (0.44 * size_m, 0.46 * size_m), (0.0, -16.0), fontweight="bold", **look)


def map_legend(scenarios: Sequence[Scenario], width_pt: float = LEGEND_PT) -> Drawing:
    """Return what the signs of the maps of some scenarios mean."""
    signs = SIGNS | {text: sign for scenario in scenarios for text, sign in _more_signs(scenario).items()}
    height_pt = SIGN_PT * len(signs)
    with style():
        figure = empty_figure(width_pt, height_pt)
        axes = add_axes(figure, 0.0, 0.0, 0.0, 0.0, frame_on=False)
        axes.set(xlim=(0.0, width_pt), ylim=(height_pt, 0.0), xticks=[], yticks=[])
        for number, (text, sign) in enumerate(signs.items()):
            y = (number + 0.5) * SIGN_PT
            sign(axes, y)
            axes.text(28.0, y, text, va="center_baseline")
    return Drawing(figure, f"Legend of the map: {', '.join(signs)}.")


def _more_signs(scenario: Scenario) -> dict[str, Sign]:
    """Return the signs of what only some scenarios have."""
    bow = np.linspace(-np.pi, np.pi, 25)
    signs: dict[str, tuple[bool, Sign]] = {
        "around a GU: indoors": (
            any(user.is_indoors for user in scenario.ground_users),
            lambda axes, y: _house(axes, 10.0, y),
        ),
        "way of a GU": (
            any(user.moves for user in scenario.ground_users),
            lambda axes, y: _way(axes, np.array([3.0, 18.0]), np.array([y, y])),
        ),
        "where a sector sends": (
            any(station.antenna.is_directional for station in scenario.ground_stations),
            lambda axes, y: _lobe(axes, 10.0 + 6.0 * np.cos(bow), y + 3.5 * np.sin(bow)),
        ),
        "no-fly zone": (
            bool(scenario.no_fly_zones),
            lambda axes, y: _zone_edge(axes, np.array([3.0, 18.0]), np.array([y, y])),
        ),
    }
    return {text: sign for text, (has, sign) in signs.items() if has}


def _area(fill: str) -> Callable[[Any, float], None]:
    look = {"markersize": 8.0, "color": LIGHT[fill], "markeredgewidth": 0.0}
    return lambda axes, y: axes.plot(10.0, y, "s", **look)


SIGNS: dict[str, Sign] = {
    "base station (GBS)": lambda axes, y: _station(axes, 10.0, y),
    "flight of an AU": lambda axes, y: _flight(axes, np.array([3.0, 18.0]), np.array([y, y]), AU, ()),
    "GU never served": lambda axes, y: _served_marker(axes, 10.0, y, 0.0),
    "GU served at times": lambda axes, y: _served_marker(axes, 10.0, y, 0.1),
    "GU always served": lambda axes, y: _served_marker(axes, 10.0, y, 1.0),
    "building": _area("building"),
    f"building above {TALL_M:g} m": _area("tower"),
    "water": _area("water"),
    "park": _area("park"),
}
