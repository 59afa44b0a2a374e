"""Maps written as JSON: GeoJSON, one feature a line, CityJSON, CityJSONSeq; which of them only all of it can tell."""

from __future__ import annotations

import json
import re
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from itnt_core.city.files.cityjson import is_cityjson, parse_sequence, read_cityjson
from itnt_core.city.files.encodings import Decoded, decode_text
from itnt_core.city.files.geojson import collection_of, drop_links
from itnt_core.city.files.layers import read_layer
from itnt_core.city.files.survey import ImportOptions, Survey
from itnt_core.city.files.uploads import UnknownFormatError, alone, readable
from itnt_core.city.model import CityError

_BETWEEN = re.compile(r"[\s\x1e]*")  # lines, and the record separators of RFC 8142
_BETWEEN_WITH_COMMAS = re.compile(r"[\s\x1e,]*")  # as of lines that were cut out of a collection
_LINE = re.compile(r"[^\n]*\S[^\n]*")
DAMAGED_WORDS = "lines that are no JSON"


class _Parsed(NamedTuple):
    """Hold what a text holds, how it was decoded, and how many of its lines could not be read."""

    data: Any
    decoded: Decoded
    damaged: int = 0


def read_json(path: Path, options: ImportOptions, name: str, folder: Path) -> Survey:
    """Read a map from JSON; ``folder`` may be written into. CityError with one sentence where it cannot be used."""
    data, decoded, damaged = _parsed(path, name, options)
    if is_cityjson(data):
        survey = read_cityjson(data, options)
    else:
        collection = collection_of(data)
        if collection is None:
            raise UnknownFormatError(f"The file '{name:.80}' is {_called(data)}.")
        as_it_is = collection is data and not decoded.why and not drop_links(collection, options)
        safe = alone(path, "geojson", folder) if as_it_is else _rewritten(collection, options, folder)
        del data, collection  # GDAL reads the text again: both would be in memory at once
        survey = read_layer(safe, "geojson", options)
    survey.readings += decoded.readings
    if damaged:
        survey.other_words[DAMAGED_WORDS] = damaged
    return survey


def _rewritten(collection: dict[str, Any], options: ImportOptions, folder: Path) -> Path:
    """Write GeoJSON as GDAL may see it: in ASCII, one collection, no links."""
    drop_links(collection, options)
    path = folder / "rewritten.geojson"
    with path.open("w", encoding="utf-8") as file:
        json.dump(collection, file)
    return path


def _called(data: Any) -> str:
    """Say what JSON is that is no map."""
    type_name = data.get("type") if isinstance(data, dict) else None
    words = {
        "Topology": "TopoJSON: convert it to GeoJSON",
        "CityJSONFeature": "a CityJSONSeq without its first line, which says where it lies: export it again",
    }.get(str(type_name))
    if words is None and isinstance(data, dict) and "elements" in data:
        words = "an answer of Overpass: export it there as GeoJSON"
    return words or f"JSON, but no map: choose {readable()}"


def _parsed(path: Path, name: str, options: ImportOptions) -> _Parsed:
    """Read JSON, or JSON line by line: a CityJSONSeq or features."""
    text, decoded = decode_text(path.read_bytes(), options.encoding)
    try:
        if _is_cityjson_sequence(text):
            joined, damaged = parse_sequence(text)
            return _Parsed(joined, decoded, damaged)
        return _Parsed(json.loads(text.lstrip("\x1e")), decoded)
    except CityError:
        raise
    except (ValueError, RecursionError) as error:
        records, damaged = _records(text)
        if len(records) > 1 and damaged < len(records):
            return _Parsed(records, decoded, damaged)
        words = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise CityError(f"The file '{name:.80}' is damaged JSON ({words}): export it again.") from error


def _is_cityjson_sequence(text: str) -> bool:
    """Say whether a text is CityJSON in its first line and goes on after it."""
    lines = list(islice(_LINE.finditer(text), 2))
    if len(lines) < 2:  # a file without line breaks is parsed once, and that takes long
        return False
    try:
        return len(lines) > 1 and is_cityjson(json.loads(lines[0].group()))
    except (ValueError, RecursionError):
        return False


def _records(text: str) -> tuple[list[Any], int]:
    """Return the JSON values that follow each other in a text, and how many lines hold none."""
    decoder, records, damaged, at, between = json.JSONDecoder(), list[Any](), 0, 0, _BETWEEN
    while (at := _past(between, text, at)) < len(text):
        try:
            record, at = decoder.raw_decode(text, at)
            records.append(record)
            if not damaged:  # else it may be a collection whose first line, with its system, was lost
                between = _BETWEEN_WITH_COMMAS
        except (ValueError, RecursionError):
            damaged += 1
            if damaged > 1 + len(records):  # no sequence at all
                break
            end = text.find("\n", at)
            at = len(text) if end < 0 else end
    return records, damaged


def _past(between: re.Pattern[str], text: str, at: int) -> int:
    found = between.match(text, at)
    return found.end() if found else at
