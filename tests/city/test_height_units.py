"""The unit of heights: chosen, declared by name or axis, else plain from storeys or the plan; said, and doubted."""

import json

import numpy as np
import pytest
import shapely
from pyproj import CRS

from itnt_core.city.files.height_units import split_name
from itnt_core.city.files.importing import city_of_frame, import_city
from itnt_core.city.files.survey import ImportOptions
from tests.city.made_boxes import Box, box_city
from tests.city.made_files import BNG, frame, zipped_shapefile
from tests.city.test_importing import imported

NEW_YORK = (981_000.0, 199_000.0)  # in EPSG:2263, US survey feet
TALL = (30.0, 45.0, 328.084)  # in feet: 9.1, 13.7 and 100 m


def heights(table, **options):
    city, report = city_of_frame(table, ImportOptions(**options))
    return city.roof_heights_m.tolist(), report


def houses(crs, place, side=20.0, **columns):
    """Return squares in a row at a place of a system, one for each value of the columns."""
    count = len(next(iter(columns.values())))
    x, y = place
    return frame(
        [shapely.box(x + 3 * side * k, y, x + (3 * k + 1) * side, y + side) for k in range(count)], crs, **columns
    )


def new_york_boxes(tops, crs, base=30.0):
    x, y = NEW_YORK
    boxes = {
        str(k): Box((x + 300 * k, y, base), (x + 300 * k + 100, y + 100, base + top)) for k, top in enumerate(tops)
    }
    return box_city(boxes, crs)


def units(report):
    return [(one.value, one.why) for one in report.readings if one.what == "Unit of heights"]


def test_a_column_that_new_york_has_in_feet_is_in_metres_elsewhere(tmp_path):
    place, crs = (570_000.0, 5_277_000.0), "EPSG:32630"  # GeoClimate's names, in Brittany
    found, report = heights(houses(crs, place, HEIGHT_WALL=[6.0, 9.0, 30.0], HEIGHT_ROOF=[8.0, 12.0, 33.0]))
    assert found == [8.0, 12.0, 33.0] and not report.warnings
    assert units(report) == [("metre, of column 'HEIGHT_ROOF'", "usual, where nothing says another")]
    assert heights(houses(crs, place, HEIGHT_ROOF=[8.0, 12.0]), height_unit="ft")[0] == [2.44, 3.66]


@pytest.mark.parametrize(
    ("table", "why"),
    [
        (houses("EPSG:32618", (583_960.0, 4_507_523.0), heightroof=TALL), "as New York publishes this column"),
        (houses("EPSG:27700", BNG, height_roof=TALL, bin=[1, 2, 3]), "as New York publishes this column"),
        (houses("EPSG:27700", BNG, HEIGHT_FT=TALL), "declared by the name of the column"),
        (houses("EPSG:27700", BNG, **{"Building height (feet)": TALL}), "declared by the name of the column"),
        (houses("EPSG:27700", BNG, height=TALL, num_floors=[3, 4, 30]), "a storey is then 3.3 m high"),
        (houses("EPSG:27700", BNG, height=[f"{tall}'" for tall in TALL]), "each height has a unit of its own"),
        (
            houses("EPSG:27700", BNG, HEIGHT=TALL, HEIGHT_UNIT=["ft", "Feet", "foot"]),
            "each height has a unit of its own",
        ),
    ],
)
def test_feet_are_known_by_place_name_storeys_or_marks(table, why):
    found, report = heights(table)
    assert found == pytest.approx(np.array(TALL) * 0.3048, abs=0.006)
    assert [words for _, words in units(report)] == [why]


def test_names_that_a_shapefile_cuts_off_are_known(tmp_path):
    table = houses("EPSG:32630", (570_000.0, 5_277_000.0), HEIGHT_ROO=[8.0, None, None], building_l=[1, 4, None])
    city, report = import_city(zipped_shapefile(table, tmp_path))
    assert sorted(city.roof_heights_m) == pytest.approx([8.0, 10.4, 12.8]) and report.height_estimated == 1
    assert report.height_source == "column 'HEIGHT_ROO', then column 'building_l' times 3.2 m"


def test_an_attribute_may_name_its_unit_beside_its_value(tmp_path):
    data = json.loads(new_york_boxes((100.0, 60.0), "EPSG:2263"))
    for thing in data["CityObjects"].values():
        thing["attributes"]["measuredHeight"] = {"value": 100, "uom": "ft"}
    city, report = imported(data, tmp_path, "a.city.json", height_column="measuredHeight")
    assert city.roof_heights_m.tolist() == [30.48] * 2 and units(report)[0][1] == "each height has a unit of its own"


def test_metres_that_storeys_or_a_name_say_stay_metres_in_a_plan_of_feet():
    for columns in ({"height": [9.0, 12.0, 30.0], "levels": [3, 4, 9]}, {"height_m": [9.0, 12.0, 30.0]}):
        assert heights(houses("EPSG:2263", NEW_YORK, 60.0, **columns))[0] == [9.0, 12.0, 30.0]
    found, report = heights(houses("EPSG:2263", NEW_YORK, 60.0, **{"height": [9.0, 12.0], "building:levels": [1, 1]}))
    assert found == [9.0, 12.0] and units(report)[0][1] == "as OpenStreetMap has it"


