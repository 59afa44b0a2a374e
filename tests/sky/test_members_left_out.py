"""One bad member does not refuse the rest: what is wrong is left out with a reason, and refuses on request."""

import importlib.resources
import json
from datetime import UTC, datetime

import numpy as np
import pytest
from element_texts import omm_fields, tle_text
from sgp4.api import Satrec, jday
from skyfield.api import EarthSatellite, load, wgs84

from itnt_core.passes import pass_table
from itnt_core.scenario import OrbitGroup, scenario_of_data
from itnt_core.sky import ElementFileError, Site, parse_elements
from itnt_core.sky.elements import satrec_of

a_metre_km = 1e-3
ten_metres_km = 1e-2
CHECKSUM_AT = 68


def read(content, strict=False):
    content = content if isinstance(content, bytes) else content.encode()
    return parse_elements(content, "file", strict)


def signed(line):
    body = line[:CHECKSUM_AT]
    return body + str(sum(int(mark) if mark.isdigit() else mark == "-" for mark in body) % 10)


def pair(number, inclination=53.0, mean_anomaly=10.0, name="", day=172.5, node=40.0):
    """Return the lines of one satellite, the name line first where it has a name."""
    lines = [
        signed(f"1 {number:05d}U 24001A   26{day:012.8f}  .00001000  00000-0  10000-3 0  999"),
        signed(f"2 {number:05d} {inclination:8.4f} {node:8.4f} 0002000  90.0000 {mean_anomaly:8.4f} 15.20000000  100"),
    ]
    return "\n".join(([name] if name else []) + lines) + "\n"


def position_km(record, moment=(2026, 6, 22, 6, 0, 0.0)):
    return np.array(record.sgp4(*jday(*moment))[1])


def assert_as_sgp4_reads(satellite, lines):
    first, second = lines.strip().splitlines()[-2:]
    theirs = Satrec.twoline2rv(first[:69], second[:69])
    assert np.abs(position_km(satrec_of(satellite)) - position_km(theirs)).max() < ten_metres_km


def test_two_objects_that_wait_for_their_numbers_are_both_read():
    cubes = pair(99999, 53.0, name="CUBE A"), pair(99999, 97.0, 210.0, name="CUBE B", node=140.0)
    found = read("".join(cubes))
    assert [one.name for one in found.elements.satellites] == ["CUBE A", "CUBE B"]
    for satellite, lines in zip(found.elements.satellites, cubes, strict=True):
        assert_as_sgp4_reads(satellite, lines)
    assert found.shared_numbers == (99999,) and found.superseded == 0
    assert "different objects of one catalogue number (99999) all kept" in found.sentence


SHARED = {
    "names differ, one orbit": ([pair(99999, name="A"), pair(99999, name="B")], 2),
    "no names, two planes": ([pair(99999), pair(99999, 97.0)], 2),
    "no names, one plane, two places": ([pair(99999), pair(99999, mean_anomaly=14.0)], 2),
    "no names, one plane, two places around 0": ([pair(99999, mean_anomaly=359.0), pair(99999, mean_anomaly=3.0)], 2),
    "one object, a day later": ([pair(5), pair(5, mean_anomaly=200.0, day=173.5)], 1),
    "one object, named later": ([pair(5, name="TBA - TO BE ASSIGNED"), pair(5, name="SAT 5", day=173.5)], 1),
    "one object, given twice": ([pair(5, name="SAT 5"), pair(5, name="sat  5")], 1),
    "one object, fitted twice": ([pair(5), pair(5, mean_anomaly=10.02)], 1),
    "one object, fitted twice around 0": ([pair(5, mean_anomaly=270.02), pair(5, mean_anomaly=269.99)], 1),
}


@pytest.mark.parametrize("case", SHARED)
def test_one_number_is_one_object_unless_names_planes_or_places_differ(case):
    texts, count = SHARED[case]
    found = read("".join(texts))
    assert len(found.elements.satellites) == count and found.superseded == 2 - count
    assert found.left_out == ()


def test_objects_of_one_number_are_stations_of_different_names(tiny_scenario):
    satellites = read(pair(99999, name="A") + pair(99999, 97.0, name="B") + pair(7)).elements.satellites
    group = OrbitGroup(id="sky-1", satellites=satellites)
    assert [group.station_id(one) for one in satellites] == ["sky-1-99999", "sky-1-99999-2", "sky-1-7"]
    assert all(group.brings(group.station_id(one)) for one in satellites)
    changed = tiny_scenario.model_copy(update={"orbits": (group,)})
    assert scenario_of_data(changed.model_dump(mode="json")).orbits == (group,)


def spoilt(text, old, new):
    assert old in text
    return text.replace(old, new, 1)


