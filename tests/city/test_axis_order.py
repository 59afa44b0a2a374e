"""Cities in degrees, and systems whose authority says latitude first, are placed by their coordinates."""

import itertools
import json

import numpy as np
import pytest
import shapely
from pyproj import CRS, Geod, Transformer

from itnt_core.city.files.crs import crs_label, crs_of
from itnt_core.city.files.importing import city_of_frame
from itnt_core.city.files.survey import ImportOptions
from itnt_core.city.model import CityError
from itnt_core.scenario.frame import local_to_lonlat
from tests.city.judge import footprints
from tests.city.made_boxes import Box, box_city
from tests.city.made_files import features, frame, square
from tests.city.test_importing import imported

DELFT, TOKYO, SYDNEY = (4.3571, 52.0116), (139.7671, 35.6812), (151.2093, -33.8688)
SIDE_DEG = (3e-4, 2e-4)
TALL = (15.0, 40.0, 8.0)


def boxes(place, tall=TALL):
    """Return three boxes in degrees and metres, in a row towards the east."""
    (lon, lat), (wide, deep) = place, SIDE_DEG
    return {
        str(k): Box((lon + 3 * wide * k, lat, 1.5), (lon + (3 * k + 1) * wide, lat + deep, 1.5 + top))
        for k, top in enumerate(tall)
    }


def order(report):
    return [(one.value, one.why) for one in report.readings if one.what == "Order of coordinates"]


def is_at(city, place):
    """Say whether footprints lie at the boxes of a place, with the area that the ellipsoid has there."""
    degrees = np.array(local_to_lonlat(*city.vertices_m.T, city.lon, city.lat))
    low = np.abs(degrees.min(axis=1) - place).max()
    corners = [box[:2] for one in boxes(place).values() for box in (one.low, one.high)]
    high = np.abs(degrees.max(axis=1) - np.max(corners, axis=0)).max()
    one = boxes(place)["0"]
    area_m2, _ = Geod(ellps="WGS84").geometry_area_perimeter(shapely.box(*one.low[:2], *one.high[:2]))
    return max(low, high) < 1e-6 and abs(footprints(city)[0].area / area_m2 - 1.0) < 3e-3


@pytest.mark.parametrize("place", [DELFT, TOKYO, SYDNEY])
@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:4979", "EPSG:4326+5773"])
@pytest.mark.parametrize("north_first", [False, True])
@pytest.mark.parametrize("semantics", [False, True])
def test_solids_in_degrees_lie_where_they_are_in_either_order(place, crs, north_first, semantics, tmp_path):
    content = box_city(boxes(place), crs, north_first=north_first, semantics=semantics)
    city, report = imported(content, tmp_path, "a.city.json")
    assert city.roof_heights_m.tolist() == list(TALL) and report.left_out == 0 and is_at(city, place)
    assert order(report)[0][0] == ("latitude, longitude" if north_first else "longitude, latitude")
    is_certain = max(abs(place[0]), abs(place[1])) > 90.0 or not north_first  # solids might be inside out as well
    assert bool(report.warnings) != is_certain


def test_a_system_of_one_continent_says_which_order_lies_in_it(tmp_path):
    for north_first in (False, True):
        content = box_city(boxes(DELFT), "EPSG:4258", north_first=north_first, kind="MultiSurface")
        city, report = imported(content, tmp_path, "a.city.json")
        assert is_at(city, DELFT) and "where this system is used" in order(report)[0][1]


def test_metres_with_the_northing_first_are_known_by_the_area_too(tmp_path):
    east, north = Transformer.from_crs("EPSG:4326", "EPSG:2180", always_xy=True).transform(21.0, 52.2)
    for north_first in (False, True):
        one = {"a": Box((east, north, 100.0), (east + 20.0, north + 10.0, 112.0))}
        city = imported(box_city(one, "EPSG:2180", north_first=north_first), tmp_path, "a.city.json")[0]
        assert (city.lon, city.lat) == pytest.approx((21.0, 52.2), abs=5e-4)
        assert city.roof_heights_m.tolist() == [12.0] and np.ptp(city.vertices_m[:, 0]) == pytest.approx(20.0, abs=0.5)


def test_what_nobody_can_know_is_doubted_and_chosen(tmp_path):
    flat = json.loads(box_city(boxes(DELFT), "EPSG:4326", kind="MultiSurface"))
    for thing in flat["CityObjects"].values():  # footprints alone
        thing["attributes"]["measuredHeight"] = 12.0
        thing["geometry"] = [{"type": "MultiSurface", "lod": "0", "boundaries": thing["geometry"][0]["boundaries"][:1]}]
    city, report = imported(flat, tmp_path, "a.city.json")
    assert is_at(city, DELFT) and "latitude 4.358" in report.warnings[0] and "--axis-order ne" in report.warnings[0]
    turned, report = imported(flat, tmp_path, "a.city.json", axis_order="ne")
    assert (turned.lon, turned.lat) == pytest.approx((city.lat, city.lon), abs=1e-4) and not report.warnings
    assert order(report) == [("latitude, longitude", "chosen by you")]
    assert not imported(flat, tmp_path, "a.city.json", crs="OGC:CRS84")[1].warnings
    with pytest.raises(CityError, match="'en' or 'ne' is needed"):
        imported(flat, tmp_path, "a.city.json", axis_order="xy")


