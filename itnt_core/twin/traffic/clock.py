"""Times of a traffic file: Unix, ISO 8601 and other texts, and clocks of a time zone that skip and repeat hours."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from itnt_core.arrays import IntArray

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
HOUR_MS = 3_600_000
HOUR_ZERO_MS = 1_704_067_200_000  # 2024-01-01, a Monday
FIRST_MS, END_MS = 631_152_000_000, 4_133_980_800_000  # the years 1990 to 2100
NUMBER = re.compile(r"([0-9]{1,14})(?:\.0*)?")
# Of Unix times the number of digits tells the unit: seconds, milliseconds, microseconds, nanoseconds.
_UNIX = re.compile(r"([0-9]{9,11}|[0-9]{12,14}|[0-9]{15,17}|[0-9]{18,20})(?:\.0*)?")
_POWER = re.compile(r"[0-9](?:\.[0-9]{1,17})?[eE]\+?[0-9]{1,2}")
_COMPACT = re.compile(r"((?:19|20)[0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})?")  # yyyymmddhhmm
_DAY_FIRST = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})(?:[ T]+([0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?))?")
_YEAR_FIRST = re.compile(r"([0-9]{4})/([0-9]{1,2})/([0-9]{1,2})(?:[ T]+([0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?))?")
# One zone of each rule of summer time in use, the largest first: there a missing or repeated hour is looked for.
CLOCKS = (
    "Europe/London",
    "Europe/Berlin",
    "Europe/Helsinki",
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/Santiago",
    "Australia/Sydney",
    "Pacific/Auckland",
    "Asia/Jerusalem",
    "Africa/Cairo",
)


def find_zone(name: str) -> ZoneInfo | None:
    """Return the time zone of an IANA name, None where there is none."""
    try:
        return ZoneInfo(name) if re.fullmatch(r"[A-Za-z][\w+/-]{0,60}", name, re.ASCII) else None
    except (ValueError, OSError, KeyError):  # also ZoneInfoNotFoundError
        return None


def moment_ms(text: str) -> tuple[int, bool] | None:
    """Return a time's Unix milliseconds and whether it is a clock's reading without a zone; None where it is no time.

    A reading is counted as if in UTC.
    """
    unix_ms = _unix_ms(text)
    if unix_ms is not None:
        return unix_ms, False
    if NUMBER.fullmatch(text) and not _COMPACT.fullmatch(text):
        return None  # 20240304 may be many things
    try:
        moment = datetime.fromisoformat(_as_iso(text))
    except ValueError:
        return None
    is_local = moment.tzinfo is None
    return round(((moment.replace(tzinfo=UTC) if is_local else moment) - EPOCH) / timedelta(milliseconds=1)), is_local


def hour_ms(text: str) -> tuple[int, bool] | None:
    """Return the Unix milliseconds of an hour counted from 0, None if it is none."""
    number = NUMBER.fullmatch(text)
    return (HOUR_ZERO_MS + int(number[1]) * HOUR_MS, False) if number and len(number[1]) <= 6 else None


def _unix_ms(text: str) -> int | None:
    """Return a Unix time in milliseconds, None where a text is none or is a date written as digits."""
    power = _POWER.fullmatch(text)
    if power:  # as spreadsheets and pandas write large numbers
        whole = Decimal(text)
        text = f"{whole:.0f}" if whole == whole.to_integral_value() else text
    number = _UNIX.fullmatch(text)
    if number is None:
        return None
    digits = number[1]
    thousands = (len(digits) - 9) // 3 - 1  # over milliseconds
    return (
        None if _COMPACT.fullmatch(digits) else int(digits) * 1000 if thousands < 0 else int(digits) // 1000**thousands
    )


def _as_iso(text: str) -> str:
    """Return a time as ISO 8601 where another way of writing it is plain: 4.3.2024 02:00, 2024/03/04, 202403040200."""
    day_first, year_first, compact = (form.fullmatch(text) for form in (_DAY_FIRST, _YEAR_FIRST, _COMPACT))
    if day_first:
        return f"{day_first[3]}-{day_first[2]:0>2}-{day_first[1]:0>2}T{day_first[4] or '00:00':0>5}"
    if year_first:
        return f"{year_first[1]}-{year_first[2]:0>2}-{year_first[3]:0>2}T{year_first[4] or '00:00':0>5}"
    if compact:
        return f"{compact[1]}-{compact[2]}-{compact[3]}T{compact[4]}:{compact[5]}:{compact[6] or '00'}"
    return text


def reading_text(reading_ms: int) -> str:
    """Return what a clock shows, 2026-03-29 01:00."""
    return f"{EPOCH + timedelta(milliseconds=int(reading_ms)):%Y-%m-%d %H:%M}"


@dataclass(frozen=True, eq=False)
class Readings:
    """What clocks of a zone show, (n,) each: Unix ms of the first and of the second passing of a reading.

    ``skipped`` readings are shown at no moment, as clocks go forward there; ``repeated`` ones twice.
    """

    first_ms: IntArray
    second_ms: IntArray
    skipped: NDArray[np.bool_]

    @property
    def repeated(self) -> NDArray[np.bool_]:
        """Say which readings (n,) clocks show twice."""
        return ~self.skipped & (self.first_ms != self.second_ms)


def read_clock(readings_ms: IntArray, zone: ZoneInfo) -> Readings:
    """Return the moments at which the clocks of a zone show some readings (n,), counted as if in UTC."""
    offsets = np.array([_offsets_ms(int(reading), zone) for reading in readings_ms], dtype=np.int64).reshape(-1, 2)
    first_ms, second_ms = readings_ms - offsets[:, 0], readings_ms - offsets[:, 1]
    # In a gap the offset before it is the smaller one, so that the readings are taken in the wrong order.
    return Readings(first_ms, second_ms, second_ms < first_ms)


def _offsets_ms(reading_ms: int, zone: ZoneInfo) -> tuple[int, int]:
    """Return by how much the clocks of a zone are ahead of UTC at the first and the second passing of a reading."""
    local = (EPOCH + timedelta(milliseconds=reading_ms)).replace(tzinfo=zone)
    found = [local.replace(fold=fold).utcoffset() or timedelta() for fold in (0, 1)]
    return round(found[0] / timedelta(milliseconds=1)), round(found[1] / timedelta(milliseconds=1))


def clocks_that_skip(reading_ms: int) -> list[str]:
    """Return the zones whose clocks go forward over a reading."""
    return [name for name in CLOCKS if _passes(reading_ms, name).skipped[0]]


def clocks_that_repeat(reading_ms: int) -> list[str]:
    """Return the zones whose clocks show a reading twice."""
    return [name for name in CLOCKS if _passes(reading_ms, name).repeated[0]]


def _passes(reading_ms: int, name: str) -> Readings:
    return read_clock(np.array([reading_ms]), ZoneInfo(name))


def named(zones: Sequence[str]) -> str:
    """Return zones in words: "Europe/London", "Europe/Berlin and others"."""
    return zones[0] if len(zones) == 1 else f"{zones[0]} and others"


def passings(cell: IntArray, readings_ms: IntArray, repeated: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Say which rows (n,) are of the second passing of a repeated reading: the second of their cell in the file.

    In a file that begins with the newest it is the first.
    """
    second = np.zeros(len(cell), dtype=bool)
    rows = np.flatnonzero(repeated)
    groups = pd.DataFrame({"cell": cell[rows], "reading": readings_ms[rows]}).groupby(["cell", "reading"])
    steps = np.sign(np.diff(readings_ms))
    turn = groups.cumcount(ascending=bool((steps > 0).sum() >= (steps < 0).sum()))
    second[rows] = turn.to_numpy() == 1
    return second
