"""Parts of buildings take the place of their outlines, in every form that has OpenStreetMap's tags; nothing twice."""

import geopandas
import numpy as np
import pandas as pd
import pytest
import shapely

from itnt_core.city.files.importing import city_of_frame, import_city
from itnt_core.scenario.frame import lonlat_to_local
from tests.city.judge import footprints
from tests.city.made_files import BNG, features, frame, osm, osm_way, write
from tests.city.made_pbf import osm_pbf

PART = "building:part"


def block(east, north, width, depth):
    x, y = BNG[0] + east, BNG[1] + north
    return shapely.box(x, y, x + width, y + depth)


# A tower on a podium, as Simple 3D Buildings has it, and a house beside it.
TOWER = [
    (block(0, 0, 60, 60), {"building": "yes", "height": "90", "name": "Tower on podium"}),
    (block(0, 0, 60, 40), {PART: "yes", "height": "10"}),
    (block(0, 40, 60, 20), {PART: "yes", "height": "90"}),
    (block(200, 0, 20, 20), {"building": "yes", "height": "12"}),
]


def rings(items):
    """Return the rings of shapes in degrees, by geopandas, with their tags."""
    degrees = geopandas.GeoSeries([shape for shape, _ in items], crs="EPSG:27700").to_crs("EPSG:4326")
    return [
        ([list(point) for point in shape.exterior.coords], tags)
        for shape, (_, tags) in zip(degrees, items, strict=True)
    ]


def written(items, form, folder):
    """Write shapes with tags in a form and return the path."""
    if form == "osm":
        ways = [
            osm_way(k, ring, **{key.replace(":", "__"): v for key, v in tags.items()})
            for k, (ring, tags) in enumerate(rings(items), 1)
        ]
        (folder / "a.osm").write_text(osm(*ways))
        return folder / "a.osm"
    if form == "pbf":
        (folder / "a.osm.pbf").write_bytes(osm_pbf(rings(items)))
        return folder / "a.osm.pbf"
    if form == "geojson":
        (folder / "a.geojson").write_text(features(*rings(items)))
        return folder / "a.geojson"
    return write(table(items), folder / f"a.{form}")


def table(items):
    return frame(
        [shape for shape, _ in items], **pd.DataFrame([tags for _, tags in items]).astype(object).to_dict("list")
    )


def roof_m(city, east, north):
    """Return the roof over a place in metres from the corner of the tower above."""
    place = geopandas.GeoSeries([shapely.Point(BNG[0] + east, BNG[1] + north)], crs="EPSG:27700").to_crs("EPSG:4326")[0]
    local = lonlat_to_local(place.x, place.y, city.lon, city.lat)
    return float(city.roof_m([[float(local[0]), float(local[1])]])[0])


def parts_reading(report):
    return next((one for one in report.readings if one.what == "Parts of buildings"), None)


@pytest.mark.parametrize("form", ["osm", "pbf", "geojson", "gpkg", "fgb"])
def test_parts_replace_the_volume_of_their_outline(form, tmp_path):
    city, report = import_city(written(TOWER, form, tmp_path))
    assert [roof_m(city, 30, y) for y in (5, 35, 45, 55)] == [10.0, 10.0, 90.0, 90.0] and roof_m(city, 210, 10) == 12.0
    assert (report.buildings, report.prisms, report.left_out, report.height_estimated) == (2, 3, 0, 0)
    assert parts_reading(report).value == "2 parts in place of 1 outlines"
    assert [name for name, _, _ in city.places] == ["Tower on podium"]
    areas = shapely.area(footprints(city))
    true = shapely.union_all([shape for shape, _ in TOWER]).area  # by shapely: no square metre twice, none lost
    assert areas.sum() == pytest.approx(true, rel=2e-3)


def test_a_table_with_the_columns_of_gdal_is_taken_likewise():
    city, report = city_of_frame(table(TOWER).rename(columns={PART: "building_part"}))
    assert (report.buildings, report.prisms) == (2, 3) and roof_m(city, 30, 5) == 10.0


def test_the_order_of_outline_and_parts_does_not_matter(tmp_path):
    there, _ = import_city(written(TOWER, "geojson", tmp_path))
    back, _ = import_city(written(TOWER[::-1], "geojson", tmp_path))
    assert sorted(back.roof_heights_m) == sorted(there.roof_heights_m)
    assert [roof_m(back, 30, y) for y in (5, 55)] == [10.0, 90.0]


def test_an_outline_without_parts_and_a_part_without_an_outline_are_buildings(tmp_path):
    items = [TOWER[3], (block(300, 0, 10, 10), {PART: "yes", "height": "7"})]
    city, report = import_city(written(items, "osm", tmp_path))
    assert report.buildings == 2 and sorted(city.roof_heights_m) == [7.0, 12.0] and parts_reading(report) is None


def test_a_part_belongs_to_the_smallest_outline_around_it(tmp_path):
    items = [
        (block(0, 0, 100, 100), {"building": "yes", "height": "8"}),
        (block(10, 10, 20, 20), {"building": "yes", "height": "30"}),
        (block(10, 10, 20, 20), {PART: "yes", "height": "25"}),
    ]
    city, report = import_city(written(items, "geojson", tmp_path))
    assert roof_m(city, 20, 20) == 25.0 and roof_m(city, 60, 60) == 8.0 and report.buildings == 2


