"""Tables of traffic as they come: other countries' numbers, clocks that change, counters, one cell, Unix times."""

import io
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from itnt_core.cli import main
from itnt_core.decimals import plain_numbers
from itnt_core.twin import read_twin
from itnt_core.twin.traffic.counters import increments, looks_cumulative
from itnt_core.twin.traffic.files import TrafficFileError, TrafficOptions, parse_traffic
from itnt_core.twin.traffic.process import APART_ABOVE_BYTES, parse_sent_traffic

LONDON = TrafficOptions(time_zone="Europe/London")
START = pd.Timestamp("2026-03-02", tz="UTC")
TINY = 1e-9


def loads(bins, cells=1, seed=3):
    """Return made traffic (bins, cells) that rises and falls over the day, to three places."""
    hours = np.arange(bins)[:, None] % 24
    noise = np.random.default_rng(seed).uniform(0.8, 1.2, (bins, cells))
    return (15.0 * (1.2 - np.cos(hours / 24.0 * 2.0 * np.pi)) * noise).round(3)


def long_form(times, values, cells=None):
    """Return a table of cell, time and activity of values (bins, cells)."""
    cells = [str(number + 1) for number in range(values.shape[1])] if cells is None else cells
    rows = [
        (cell, time, value)
        for time, row in zip(times, values, strict=True)
        for cell, value in zip(cells, row, strict=True)
    ]
    return pd.DataFrame(rows, columns=["cell", "time", "activity"])


def content(frame, **options):
    return frame.to_csv(index=False, **options).encode()


def hourly(bins=72, start=START):
    return pd.date_range(start, periods=bins, freq="h")


def activity(found):
    return np.array(found.series.activity).T


# --- numbers of other countries ----------------------------------------------------------------------------------

THOUSANDS = loads(60) * 100.0
COMMAS = {
    "semicolons and decimal commas": ({"sep": ";", "decimal": ","}, "decimal commas read"),
    "tabs and decimal commas": ({"sep": "\t", "decimal": ","}, "decimal commas read"),
    "commas and quoted decimal commas": ({"decimal": ","}, "decimal commas read"),
    "semicolons and decimal points": ({"sep": ";"}, ""),
}


@pytest.mark.parametrize("form", COMMAS)
def test_numbers_are_those_that_pandas_reads_when_told_how_they_are_written(form):
    options, words = COMMAS[form]
    frame = long_form(hourly().strftime("%Y-%m-%d %H:%M:%S"), loads(72, 3))
    frame.loc[4, "activity"] = 7.25
    text = content(frame, **options)
    found = parse_traffic(b"\xef\xbb\xbf" + text)
    theirs = pd.read_csv(io.BytesIO(text), sep=options.get("sep", ","), decimal=options.get("decimal", "."))
    table = theirs.pivot_table(index="time", columns="cell", values="activity")
    np.testing.assert_array_equal(activity(found), table.to_numpy())
    assert words in found.summary.lower()


def grouped(value, thousand, point):
    return f"{value:,.2f}".replace(",", "x").replace(".", point).replace("x", thousand)


@pytest.mark.parametrize(
    ("thousand", "point", "separator"),
    [(",", ".", ";"), (".", ",", ";"), (" ", ",", ";"), ("\u202f", ",", "\t"), ("'", ",", ";"), (",", ".", ",")],
)
def test_separators_of_thousands_are_taken_out(thousand, point, separator):
    frame = long_form(hourly(60).strftime("%Y-%m-%d %H:%M"), THOUSANDS)
    frame["activity"] = [grouped(value, thousand, point) for value in frame["activity"]]
    np.testing.assert_allclose(activity(parse_traffic(content(frame, sep=separator))), THOUSANDS, rtol=0.0, atol=0.0051)


def test_whole_numbers_with_blanks_between_thousands_are_read():
    assert plain_numbers(["1 234", "987", "12\u202f345"], ";") == (
        ["1234", "987", "12345"],
        "separators of thousands taken out",
    )


@pytest.mark.parametrize("texts", [["9,528", "3.5,1"], ["1,2,3", "4"], ["1,234", "5,678"]])
def test_a_column_that_may_be_read_in_two_ways_is_left_and_refused(texts):
    assert plain_numbers(texts, ",") == (texts, "")
    frame = long_form(hourly(48).strftime("%Y-%m-%d %H:%M"), loads(48))
    frame["activity"] = (texts * 48)[:48]
    with pytest.raises(TrafficFileError, match="with a decimal point are needed"):
        parse_traffic(content(frame))


# --- cells -------------------------------------------------------------------------------------------------------


