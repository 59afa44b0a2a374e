"""Parts of a CityJSON building keep their place: on another part, in the air, or on the ground."""

import json

import pytest

from itnt_core.city.files.cityjson import read_cityjson
from itnt_core.city.files.survey import ImportOptions
from tests.city.made_boxes import Box, box_city
from tests.city.test_importing import imported

X, Y = 85_000.0, 446_500.0  # in EPSG:7415, at Delft
PODIUM = Box((X, Y, 5.0), (X + 40, Y + 40, 25.0), of="B")
TOWER = Box((X + 10, Y + 10, 25.0), (X + 25, Y + 25, 65.0), of="B")
ALONE = Box((X + 100, Y, 5.0), (X + 110, Y + 10, 15.0))


def surveyed(boxes, **more):
    """Return per box how high it reaches above the ground of its building and where it begins."""
    survey = read_cityjson(json.loads(box_city(boxes, "EPSG:7415", **more)), ImportOptions())
    names = survey.names
    return {names[k]: (round(survey.height_m[k], 2), round(survey.base_m[k], 2)) for k in range(len(names))}


@pytest.mark.parametrize("semantics", [False, True])
@pytest.mark.parametrize("kind", ["Solid", "MultiSurface"])
def test_a_tower_on_a_podium_reaches_as_high_as_both(kind, semantics, tmp_path):
    boxes = {"P": PODIUM, "T": TOWER, "C": ALONE}
    assert surveyed(boxes, kind=kind, semantics=semantics) == {"P": (20, 0), "T": (60, 20), "C": (10, 0)}
    city, report = imported(box_city(boxes, "EPSG:7415", kind=kind, semantics=semantics), tmp_path, "a.city.json")
    middle_m = [[17.0 - 55.0, 17.0 - 20.0]]  # of the tower; the file's middle lies at 55, 20
    assert city.roof_m(middle_m).tolist() == [60.0] and report.buildings == 2


def test_three_parts_on_each_other_have_the_top_of_the_last(tmp_path):
    crown = Box((X + 12, Y + 12, 65.0), (X + 20, Y + 20, 80.0), of="B")
    assert surveyed({"P": PODIUM, "T": TOWER, "K": crown})["K"] == (75, 60)


def test_a_bridge_between_two_towers_hangs_in_the_air():
    west = Box((X, Y, 5.0), (X + 10, Y + 10, 65.0), of="B")
    bridge = Box((X + 10, Y, 45.0), (X + 30, Y + 10, 49.0), of="B")
    east = Box((X + 30, Y, 5.0), (X + 40, Y + 10, 65.0), of="B")
    assert surveyed({"W": west, "G": bridge, "E": east}) == {"W": (60, 0), "G": (44, 40), "E": (60, 0)}


def test_parts_down_a_slope_stand_on_the_ground():
    lower = Box((X, Y, 5.0), (X + 10, Y + 10, 15.0), of="B")
    upper = Box((X + 10, Y, 6.5), (X + 20, Y + 10, 16.5), of="B")
    assert surveyed({"L": lower, "U": upper}, semantics=False) == {"L": (10, 0), "U": (11.5, 0)}
    steep = Box((X + 10, Y, 11.0), (X + 20, Y + 10, 21.0), of="B")
    assert surveyed({"L": lower, "U": steep})["U"] == (16, 0)  # it calls its bottom its ground
    assert surveyed({"L": lower, "U": steep}, semantics=False)["U"] == (16, 6)


def test_stacked_parts_in_feet_are_stacked_in_metres(tmp_path):
    foot = 1200 / 3937
    podium = Box((981_000.0, 199_000.0, 30.0), (981_200.0, 199_200.0, 90.0), of="B")
    tower = Box((981_050.0, 199_050.0, 90.0), (981_100.0, 199_100.0, 330.0), of="B")
    text = box_city({"P": podium, "T": tower}, "EPSG:2263+6360")
    survey = read_cityjson(json.loads(text), ImportOptions())
    assert survey.height_m == pytest.approx([60 * foot, 300 * foot]) and survey.base_m == pytest.approx([0, 60 * foot])
    assert imported(text, tmp_path, "a.city.json", height_unit="m")[0].roof_heights_m.max() == 300.0


def test_depths_below_a_datum_are_heights_above_it(tmp_path):
    down = {
        "P": Box((X, Y, -5.0), (X + 40, Y + 40, -25.0), of="B"),
        "T": Box((X + 10, Y + 10, -25.0), (X + 25, Y + 25, -65.0), of="B"),
    }
    survey = read_cityjson(json.loads(box_city(down, "EPSG:28992+5715")), ImportOptions())  # mean sea level depth
    assert survey.height_m.tolist() == [20.0, 60.0] and survey.base_m.tolist() == [0.0, 20.0]


def test_an_installation_on_a_building_does_not_stand_for_it(tmp_path):
    data = json.loads(box_city({"C": ALONE, "M": TOWER}, "EPSG:7415"))
    chimney = data["CityObjects"].pop("M")
    data["CityObjects"].pop("B")
    data["CityObjects"]["C"]["children"] = ["M"]
    data["CityObjects"]["M"] = {**chimney, "type": "BuildingInstallation", "parents": ["C"]}
    city, report = imported(data, tmp_path, "a.city.json")
    assert city.roof_heights_m.tolist() == [10.0] and report.reasons == {
        "left out: no buildings (BuildingInstallation)": 1
    }
