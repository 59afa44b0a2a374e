"""Reading element files: TLE (two or three lines) and OMM as JSON, CSV or XML, recognised by their content."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from itnt_core.decimals import plain_numbers
from itnt_core.scenario import OrbitElements, shown
from itnt_core.texts import cleaned

from .element_fields import KEYWORDS, ElementFileError, Member, from_omm, member_of
from .elements import MAX_OBJECTS, ElementSet
from .same_object import newest_of_each
from .tle import parse_tle, tle_of_lines

MAX_FILE_BYTES = 40_000_000
MOST_LISTED = 200  # of what was left out; the others are counted
FORMATS = "TLE, or OMM as JSON, CSV or XML"
SEPARATORS = ",;\t"  # of CSV
# The keywords of JSON objects that hold lines: of SatNOGS and Space-Track, and of others.
LINE_KEYS = (("TLE0", "TLE1", "TLE2"), ("TLE_LINE0", "TLE_LINE1", "TLE_LINE2"), ("NAME", "LINE1", "LINE2"))


@dataclass(frozen=True)
class ElementFile:
    """What a file held: the satellites, its format, and what was left out of it.

    ``superseded`` counts older sets of objects that are there, ``left_out`` says of other members where they stand and
    what is wrong (200 of the ``left_out_count`` at most), ``shared_numbers`` are those of several objects, all kept.
    """

    elements: ElementSet
    form: str
    superseded: int
    left_out: tuple[str, ...] = ()
    left_out_count: int = 0
    shared_numbers: tuple[int, ...] = ()

    @property
    def sentence(self) -> str:
        """Return what was read, in words."""
        first, last = self.elements.epochs
        days = f"{first:%Y-%m-%d}" if first.date() == last.date() else f"{first:%Y-%m-%d} to {last:%Y-%m-%d}"
        parts = [f"{_count(len(self.elements.satellites), 'satellite')} from {self.form}, elements of {days}"]
        if self.superseded:
            parts.append(f"{_count(self.superseded, 'older element set')} of the same objects left out")
        if self.shared_numbers:
            few = ", ".join(str(number) for number in self.shared_numbers[:3])
            more = ", ..." if len(self.shared_numbers) > 3 else ""
            parts.append(f"different objects of one catalogue number ({few}{more}) all kept")
        if self.left_out_count:
            parts.append(f"{_count(self.left_out_count, 'member')} of the file left out")
        return "; ".join(parts)

    @property
    def reasons(self) -> list[str]:
        """Return why members were left out, one sentence each, the last for those that are only counted."""
        rest = self.left_out_count - len(self.left_out)
        return [*self.left_out, *([f"{rest:,} more were left out."] if rest else [])]


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def check_size(size_bytes: int) -> None:
    """Refuse a file larger than any catalogue (ElementFileError)."""
    if size_bytes > MAX_FILE_BYTES:
        megabytes = f"{size_bytes / 1e6:.1f} MB"
        raise ElementFileError(
            f"The file is {megabytes} large, but {MAX_FILE_BYTES // 10**6} MB are allowed: use fewer satellites."
        )


def parse_elements(content: bytes, name: str, strict: bool = False) -> ElementFile:
    """Return the satellites of an element file's content; of several sets of one object the newest is kept.

    A member that cannot be used (a wrong checksum, a value out of range, a decayed object) is left out and listed;
    with ``strict`` it refuses the whole file. Raises :class:`ElementFileError` with one sentence that names line or
    object, the value and what is allowed, also where nothing is left. Not read: CCSDS KVN, OEM and other ephemerides,
    SGP4-XP elements, encounter messages.
    """
    check_size(len(content))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ElementFileError(f"The file is not UTF-8 text, but {FORMATS} is needed: export it again.") from error
    form, members = _reader(text)
    read, problems, count = _sorted_out(members, strict)
    if not read:
        nothing = f"The file holds no satellite, but at least one is needed: choose a file of {FORMATS}."
        raise problems[0] if problems else ElementFileError(nothing)
    satellites, shared = newest_of_each(read)
    elements = ElementSet(name=cleaned(name, 120) or "elements", satellites=tuple(satellites))
    reasons = tuple(str(problem) for problem in problems)
    return ElementFile(elements, form, len(read) - len(satellites), reasons, count, tuple(shared))


def _sorted_out(members: Iterable[Member], strict: bool) -> tuple[list[OrbitElements], list[ElementFileError], int]:
    """Return the usable members, what is wrong with the first others, and how many others there are."""
    read: list[OrbitElements] = []
    problems: list[ElementFileError] = []
    count = 0
    for number, member in enumerate(members, start=1):
        if number > MAX_OBJECTS:
            if not read:  # a text that is no element file at all
                break
            raise ElementFileError(f"The file has object {number:,}, but {MAX_OBJECTS:,} are allowed: use fewer.")
        if isinstance(member, ElementFileError):
            if strict:
                raise member
            count += 1
            if count <= MOST_LISTED:
                problems.append(member)
        else:
            read.append(member[1])
    return read, problems, count


def _reader(text: str) -> tuple[str, Iterator[Member]]:
    """Return the format a text looks like and its members, read one by one."""
    start = text.lstrip()[:400]
    if start.startswith(("[", "{")):
        objects = _json_objects(text)
        of_lines = any(isinstance(item, dict) and _lines_in(item) for item in objects[:1])
        return "TLE in JSON" if of_lines else "OMM JSON", _read_json(objects)
    if start.startswith("<"):
        return "OMM XML", _read_xml(text)
    head = start.partition("\n")[0]
    if any(mark in head for mark in SEPARATORS) and "MEAN_MOTION" in head.upper():
        return "OMM CSV", _read_csv(text, max(SEPARATORS, key=head.count))
    if start.startswith("CCSDS_OMM_VERS"):
        raise ElementFileError(f"The file is OMM in KVN notation, but {FORMATS} is needed: save it in one of these.")
    return "TLE", parse_tle(text)


def _json_objects(text: str) -> list[Any]:
    """Return the objects of JSON: a list, one alone, or the list in the page of a service that serves pages."""
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise ElementFileError(f"Line {error.lineno} is not JSON ({error.msg}): copy the file again.") from error
    except (RecursionError, ValueError) as error:
        raise ElementFileError("The file is no plain JSON, but a list of OMM objects is needed.") from error
    if not isinstance(data, dict):
        return data if isinstance(data, list) else [data]
    lists = [value for value in data.values() if isinstance(value, list) and value and isinstance(value[0], dict)]
    return lists[0] if len(lists) == 1 and "MEAN_MOTION" not in map(str.upper, data) else [data]


def _read_json(objects: list[Any]) -> Iterator[Member]:
    """Yield the members of OMM JSON, or of JSON that holds lines, as SatNOGS serves it."""
    for number, item in enumerate(objects, start=1):
        yield member_of(partial(_json_member, item, f"Object {number}"))


def _json_member(item: Any, where: str) -> tuple[str, OrbitElements]:
    if not isinstance(item, dict):
        raise ElementFileError(f"{where} is {shown(item)}, but an object with OMM keywords is needed.")
    lines = _lines_in(item)
    return tle_of_lines(*lines, where) if lines else from_omm(item, where)


def _lines_in(item: Mapping[Any, Any]) -> tuple[str, str, str] | None:
    """Return the name and the two lines of an object without OMM keywords, None where it holds no lines."""
    given = {str(key).strip().upper(): value for key, value in item.items()}
    keys = next((keys for keys in LINE_KEYS if keys[1] in given and keys[2] in given), None)
    if keys is None or "MEAN_MOTION" in given:
        return None
    name = given.get(keys[0]) or given.get("OBJECT_NAME") or ""
    return str(name)[:200], str(given[keys[1]])[:200], str(given[keys[2]])[:200]


def _read_csv(text: str, separator: str) -> Iterator[Member]:
    reader = csv.reader(io.StringIO(text), delimiter=separator, strict=True)
    try:
        header = [name.strip().upper() for name in next(reader)]
        if len(set(header)) < len(header):
            raise ElementFileError("Line 1 names a column twice, but each may stand once: remove one.")
        for row in reader:
            if not any(cell.strip() for cell in row):
                continue
            yield member_of(partial(_csv_member, header, row, separator, reader.line_num))
    except csv.Error as error:
        raise ElementFileError(f"Line {reader.line_num} is not CSV ({error}): mend it.") from error


def _csv_member(header: list[str], row: list[str], separator: str, line: int) -> tuple[str, OrbitElements]:
    if len(row) != len(header):
        raise ElementFileError(f"Line {line} has {len(row)} values, but line 1 names {len(header)} columns: mend it.")
    fields = dict(zip(header, row, strict=True))
    if separator != ",":  # a spreadsheet of a country with decimal commas
        fields |= {key: plain_numbers([fields[key].strip()], separator)[0][0] for key in KEYWORDS if key in fields}
    return from_omm(fields, f"Line {line}")


def _read_xml(text: str) -> Iterator[Member]:
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
        yield member_of(partial(from_omm, _leaves(message), f"Object {number}"))


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
