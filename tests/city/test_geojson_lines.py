"""GeoJSON one feature a line, as text sequences, as a single feature: the city that the collection gives."""

import json

import geopandas
import pytest

from itnt_core.city.files.importing import import_city
from itnt_core.city.model import CityError
from tests.city.made_files import box, features, frame, lines, polygon, square

HOUSES = [(box(0.001 * k), {"height": 5.0 + k, "confidence": -1.0}) for k in range(4)]


def imported(text, tmp_path, name="a.geojsonl"):
    (tmp_path / name).write_text(text, newline="")
    return import_city(tmp_path / name)


@pytest.mark.parametrize(
    "text",
    [
        lines(*HOUSES),
        lines(*HOUSES) + "\n",
        lines(*HOUSES).replace("\n", "\r\n"),
        lines(*HOUSES).replace("\n", "\n\n"),
        "\x1e" + lines(*HOUSES).replace("\n", "\n\x1e") + "\n",
        "\n".join(json.dumps(one, indent=1) for one in json.loads(features(*HOUSES))["features"]),
        features(*HOUSES[:2]) + "\n" + features(*HOUSES[2:]),
        "\ufeff" + lines(*HOUSES),
    ],
    ids=["lines", "ended", "Windows", "blank lines", "RFC 8142", "indented", "collections", "marked"],
)
def test_features_one_after_another_are_the_city_of_their_collection(text, tmp_path):
    whole, _ = imported(features(*HOUSES), tmp_path)
    city, report = imported(text, tmp_path)
    assert city.content_hash() == whole.content_hash() and report.left_out == 0 and report.form == "GeoJSON"


def test_a_sequence_that_gdal_wrote_is_read(tmp_path):
    table = frame([square(40 * k) for k in range(5)], height=[4.0, 5.0, 6.0, 7.0, 8.0]).to_crs("EPSG:4326")
    table.to_file(tmp_path / "a.geojsonl", driver="GeoJSONSeq", engine="pyogrio")
    city, report = import_city(tmp_path / "a.geojsonl")
    there = geopandas.read_file(tmp_path / "a.geojsonl")
    assert report.buildings == len(there) == 5 and sorted(city.roof_heights_m) == sorted(there["height"])


def test_a_height_below_zero_says_that_there_is_none(tmp_path):
    text = lines((box(), {"height": 5.5}), (box(0.001), {"height": -1}), (box(0.002), {"height": 12.2}))
    city, report = imported(text, tmp_path)
    assert report.buildings == 3 and report.height_estimated == 1
    assert [city.roof_heights_m[0], city.roof_heights_m[2]] == [5.5, 12.2]


def test_a_line_that_was_cut_off_costs_itself(tmp_path):
    _, report = imported(lines(*HOUSES)[:-20], tmp_path)
    assert (report.buildings, report.left_out) == (3, 1)
    assert report.reasons == {"left out: lines that are no JSON": 1}


def test_mostly_damage_is_no_sequence(tmp_path):
    with pytest.raises(CityError, match="damaged JSON"):
        imported(lines(*HOUSES[:2]) + "\n{]\n{]\n{]", tmp_path)


def test_a_single_feature_and_a_bare_shape_are_cities_of_one_building(tmp_path):
    one = json.loads(features(HOUSES[0]))["features"][0]
    city, _ = imported(json.dumps(one), tmp_path)
    bare, report = imported(json.dumps(polygon(box())), tmp_path)
    assert city.roof_heights_m.tolist() == [5.0] and city.vertices_m.tolist() == bare.vertices_m.tolist()
    assert report.height_source == "none"


def test_a_link_in_a_line_is_not_followed(tmp_path):
    one = json.loads(features(HOUSES[0]))["features"][0]
    linked = {**one, "crs": {"type": "link", "properties": {"href": "http://localhost/crs"}}}
    city, report = imported(json.dumps(linked) + "\n" + json.dumps(one), tmp_path)
    assert report.crs == "EPSG:4326" and city.building_count == 1


def test_commas_between_lines_cost_nothing(tmp_path):
    city, report = imported(lines(*HOUSES).replace("\n", ",\n"), tmp_path)
    assert city.roof_heights_m.tolist() == [5.0, 6.0, 7.0, 8.0] and report.left_out == 0 and not report.reasons


def test_a_collection_that_was_cut_off_is_no_sequence(tmp_path):
    whole = features(*HOUSES, crs={"type": "name", "properties": {"name": "EPSG:27700"}}).replace("}, {", "},\n{")
    with pytest.raises(CityError, match="is damaged JSON"):
        imported(whole[:-30], tmp_path)
