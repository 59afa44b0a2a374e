"""Files that are handed to the city import to do harm: cut, spoilt, renamed, nested, huge, or naming something else."""

import io
import json
import random
import sqlite3
import struct
import tempfile
import zipfile
from pathlib import Path

from tests.city.made_files import box, cityjson, cube, features, frame, square, write, zipped_shapefile

ENDINGS = (".geojson", ".json", ".gpkg", ".osm", ".osm.pbf", ".fgb", ".zip", ".shp", ".vrt", ".gml")
OSM = (
    "<?xml version='1.0'?><osm version='0.6'>"
    + "".join(
        f"<node id='{n}' lat='{51.5 + lat}' lon='{lon - 0.1}'/>"
        for n, (lon, lat) in enumerate([(0, 0), (0.001, 0), (0.001, 0.001), (0, 0.001)], 1)
    )
    + "<way id='9'><nd ref='1'/><nd ref='2'/><nd ref='3'/><nd ref='4'/><nd ref='1'/>"
    "<tag k='building' v='yes'/><tag k='height' v='20'/></way></osm>"
)


def good_files():
    """Return name and bytes of one readable file of every kind."""
    vertices, shell = cube()
    house = {"type": "Building", "geometry": [{"type": "Solid", "lod": "1", "boundaries": [shell]}]}
    whole = cityjson({"a": house}, vertices)
    header = {**whole, "CityObjects": {}, "vertices": []}
    feature = {"type": "CityJSONFeature", "id": "a", "CityObjects": {"a": house}, "vertices": whole["vertices"]}
    with tempfile.TemporaryDirectory() as folder:
        table = frame([square(), square(60, 10)], height=[10.0, 20.0])
        made = {
            "houses.gpkg": write(table, Path(folder) / "houses.gpkg").read_bytes(),
            "houses.fgb": write(table, Path(folder) / "houses.fgb").read_bytes(),
            "shape.zip": zipped_shapefile(table, Path(folder)).read_bytes(),
        }
    return made | {
        "houses.geojson": features((box(), {"height": 10}), (box(0.001), {"height": 12})).encode(),
        "houses.city.json": json.dumps(whole).encode(),
        "houses.city.jsonl": f"{json.dumps(header)}\n{json.dumps(feature)}\n".encode(),
        "houses.osm": OSM.encode(),
    }


def spoilt_files(seed=1):
    """Yield good files cut off, with bytes overwritten, doubled, and under every other name."""
    chance = random.Random(seed)
    for name, content in good_files().items():
        for share in (0.02, 0.3, 0.6, 0.9, 0.99):
            yield f"cut at {share:g} {name}", content[: int(len(content) * share)]
        for number in range(6):
            damaged = bytearray(content)
            for _ in range(1 + number * 4):
                damaged[chance.randrange(len(damaged))] = chance.randrange(256)
            yield f"spoilt {number} {name}", bytes(damaged)
        yield f"twice {name}", content + content
        yield f"after nothing {name}", b"\0" * 64 + content
    names = list(good_files().items())
    for number, ending in enumerate(ENDINGS):
        yield f"renamed{ending}", names[number % len(names)][1]


