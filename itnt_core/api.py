"""The library for notebooks and scripts: a scenario, an answer, its figures, in a few lines.

``import itnt_core as itnt`` gives these names; everything heavy is imported when it is first used. It stands above the
rooms, beside the command line, and holds no computation of its own.
"""

from __future__ import annotations

import html
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from itnt_core.data_folder import cache_folder
from itnt_core.scenario import LONLAT, Scenario, format_scenario, parse_scenario, read_scenario, scenario_file_text

if TYPE_CHECKING:
    import plotly.graph_objects as go
    import xarray as xr
    from geopandas import GeoDataFrame

    from itnt_core.city import City, ImportReport
    from itnt_core.exports import ExportSource
    from itnt_core.mapdata import NotebookMap
    from itnt_core.promise import Promise
    from itnt_core.results import Result, Verification
    from itnt_core.sky import ElementFile


__all__ = [
    "Answer",
    "change",
    "city_report",
    "format_scenario",
    "import_city",
    "list_methods",
    "on_city",
    "optimise",
    "parse_scenario",
    "preset",
    "read_answer",
    "read_element_file",
    "read_scenario",
    "upper_bound",
    "write_scenario",
]
_OLD_METHODS = {"save": "write", "save_replay": "write_replay"}  # of users' notebooks


def preset(
    name: str = "london-4km", users: int | None = None, aerial_users: int | None = None, seed: int | None = None
) -> Scenario:
    """Return a ready scenario; ``users`` counts aerial and ground users together (ScenarioError names the presets).

    >>> scenario = preset("tiny", seed=3)
    >>> scenario.name, scenario.time.slots, len(scenario.user_ids)
    ('Tiny', 8, 5)
    """
    from itnt_core.presets import preset as make

    return make(name, users, aerial_users, seed, cache_folder())


def write_scenario(scenario: Scenario, path: str | Path) -> None:
    """Write a scenario as a file: JSON where its name ends with .json, else YAML.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     write_scenario(preset("tiny"), f"{folder}/tiny.yaml")
    ...     read_scenario(f"{folder}/tiny.yaml") == preset("tiny")
    True
    """
    from itnt_core.results import write_text

    target = Path(path)
    write_text(target, scenario_file_text(scenario, target))


def change(scenario: Scenario, fields: dict[str, Any]) -> Scenario:
    """Return the scenario with dotted fields replaced, fully checked: ``{"radio.carrier_ghz": 2.6}``.

    Raises ScenarioError or SettingsError, which name the field.

    >>> change(preset("tiny"), {"radio.carrier_ghz": 2.6}).radio.carrier_ghz
    2.6
    """
    from itnt_core.methods import override_scenario

    return override_scenario(scenario, fields)


def import_city(source: str | Path | GeoDataFrame, height: str | None = None, **options: Any) -> City:
    """Make a city of a file of buildings or of a GeoDataFrame, store it on this machine, and return it.

    ``height`` names the column of heights, ``options`` are those of :class:`itnt_core.city.ImportOptions`:
    ``height_unit``, ``layer``, ``crs``, ``encoding``, ``axis_order``, ``anchor``, ``size_m``, ``name``. Heights are
    found by the columns' names where none is named, and are estimated where there are none. A file is read in a
    confined process, as on the page. ``itnt.city`` is the same. Raises CityError.

    >>> from geopandas import GeoDataFrame
    >>> from shapely import box
    >>> shapes = [box(530_000, 180_000, 530_020, 180_020), box(530_050, 180_000, 530_080, 180_020)]
    >>> houses = GeoDataFrame({"height": [12.0, 30.0]}, geometry=shapes, crs="EPSG:27700")
    >>> town = import_city(houses, name="Two houses")
    >>> town.building_count, town.roof_heights_m.tolist()
    (2, [12.0, 30.0])
    """
    from itnt_core.city import ImportOptions, city_of_frame, import_apart, library_folder, read_city_folder, store_city

    library, wanted = library_folder(cache_folder()), ImportOptions(**_named_height(height), **options)
    if isinstance(source, str | Path):
        *_, answer = import_apart(Path(source), wanted, library)
        content_hash = answer["content_hash"]
    else:
        content_hash = store_city(*city_of_frame(source, wanted), library)
    return read_city_folder(library / content_hash).city


