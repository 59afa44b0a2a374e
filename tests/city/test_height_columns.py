"""Heights of mixed sources: each building takes the first that it has, in a stated order; z of the terrain is none."""

import json
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
import shapely

from itnt_core.city.files.height_table import HEIGHT_NAMES
from itnt_core.city.files.height_texts import parse_height_m, parse_storeys
from itnt_core.city.files.importing import city_of_frame, import_city
from itnt_core.city.files.survey import ImportOptions
from tests.city.made_boxes import Box, box_city
from tests.city.made_files import frame, square
from tests.city.test_importing import imported

INDIVIDUAL = {
    "24 m": 24.0,
    "24,5": 24.5,
    "1,234": 1234.0,  # no building has 1.2 m
    "1,234 ft": 376.12,
    "12,345": 12.345,  # no building has 12 km
    "1,234.5": 1234.5,
    "1.234,5": 1234.5,
    "10'6\"": 3.2,
    "10' 6": 3.2,
    "10'-6\"": 3.2,
    "12,5 mètres": 12.5,
    "10 ft 6 in": 3.2,
    "10′6″": 3.2,
    '126"': 3.2,
    "3;4": 4.0,
    "12 m; 40 ft": 12.19,
    "10-12 m": 12.0,
    "10 – 12": 12.0,
    "~30": 30.0,
    "1e1": 10.0,
    "tall": None,
    "": None,
    "3;": 3.0,
    "-5": -5.0,
}


@pytest.mark.parametrize("text", INDIVIDUAL)
def test_a_height_is_read_as_people_write_it(text):
    found = parse_height_m(text)
    assert np.isnan(found) if INDIVIDUAL[text] is None else found == pytest.approx(INDIVIDUAL[text], abs=0.006)


@pytest.mark.parametrize(
    ("text", "storeys"),
    [("3;4", 4), ("3-4", 4), ("2.5", 2.5), (3, 3), ("ground", None), ("3 m", None), ("3 storeys", 3), ("1 floor", 1)],
)
def test_storeys_are_read_as_people_write_them(text, storeys):
    found = parse_storeys(text)
    assert np.isnan(found) if storeys is None else found == storeys


def houses(**columns):
    count = len(next(iter(columns.values())))
    return frame([square(60 * k) for k in range(count)], **columns)


def read(report, what):
    return [(one.value, one.why) for one in report.readings if one.what == what]


@pytest.mark.parametrize(
    "column",
    [
        pd.array([10, None, 20], dtype="Int64"),
        pd.array(["10", None, "20 m"], dtype="string"),
        pd.Categorical(["10", None, "20"]),
        np.array([10, pd.NA, 20], dtype=object),
        np.array([10.0, np.inf, 20.0]),
        [Decimal("10"), None, Decimal("20.0")],
        ["1e1", "1e999999", "20"],
        ["10", "9" * 5000, "2e1"],
    ],
)
def test_every_kind_of_column_holds_heights(column):
    city, report = city_of_frame(houses(height=column))
    assert city.roof_heights_m.tolist() == [10.0, 15.0, 20.0] and report.height_estimated == 1


def test_of_two_columns_with_one_name_the_first_counts():
    table = houses(a=[10.0, 20.0], b=[1.0, 2.0])
    table.columns = ["height", "height", "geometry"]
    assert city_of_frame(table)[0].roof_heights_m.tolist() == [10.0, 20.0]


def test_each_building_takes_the_first_height_that_it_has():
    table = houses(
        est_height=[5.0, 6.0, 7.0, 8.0, 9.0, None, None],
        height=["12", None, "", "0", "5000", None, None],
        measuredHeight=[99.0, 21.5, None, None, None, None, None],
        levels=[9, 9, 9, 9, 9, "3;4", None],
    )
    city, report = city_of_frame(table)
    numbers = table.drop(columns="geometry").apply(pd.to_numeric, errors="coerce")
    possible = numbers.where((numbers > 0) & (numbers <= 1000))
    wanted = possible["height"].combine_first(possible["measuredHeight"]).combine_first(possible["est_height"])
    wanted = wanted.combine_first(pd.Series({5: 4 * 3.2}))
    assert city.roof_heights_m[:6].tolist() == pytest.approx(wanted[:6].tolist())
    assert report.height_estimated == 1
    words = "column 'height', then column 'measuredHeight', then column 'est_height', then column 'levels' times 3.2 m"
    assert read(report, "Heights") == [(words, "each takes the first that it has: 1, 1, 3, 1 buildings")]