def referring_files(address, secret):
    """Yield files that name an address to ask or a file to open, by every way that a format offers."""
    vrt = "<OGRVRTDataSource>{}<OGRVRTLayer name='a'><SrcDataSource>{}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"
    targets = (str(secret), f"/vsicurl/{address}/a.geojson", f"/vsizip//vsicurl/{address}/a.zip", f"WFS:{address}/wfs")
    for number, target in enumerate(targets):
        for mark in ("<!-- <osm -->", '<!-- "type": "FeatureCollection" -->', "<!-- <osm version='0.6'> -->"):
            yield f"vrt {number} as osm.osm", vrt.format(mark, target).encode()
        yield f"vrt {number} in a zip.zip", _zip({"a.osm": vrt.format("<!-- <osm -->", target)})
        yield f"vrt {number} as json.json", b" " + vrt.format('<!-- {"type": "FeatureCollection"} -->', target).encode()
        yield f"path only {number}.geojson", target.encode()
    ring = box()
    shape = {"type": "Polygon", "coordinates": [ring]}
    crs = {
        "link": {"type": "link", "properties": {"href": f"{address}/crs", "type": "proj4"}},
        "LINK": {"type": "LINK", "properties": {"href": f"{address}/crs"}},
        "url": {"type": "url", "properties": {"url": f"{address}/crs"}},
        "URL": {"type": "URL", "properties": {"url": f"{address}/crs"}},
        "name": {"type": "name", "properties": {"name": f"{address}/crs"}},
        "file": {"type": "name", "properties": {"name": str(secret)}},
        "init": {"type": "name", "properties": {"name": f"+init={secret}:1"}},
        "grid": {"type": "name", "properties": {"name": f"+proj=longlat +nadgrids={secret} +type=crs"}},
        "many": [{"type": "link", "properties": {"href": f"{address}/crs"}}],
    }
    for key, member in crs.items():
        for field in ("crs", "CRS"):
            yield f"{field} {key} of the collection.geojson", _collection(shape, **{field: member})
        yield f"crs {key} of a feature.geojson", _collection(shape, inside={"crs": member})
        yield f"crs {key} of a shape.geojson", _collection({**shape, "crs": member})
        group = {"type": "GeometryCollection", "geometries": [{**shape, "crs": member}]}
        yield f"crs {key} of a part.geojson", _collection(group)
    vertices, shell = cube()
    solid = {"type": "Solid", "lod": "1", "boundaries": [shell], "texture": {"visual": {"values": [[[[0]]]]}}}
    whole = cityjson({"a": {"type": "Building", "geometry": [solid]}}, vertices)
    names = (
        f"{address}/def/crs",
        str(secret),
        f"+init={secret}:1",
        f"file://{secret}",
        "urn:ogc:def:crs:X:1:" + "9" * 30,
    )
    for number, name in enumerate(names):
        yield (
            f"reference system {number}.city.json",
            json.dumps({**whole, "metadata": {"referenceSystem": name}}).encode(),
        )
    looks = {"textures": [{"type": "PNG", "image": f"{address}/roof.png"}, {"type": "PNG", "image": str(secret)}]}
    yield "textures.city.json", json.dumps({**whole, "appearance": looks}).encode()
    yield (
        "extension.city.json",
        json.dumps({**whole, "extensions": {"A": {"url": f"{address}/a", "version": "1"}}}).encode(),
    )
    yield (
        "network link.kml",
        f"<kml><NetworkLink><Link><href>{address}/a.kml</href></Link></NetworkLink></kml>".encode(),
    )
    schema = f"<gml:FeatureCollection xmlns:gml='http://www.opengis.net/gml' xsi='{address}/a.xsd'/>"
    yield "schema.gml", schema.encode()
    for number, dtd in enumerate(_document_types(address, secret)):
        yield f"document type {number}.osm", f"<?xml version='1.0'?><!DOCTYPE osm {dtd}><osm>&a;</osm>".encode()
    yield from _referring_tables(address, secret)


def _document_types(address, secret):
    laughs = "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 10))
    yield f"SYSTEM '{address}/osm.dtd'"
    yield f"[<!ENTITY a SYSTEM '{address}/a'>]"
    yield f"[<!ENTITY a SYSTEM 'file://{secret}'>]"
    yield f"[<!ENTITY % p SYSTEM '{address}/p'> %p;]"
    yield f"[<!ENTITY l0 'ha'>{laughs}<!ENTITY a '&l9;'>]"


def _referring_tables(address, secret):
    """Yield databases and Shapefiles that refer to something outside themselves."""
    statements = (
        "CREATE VIRTUAL TABLE other USING fts5(a)",
        "CREATE VIEW other AS SELECT * FROM houses",
        f"CREATE TABLE t AS SELECT '{secret}' AS path",
    )
    for number, statement in enumerate(statements):
        with tempfile.TemporaryDirectory() as folder:
            path = write(frame([square()], height=[9.0]), Path(folder) / "houses.gpkg")
            with sqlite3.connect(path) as database:
                database.execute(statement)
                if number == 0:  # a module that is not there at all: whatever would be loaded for it
                    database.execute("PRAGMA writable_schema = ON")
                    sql = f"CREATE VIRTUAL TABLE other USING VirtualOGR(''{address}/a'')"
                    database.execute(f"UPDATE sqlite_master SET sql = '{sql}' WHERE name = 'other'")
            yield f"database {number}.gpkg", path.read_bytes()
    datum = 'DATUM["d",SPHEROID["s",6378137,298.2],EXTENSION["PROJ4_GRIDS","{}"]]'
    prj = f'GEOGCS["a",{datum},PRIMEM["g",0],UNIT["degree",0.0174]]'
    with tempfile.TemporaryDirectory() as folder:
        parts = {
            one.filename: archive.read(one)
            for archive in [zipfile.ZipFile(zipped_shapefile(frame([square()], height=[9.0]), Path(folder)))]
            for one in archive.infolist()
        }
    for number, target in enumerate((str(secret), f"{address}/grid.gsb")):
        yield f"grids {number}.zip", _zip({**parts, "houses.prj": prj.format(target)})
    yield "a code page of the file system.zip", _zip({**parts, "houses.cpg": str(secret)})


