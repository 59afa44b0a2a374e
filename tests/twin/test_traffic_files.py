"""Files of measured traffic: every usual way of writing one is read, and everything else is refused in one sentence."""

import gzip
import random
import tracemalloc
from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itnt_core.twin.scenario import TrafficSeries
from itnt_core.twin.traffic.columns import NAMES
from itnt_core.twin.traffic.files import TrafficFile, TrafficFileError, parse_traffic
from itnt_core.twin.traffic.series import KEPT_BINS
from tests.shared import needs_shared, shared_file

SQUARES = ("4159", "4556", "5161")
REAL = {square: f"data/traffic/milan_internet_10min_square_{square}.csv" for square in SQUARES}
START = datetime(2024, 3, 4, tzinfo=UTC)
INDIA = timezone(timedelta(hours=5, minutes=30))
HEADER = "cell,time,load"
MOST_MEMORY = 60_000_000  # bytes, below a table of 6,000 cells and 3,000 bins
TINY = 1e-9  # relative, of sums in another order


def load_of(cell, bin_):
    return ord(cell[0]) + bin_ % 24 + 0.25


def rows_of(cells=("a",), bins=30, step_s=3600, form=lambda moment: f"{moment:%Y-%m-%d %H:%M:%S}"):
    """Rows [cell, time, load] of complete measurements, time after time."""
    return [
        [cell, form(START + timedelta(seconds=bin_ * step_s)), str(load_of(cell, bin_))]
        for bin_ in range(bins)
        for cell in cells
    ]


def table(rows, header=HEADER, separator=",", end="\n"):
    lines = [header.replace(",", separator), *(separator.join(row) for row in rows)]
    return (end.join(lines) + end).encode()


def with_line(number, line, rows=None):
    """A good file whose line of this number, counted from 1, is replaced."""
    lines = table(rows_of() if rows is None else rows).decode().splitlines()
    lines[number - 1] = line
    return "\n".join(lines).encode()


def unix_s(moment):
    return f"{moment.timestamp():.0f}"


def raw_rows(internet, missing=()):
    """The raw form of Telecom Italia: ``internet`` (squares, bins, countries), None where the field is empty."""
    lines = []
    for square, bins in enumerate(internet):
        for bin_, countries in enumerate(bins):
            if (square, bin_) in missing:
                continue
            for country, value in enumerate(countries):
                time_ms = 1383260400000 + 600_000 * bin_
                end = "" if value is None else repr(value)
                lines.append(f"{square + 1}\t{time_ms}\t{country}\t0.5\t\t0.25\t\t{end}")
    return "\n".join(lines).encode()


# --- what is refused ---------------------------------------------------------------------------------------------

