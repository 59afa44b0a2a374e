"""CSV: what people named is text in a spreadsheet, numbers are numbers."""

import csv
import io
import re
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from itnt_core.inert import csv_bytes, inert, inert_table

ROOT = Path(__file__).resolve().parents[1]
FORMULAS = [
    "=cmd|' /C calc'!A0",
    "+1+cmd",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "\tx",
    "\rx",
    " =1",
    "\u3000=1",
    "\u00a0+1",
    "\u200b=1",
    "\ufeff=1",
    "\x00=1",
    "\u202e=1",
    "＝1",
    "＋1",
    "－1",
    "＠SUM",
    "x;=cmd|' /C calc'!A0",
    "x; @a",
    "x\t=1",
    "x\n=1",
    "--1",
    "-",
    "-a",
    "+44 20 7946",
    "-1-1",
    "=1",
]
HARMLESS = [
    "",
    "London",
    "a-b",
    "gbs-1",
    "a, -b",
    "5",
    "-5",
    "-5.25",
    "+3",
    "-1e-9",
    ".5",
    "-.5",
    "'=1",
    "x=y",
    "a@b",
    "−3",
]


def runs(cell):
    """Say whether a spreadsheet would take a cell for a formula: a sign first, after whatever it does not show."""
    rest = "".join(char for char in cell if char.isprintable() and not char.isspace())
    try:
        float(cell)
    except ValueError:
        return rest[:1] in tuple("=+-@＝＋－＠") or cell[:1] in tuple("\t\r\n\0")
    return False


@pytest.mark.parametrize("text", FORMULAS)
def test_no_text_is_a_formula_also_where_a_semicolon_or_a_line_ends_a_cell(text):
    quoted = inert(text)
    assert text.replace("'", "") == quoted.replace("'", "")  # nothing else is changed
    assert not runs(quoted)
    for separator in ";\t\n\r":
        assert not any(runs(part) for part in quoted.split(separator) if part), quoted


@pytest.mark.parametrize("text", HARMLESS)
def test_numbers_and_ordinary_text_stay_as_they_are(text):
    assert inert(text) == text


def test_a_table_is_inert_in_its_texts_and_its_names_and_its_numbers_are_numbers():
    table = pd.DataFrame(
        {
            "=title": ["=1", "ok"],
            "n": [-1.5, np.nan],
            "count": [-3, 4],
            "mixed": ["@a", -2.0],
            "list": [["=1", "a;=2"], None],
            "kind": pd.Categorical(["+a", "b"]),
            "when": [datetime(2026, 6, 21, tzinfo=UTC)] * 2,
            "yes": [True, False],
        }
    )
    rows = list(csv.DictReader(io.StringIO(csv_bytes(table).decode())))
    assert list(rows[0]) == ["'=title", "n", "count", "mixed", "list", "kind", "when", "yes"]
    assert rows[0]["'=title"] == "'=1" and rows[1]["'=title"] == "ok"
    assert float(rows[0]["n"]) == -1.5 and rows[1]["n"] == "" and int(rows[0]["count"]) == -3
    assert rows[0]["mixed"] == "'@a" and float(rows[1]["mixed"]) == -2.0
    assert rows[0]["kind"] == "'+a" and ";=" not in rows[0]["list"] and rows[1]["list"] == ""
    assert table["=title"][0] == "=1"  # the table itself is as it was
    assert inert_table(table)["n"].dtype == float


def test_columns_of_one_name_are_kept_apart():
    table = pd.DataFrame([["=1", "=2"]], columns=["=a", "=a"])
    assert csv_bytes(table).decode().split() == ["'=a,'=a", "'=1,'=2"]


def test_csv_is_written_in_one_place_only():
    """Every table that leaves the program goes through the one writer that makes text inert."""
    raw = re.compile(r"\.to_csv\(|\.to_excel\(|csv\.writer|DictWriter|to_clipboard")
    found = {
        path.relative_to(ROOT).as_posix()
        for folder in ("itnt_core", "pages")
        for path in (ROOT / folder).rglob("*.py")
        if raw.search(path.read_text(encoding="utf-8"))
    }
    assert found == {"itnt_core/inert.py"}


def test_the_toolbar_of_tables_offers_no_raw_csv():
    """Streamlit's own export writes cells as they are; its switch is set, and known to this version of Streamlit."""
    from streamlit import config

    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())
    assert settings["client"]["disableDataExport"] is True
    assert "client.disableDataExport" in config.get_config_options()
