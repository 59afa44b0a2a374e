"""What kind of file was handed in: told by its first bytes, never by its name, and unpacked with limits."""

from __future__ import annotations

import lzma
import re
import shutil
import sqlite3
import zipfile
import zlib
from contextlib import closing
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from itnt_core.city.model import CityError

LARGEST_FILE_BYTES = 500_000_000
LARGEST_UNPACKED_BYTES = 1_000_000_000
LARGEST_RATIO = 200  # of unpacked to packed size; text of buildings packs about ten times
MOST_MEMBERS = 1000
HEAD_BYTES = 65_536
READABLE = "GeoJSON, GeoPackage, Shapefile (zip), CityJSON, FlatGeobuf or OpenStreetMap (.osm, .pbf)"
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
_XML = (
    ("<kml", "a KML file (Google Earth), which seldom holds heights: save it as GeoJSON with a height for each shape"),
    ("CityModel", "CityGML: convert it to CityJSON with citygml-tools"),
    ("<gml", "GML: save it as GeoJSON or GeoPackage"),
    ("<html", "a web page, perhaps an error page saved under the name of the file: download it again"),
    ("<!doctype html", "a web page, perhaps an error page saved under the name of the file: download it again"),
    ("<svg", "a drawing (SVG): choose the file that the map was drawn from"),
    ("<gpx", "a GPS track (GPX): choose a file with footprints of buildings"),
)


def file_kind(path: Path) -> str:
    """Tell 'geojson', 'json', 'gpkg', 'fgb', 'osm', 'pbf' or 'zip' by content; CityError says what else it is.

    'json' may be CityJSON or no map at all: only the whole text can tell.
    """
    size = path.stat().st_size
    if size == 0:
        raise CityError(f"The file '{path.name:.80}' is empty: choose a file with footprints of buildings.")
    if size > LARGEST_FILE_BYTES:
        raise CityError(
            f"The file '{path.name:.80}' has {size / 1e6:,.0f} MB, but {LARGEST_FILE_BYTES / 1e6:,.0f} MB are allowed: "
            "cut a smaller area out of it."
        )
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if head.startswith(b"SQLite format 3\0"):
        return _sqlite_kind(path)
    if head.startswith(b"fgb"):
        return "fgb"
    if head[:2] == b"PK":
        return "zip"
    if b"OSMHeader" in head[:64]:
        return "pbf"
    for start, words in _FOREIGN:
        if head.startswith(start):
            raise CityError(f"The file '{path.name:.80}' is {words}.")
    return _text_kind(path, head)


def _sqlite_kind(path: Path) -> str:
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
            rows = database.execute("SELECT data_type FROM gpkg_contents").fetchall()
    except sqlite3.DatabaseError as error:
        raise CityError(
            f"The file '{path.name:.80}' is a damaged GeoPackage or another database ({error}): export it again."
        ) from error
    if not any(kind == "features" for (kind,) in rows):
        raise CityError(
            f"The GeoPackage '{path.name:.80}' holds no layer of shapes, only tables or tiles: choose one of buildings."
        )
    return "gpkg"


def _text_kind(path: Path, head: bytes) -> str:
    text = head.decode("utf-8", "replace").lstrip("\ufeff \t\r\n")
    if text.startswith("<"):
        if "<osm" in text[:2000]:
            return "osm"
        words = next((words for mark, words in _XML if mark.lower() in text.lower()), "XML of another kind")
        raise CityError(f"The file '{path.name:.80}' is {words}." + ("" if words[-1] != "d" else _choose()))
    if text.startswith("{"):
        return "geojson" if re.search(r'"type"\s*:\s*"FeatureCollection"', text) else "json"
    if "\0" in text or "\ufffd" in text[:1000]:
        raise CityError(f"The file '{path.name:.80}' is of no known kind." + _choose())
    raise CityError(f"The file '{path.name:.80}' is plain text, no map of buildings." + _choose())


def _choose() -> str:
    return f" Choose {READABLE}."


# What zipfile and its decompressors raise; RuntimeError covers passwords and compressions that they do not know.
_DAMAGED = (zipfile.BadZipFile, RuntimeError, EOFError, ValueError, OSError, zlib.error, lzma.LZMAError)


def unpack(path: Path, folder: Path) -> Path:
    """Unpack the one map inside a zip file into a folder and return its path; CityError says what is wrong with it.

    Accepted are one Shapefile with its parts, one other readable file, or a stored city (city.npz and city.json). Of
    several Shapefiles the largest is taken. Nothing is written outside the folder, and never more than
    ``LARGEST_UNPACKED_BYTES``.
    """
    name = f"The zip file '{path.name:.80}'"
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
    wanted = (".geojson", ".json", ".jsonl", ".gpkg", ".fgb", ".osm", ".pbf", ".city")
    maps = [one for one in members if one.filename.lower().endswith(wanted)]
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