def city_report(city: City) -> ImportReport | None:
    """Return what became of the file of an imported city: how it was taken and why, counts, warnings; None for others.

    >>> from geopandas import GeoDataFrame
    >>> from shapely import box
    >>> shapes = [box(981_000 + 200 * k, 199_000, 981_100 + 200 * k, 199_100) for k in range(3)]
    >>> town = import_city(GeoDataFrame({"height": [90.0, 120.0, 700.0]}, geometry=shapes, crs="EPSG:2263"))
    >>> for reading in city_report(town).readings:
    ...     print(f"{reading.what}: {reading.value}")
    Coordinate system: EPSG:2263
    Heights: column 'height'
    Unit of heights: US survey foot, of column 'height'
    """
    from itnt_core.city import library_folder, stored_report

    content_hash, library = city.content_hash(), library_folder(cache_folder())
    return stored_report(content_hash, library) if (library / content_hash).is_dir() else None


def _named_height(column: str | None) -> dict[str, Any]:
    return {} if column is None else {"height_column": column}


def on_city(scenario: Scenario, city: City) -> Scenario:
    """Return the scenario on an imported city: its area follows the city, everything in it finds a place there.

    Raises ScenarioError where a rule is then broken, such as a mission too short of time.
    """
    from itnt_core.city import on_city as moved
    from itnt_core.scenario import scenario_of_data

    return scenario_of_data(moved(scenario, city).model_dump(mode="json"))


def list_methods() -> dict[str, str]:
    """Return the keys of all methods and what each does.

    >>> [key for key in list_methods() if "a" in key]
    ['straight', 'planner', 'gradient', 'ra', 'epa']
    """
    from itnt_core.methods import METHODS

    return {method.key: f"{method.title}. {method.summary}" for method in METHODS.values()}


@Scenario.add_view("users")
def _users(scenario: Scenario) -> GeoDataFrame:
    """Return a row per user: ``kind``, ``name``, ``height_m``, and the point where the user is at the start."""
    from itnt_core.mapdata import user_frame

    return user_frame(scenario)


@Scenario.add_view("missions")
def _missions(scenario: Scenario) -> GeoDataFrame:
    """Return a row per aerial user: limits of its flight, and the straight line from start to destination."""
    from itnt_core.mapdata import mission_frame

    return mission_frame(scenario)


@Scenario.add_view("stations")
def _stations(scenario: Scenario) -> GeoDataFrame:
    """Return a row per ground base station: ``name``, ``height_m``, ``max_power_w``, ``max_users``, and its point."""
    from itnt_core.mapdata import station_frame

    return station_frame(scenario)


@Scenario.add_view("satellites")
def _satellites(scenario: Scenario) -> GeoDataFrame:
    """Return a row per satellite: ``source``, ``max_elevation_deg``, and its ground track over the scenario's time."""
    from itnt_core.mapdata import satellite_frame

    return satellite_frame(scenario)


@Scenario.add_view("buildings")
def _buildings(scenario: Scenario) -> GeoDataFrame:
    """Return a row per building of the scenario's city: ``height_m``, the ``name`` of a landmark, its footprint."""
    return _city(scenario).buildings()


@Scenario.add_view("surface")
def _surface(
    scenario: Scenario, slot: int = 1, points_per_side: int = 50, aerial_height_m: float | None = None
) -> GeoDataFrame:
    """Return a row per cell of the area: best ``station``, ``sinr_db``, ``stations_in_sight``, ``inside_building``.

    All stations radiate on all subchannels; at 1.5 m above ground, or at an aerial user's height. Raises ValueError for
    a slot that the time grid has not, or for too many points.
    """
    from itnt_core.mapdata import surface_frame
    from itnt_core.network import build_world, coverage_surface

    world = build_world(scenario, cache_dir=cache_folder())
    found = coverage_surface(world, points_per_side, slot, aerial_height_m)
    return surface_frame(found, scenario, world.station_ids)


@Scenario.add_view("to_geodataframe")
def _to_geodataframe(scenario: Scenario, *layers: str, crs: Any = LONLAT) -> GeoDataFrame:
    """Return stations, users, missions and satellites as one table with the column ``layer``, as an answer does."""
    return _table(_source_of(scenario), layers, crs)


