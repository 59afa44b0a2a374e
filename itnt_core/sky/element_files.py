"""Reading element files: TLE (two or three lines) and OMM as JSON, CSV or XML, recognised by their content."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from itnt_core.scenario import OrbitElements, shown
from itnt_core.texts import cleaned

from .element_fields import ElementFileError, from_omm
from .elements import MAX_OBJECTS, ElementSet
from .tle import parse_tle

MAX_FILE_BYTES = 40_000_000
FORMATS = "TLE, or OMM as JSON, CSV or XML"
Placed = tuple[str, OrbitElements]  # where it stands in the file, and what


@dataclass(frozen=True)
class ElementFile:
    """What a file held: the satellites, its format, and older elements of the same objects that were left out."""

    elements: ElementSet
    form: str
    superseded: int

    @property
    def sentence(self) -> str:
        """Return what was read, in words."""
        first, last = self.elements.epochs
        count = len(self.elements.satellites)
        days = f"{first:%Y-%m-%d}" if first.date() == last.date() else f"{first:%Y-%m-%d} to {last:%Y-%m-%d}"
        older = f"; {self.superseded} older element sets of the same objects left out" if self.superseded else ""
        return f"{count:,} satellite{'s' if count != 1 else ''} from {self.form}, elements of {days}{older}"


def check_size(size_bytes: int) -> None:
    """Refuse a file larger than any catalogue (ElementFileError)."""
    if size_bytes > MAX_FILE_BYTES:
        megabytes = f"{size_bytes / 1e6:.1f} MB"
        raise ElementFileError(
            f"The file is {megabytes} large, but {MAX_FILE_BYTES // 10**6} MB are allowed: use fewer satellites."
        )


def parse_elements(content: bytes, name: str) -> ElementFile:
    """Return the satellites of an element file's content; of several sets of one object the newest is kept.

    Raises :class:`ElementFileError` with one sentence that names line or object, the value and what is allowed. Left
    out: CCSDS KVN, OEM and other ephemerides, SGP4-XP elements, encounter messages.
    """
    check_size(len(content))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ElementFileError(f"The file is not UTF-8 text, but {FORMATS} is needed: export it again.") from error
    form, placed = _reader(text)
    satellites, superseded = _newest(placed)
    if not satellites:
        raise ElementFileError(f"The file holds no satellite, but at least one is needed: choose a file of {FORMATS}.")
    return ElementFile(
        ElementSet(name=cleaned(name, 120) or "elements", satellites=tuple(satellites)), form, superseded
    )


def _reader(text: str) -> tuple[str, Iterator[Placed]]:
    """Return the format a text looks like and its satellites, read one by one."""
    start = text.lstrip()[:400]
    if start.startswith(("[", "{")):
        return "OMM JSON", _read_json(text)
    if start.startswith("<"):
        return "OMM XML", _read_xml(text)
    if "," in start.partition("\n")[0] and "MEAN_MOTION" in start.partition("\n")[0].upper():
        return "OMM CSV", _read_csv(text)
    if start.startswith("CCSDS_OMM_VERS"):
        raise ElementFileError(f"The file is OMM in KVN notation, but {FORMATS} is needed: save it in one of these.")
    return "TLE", parse_tle(text)


def _newest(placed: Iterable[Placed]) -> tuple[list[OrbitElements], int]:
    """Return the newest elements of each object in the order of the file, and how many older ones there were."""
    kept: dict[int, OrbitElements] = {}
    count = 0
    for where, satellite in placed:
        count += 1
        if count > MAX_OBJECTS:
            raise ElementFileError(f"{where} is object {count:,}, but {MAX_OBJECTS:,} are allowed: use fewer.")
        before = kept.get(satellite.norad_id)
        if before is None or satellite.epoch > before.epoch:
            kept[satellite.norad_id] = satellite
    return list(kept.values()), count - len(kept)


def _read_json(text: str) -> Iterator[Placed]:
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise ElementFileError(f"Line {error.lineno} is not JSON ({error.msg}): copy the file again.") from error
    except (RecursionError, ValueError) as error:
        raise ElementFileError("The file is no plain JSON, but a list of OMM objects is needed.") from error
    for number, item in enumerate(data if isinstance(data, list) else [data], start=1):
        if not isinstance(item, dict):
            raise ElementFileError(f"Object {number} is {shown(item)}, but an object with OMM keywords is needed.")
        yield from_omm(item, f"Object {number}")


def _read_csv(text: str) -> Iterator[Placed]:
    reader = csv.reader(io.StringIO(text), strict=True)
    try:
        header = [name.strip().upper() for name in next(reader)]
        if len(set(header)) < len(header):
            raise ElementFileError("Line 1 names a column twice, but each may stand once: remove one.")
        for row in reader:
            if not any(cell.strip() for cell in row):
                continue
            if len(row) != len(header):
                raise ElementFileError(
                    f"Line {reader.line_num} has {len(row)} values, but line 1 names {len(header)} columns: mend it."
                )
            yield from_omm(dict(zip(header, row, strict=True)), f"Line {reader.line_num}")
    except csv.Error as error:
        raise ElementFileError(f"Line {reader.line_num} is not CSV ({error}): mend it.") from error


def _read_xml(text: str) -> Iterator[Placed]:
    try:
        root = fromstring(text.encode("utf-8"), forbid_dtd=True)
    except DefusedXmlException as error:
        raise ElementFileError(
            "The XML declares a document type or entities, but an OMM has none: remove the declaration."
        ) from error
    except (ParseError, ValueError, LookupError) as error:
        raise ElementFileError(f"The XML cannot be read ({error}): copy the file again.") from error
    messages = [root] if _tag(root) == "omm" else [node for node in root.iter() if _tag(node) == "omm"]
    if not messages:
        raise ElementFileError(f"The XML holds <{_tag(root)[:40]}> but no <omm>: choose a file of {FORMATS}.")
    for number, message in enumerate(messages, start=1):
        yield from_omm(_leaves(message), f"Object {number}")


def _leaves(message: Element) -> Mapping[str, Any]:
    """Return the keywords of one XML message; a keyword may stand once."""
    found: dict[str, Any] = {}
    for node in message.iter():
        if len(node) or _tag(node) in ("USER_DEFINED", "COMMENT"):
            continue
        found.setdefault(_tag(node).upper(), (node.text or "").strip())
    return found


def _tag(node: Element) -> str:
    """Return a tag without its namespace."""
    return str(node.tag).rpartition("}")[2]