THREE = pair(90001, name="A") + pair(90002, 60.0, name="B") + pair(90003, 70.0, name="C")
LINES = THREE.splitlines(keepends=True)
WRONG = {  # of three objects the middle one is not as it should be
    "checksum": (spoilt(THREE, LINES[5][60:], LINES[5][60:68] + str((int(LINES[5][68]) + 1) % 10) + "\n"), "checksum"),
    "cut line": ("".join([*LINES[:5], LINES[5][:50] + "\n", *LINES[6:]]), "50 characters"),
    "no second line": ("".join([*LINES[:5], *LINES[6:]]), "line 2 of the object above"),
    "no first line": ("".join([*LINES[:4], *LINES[5:]]), "Line 5 (B) is a second line without a first"),
    "spoilt first line": ("".join([*LINES[:4], "l" + LINES[4][1:], *LINES[5:]]), "line 1 of a TLE is needed"),
    "a name alone": ("".join([*LINES[:4], *LINES[6:]]), "line 1 of a TLE is needed"),
    "SGP4-XP": (spoilt(THREE, LINES[4], signed(LINES[4][:62] + "4" + LINES[4][63:]) + "\n"), "ephemeris type '4'"),
    "too fast": (spoilt(THREE, LINES[5], signed(LINES[5][:52] + "19.20000000" + LINES[5][63:]) + "\n"), "18 revol"),
    "second line of another": (spoilt(THREE, LINES[5], signed("2 90009" + LINES[5][7:]) + "\n"), "of object '90009'"),
}


@pytest.mark.parametrize("fault", WRONG)
def test_of_three_objects_the_two_good_ones_are_read_and_the_bad_one_is_named(fault):
    text, words = WRONG[fault]
    found = read(text)
    assert [one.name for one in found.elements.satellites] == ["A", "C"]
    assert_as_sgp4_reads(found.elements.satellites[1], "".join(LINES[6:]))
    assert found.left_out_count == len(found.left_out) == 1
    assert words in found.left_out[0] and "Line " in found.left_out[0]
    assert "1 member of the file left out" in found.sentence
    with pytest.raises(ElementFileError) as refused:
        read(text, strict=True)
    assert str(refused.value) == found.left_out[0]


def test_where_everything_is_wrong_the_first_reason_refuses_the_file():
    wrong = THREE.replace(" 53.0000", " 53.0001").replace(" 60.0000", " 60.0001").replace(" 70.0000", " 70.0001")
    with pytest.raises(ElementFileError, match=r"Line 3 \(A\) has checksum"):
        read(wrong)


def test_many_reasons_are_listed_to_a_number_and_counted_beyond():
    bad = [omm_fields(NORAD_CAT_ID=number, INCLINATION=200) for number in range(1, 252)]
    found = read(json.dumps([omm_fields(), *bad]))
    assert (len(found.elements.satellites), found.left_out_count, len(found.left_out)) == (1, 251, 200)
    assert found.reasons[-1] == "51 more were left out."


OMM = omm_fields()
FORMS = {
    "a number with a point, of pandas": json.dumps([OMM | {"NORAD_CAT_ID": 270042.0}]),
    "a number with a point, as text": json.dumps([OMM | {"NORAD_CAT_ID": "270042.0", "EPHEMERIS_TYPE": 0.0}]),
    "the theory called TLE": json.dumps([OMM | {"NORAD_CAT_ID": 270042, "MEAN_ELEMENT_THEORY": "TLE"}]),
    "an epoch in milliseconds": json.dumps([OMM | {"NORAD_CAT_ID": 270042, "EPOCH": 1782021600000}]),
    "an epoch in seconds": json.dumps([OMM | {"NORAD_CAT_ID": 270042, "EPOCH": "1782021600.0"}]),
    "an object that is up": json.dumps([OMM | {"NORAD_CAT_ID": 270042, "DECAY_DATE": None}]),
    "a page of a service": json.dumps({"count": 1, "next": None, "results": [OMM | {"NORAD_CAT_ID": 270042}]}),
}


@pytest.mark.parametrize("form", FORMS)
def test_the_same_satellite_is_read_from_what_pandas_and_services_write(form):
    (satellite,) = read(FORMS[form]).elements.satellites
    (plain,) = read(json.dumps([OMM])).elements.satellites
    assert satellite.norad_id == 270042
    assert satellite.epoch == datetime(2026, 6, 21, 6, tzinfo=UTC)
    assert np.abs(position_km(satrec_of(satellite)) - position_km(satrec_of(plain))).max() < a_metre_km


def test_a_drag_that_pandas_lost_is_none():
    rows = [OMM | {"BSTAR": value, "DECAY_DATE": float("nan")} for value in (None, float("nan"), "")]
    for row in rows:
        (satellite,) = read(json.dumps([row])).elements.satellites
        assert satellite.bstar == 0.0