def test_undeclared_heights_are_in_the_unit_of_the_plan_where_they_plainly_are():
    foot = CRS("EPSG:2263").axis_info[0].unit_conversion_factor
    found, report = heights(houses("EPSG:2263", NEW_YORK, 60.0, height=[90.0, 120.0, 700.0]))
    assert found == pytest.approx(np.array([90.0, 120.0, 700.0]) * foot, abs=0.006) and not report.warnings
    found, report = heights(houses("EPSG:2263", NEW_YORK, 60.0, height=[4.0, 5.0, 9.0]))
    assert found == [4.0, 5.0, 9.0] and "the median building would be 1.5 m" in units(report)[0][1]
    found, report = heights(houses("EPSG:2263", NEW_YORK, 60.0, height=[20.0, 30.0, 40.0]))
    assert found == pytest.approx(np.array([20.0, 30.0, 40.0]) * foot, abs=0.006)
    assert "If it is 30.0 m, read the file again with metres" in report.warnings[0]


@pytest.mark.parametrize("vertical", [None, 6360, 8228, 5703])
def test_z_is_in_the_unit_that_its_axis_declares_else_in_that_of_the_plan(vertical, tmp_path):
    crs = f"EPSG:2263+{vertical}" if vertical else "EPSG:2263"
    axis = CRS(crs).axis_info[-1]
    city, report = imported(new_york_boxes((80.0, 150.0, 640.0), crs), tmp_path, "a.city.json")
    assert city.roof_heights_m == pytest.approx(np.array([80.0, 150.0, 640.0]) * axis.unit_conversion_factor, abs=0.006)
    assert units(report)[0][0] == f"{axis.unit_name}, of geometry"
    assert vertical is None or "declared by the vertical axis" in units(report)[0][1]
    assert bool(report.warnings) == (vertical == 5703)  # in metres the median building has 150 m


@pytest.mark.parametrize("crs", ["EPSG:2263", "EPSG:2263+6360", "EPSG:2263+5703"])
@pytest.mark.parametrize(("unit", "metres"), [("m", 1.0), ("ft", 0.3048)])
def test_the_chosen_unit_wins_over_all_that_a_file_declares(crs, unit, metres, tmp_path):
    city, report = imported(new_york_boxes((100.0, 60.0), crs), tmp_path, "a.city.json", height_unit=unit)
    assert city.roof_heights_m.tolist() == pytest.approx([100.0 * metres, 60.0 * metres], abs=0.006)
    assert units(report)[0][1] == "chosen by you"
    table = houses(crs, NEW_YORK, 60.0, height_ft=[100.0, 60.0])
    assert heights(table, height_unit=unit)[0] == pytest.approx([100.0 * metres, 60.0 * metres], abs=0.006)


def test_z_of_solids_in_a_gis_file_is_in_feet_where_the_plan_is(tmp_path):
    x, y = NEW_YORK
    plan = shapely.box(x, y, x + 60.0, y + 60.0)
    solid = shapely.MultiPolygon([shapely.force_3d(plan, 12.0), shapely.force_3d(plan, 12.0 + 328.084)])
    path = tmp_path / "solid.gpkg"
    frame([solid], "EPSG:2263", use=["a"]).to_file(path, engine="pyogrio")
    city, report = import_city(path)
    assert city.roof_heights_m.tolist() == [100.0]
    assert units(report)[0][0] == "US survey foot, of range of z of the shapes"
    assert import_city(path, ImportOptions(height_unit="m"))[0].roof_heights_m.tolist() == [328.08]


def test_a_median_building_that_no_city_has_is_doubted(tmp_path):
    for tall, doubted in (([300.0] * 3, True), ([0.9] * 3, True), ([12.0] * 3, False), ([300.0] * 2, False)):
        warnings = heights(houses("EPSG:27700", BNG, height=tall))[1].warnings
        assert ["The median building is" in words for words in warnings] == [True] * doubted


def test_roof_and_ground_levels_and_bases_have_the_unit_too():
    found, report = heights(
        houses("EPSG:27700", BNG, roof_elev=[100.0, 130.0], ground_elev=[60.0, 60.0]), height_unit="ft"
    )
    assert found == pytest.approx([40 * 0.3048, 70 * 0.3048], abs=0.006)
    assert units(report) == [("foot, of column 'roof_elev' minus 'ground_elev'", "chosen by you")]
    for crs, place, options in (("EPSG:2263", NEW_YORK, {}), ("EPSG:27700", BNG, {"height_unit": "ft"})):
        city, _ = city_of_frame(houses(crs, place, 60.0, height=[100.0], min_height=[50.0]), ImportOptions(**options))
        assert (city.roof_heights_m[0], city.base_heights_m[0]) == pytest.approx((30.48, 15.24), abs=0.006)
    city, _ = city_of_frame(houses("EPSG:2263", NEW_YORK, 60.0, height_m=[30.0], min_height_ft=[50.0]))
    assert (city.roof_heights_m[0], city.base_heights_m[0]) == pytest.approx((30.0, 15.24), abs=0.006)


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("height", ("height", None)),
        ("HEIGHT_M", ("height", "m")),
        ("HeightFt", ("height", "ft")),
        ("Höhe [m]", ("höhe", "m")),
        ("heightm", ("height", "m")),
        ("heightfeet", ("height", "ft")),
        ("form", ("form", None)),
        ("building:levels", ("buildinglevels", None)),
        ("", ("", None)),
    ],
)
def test_the_unit_at_the_end_of_a_name_is_read(name, parts):
    assert split_name(name, {"height"}) == parts


def test_values_that_stand_for_no_height_do_not_make_a_median():
    _, report = city_of_frame(houses("EPSG:25832", (500_000, 5_700_000), height=[10.0, 9999.0, 65535.0, 20.0, 9999.0]))
    assert report.warnings == () and report.height_estimated == 3
