"""Two-line element sets: fixed columns, checksums, catalogue numbers with a letter (alpha-5)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from itnt_core.scenario import OrbitElements, shown
from itnt_core.texts import cleaned

from .element_fields import ElementFileError, Member, elements_of, member_of

# Columns (from 1, inclusive) of the format as CelesTrak documents it.
_FIRST = {"epoch": (19, 32), "bstar": (54, 61), "type": (63, 63)}
_SECOND = {
    "INCLINATION": (9, 16),
    "RA_OF_ASC_NODE": (18, 25),
    "ECCENTRICITY": (27, 33),
    "ARG_OF_PERICENTER": (35, 42),
    "MEAN_ANOMALY": (44, 51),
    "MEAN_MOTION": (53, 63),
}
_FIELDS = {
    "INCLINATION": "inclination_deg",
    "RA_OF_ASC_NODE": "raan_deg",
    "ECCENTRICITY": "eccentricity",
    "ARG_OF_PERICENTER": "perigee_argument_deg",
    "MEAN_ANOMALY": "mean_anomaly_deg",
    "MEAN_MOTION": "mean_motion_rev_day",
}
_ALPHA5 = "ABCDEFGHJKLMNPQRSTUVWXYZ"  # 10 to 33: no I, no O
_EXPONENT = re.compile(r"([+-]?)\.?(\d+)([+-]\d)")
LINE_LENGTH = 69  # characters (NORAD)


def parse_tle(text: str) -> Iterator[Member]:
    """Yield where each satellite stands and its elements, or an ElementFileError for lines that are not as they should.

    Name lines, blank lines and ``#`` comments may stand between. After a wrong line the next object is read.
    """
    name, first, first_number, orphaned = "", "", 0, False
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.rstrip()
        if not line.strip() or line.startswith("#"):
            continue
        if first and line.startswith("2 "):
            yield member_of(partial(_pair, first, line, name, f"Line {first_number}", f"Line {number}"))
            name, first = "", ""
            continue
        if first:
            label = f" ({name})" if name else ""
            yield ElementFileError(
                f"Line {number}{label} is {shown(line, 40)}, but line 2 of the object above is needed: mend it."
            )
            name, first = "", ""
        second = bool(re.match(r"2 [ 0-9A-Z]{5} ", line)) and len(line) >= LINE_LENGTH - 1
        if re.match(r"1 [ 0-9A-Z]{5}", line):
            first, first_number, orphaned = line, number, False
        elif second and orphaned:  # its first line is the one that was complained of
            name, orphaned = "", False
        elif second:
            label = f" ({name})" if name else ""
            yield ElementFileError(
                f"Line {number}{label} is a second line without a first line before it: copy both lines of the object."
            )
            name = ""
        elif name:
            yield ElementFileError(
                f"Line {number} is {shown(line, 40)}, but line 1 of a TLE is needed after the name {shown(name)}: "
                "choose a file of TLE, or OMM as JSON, CSV or XML."
            )
            name, orphaned = _name(line), True
        else:
            name, orphaned = _name(line), False
    if first:
        yield ElementFileError(f"Line {first_number} has no second line after it: copy both lines of the object.")
    elif name and not orphaned:
        yield ElementFileError(
            f"The file ends with {shown(name, 40)} without elements, but two lines are needed after a name: "
            "choose a file of TLE, or OMM as JSON, CSV or XML."
        )


def tle_of_lines(name: str, first: str, second: str, where: str) -> tuple[str, OrbitElements]:
    """Return where a satellite stands and its elements from its name and two lines (ElementFileError)."""
    return _pair(first.strip(), second.strip(), _name(name), where, where)


def _name(line: str) -> str:
    return cleaned(line.removeprefix("0 "), 80)


def _pair(first: str, second: str, name: str, above: str, below: str) -> tuple[str, OrbitElements]:
    """Return the elements of one pair of lines, which stand at two places of the file."""
    label = f" ({name})" if name else ""
    above, below = above + label, below + label
    first, second = (_without_times(line) for line in (first, second))
    for line, place in ((first, above), (second, below)):
        _check_line(line, place)
    if first[2:7] != second[2:7]:
        raise ElementFileError(
            f"{below} is of object {shown(second[2:7].strip())}, but line 1 above is of {shown(first[2:7].strip())}: "
            "copy both lines of one object."
        )
    values: dict[str, Any] = {"name": name, "norad_id": _catalogue_number(first[2:7], above)}
    values["epoch"] = _epoch(_columns(first, *_FIRST["epoch"]), above)
    values["bstar"] = _with_exponent(_columns(first, *_FIRST["bstar"]), above)
    if _columns(first, *_FIRST["type"]) not in ("0", "", "2"):
        raise ElementFileError(
            f"{above} has ephemeris type {first[62]!r}, but only SGP4 (0) can be read: leave it out."
        )
    for keyword, columns in _SECOND.items():
        text = _columns(second, *columns)
        values[_FIELDS[keyword]] = _number(
            "0." + text.replace(" ", "0") if keyword == "ECCENTRICITY" else text, keyword, below
        )
    return above, elements_of(values, above)


def _without_times(line: str) -> str:
    """Return a line without what test sets (SGP4-VER.TLE) write behind it: start, stop and step in minutes."""
    return line[:LINE_LENGTH] if line[LINE_LENGTH : LINE_LENGTH + 1].isspace() else line


def _check_line(line: str, place: str) -> None:
    """Refuse a line of the wrong length, which would be read in shifted columns, or whose checksum does not fit."""
    if len(line) != LINE_LENGTH:
        raise ElementFileError(f"{place} has {len(line)} characters, but {LINE_LENGTH} are needed: copy it whole.")
    body = line[:-1]
    total = (sum(digit * body.count(str(digit)) for digit in range(1, 10)) + body.count("-")) % 10
    if line[-1] != str(total):
        raise ElementFileError(
            f"{place} has checksum {shown(line[-1])}, but its digits add up to {total}: copy the line again."
        )


def _columns(line: str, first: int, last: int) -> str:
    return line[first - 1 : last].strip()


def _catalogue_number(text: str, place: str) -> int:
    """Return a catalogue number; a letter stands for the tens of thousands from 100,000 on (alpha-5)."""
    digits = text.strip()
    if re.fullmatch(r"\d{1,5}", digits, re.ASCII):
        return int(digits)
    if re.fullmatch(rf"[{_ALPHA5}]\d{{4}}", digits, re.ASCII):
        return (_ALPHA5.index(digits[0]) + 10) * 10_000 + int(digits[1:])
    raise ElementFileError(
        f"{place} has catalogue number {shown(digits)}, but up to five digits, or a letter but I and O with four "
        "digits, are allowed: use OMM for longer numbers."
    )


def _epoch(text: str, place: str) -> datetime:
    """Return the epoch: two digits of the year (57 to 56 are 1957 to 2056) and the day of the year with fraction."""
    if not re.fullmatch(r"\d{2}[ \d]{3}\.\d{1,12}", text, re.ASCII):
        raise ElementFileError(f"{place} has epoch {shown(text)}, but yyddd.dddddddd is needed: copy the line again.")
    year, (whole, fraction) = int(text[:2]), text[2:].split(".")
    day = int(whole)
    if not 1 <= day <= 366:
        raise ElementFileError(f"{place} has day {day} in its epoch, but 1 to 366 are allowed: copy the line again.")
    begin = datetime(1900 + year if year >= 57 else 2000 + year, 1, 1, tzinfo=UTC)
    microseconds = round(int(fraction) * 86_400_000_000 / 10 ** len(fraction))
    return begin + timedelta(days=day - 1, microseconds=microseconds)


def _with_exponent(text: str, place: str) -> float:
    """Return a number such as -12345-4 for -0.12345e-4."""
    match = _EXPONENT.fullmatch(text.replace(" ", "0") if text else "00000+0")
    if match is None:
        raise ElementFileError(f"{place} has BSTAR {shown(text)}, but a number such as 36508-3 is needed: mend it.")
    return float(f"{match[1]}0.{match[2]}e{match[3]}")


def _number(text: str, keyword: str, place: str) -> float:
    if not re.fullmatch(r"\d*\.?\d+", text, re.ASCII):
        raise ElementFileError(f"{place} has {keyword} {shown(text)}, but a number is needed: copy the line again.")
    return float(text)
