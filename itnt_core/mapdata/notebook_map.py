"""Maps for notebooks: a scenario or a slot of a result as layers that pydeck declares and deck.gl draws.

A map shows itself, and is written, by a page of our own: pydeck's takes styles and scripts from other hosts even where
it is asked to work offline. There are no tiles below it; the city is its ground.
"""

from __future__ import annotations

import html
import json
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pydeck
import shapely
from jinja2 import Environment, StrictUndefined, Template

from itnt_core.arrays import Array
from itnt_core.city import City, unpack_polygons
from itnt_core.data import delivered
from itnt_core.results import Result
from itnt_core.scenario import GroundUser, Scenario, shapes_to_lonlat
from itnt_core.sky import look_angles

from . import colours
from .detail import drawn_buildings
from .frames import (
    flight_frame,
    links_to,
    located,
    mission_frame,
    path_frame,
    station_frame,
    user_frame,
    user_positions_m,
    zone_frame,
)
from .framing import OVERVIEW_BEARING, OVERVIEW_PITCH, WIDEST, overview_span_m
from .inlining import POLICY, packed, packed_library
from .libraries import deck_library
from .lobes import lobe_m
from .scene import building_classes, landmark_parts
from .skydome import DOME_NOTE, dome_position_m

MOST_CORNERS = 100_000  # of buildings: text in a notebook, 3 MB before it is packed
HEIGHT_PX, WIDTH_PX = 500, 800  # of the picture that the camera is set for; the page fits it to its own
WORDS_PX = 90  # below it
EQUATOR_M, TILE_PX = 40_075_016.0, 512  # deck.gl's world at zoom 0 is one tile
KINDS = {
    "ground_station": "ground base station",
    "satellite": "satellite",
    "aerial_user": "aerial user",
    "ground_user": "ground user",
    "no_fly_zone": "no-fly zone",
}
DEGREE_DIGITS = 7  # a centimetre
ZONE_ALPHA = 60  # of 255: what stands in a zone is seen through it
DRAWN_CEILING_M = 400.0  # of a zone, as in zones.js: nobody flies above 300 m
IN_ORDER = {"depthCompare": "always", "depthWriteEnabled": False}  # drawn over what was drawn before


class Caption(NamedTuple):
    """What stands around a map: title, a sentence for those who cannot see it, colours in words, notes."""

    title: str
    sentence: str
    legend: Sequence[tuple[str, colours.Colour]]
    notes: str


class NotebookMap(pydeck.Deck):
    """A deck of layers that is shown and written without a network."""

    __slots__ = ("caption",)  # beside what pydeck writes into the layers' JSON

    def __init__(self, caption: Caption, layers: Sequence[pydeck.Layer], camera: pydeck.ViewState) -> None:
        """Put layers and the words around them together; nothing is drawn below the layers."""
        super().__init__(
            layers=list(layers), initial_view_state=camera, height=HEIGHT_PX, map_provider=None, map_style=None
        )
        self.caption = caption
        for name in [name for name in vars(self) if name.endswith("_key")]:
            setattr(self, name, None)  # pydeck takes keys out of the environment, and would write them into the page

    def to_html(self, filename: str | Path | None = None) -> str:
        """Return the map as one HTML page that asks nothing of anybody; write it, too, where a file is named."""
        page = _page().render(
            policy=POLICY,
            caption=self.caption,
            library=packed_library(deck_library),
            width_px=WIDTH_PX,
            widest=WIDEST,
            layers=packed(json.dumps(json.loads(self.to_json()), separators=(",", ":"), allow_nan=False).encode()),
        )
        if filename is not None:
            Path(filename).write_text(page, encoding="utf-8")
        return page

    def show(self) -> NotebookMap:
        """Return the map, which a notebook shows."""
        return self

    def _repr_html_(self) -> str:
        """Return the page in a frame, for notebooks."""
        size = f'width="100%" height="{HEIGHT_PX + WORDS_PX}"'
        return f'<iframe {size} style="border: 0" srcdoc="{html.escape(self.to_html())}"></iframe>'


