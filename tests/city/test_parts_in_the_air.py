"""Parts of buildings that begin above the ground: read, seen under, kept by every file, drawn where they are."""

import json

import numpy as np
import pytest
import shapely

from itnt_core.city import city_cityjson, city_geojson, city_geopackage, skyline
from itnt_core.city.files.importing import city_of_frame, import_city
from itnt_core.city.library import city_file, read_city_folder, seen_from, write_city_folder
from itnt_core.city.model import CityError
from itnt_core.mapdata import unpack
from itnt_core.mapdata.scene import scene_bundle
from itnt_core.raytracing.scene import building_mesh
from itnt_core.scenario import Area
from tests.city.judge import Oracle, city_of
from tests.city.made_files import box, features, frame, square

GATE = [shapely.box(0, 0, 20, 10), shapely.box(20, 0, 40, 10), shapely.box(40, 0, 60, 10)]  # two towers and a bridge

ACROSS = np.array([0.0, 90.0, 0.0])


def gate():
    return city_of(GATE, [50.0, 50.0, 50.0], [0.0, 30.0, 0.0])


def test_sight_passes_under_a_part_in_the_air_and_not_through_it():
    city = gate()
    start = np.array([[30.0, -40.0, z] for z in (1.5, 29.9, 30.1, 49.9, 50.1)])
    end = start + ACROSS
    assert city.line_of_sight(start, end).tolist() == [True, True, False, False, True]
    through = start - [20.0, 0.0, 0.0]
    assert city.line_of_sight(through, through + ACROSS).tolist() == [False] * 4 + [True]


def test_an_upright_ray_under_it_is_free_to_its_underside():
    below, above = np.array([[30.0, 5.0, 1.0]] * 3), np.array([[30.0, 5.0, z] for z in (29.0, 30.0, 31.0)])
    assert gate().line_of_sight(below, above).tolist() == [True, True, False]


def test_touching_an_underside_is_touching():
    city = gate()
    start, end = np.array([[30.0, -40.0, 30.0]]), np.array([[30.0, 50.0, 30.0]])
    assert city.line_of_sight(start, end).tolist() == [True]


@pytest.mark.parametrize("seed", range(4))
def test_random_rays_agree_with_shapely(seed):
    random = np.random.default_rng(seed)
    corners = random.uniform(-200.0, 200.0, (60, 2))
    shapes = [
        shapely.affinity.rotate(shapely.box(*at, *(at + random.uniform(5, 60, 2))), random.uniform(0, 90))
        for at in corners
    ]
    roofs = random.uniform(10.0, 80.0, 60)
    bases = np.where(random.random(60) < 0.6, roofs * random.uniform(0.1, 0.9, 60), 0.0)
    city = city_of(shapes, roofs, bases)
    start, end = random.uniform([-250, -250, 0], [250, 250, 90], (2, 1_500, 3))
    end[:200, :2] = start[:200, :2]
    start[200:400, 2] = end[200:400, 2]
    clear = city.line_of_sight(start, end)
    assert (clear == Oracle(city).clear(start, end)).all() and 0.05 < clear.mean() < 0.95
    assert (clear | ~city_of(shapes, roofs).line_of_sight(start, end)).all()  # what is lifted hides no more than before


def test_ground_under_it_is_free_its_roof_is_its_roof_and_the_skyline_takes_it_down_to_the_ground():
    city = gate()
    assert city.is_free_ground([[10.0, 5.0], [30.0, 5.0], [30.0, 40.0]]).tolist() == [False, True, True]
    assert city.roof_m([[30.0, 5.0]]).tolist() == [50.0]
    standing = city_of(GATE, [50.0, 50.0, 50.0])
    assert skyline(city, 30.0, -40.0).elevation_deg == pytest.approx(skyline(standing, 30.0, -40.0).elevation_deg)


@pytest.mark.parametrize(
    ("tags", "base"),
    [
        ({"min_height": "20"}, 20.0),
        ({"min_height": "20 m"}, 20.0),
        ({"building:min_height": 20}, 20.0),
        ({"building:min_level": "4"}, 12.8),
        ({"min_level": 4}, 12.8),
        ({"min_height": "66 ft"}, 20.12),
    ],
)
def test_a_part_keeps_where_it_begins_however_it_is_written(tags, base, tmp_path):
    (tmp_path / "a.json").write_text(features((box(), {"building:part": "yes", "height": 30, **tags})))
    city, report = import_city(tmp_path / "a.json")
    assert city.roof_heights_m.tolist() == [30.0] and city.base_heights_m == pytest.approx([base], abs=0.006)
    assert report.reasons == {"kept: parts that begin above the ground, on others or in the air": 1}


