"""The columns of a table of traffic: how it is separated, and which of them hold cell, time and activity."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from itnt_core.arrays import IntArray
from itnt_core.errors import ItntError
from itnt_core.scenario import shown

from .clock import NUMBER, find_zone, hour_ms, moment_ms

MOST_COLUMNS = 1000  # of one table
ONE_CELL = -1  # in place of the column of the cell: all rows are of one
NAMES = {  # of columns, the preferred ones first
    "cell": ("square_id", "squareid", "square", "cell", "cell_id", "cellid", "bs", "id"),
    "time": ("time_ms", "timestamp", "time", "datetime", "date_time", "hour", "time_interval", "date"),
    "activity": ("internet", "activity", "bytes", "traffic", "volume", "load", "value"),
}
PLACE_NAMES = {"longitude": ("lon", "longitude", "lng"), "latitude": ("lat", "latitude")}
ZONE_NAMES = {"time_zone", "timezone", "tz"}
_ZONE_IN_NAME = re.compile(r"(.*?)[\s_]*[\[(]\s*([^\])]{1,60}?)\s*[\])]")  # time (Europe/London)
COUNTRY_NAMES = {"country", "country_code", "countrycode"}
RAW_WIDTH, RAW_COLUMNS = 8, (0, 1, 7)  # Telecom Italia: square, Unix ms, country, SMS and calls in and out, internet


class UnusableError(ItntError):
    """What is wrong with the file, before its name is known: where, value, allowed, remedy."""


def need(holds: object, where: str, value: str, allowed: str, remedy: str) -> None:
    """Raise UnusableError unless something holds."""
    if not holds:
        raise UnusableError(where, value, allowed, remedy)


@dataclass(frozen=True)
class TableLayout:
    """How a table is written; ``columns`` are those of cell, time and activity, ``ONE_CELL`` where no cell is named.

    ``zone`` is the time zone that the name of the time's column gives, ``zone_column`` a column that gives it;
    ``places`` are the columns of longitude and latitude.
    """

    separator: str
    columns: tuple[int, ...]
    names: int  # lines of column names: 1, or 0 in the raw form
    summed: bool  # several rows of a cell and a time, one per country code
    hours: bool
    zone: str = ""
    zone_column: int | None = None
    places: tuple[int, int] | None = None


def find_layout(lines: list[str], numbers: IntArray) -> TableLayout:
    """Find separator and columns from the first line, and check that all lines (lines,) have as many fields."""
    separator = max("\t;,", key=re.sub(r'"[^"]*"', "", lines[0]).count)
    widths = _widths(lines, numbers, separator)
    width = int(widths[0])
    allowed = f"2 to {MOST_COLUMNS:,} columns, separated by commas, semicolons or tabs, are needed"
    need(2 <= width <= MOST_COLUMNS, "The number of columns", f"{width:,}", allowed, "save the table as CSV")
    at = int((widths != width).argmax())  # 0 where all are equal
    where, allowed = f"The number of fields in line {numbers[at]}", f"{width} are needed as in line {numbers[0]}"
    need(widths[at] == width, where, f"{widths[at]:,}", allowed, "add what is missing, or remove what is too much")
    fields = [str(field) for field in split_fields(lines[:1], separator, tuple(range(width))).iloc[0]]
    if separator == "\t" and width == RAW_WIDTH and NUMBER.fullmatch(fields[1]):
        return TableLayout(separator, RAW_COLUMNS, 0, summed=True, hours=False)
    return _named_layout(lines, separator, fields)


def _widths(lines: list[str], numbers: IntArray, separator: str) -> IntArray:
    """Count the fields of each line (lines,); a quote must enclose a whole field and close on its line."""
    quoted = re.compile(rf'(^|{separator}) *"[^"]*+(?:""[^"]*+)*+"(?={separator}|$)')
    bare = [quoted.sub(r"\1", line) if '"' in line else line for line in lines]
    number = next((number for number, line in zip(numbers, bare, strict=True) if '"' in line), None)
    allowed, remedy = "quotes must enclose a whole field", "close or remove the quote"
    need(number is None, f"A quote in line {number}", "not closed", allowed, remedy)
    return np.array([line.count(separator) + 1 for line in bare])


def split_fields(lines: list[str], separator: str, columns: tuple[int, ...]) -> pd.DataFrame:
    """Split lines whose widths are checked; all fields are text without blanks around it."""
    table = pd.read_csv(
        io.StringIO("\n".join(lines)),
        sep=separator,
        header=None,
        usecols=list(columns),
        dtype=str,
        keep_default_na=False,
        na_filter=False,
        skip_blank_lines=False,
        skipinitialspace=True,
        lineterminator="\n",
    )
    return table.apply(lambda column: column.str.strip())


def _named_layout(lines: list[str], separator: str, fields: list[str]) -> TableLayout:
    """Find the columns by their names, however these are written."""
    line = shown(lines[0])
    numeric = any(NUMBER.fullmatch(field) or moment_ms(field) for field in fields)
    allowed, remedy = "the names of the columns are needed there", "add them, or use the raw form of 8 columns"
    need(not numeric, "The first line", line, allowed, remedy)
    names, zones = map(list, zip(*(_name_and_zone(field) for field in fields), strict=True))
    twice = next((name for name in names if name and names.count(name) > 1), None)
    column = f"The column {shown(twice or '')}"
    need(twice is None, column, "given twice", "a name may stand once", "rename or remove one")
    found = []
    for kind, known in NAMES.items():
        name = next((name for name in known if name in names), None)
        if name is None and kind == "cell" and _is_of_one_cell(names):
            found.append(ONE_CELL)
            continue
        allowed, remedy = f"a column of the {kind} is needed", f"name it one of {', '.join(known)}"
        need(name, "The line of column names", line, allowed, remedy)
        found.append(names.index(str(name)))
    need(len(lines) > 1, "The number of rows below the names", "0", "rows are needed", "add them")
    first = str(split_fields(lines[1:2], separator, (found[1],)).iloc[0, 0])
    hours = names[found[1]] == "hour" and hour_ms(first) is not None
    zone_column = next((names.index(name) for name in names if name in ZONE_NAMES), None)
    summed = bool(COUNTRY_NAMES & set(names))
    places = place_columns(names)
    return TableLayout(separator, tuple(found), 1, summed, hours, zones[found[1]], zone_column, places)


def place_columns(names: list[str]) -> tuple[int, int] | None:
    """Return the columns of longitude and latitude by their names, None where either is missing."""
    found = [next((names.index(name) for name in known if name in names), None) for known in PLACE_NAMES.values()]
    return None if found[0] is None or found[1] is None else (found[0], found[1])


def _name_and_zone(field: str) -> tuple[str, str]:
    """Return the name of a column as it is looked for, and the time zone that it gives: "time (UTC)", "time_utc"."""
    bracket = _ZONE_IN_NAME.fullmatch(field)
    if bracket and find_zone(bracket[2]):
        return _plain(bracket[1]), bracket[2]
    name = _plain(field)
    base = re.sub(r"_(utc|gmt)$", "", name)
    return (base, "UTC") if base != name and base in NAMES["time"] else (name, "")


def _plain(field: str) -> str:
    return re.sub(r"[\s-]+", "_", field.lower())


def _is_of_one_cell(names: list[str]) -> bool:
    """Say whether a table holds a time and an activity and nothing that could tell cells apart."""
    known = {*NAMES["time"], *NAMES["activity"], *ZONE_NAMES}
    return len([name for name in names if name and name not in ZONE_NAMES]) == 2 and set(names) <= {*known, ""}