@Scenario.add_view("export")
def _export(scenario: Scenario, path: str | Path, form: str | None = None, **options: Any) -> None:
    """Write the scenario for other tools, as :meth:`Answer.export` does."""
    _write_export(_source_of(scenario), Path(path), form, options)


@Scenario.add_view("map")
def _map(scenario: Scenario) -> NotebookMap:
    """Return a map for notebooks: city, stations, users, missions, satellites; ``to_html`` writes it as a page.

    It is a ``pydeck.Deck``, without tiles: showing and writing it asks nothing of any other machine.
    """
    from itnt_core.mapdata import scenario_map

    return scenario_map(scenario, _city(scenario))


def _city(scenario: Scenario) -> City:
    from itnt_core.city import city_of_scenario

    return city_of_scenario(scenario, cache_folder())


def _source_of(scenario: Scenario, result: Result | None = None) -> ExportSource:
    from itnt_core.exports import ExportSource

    return ExportSource(scenario, result, cache_folder())


def _table(source: ExportSource, layers: tuple[str, ...], crs: Any) -> GeoDataFrame:
    from itnt_core.exports import ExportOptions, one_table

    return one_table(source, ExportOptions(crs=_crs_code(crs), layers=layers))


def _write_export(source: ExportSource, path: Path, form: str | None, options: dict[str, Any]) -> None:
    from itnt_core.exports import ExportOptions, export, format_of_file
    from itnt_core.results import write_bytes

    if "crs" in options:
        options = options | {"crs": _crs_code(options["crs"])}
    if "layers" in options:
        options = options | {"layers": tuple(options["layers"])}
    write_bytes(path, export(source, form or format_of_file(path.name), ExportOptions(**options)))


def _crs_code(crs: Any) -> str:
    """Return the code of what geopandas takes as one, too: a number of EPSG, or a CRS of pyproj."""
    return f"EPSG:{crs}" if isinstance(crs, int) else str(crs)


def optimise(
    scenario: Scenario,
    method: str = "planner",
    seed: int | None = None,
    progress: Callable[[str], object] | None = None,
    **settings: Any,
) -> Answer:
    """Answer a scenario by a method in this process, and return the judged answer.

    ``settings`` are the method's own (:func:`list_methods` names them); ``seed`` is the scenario's
    unless given; ``progress`` is called with each step in a line. Raises SettingsError for what does not exist.

    >>> answer = optimise(preset("tiny"), method="straight")
    >>> answer.kpis["violations"], 0.0 < answer.kpis["gap"] < 1.0
    (0, True)
    """
    from itnt_core.methods import ProgressEvent
    from itnt_core.methods import optimise as solve

    def notify(event: ProgressEvent) -> None:
        if progress is not None:
            progress(f"{event.fraction:.0%} {event.phase}: {event.message}")

    return Answer(solve(scenario, method, scenario.seed if seed is None else seed, settings, notify, cache_folder()))


def upper_bound(scenario: Scenario, effort: str = "standard") -> float:
    """Return a data service in Mbit that no association, flights and powers can exceed in the scenario.

    >>> scenario = preset("tiny")
    >>> upper_bound(scenario, "quick") >= optimise(scenario, "straight").kpis["data_service_mbit"]
    True
    """
    from itnt_core.bounds import upper_bound as bound
    from itnt_core.network import build_world

    return float(bound(build_world(scenario, cache_dir=cache_folder()), effort).data_service_mbit)


def read_answer(folder: str | Path) -> Answer:
    """Return the answer that a run left in a folder (ResultError in one sentence where it cannot be read).

    >>> from tempfile import TemporaryDirectory
    >>> answer = optimise(preset("tiny"), method="straight")
    >>> with TemporaryDirectory() as folder:
    ...     answer.write(folder)
    ...     read_answer(folder).kpis == answer.kpis
    True
    """
    from itnt_core.results import read_drawable

    return Answer(read_drawable(Path(folder)))