def test_parts_on_one_plan_stack_and_none_is_taken_for_the_other_given_twice(tmp_path):
    outline = (box(), {"building": "yes", "height": 60})
    levels = [(0, 10), (10, 40), (50, 60), (50, 60)]
    parts = [(box(), {"building:part": "yes", "min_height": low, "height": high}) for low, high in levels]
    (tmp_path / "a.json").write_text(features(outline, *parts))
    city, report = import_city(tmp_path / "a.json")
    assert sorted(zip(city.base_heights_m, city.roof_heights_m, strict=True)) == [(0, 10), (10, 40), (50, 60)]
    assert report.buildings == 1 and report.reasons["left out: buildings given twice"] == 1
    level = np.array([[-90.0, 0.0, z] for z in (5.0, 30.0, 45.0, 55.0)])
    assert city.line_of_sight(level, level + np.array([180.0, 0.0, 0.0])).tolist() == [False, False, True, False]


def test_a_part_that_ends_below_where_it_begins_has_its_own_height_and_is_counted():
    table = frame([square(), square(60), square(120)], height=[10.0, None, 8.0], min_height=[15.0, 20.0, None])
    city, report = city_of_frame(table)
    words = "changed: parts that end below where they begin, so their height was taken for their own"
    assert report.reasons[words] == 1
    assert city.base_heights_m.tolist() == [15.0, 20.0, 0.0] and city.roof_heights_m.tolist()[::2] == [25.0, 8.0]
    assert city.roof_heights_m[1] == pytest.approx(23.2)  # a storey at least, where its height is estimated


def test_a_city_keeps_them_in_its_folder_its_file_and_seen_from_elsewhere(tmp_path):
    city, report = city_of_frame(frame([square(), square(60)], height=[30.0, 9.0], min_height=[20.0, 0.0]))
    write_city_folder(tmp_path / "city", city, report)
    assert read_city_folder(tmp_path / "city").city.base_heights_m.tolist() == [20.0, 0.0]
    (tmp_path / "a.city.zip").write_bytes(city_file(city, report))
    assert import_city(tmp_path / "a.city.zip")[0].content_hash() == city.content_hash()
    assert seen_from(city, city.lon, city.lat + 0.0001, city.size_m).base_heights_m.tolist() == [20.0, 0.0]


def test_the_beginning_counts_in_the_hash_and_a_city_on_the_ground_has_the_hash_of_before():
    plain = city_of(GATE, [50.0, 50.0, 50.0])
    assert plain.content_hash() == "e84cbf6867072f8f5337b4061f4906b679a3a264c05f51d57373d245cef3de15"
    assert gate().content_hash() != plain.content_hash()
    assert "base_m" not in plain.buildings() and gate().buildings()["base_m"].tolist() == [0.0, 30.0, 0.0]


def test_geojson_and_geopackage_carry_them_and_cityjson_has_its_solids_where_they_are(tmp_path):
    city, _ = city_of_frame(frame([square(), square(60)], height=[30.0, 9.0], min_height=[20.0, 0.0]))
    (tmp_path / "a.geojson").write_text(city_geojson(city))
    (tmp_path / "a.gpkg").write_bytes(city_geopackage(city))
    for name in ("a.geojson", "a.gpkg"):
        again, _ = import_city(tmp_path / name)
        assert again.base_heights_m.tolist() == [20.0, 0.0] and again.roof_heights_m.tolist() == [30.0, 9.0]
    data = json.loads(city_cityjson(city))
    up = np.array(data["vertices"])[:, 2] * data["transform"]["scale"][2]
    assert sorted(set(up)) == pytest.approx([0.0, 9.0, 20.0, 30.0])
    assert "min_height" not in city_geojson(city_of(GATE, [50.0, 50.0, 50.0]))


def test_the_map_draws_them_where_they_are():
    city = gate()
    _, arrays = unpack(scene_bundle(city, Area(lon=0.0, lat=51.5, size_m=1_000.0)))
    assert arrays["building_bases"].tolist() == [0.0, 30.0, 0.0]
    assert arrays["building_heights"].tolist() == [50.0] * 3


def test_the_mesh_for_ray_tracing_is_closed_below_them():
    vertices, faces = building_mesh(gate())
    corners = vertices[faces]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    down = normals[:, 2] < 0.0
    assert (corners[down][:, :, 2] == 30.0).all()
    assert np.abs(normals[down][:, 2]).sum() / 2.0 == pytest.approx(GATE[1].area)


@pytest.mark.parametrize("base", [-1.0, 50.0, float("nan")])
def test_a_beginning_that_cannot_be_is_refused(base):
    with pytest.raises(CityError, match="begin"):
        city_of(GATE, [50.0] * 3, [0.0, base, 0.0])
    with pytest.raises(CityError, match="beginning for each"):
        city_of(GATE, [50.0] * 3, [0.0])
