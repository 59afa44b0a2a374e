"""The city: buildings, river, parks in local metres, and who sees whom between the buildings."""

from itnt_core.city.finding import find_city
from itnt_core.city.library import list_cities, read_city_folder
from itnt_core.city.london.generator import generate_london
from itnt_core.city.model import City, CityError, pack_polygons
from itnt_core.city.registry import CITY_KINDS, build_city, city_of_scenario

__all__ = [
    "CITY_KINDS",
    "City",
    "CityError",
    "build_city",
    "city_of_scenario",
    "find_city",
    "generate_london",
    "list_cities",
    "pack_polygons",
    "read_city_folder",
]
