"""What kind of file was handed in: told by structure, never by name or by a word in it, and unpacked with limits."""

from __future__ import annotations

import codecs
import lzma
import os
import re
import shutil
import sqlite3
import zipfile
import zlib
from contextlib import closing, suppress
from pathlib import Path, PurePosixPath
from typing import BinaryIO
from xml.parsers import expat

from itnt_core.city.files.crs import check_description
from itnt_core.city.files.encodings import (
    READ_BY_EXPAT,
    UTF16_MARKS,
    declared_in_xml,
    decode_text,
    without_declaration,
)
from itnt_core.city.files.formats import format_titles
from itnt_core.city.model import CityError
from itnt_core.errors import ItntError

LARGEST_FILE_BYTES = 500_000_000
LARGEST_UNPACKED_BYTES = 1_000_000_000
LARGEST_RATIO = 200  # of unpacked to packed size; text of buildings packs about ten times
MOST_MEMBERS = 1000  # files in a ZIP; a zipped shapefile has about eight
HEAD_BYTES = 65_536
LARGEST_HEADER_BYTES = 10_000_000  # of a FlatGeobuf, as its readers allow
READABLE = "GeoJSON, GeoPackage, Shapefile (zip), CityJSON, FlatGeobuf or OpenStreetMap (.osm, .pbf)"  # built in
JSON_SUFFIXES = (".geojson", ".json", ".jsonl", ".geojsonl", ".geojsons", ".ndjson")
MAP_SUFFIXES = (*JSON_SUFFIXES, ".gpkg", ".fgb", ".osm", ".pbf")  # of one file that holds a map, bare or in a zip
_BLANKS = "\ufeff\x1e \t\r\n"  # before a text begins; the second separates records of JSON (RFC 8142)
SHAPEFILE_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
CITY_FILE_MEMBERS = ("city.npz", "city.json")

# First bytes of what is often mistaken for a map of buildings, and what to do instead.
_FOREIGN = (
    (b"II*\0", "a TIFF raster, which holds pixels instead of footprints: vectorise it in a GIS first"),
    (b"MM\0*", "a TIFF raster, which holds pixels instead of footprints: vectorise it in a GIS first"),
    (b"II+\0", "a TIFF raster, which holds pixels instead of footprints: vectorise it in a GIS first"),
    (b"\x89PNG", "a picture (PNG): choose the file that the map was drawn from"),
    (b"\xff\xd8\xff", "a picture (JPEG): choose the file that the map was drawn from"),
    (b"GIF8", "a picture (GIF): choose the file that the map was drawn from"),
    (b"%PDF", "a PDF: choose the file that the map was drawn from"),
    (b"\x1f\x8b", "packed with gzip: unpack it first"),
    (b"7z\xbc\xaf", "a 7z archive: unpack it and choose the file inside, or pack it as zip"),
    (b"Rar!", "a RAR archive: unpack it and choose the file inside, or pack it as zip"),
    (b"\x00\x00\x27\x0a", "one part of a Shapefile: put .shp, .shx, .dbf and .prj into one zip file"),
    (b"glTF", "a 3D model without a place on Earth: export the buildings as CityJSON or GeoJSON"),
    (b"PAR1", "a Parquet table: save it as GeoPackage or GeoJSON"),
    (b"AC10", "a CAD drawing (DWG): export the buildings as GeoJSON or GeoPackage"),
    (b"ISO-10303-21", "an IFC model of a building: convert it to CityJSON"),
    (b"\xd0\xcf\x11\xe0", "an old Office document: save the buildings as GeoJSON or GeoPackage"),
)
# Root elements of XML that is often mistaken for a map of buildings; anything else is XML of another kind.
_XML = {
    "kml": "a KML file (Google Earth), which seldom holds heights: save it as GeoJSON with a height for each shape",
    "citymodel": "CityGML: convert it to CityJSON with citygml-tools",
    "featurecollection": "GML: save it as GeoJSON or GeoPackage",
    "html": "a web page, perhaps an error page saved under the name of the file: download it again",
    "svg": "a drawing (SVG): choose the file that the map was drawn from",
    "gpx": "a GPS track (GPX): choose a file with footprints of buildings",
    "ogrvrtdatasource": "a list of other files (VRT), which is not followed: choose the file with the buildings",
}


# Layers of any shape, but only with z or m: a type that pyogrio does not know. Which there are, and both made optional.
_ANY_WITH_Z = "SELECT 1 FROM gpkg_geometry_columns WHERE upper(geometry_type_name) = 'GEOMETRY' AND 1 IN (z, m)"
_ANY_WITH_OR_WITHOUT = (
    "UPDATE gpkg_geometry_columns SET z = CASE z WHEN 1 THEN 2 ELSE z END, m = CASE m WHEN 1 THEN 2 ELSE m END "
    "WHERE upper(geometry_type_name) = 'GEOMETRY'"
)


