"""Layers of GIS files (GeoJSON, GeoPackage, Shapefile, FlatGeobuf, OpenStreetMap), read by geopandas into a survey."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from itnt_core.city.files.axes import axis_order, lonlat_of
from itnt_core.city.files.crs import check_description, checked_plan, crs_of, plan_of, system_reading
from itnt_core.city.files.drivers import gdal_for
from itnt_core.city.files.encodings import (
    BYTES_AS_TEXT,
    UTF8,
    Decoded,
    declared_encoding,
    decode_columns,
    is_utf8,
)
from itnt_core.city.files.height_table import Found, HeightTable
from itnt_core.city.files.height_texts import parse_height_m
from itnt_core.city.files.height_units import UnitFacts, unit_of
from itnt_core.city.files.heights import read_heights
from itnt_core.city.files.parts import areas_of_closed_lines, assemble
from itnt_core.city.files.solids import solids_of
from itnt_core.city.files.surfaces import polygons_in_collections, polygons_of_wkb
from itnt_core.city.files.survey import (
    BUILDING,
    LAYER,
    OTHER,
    PARK,
    ROAD,
    WATER,
    ImportOptions,
    Reading,
    Survey,
)
from itnt_core.city.files.tags import expand_tags
from itnt_core.city.model import CityError

FORMS = {
    "geojson": "GeoJSON",
    "gpkg": "GeoPackage",
    "shp": "Shapefile",
    "fgb": "FlatGeobuf",
    "osm": "OpenStreetMap",
    "pbf": "OpenStreetMap",
}
FRAME = "GeoDataFrame"
FLAT_M = 1.0  # what rises less does not stand up
ONE_LAYER = ("geojson", "shp", "fgb")
NAMES_AS_STORED = WITH_FACES = ("gpkg", "shp", "fgb")  # the other kinds are text, decoded before, and hold no faces
LAYER_WORDS = ("building", "multipolygon", "footprint", "pand", "gebaeude", "batiment", "edificio")
OSM_KINDS = ("osm", "pbf")
OSM_AREAS, OSM_LINES = "multipolygons", "lines"  # as GDAL calls its layers of OpenStreetMap
BUILDING_TAG, PART_TAGS = "building", ("building:part", "building_part")
NOT_BUILT = frozenset({"", "no", "false", "0", "none", "nan"})
WATER_TAGS = {
    "natural": ("water",),
    "waterway": ("riverbank", "dock"),
    "landuse": ("reservoir", "basin"),
    "water": ("river", "lake", "pond", "canal", "basin", "reservoir"),
}
PARK_TAGS = {
    "leisure": ("park", "garden", "common", "golf_course", "pitch", "nature_reserve"),
    "natural": ("wood", "grassland"),
    "landuse": ("grass", "forest", "recreation_ground", "village_green", "meadow", "cemetery"),
}
ROAD_WIDTH_M = {
    "motorway": 24.0,
    "trunk": 20.0,
    "primary": 18.0,
    "secondary": 14.0,
    "tertiary": 10.0,
    "residential": 8.0,
    "unclassified": 8.0,
    "living_street": 7.0,
}
BRIDGE_WORDS = ("bridge", "pier")
POLYGON_TYPES = (3, 6)  # GEOS' numbers of Polygon and MultiPolygon


_Decode = Callable[[dict[str, Any]], tuple[dict[str, Any], Decoded]]
# What pyogrio raises when a driver hands it a damaged file's numbers, lengths or bytes.
_CONFUSED = (IndexError, KeyError, TypeError, ValueError, OverflowError)


def read_layer(path: Path, kind: str, options: ImportOptions, **settings: str) -> Survey:
    """Read the layer of buildings of a GIS file; CityError with one sentence where it cannot be used.

    ``settings`` are options of GDAL's driver for opening it.
    """
    with warnings.catch_warnings(), gdal_for(kind) as geopandas:
        warnings.simplefilter("ignore")  # a file's oddities are told in the report, not as warnings of libraries
        with _explained(path, kind):
            # Listing the layers of a GeoJSON file reads all of it, and there is but one.
            single = kind in ONE_LAYER and options.layer is None
            layer, others = (None, ()) if single else _choose_layer(geopandas.list_layers(path), options.layer)
            how = {"engine": "pyogrio", "layer": layer, "on_invalid": "ignore", "use_arrow": False, **settings}
            frame, decode = _frame(geopandas, path, kind, how, options)
            if kind == "gpkg" and options.layer is None:
                frame = _with_parts_among_lines(geopandas, frame, path, layer, others, how)
            if kind in OSM_KINDS:
                frame = frame.dropna(axis="columns", how="all")  # it has a column for every tag that counts
            shapes, columns = _taken_apart(frame, FORMS[kind])
            if kind in WITH_FACES:
                shapes = _with_faces(shapes, path, layer)
            columns, decoded = decode(columns)
    survey = _survey(shapes, expand_tags(columns), frame.crs, FORMS[kind], layer, others, options)
    survey.readings += decoded.readings
    return survey


@contextmanager
def _explained(path: Path, kind: str) -> Iterator[None]:
    """Tell what GDAL has against a file in one sentence (CityError)."""
    from pyogrio.errors import DataLayerError, DataSourceError, FieldError

    try:
        yield
    except CityError:
        raise
    except (DataSourceError, DataLayerError, FieldError, shapely.errors.ShapelyError, *_CONFUSED) as error:
        words = str(error).splitlines()[0][:160].replace(str(path), "it").rstrip(".")
        raise CityError(f"The {FORMS[kind]} file cannot be read ({words}): export it again.") from error


def _frame(geopandas: Any, path: Path, kind: str, how: dict[str, Any], options: ImportOptions) -> tuple[Any, _Decode]:
    """Read a layer, and return with it what decodes its columns: texts may be bytes yet."""
    declared = declared_encoding(path) if kind == "shp" else UTF8

    def decode(columns: dict[str, Any]) -> tuple[dict[str, Any], Decoded]:
        return decode_columns(columns, declared, options.encoding)

    # GDAL does not check what a Shapefile says of itself, except that nothing but UTF-8 passes for it.
    if is_utf8(declared) and (options.encoding is None or kind not in NAMES_AS_STORED):
        with suppress(UnicodeDecodeError):
            return geopandas.read_file(path, **how), lambda columns: (columns, Decoded(UTF8, ""))
    return geopandas.read_file(path, **how, encoding=BYTES_AS_TEXT), decode


def _with_parts_among_lines(
    geopandas: Any, frame: Any, path: Path, layer: str | None, others: tuple[str, ...], how: dict[str, Any]
) -> Any:
    """Add the parts of buildings that GDAL took for lines when it made a GeoPackage of an OpenStreetMap file."""
    import pandas
    import pyogrio

    if layer != OSM_AREAS or OSM_LINES not in others:
        return frame
    if "other_tags" not in pyogrio.read_info(path, layer=OSM_LINES)["fields"]:
        return frame
    lines = geopandas.read_file(path, **{**how, "layer": OSM_LINES}, where=f"other_tags LIKE '%\"{PART_TAGS[0]}\"%'")
    closed = lines[lines.geometry.is_closed]
    return pandas.concat([frame, closed], ignore_index=True) if len(closed) else frame


def _taken_apart(frame: Any, form: str) -> tuple[Any, dict[str, Any]]:
    """Return the shapes (n,) and the columns of a table; CityError where it has none."""
    if not hasattr(frame, "geometry") or not hasattr(frame, "crs"):
        raise CityError(f"{_called(form)} holds a table without shapes: choose one with footprints.")
    if not len(frame):
        raise CityError(f"{_called(form)} holds no shapes: choose one with footprints of buildings.")
    shapes = np.array(frame.geometry.values, dtype=object)
    columns: dict[str, Any] = {}
    for place, name in enumerate(frame.columns):
        if name != frame.geometry.name:
            columns.setdefault(str(name), _values(frame.iloc[:, place]))  # of two with one name the first
    return shapes, columns


def _values(column: Any) -> Any:
    """Return a column (n,) as an array of numbers, or of objects where None stands for every kind of missing value."""
    if isinstance(column.dtype, np.dtype) and column.dtype.kind != "O":
        return column.to_numpy()
    return column.astype(object).where(column.notna(), None).to_numpy()


def _with_faces(shapes: Any, path: Path, layer: str | None) -> Any:
    """Read again the shapes that GEOS cannot hold, as polygons of their faces."""
    lost = np.flatnonzero(shapely.is_missing(shapes))
    if lost.size:
        from pyogrio.raw import read

        blobs = read(path, layer=layer, columns=[])[2]
        for place in lost:
            if blobs[place] is not None:
                shapes[place] = polygons_of_wkb(blobs[place])
    return shapes


def survey_of_frame(frame: Any, options: ImportOptions) -> Survey:
    """Make a survey of a person's own GeoDataFrame; CityError with one sentence where it cannot be used."""
    shapes, columns = _taken_apart(frame, FRAME)
    return _survey(shapes, expand_tags(columns), frame.crs, FRAME, None, (), options)


