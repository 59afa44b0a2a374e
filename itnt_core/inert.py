"""Tables that leave this program as CSV: what people named is text there, never a formula.

A spreadsheet runs a cell that begins with ``=``, ``+``, ``-`` or ``@`` (their full-width forms too), also after blanks,
and so does one that splits a cell at a semicolon, tab or line break inside it. An apostrophe before the sign makes it
text: OWASP's list of CSV injection, https://owasp.org/www-community/attacks/CSV_Injection. Numbers stay numbers, and so
does text that reads as one number.
"""

from __future__ import annotations

import io
import re
from datetime import date, datetime, timedelta
from numbers import Number
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

# Blanks and characters without a width, which spreadsheets skip before they look for a sign.
_BLANKS = r"(?:(?![\t\r\n])[\s\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff])*"
_SIGNS = r"[=+\-@\uff1d\uff0b\uff0d\uff20]"
_STARTS = re.compile(rf"(^|[;\t\r\n])({_BLANKS}{_SIGNS})")
_LEADING = re.compile(r"^[\t\r\n\x00]")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_PLAIN = (Number, bool, datetime, date, timedelta, type(None))


def inert(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula; a number and anything harmless stay as they are."""
    if _NUMBER.fullmatch(text):
        return text
    quoted = _STARTS.sub(r"\1'\2", text)
    return f"'{quoted}" if _LEADING.match(quoted) else quoted


def inert_table(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose texts and column names are inert."""
    quoted = table.copy(deep=False)
    for place, kind in enumerate(table.dtypes):
        if kind.kind not in "biufcmM":  # of objects, categories and text
            quoted.isetitem(place, table.iloc[:, place].astype(object).map(_cell).array)
    quoted.columns = [_cell(name) for name in table.columns]
    return quoted


def _cell(value: Any) -> Any:
    """Return a cell as it is when it is a number, a moment or missing, else as inert text."""
    if isinstance(value, _PLAIN) or type(value).__name__ == "NAType":  # pandas' own missing value has no other mark
        return value
    return inert(str(value))


def csv_bytes(table: pd.DataFrame) -> bytes:
    """Return a table as CSV (UTF-8, a row per line, no index) that is safe to open in a spreadsheet."""
    target = io.BytesIO()
    inert_table(table).to_csv(target, index=False)
    return target.getvalue()