def test_numbers_of_cells_lose_the_point_that_pandas_gave_them():
    frame = long_form(hourly(), loads(72, 2), [270042.0, 7.0])
    assert b"270042.0" in content(frame)
    assert parse_traffic(content(frame)).series.cells == ("270042", "7")
    mixed = content(frame).replace(b"270042.0", b"270042", 5)
    assert parse_traffic(mixed).series == parse_traffic(content(frame)).series
    assert parse_traffic(content(long_form(hourly(), loads(72, 2), ["1.0", "a"]))).series.cells == ("1.0", "a")


@pytest.mark.parametrize(
    "frame",
    [
        long_form(hourly(), loads(72))[["time", "activity"]],
        long_form(hourly(), loads(72))[["activity", "time"]].rename(columns={"time": "Timestamp", "activity": "Bytes"}),
        long_form(hourly(), loads(72))[["time", "activity"]].assign(tz="UTC"),
    ],
    ids=["time and activity", "activity and time", "with a column of the zone"],
)
def test_a_table_without_cells_is_of_one_cell(frame):
    found = parse_traffic(content(frame))
    assert found.series.cells == ("1",)
    np.testing.assert_array_equal(activity(found), loads(72))
    assert "no column names cells, so all rows are of one" in found.summary.lower()
    indexed = parse_traffic(frame.to_csv().encode())  # pandas writes its index as a column without a name
    assert indexed.series == found.series


def test_a_table_without_names_of_columns_asks_for_them():
    frame = long_form(hourly(), loads(72))[["time", "activity"]]
    with pytest.raises(TrafficFileError, match="the names of the columns are needed there"):
        parse_traffic(content(frame, header=False))


def test_a_table_of_several_cells_without_their_column_says_so():
    frame = long_form(hourly(), loads(72, 2))[["time", "activity"]]
    with pytest.raises(TrafficFileError, match=r"second time, but a column must tell cells apart"):
        parse_traffic(content(frame))


# --- times -------------------------------------------------------------------------------------------------------

WRITTEN = {
    "seconds": lambda times: times.as_unit("s").astype("int64"),
    "milliseconds": lambda times: times.as_unit("ms").astype("int64"),
    "microseconds": lambda times: times.as_unit("us").astype("int64"),
    "nanoseconds": lambda times: times.as_unit("ns").astype("int64"),
    "seconds with a point": lambda times: times.as_unit("s").astype("int64").astype(float),
    "milliseconds as a power of ten": lambda times: [f"{value:.10e}" for value in times.as_unit("ms").astype("int64")],
    "days first": lambda times: times.strftime("%d.%m.%Y %H:%M"),
    "years first, with slashes": lambda times: times.strftime("%Y/%m/%d %H:%M:%S"),
    "digits alone": lambda times: times.strftime("%Y%m%d%H%M%S"),
    "offsets that change": lambda times: [time.isoformat() for time in times.tz_convert("Europe/London")],
}


@pytest.mark.parametrize("form", WRITTEN)
def test_times_are_read_however_they_are_written(form):
    times = hourly(60, pd.Timestamp("2026-03-28", tz="UTC"))
    found = parse_traffic(content(long_form(WRITTEN[form](times), loads(60))))
    assert (found.series.start, found.series.step_s) == (times[0].to_pydatetime(), 3600.0)
    np.testing.assert_array_equal(activity(found), loads(60))


def on_clock(start, bins, zone, step="h"):
    """Return what clocks of a zone show at bins from a day's begin there, and the moments, as pandas has them."""
    times = pd.date_range(pd.Timestamp(start, tz=zone), periods=bins, freq=step)
    return times.strftime("%Y-%m-%d %H:%M"), times


SPRING, AUTUMN = "2026-03-28", "2026-10-24"  # clocks in Europe change on the 29th and the 25th
CHANGES = {
    "forward in London": (SPRING, "Europe/London", "h", "clocks go forward before 2026-03-29 02:00"),
    "forward in Berlin": (SPRING, "Europe/Berlin", "h", "clocks go forward before 2026-03-29 03:00"),
    "forward in New York, ten minutes": (
        "2026-03-07",
        "America/New_York",
        "10min",
        "go forward before 2026-03-08 03:00",
    ),
    "back in London": (
        AUTUMN,
        "Europe/London",
        "h",
        "the hour from 2026-10-25 01:00 passes twice there and is read twice",
    ),
    "back in Berlin, half hours": (
        AUTUMN,
        "Europe/Berlin",
        "30min",
        "from 2026-10-25 02:00 passes twice there and is read",
    ),
    "back in Sydney": (
        "2026-04-04",
        "Australia/Sydney",
        "h",
        "from 2026-04-05 02:00 passes twice there and is read twice",
    ),
}