class UnknownFormatError(CityError):
    """A file that no built-in reader knows: the sentence says what it is instead."""


def check_size(size_bytes: int, name: str) -> None:
    """Refuse a file that is empty or larger than any city (CityError)."""
    if size_bytes == 0:
        raise CityError(f"The file '{name:.80}' is empty: choose a file with footprints of buildings.")
    if size_bytes > LARGEST_FILE_BYTES:
        raise CityError(
            f"The file '{name:.80}' has {size_bytes / 1e6:,.0f} MB, but {LARGEST_FILE_BYTES / 1e6:,.0f} MB are "
            "allowed: cut a smaller area out of it."
        )


def file_kind(path: Path, name: str) -> str:
    """Tell 'json', 'gpkg', 'fgb', 'osm', 'pbf' or 'zip' by structure; UnknownFormatError says what else it is.

    'json' may be GeoJSON, CityJSON or no map at all: only all of it can tell. ``name`` is what its sender calls it.
    """
    check_size(path.stat().st_size, name)
    head = head_of(path)
    if head.startswith(b"SQLite format 3\0"):
        return _sqlite_kind(path, name)
    if head[:3] == b"fgb" and head[4:7] == b"fgb":  # magic bytes of FlatGeobuf: fgb, version, fgb, patch
        return _flatgeobuf_kind(path)
    if head[:2] == b"PK":
        return "zip"
    if head[4:15] == b"\n\tOSMHeader":  # after the length: field 1 of the first blob's header, nine letters
        return "pbf"
    for start, words in _FOREIGN:
        if head.startswith(start):
            raise UnknownFormatError(f"The file '{name:.80}' is {words}.")
    return _text_kind(head, name)


def head_of(path: Path) -> bytes:
    """Return the first bytes of a file, by which its kind is told."""
    with path.open("rb") as file:
        return file.read(HEAD_BYTES)


def alone(path: Path, kind: str, folder: Path) -> Path:
    """Give GDAL the file alone in a folder, under a name that says what was found in it.

    Some of its drivers go by the name alone, and some look for files beside it.
    """
    if kind == "shp":
        return path
    target = folder / "alone" / f"map{'.osm.pbf' if kind == 'pbf' else f'.{kind}'}"
    target.parent.mkdir()
    if kind == "gpkg" and _demands_z_of_any_shape(path):
        shutil.copyfile(path, target)
        _demand_no_z(target)
        return target
    try:
        os.link(path.resolve(), target)
    except OSError:  # on another disk
        shutil.copyfile(path, target)
    return target


def _demands_z_of_any_shape(path: Path) -> bool:
    """Say whether a layer of a GeoPackage is of any shape, but only with z or m."""
    with suppress(sqlite3.Error), closing(_read_only(path)) as database:
        return database.execute(_ANY_WITH_Z).fetchone() is not None
    return False


def _demand_no_z(path: Path) -> None:
    """Let the layers of a GeoPackage, our copy, have z or not; what each shape has stays."""
    with suppress(sqlite3.Error), closing(sqlite3.connect(path)) as database, database:
        database.execute("PRAGMA trusted_schema = OFF")
        database.execute(_ANY_WITH_OR_WITHOUT)


def _read_only(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)


def _flatgeobuf_kind(path: Path) -> str:
    """Look at the header, which holds the CRS as text: its length follows the magic bytes."""
    with path.open("rb") as file:
        file.seek(8)
        length = min(int.from_bytes(file.read(4), "little"), LARGEST_HEADER_BYTES)
        check_description(file.read(length).decode("latin-1"))
    return "fgb"


def _sqlite_kind(path: Path, name: str) -> str:
    try:
        with closing(_read_only(path)) as database:
            database.execute("PRAGMA trusted_schema = OFF")
            virtual = database.execute(_VIRTUAL_TABLES).fetchall()
            rows = database.execute("SELECT data_type FROM gpkg_contents").fetchall()
            systems = database.execute("SELECT * FROM gpkg_spatial_ref_sys LIMIT 10000").fetchall()
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise CityError(
            f"The file '{name:.80}' is a damaged GeoPackage or another database ({error}): export it again."
        ) from error
    for system in systems:
        check_description(" ".join(str(value) for value in system))
    if not all(_SPATIAL_INDEX.fullmatch(str(sql)) for (sql,) in virtual):
        raise CityError(
            f"The GeoPackage '{name:.80}' holds a table that stands for something outside it: export its layer of "
            "buildings into a file of its own."
        )
    if not any(kind == "features" for (kind,) in rows):
        raise CityError(
            f"The GeoPackage '{name:.80}' holds no layer of shapes, only tables or tiles: choose one of buildings."
        )
    return "gpkg"