def _called(form: str) -> str:
    """Return how an error begins that is about what was read."""
    return f"The {form}" if form == FRAME else f"The {form} file"


def _choose_layer(layers: Any, wanted: str | None) -> tuple[str, tuple[str, ...]]:
    """Choose a layer: the wanted one, else polygons first, then a telling name, then the order of the file."""
    names = layers["name"].astype(str).tolist()
    kinds = layers["geometry_type"].fillna("").astype(str).tolist()
    if wanted is not None:
        if wanted not in names:
            raise CityError(f"The layer '{wanted:.60}' is not in the file: choose one of {', '.join(names[:20])}.")
        return wanted, tuple(name for name in names if name != wanted)
    flat = [name for name, kind in zip(names, kinds, strict=True) if "Polygon" in kind]
    unsure = [name for name, kind in zip(names, kinds, strict=True) if kind.startswith(("Unknown", "Geometry"))]
    candidates = flat or unsure or names
    if not candidates:
        raise CityError("The file holds no layers: choose a file with footprints of buildings.")
    chosen = next((n for word in LAYER_WORDS for n in candidates if word in n.lower()), candidates[0])
    return chosen, tuple(name for name in names if name != chosen)


def _crs(found: Any, shapes: Any, form: str, options: ImportOptions) -> Any:
    if options.crs:
        return crs_of(options.crs)
    remedy = 'crs="EPSG:27700"' if form == FRAME else "--crs EPSG:27700, or the field for it on the page"
    if found is None:
        hint = " (a Shapefile names it in its .prj part)" if form == "Shapefile" else ""
        raise CityError(
            f"{_called(form)} names no coordinate reference system{hint}: say which it is, for example "
            f"EPSG:27700 in Great Britain ({remedy})."
        )
    bounds = _bounds(shapes)
    is_far = (np.abs(bounds) > [361.0, 90.01] * 2).any() and (np.abs(bounds) > [90.01, 361.0] * 2).any()
    if found.is_geographic and np.isfinite(bounds).all() and is_far:
        raise CityError(
            f"{_called(form)} says longitude and latitude, but its coordinates reach {bounds[2]:.0f}, "
            f"{bounds[3]:.0f}: say in which system they are ({remedy})."
        )
    check_description(found.to_wkt())
    return checked_plan(found)


