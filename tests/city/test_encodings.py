"""Names in another encoding than a file says: heights and shapes right, names as good as can be, and it is reported."""

import json
import sqlite3
import struct
import zipfile
from contextlib import closing

import geopandas
import pytest

from itnt_core.city.files.encodings import codec_of, decode_text
from itnt_core.city.files.importing import import_city
from itnt_core.city.files.survey import ImportOptions
from itnt_core.city.model import CityError
from tests.city.made_files import box, cityjson, cube, features, frame, osm, osm_way, square, write, zipped_shapefile

WESTERN = ["Zürich Haus", "Café", "Straße", "Ölmühle"]
CHINESE = ["上海中心大厦", "东方明珠", "人民广场", "外滩"]
RUSSIAN = ["Москва", "Большой театр", "Кремль", "Дом книги"]
HEIGHTS = [10.0, 20.0, 30.0, 40.0]
SQUARES = [square(60.0 * k) for k in range(4)]


def shapefile(folder, names, encoding, cpg, language=0):
    """Write and zip a Shapefile whose table is in an encoding and says ``cpg``; None leaves that part out."""
    table = frame(
        [square(60 * k) for k in range(len(names))], NAME=["?" * 40] * len(names), HEIGHT=[10.0, 20.0, 30.0, 40.0]
    )
    write(table, folder / "houses.shp")
    data = (folder / "houses.dbf").read_bytes()
    for name in names:
        data = data.replace(b"?" * 40, name.encode(encoding)[:40].ljust(40), 1)
    (folder / "houses.dbf").write_bytes(data[:29] + struct.pack("B", language) + data[30:])
    (folder / "houses.cpg").unlink(missing_ok=True)
    if cpg is not None:
        (folder / "houses.cpg").write_text(cpg)
    with zipfile.ZipFile(folder / "houses.zip", "w") as archive:
        for part in folder.glob("houses.???"):
            if part.suffix != ".zip":
                archive.write(part, part.name)
    return folder / "houses.zip"


def names_and_encoding(path, **options):
    city, report = import_city(path, ImportOptions(**options))
    assert sorted(city.roof_heights_m) == HEIGHTS and report.left_out == 0
    found = {name for name, _, _ in city.places}
    return found, next((one for one in report.readings if one.what == "Encoding of names"), None)


@pytest.mark.parametrize(
    ("names", "encoding", "cpg", "value", "why"),
    [
        (WESTERN, "cp1252", "UTF-8", "Windows-1252", "guessed: the texts are not UTF-8"),
        (WESTERN, "cp1252", None, "Windows-1252", "guessed: the texts are not UTF-8"),
        (WESTERN, "cp1252", "1252", "Windows-1252", "named by the file"),
        (WESTERN, "utf-8", "1252", "UTF-8", "found: the file says Windows-1252"),
        (WESTERN, "utf-8", "ISO-8859-1", "UTF-8", "found: the file says Latin-1"),
        (CHINESE, "gbk", "UTF-8", "GB 18030 (GBK)", "guessed: the texts are not UTF-8"),
        (CHINESE, "gbk", "GBK", "GB 18030 (GBK)", "named by the file"),
        (CHINESE, "gbk", "936", "GB 18030 (GBK)", "named by the file"),
        (CHINESE, "gbk", None, "GB 18030 (GBK)", "guessed: the texts are not UTF-8"),
        (RUSSIAN, "cp1251", "no such", "cp1251", "guessed: the texts are not UTF-8"),
        (CHINESE, "gbk", "klingon", "GB 18030 (GBK)", "guessed: the texts are not UTF-8"),
    ],
)
def test_a_lying_or_missing_encoding_of_a_shapefile_costs_neither_heights_nor_names(
    names, encoding, cpg, value, why, tmp_path
):
    found, reading = names_and_encoding(shapefile(tmp_path, names, encoding, cpg))
    assert found == set(names) and (reading.value, reading.why) == (value, why)


def test_the_language_of_a_table_counts_where_no_cpg_stands_beside_it(tmp_path):
    found, reading = names_and_encoding(shapefile(tmp_path, RUSSIAN, "cp1251", None, language=0xC9))  # dBASE: Russian
    assert found == set(RUSSIAN) and (reading.value, reading.why) == ("cp1251", "named by the file")


def test_a_shapefile_that_says_what_it_is_needs_no_words(tmp_path):
    table = frame(SQUARES, NAME=WESTERN, HEIGHT=HEIGHTS)
    found, reading = names_and_encoding(zipped_shapefile(table, tmp_path))
    assert found == set(WESTERN) and reading is None


