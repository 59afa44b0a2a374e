"""Files of buildings become cities: formats, systems of coordinates, heights, repairs, and everything counted."""

import json

import geopandas
import numpy as np
import pytest
import shapely

from itnt_core.city.files.crs import crs_of
from itnt_core.city.files.importing import city_of_frame, import_city
from itnt_core.city.files.survey import ImportOptions, Reading
from itnt_core.city.model import CityError
from itnt_core.scenario.frame import local_to_lonlat
from itnt_core.words import report_lines
from tests.city.judge import footprints
from tests.city.made_files import (
    BNG,
    LAT,
    LON,
    box,
    cityjson,
    cube,
    features,
    frame,
    polygon,
    square,
    write,
    zipped_shapefile,
)
from tests.shared import needs_shared, shared_file

WATERLOO = {"layer": "waterloo_tq3080_lidar_buildings"}


def imported(content, tmp_path, name="map.geojson", **options):
    path = tmp_path / name
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return import_city(path, ImportOptions(**options))


def same_place(city, shapes):
    """Say whether the city's footprints lie on shapes in EPSG:27700, converted by geopandas, within 2 cm."""
    degrees = geopandas.GeoSeries(shapes, crs="EPSG:27700").to_crs("EPSG:4326")
    ours = np.array(local_to_lonlat(*city.vertices_m.T, city.lon, city.lat))
    drawn = geopandas.GeoSeries(geopandas.points_from_xy(*ours, crs="EPSG:4326")).to_crs("EPSG:27700")
    corners = geopandas.GeoSeries(degrees.to_crs("EPSG:27700").union_all().boundary, crs="EPSG:27700")
    return float(drawn.distance(corners.iloc[0]).max()) < 0.02


@pytest.mark.parametrize("form", ["geojson", "gpkg", "fgb", "zip"])
@pytest.mark.parametrize("crs", ["EPSG:27700", "EPSG:32630", "EPSG:3857"])
def test_every_form_and_system_gives_the_same_city(form, crs, tmp_path):
    shapes = [square(), square(60, 10, 15), square(-40, 80, 30)]
    table = frame(shapes, height=[10.0, 20.5, 7.0]).to_crs(crs)
    path = zipped_shapefile(table, tmp_path) if form == "zip" else write(table, tmp_path / f"houses.{form}")
    city, report = import_city(path)
    assert (report.buildings, report.left_out, report.repaired, report.height_estimated) == (3, 0, 0, 0)
    assert sorted(city.roof_heights_m) == [7.0, 10.0, 20.5]
    assert report.crs == ("EPSG:4326" if form == "geojson" else crs)
    assert same_place(city, shapes)
    assert shapely.area(footprints(city)).sum() == pytest.approx(400 + 225 + 900, rel=2e-3)


def test_a_table_gives_the_city_that_its_file_gives(tmp_path):
    shapes = [square(), square(60, 10, 15), square(-40, 80, 30)]
    table = frame(shapes, height=[10.0, None, 7.0], name=["Town hall", None, None]).rename_geometry("footprint")
    city, report = city_of_frame(table, ImportOptions(name="Ours"))
    there, told = import_city(write(table, tmp_path / "houses.gpkg"))
    assert city.content_hash() == there.content_hash() and city.places == there.places
    assert (city.name, report.form, report.source, report.crs) == ("Ours", "GeoDataFrame", "GeoDataFrame", "EPSG:27700")
    assert (report.buildings, report.height_estimated, report.reasons) == (3, 1, told.reasons)
    assert table.geometry.tolist() == shapes and not city.notice.startswith("Buildings from the file")
    assert (
        city_of_frame(table.drop(columns="height").assign(h2=4.0), ImportOptions(height_column="h2"))[
            0
        ].roof_heights_m.tolist()
        == [4.0] * 3
    )


