"""What is no city of buildings is refused in one sentence that says what it is and what to do."""

import gzip
import io
import json
import re
import sqlite3
import zipfile
from contextlib import closing

import pytest
import shapely

from itnt_core.city import CityError
from itnt_core.city.files.importing import import_city
from itnt_core.city.files.survey import ImportOptions
from tests.city.made_files import box, cityjson, cube, features, frame, square, write, zipped_shapefile

POINT = {"type": "Point", "coordinates": [0.0, 51.0]}
GOOD = features((box(), {"height": 10}))


def zip_of(**members):
    """Return a zip file of names (two underscores for a dot) and contents."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "."), content)
    return packed.getvalue()


def encrypted():
    content = bytearray(zip_of(a__geojson=GOOD))
    content[6] |= 1
    directory = content.index(b"PK\x01\x02")
    content[directory + 8] |= 1
    return bytes(content)


def escaping():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("../../evil.geojson", GOOD)
    return packed.getvalue()


def cut_zip():
    return zip_of(a__geojson=GOOD)[:-30]


def spoilt(method):
    """Return a zip file whose one member was packed by a method and then overwritten in the middle."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        archive.writestr("a.geojson", GOOD * 5)
    content = bytearray(packed.getvalue())
    start = content.index(b"a.geojson") + 9
    content[start : start + 30] = b"\xff" * 30
    return bytes(content)


def unknown_packing():
    """Return a zip file that names a compression which nobody here knows."""
    content = bytearray(zip_of(a__geojson=GOOD))
    directory = content.index(b"PK\x01\x02")
    content[8] = content[directory + 10] = 97
    return bytes(content)


VERTICES, SHELL = cube()
HOUSE = {"type": "Building", "geometry": [{"type": "Solid", "lod": "1", "boundaries": [SHELL]}]}

REFUSED = {
    "empty": (b"", "is empty"),
    "tiff": (b"II*\0" + b"\0" * 50, "raster"),
    "png": (b"\x89PNG\r\n", "picture"),
    "pdf": (b"%PDF-1.7", "PDF"),
    "gzip": (gzip.compress(GOOD.encode()), "unpack it"),
    "one part of a shapefile": (b"\0\0\x27\x0a" + b"\0" * 100, "one zip file"),
    "binary junk": (bytes(range(256)), "no known kind"),
    "text": ("name,height\na,3\n", "plain text"),
    "kml": ("<?xml version='1.0'?><kml xmlns='x'></kml>", "KML"),
    "citygml": ("<?xml version='1.0'?><core:CityModel/>", "citygml-tools"),
    "web page": ("<!DOCTYPE html><html></html>", "web page"),
    "kmz": (zip_of(doc__kml="<kml/>"), "KMZ"),
    "office": (zip_of(**{"[Content_Types]__xml": "<x/>"}), "Office"),
    "zip of nothing": (zip_of(), "is empty"),
    "zip of text": (zip_of(readme__txt="hello"), "no map"),
    "zip in zip": (zip_of(a__zip=zip_of(a__geojson=GOOD)), "another zip"),
    "zip of a raster": (zip_of(a__tif=b"II*\0"), "raster"),
    "zip of two maps": (zip_of(a__geojson=GOOD, b__geojson=GOOD), "2 map files"),
    "zip that leads outside": (escaping(), "leads outside"),
    "zip with a password": (encrypted(), "password"),
    "zip cut off": (cut_zip(), "damaged"),
    "zip spoilt inside": (spoilt(zipfile.ZIP_DEFLATED), "damaged"),
    "bzip2 spoilt inside": (spoilt(zipfile.ZIP_BZIP2), "damaged"),
    "lzma spoilt inside": (spoilt(zipfile.ZIP_LZMA), "damaged"),
    "zip packed in an unknown way": (unknown_packing(), "packed in an unknown way"),
    "zip bomb": (zip_of(a__geojson=b" " * 30_000_000), "200-fold"),
    "half a city file": (zip_of(city__npz=b"PK", city__json="{}"), "damaged"),
    "json of something else": ('{"passes": []}', "no map"),
    "overpass": ('{"version": 0.6, "elements": []}', "Overpass"),
    "topojson": ('{"type": "Topology"}', "TopoJSON"),
    "one point": (json.dumps({"type": "Feature", "geometry": POINT, "properties": {}}), "points or lines"),
    "lines of another kind": ('{"a": 1}\n{"a": 2}', "JSON, but no map"),
    "json cut off": ('{"type": "CityJSON", "version"', "damaged JSON"),
    "json too deep": ('{"a":' + "[" * 200_000, "damaged JSON"),
    "geojson cut off": (GOOD[:-40], "damaged JSON"),
    "geojson without shapes": (features(), "no shapes"),
    "only points": (features((POINT, {})), "points or lines"),
    "nothing but null": (features(({"type": "Polygon", "coordinates": []}, {})), "without a shape"),
    "metres said to be degrees": (
        features(([[532000, 181000], [532020, 181000], [532020, 181020], [532000, 181000]], {})),
        "--crs",
    ),
    "flat as a line": (features(([[0, 51], [0.001, 51], [0.002, 51], [0, 51]], {"height": 3})), "cannot be repaired"),
    "no building among the tagged": (features((box(), {"building": "no", "natural": "water"})), "Not one building"),
    "database": (None, "GeoPackage or another database"),
    "cityjson without crs": (json.dumps(cityjson({"a": HOUSE}, VERTICES, crs=None)), "EPSG:28992"),
    "cityjson of the future": (json.dumps(cityjson({"a": HOUSE}, VERTICES, version="3.0")), "version"),
    "cityjson with lost vertices": (json.dumps(cityjson({"a": HOUSE}, VERTICES[:4])), "damaged"),
    "cityjson without objects": (json.dumps(cityjson({}, VERTICES)), "Not one building"),
    "cityjson of an unknown crs": (json.dumps(cityjson({"a": HOUSE}, VERTICES, crs="EPSG:999999")), "not known"),
    "cityjson with wrong vertices": (json.dumps(cityjson({"a": HOUSE}, [[1, 2], "x"])), "vertices"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_file_that_is_no_city_is_refused_in_one_sentence(case, tmp_path):
    content, words = REFUSED[case]
    path = tmp_path / "file of a user"
    if content is None:
        with sqlite3.connect(path) as database:
            database.execute("create table t (a)")
    else:
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(CityError) as caught:
        import_city(path)
    sentence = str(caught.value)
    assert re.search(words, sentence)
    assert sentence.endswith(".") and "\n" not in sentence and str(tmp_path) not in sentence and len(sentence) < 400
    assert list(tmp_path.iterdir()) == [path]


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(CityError, match="is not there"):
        import_city(tmp_path / "no.geojson")


def test_a_shapefile_without_its_projection_or_its_table_is_told(tmp_path):
    table = frame([square()], height=[10.0])
    with pytest.raises(CityError, match=r"\.prj.*--crs"):
        import_city(zipped_shapefile(table, tmp_path, "bare", without=(".prj",)))
    with pytest.raises(CityError, match=r"lacks \.dbf"):
        import_city(zipped_shapefile(table, tmp_path, "half", without=(".dbf",)))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"height_column": "storeys"}, "'storeys' is not in the file: choose one of 'tall'"),
        ({"height_column": "owner"}, "holds no height"),
        ({"height_unit": "yards"}, "'m' or 'ft'"),
        ({"layer": "roofs"}, "layer 'roofs' is not in the file: choose one of houses"),
        ({"crs": "EPSG:1"}, "not known"),
        ({"anchor": (200.0, 0.0)}, "cannot be"),
        ({"size_m": 50_000.0}, "200 to 20000 m"),
        ({"anchor": (0.0, 0.0), "size_m": 1000.0}, "outside the square"),
    ],
)
def test_a_wrong_choice_is_told_with_what_there_is(options, words, tmp_path):
    path = write(frame([square()], tall=[10.0], owner=["x"]), tmp_path / "houses.gpkg")
    with pytest.raises(CityError, match=words):
        import_city(path, ImportOptions(**options))