GOOD = table(rows_of())
MALFORMED = {
    "an empty file": (b"", "empty"),
    "only blank lines": (b"\n \r\n;;;\n", "empty"),
    "only a header": (b"cell,time,load\n", "rows below the names"),
    "bytes that are no text": (GOOD.replace(b"load", b"l\xf6ad"), "UTF-8"),
    "zero bytes": (GOOD.replace(b"a,", b"\0,"), "not text"),
    "text of 16 bits": (GOOD.decode().encode("utf-16"), "not text"),
    "a gzip archive": (gzip.compress(GOOD), "gzip", "unpack it"),
    "a workbook": (b"PK\x03\x04\x14\0\6\0\x08\0\0\0!\0", "Excel", "CSV"),
    "an old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Excel", "CSV"),
    "a Parquet file": (b"PAR1\x15\x04\x15", "Parquet", "CSV"),
    "a web page": (b"\xef\xbb\xbf\n <!DOCTYPE html><html>cell,time,load</html>", "is HTML"),
    "JSON of an object": (b'{"cell": 1, "time": 2, "load": 3}', "JSON"),
    "JSON of a list": (b"[[1, 2, 3]]", "JSON"),
    "one column": (b"load\n1\n2\n3\n", "number of columns", "is 1,", "semicolons"),
    "a wrong separator": (table(rows_of(), separator="|"), "number of columns", "is 1,"),
    "thousands of columns": (b"," * 1500 + b"x\n", "number of columns", "1,501"),
    "too many lines": (b"\n" * 3_000_001, "number of lines", "3,000,001"),
    "no column of the cell": (table(rows_of(), "room,time,load"), "'room,time,load'", "a column of the cell"),
    "no column of the time": (table(rows_of(), "cell,when,load"), "'cell,when,load'", "a column of the time"),
    "no column of the activity": (table(rows_of(), "cell,time,mood"), "'cell,time,mood'", "a column of the activity"),
    "no column names": (b"4159,1383260400000,224.8\n4159,1383261000000,183.5\n", "first line", "1383260400000"),
    "a column name given twice": (table([[*row, "1"] for row in rows_of()], "cell,time,load,Time"), "'time'", "twice"),
    "a row of too many fields": (with_line(7, "a,2024-03-04 05:00:00,1,2"), "line 7", "is 4,", "3 are needed"),
    "a row of too few fields": (with_line(9, "a,2024-03-04 07:00:00"), "line 9", "is 2,", "3 are needed"),
    "an open quote": (with_line(8, 'a,2024-03-04 06:00:00,"7'), "quote", "line 8"),
    "a quote inside a field": (with_line(8, 'a 5" b,2024-03-04 06:00:00,"7"'), "quote", "line 8"),
    "activity that is no number": (with_line(5, "a,2024-03-04 03:00:00,much"), "activity", "line 5", "'much'"),
    "a decimal comma": (with_line(5, 'a,2024-03-04 03:00:00,"3,5"'), "activity", "line 5", "'3,5'", "decimal point"),
    "a hexadecimal number": (with_line(5, "a,2024-03-04 03:00:00,0x10"), "activity", "line 5", "'0x10'"),
    "negative activity": (with_line(6, "a,2024-03-04 04:00:00,-3.5"), "activity", "line 6", "'-3.5'"),
    "infinite activity": (with_line(6, "a,2024-03-04 04:00:00,inf"), "activity", "line 6", "'inf'"),
    "activity too large for a number": (with_line(6, "a,2024-03-04 04:00:00,1e999"), "line 6", "'1e999'"),
    "activity beyond the limit": (with_line(6, "a,2024-03-04 04:00:00,1.1e15"), "line 6", "'1.1e15'", "1e15"),
    "activity of NaN": (with_line(6, "a,2024-03-04 04:00:00,NaN"), "activity", "line 6", "'NaN'"),
    "a time in words": (with_line(4, "a,now,1"), "time", "line 4", "'now'", "ISO 8601"),
    "a time in another order": (with_line(4, "a,04/03/2024 02:00,1"), "line 4", "'04/03/2024 02:00'", "ISO 8601"),
    "an empty time": (with_line(4, "a,,1"), "time", "line 4", "''"),
    "a time of eight digits": (with_line(4, "a,20240304,1"), "time", "line 4", "'20240304'", "ISO 8601"),
    "hours in a column of times": (with_line(2, "a,0,1"), "line 2", "'0'", "column 'hour'"),
    "a time before 1990": (with_line(4, "a,1989-12-31 23:59:59,1"), "line 4", "'1989-12-31 23:59:59'", "1990"),
    "a time after 2100": (with_line(4, "a,2101-01-01,1"), "line 4", "'2101-01-01'", "2100"),
    "Unix seconds before 1990": (with_line(4, "a,631151999,1"), "line 4", "'631151999'", "1990"),
    "a row given twice": (with_line(4, "a,2024-03-04T01:00Z,9"), "cell 'a'", "2024-03-04 01:00:00", "line 4", "second"),
    "hours of the day": (table([["a", str(h % 24), "1"] for h in range(48)], "cell,hour,load"), "'a'", "second"),
    "only one time": (table([["a", "2024-03-04", "1"], ["b", "2024-03-04", "1"]]), "different times", "is 1,"),
    "a day and no more": (table(rows_of(bins=144, step_s=600)), "length", "144 steps", "145 steps"),
    "too few bins": (table(rows_of(bins=25)), "length", "25 steps", "26 steps"),
    "a time between the steps": (with_line(9, "a,2024-03-04 07:10:00,1"), "line 9", "07:10:00", "3,600 s"),
    "a first time between the steps": (with_line(2, "a,2024-03-04 00:10:00,1"), "line 2", "00:10:00", "3,600 s"),
    "steps too short": (table(rows_of(bins=3000, step_s=59)), "step", "59 s", "60 s to 3,600 s", "longer"),
    "steps too long": (table(rows_of(bins=40, step_s=7200)), "step", "7,200 s", "60 s to 3,600 s", "shorter"),
    "an empty cell": (with_line(3, ",2024-03-04 01:00:00,1"), "cell", "line 3", "empty"),
    "a long cell": (with_line(3, f"{'x' * 41},2024-03-04 01:00:00,1"), "cell", "line 3", "'xxxxxxxx", "40"),
    "a cell of control characters": (with_line(3, "a\x07b,2024-03-04 01:00:00,1"), "line 3", "'a\\x07b'", "printable"),
    "no activity at all": (table([[cell, time, "0"] for cell, time, _ in rows_of()]), "every cell", "is 0,"),
    "too many gaps": (table([row for i, row in enumerate(rows_of()) if i % 6 != 1]), "'a'", "16.7 %", "10 %"),
    "no value in any field": (table([[cell, time, ""] for cell, time, _ in rows_of()]), "'a'", "100 %"),
    "sums beyond the limit": (
        table([[*row[:2], "6e14", c] for row in rows_of() for c in "xy"], "cell,time,load,country"),
        "1.2e+15",
        "'a'",
    ),
}