def _survey(
    shapes: Any,
    columns: dict[str, Sequence[Any]],
    found: Any,
    form: str,
    layer: str | None,
    others: tuple[str, ...],
    options: ImportOptions,
) -> Survey:
    """Make a survey of shapes (n,) and columns in the system ``found`` in the file, or that which the person names."""
    count = len(shapes)
    crs = _crs(found, shapes, form, options)
    shapes = polygons_in_collections(shapes)
    order = axis_order(_bounds(shapes), crs, options.axis_order, None)
    shapes = _turned(shapes) if order.north_first else shapes
    facts = UnitFacts(options.height_unit, crs, lambda: _middle_deg(shapes, crs))
    table = HeightTable(columns, count, facts)
    heights = read_heights(table, count, options.height_column)
    built = _built(columns, count)
    shapes = areas_of_closed_lines(shapes, built)
    kinds, words = _kinds(shapes, columns, built)
    solids = solids_of(shapes, heights.are_missing)
    if np.isfinite(solids.range_z).any() and not options.height_column:
        unit = unit_of(facts, solids.range_z, table.storeys)
        stands_m = np.where(solids.range_z * unit.metres > FLAT_M, solids.range_z * unit.metres, np.nan)
        heights = heights.filled(Found(stands_m, "range of z of the shapes", unit))
    whole = assemble(shapely.force_2d(solids.shapes), kinds, _tagged_as(PART_TAGS, columns, count), heights.height_m)
    heights = heights.of_parts(whole.outline_of, whole.unknown)
    survey = Survey(
        shapes=whole.shapes,
        kinds=whole.kinds,
        height_m=heights.height_m,
        base_m=heights.base_m,
        owners=whole.outline_of,
        names=_names(columns, whole.outline_of),
        widths_m=_road_widths(columns, count),
        crs=crs,
        form=form,
        height_source=heights.source,
        number_columns=heights.number_columns,
        layer=layer if form in ("GeoPackage", "OpenStreetMap") else None,
        other_layers=others,
        attribution=_attribution(columns),
        other_words=words,
        readings=[
            system_reading(crs, options),
            *heights.all_readings(whole.kinds == BUILDING, whole.outline_of, options.height_column),
            *whole.readings,
            *_layer_reading(layer, others, options),
        ],
        warnings=list(heights.warnings),
    )
    order.note_in(survey)
    if solids.flat:
        survey.notes.append(
            f"z of {solids.flat:,} shapes is no height of a building: they are flat, or lie on the terrain."
        )
    return survey


def _bounds(shapes: Any) -> Any:
    there = shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
    return shapely.total_bounds(there) if len(there) else np.full(4, np.nan)


def _turned(shapes: Any) -> Any:
    """Exchange the first and the second coordinate of every corner."""
    return shapely.transform(shapes, lambda corners: corners[:, [1, 0, 2]], include_z=True)


