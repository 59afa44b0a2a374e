"""The command ``city``: import, list and export cities from the command line."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from itnt_core.city import (
    AXIS_ORDERS,
    UNITS_M,
    City,
    CityError,
    ImportOptions,
    ImportReport,
    build_city,
    city_cityjson,
    city_file,
    city_geojson,
    city_geopackage,
    city_of_scenario,
    find_city,
    import_apart,
    library_folder,
    list_cities,
    on_city,
    read_city_folder,
    report_data,
    report_of,
    stored_report,
    write_city_folder,
)
from itnt_core.runs import cache_folder
from itnt_core.scenario import Area, Scenario, read_scenario, scenario_of_data
from itnt_core.words import report_lines

from .paths import CITY_MARKS, add_output, input_path, write_output
from .sources import SCENARIO_SUFFIXES

PRINTED = ("buildings", "repaired", "height_estimated", "left_out", "crs", "height_source", "warnings")


def add_commands(commands: Any) -> None:
    """Add ``city`` to the command line."""
    city = commands.add_parser("city", help="real cities: import, list, export")
    actions = city.add_subparsers(required=True, metavar="ACTION")
    new = actions.add_parser(
        "import",
        help="read buildings from a file; the last line of output is one JSON object",
        epilog="Reads GeoJSON, GeoPackage, Shapefile (zip), CityJSON, FlatGeobuf, OpenStreetMap and city files. "
        "What is decided by which rule: docs/city-files.md.",
    )
    new.add_argument("file", type=input_path)
    new.add_argument("--height-column", metavar="NAME", help="the column with heights above ground")
    new.add_argument("--height-unit", choices=list(UNITS_M), help="of heights without a unit and of z; default: found")
    new.add_argument("--layer", metavar="NAME", help="the layer of a file with several")
    new.add_argument("--crs", metavar="CODE", help="the coordinate reference system, where the file says none")
    new.add_argument("--encoding", metavar="NAME", help="of names in the file, such as cp1252, where it says another")
    new.add_argument(
        "--axis-order", choices=list(AXIS_ORDERS), help="en: east (longitude) first, ne: north (latitude) first"
    )
    new.add_argument("--anchor", metavar="LON,LAT", type=_anchor, help="middle of the square to cut out")
    new.add_argument("--size", metavar="M", type=float, help="side of the square to cut out, metres")
    new.add_argument("--name", metavar="TEXT", help="default: the name of the file")
    add_output(new, marks=CITY_MARKS)
    new.set_defaults(command=_import)
    known = actions.add_parser("list", help="list the stored cities")
    known.set_defaults(command=_list)
    export = actions.add_parser(
        "export",
        help="write a city as GeoJSON (.geojson), GeoPackage (.gpkg), CityJSON 2.0 (.json) or city file (.zip)",
        epilog="CITY is a folder, a content hash, a name, a scenario file, 'london' or 'open'.",
    )
    export.add_argument("city", metavar="CITY")
    add_output(export)
    export.set_defaults(command=_export)


def with_city(scenario: Scenario, city: str | None) -> Scenario:
    """Return a scenario moved onto an imported city, which is stored if it is a folder, and checked (ScenarioError)."""
    if city is None:
        return scenario
    found = find_city(city, library_folder())
    return scenario_of_data(on_city(scenario, found).model_dump(mode="json"))


def _anchor(text: str) -> tuple[float, float]:
    try:
        lon, lat = (float(part) for part in text.split(","))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"'{text}' is not LON,LAT such as -0.09,51.51") from error
    return lon, lat


def _import(options: argparse.Namespace) -> int:
    wanted = ImportOptions(
        height_column=options.height_column,
        height_unit=options.height_unit,
        layer=options.layer,
        crs=options.crs,
        anchor=options.anchor,
        size_m=options.size,
        name=options.name,
        encoding=options.encoding,
        axis_order=options.axis_order,
    )
    library = library_folder()
    digest = ""
    for event in import_apart(options.file, wanted, library):
        if "words" in event:
            _print_progress(event["share"], event["words"])
        digest = event.get("content_hash", digest)
    stored = read_city_folder(library / digest)
    city, report = stored.city, stored.report
    if report is None:
        raise CityError("The report of the import was lost: import the file again.")
    write_city_folder(options.output, city, report)
    for line in report_lines(report):
        print(line)
    data = report_data(report)
    chosen = {name: data[name] for name in PRINTED}
    print(json.dumps({**chosen, "content_hash": digest, "path": str(options.output), "prisms": city.building_count}))
    return 0


def _print_progress(share: float, words: str) -> None:
    print(f"{share:5.0%} {words}", file=sys.stderr)


def _list(options: argparse.Namespace) -> int:
    del options
    cards = list_cities(library_folder())
    for card in cards:
        count = f"{card.report.buildings:,} buildings from {card.report.source}" if card.report else "no report"
        print(f"{card.content_hash}  {card.name}: {card.size_m:g} m around {card.lat:g}, {card.lon:g}; {count}")
    if not cards:
        print("No city is stored yet: import one with `city import FILE -o DIR`.")
    return 0


def _export(options: argparse.Namespace) -> int:
    city, report = _city_named(options.city)
    suffix = options.output.suffix.lower()
    if suffix == ".geojson":
        content = city_geojson(city).encode()
    elif suffix == ".gpkg":
        content = city_geopackage(city)
    elif suffix == ".json":
        content = city_cityjson(city).encode()
    elif suffix == ".zip":
        content = city_file(city, report or report_of(city, city.name, "ITNT Studio"))
    else:
        endings = ".geojson, .gpkg, .json (CityJSON) or .zip (city file)"
        raise CityError(f"The file '{options.output.name}' must end in {endings}.")
    write_output(options.output, content)
    print(json.dumps({"path": str(options.output), "prisms": city.building_count, "bytes": len(content)}))
    return 0


def _city_named(name: str) -> tuple[City, ImportReport | None]:
    """Return a city by folder, hash, name, scenario file or kind, with the report of its import if there is one."""
    cache = cache_folder()
    path = Path(name)
    if name in ("london", "open"):
        area = Area()
        return build_city(name, area.lon, area.lat, area.size_m, 1, cache), None
    if path.is_file() and path.suffix.lower() in SCENARIO_SUFFIXES:
        return city_of_scenario(read_scenario(path), cache), None
    city = find_city(name, library_folder(cache))
    digest = city.content_hash()
    stored = (library_folder(cache) / digest).is_dir()
    return city, stored_report(digest, library_folder(cache)) if stored else None