def as_rows(separator, decimal):
    fields = {**OMM, "NORAD_CAT_ID": "270042"}
    values = [str(value).replace(".", decimal) for value in fields.values()]
    return separator.join(fields) + "\n" + separator.join(values) + "\n"


@pytest.mark.parametrize(("separator", "decimal"), [(";", ","), (";", "."), ("\t", ","), ("\t", "."), (",", ".")])
def test_a_table_of_another_country_holds_the_same_satellite(separator, decimal):
    (found,) = read(as_rows(separator, decimal)).elements.satellites
    (plain,) = read(json.dumps([OMM | {"NORAD_CAT_ID": 270042}])).elements.satellites
    assert found == plain


def test_what_has_decayed_is_left_out_with_its_day():
    rows = [OMM, OMM | {"NORAD_CAT_ID": 4, "OBJECT_NAME": "GONE", "DECAY_DATE": "2026-05-01"}]
    found = read(json.dumps(rows))
    assert [one.name for one in found.elements.satellites] == ["MADE 1"]
    assert "GONE" in found.left_out[0] and "DECAY_DATE '2026-05-01'" in found.left_out[0]


def test_satnogs_json_is_read_as_its_lines_are():
    names, first, second = (tle_text().splitlines()[start::3] for start in range(3))
    keys = (
        {"tle0": f"0 {name}", "tle1": one, "tle2": two} for name, one, two in zip(names, first, second, strict=True)
    )
    more = {"tle_source": "made", "sat_id": "XSKZ-5603", "norad_cat_id": 1, "updated": "2026-06-21T12:00:00+0000"}
    found = read(json.dumps([{**lines, **more} for lines in keys]))
    assert found.form == "TLE in JSON"
    assert found.elements.satellites == read(tle_text()).elements.satellites
    spoilt_line = json.dumps([{"tle0": "A", "tle1": first[0], "tle2": second[0][:-1] + "x"}])
    with pytest.raises(ElementFileError, match=r"Object 1 \(A\) has checksum"):
        read(spoilt_line)


def test_the_verification_set_of_sgp4_is_read_with_its_trailing_columns():
    text = importlib.resources.files("sgp4").joinpath("SGP4-VER.TLE").read_text()
    lines = [line.rstrip() for line in text.splitlines() if line[:1] in "12"]
    theirs = {
        first[2:7]: Satrec.twoline2rv(first, second[:69]) for first, second in zip(lines[::2], lines[1::2], strict=True)
    }
    found = read(text)
    assert len(found.elements.satellites) + found.left_out_count == len(theirs) == 32
    assert found.left_out_count == 3  # 33333 to 33335, made up from others' lines: their checksums do not fit
    assert all("has checksum" in reason for reason in found.left_out)
    for one in found.elements.satellites:
        their = theirs[f"{one.norad_id:05d}"]
        error, position, _ = their.sgp4(their.jdsatepoch, their.jdsatepochF)
        ours = satrec_of(one).sgp4(their.jdsatepoch, their.jdsatepochF)
        assert ours[0] == error and (error or np.allclose(ours[1], position, rtol=0.0, atol=2e-2))


def test_a_satellite_that_comes_down_is_named_with_the_reason_and_the_others_rise_as_skyfield_says():
    falling = signed("1 28872U 05037B   26172.50000000  .25992681  00000-0  24476-3 0  153")
    below = signed("2 28872  96.4736 157.9986 0303955 244.0492 110.6523 16.46015938 1070")
    good = pair(90001, name="A")
    found = read(f"MINOTAUR R/B\n{falling}\n{below}\n{good}")
    start = datetime(2026, 6, 21, 12, tzinfo=UTC)
    table = pass_table(found.elements.satellites, Site(-0.1278, 51.5074), start, 12.0, 10.0)
    assert table.left_out == [
        "MINOTAUR R/B (catalogue number 28872) cannot be followed over the whole window: SGP4 finds it below the "
        "ground, it has decayed."
    ]
    clock = load.timescale(builtin=True)
    theirs = EarthSatellite(*good.splitlines()[1:], "A", clock)
    window = clock.from_datetimes([start, start.replace(day=22, hour=0)])
    moments, kinds = theirs.find_events(wgs84.latlon(51.5074, -0.1278), window[0], window[1], 10.0)
    rises = [
        (moment.utc_datetime() - start).total_seconds()
        for moment, kind in zip(moments, kinds, strict=True)
        if kind == 0
    ]
    assert [one.rise_s for one in table.passes if table.name(one) == "A"] == pytest.approx(rises, abs=0.5)
