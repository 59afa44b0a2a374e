from .files.axes import AXIS_ORDERS
from .files.crs import crs_of
from .files.exporting import city_cityjson, city_frame, city_geojson, city_geopackage
from .files.formats import CITY_FORMATS, CityFormat, format_titles, register_city_format
from .files.height_units import UNITS_M
from .files.import_process import import_apart
from .files.importing import city_of_frame, report_data, report_of
from .files.survey import ImportOptions, ImportReport, Reading, Survey
from .files.uploads import MAP_SUFFIXES
from .finding import find_city
from .horizon import Skyline, skyline
from .indoors import ways_out_m
from .library import (
    CityCard,
    city_file,
    delete_city,
    keep_city_folder,
    library_folder,
    list_cities,
    read_city_folder,
    seen_from,
    store_city,
    stored_report,
    write_city_folder,
)
from .london.facts import FACTS_DIR
from .london.generator import generate_london
from .model import City, CityError, pack_polygons, unpack_polygons
from .movement import Movement, with_movement
from .moving import on_city
from .obstacles import Obstacles, obstacles_of
from .people import daytime_points
from .registry import CITY_KINDS, build_city, city_of_scenario
from .settle import needs_ground, settled

__all__ = [
    "AXIS_ORDERS",
    "CITY_FORMATS",
    "CITY_KINDS",
    "FACTS_DIR",
    "MAP_SUFFIXES",
    "UNITS_M",
    "City",
    "CityCard",
    "CityError",
    "CityFormat",
    "ImportOptions",
    "ImportReport",
    "Movement",
    "Obstacles",
    "Reading",
    "Skyline",
    "Survey",
    "build_city",
    "city_cityjson",
    "city_file",
    "city_frame",
    "city_geojson",
    "city_geopackage",
    "city_of_frame",
    "city_of_scenario",
    "crs_of",
    "daytime_points",
    "delete_city",
    "find_city",
    "format_titles",
    "generate_london",
    "import_apart",
    "keep_city_folder",
    "library_folder",
    "list_cities",
    "needs_ground",
    "obstacles_of",
    "on_city",
    "pack_polygons",
    "read_city_folder",
    "register_city_format",
    "report_data",
    "report_of",
    "seen_from",
    "settled",
    "skyline",
    "store_city",
    "stored_report",
    "unpack_polygons",
    "ways_out_m",
    "with_movement",
    "write_city_folder",
]
