"""One damaged object costs itself, not the city: in CityJSON and in CityJSONSeq."""

import json

import pytest

from itnt_core.city.model import CityError
from tests.city.made_boxes import Box, box_city
from tests.city.test_importing import imported

X, Y = 85_000.0, 446_500.0  # in EPSG:7415, at Delft
BOXES = {f"B{k}": Box((X + 40 * k, Y, 1.0), (X + 40 * k + 20, Y + 20, 13.0 + k)) for k in range(3)}
DAMAGES = {
    "a corner that is not there": lambda geometry: geometry["boundaries"][0][0][0].__setitem__(0, 999),
    "a corner that is no number": lambda geometry: geometry["boundaries"][0][0][0].__setitem__(1, None),
    "a surface that is not there": lambda geometry: geometry["semantics"]["values"][0].__setitem__(0, 7),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_object_of_cityjson_is_left_out_and_counted(damage, tmp_path):
    data = json.loads(box_city(BOXES, "EPSG:7415"))
    DAMAGES[damage](data["CityObjects"]["B1"]["geometry"][0])
    city, report = imported(json.dumps(data), tmp_path, "a.city.json")
    assert sorted(city.roof_heights_m) == [12.0, 14.0] and report.form == "CityJSON 2.0"
    assert report.reasons == {"left out: damaged objects": 1} and report.left_out == 1


def test_a_file_of_damaged_objects_alone_is_refused(tmp_path):
    data = json.loads(box_city({"B": BOXES["B0"]}, "EPSG:7415"))
    DAMAGES["a corner that is not there"](data["CityObjects"]["B"]["geometry"][0])
    with pytest.raises(CityError, match="The CityJSON file is damaged"):
        imported(json.dumps(data), tmp_path, "a.city.json")


@pytest.mark.parametrize("line", [1, 2, 3])
@pytest.mark.parametrize("spoilt", [lambda line: line[:60], lambda line: line.replace("[", "[null, ", 1)])
def test_a_damaged_line_of_a_sequence_costs_itself(line, spoilt, tmp_path):
    texts = _sequence()
    texts[line] = spoilt(texts[line])
    city, report = imported("\n".join(texts), tmp_path, "a.city.jsonl")
    assert sorted(city.roof_heights_m) == [height for k, height in enumerate((12.0, 13.0, 14.0), 1) if k != line]
    assert report.left_out == 1


def _sequence():
    """Return the lines of a CityJSONSeq: a header, and one building each."""
    head = {**json.loads(box_city({}, "EPSG:7415")), "transform": {"scale": [1.0] * 3, "translate": [0.0] * 3}}
    features = [json.loads(box_city({name: one}, "EPSG:7415")) for name, one in BOXES.items()]
    own = [{"type": "CityJSONFeature", **{key: one[key] for key in ("CityObjects", "vertices")}} for one in features]
    return [json.dumps(head), *map(json.dumps, own)]