@pytest.mark.parametrize(
    ("table", "options", "sentence"),
    [
        (frame([square()]).drop(columns="geometry"), {}, "The GeoDataFrame holds a table without shapes"),
        (frame([]), {}, "The GeoDataFrame holds no shapes"),
        (frame([square()], crs=None), {}, r'names no coordinate reference system: .*\(crs="EPSG:27700"\)'),
        (frame([square()], crs="EPSG:4326"), {}, "says longitude and latitude, but its coordinates reach"),
        (frame([square()]), {"height_column": "tall"}, "The height column 'tall' is not in the file"),
        (frame([square()]), {"crs": "/etc/passwd"}, "is not known: give a code"),
        (frame([square()]), {"name": "a\nb"}, "The name of the city is"),
        (frame([shapely.Point(BNG)]), {}, "Not one building is left"),
    ],
)
def test_a_table_that_is_no_city_is_refused_in_a_sentence(table, options, sentence):
    with pytest.raises(CityError, match=sentence):
        city_of_frame(table, ImportOptions(**options))


def test_a_legacy_crs_member_of_geojson_is_honoured(tmp_path):
    ring = [list(point) for point in square().exterior.coords]
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::27700"}}
    city, report = imported(features((ring, {"height": 4}), crs=crs), tmp_path)
    assert report.crs == "EPSG:27700" and same_place(city, [square()])
    named, report = imported(features((ring, {"height": 4})), tmp_path, crs="EPSG:27700")
    assert report.crs == "EPSG:27700" and named.content_hash() == city.content_hash()


@pytest.mark.parametrize(
    ("tags", "metres"),
    [
        ({"height": 24}, 24.0),
        ({"height": "24 m"}, 24.0),
        ({"height": "24,5"}, 24.5),
        ({"height": "80 ft"}, 24.38),
        ({"height": "80'"}, 24.38),
        ({"height": "6' 6\""}, 1.98),
        ({"height": "~12"}, 12.0),
        ({"HEIGHT_M": "12.5m"}, 12.5),
        ({"building:levels": "5"}, 16.0),
        ({"building:levels": 2.5}, 8.0),
        ({"height": "tall", "building:levels": "3"}, 9.6),
        ({"height": -3, "building:levels": "3"}, 9.6),
        ({"roof_z": 60.0, "base_z": 45.0}, 15.0),
        ({"b3_h_dak_50p": 12.0, "b3_h_maaiveld": -1.0}, 13.0),
        ({"heightroof": 100.0, "doitt_id": 1}, 30.48),
        ({"building": "yes", "tags": '{"height": "11"}'}, 11.0),
        ({"building": "yes", "other_tags": '"height"=>"17 m","name"=>"a"'}, 17.0),
        ({"measuredHeight": 9.1}, 9.1),
    ],
)
def test_heights_are_read_however_they_are_written(tags, metres, tmp_path):
    city, report = imported(features((box(), tags)), tmp_path)
    assert city.roof_heights_m[0] == pytest.approx(metres, abs=0.006)
    assert report.height_estimated == 0


def test_a_chosen_column_and_unit_win(tmp_path):
    content = features((box(), {"height": 10, "dach": 100}), (box(0.001), {"height": 10, "dach": "30 m"}))
    city, report = imported(content, tmp_path, height_column="dach", height_unit="ft")
    assert city.roof_heights_m.tolist() == [30.48, 30.0]
    assert report.height_source == "column 'dach'" and report.number_columns == ("height", "dach")


def test_missing_heights_follow_the_neighbours_and_are_counted(tmp_path):
    near = [(box(0.0004 * k), {"height": 10.0 + k}) for k in range(9)]
    far = [(box(0.0004 * k, 0.02), {"height": 40.0}) for k in range(9)]
    lost = [
        (box(0.0016, 0.0004), {"height": None}),
        (box(0.0016, 0.0204), {"height": "?"}),
        (box(0.0016, 0.0208), {"height": 5000}),
    ]
    city, report = imported(features(*near, *far, *lost), tmp_path)
    assert report.height_estimated == 3
    assert report.reasons == {
        "estimated: heights, for none is given": 2,
        "estimated: heights, for the given one cannot be": 1,
    }
    assert 12.0 <= city.roof_heights_m[18] <= 16.0
    assert city.roof_heights_m[19:].tolist() == [40.0, 40.0]


def test_without_any_height_every_building_gets_three_storeys_and_it_is_said(tmp_path):
    city, report = imported(features((box(), {"use": "shop"})), tmp_path)
    assert city.roof_heights_m.tolist() == [9.6] and report.height_source == "none"
    assert "three storeys" in " ".join(report.notes)


