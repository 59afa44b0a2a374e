"""Element files: the same satellites from every format, and one sentence for each way to be wrong."""

import csv
import io
import json
from datetime import UTC, datetime

import numpy as np
import pytest
from element_texts import REAL, omm_fields, omm_xml, tle_text
from sgp4 import omm
from sgp4.api import Satrec, jday

from itnt_core.sky import (
    ElementFileError,
    elements_folder,
    keep_elements,
    parse_elements,
    read_elements,
    stored_elements,
)
from itnt_core.sky.elements import satrec_of
from tests.shared import needs_shared, shared_file

a_metre_km = 1e-3
ten_metres_km = 1e-2


def satellites(content, name="file"):
    content = content if isinstance(content, bytes) else content.encode()
    return parse_elements(content, name).elements.satellites


def as_csv(rows):
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def all_omm():
    return [omm_fields() | {"NORAD_CAT_ID": number} for number in (70001, 100534, 999999999)]


def places_km(records, hours=(0.0, 5.0, 23.0)):
    day, fraction = jday(2026, 6, 21, 6, 0, 0.0)
    return np.array([record.sgp4(day, fraction + hour / 24.0)[1] for record in records for hour in hours])


def test_a_tle_gives_the_orbits_that_sgp4_itself_reads_from_it():
    text = tle_text()
    lines = text.splitlines()
    theirs = [Satrec.twoline2rv(lines[at + 1], lines[at + 2]) for at in range(0, len(lines), 3)]
    ours = satellites(text)
    assert [one.name for one in ours] == [f"MADE {n}" for n in range(1, 7)]
    assert [one.norad_id for one in ours] == list(range(70001, 70007))
    assert np.abs(places_km(map(satrec_of, ours)) - places_km(theirs)).max() < ten_metres_km


def test_two_lines_comments_carriage_returns_and_space_tracks_zero_are_read():
    two = satellites(tle_text(names=False).replace("\n", "\r\n"))
    assert [one.name for one in two] == [""] * 6
    zero = "# from somewhere\n\n0 " + tle_text()
    assert satellites(b"\xef\xbb\xbf" + zero.encode())[0].name == "MADE 1"


@pytest.mark.parametrize(
    ("digits", "number"),
    [("A0534", 100534), ("J1234", 181234), ("P0000", 230000), ("Z9999", 339999), ("00005", 5), ("    5", 5)],
)
def test_a_letter_in_a_catalogue_number_stands_for_the_tens_of_thousands(digits, number):
    _, first, second = tle_text().splitlines()[:3]
    pair = [with_checksum(line[:2] + digits + line[7:]) for line in (first, second)]
    assert satellites("\n".join(pair))[0].norad_id == number


def test_json_csv_and_xml_hold_the_same_satellites_and_long_numbers():
    rows = all_omm()
    from_json = satellites(json.dumps(rows))
    assert [one.norad_id for one in from_json] == [70001, 100534, 999999999]
    assert satellites(as_csv(rows)) == from_json
    assert satellites(omm_xml(rows[1])) == from_json[1:2]
    assert satellites(json.dumps({key: str(value) for key, value in rows[1].items()})) == from_json[1:2]  # Space-Track
    theirs = Satrec()
    omm.initialize(theirs, {key: str(value) for key, value in rows[0].items()})
    assert np.abs(places_km([satrec_of(from_json[0])]) - places_km([theirs])).max() < a_metre_km


@pytest.mark.parametrize(
    "text", ["2026-06-21T12:00:00", "2026-06-21T12:00:00.000000Z", "2026-172T12:00:00.0", "2026-06-21T13:00:00+01:00"]
)
def test_an_epoch_may_be_written_in_many_ways(text):
    assert satellites(json.dumps(omm_fields(EPOCH=text)))[0].epoch == datetime(2026, 6, 21, 12, tzinfo=UTC)


def test_of_several_sets_of_one_object_the_newest_is_kept():
    rows = [omm_fields(EPOCH=f"2026-06-{day:02d}T00:00:00") for day in (3, 9, 5)]
    read = parse_elements(json.dumps(rows).encode(), "history.json")
    assert [one.epoch.day for one in read.elements.satellites] == [9] and read.superseded == 2
    assert "2 older element sets" in read.sentence