def scenario_map(scenario: Scenario, city: City) -> NotebookMap:
    """Declare the map of a scenario over its city: stations, users, straight missions, satellites in the first slot."""
    sky = look_angles(scenario)
    users = user_frame(scenario)
    drawn_deg = _sky_degrees(scenario, sky.azimuth_deg[0], sky.elevation_deg[0])
    layers = [
        *_drawn_places(scenario),
        _path_layer("missions", mission_frame(scenario).geometry, colours.TRAIL),
        *_user_layers(scenario, _places(users.geometry)),
        *_station_layers(scenario),
        _satellite_layer(drawn_deg, sky.station_ids),
    ]
    sentence = (
        f"Map of the scenario '{scenario.name}': {len(scenario.ground_stations)} ground base stations, "
        f"{len(scenario.aerial_users)} aerial and {len(scenario.ground_users)} ground users."
    )
    return _whole(scenario, city, layers, sentence, bool(len(sky.station_ids)))


def result_map(result: Result, city: City, slot: int) -> NotebookMap:
    """Declare the map of a 1-based slot of a result: flights, where users are, and links coloured by their SINR.

    ValueError where the time grid has no such slot.
    """
    scenario, data = result.scenario, result.dataset
    index = scenario.time.index_of(slot)
    stations = data["station"].values.astype(str)
    sky = data["station_kind"].values != "gbs"
    drawn_deg = located(data["station_position_m"].values[index], scenario.area)
    angles = (data[name].values[index][sky] for name in ("azimuth_deg", "elevation_deg"))
    drawn_deg[sky] = _sky_degrees(scenario, *angles)
    links = links_to(result, slot, drawn_deg)
    layers = [
        *_drawn_places(scenario),
        _path_layer("flights", flight_frame(result).geometry, colours.TRAIL),
        _link_layer(links),
        *_user_layers(scenario, located(user_positions_m(result, slot), scenario.area)),
        *_station_layers(scenario),
        _satellite_layer(drawn_deg[sky], stations[sky]),
    ]
    sentence = (
        f"Map of '{scenario.name}' at the end of slot {slot} of {scenario.time.slots}: "
        f"{int(links.served.sum())} of {len(scenario.user_ids)} users are served."
    )
    steps = [(f"link {text}", colour) for _, colour, _, text in colours.SINR_STEPS]
    return _whole(scenario, city, layers, sentence, bool(sky.any()), steps, data["position_m"].values)


def _whole(
    scenario: Scenario,
    city: City,
    layers: Sequence[pydeck.Layer],
    sentence: str,
    has_sky: bool,
    more: Sequence[tuple[str, colours.Colour]] = (),
    flights_m: Array | None = None,
) -> NotebookMap:
    """Put layers over their city, with a camera that holds everything and the words around it."""
    below, simplified = _city_layers(city)
    missing = set() if has_sky else {"satellite"}
    missing |= set() if scenario.no_fly_zones else {"no_fly_zone"}
    legend = [(text, colours.KIND_COLOURS[kind]) for kind, text in KINDS.items() if kind not in missing]
    notes = " ".join(filter(None, (sentence, f"{DOME_NOTE}." if has_sky else "", city.notice, simplified)))
    span_m = overview_span_m(scenario, flights_m)
    zoom = np.log2(EQUATOR_M * np.cos(np.radians(scenario.area.lat)) * WIDTH_PX / (TILE_PX * span_m))
    camera = pydeck.ViewState(
        longitude=scenario.area.lon,
        latitude=scenario.area.lat,
        zoom=float(zoom),
        pitch=OVERVIEW_PITCH,
        bearing=OVERVIEW_BEARING,
    )
    return NotebookMap(Caption(scenario.name, sentence, [*legend, *more], notes), [*below, *layers], camera)


def _city_layers(city: City) -> tuple[list[pydeck.Layer], str]:
    """Return ground, water, parks, streets and buildings, and in a sentence what was simplified ('' for nothing)."""
    half = city.size_m / 2
    drawn = drawn_buildings(city, MOST_CORNERS)
    classes = building_classes(drawn, landmark_parts(city))
    shapes = _degrees(unpack_polygons(drawn.vertices_m, drawn.ring_starts), city)
    heights = np.round(drawn.heights_m - drawn.bases_m, 1).tolist()
    rows = [
        {"polygon": _raised(rings, base), "height": height, "colour": colours.BUILDINGS[number]}
        for rings, base, height, number in zip(shapes, drawn.bases_m, heights, classes, strict=True)
    ]
    buildings = pydeck.Layer(
        "PolygonLayer",
        rows,
        id="buildings",
        get_polygon="polygon",
        get_elevation="height",
        get_fill_color="colour",
        extruded=True,
    )
    flat = (
        ("ground", [shapely.box(-half, -half, half, half)], colours.GROUND),
        ("water", city.water, colours.WATER),
        ("parks", city.parks, colours.PARK),
        ("streets", [line.buffer(width / 2) for _, line, width in (*city.roads, *city.bridges)], colours.STREET),
    )
    layers = [
        pydeck.Layer(
            "PolygonLayer",
            [{"polygon": rings} for rings in _degrees(areas, city)],
            id=name,
            get_polygon="polygon",
            get_fill_color=list(colour),
            stroked=False,
            parameters=IN_ORDER,
        )
        for name, areas, colour in flat
    ]
    return [*layers, buildings], drawn.sentence