def test_what_is_broken_is_repaired_and_what_is_none_left_out_each_with_its_count(tmp_path):
    bow = [[LON, LAT], [LON + 0.0003, LAT + 0.0003], [LON + 0.0003, LAT], [LON, LAT + 0.0003], [LON, LAT]]
    tiny = box(0.002, side=0.000005)
    content = features(
        (bow, {"height": 12}),
        (box(0.001), {"height": 9}),
        (box(0.001), {"height": 11}),
        (tiny, {"height": 3}),
        ({"type": "Point", "coordinates": [LON, LAT]}, {}),
        ({"type": "LineString", "coordinates": bow[:2]}, {}),
    )
    city, report = imported(content, tmp_path)
    assert (report.features, report.buildings, report.repaired, report.left_out) == (6, 2, 1, 4)
    assert report.reasons["left out: buildings given twice"] == 1
    assert report.reasons["left out: points or lines, no polygons"] == 2
    assert 11.0 in city.roof_heights_m and 9.0 not in city.roof_heights_m
    assert city.building_count == 3  # the bow is two triangles
    assert shapely.is_valid(footprints(city)).all()


def test_courtyards_stay_open_and_multipolygons_are_one_building(tmp_path):
    yard = [
        [LON + 0.0001, LAT + 0.0001],
        [LON + 0.0001, LAT + 0.0002],
        [LON + 0.0002, LAT + 0.0002],
        [LON + 0.0002, LAT + 0.0001],
        [LON + 0.0001, LAT + 0.0001],
    ]
    holed = polygon(box(), yard)
    two = {"type": "MultiPolygon", "coordinates": [[box(0.001)], [box(0.002)]]}
    city, report = imported(features((holed, {"height": 20}), (two, {"height": 8})), tmp_path)
    assert report.buildings == 2 and report.prisms == city.building_count == 4
    middle = np.array([[0.5 * (yard[0][0] + yard[2][0]), 0.5 * (yard[0][1] + yard[2][1])]])
    east, north = (middle - [city.lon, city.lat])[0] * [69_300.0, 111_250.0]
    assert city.roof_m([[east, north], [east - 10.0, north]]).tolist() == [0.0, 20.0]
    assert city.is_free_ground([[east, north]]).tolist() == [True]


def test_many_courtyards_are_cut_out_of_one_footprint(tmp_path):
    outer = square(0, 0, 200)
    holes = [square(10 + 19 * i, 10 + 19 * j, 9).exterior for i in range(10) for j in range(10)]
    shape = shapely.Polygon(outer.exterior, holes)
    city, report = import_city(write(frame([shape], height=[9.0]), tmp_path / "comb.gpkg"))
    assert report.buildings == 1 and shapely.area(footprints(city)).sum() == pytest.approx(shape.area, rel=2e-3)


def test_osm_tags_sort_buildings_water_parks_and_roads(tmp_path):
    line = {"type": "LineString", "coordinates": [[LON, LAT - 0.0001], [LON + 0.001, LAT - 0.0001]]}
    content = features(
        (box(), {"building": "yes", "height": "12", "name": "Town hall"}),
        (box(0.0005), {"building:part": "yes", "height": 5}),
        (box(0.001), {"natural": "water"}),
        (box(0.0015), {"leisure": "park"}),
        (line, {"highway": "primary"}),
        (box(0.0002, 0.0005), {"building": "no"}),
        (box(0.0008, 0.0005), {"building": "bridge", "height": 9}),
        (box(0.0012, 0.0005), {"landuse": "retail"}),
    )
    city, report = imported(content, tmp_path)
    assert (report.buildings, report.water, report.parks, report.roads, report.left_out) == (2, 1, 1, 1, 3)
    assert report.reasons["left out: bridges or piers"] == 1
    assert city.roads[0][2] == 18.0 and city.places[0][0] == "Town hall"
    assert not city.is_free_ground([city.water[0].centroid.coords[0]])[0]