BAD_OMM = {
    "no epoch": ({"EPOCH": None}, "EPOCH missing"),
    "an epoch that is none": ({"EPOCH": "yesterday"}, "2026-06-21T12:00:00"),
    "no motion": ({"MEAN_MOTION": ""}, "MEAN_MOTION missing"),
    "too fast": ({"MEAN_MOTION": 99}, "0.05 to 18 revolutions a day"),
    "not a number": ({"ECCENTRICITY": "NaN"}, "a number is needed"),
    "unbound": ({"ECCENTRICITY": 1.0}, "0 to below 1"),
    "over the pole": ({"INCLINATION": 181}, "0 to 180 degrees"),
    "a list": ({"MEAN_ANOMALY": [1]}, "a number is needed"),
    "no catalogue number": ({"NORAD_CAT_ID": None}, "NORAD_CAT_ID missing"),
    "half a catalogue number": ({"NORAD_CAT_ID": 5.5}, "a number is needed"),
    "ten digits": ({"NORAD_CAT_ID": 10**9}, "0 to 999999999"),
    "another frame": ({"REF_FRAME": "GCRF"}, "TEME is needed"),
    "another time": ({"TIME_SYSTEM": "TAI"}, "UTC is needed"),
    "another planet": ({"CENTER_NAME": "MARS"}, "EARTH is needed"),
    "another theory": ({"MEAN_ELEMENT_THEORY": "SGP4-XP"}, "SGP4 is needed"),
    "SGP4-XP": ({"EPHEMERIS_TYPE": 4}, "EPHEMERIS_TYPE"),
}


@pytest.mark.parametrize(("changes", "word"), BAD_OMM.values(), ids=BAD_OMM)
@pytest.mark.parametrize("form", ["json", "csv", "xml"])
def test_a_wrong_value_is_told_with_object_value_and_range(changes, word, form):
    fields = {**omm_fields(), **changes}
    if form != "json":
        fields = {key: "" if value is None else value for key, value in fields.items()}
    text = {
        "json": lambda: json.dumps([omm_fields(), fields]),
        "csv": lambda: as_csv([omm_fields(), fields]),
        "xml": lambda: omm_xml(fields),
    }[form]()
    with pytest.raises(ElementFileError) as caught:
        parse_elements(text.encode(), "bad", strict=True)
    if form != "xml":  # of two, the other is read, and the same sentence says why this one was left out
        lenient = parse_elements(text.encode(), "bad")
        assert lenient.left_out == (str(caught.value),) and len(lenient.elements.satellites) == 1
    sentence = str(caught.value)
    assert word in sentence and "MADE 1" in sentence and "\n" not in sentence
    assert ("Line 3" if form == "csv" else "Object 2" if form == "json" else "Object 1") in sentence


def changed_line(number, old, new):
    lines = tle_text().splitlines()
    lines[number - 1] = lines[number - 1].replace(old, new, 1)
    return "\n".join(lines)


def with_checksum(line):
    body = line[:68]
    return body + str(sum(int(mark) if mark.isdigit() else mark == "-" for mark in body) % 10)


def rewritten(number, first, last, text):
    lines = tle_text().splitlines()
    line = lines[number - 1]
    lines[number - 1] = with_checksum(line[: first - 1] + text + line[last:])
    return "\n".join(lines)