def _middle_deg(shapes: Any, crs: Any) -> tuple[float, float] | None:
    """Return longitude and latitude of the middle of shapes, None where that is nowhere."""
    place = lonlat_of(_bounds(shapes), plan_of(crs))
    return place if np.isfinite(place).all() else None


def _layer_reading(layer: str | None, others: tuple[str, ...], options: ImportOptions) -> list[Reading]:
    if layer is None or not others:
        return []
    return [Reading(LAYER, layer, "chosen by you" if options.layer else f"the likeliest of {1 + len(others)}")]


def _kinds(shapes: Any, columns: dict[str, Sequence[Any]], built: Any) -> tuple[Any, dict[str, int]]:
    """Sort the shapes: without tags (``built`` is None) every polygon is a building, with tags only those tagged."""
    count = len(shapes)
    flat = np.isin(shapely.get_type_id(shapes), POLYGON_TYPES)
    kinds = np.where(flat & (built if built is not None else True), BUILDING, OTHER)
    unbuilt = ~built if built is not None else np.ones(count, dtype=bool)
    for tags, kind in ((WATER_TAGS, WATER), (PARK_TAGS, PARK)):
        tagged = _tagged(columns, tags, count)
        kinds = np.where(flat & tagged & (unbuilt if built is not None else tagged), kind, kinds)
    roads = np.isin(shapely.get_type_id(shapes), (1, 5)) & (_road_widths(columns, count) > 0.0)
    kinds = np.where(roads, ROAD, kinds)
    bridges = (kinds == BUILDING) & _is_bridge(columns, count)
    kinds = np.where(bridges, OTHER, kinds)
    empty = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    other = kinds == OTHER
    words = {
        "without a shape, or with one of too few points": int((other & empty).sum()),
        "points or lines, no polygons": int((other & ~empty & ~flat).sum()),
        "bridges or piers": int(bridges.sum()),
        "polygons that are not tagged as buildings": int((other & ~empty & flat & ~bridges).sum()),
    }
    return kinds.astype(np.int64), {word: number for word, number in words.items() if number}


def _built(columns: dict[str, Sequence[Any]], count: int) -> Any:
    """Return which rows are tagged as a building or a part of one; None where the file has no such tag."""
    built = _tagged_as((BUILDING_TAG, *PART_TAGS), columns, count)
    return built if built.any() else None


def _tagged_as(names: Sequence[str], columns: dict[str, Sequence[Any]], count: int) -> Any:
    """Return which rows (n,) have one of the tags with a value that does not deny it."""
    found = np.zeros(count, dtype=bool)
    for name in names:
        if name in columns:
            found |= _each(columns[name], lambda text: text.lower() not in NOT_BUILT)
    return found


def _tagged(columns: dict[str, Sequence[Any]], tags: dict[str, tuple[str, ...]], count: int) -> Any:
    found = np.zeros(count, dtype=bool)
    for name, values in tags.items():
        if name in columns:
            found |= _each(columns[name], values.__contains__)
    return found


def _is_bridge(columns: dict[str, Sequence[Any]], count: int) -> Any:
    found = np.zeros(count, dtype=bool)
    for name in ("kind", "building", "man_made"):
        if name in columns:
            found |= _each(columns[name], lambda text: any(word in text.lower() for word in BRIDGE_WORDS))
    return found


def _each(values: Sequence[Any], test: Callable[[str], bool]) -> Any:
    """Test the texts of a column, each distinct one once."""
    texts = [_text(value) for value in values]
    answers = {text: test(text) for text in set(texts)}
    return np.array([answers[text] for text in texts])


def _road_widths(columns: dict[str, Sequence[Any]], count: int) -> Any:
    if "highway" not in columns:
        return np.zeros(count)
    usual = np.array([ROAD_WIDTH_M.get(_text(value).removesuffix("_link"), 0.0) for value in columns["highway"]])
    given = np.array([parse_height_m(value) for value in columns.get("width", [None] * count)])
    return np.where((usual > 0.0) & (given > 0.0) & (given < 100.0), given, usual)


def _names(columns: dict[str, Sequence[Any]], outline_of: Any) -> list[str | None]:
    """Return the name of each row; parts of buildings have that of their outline, ``outline_of`` (n,), where it has."""
    values = columns.get("name", columns.get("NAME"))
    if values is None:
        return [None] * len(outline_of)
    names = [_text(value)[:40] or None for value in values]
    return [names[outline] or name for outline, name in zip(outline_of.tolist(), names, strict=True)]


def _attribution(columns: dict[str, Sequence[Any]]) -> str:
    for name in ("attribution", "licence", "license", "copyright"):
        for value in columns.get(name, ())[:100]:
            if _text(value):
                return _text(value)[:200]
    return ""


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else "" if value is None or value != value else str(value)