def test_the_layer_with_polygons_is_chosen_and_told(tmp_path):
    path = write(frame([shapely.Point(BNG)], note=["tree"]), tmp_path / "town.gpkg", layer="a_trees")
    write(frame([square(0, 0, 400)], note=["ward"]), path, layer="b_wards", mode="a")
    write(frame([square()], height=[5.0]), path, layer="buildings", mode="a")
    city, report = import_city(path)
    assert report.layer == "buildings" and report.other_layers == ("a_trees", "b_wards")
    assert city.building_count == 1 and "'buildings' was taken" in " ".join(report.notes)
    assert import_city(path, ImportOptions(layer="b_wards"))[1].height_source == "none"


def test_a_wide_file_is_cut_to_the_square_with_most_buildings_and_the_others_counted(tmp_path):
    dense = [square(50 * i, 50 * j) for i in range(12) for j in range(12)]
    sparse = [square(25_000 + 900 * i, 30_000) for i in range(10)]
    path = write(frame(dense + sparse, height=[10.0] * 154), tmp_path / "wide.gpkg")
    city, report = import_city(path)
    assert (report.buildings, report.left_out) == (144, 10) and city.size_m < 1_000.0
    assert report.reasons == {"left out: buildings outside the square or across its border": 10}
    assert "was cut out" in " ".join(report.notes)
    wanted, report = import_city(path, ImportOptions(anchor=(city.lon, city.lat), size_m=300.0))
    assert wanted.size_m == 300.0 and 0 < report.buildings < 60


def test_solid_shapes_with_z_tell_their_height(tmp_path):
    x, y = BNG
    roof = shapely.box(x, y, x + 10, y + 10)
    floor, top = (shapely.force_3d(roof, z) for z in (4.0, 19.0))
    wall = shapely.Polygon([(x, y, 4), (x + 10, y, 4), (x + 10, y, 19), (x, y, 19)])
    solid = shapely.MultiPolygon([floor, top, wall])
    city, report = import_city(write(frame([solid], use=["a"]), tmp_path / "solid.gpkg"))
    assert city.roof_heights_m.tolist() == [15.0] and report.height_source == "range of z of the shapes"
    assert shapely.area(footprints(city)).tolist() == [pytest.approx(100.0, rel=2e-3)]


def test_osm_xml_is_read(tmp_path):
    nodes = "".join(f'<node id="{k}" lon="{x}" lat="{y}"/>' for k, (x, y) in enumerate(box()[:-1], 1))
    way = '<way id="9"><nd ref="1"/><nd ref="2"/><nd ref="3"/><nd ref="4"/><nd ref="1"/>'
    tags = '<tag k="building" v="yes"/><tag k="height" v="31 m"/></way>'
    city, report = imported(f'<?xml version="1.0"?><osm version="0.6">{nodes}{way}{tags}</osm>', tmp_path, "a.osm")
    assert report.form == "OpenStreetMap" and city.roof_heights_m.tolist() == [31.0]


def test_a_lod1_solid_its_parts_and_water_are_read_from_cityjson(tmp_path):
    first, shell = cube()
    second, other = cube(8, 20_000, high=8_000)
    solid = [{"type": "Solid", "lod": "1", "boundaries": [shell]}]
    lod2 = {"type": "Solid", "lod": "2.2", "boundaries": [other]}
    flat = {"type": "MultiSurface", "lod": "0", "boundaries": other[:1]}
    objects = {
        "tower": {"type": "Building", "geometry": solid, "attributes": {"name": "Tower"}},
        "house": {"type": "Building", "children": ["part"], "geometry": [flat]},
        "part": {"type": "BuildingPart", "parents": ["house"], "geometry": [lod2]},
        "pond": {"type": "WaterBody", "geometry": [{"type": "MultiSurface", "lod": "1", "boundaries": shell[:1]}]},
        "road": {"type": "Road", "geometry": [{"type": "MultiSurface", "lod": "1", "boundaries": shell[:1]}]},
    }
    for crs in ("https://www.opengis.net/def/crs/EPSG/0/7415", "urn:ogc:def:crs:EPSG::28992"):
        data = cityjson(objects, first + second, crs, version="1.1")
        city, report = imported(data, tmp_path, "a.city.json")
        assert (report.buildings, report.left_out, report.water) == (2, 1, 1)
        assert city.roof_heights_m.tolist() == [12.0, 7.0] and report.height_source == "geometry"
        assert shapely.area(footprints(city)) == pytest.approx([100.0, 100.0], rel=2e-3)
        middle = geopandas.GeoSeries([shapely.Point(84_715.0, 447_505.0)], crs="EPSG:28992").to_crs("EPSG:4326")[0]
        assert (city.lon, city.lat) == pytest.approx((middle.x, middle.y), abs=2e-5)