def test_geojson_with_latitude_first_is_turned_where_longitude_cannot_be_first(tmp_path):
    lon, lat = TOKYO
    rings = [[[lat + y, lon + x] for x, y in shapely.box(k, 0, k + 2e-4, 2e-4).exterior.coords] for k in (0.0, 5e-4)]
    city, report = imported(features(*((ring, {"height": 9}) for ring in rings)), tmp_path)
    assert (city.lon, city.lat) == pytest.approx((lon, lat), abs=1e-3)
    assert order(report)[0][0] == "latitude, longitude"
    city, report = imported(features((rings[0], {"height": 9})), tmp_path, axis_order="ne")
    assert (city.lon, city.lat) == pytest.approx((lon, lat), abs=1e-3)


def test_3d_shapes_in_degrees_have_heights_in_metres_and_their_own_ground(tmp_path):
    one = boxes(DELFT)["1"]
    plan = shapely.box(*one.low[:2], *one.high[:2])
    walls = [shapely.Polygon([(*a, 1.5), (*b, 1.5), (*b, 41.5), (*a, 41.5)]) for a, b in _edges(plan)]
    solid = shapely.MultiPolygon([shapely.force_3d(plan, 1.5), shapely.force_3d(plan, 41.5), *walls])
    area_m2 = abs(Geod(ellps="WGS84").geometry_area_perimeter(plan)[0])
    for crs in ("EPSG:4326", "EPSG:4979"):
        city, report = city_of_frame(frame([solid], crs, use=["a"]))
        assert city.roof_heights_m.tolist() == [40.0] and report.height_source == "range of z of the shapes"
        assert footprints(city)[0].area == pytest.approx(area_m2, rel=3e-3)
    path = tmp_path / "solid.geojson"
    frame([solid], "EPSG:4326", use=["a"]).to_file(path, driver="GeoJSON", engine="pyogrio")
    assert imported(path.read_text(), tmp_path)[0].roof_heights_m.tolist() == [40.0]


def _edges(plan):
    corners = list(plan.exterior.coords)
    return itertools.pairwise(corners)


COMPOUNDS = {
    "EPSG:28992+5709": "EPSG:7415",
    "EPSG:28992+EPSG:5709": "EPSG:7415",
    "[EPSG:7415]": "EPSG:7415",
    "urn:ogc:def:crs,crs:EPSG::28992,crs:EPSG::5709": "EPSG:7415",
    "urn:ogc:def:crs,crs:EPSG:6.12:3068,crs:EPSG:6.12:5783": "EPSG:3068+5783",
    "https://www.opengis.net/def/crs/EPSG/0/28992+5709": "EPSG:7415",
    "http://www.opengis.net/def/crs-compound?1=http://www.opengis.net/def/crs/EPSG/0/28992"
    "&2=http://www.opengis.net/def/crs/EPSG/0/5709": "EPSG:7415",
    "urn:ogc:def:crs,crs:EPSG::2263,crs:EPSG::6360": "EPSG:8767",
    "urn:ogc:def:crs:OGC:1.3:CRS84": "OGC:CRS84",
    "http://www.opengis.net/def/crs/OGC/0/CRS84h": "OGC:CRS84h",
}


@pytest.mark.parametrize("name", COMPOUNDS)
def test_compound_systems_are_known_as_code_urn_and_address(name):
    crs = crs_of(name)
    assert crs_label(crs) == COMPOUNDS[name] and crs.equals(CRS(COMPOUNDS[name]))


def test_a_city_in_a_compound_system_is_read_under_each_name(tmp_path):
    east, north = Transformer.from_crs("EPSG:4326", "EPSG:28992", always_xy=True).transform(*DELFT)
    one = {"a": Box((east, north, -1.0), (east + 20.0, north + 10.0, 11.0))}
    found = [imported(box_city(one, name), tmp_path, "a.city.json") for name in COMPOUNDS if "28992" in name]
    assert len({city.content_hash() for city, _ in found}) == 1
    assert found[0][0].roof_heights_m.tolist() == [12.0] and found[0][1].crs == "EPSG:7415"
    assert (found[0][0].lon, found[0][0].lat) == pytest.approx(DELFT, abs=5e-4)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("EPSG:6360", "says heights alone: give one of a plan"),
        ("EPSG:4978", "measures from the middle of the Earth"),
        ("EPSG:6360+2263", "is not known"),
        (
            "http://www.opengis.net/def/crs-compound?1=file:///etc/passwd&2=http://www.opengis.net/def/crs/EPSG/0/1",
            "known",
        ),
        ("urn:ogc:def:crs,crs:EPSG::2263", "is not known"),
    ],
)
def test_a_system_without_a_plan_is_refused_in_a_sentence(name, sentence):
    with pytest.raises(CityError, match=sentence):
        city_of_frame(frame([shapely.box(0, 0, 1, 1)], None), ImportOptions(crs=name))


def test_a_city_outside_the_area_of_its_system_is_doubted():
    table = frame([square(40 * k) for k in range(3)], height=[10.0, 11.0, 12.0])
    assert city_of_frame(table)[1].warnings == ()
    _, report = city_of_frame(table.set_crs("EPSG:2056", allow_override=True))
    (doubt,) = report.warnings
    assert "but 'CH1903+ / LV95' is used from 45.82 to 47.81 and 5.96 to 10.49 degrees" in doubt