def test_a_table_without_shapes_in_a_geopackage_is_told(tmp_path):
    path = write(frame([square()], height=[10.0]), tmp_path / "houses.gpkg")
    with sqlite3.connect(path) as database:
        database.execute("update gpkg_contents set data_type = 'attributes'")
    with pytest.raises(CityError, match="no layer of shapes"):
        import_city(path)


def test_names_of_files_are_not_trusted(tmp_path):
    path = tmp_path / "houses.gpkg"
    path.write_text(GOOD)
    city, report = import_city(path)
    assert report.form == "GeoJSON" and city.building_count == 1
    assert shapely.Polygon(city.vertices_m).is_valid


def reading_another(path, other, made):
    """Add to a GeoPackage a table of SpatiaLite's that reads another file, and a layer that shows its text."""
    table = "CREATE" + made.format(f"'{other}'")
    view = "CREATE VIEW v AS SELECT fid, geom, height, (SELECT group_concat(COL001) FROM x) AS licence FROM houses"
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("PRAGMA writable_schema = ON")
        for kind, name, sql in (("table", "x", table), ("view", "v", view)):
            database.execute("INSERT INTO sqlite_master VALUES (?, ?, ?, 0, ?)", (kind, name, name, sql))
        database.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, srs_id) SELECT 'v', data_type, srs_id FROM gpkg_contents"
        )
        database.execute(
            "INSERT INTO gpkg_geometry_columns SELECT 'v', column_name, geometry_type_name, srs_id, z, m "
            "FROM gpkg_geometry_columns"
        )


@pytest.mark.parametrize(
    "made",
    [
        " VIRTUAL TABLE x USING VirtualText({}, 'UTF-8', 0)",
        "/**/VIRTUAL TABLE x USING VirtualText({}, 'UTF-8', 0)",
        " --\nVIRTUAL TABLE x USING VirtualText({}, 'UTF-8', 0)",
        " VIRTUAL TABLE x USING VirtualText({}, 'UTF-8', 0, POINT, DOUBLEQUOTE, ' USING rtree(')",
        " VIRTUAL TABLE x/* USING rtree(a) */USING VirtualText({}, 'UTF-8', 0)",
    ],
)
def test_a_geopackage_reads_no_other_file_however_its_table_is_written(made, tmp_path):
    other = tmp_path / "other.txt"
    other.write_text("a secret\nof two lines\n")
    path = write(frame([square(), square(60, 10)], height=[10.0, 20.0]), tmp_path / "houses.gpkg")
    reading_another(path, other, made)
    with pytest.raises(CityError, match="stands for something outside it"):
        import_city(path, ImportOptions(layer="v"))


@pytest.mark.parametrize("layer", ["houses", "a 'quoted' \"name\" using rtree(", "Gebäude; --"])
def test_the_spatial_index_of_a_geopackage_is_no_other_file(layer, tmp_path):
    path = tmp_path / "houses.gpkg"
    frame([square(), square(60, 10)], height=[10.0, 20.0]).to_file(path, layer=layer, driver="GPKG")
    city, _ = import_city(path)
    assert city.building_count == 2