def odd_files(secret):
    """Yield texts and archives of the right kind with contents that nobody meant."""
    shape = {"type": "Polygon", "coordinates": [box()]}
    numbers = (
        "1e400",
        "-1e400",
        "NaN",
        "Infinity",
        "1" * 5000,
        "0." + "1" * 100_000,
        "1e-400",
        "true",
        '"x"',
        "null",
        "[]",
        "{}",
    )
    for number in numbers:
        text = json.dumps(
            {
                "type": "FeatureCollection",
                "features": [{"type": "Feature", "properties": {"height": "?"}, "geometry": shape}],
            }
        ).replace('"?"', number)
        yield f"height {number[:8]}.geojson", text.encode()
        corner = json.dumps(shape).replace(json.dumps(box()[0][0]), number, 1)
        yield f"corner {number[:8]}.geojson", _collection(json.loads("{}"), text=corner)
    for value in (
        "null",
        "{}",
        "[[]]",
        "[null]",
        "[1]",
        '"a"',
        '[{"type":"Feature"}]',
        '[{"type":"Feature","geometry":7}]',
    ):
        yield f"features {value[:12]}.geojson", f'{{"type":"FeatureCollection","features":{value}}}'.encode()
    for opening, closing in (("[", "]"), ('{"a":', "}")):
        for depth in (200, 5000, 300_000):
            nested = opening * depth + "1" + closing * depth
            yield f"nested {opening}{depth}.json", f'{{"type":"FeatureCollection","features":{nested}}}'.encode()
            yield (
                f"nested city {opening}{depth}.json",
                f'{{"type":"CityJSON","version":"2.0","CityObjects":{nested}}}'.encode(),
            )
    yield from _odd_cityjson()
    yield from _odd_encodings()
    yield from _odd_archives(secret)


def _odd_cityjson():
    vertices, shell = cube()
    geometry = {"type": "Solid", "lod": "1", "boundaries": [shell]}
    house = {"type": "Building", "geometry": [geometry]}
    wrong = {
        "index below zero": {"boundaries": [[[[-1, 1, 2]]]]},
        "index beyond": {"boundaries": [[[[0, 1, 10**9]]]]},
        "index of 64 bits": {"boundaries": [[[[0, 1, 2**70]]]]},
        "index with a fraction": {"boundaries": [[[[0.5, 1, 2]]]]},
        "index of text": {"boundaries": [[[["0", 1, 2]]]]},
        "deep boundaries": {"boundaries": _deep(3000)},
        "no list": {"boundaries": {"a": 1}},
        "lod list": {"lod": [1]},
        "semantics text": {"semantics": {"surfaces": "a", "values": [[0]]}},
        "semantics deep": {"semantics": {"surfaces": [], "values": _deep(3000)}},
    }
    for name, fields in wrong.items():
        yield (
            f"{name}.city.json",
            json.dumps(cityjson({"a": {**house, "geometry": [{**geometry, **fields}]}}, vertices)).encode(),
        )
    loops = {
        "its own parent": {"a": {**house, "parents": ["a"]}},
        "parents in a ring": {"a": {**house, "parents": ["b"]}, "b": {**house, "parents": ["a"]}},
        "its own child": {"a": {**house, "children": ["a"]}},
        "objects that are text": {"a": "b"},
        "geometry that is text": {"a": {**house, "geometry": "b"}},
        "attributes that are text": {"a": {**house, "attributes": "b"}},
        "attributes deep": {"a": {**house, "attributes": {"b": _deep(500)}}},
    }
    for name, objects in loops.items():
        yield f"{name}.city.json", json.dumps(cityjson(objects, vertices)).encode()
    whole = cityjson({"a": house}, vertices)
    fields = {
        "vertices flat": {"vertices": [1, 2, 3]},
        "vertices of text": {"vertices": [["1", "2", "x"]]},
        "vertices beyond": {"vertices": [[1e308, -1e308, 1e308]] * 8},
        "transform without end": {"transform": {"scale": [1e308] * 3, "translate": [1e308] * 3}},
        "transform of nothing": {"transform": {}},
        "version list": {"version": [2]},
        "metadata text": {"metadata": "a"},
        "metadata deep": {"metadata": {"referenceSystem": "EPSG:7415", "title": _deep(400)}},
    }
    for name, change in fields.items():
        yield f"{name}.city.json", json.dumps({**whole, **change}).encode()