def _user_layers(scenario: Scenario, places: Array) -> list[pydeck.Layer]:
    """Return aerial users on stems, and ground users; ``places`` (users, 3) in degrees and metres."""
    aerial = len(scenario.aerial_users)
    ids = scenario.user_ids
    named = [f"{user.id}, {_whereabouts(user)}" if _whereabouts(user) else user.id for user in scenario.ground_users]
    return [
        _stem_layer("aerial-stems", places[:aerial]),
        _point_layer("ground_user", places[aerial:], named, 4),
        _point_layer("aerial_user", places[:aerial], ids[:aerial], 7),
    ]


def _whereabouts(user: GroundUser) -> str:
    """Say whether a ground user is indoors or on the way, '' of one that stands in the street."""
    return f"indoors on floor {user.floor}" if user.is_indoors else "on the way" if user.moves else ""


def _drawn_places(scenario: Scenario) -> list[pydeck.Layer]:
    """Return no-fly zones, lobes of sectors and ways of ground users; nothing where the scenario has none."""
    stations = [(station, lobe_m(scenario, station)) for station in scenario.ground_stations]
    lobes = [(np.array(lobe) + station.position_m[:2], station.height_m) for station, lobe in stations if lobe]
    lines_m = [np.column_stack([corners, np.full(len(corners), height)]) for corners, height in lobes]
    lobe_lines = [shapely.linestrings(located(line_m, scenario.area)) for line_m in lines_m]
    layers = [
        _path_layer("lobes", lobe_lines, colours.KIND_COLOURS["ground_station"], IN_ORDER),
        _path_layer("ways", path_frame(scenario).geometry, colours.KIND_COLOURS["ground_user"], IN_ORDER),
    ]
    zones = [_zone_layer(scenario)] if scenario.no_fly_zones else []
    return [*zones, *(layer for layer in layers if layer.data)]


def _zone_layer(scenario: Scenario) -> pydeck.Layer:
    """Return no-fly zones as prisms from floor to ceiling that one can see through."""
    frame = zone_frame(scenario)
    rings = [[list(corner) for corner in _rounded(shapely.get_coordinates(shape)).tolist()] for shape in frame.geometry]
    rows = [
        {
            "polygon": [[*corner, floor] for corner in ring],
            "height": min(ceiling, DRAWN_CEILING_M) - floor,
            "words": f"no-fly zone {name}, {floor:g} to {ceiling:g} m",
        }
        for ring, name, floor, ceiling in zip(rings, frame.index, frame.floor_m, frame.ceiling_m, strict=True)
    ]
    red = colours.KIND_COLOURS["no_fly_zone"]
    return pydeck.Layer(
        "PolygonLayer",
        rows,
        id="no_fly_zones",
        get_polygon="polygon",
        get_elevation="height",
        get_fill_color=[*red, ZONE_ALPHA],
        get_line_color=list(red),
        extruded=True,
        wireframe=True,
        pickable=True,
        parameters={"depthWriteEnabled": False},  # what flies behind it is seen through it
    )


def _station_layers(scenario: Scenario) -> list[pydeck.Layer]:
    frame = station_frame(scenario)
    places = _places(frame.geometry)
    return [_stem_layer("station-stems", places), _point_layer("ground_station", places, frame.index, 8)]


def _satellite_layer(drawn_deg: Array, ids: Sequence[str]) -> pydeck.Layer:
    above = np.isfinite(drawn_deg[:, 0])
    return _point_layer("satellite", drawn_deg[above], np.array(ids)[above], 8)