# A virtual table may open other files; an R-tree, the index of shapes, is the one that a GeoPackage needs. SQLite says
# which tables are virtual, since the text that made one may hide it behind comments.
_VIRTUAL_TABLES = (
    "SELECT sql FROM pragma_table_list AS listed LEFT JOIN sqlite_master AS made ON made.name = listed.name "
    "WHERE listed.type = 'virtual'"
)
_NAME = r"""(?:\w+|"(?:[^"]|"")*"|'(?:[^']|'')*'|`[^`]*`|\[[^\]]*\])"""
_SPATIAL_INDEX = re.compile(
    rf"CREATE\s+VIRTUAL\s+TABLE\s+{_NAME}\s+USING\s+rtree\s*\(\s*{_NAME}(?:\s*,\s*{_NAME})*\s*\)\s*", re.IGNORECASE
)


def _text_kind(head: bytes, name: str) -> str:
    text = (decode_text(head)[0] if head.startswith(UTF16_MARKS) else head.decode("utf-8", "replace")).lstrip(_BLANKS)
    if text.startswith("<"):
        root = _xml_root(head) or _xml_root(_as_utf8(head))
        if root == "osm":
            return "osm"
        words = _XML.get(root, "")
        known = f"is {words}." if words else "is XML of another kind." + _choose()
        raise UnknownFormatError(f"The file '{name:.80}' {known}")
    if text.startswith("{"):
        return "json"
    if "\0" in text or "\ufffd" in text[:1000]:
        raise UnknownFormatError(f"The file '{name:.80}' is of no known kind." + _choose())
    raise UnknownFormatError(f"The file '{name:.80}' is plain text, no map of buildings." + _choose())


def _as_utf8(head: bytes) -> bytes:
    """Return the beginning of XML in an encoding that expat does not know as it would be in UTF-8, else nothing."""
    declared = declared_in_xml(head)
    return b"" if declared in READ_BY_EXPAT else without_declaration(decode_text(head, declared)[0]).encode()


class _RootError(ItntError):
    """The name of the first element of an XML text, which ends its reading."""


def _xml_root(head: bytes) -> str:
    """Return the local name of the root element in lower case, '' where the beginning holds none.

    A document type is not read past: it may define entities that grow, or name other files. That of a web page tells
    what it is.
    """

    def stop(name: str, *_: object) -> None:
        raise _RootError(name.rpartition(":")[2].lower())

    def refuse(name: str, *_: object) -> None:
        raise _RootError("html" if name.lower() == "html" else "")

    parser = expat.ParserCreate()
    parser.StartElementHandler = stop
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(head.removeprefix(codecs.BOM_UTF8).lstrip(), False)
    except _RootError as found:
        return str(found)
    except (expat.ExpatError, ValueError, LookupError):  # half XML, or in an encoding that is none
        return ""
    return ""


def readable() -> str:
    """Return what can be read, formats of plug-ins included."""
    return READABLE + format_titles()


def _choose() -> str:
    return f" Choose {readable()}."


# What zipfile and its decompressors raise; RuntimeError covers passwords and compressions that they do not know.
_DAMAGED = (zipfile.BadZipFile, RuntimeError, EOFError, ValueError, OSError, zlib.error, lzma.LZMAError)


def unpack(path: Path, folder: Path, called: str) -> Path:
    """Unpack the one map inside a zip file into a folder and return its path; CityError says what is wrong with it.

    Accepted are one Shapefile with its parts, one other readable file, or a stored city (city.npz and city.json). Of
    several Shapefiles the largest is taken. Nothing is written outside the folder, and never more than
    ``LARGEST_UNPACKED_BYTES``.
    """
    name = f"The zip file '{called:.80}'"
    try:
        with zipfile.ZipFile(path) as archive:
            return _unpack(archive, folder, name)
    except CityError:
        raise
    except _DAMAGED as error:
        raise CityError(f"{name} is damaged or packed in an unknown way ({error}): pack it again.") from error