@pytest.mark.parametrize("kind", MALFORMED)
def test_a_file_that_cannot_be_used_is_refused_in_one_sentence_that_says_where_and_why(kind):
    content, *words = MALFORMED[kind]
    with pytest.raises(TrafficFileError) as raised:
        parse_traffic(content, "mine.csv")
    sentence = str(raised.value)
    for word in ("mine.csv", *words):
        assert word.lower() in sentence.lower()
    assert sentence.isprintable() and sentence.endswith(".") and len(sentence) < 320


def test_a_file_that_is_too_large_is_refused_without_reading_it():
    with pytest.raises(TrafficFileError, match=r"size of the file is 60\.1 MB, but 60 MB are allowed"):
        parse_traffic(b"\0" * 60_100_000)


def test_the_name_of_a_file_cannot_break_the_sentence():
    with pytest.raises(TrafficFileError) as raised:
        parse_traffic(b"", "a\nb\x1b[31m\ud800" + "c" * 500)
    assert str(raised.value).isprintable() and len(str(raised.value)) < 200


PIECES = [
    '"',
    '""',
    ",",
    ";",
    "\t",
    "\n",
    "\r",
    " ",
    "\x0b",
    "\x85",
    "\u2028",
    "\ufeff",
    "\0",
    "#",
    "\\",
    "nan",
    "1e999",
]
PIECES += [
    "cell",
    "time",
    "hour",
    "load",
    "country",
    "1",
    "0",
    "-1",
    "1709510400",
    "2024-03-04",
    "9999-12-31T23:59-23:59",
]
JUNK = st.one_of(
    st.binary(max_size=60), st.lists(st.sampled_from(PIECES), max_size=25).map(lambda p: "".join(p).encode())
)