def test_a_name_that_its_table_cut_in_the_middle_of_a_character_loses_that_character(tmp_path):
    long = "Ä" * 30  # 60 bytes, of which the field holds an odd number
    path = shapefile(tmp_path, ["x" + long, "Café", "Nord", "Süd"], "utf-8", "UTF-8")
    found, reading = names_and_encoding(path)
    assert found == {"x" + "Ä" * 19, "Café", "Nord", "Süd"} and (reading is None or reading.why == "named by the file")


def test_the_encoding_that_a_person_names_wins(tmp_path):
    path = shapefile(tmp_path, WESTERN, "cp1252", "UTF-8")
    found, reading = names_and_encoding(path, encoding="cp1250")
    assert found == {name.encode("cp1252").decode("cp1250") for name in WESTERN}
    assert (reading.value, reading.why) == ("cp1250", "chosen by you")


def ways(names):
    """Return OpenStreetMap ways with the heights above and these names."""
    tagged = zip(names, HEIGHTS, strict=True)
    return [osm_way(k, box(0.001 * k), building="yes", height=h, name=name) for k, (name, h) in enumerate(tagged, 1)]


MAP = features(*((box(0.001 * k), {"height": 10.0 * (k + 1), "name": "NAME"}) for k in range(4)))
VERTICES, SHELL = cube()


@pytest.mark.parametrize(
    ("names", "encoding"), [(WESTERN, "latin-1"), (CHINESE, "gbk"), (WESTERN, "utf-16"), (RUSSIAN, "cp1251")]
)
@pytest.mark.parametrize("form", ["geojson", "lines", "osm"])
def test_text_in_any_encoding_gives_the_same_heights_and_names(form, names, encoding, tmp_path):
    text = MAP
    for name in names:
        text = text.replace("NAME", name, 1)
    if form == "lines":
        text = "\n".join(json.dumps(one, ensure_ascii=False) for one in json.loads(text)["features"])
    if form == "osm":
        text = osm(*ways(names), declaration="")
    path = tmp_path / "map"
    path.write_bytes(text.encode(encoding))
    found, reading = names_and_encoding(path)
    assert found == set(names) and reading.why.startswith("named" if encoding == "utf-16" else "guessed")


@pytest.mark.parametrize("encoding", ["GBK", "windows-1251", "ISO-8859-1"])
def test_xml_in_the_encoding_that_it_declares_is_read(encoding, tmp_path):
    names = {"GBK": CHINESE, "windows-1251": RUSSIAN, "ISO-8859-1": WESTERN}[encoding]
    path = tmp_path / "map.osm"
    path.write_bytes(osm(*ways(names), declaration=f"<?xml version='1.0' encoding='{encoding}'?>").encode(encoding))
    assert names_and_encoding(path)[0] == set(names)


def test_cityjson_in_latin_1_is_read(tmp_path):
    thing = {
        "type": "Building",
        "geometry": [{"type": "Solid", "lod": "1", "boundaries": [SHELL]}],
        "attributes": {"name": "Café"},
    }
    (tmp_path / "a.json").write_bytes(
        json.dumps(cityjson({"a": thing}, VERTICES), ensure_ascii=False).encode("latin-1")
    )
    city, report = import_city(tmp_path / "a.json")
    assert city.places[0][0] == "Café" and report.readings[-1].value == "Windows-1252"


@pytest.mark.parametrize("form", ["gpkg", "fgb"])
def test_bytes_that_a_database_should_not_hold_are_read_as_they_are_meant(form, tmp_path):
    table = frame(SQUARES, name=["Cafe", "a", "b", "c"], height=HEIGHTS)
    path = write(table, tmp_path / f"houses.{form}")
    if form == "fgb":
        path.write_bytes(path.read_bytes().replace(b"Cafe", b"Caf\xe9"))
    else:
        with closing(sqlite3.connect(path)) as database, database:
            for (trigger,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                database.execute(f'DROP TRIGGER "{trigger}"')
            database.execute("UPDATE houses SET name = CAST(X'436166E9' AS TEXT) WHERE name = 'Cafe'")
    with pytest.raises(UnicodeDecodeError):
        geopandas.read_file(path)
    found, reading = names_and_encoding(path)
    assert "Café" in found and reading.value == "Windows-1252"


def test_what_no_encoding_gives_is_marked_and_not_refused():
    text, decoded = decode_text(b'{"a": "caf\xe9 \x81\x8d"}')
    assert text == '{"a": "caf\xe9 \x81\x8d"}' and decoded.encoding == "latin1"


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("1252", "cp1252"),
        ("ANSI 1252", "cp1252"),
        ("88591", "iso8859-1"),
        ("65001", "utf-8"),
        ("gb2312", "gb18030"),
        ("CP936", "gb18030"),
    ],
)
def test_an_encoding_is_known_by_the_names_that_tables_give_it(name, codec):
    assert codec_of(name) == codec


def test_an_encoding_that_is_none_is_refused():
    with pytest.raises(CityError, match="'base64' is not known"):
        codec_of("base64")