@pytest.mark.parametrize("order", ["times first", "cells first", "newest first"])
@pytest.mark.parametrize("change", CHANGES)
def test_with_a_time_zone_no_hour_shifts_where_its_clocks_change(change, order):
    start, zone, step, words = CHANGES[change]
    shown, times = on_clock(start, 300, zone, step)
    values = loads(300, 2)
    frame = long_form(shown, values)
    if order == "cells first":
        frame = frame.sort_values("cell", kind="stable")
    elif order == "newest first":
        frame = frame.iloc[::-1]
    found = parse_traffic(content(frame), "mine.csv", TrafficOptions(time_zone=zone))
    assert found.series.start == times[0].to_pydatetime() and len(found.series.activity[0]) == 300
    column = [int(cell) - 1 for cell in found.series.cells]
    np.testing.assert_array_equal(activity(found), values[:, column])
    assert words in found.summary and f"Times are those of clocks in {zone}" in found.summary
    assert "filled" not in found.summary


@pytest.mark.parametrize("change", CHANGES)
def test_without_a_time_zone_a_missing_or_repeated_hour_is_explained_and_nothing_shifts(change):
    start, zone, step, _ = CHANGES[change]
    shown, _ = on_clock(start, 300, zone, step)
    with pytest.raises(TrafficFileError, match=r"clocks in \w+/\w+ (and others )?(skip it|go back then)"):
        parse_traffic(content(long_form(shown, loads(300))))


def test_a_missing_hour_is_a_gap_where_utc_is_asked_for():
    shown, _ = on_clock(SPRING, 72, "Europe/London")
    found = parse_traffic(content(long_form(shown, loads(72))), "mine.csv", TrafficOptions(time_zone="UTC"))
    assert len(found.series.activity[0]) == 73
    assert found.series.activity[0][25] == pytest.approx(loads(72)[24:26].mean(), rel=TINY)
    assert "1 missing value filled" in found.summary


def test_a_repeated_hour_that_stands_once_is_taken_as_the_first():
    shown, times = on_clock(AUTUMN, 72, "Europe/London")
    once = ~pd.Index(shown).duplicated()
    found = parse_traffic(content(long_form(shown, loads(72))[once]), "mine.csv", LONDON)
    assert found.series.start == times[0].to_pydatetime()
    values = np.array(found.series.activity[0])
    np.testing.assert_array_equal(np.delete(values, 26), loads(72)[once].ravel())
    assert "stands once in the file: it is taken as the first" in found.summary and "1 missing value" in found.summary


def test_a_time_that_no_clock_of_the_zone_shows_is_refused():
    frame = long_form(hourly(60, pd.Timestamp(SPRING)).strftime("%Y-%m-%d %H:%M"), loads(60))
    with pytest.raises(
        TrafficFileError, match=r"line 27 .* '2026-03-29 01:00', but clocks in Europe/London go forward"
    ):
        parse_traffic(content(frame), "mine.csv", LONDON)


@pytest.mark.parametrize(
    "header",
    ["time (Europe/London)", "Time [Europe/London]", "time", "time_utc", "timestamp (UTC)"],
)
def test_the_time_zone_is_read_from_the_table(header):
    zone = "UTC" if "utc" in header.lower() else "Europe/London"
    shown, times = on_clock(SPRING, 72, zone)
    frame = long_form(shown, loads(72)).rename(columns={"time": header})
    if header == "time":
        frame["time_zone"] = zone
    found = parse_traffic(content(frame))
    assert found.series.start == times[0].to_pydatetime() and "filled" not in found.summary
    np.testing.assert_array_equal(activity(found), loads(72))


@pytest.mark.parametrize(
    ("zone", "words"),
    [("Mars/Olympus", "'Mars/Olympus', but one IANA name"), ("../etc/passwd", "IANA name"), ("GMT+25x", "IANA")],
)
def test_a_time_zone_that_is_none_is_refused(zone, words):
    frame = long_form(hourly(60).strftime("%Y-%m-%d %H:%M"), loads(60))
    with pytest.raises(TrafficFileError, match=words):
        parse_traffic(content(frame), "mine.csv", TrafficOptions(time_zone=zone))
    with pytest.raises(TrafficFileError, match="IANA name"):
        parse_traffic(content(frame.assign(tz=["UTC", "Europe/London"] * 30)))


def test_a_large_table_keeps_its_time_zone_and_options_when_it_is_read_apart():
    shown, _ = on_clock(AUTUMN, 200, "Europe/London", "10min")
    text = content(long_form(shown, loads(200, 60)))
    assert len(text) > APART_ABOVE_BYTES
    assert parse_sent_traffic(text, "large", LONDON) == parse_traffic(text, "large", LONDON)


