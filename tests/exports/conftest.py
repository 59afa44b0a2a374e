"""Two answers to export: over London with satellites of SGP4 that hand over, and over an imported city in EPSG:2056."""

import geopandas
import pytest
import shapely

from itnt_core import on_city
from itnt_core.city import ImportOptions, city_of_frame, library_folder, store_city
from itnt_core.exports import ExportSource
from itnt_core.methods import optimise, quiet
from tests.network.handing_over import handing_over

OWN_CRS = {"london": "EPSG:27700", "zurich": "EPSG:2056"}


def answered(scenario, cache):
    return ExportSource(scenario, optimise(scenario, "straight", 1, {}, quiet, cache), cache)


@pytest.fixture(scope="session")
def london(tiny_scenario, city_cache):
    return answered(handing_over(tiny_scenario), city_cache)


@pytest.fixture(scope="session")
def zurich(tiny_scenario, city_cache):
    shapes = [
        shapely.box(x, y, x + 18, y + 25) for x in range(2682800, 2683300, 60) for y in range(1247300, 1247800, 60)
    ]
    heights = [8.0 + number % 30 for number in range(len(shapes))]
    frame = geopandas.GeoDataFrame({"hoehe": heights}, geometry=shapes, crs="EPSG:2056")
    city, report = city_of_frame(frame, ImportOptions(height_column="hoehe", name="Zurich"))
    store_city(city, report, library_folder(city_cache))
    return answered(on_city(tiny_scenario, city), city_cache)


@pytest.fixture(params=list(OWN_CRS))
def place(request):
    """The name of a place; its source and its own coordinate reference system go by it."""
    return request.param


@pytest.fixture
def source(place, request):
    return request.getfixturevalue(place)


@pytest.fixture
def crs(place):
    return OWN_CRS[place]
