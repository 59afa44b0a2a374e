"""The city: buildings, river, parks in local metres, and who sees whom between the buildings."""

from itnt_core.city.london import generate_london
from itnt_core.city.model import City, CityError, pack_polygons
from itnt_core.city.registry import CITY_KINDS, load_city

__all__ = ["CITY_KINDS", "City", "CityError", "generate_london", "load_city", "pack_polygons"]