def _link_layer(links: Any) -> pydeck.Layer:
    rows = []
    for user, link in links.iterrows():
        start, end = np.round(shapely.get_coordinates(link.geometry, include_z=True), DEGREE_DIGITS).tolist()
        _, colour, width, _ = colours.SINR_STEPS[colours.sinr_step(link.sinr_db)]
        words = f"{user} to {link.station}: {link.sinr_db:.1f} dB, {link.rate_mbit_s:.2f} Mbit/s"
        rows.append(
            {
                "start": start,
                "end": end,
                "colour": colour,
                "width": width,
                "words": words if link.served else f"{words}, below its floor",
            }
        )
    return pydeck.Layer(
        "LineLayer",
        rows,
        id="links",
        get_source_position="start",
        get_target_position="end",
        get_color="colour",
        get_width="width",
        pickable=True,
        parameters=IN_ORDER,
    )


def _path_layer(
    name: str, lines: Iterable[Any], colour: colours.Colour, parameters: Mapping[str, Any] | None = None
) -> pydeck.Layer:
    paths = [np.round(shapely.get_coordinates(line, include_z=True), DEGREE_DIGITS).tolist() for line in lines]
    rows = [{"path": path} for path in paths]
    return pydeck.Layer(
        "PathLayer",
        rows,
        id=name,
        get_path="path",
        get_color=list(colour),
        get_width=1,
        width_min_pixels=2,
        **({"parameters": parameters} if parameters else {}),
    )


def _point_layer(kind: str, places: Array, ids: Iterable[str], radius_px: int) -> pydeck.Layer:
    """Return a dot per place (n, 3) of one kind of thing, each with its id."""
    rounded = np.round(places, DEGREE_DIGITS).tolist()
    rows = [{"position": place, "words": str(name)} for place, name in zip(rounded, ids, strict=True)]
    return pydeck.Layer(
        "ScatterplotLayer",
        rows,
        id=kind,
        get_position="position",
        get_fill_color=list(colours.KIND_COLOURS[kind]),
        get_line_color=[255, 255, 255],
        get_radius=1,
        radius_min_pixels=radius_px,
        radius_max_pixels=radius_px,
        line_width_min_pixels=1,
        stroked=True,
        billboard=True,
        pickable=True,
        parameters=IN_ORDER,
    )


def _stem_layer(name: str, places: Array) -> pydeck.Layer:
    """Return a line from the ground up to each place (n, 3)."""
    rounded = np.round(places, DEGREE_DIGITS).tolist()
    rows = [{"start": [lon, lat, 0.0], "end": [lon, lat, height]} for lon, lat, height in rounded]
    return pydeck.Layer(
        "LineLayer",
        rows,
        id=name,
        get_source_position="start",
        get_target_position="end",
        get_color=list(colours.STEM),
        get_width=1,
    )


def _sky_degrees(scenario: Scenario, azimuth_deg: Array, elevation_deg: Array) -> Array:
    """Return where satellites are drawn (satellites, 3), in degrees and metres; NaN below the horizon."""
    drawn_m = dome_position_m(azimuth_deg, elevation_deg, scenario.area.size_m)
    return located(drawn_m.astype(np.float64), scenario.area)


def _places(points: Iterable[Any]) -> Array:
    """Return the coordinates (n, 3) of points."""
    return np.asarray(shapely.get_coordinates(list(points), include_z=True))


def _degrees(shapes_m: Iterable[Any], city: City) -> list[Any]:
    """Return the rings of a city's polygons, in degrees; of several parts, each."""
    parts = shapely.get_parts(np.array(list(shapes_m), dtype=object))
    moved = shapes_to_lonlat(parts, city.lon, city.lat)
    return [shape.__geo_interface__["coordinates"] for shape in shapely.transform(moved, _rounded)]


def _raised(rings: Any, base_m: float) -> Any:
    """Return rings on the level where a prism begins; on the ground they need none."""
    return rings if base_m == 0.0 else [[[lon, lat, round(float(base_m), 1)] for lon, lat in ring] for ring in rings]


def _rounded(degrees: Array) -> Array:
    return np.asarray(np.round(degrees, DEGREE_DIGITS))


@lru_cache(maxsize=1)
def _page() -> Template:
    text = delivered("notebook/map.html.jinja").read_text(encoding="utf-8")
    return Environment(autoescape=True, undefined=StrictUndefined).from_string(text)