def read_element_file(path: str | Path, strict: bool = False) -> ElementFile:
    """Read the satellites of a file of TLE, or OMM as JSON, CSV or XML: ``elements.satellites``.

    Members that cannot be used are left out: ``reasons`` says which and why. With ``strict`` one refuses the whole
    file. Raises ElementFileError.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder) / "two.csv"
    ...     _ = file.write_text(
    ...         "OBJECT_NAME,NORAD_CAT_ID,EPOCH,MEAN_MOTION,ECCENTRICITY,INCLINATION,RA_OF_ASC_NODE,ARG_OF_PERICENTER,"
    ...         "MEAN_ANOMALY\\nUP,1,2026-06-21T12:00:00,15.2,0.0002,53,40,90,10\\n"
    ...         "ODD,2,2026-06-21T12:00:00,99,0,53,40,90,10\\n"
    ...     )
    ...     found = read_element_file(file)
    >>> [one.name for one in found.elements.satellites]
    ['UP']
    >>> found.reasons
    ['Line 3 (ODD) has MEAN_MOTION 99.0, but 0.05 to 18 revolutions a day is allowed: correct it or leave it out.']
    """
    from itnt_core.sky import MAX_FILE_BYTES, parse_sent_elements

    file = Path(path)
    with file.open("rb") as handle:
        content = handle.read(MAX_FILE_BYTES + 1)
    return parse_sent_elements(content, file.name, strict)


