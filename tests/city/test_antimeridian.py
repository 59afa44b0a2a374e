"""A city across 180°, where longitudes jump from 180 to -180, is as near to itself as any other."""

import json

import numpy as np
import pytest
import shapely
from pyproj import Geod

from itnt_core.city import city_geojson
from itnt_core.city.files.importing import city_of_frame, import_city
from itnt_core.city.files.survey import ImportOptions
from tests.city.judge import footprints
from tests.city.made_files import features, frame, polygon

LAT, SIDE = -16.8, 0.0002
LONS = [179.998 + 0.0005 * k for k in range(8)]  # the last four lie beyond 180
GEOD = Geod(ellps="WGS84")


def wrapped(lon):
    return lon - 360.0 if lon > 180.0 else lon


def ring(lon, turn=wrapped):
    plan = [(lon, LAT), (lon + SIDE, LAT), (lon + SIDE, LAT + SIDE), (lon, LAT + SIDE), (lon, LAT)]
    return [[turn(x), y] for x, y in plan]


def imported(text, tmp_path, **options):
    (tmp_path / "a.geojson").write_text(text)
    return import_city(tmp_path / "a.geojson", ImportOptions(**options))


@pytest.mark.parametrize(
    "turn", [wrapped, float, lambda lon: lon - 360.0], ids=["as written", "on and on", "from -180"]
)
def test_buildings_on_both_sides_are_one_city_with_the_distances_of_the_globe(turn, tmp_path):
    content = features(*((ring(lon, turn), {"height": 10.0 + k}) for k, lon in enumerate(LONS)))
    city, report = imported(content, tmp_path)
    assert (report.buildings, report.left_out, report.notes) == (8, 0, ())
    assert city.roof_heights_m.tolist() == [10.0 + k for k in range(8)] and abs(city.lon) <= 180.0 and city.size_m < 500
    middles = shapely.get_coordinates(shapely.centroid(footprints(city)))
    apart = np.hypot(*(middles[1:] - middles[0]).T)
    true = [GEOD.inv(LONS[0], LAT + SIDE / 2, lon, LAT + SIDE / 2)[2] for lon in LONS[1:]]
    assert apart == pytest.approx(true, rel=2e-3)


def test_a_building_across_the_line_is_whole_however_it_is_written(tmp_path):
    whole = abs(GEOD.geometry_area_perimeter(shapely.Polygon(ring(179.9999, float)))[0])
    west, east = shapely.box(179.9999, LAT, 180.0, LAT + SIDE), shapely.box(-180.0, LAT, -179.9999, LAT + SIDE)
    split = {
        "type": "MultiPolygon",
        "coordinates": [polygon(list(one.exterior.coords))["coordinates"] for one in (west, east)],
    }
    for shape in (ring(179.9999), split):  # as many write it, and as RFC 7946 wants it
        city, report = imported(features((shape, {"height": 9}), (ring(LONS[0]), {"height": 4})), tmp_path)
        assert (report.buildings, report.left_out) == (2, 0)
        assert shapely.area(footprints(city))[city.roof_heights_m == 9.0].sum() == pytest.approx(whole, rel=3e-3)


def test_a_projected_file_and_a_chosen_square_reach_across_too(tmp_path):
    shapes = [shapely.box(x, -1_900_000.0, x + 20.0, -1_899_980.0) for x in (-300.0, -100.0, 100.0, 300.0)]
    table = frame(shapes, crs="EPSG:3832", height=[5.0] * 4).set_crs("EPSG:3832")  # its middle is 150° E
    table.geometry = table.translate(xoff=30.0 * 111_319.49)
    city, report = city_of_frame(table)
    assert (report.buildings, report.left_out) == (4, 0) and city.size_m < 1_000.0
    cut, report = city_of_frame(table, ImportOptions(anchor=(-179.9995, city.lat), size_m=1_000.0))
    assert cut.lon == -179.9995 and report.buildings == 4


def test_what_goes_out_across_the_line_comes_in_again(tmp_path):
    city, _ = imported(features(*((ring(lon), {"height": 5}) for lon in LONS)), tmp_path)
    again, report = imported(city_geojson(city), tmp_path)
    assert report.buildings == 8 and np.abs(again.vertices_m - city.vertices_m).max() < 0.011
    assert json.loads(city_geojson(city))["features"]


def test_a_city_elsewhere_is_left_as_it_is(tmp_path):
    plain = features(*((ring(lon - 170.0, float), {"height": 5}) for lon in LONS))
    city, _ = imported(plain, tmp_path)
    again, report = imported(plain, tmp_path, anchor=(city.lon, city.lat), size_m=city.size_m)
    assert report.buildings == 8 and again.content_hash() == city.content_hash()
