"""One satellite's fields as OMM keywords, checked and turned into elements."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import ValidationError

from itnt_core.errors import ItntError
from itnt_core.scenario import OrbitElements, shown
from itnt_core.texts import cleaned


class ElementFileError(ItntError, ValueError):
    """An element file that cannot be used; its text is one sentence for a person."""


Member = tuple[str, OrbitElements] | ElementFileError  # of a file: where it stands and what, or why it cannot be used


def member_of(read: Callable[[], tuple[str, OrbitElements]]) -> Member:
    """Return what reading a member gives, or the error that it raises."""
    try:
        return read()
    except ElementFileError as error:
        return error


# Keywords of CCSDS 502.0-B-3, tables 4-2 and 4-3, and the fields they become.
KEYWORDS = {
    "NORAD_CAT_ID": "norad_id",
    "MEAN_MOTION": "mean_motion_rev_day",
    "ECCENTRICITY": "eccentricity",
    "INCLINATION": "inclination_deg",
    "RA_OF_ASC_NODE": "raan_deg",
    "ARG_OF_PERICENTER": "perigee_argument_deg",
    "MEAN_ANOMALY": "mean_anomaly_deg",
    "BSTAR": "bstar",
}
UNITS = {
    "MEAN_MOTION": "revolutions a day",
    "INCLINATION": "degrees",
    "RA_OF_ASC_NODE": "degrees",
    "ARG_OF_PERICENTER": "degrees",
    "MEAN_ANOMALY": "degrees",
}
# What SGP4 needs to be so; a message may leave these out.
FIXED = {
    "CENTER_NAME": ("EARTH",),
    "REF_FRAME": ("TEME",),
    "TIME_SYSTEM": ("UTC",),
    # CCSDS 502.0-B-2 wrote "TLE" in its example, and so did CelesTrak for years.
    "MEAN_ELEMENT_THEORY": ("SGP4", "SGP/SGP4", "SGP", "TLE"),
    "EPHEMERIS_TYPE": ("0", "2", ""),
}
NOTHING = ("nan", "nat", "none", "null")  # what programs write into a field that is empty
_ORDINAL_DATE = re.compile(r"(\d{4})-(\d{3})(T.*)?")
_UNIX_TIME = re.compile(r"(\d{9,10}|\d{12,13})(\.\d{1,9})?", re.ASCII)  # 1973 to 2286
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def from_omm(fields: Mapping[str, Any], where: str) -> tuple[str, OrbitElements]:
    """Return where a satellite stands ("Line 5 (ISS)") and its elements from OMM keywords (ElementFileError)."""
    given = {str(key).strip().upper(): value for key, value in fields.items()}
    name = cleaned(_text(given.get("OBJECT_NAME")), 80)
    place = f"{where} ({shown(name)[1:-1]})" if name else where
    for keyword, allowed in FIXED.items():
        value = _whole(_text(given.get(keyword))).upper() or allowed[0]
        if value not in allowed:
            raise ElementFileError(f"{place} has {keyword} {shown(value)}, but {allowed[0]} is needed: leave it out.")
    decayed = _text(given.get("DECAY_DATE"))
    if decayed and decayed.casefold() not in NOTHING:
        raise ElementFileError(
            f"{place} has DECAY_DATE {shown(decayed)}, but only what is still in orbit is read: empty that field to "
            "read it all the same."
        )
    values: dict[str, Any] = {"name": name, "epoch": _epoch(given.get("EPOCH"), place)}
    for keyword, field in KEYWORDS.items():
        text = _text(given.get(keyword))
        if keyword == "BSTAR" and (not text or text.casefold() in NOTHING):
            continue
        values[field] = _number(text, keyword, place)
    return place, elements_of(values, place)


def elements_of(values: Mapping[str, Any], place: str) -> OrbitElements:
    """Return checked elements; ElementFileError names the keyword, the value and the allowed range."""
    try:
        return OrbitElements(**values)
    except ValidationError as error:
        found = error.errors()[0]
        field = str(found["loc"][0])
        keyword = next((key for key, name in KEYWORDS.items() if name == field), field.upper())
        unit = f" {UNITS[keyword]}" if keyword in UNITS else ""
        value = shown(values.get(field))
        raise ElementFileError(
            f"{place} has {keyword} {value}, but {_range_of(field)}{unit} is allowed: correct it or leave it out."
        ) from error


def parse_epoch(text: str) -> datetime:
    """Return a moment written in ISO 8601, calendar or day of the year, or as Unix time, as UTC (ValueError).

    Unix time is in seconds or milliseconds, which their size tells apart.
    """
    unix = _UNIX_TIME.fullmatch(text)
    if unix:
        return EPOCH + timedelta(seconds=float(text) / (1.0 if len(unix[1]) <= 10 else 1000.0))
    match = _ORDINAL_DATE.fullmatch(text)
    if match:
        day = datetime(int(match[1]), 1, 1) + timedelta(days=int(match[2]) - 1)
        text = f"{day:%Y-%m-%d}{match[3] or ''}"
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def _epoch(value: Any, place: str) -> datetime:
    text = _text(value)
    try:
        return parse_epoch(text)
    except (ValueError, OverflowError) as error:
        given = shown(text) if text else "missing"
        raise ElementFileError(
            f"{place} has EPOCH {given}, but a UTC moment such as 2026-06-21T12:00:00 is needed: correct it."
        ) from error


def _number(text: str, keyword: str, place: str) -> float | int:
    try:
        number = int(_whole(text)) if keyword == "NORAD_CAT_ID" else float(text)
        usable = math.isfinite(number)
    except (ValueError, OverflowError):  # no number, or one of more digits than any computer takes
        usable = False
    if not usable:
        given = shown(text) if text else "missing"
        raise ElementFileError(f"{place} has {keyword} {given}, but a number is needed: correct it or leave it out.")
    return number


def _whole(text: str) -> str:
    """Return a whole number without the point and noughts that spreadsheets and pandas add: 270042.0 is 270042."""
    return re.sub(r"(?<=\d)\.0*$", "", text)


def _text(value: Any) -> str:
    """Return a value as text: JSON gives numbers, CSV and XML give text."""
    if isinstance(value, bool | dict | list):
        return "not a value"
    return "" if value is None else str(value).strip()


def _range_of(field: str) -> str:
    """Return the allowed range of a field in words, read from the model."""
    limits = {
        name: getattr(item, name)
        for item in OrbitElements.model_fields[field].metadata
        for name in ("ge", "gt", "le", "lt")
        if getattr(item, name, None) is not None
    }
    if not limits:
        return "another value"
    high = f"{limits['le']:.15g}" if "le" in limits else f"below {limits['lt']:.15g}"
    return f"{limits['ge']:.15g} to {high}"