def test_columns_of_other_units_fill_each_others_gaps():
    table = houses(
        height_ft=[100.0, None, None], height_m=[None, 20.0, None], roof_z=[50.0, 50.0, 50.0], base_z=[20.0] * 3
    )
    city, report = city_of_frame(table)
    assert city.roof_heights_m.tolist() == [30.48, 20.0, 30.0]
    assert [value for value, _ in read(report, "Unit of heights")] == [
        "foot, of column 'height_ft'",
        "metre, of column 'height_m'",
        "metre, of column 'roof_z' minus 'base_z'",
    ]


def test_measured_levels_come_before_storeys_and_the_chosen_column_before_all():
    table = houses(roof_z=[50.0, None], base_z=[20.0, None], floors=[2, 2], mine=[7.0, 8.0])
    assert city_of_frame(table)[0].roof_heights_m.tolist() == [30.0, 6.4]
    city, report = city_of_frame(table, ImportOptions(height_column="mine"))
    assert city.roof_heights_m.tolist() == [7.0, 8.0]
    assert read(report, "Heights") == [("column 'mine'", "chosen by you: 2 buildings")]


def test_a_height_that_cannot_be_is_counted_apart_from_one_that_is_missing():
    city, report = city_of_frame(houses(height=["1,234", None, "10"], h=[None, None, 3.0]))
    assert city.roof_heights_m.tolist() == [10.0, 10.0, 10.0]
    assert report.reasons == {
        "estimated: heights, for none is given": 1,
        "estimated: heights, for the given one cannot be": 1,
    }


def test_footprints_on_the_terrain_have_no_height(tmp_path):
    slopes = [0.0, 0.4, 3.0, 6.0]
    shapes = [_on_slope(40 * k, 500.0, slope) for k, slope in enumerate(slopes)]
    path = tmp_path / "flat.gpkg"
    frame(shapes, name=["a", "b", "c", "d"]).to_file(path, engine="pyogrio")
    city, report = import_city(path)
    assert city.roof_heights_m.tolist() == [9.6] * 4 and report.height_source == "none"
    assert report.height_estimated == 4 and "z of 4 shapes is no height" in " ".join(report.notes)
    two = shapely.MultiPolygon([_on_slope(300, 500.0, 6.0), _on_slope(340, 520.0, 8.0)])
    city, report = city_of_frame(frame([*shapes, two], height=[None, 5.0, 5.0, 5.0, None]))
    assert report.height_estimated == 2 and report.prisms == 6 and set(city.roof_heights_m) == {5.0}


def _on_slope(east, level_m, rise_m):
    west, south, far_east, far_north = square(east).bounds
    corners = [(west, south, level_m), (far_east, south, level_m)]
    return shapely.Polygon([*corners, (far_east, far_north, level_m + rise_m), (west, far_north, level_m + rise_m)])


def test_solids_among_flat_footprints_keep_their_own_height():
    plan = square(200)
    walls = [
        shapely.Polygon([(*a, 500.0), (*b, 500.0), (*b, 512.0), (*a, 512.0)])
        for a, b in zip(list(plan.exterior.coords)[:-1], list(plan.exterior.coords)[1:], strict=True)
    ]
    house = shapely.MultiPolygon([shapely.force_3d(plan, 500.0), *walls])
    city, report = city_of_frame(frame([_on_slope(0, 500.0, 3.0), house], use=["a", "b"]))
    assert sorted(city.roof_heights_m) == [12.0, 12.0] and report.height_estimated == 1
    assert read(report, "Heights") == [("range of z of the shapes", "found in the file: 1 buildings")]


def test_a_surface_on_the_terrain_in_cityjson_has_no_height(tmp_path):
    data = json.loads(box_city({"a": Box((85_000.0, 446_500.0, 0.0), (85_020.0, 446_520.0, 9.0))}, "EPSG:7415"))
    data["vertices"][2][2] = data["vertices"][3][2] = 4.0  # the ground rises towards the north
    (geometry,) = data["CityObjects"]["a"]["geometry"]
    shell = geometry["boundaries"][0]
    flat = {"type": "MultiSurface", "lod": "1", "boundaries": shell[:1]}
    data["CityObjects"]["a"] |= {"geometry": [flat], "attributes": {"measuredHeight": 11.0}}
    city, report = imported(data, tmp_path, "a.city.json")
    assert city.roof_heights_m.tolist() == [11.0] and report.height_source == "column 'measuredHeight'"


def test_the_order_of_columns_is_stated_and_has_no_name_twice():
    assert len(set(HEIGHT_NAMES)) == len(HEIGHT_NAMES) and HEIGHT_NAMES[0] == "height"