LAUGHS = '<!DOCTYPE ndm [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE ndm [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
BAD_FILES = {
    "nothing": (b"", "no satellite"),
    "prose": (b"Dear colleague,\nplease find attached", "line 1 of a TLE is needed"),
    "one word": (b"hello", "two lines are needed"),
    "a picture": (b"\x89PNG\r\n\x1a\n\x00\xff", "UTF-8"),
    "a wrong checksum": (changed_line(2, " 26001A", " 26002A"), "Line 2 (MADE 1) has checksum"),
    "a short line": (tle_text().replace("\n2 70001", "\n2 7001", 1), "68 characters"),
    "a second line alone": ("\n".join(tle_text().splitlines()[2:]), "without a first line"),
    "no second line": ("\n".join(tle_text().splitlines()[:2]), "no second line"),
    "another object's second line": (rewritten(3, 3, 7, "70002"), "of object '70002'"),
    "a letter O": (rewritten(2, 3, 7, "O0001").replace("\n2 70001", "\n2 O0001", 1), "checksum"),
    "day 400": (rewritten(2, 19, 32, "26400.25000000"), "1 to 366"),
    "an epoch of letters": (rewritten(2, 19, 32, "26abc.25000000"), "yyddd.dddddddd"),
    "a drag of letters": (rewritten(2, 54, 61, " 1x345-3"), "BSTAR"),
    "an inclination of letters": (rewritten(3, 9, 16, " 53.0x00"), "INCLINATION"),
    "an inclination of 200": (rewritten(3, 9, 16, "200.0000"), "0 to 180 degrees"),
    "a name at the end": (tle_text() + "MADE 7\n", "ends with 'MADE 7'"),
    "broken JSON": (b'[{"OBJECT_NAME": ', "not JSON"),
    "a list of numbers": (b"[1, 2]", "Object 1 is 1"),
    "deep JSON": (b"[" * 100_000, "JSON"),
    "CSV with a value too many": (as_csv([omm_fields()]).rstrip() + ",1\n", "columns"),
    "CSV with a column twice": (b"MEAN_MOTION,EPOCH,EPOCH\n1,2,3\n", "twice"),
    "CSV with an open quote": (as_csv([omm_fields()]) + '"', "not CSV"),
    "XML cut off": (omm_xml(omm_fields())[:-9], "cannot be read"),
    "XML of something else": (b"<html><body/></html>", "no <omm>"),
    "a billion laughs": (omm_xml(omm_fields(), LAUGHS), "document type"),
    "an entity from a file": (omm_xml(omm_fields(), OUTSIDE), "document type"),
    "KVN": (b"CCSDS_OMM_VERS = 3.0\nCREATION_DATE = 2026-01-01T00:00:00\n", "KVN"),
    "too large": (b" " * 40_000_001, "40 MB"),
}


@pytest.mark.parametrize(("content", "word"), BAD_FILES.values(), ids=BAD_FILES)
def test_a_malformed_file_gets_one_sentence(content, word):
    content = content if isinstance(content, bytes) else content.encode()
    with pytest.raises(ElementFileError) as caught:
        parse_elements(content, "bad", strict=True)
    assert word in str(caught.value) and "\n" not in str(caught.value) and len(str(caught.value)) < 320


def test_an_element_set_is_stored_once_and_comes_back_equal(tmp_path):
    folder = elements_folder(tmp_path)
    elements = parse_elements(tle_text().encode(), "made.tle").elements
    digest = keep_elements(folder, elements)
    again = keep_elements(folder, elements.model_copy(update={"name": "the same"}))
    assert again == digest and len(list(folder.glob("*.json"))) == 1
    assert [(item.content_hash, item.name) for item in stored_elements(folder)] == [(digest, "the same")]
    assert read_elements(folder, digest) == elements
    for wrong in ("0" * 64, "../../etc/passwd", digest[:-1]):
        with pytest.raises(ElementFileError):
            read_elements(folder, wrong)
    path = folder / f"{digest}.json"
    path.write_text(path.read_text().replace("MADE 1", "FAKE 1"))
    with pytest.raises(ElementFileError, match="changed"):
        read_elements(folder, digest)
    path.write_text("{")
    with pytest.raises(ElementFileError, match="damaged"):
        read_elements(folder, digest)
    (folder / f"{digest}.json").write_bytes(b"\xff\xfe")
    with pytest.raises(ElementFileError, match="damaged"):
        read_elements(folder, digest)


COUNTS = {
    "iridium_next_2025-10-07.tle": 80,
    "oneweb_2025-10-07.tle": 651,
    "starlink_sample_omm.csv": 202,
    "starlink_sample_omm.json": 202,
}
SAMPLES = [REAL.format(f"starlink_sample_omm.{form}") for form in ("csv", "json")]


@pytest.mark.parametrize(
    ("name", "count"),
    [pytest.param(name, count, marks=needs_shared(REAL.format(name))) for name, count in COUNTS.items()],
)
def test_real_files_are_read_whole(name, count):
    read = parse_elements(shared_file(REAL.format(name)).read_bytes(), name)
    assert len(read.elements.satellites) == count and read.superseded == 0


@needs_shared(*SAMPLES)
def test_the_real_csv_and_json_hold_the_same():
    one, other = (satellites(shared_file(name).read_bytes()) for name in SAMPLES)
    assert one == other