def _unpack(archive: zipfile.ZipFile, folder: Path, name: str) -> Path:
    members = [one for one in archive.infolist() if not one.is_dir()]
    _check_members(members, name)
    members = [one for one in members if not one.filename.startswith("__MACOSX/")]
    names = {PurePosixPath(one.filename).name.lower(): one for one in members}
    if all(member in names for member in CITY_FILE_MEMBERS):
        for member in (*CITY_FILE_MEMBERS, "report.json"):
            if member in names:
                _copy(archive, names[member], folder / member)
        return folder / CITY_FILE_MEMBERS[0]
    shapefiles = sorted(
        (one for one in members if one.filename.lower().endswith(".shp")), key=lambda one: one.file_size
    )
    if shapefiles:
        return _unpack_shapefile(archive, shapefiles[-1], members, folder, name)
    maps = [one for one in members if one.filename.lower().endswith((*MAP_SUFFIXES, ".city"))]
    if len(maps) != 1:
        raise CityError(f"{name} {_content(names, len(maps))}: put exactly one Shapefile or one map file into it.")
    target = folder / f"inner{PurePosixPath(maps[0].filename).suffix.lower()}"
    _copy(archive, maps[0], target)
    return target


def _content(names: dict[str, zipfile.ZipInfo], maps: int) -> str:
    """Describe a zip file that cannot be used."""
    if not names:
        return "is empty"
    if any(name.endswith(".kml") for name in names):
        return "is a KMZ file (Google Earth), which seldom holds heights"
    if "[content_types].xml" in names:
        return "is an Office document"
    if maps:
        return f"holds {maps} map files"
    if any(name.endswith((".tif", ".tiff", ".asc")) for name in names):
        return "holds a raster, which has pixels instead of footprints"
    if any(name.endswith(".zip") for name in names):
        return "holds another zip file"
    return "holds no map of buildings"


def _check_members(members: list[zipfile.ZipInfo], name: str) -> None:
    if len(members) > MOST_MEMBERS:
        raise CityError(f"{name} holds {len(members):,} files, but {MOST_MEMBERS:,} are allowed: leave out the others.")
    for one in members:
        parts = PurePosixPath(one.filename.replace("\\", "/"))
        if parts.is_absolute() or ".." in parts.parts or re.match(r"^[A-Za-z]:", one.filename):
            raise CityError(f"{name} holds the path '{one.filename:.60}', which leads outside: pack it again.")
        if one.flag_bits & 1:
            raise CityError(f"{name} is protected by a password: pack it again without one.")
        if one.file_size > 10_000_000 and one.file_size > LARGEST_RATIO * max(one.compress_size, 1):
            raise CityError(f"{name} would grow {LARGEST_RATIO}-fold when unpacked, as no map does: pack it again.")
    total = sum(one.file_size for one in members)
    if total > LARGEST_UNPACKED_BYTES:
        raise CityError(
            f"{name} would take {total / 1e9:.1f} GB unpacked, but {LARGEST_UNPACKED_BYTES / 1e9:.0f} GB are allowed: "
            "cut a smaller area out of it."
        )


def _unpack_shapefile(
    archive: zipfile.ZipFile, shape: zipfile.ZipInfo, members: list[zipfile.ZipInfo], folder: Path, name: str
) -> Path:
    stem = shape.filename[:-4].lower()
    parts = {one.filename[-4:].lower(): one for one in members if one.filename[:-4].lower() == stem}
    missing = [suffix for suffix in (".shx", ".dbf") if suffix not in parts]
    if missing:
        raise CityError(
            f"{name} lacks {' and '.join(missing)} of the Shapefile '{PurePosixPath(shape.filename).stem:.60}': "
            "put all of its parts into the zip file."
        )
    safe = re.sub(r"[^\w-]+", "_", PurePosixPath(shape.filename).stem)[:60] or "shapes"
    for suffix in SHAPEFILE_PARTS:
        if suffix in parts:
            _copy(archive, parts[suffix], folder / f"{safe}{suffix}")
    if ".prj" in parts:
        check_description((folder / f"{safe}.prj").read_bytes().decode("latin-1"))
    return folder / f"{safe}.shp"


def _copy(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path) -> None:
    """Copy one member, but never more than it claims to hold: the claim was checked."""
    with archive.open(member) as source, target.open("wb") as sink:
        shutil.copyfileobj(_Bounded(source, member.file_size), sink, 1 << 20)


class _Bounded:
    """Read a stream up to its promised length."""

    def __init__(self, source: object, promised: int) -> None:
        self._source: BinaryIO = source  # type: ignore[assignment]
        self._left = promised

    def read(self, count: int = -1) -> bytes:
        """Return up to ``count`` bytes (ValueError beyond the promised length)."""
        data = self._source.read(count)
        self._left -= len(data)
        if self._left < 0:
            raise ValueError("it holds more than it says")
        return data