def test_a_cityjson_sequence_is_the_same_city(tmp_path):
    vertices, shell = cube()
    more, other = cube(0, 30_000)
    header = cityjson({}, [])
    lines = [header]
    for name, corners, faces in (("a", vertices, shell), ("b", more, other)):
        thing = {"type": "Building", "geometry": [{"type": "Solid", "lod": "1", "boundaries": [faces]}]}
        lines.append({"type": "CityJSONFeature", "id": name, "CityObjects": {name: thing}, "vertices": corners})
    city, report = imported("\n".join(json.dumps(line) for line in lines), tmp_path, "a.city.jsonl")
    assert report.buildings == 2 and city.roof_heights_m.tolist() == [12.0, 12.0]


@pytest.mark.parametrize(
    "name",
    [
        "EPSG:7415",
        "urn:ogc:def:crs:EPSG::7415",
        "urn:ogc:def:crs:EPSG:8.5:7415",
        "https://www.opengis.net/def/crs/EPSG/0/7415",
        "http://www.opengis.net/def/crs/EPSG/9.9.1/7415",
    ],
)
def test_a_system_is_known_by_each_of_its_names(name):
    assert crs_of(name).to_epsg() == 7415


REAL_FILES = {
    "data/london/barbican_lidar_buildings.geojson": ({}, 409, 29.0, (-0.0943, 51.5184)),
    "data/london/london_lidar_buildings.gpkg": (WATERLOO, 520, 19.3, (-0.121, 51.508)),
    "data/cityjson/delft.city.json": ({}, 160, 3.3, (4.3667, 52.0118)),
    "data/cityjson/rotterdam_subset.city.json": ({"crs": "EPSG:28992"}, 16, 15.4, (4.4532, 51.9073)),
}


@pytest.mark.parametrize(
    ("name", "options", "buildings", "mean_m", "place"),
    [pytest.param(name, *truth, marks=needs_shared(name)) for name, truth in REAL_FILES.items()],
)
def test_real_files_load(name, options, buildings, mean_m, place):
    city, report = import_city(shared_file(name), ImportOptions(**options))
    assert (report.buildings, report.repaired, report.height_estimated) == (buildings, 0, 0)
    assert city.roof_heights_m.mean() == pytest.approx(mean_m, abs=1.0)
    assert (city.lon, city.lat) == pytest.approx(place, abs=2e-3)
    assert shapely.is_valid(footprints(city)).all()
    if "delft" in name:
        things = json.loads(shared_file(name).read_text())["CityObjects"].values()
        said = [one["attributes"] for one in things if one["type"] == "Building"]
        measured = np.array([one["measuredHeight"] - one["min-height-surface"] for one in said])
        apart = np.abs(np.sort(city.roof_heights_m)[:-1] - np.sort(measured))  # one is cut in two
        assert (apart < 0.3).mean() > 0.95


def test_the_report_says_how_the_file_was_taken_and_who_decided(tmp_path):
    content = features((box(), {"height": 4}))
    report = imported(content, tmp_path)[1]
    assert report.readings[0] == Reading("Coordinate system", "EPSG:4326", "named by the file")
    path = write(frame([square()], height=[5.0]), tmp_path / "two.gpkg", layer="houses")
    write(frame([square()], height=[5.0]), path, layer="sheds", mode="a")
    report = import_city(path, ImportOptions(layer="sheds", crs="EPSG:27700"))[1]
    assert Reading("Coordinate system", "EPSG:27700", "chosen by you") in report.readings
    assert Reading("Layer", "sheds", "chosen by you") in report.readings
    assert any(line.startswith("Layer: sheds (chosen by you)") for line in report_lines(report))


@pytest.mark.parametrize("encoding", ["klingon", "utf-8\0", ""])
def test_an_unknown_encoding_is_refused_in_a_sentence(encoding, tmp_path):
    with pytest.raises(CityError, match="is not known: give one such as utf-8"):
        imported(features((box(), {"height": 4})), tmp_path, encoding=encoding)