def _odd_encodings():
    text = good_files()["houses.geojson"].decode()
    for name in ("utf-16", "utf-32", "utf-7", "cp037"):
        yield f"in {name}.geojson", text.encode(name)
    yield "latin 1.geojson", text.replace('"height"', '"Café"').encode("latin-1")
    yield "half characters.geojson", text.replace('"height"', r'"\ud800"').encode()
    yield "nothing but null bytes.geojson", b"\0" * 2000
    yield "null bytes inside.geojson", text.replace("Feature", "Fea\0ture").encode()
    yield "xml in ebcdic.osm", OSM.encode("cp037")
    yield "xml in utf-16.osm", OSM.replace("?>", " encoding='utf-16'?>").encode("utf-16")
    yield "xml in an unknown encoding.osm", OSM.replace("?>", " encoding='klingon'?>").encode()
    yield "attributes twice.osm", OSM.replace("version='0.6'", "version='0.6' version='0.7'").encode()
    yield "a long name.osm", f"<{'a' * 100_000}>".encode()
    attributes = " ".join(f"a{n}='1'" for n in range(9000))
    yield "many attributes.osm", f"<osm {attributes}/>".encode()
    yield "nothing after the head.pbf", struct.pack(">I", 13) + b"\n\tOSMHeader" + b"\x18\xff\xff\xff\x0f"
    yield "endless blob.pbf", struct.pack(">I", 2**31) + b"\n\tOSMHeader"


def _odd_archives(secret):
    inner = good_files()["houses.geojson"].decode()
    yield "many members.zip", _zip({f"{n}.txt": "" for n in range(1500)})
    yield "no end.zip", _zip({"a.geojson": inner})[:-5]
    yield "bomb.zip", _zip({"a.geojson": "[" * 60_000_000})
    for name in ("/etc/passwd.geojson", "../../a.geojson", "..\\..\\a.geojson", "C:\\a.geojson", "a/../../b.geojson"):
        yield f"path {name.replace('/', '_')}.zip", _zip({name: inner})
    for target in (str(secret), "/etc/passwd", "../../../../etc/passwd"):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            link = zipfile.ZipInfo("a.geojson")
            link.external_attr = 0o120777 << 16  # a symbolic link
            archive.writestr(link, target)
        yield f"link to {target.replace('/', '_')}.zip", packed.getvalue()
    yield "names with control characters.zip", _zip({"a\x1b[2J\u202e.geojson": inner})
    for array in (b"", b"\x93NUMPY", b"\x93NUMPY\x01\x00v\x00{'descr': '|O', 'fortran_order': False, 'shape': (9,)}"):
        arrays = _zip({"vertices_m.npy": array})
        yield f"city file {len(array)}.zip", _zip({"city.npz": arrays, "city.json": '{"name": "a"}'})
    huge = (
        b"\x93NUMPY\x01\x00v\x00"
        + b"{'descr': '<f8', 'fortran_order': False, 'shape': (900000000000, 2)}".ljust(117)
        + b"\n"
    )
    yield "city file of terabytes.zip", _zip({"city.npz": _zip({"vertices_m.npy": huge}), "city.json": "{}"})


def _collection(geometry, inside=None, text=None, **fields):
    feature = {"type": "Feature", "properties": {"height": 9}, "geometry": "?" if text else geometry, **(inside or {})}
    data = json.dumps({"type": "FeatureCollection", "features": [feature], **fields})
    return data.replace('"?"', text).encode() if text else data.encode()


def _deep(depth):
    value = [0, 1, 2]
    for _ in range(min(depth, 900)):  # Python's own writer goes no deeper
        value = [value]
    return value


def _zip(members):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()
