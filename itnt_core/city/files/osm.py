"""OpenStreetMap files before GDAL sees them: which tags it shall read, and XML in a form that it can.

Editors such as JOSM save what is new under ids below 0, keep what was deleted with a mark on it, and write ids in any
order. https://wiki.openstreetmap.org/wiki/JOSM_file_format
"""

from __future__ import annotations

import codecs
import mmap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO
from xml.parsers import expat
from xml.sax.saxutils import XMLGenerator
from xml.sax.xmlreader import AttributesImpl

from itnt_core.city.files.encodings import (
    NAMED,
    READ_BY_EXPAT,
    UTF8,
    UTF16,
    Decoded,
    declared_in_xml,
    decode_text,
    without_declaration,
)
from itnt_core.city.files.layers import read_layer
from itnt_core.city.files.survey import ImportOptions, Survey
from itnt_core.city.files.tags import TAGS_OF_USE
from itnt_core.city.files.uploads import head_of
from itnt_core.city.model import CityError

# Closed ways that are areas: GDAL's own list (its osmconf.ini), and parts of buildings, which it takes for lines.
AREAS = (
    "aeroway,amenity,boundary,building,building:part,craft,geological,historic,landuse,leisure,military,natural,office,"
    "place,shop,sport,tourism,highway=platform,public_transport=platform"
)
LAYERS = ("points", "lines", "multipolygons", "multilinestrings", "other_relations")
DELETED = (("action", "delete"), ("visible", "false"))
OBJECTS = ("node", "way", "relation")
READ_BY_GDAL = tuple(encoding for encoding in READ_BY_EXPAT if encoding != UTF16)
CUSTOM_INDEXING = "OSM_USE_CUSTOM_INDEXING"
_CHUNK_BYTES = 1 << 20  # of a file at once


def read_osm(path: Path, kind: str, options: ImportOptions) -> Survey:
    """Read the areas of an OpenStreetMap file (XML or PBF) that lies alone in a folder; CityError in one sentence."""
    decoded, deleted = Decoded(UTF8, ""), 0
    if kind == "osm":
        path, decoded, deleted = readable_xml(path, options)
    settings = {"CONFIG_FILE": str(write_settings(path.parent))}
    try:
        survey = read_layer(path, kind, options, **settings)
    except CityError as error:
        if CUSTOM_INDEXING not in str(error):
            raise
        with any_ids():
            survey = read_layer(path, kind, options, **settings)
    survey.readings += decoded.readings
    if deleted:
        survey.notes.append(f"{deleted:,} objects that an editor had deleted were left out.")
    return survey


def write_settings(folder: Path) -> Path:
    """Write which tags GDAL shall read, one column each, for its driver; return the file's path."""
    layers = "".join(
        f"[{layer}]\nosm_id=no\nother_tags=no\nattributes={','.join(sorted(TAGS_OF_USE))}\n" for layer in LAYERS
    )
    path = folder / "osmconf.ini"
    path.write_text(
        f"[general]\nclosed_ways_are_polygons={AREAS}\nattribute_name_laundering=no\n{layers}", encoding="ascii"
    )
    return path


@contextmanager
def any_ids() -> Iterator[None]:
    """Let GDAL read ids below 0 and in any order, for which its quick index is not made."""
    import pyogrio

    pyogrio.set_gdal_config_options({CUSTOM_INDEXING: "NO"})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({CUSTOM_INDEXING: None})


def readable_xml(path: Path, options: ImportOptions) -> tuple[Path, Decoded, int]:
    """Return XML that GDAL can read, how its texts were decoded, and how many deleted objects were left out.

    It is the file itself unless its encoding or marks of deletion ask for another one, which is written beside it.
    """
    decoded = Decoded(UTF8, "")
    declared = declared_in_xml(head_of(path))
    if options.encoding is not None or declared not in READ_BY_GDAL or not _is_whole(path, declared):
        wanted = options.encoding or (declared if declared not in READ_BY_EXPAT else None)
        text, decoded = decode_text(path.read_bytes(), wanted)
        if options.encoding is None and wanted is not None:
            decoded = decoded._replace(why=NAMED)
        path = path.with_name("decoded.osm")
        path.write_text(without_declaration(text), encoding="utf-8")
        del text
    if not _may_hold_deleted(path):
        return path, decoded, 0
    target = path.with_name("kept.osm")
    with path.open("rb") as source, target.open("wb") as sink:
        return target, decoded, _leave_out_deleted(source, sink)


def _leave_out_deleted(source: BinaryIO, sink: BinaryIO) -> int:
    """Copy XML without the objects that carry a mark of deletion; return how many there were."""
    kept = _Kept(sink)
    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = kept.begin, kept.end
    try:
        parser.ParseFile(source)
    except expat.ExpatError as error:
        raise CityError(f"The OpenStreetMap file is damaged XML ({error}): export it again.") from error
    return kept.deleted


def _is_whole(path: Path, encoding: str) -> bool:
    """Say whether a file is of an encoding from end to end."""
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK_BYTES):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except ValueError:
        return False
    return True


def _may_hold_deleted(path: Path) -> bool:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return any(content.find(value.encode()) >= 0 for _, value in DELETED)


class _Kept:
    """Write elements, all but the objects that carry a mark of deletion and what is in them; texts mean nothing."""

    def __init__(self, sink: BinaryIO) -> None:
        self.deleted = 0
        self._writer = XMLGenerator(sink, UTF8)
        self._deep = 0  # inside a deleted object

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        """Write the beginning of an element, or begin to leave it out."""
        deleted = name in OBJECTS and any(attributes.get(key) == value for key, value in DELETED)
        self.deleted += deleted
        if deleted or self._deep:
            self._deep += 1
        else:
            self._writer.startElement(name, AttributesImpl(attributes))

    def end(self, name: str) -> None:
        """Write the end of an element that was kept."""
        if self._deep:
            self._deep -= 1
        else:
            self._writer.endElement(name)