def test_where_no_part_is_the_outline_stays_unless_its_height_is_that_of_a_part(tmp_path):
    hall = (block(0, 0, 60, 60), {"building": "yes", "height": "12"})
    tower = (block(0, 0, 20, 20), {PART: "yes", "height": "50"})
    city, report = import_city(written([hall, tower], "geojson", tmp_path))
    assert roof_m(city, 10, 10) == 50.0 and roof_m(city, 40, 40) == 12.0
    assert parts_reading(report).value == "1 parts in place of 1 outlines; of 1 the rest stands beside them"
    rest = hall[0].difference(tower[0]).area + tower[0].area
    assert shapely.area(footprints(city)).sum() == pytest.approx(rest, rel=2e-3)
    as_high = [(hall[0], {"building": "yes", "height": "50"}), tower, TOWER[3]]
    city, report = import_city(written(as_high, "geojson", tmp_path))
    assert roof_m(city, 10, 10) == 50.0 and 12.0 <= roof_m(city, 40, 40) < 50.0 and report.height_estimated == 1


def test_a_part_without_a_height_has_that_of_its_outline(tmp_path):
    items = [(block(0, 0, 20, 20), {"building": "yes", "height": "17"}), (block(0, 0, 20, 20), {PART: "yes"}), TOWER[3]]
    city, report = import_city(written(items, "osm", tmp_path))
    assert roof_m(city, 10, 10) == 17.0 and (report.buildings, report.height_estimated) == (2, 0)


def test_a_courtyard_between_parts_stays_open(tmp_path):
    outline = block(0, 0, 60, 60).difference(block(20, 20, 20, 20))
    wings = [block(0, 0, 60, 20), block(0, 40, 60, 20), block(0, 20, 20, 20), block(40, 20, 20, 20)]
    items = [(outline, {"building": "yes", "height": "20"})]
    items += [(wing, {PART: "yes", "height": str(10 + k)}) for k, wing in enumerate(wings)]
    city, report = city_of_frame(table(items))
    assert roof_m(city, 30, 30) == 0.0 and roof_m(city, 30, 10) == 10.0 and roof_m(city, 50, 30) == 13.0
    assert (report.buildings, report.prisms) == (1, 4)


def test_parts_that_overlap_stack_to_the_higher_one(tmp_path):
    items = [TOWER[0], (block(0, 0, 60, 60), {PART: "yes", "height": "10"}), TOWER[2], TOWER[3]]
    city, _ = import_city(written(items, "osm", tmp_path))
    assert [roof_m(city, 30, y) for y in (5, 55)] == [10.0, 90.0]


def test_a_relation_of_outline_and_parts_adds_nothing(tmp_path):
    path = written(TOWER, "osm", tmp_path)
    members = "".join(
        f"<member type='way' ref='{k}' role='{role}'/>" for k, role in ((1, "outline"), (2, "part"), (3, "part"))
    )
    tags = "<tag k='type' v='building'/><tag k='building' v='yes'/><tag k='height' v='90'/>"
    path.write_text(path.read_text().replace("</osm>", f"<relation id='1'>{members}{tags}</relation></osm>"))
    _, report = import_city(path)
    assert (report.buildings, report.prisms) == (2, 3)


@pytest.mark.parametrize("form", ["geojson", "gpkg"])
def test_closed_lines_that_are_tagged_are_areas(form, tmp_path):
    shapes = [shapely.LineString(shape.exterior.coords) if tags.get(PART) else shape for shape, tags in TOWER]
    path = write(table(list(zip(shapes, (tags for _, tags in TOWER), strict=True))), tmp_path / f"a.{form}")
    city, report = import_city(path)
    assert (report.buildings, report.prisms, report.left_out) == (2, 3, 0) and roof_m(city, 30, 5) == 10.0


def test_parts_among_the_lines_of_a_geopackage_that_gdal_made_of_an_osm_file_are_read(tmp_path):
    areas = [(shape, {**tags, "other_tags": f'"height"=>"{tags["height"]}"'}) for shape, tags in (TOWER[0], TOWER[3])]
    areas = [(shape, {key: tags.get(key) for key in ("building", "name", "other_tags")}) for shape, tags in areas]
    lines = [
        (
            shapely.LineString(shape.exterior.coords),
            {"name": None, "other_tags": f'"building:part"=>"yes","height"=>"{tags["height"]}"'},
        )
        for shape, tags in TOWER[1:3]
    ]
    street = (shapely.LineString([(BNG[0], BNG[1]), (BNG[0] + 9, BNG[1])]), {"name": "a", "other_tags": '"lanes"=>"2"'})
    path = write(table([*lines, street]), tmp_path / "a.gpkg", layer="lines")
    write(table(areas), path, layer="multipolygons", mode="a")
    city, report = import_city(path)
    assert [roof_m(city, 30, y) for y in (5, 55)] == [10.0, 90.0]
    assert (report.buildings, report.prisms, report.left_out) == (2, 3, 0)


def test_hundreds_of_outlines_with_parts_keep_every_square_metre(tmp_path):
    random = np.random.default_rng(3)
    items = []
    for k in range(60):
        east, north = 50.0 * (k % 8), 50.0 * (k // 8)
        cut = float(random.integers(5, 35))
        items += [(block(east, north, 40, 40), {"building": "yes", "height": "99"})]
        items += [(block(east, north, cut, 40), {PART: "yes", "height": str(k + 1)})]
        items += [(block(east + cut, north, 40 - cut, 40), {PART: "yes", "height": str(k + 101)})]
    city, report = city_of_frame(table(items))
    assert (report.buildings, report.prisms) == (60, 120)
    assert sorted(city.roof_heights_m) == [*range(1, 61), *range(101, 161)]
    assert shapely.area(footprints(city)).sum() == pytest.approx(60 * 1600, rel=2e-3)


def test_the_height_of_a_roof_is_not_that_of_its_building():
    tags = {"building": ["yes"], "building:levels": ["3"], "roof:height": ["4"]}
    city, report = city_of_frame(frame([block(0, 0, 20, 20)], **tags))
    assert city.roof_heights_m.tolist() == [pytest.approx(9.6)] and "levels" in report.height_source