# --- counters and gaps -------------------------------------------------------------------------------------------

WHOLE = (loads(100, 2) * 1e6).round()
COUNTED = np.vstack([np.zeros((1, 2)), WHOLE.cumsum(axis=0)])


def test_a_counter_that_only_rises_is_read_as_what_it_rises_by():
    frame = long_form(hourly(101), COUNTED + np.array([5e9, 17.0]))
    found = parse_traffic(content(frame))
    theirs = frame.pivot(index="time", columns="cell", values="activity").diff().shift(-1).dropna()
    np.testing.assert_array_equal(activity(found), theirs.to_numpy())
    assert found.series.start == START.to_pydatetime()
    assert "what it rises by in a step is the traffic" in found.summary
    kept = parse_traffic(content(frame), "mine.csv", TrafficOptions(counter=False))
    assert len(kept.series.activity[0]) == 101 and "counter" not in kept.summary


def test_a_counter_that_begins_anew_has_one_step_filled_and_one_of_32_bits_runs_over():
    anew = COUNTED.copy()
    anew[60:] -= anew[59]  # at 0 again after the reading before
    anew[59] = COUNTED[59]
    found = parse_traffic(content(long_form(hourly(101), anew)))
    np.testing.assert_allclose(np.delete(activity(found), 59, axis=0), np.delete(WHOLE, 59, axis=0), rtol=TINY)
    assert "it begins anew 2 times, and those steps are filled" in found.summary
    over = (COUNTED + 4.0e9) % 2**32
    assert (np.diff(over[:, 0]) < 0.0).sum() == 1
    found = parse_traffic(content(long_form(hourly(101), over)))
    np.testing.assert_allclose(activity(found), WHOLE, rtol=TINY)
    assert "anew" not in found.summary


def test_what_a_counter_rose_by_over_a_gap_is_spread_evenly():
    risen, anew = increments(np.array([[0.0, 4.0, np.nan, np.nan, 13.0, 15.0], [1.0, 1.0, 2.0, 0.0, 3.0, np.nan]]))
    np.testing.assert_allclose(risen, [[4.0, 3.0, 3.0, 3.0, 2.0], [0.0, 1.0, np.nan, 3.0, np.nan]])
    assert anew == 1
    found = parse_traffic(content(long_form(np.delete(hourly(101), [40, 41]), np.delete(COUNTED, [40, 41], axis=0))))
    assert "4 readings missing, and what rose over them is spread evenly" in found.summary


def test_traffic_is_no_counter():
    ramp = np.arange(96.0)[None] % 24  # of a day, again and again
    assert not looks_cumulative(ramp, 24) and not looks_cumulative(loads(96).T, 24)
    assert not looks_cumulative(np.full((2, 96), 7.0), 24) and not looks_cumulative(np.full((1, 96), np.nan), 24)
    assert looks_cumulative(np.arange(96.0)[None], 24)
    assert not looks_cumulative(np.vstack([np.arange(96.0), ramp[0]]), 24)  # not in every cell


def test_the_longest_gap_is_named_with_its_begin():
    frame = long_form(hourly(100), loads(100)).drop(index=[40, 41, 42, 70])
    found = parse_traffic(content(frame))
    assert "4 missing values filled linearly in time, at most 3 in a row, from 2026-03-03 16:00:00 UTC" in found.summary
    truth = pd.Series(loads(100)[:, 0])
    truth[[40, 41, 42, 70]] = np.nan
    np.testing.assert_allclose(activity(found)[:, 0], truth.interpolate(), rtol=TINY)


def test_the_command_takes_the_time_zone(tmp_path, capsys):
    shown, times = on_clock(SPRING, 72, "Europe/London")
    table, question = tmp_path / "local.csv", tmp_path / "question.json"
    table.write_bytes(content(long_form(shown, loads(72)), sep=";", decimal=","))
    command = ["twin", "new", "--preset", "toy", "--traffic", str(table), "-o", str(question)]
    assert main(command) == 1
    assert "2026-03-29 01:00 of local.csv is missing, but clocks in Europe/London skip it" in capsys.readouterr().err
    assert main([*command, "--time-zone", "Europe/London"]) == 0
    assert "so no hour is missing" in capsys.readouterr().err
    assert read_twin(question).traffic.series.start == times[0].to_pydatetime()
    assert datetime(2026, 3, 29, 1, tzinfo=UTC) - times[0].to_pydatetime() == timedelta(hours=25)
    assert times[25].astimezone(ZoneInfo("Europe/London")).hour == 2