@dataclass(frozen=True, eq=False)
class Answer:
    """A finished run: its figures, its labelled arrays, and pictures of them.

    >>> answer = optimise(preset("tiny"), method="straight")
    >>> answer.dataset["rate_active_mbit_s"].dims
    ('slot', 'user')
    >>> answer.users().index.tolist()
    ['au-1', 'gu-1', 'gu-2', 'gu-3', 'gu-4']
    """

    result: Result

    @property
    def scenario(self) -> Scenario:
        """Return the question."""
        return self.result.scenario

    @property
    def dataset(self) -> xr.Dataset:
        """Return the arrays with units: slot / user / station / subchannel."""
        return self.result.dataset

    @property
    def kpis(self) -> dict[str, Any]:
        """Return the headline figures by name."""
        return self.result.kpis

    def users(self) -> GeoDataFrame:
        """Return a row per user: kind, mean rate, share served, data, mean SINR, and the point where the user starts.

        >>> users = optimise(preset("tiny"), method="straight").users()
        >>> users.crs.to_epsg(), users.geometry.geom_type.unique().tolist()
        (4326, ['Point'])
        """
        from itnt_core.mapdata import user_result_frame

        return user_result_frame(self.result)

    def flights(self) -> GeoDataFrame:
        """Return a row per aerial user: ``length_m``, ``energy_kj``, and its flight, a corner per waypoint."""
        from itnt_core.mapdata import flight_frame

        return flight_frame(self.result)

    def links(self, slot: int) -> GeoDataFrame:
        """Return a row per link of a slot (from 1): ``station``, ``served``, ``sinr_db``, ``rate_mbit_s``, its line.

        Raises ValueError for a slot that the time grid has not.
        """
        from itnt_core.mapdata import link_frame

        return link_frame(self.result, slot)

    def to_geodataframe(self, *layers: str, crs: Any = LONLAT) -> GeoDataFrame:
        """Return users, stations, satellites, flights with time and all links as one table with the column ``layer``.

        ``layers`` chooses some (:data:`itnt_core.exports.LAYERS`: ``surface`` and ``buildings``, too), ``crs`` the
        coordinate reference system; moments are in UTC. Raises ExportError and CityError for what cannot be used.

        >>> answer = optimise(preset("tiny"), method="straight")
        >>> places = answer.to_geodataframe("positions", "links", crs="EPSG:27700")
        >>> places.crs.to_epsg(), places.groupby("layer").slot.max().to_dict(), str(places.time.dt.tz)
        (27700, {'links': 8, 'positions': 8}, 'UTC')
        """
        return _table(self._source, layers, crs)

    def export(self, path: str | Path, form: str | None = None, **options: Any) -> None:
        """Write the answer for other tools: the format is that of the file's name, or one of ``EXPORT_FORMATS``.

        ``options`` are those of :class:`itnt_core.exports.ExportOptions`: ``crs``, ``layers``, and of a surface
        ``slot``, ``cells``, ``height_m``. Raises ExportError and CityError in one sentence.

        >>> from tempfile import TemporaryDirectory
        >>> answer = optimise(preset("tiny"), method="straight")
        >>> with TemporaryDirectory() as folder:
        ...     answer.export(f"{folder}/tiny.gpkg", crs="EPSG:27700")
        ...     answer.export(f"{folder}/sinr.tif", crs="EPSG:27700", cells=20)
        """
        _write_export(self._source, Path(path), form, options)

    @property
    def _source(self) -> ExportSource:
        return _source_of(self.scenario, self.result)

    def map(self, slot: int = 1) -> NotebookMap:
        """Return a slot (from 1) as a map for notebooks: city, stations, flights, users, links by their SINR.

        It is a ``pydeck.Deck``, without tiles: showing and writing it asks nothing of any other machine. Raises
        ValueError for a slot that the time grid has not.

        >>> deck = optimise(preset("tiny"), method="straight").map(3)
        >>> [layer.id for layer in deck.layers if layer.type == "PolygonLayer"]
        ['ground', 'water', 'parks', 'streets', 'buildings']
        """
        from itnt_core.mapdata import result_map

        return result_map(self.result, _city(self.scenario), slot)

    def check(self, bound: bool = False) -> Verification:
        """Recompute everything from the stored decision alone: violated constraints, differing figures and arrays.

        What does not follow from the decision is checked against the seal that the result was made with. ``bound``
        computes the certified upper bounds anew, too.

        >>> found = optimise(preset("tiny"), method="straight").check()
        >>> found.violations, found.mismatches
        ([], [])
        """
        from itnt_core.results import verify_result

        return verify_result(self.result, cache_folder(), recompute_bound=bound)

    def promise(self, worlds: int = 200, position_error_m: float = 10.0, timing_error_s: float = 0.5) -> Promise:
        """Judge the plan on drawn worlds: its ``level(0.95).value`` is what 95 % of worlds bring at least, in Mbit.

        Shadowing, fading, ground users' places and satellites' timing are drawn anew; flights stay as planned, and the
        method's own rule decides the rest. Raises UndecidedError for a method without such a rule.

        >>> found = optimise(preset("tiny"), method="straight").promise(worlds=20)
        >>> found.worlds, found.level(0.95).value == min(found.data_mbit)
        (20, True)
        """
        from itnt_core.network import Uncertainty
        from itnt_core.promise import draw_promise

        return draw_promise(self.result, worlds, Uncertainty(position_error_m, timing_error_s), cache_folder())

    def plot_rates(self) -> go.Figure:
        """Draw every user's rate over time, and their sum."""
        from itnt_core.figures import rates_figure

        return rates_figure(self.result)

    def plot_service(self) -> go.Figure:
        """Draw the data service so far under both conventions, below the certified bound."""
        from itnt_core.figures import service_figure

        return service_figure(self.result)

    def plot_map(self) -> go.Figure:
        """Draw stations, ground users and flights seen from above."""
        from itnt_core.figures import map_figure

        return map_figure(self.result)

    def write(self, folder: str | Path) -> None:
        """Write scenario, arrays and manifest into a folder, as ``python -m itnt_core run`` does."""
        from itnt_core.results import write_result

        write_result(Path(folder), self.result)

    def write_replay(self, path: str | Path) -> None:
        """Write the replay as one HTML file that plays without a network."""
        from itnt_core.mapdata import replay_html
        from itnt_core.results import write_bytes

        write_bytes(Path(path), replay_html(self.result, _city(self.scenario)))

    def __getattr__(self, name: str) -> Any:
        """Return a method under the name that it had before."""
        if name not in _OLD_METHODS:
            raise AttributeError(f"'Answer' object has no attribute '{name}'")
        known = _OLD_METHODS[name]
        warnings.warn(f"Answer.{name} is now called {known}: use that name.", DeprecationWarning, stacklevel=2)
        return getattr(self, known)

    def _repr_html_(self) -> str:
        """Return the headline figures as a table, for notebooks."""
        from itnt_core.words import result_figures

        rows = "".join(
            f"<tr><th style='text-align:left'>{html.escape(label)}</th><td>{html.escape(value)}</td></tr>"
            for label, value, _ in result_figures(self.result)
        )
        title = html.escape(f"{self.scenario.name}, {self.result.manifest['method']}")
        return f"<table><caption>{title}</caption>{rows}</table>"