@settings(deadline=None, max_examples=150)
@given(junk=JUNK, at=st.integers(0, len(GOOD)), cut=st.integers(0, 40), alone=st.booleans())
def test_whatever_the_bytes_are_there_is_a_series_or_one_sentence(junk, at, cut, alone):
    try:
        found = parse_traffic(junk if alone else GOOD[:at] + junk + GOOD[at + cut :])
    except TrafficFileError as error:
        assert str(error).isprintable()
    else:
        assert isinstance(found, TrafficFile) and len(found.series.activity) == len(found.series.cells)


# --- what is read ------------------------------------------------------------------------------------------------


def assert_is_good(found, cells=("a",), bins=30, step_s=3600.0):
    assert found.series.cells == cells
    assert (found.series.start, found.series.step_s) == (START, step_s)
    expected = [[load_of(cell, bin_) for bin_ in range(bins)] for cell in cells]
    assert [list(row) for row in found.series.activity] == expected


def quoted(rows):
    return [[f'"{field}"' for field in row] for row in rows]


SHUFFLED = random.Random(1).sample(rows_of(), 30)
FORMS = {
    "commas": GOOD,
    "semicolons": table(rows_of(), separator=";"),
    "tabs": table(rows_of(), separator="\t"),
    "a byte order mark": b"\xef\xbb\xbf" + GOOD,
    "a byte order mark before a quote": b"\xef\xbb\xbf" + GOOD.replace(b"cell", b'"cell"'),
    "Windows line ends": table(rows_of(), end="\r\n"),
    "old Macintosh line ends": table(rows_of(), end="\r"),
    "no end of the last line": GOOD.rstrip(),
    "blank lines": GOOD.replace(b"\n", b"\n\n,,\n"),
    "blanks around fields": GOOD.replace(b",", b" , "),
    "quotes": table(quoted(rows_of()), '"cell","time","load"'),
    "quotes after blanks": table(quoted(rows_of()), '"cell","time","load"').replace(b",", b", "),
    "names in capitals": table(rows_of(), "CELL,Time,LOAD"),
    "names of several words": table(rows_of(), "Cell ID,Date-Time,Load"),
    "rows in any order": table(SHUFFLED),
    "columns in another order": table([row[::-1] for row in rows_of()], "load,time,cell"),
    "columns of other things": table([["x", *row, 'é"y" ,'] for row in rows_of()], "n,cell,time,load,").replace(
        'é"y" ,'.encode(), '"é ""y"" ,"'.encode()
    ),
    "columns without a name": table([["7", *row, ""] for row in rows_of()], ",cell,time,load,"),
    "a time with a T and a Z": table(rows_of(form=lambda m: f"{m:%Y-%m-%dT%H:%MZ}")),
    "a time in another zone": table(rows_of(form=lambda m: f"{m.astimezone(INDIA):%Y-%m-%dT%H:%M+05:30}")),
    "Unix seconds": table(rows_of(form=unix_s)),
    "Unix milliseconds": table(rows_of(form=lambda m: unix_s(m) + "000")),
    "Unix seconds with a point": table(rows_of(form=lambda m: unix_s(m) + ".0")),
    "Unix seconds in a column of hours": table(rows_of(form=unix_s), "cell,hour,load"),
    "milliseconds before a time": table(
        [[*row, "1"] for row in rows_of(form=lambda m: unix_s(m) + "000")], "cell,time_ms,load,time"
    ),
    "milliseconds after a time": table(
        [["1", *row[::-1]] for row in rows_of(form=lambda m: unix_s(m) + "000")], "time,load,time_ms,cell"
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_the_same_measurements_are_read_however_they_are_written(form):
    assert_is_good(parse_traffic(FORMS[form]))


@pytest.mark.parametrize("kind, name", [(kind, name) for kind in NAMES for name in NAMES[kind]])
def test_every_known_name_of_a_column_is_found(kind, name):
    header = HEADER.replace({"cell": "cell", "time": "time", "activity": "load"}[kind], name)
    assert_is_good(parse_traffic(table(rows_of(form=unix_s), header)))


def test_it_is_told_what_was_read():
    found = parse_traffic(table(rows_of(("b", "a"), bins=150, step_s=600)))
    assert_is_good(found, ("b", "a"), 150, 600.0)
    read = "2 cells, 150 bins of 600 s from 2024-03-04 00:00 to 2024-03-05 00:50 UTC."
    assert found.summary == f"{read} Times without a zone are taken as UTC."
    assert parse_traffic(table(rows_of(("b", "a"), 150, 600, unix_s))).summary == read


def test_hours_are_counted_from_a_monday_which_is_told():
    found = parse_traffic(table([["a", str(hour), str(hour % 24 + 1)] for hour in range(30)], "bs,hour,bytes"))
    assert found.series.start == datetime(2024, 1, 1, tzinfo=UTC) and found.series.start.weekday() == 0
    assert found.series.step_s == 3600.0
    assert found.series.activity == ((*range(1, 25), *range(1, 7)),)
    assert found.summary.endswith("Hour 0 is taken to be 2024-01-01 00:00:00 UTC, a Monday.")


def test_the_shortest_file_is_a_day_and_one_step():
    assert_is_good(parse_traffic(table(rows_of(bins=145, step_s=600))), bins=145, step_s=600.0)
    assert_is_good(parse_traffic(table(rows_of(bins=26))), bins=26)


def test_the_longest_and_shortest_steps_are_read():
    assert_is_good(parse_traffic(table(rows_of(bins=1441, step_s=60))), bins=1441, step_s=60.0)


def test_rows_of_country_codes_are_summed_in_the_raw_form_and_empty_fields_are_no_activity():
    internet = np.random.default_rng(1).random((2, 150, 3)).round(6)
    listed = internet.tolist()
    listed[0][7] = [None, None, None]
    listed[1][9][2] = None
    internet[0, 7], internet[1, 9, 2] = 0.0, 0.0
    found = parse_traffic(raw_rows(listed))
    assert found.series.cells == ("1", "2")
    assert (found.series.start, found.series.step_s) == (datetime(2013, 10, 31, 23, tzinfo=UTC), 600.0)
    np.testing.assert_allclose(found.series.activity, internet.sum(axis=2), rtol=TINY)
    assert found.series.activity[0][7] == 0.0
    assert "900 rows summed to 300 values over country codes" in found.summary
    assert "filled" not in found.summary


def test_rows_of_country_codes_are_summed_below_a_header():
    rows = [[time, cell, code, load] for cell, time, load in rows_of() for code in ("0", "39")]
    found = parse_traffic(table(rows, "datetime,CellID,countrycode,internet"))
    assert found.series.activity == (tuple(2.0 * load_of("a", bin_) for bin_ in range(30)),)
    assert "60 rows summed to 30 values over country codes" in found.summary


def test_a_tenth_of_missing_values_is_filled_linearly_and_cells_that_miss_more_are_left_out():
    rows = rows_of(("full", "gaps", "holes"))
    gone = {("gaps", 4), ("gaps", 5), ("gaps", 29), *(("holes", bin_) for bin_ in (3, 7, 11, 20))}
    kept = [row for i, row in enumerate(rows) if (row[0], i // 3) not in gone]
    found = parse_traffic(table(kept))
    assert found.series.cells == ("full", "gaps")
    assert found.series.activity[0] == tuple(load_of("full", bin_) for bin_ in range(30))
    expected = [load_of("gaps", bin_) for bin_ in range(30)]
    third = (expected[6] - expected[3]) / 3.0
    expected[4:6] = [expected[3] + third, expected[3] + 2.0 * third]
    expected[29] = expected[28]
    assert found.series.activity[1] == pytest.approx(expected, rel=TINY)
    assert "3 missing values filled linearly in time" in found.summary
    assert "1 cell with more than 10 % missing left out" in found.summary


def test_an_empty_field_below_a_header_is_a_missing_value():
    found = parse_traffic(with_line(6, "a,2024-03-04 04:00:00,"))
    assert found.series.activity[0][4] == pytest.approx((load_of("a", 3) + load_of("a", 5)) / 2.0, rel=TINY)
    assert "1 missing value filled" in found.summary


def test_a_raw_row_that_is_not_there_is_a_missing_value():
    internet = np.ones((2, 150, 1))
    internet[:, :, 0] += np.arange(150) % 7
    found = parse_traffic(raw_rows(internet.tolist(), missing={(0, 8)}))
    assert found.series.activity[0][8] == pytest.approx((internet[0, 7, 0] + internet[0, 9, 0]) / 2.0, rel=TINY)
    assert "1 missing value filled" in found.summary


def test_the_busiest_cells_are_kept_in_the_order_of_the_file():
    loads = random.Random(2).sample(range(1, 71), 70)
    times = [row[1] for row in rows_of(bins=26)]
    found = parse_traffic(table([[f"c{load}", time, str(load)] for time in times for load in loads]))
    assert found.series.cells == tuple(f"c{load}" for load in loads if load > 6)
    assert [row[0] for row in found.series.activity] == [load for load in loads if load > 6]
    assert "the 6 least busy of 70 cells left out" in found.summary.lower()


def test_the_most_recent_bins_of_a_long_file_are_kept():
    found = parse_traffic(table(rows_of(bins=KEPT_BINS + 5, step_s=600)))
    assert found.series.start == START + timedelta(seconds=5 * 600)
    assert found.series.activity[0] == tuple(load_of("a", bin_) for bin_ in range(5, KEPT_BINS + 5))
    assert "oldest 5 bins left out" in found.summary


SPREAD = {
    "cells of one row each": [[f"c{i}", row[1], "1"] for i, row in enumerate(rows_of(bins=6000, step_s=60))],
    "one row a century later": [*rows_of(bins=2000, step_s=60), ["a", "2100-01-01 00:00:00", "1"]],
}


@pytest.mark.parametrize("kind", SPREAD)
def test_rows_spread_over_many_cells_and_bins_take_no_room(kind):
    content = table(SPREAD[kind])
    tracemalloc.start()
    try:
        with pytest.raises(TrafficFileError, match=r"fullest cell.* 100 %"):
            parse_traffic(content)
        assert tracemalloc.get_traced_memory()[1] < MOST_MEMORY
    finally:
        tracemalloc.stop()


# --- real files --------------------------------------------------------------------------------------------------


@needs_shared(REAL["4159"])
def test_a_real_square_is_read_as_pandas_reads_it():
    path = shared_file(REAL["4159"])
    found = parse_traffic(path.read_bytes(), path.name)
    truth = pd.read_csv(path, converters={"internet": float}).sort_values("time_ms").tail(KEPT_BINS)
    assert found.series.cells == ("4159",)
    assert found.series.activity == (tuple(truth["internet"]),)
    assert found.series.start.timestamp() * 1000 == truth["time_ms"].iloc[0]
    assert "oldest 5,928 bins left out" in found.summary
    assert TrafficSeries.model_validate_json(found.series.model_dump_json()) == found.series


@needs_shared(*REAL.values())
def test_three_real_squares_in_one_file_are_three_cells():
    paths = [shared_file(name) for name in REAL.values()]
    texts = [path.read_text() for path in paths]
    merged = texts[0] + "".join(text.split("\n", 1)[1] for text in texts[1:])
    found = parse_traffic(merged.encode())
    frame = pd.concat([pd.read_csv(path, converters={"internet": float}) for path in paths])
    truth = frame.pivot_table(index="time_ms", columns="square_id", values="internet").tail(KEPT_BINS)
    assert found.series.cells == SQUARES
    np.testing.assert_array_equal(found.series.activity, truth[[int(square) for square in SQUARES]].to_numpy().T)
    assert found.summary.startswith("3 cells, 3,000 bins of 600 s from 2013-12-12 03:00 to 2014-01-01 22:50 UTC.")
