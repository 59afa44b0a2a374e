"""Files of traces: positions equal to those in the file at the file's own times, bad files in one sentence."""

from datetime import UTC, datetime

import numpy as np
import pytest

from itnt_core.network import build_world
from itnt_core.presets import preset
from itnt_core.scenario import check_scenario, format_scenario, ground_track_m, lonlat_to_local, parse_scenario
from itnt_core.traces import Placing, TraceFileError, parse_sent_traces, parse_traces, process, use_traces

RNG = np.random.default_rng(5)
TIMES = np.arange(0.0, 20.0)
ROUTES = {f"veh{n}": np.cumsum(RNG.uniform(-4.0, 4.0, (20, 2)), axis=0).round(2) for n in range(3)}


def fcd(routes=None, times=TIMES, more=""):
    steps = [
        f'<timestep time="{time:.2f}">'
        + "".join(
            f'<vehicle id="{name}" x="{way[k][0]}" y="{way[k][1]}" speed="1"/>'
            for name, way in (routes or ROUTES).items()
        )
        + "</timestep>"
        for k, time in enumerate(times)
    ]
    return f'<?xml version="1.0"?>{more}<fcd-export xmlns:x="http://a">{"".join(steps)}</fcd-export>'.encode()


def gpx(points, head="<name>metadata</name>"):
    tracks = "".join(
        f"<trk><name>{name}</name><trkseg>"
        + "".join(f'<trkpt lat="{lat}" lon="{lon}"><ele>3</ele><time>{time}</time></trkpt>' for lon, lat, time in track)
        + "</trkseg></trk>"
        for name, track in points.items()
    )
    return f'<gpx xmlns="http://www.topografix.com/GPX/1/1">{head}{tracks}</gpx>'.encode()


def test_the_positions_of_a_sumo_trace_are_equal_at_its_own_times():
    tiny = preset("tiny").model_copy(update={"ground_users": ()})
    time = tiny.time.model_copy(update={"slots": 19, "slot_s": 1.0})
    scenario = use_traces(tiny.model_copy(update={"time": time}), parse_traces(fcd())).scenario
    assert [user.name for user in scenario.ground_users] == list(ROUTES)
    track = ground_track_m(scenario, TIMES)
    for column, way in enumerate(ROUTES.values()):
        assert (track[:, column, :2] == way).all()
    assert check_scenario(scenario) == [] and parse_scenario(format_scenario(scenario)) == scenario
    assert (build_world(scenario).ground_track_m == track).all()


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_table_gives_the_same_traces_as_the_simulation(separator):
    rows = ["vehicle_id,timestep_time,x,y"] + [
        f"{name},{time},{way[k][0]},{way[k][1]}" for k, time in enumerate(TIMES) for name, way in ROUTES.items()
    ]
    one = parse_traces("\n".join(rows).replace(",", separator).encode())
    other = parse_traces(fcd())
    assert [trace.name for trace in one.traces] == [trace.name for trace in other.traces]
    for a, b in zip(one.traces, other.traces, strict=True):
        assert (a.times_s == b.times_s).all() and (a.places == b.places).all()


def test_a_gpx_track_lies_where_its_degrees_say_and_moments_may_count():
    tiny = preset("tiny")
    start = tiny.time.start.replace(tzinfo=UTC)
    points = [(-0.0845 + 1e-4 * k, 51.5135, f"{start.replace(second=5 + k).isoformat()}") for k in range(4)]
    read = parse_traces(gpx({"Ann & Bob".replace("&", "&amp;"): points}))
    assert (read.form, read.is_lonlat, read.traces[0].name) == ("GPX", True, "Ann & Bob")
    for clock, first_s in (("start", 0.0), ("utc", 5.0)):
        user = use_traces(tiny, read, Placing(clock=clock)).scenario.ground_users[-1]
        place = ground_track_m(tiny.model_copy(update={"ground_users": (user,)}), [first_s + 3.0])[0, 0]
        east, north = lonlat_to_local(points[3][0], points[3][1], tiny.area.lon, tiny.area.lat)
        assert place[:2] == pytest.approx([east, north], abs=1e-3)


def test_times_may_be_text_or_unix_seconds():
    text = "time,lon,lat\n2026-06-21T12:00:00Z,-0.08,51.51\n2026-06-21T13:00:10+01:00,-0.081,51.51\n"
    unix = "t,lng,latitude\n1782043200,-0.08,51.51\n1782043210,-0.081,51.51\n"
    for read in (parse_traces(text.encode()), parse_traces(unix.encode())):
        assert read.start == datetime(2026, 6, 21, 12, 0, tzinfo=UTC)
        assert read.traces[0].times_s.tolist() == [0.0, 10.0]


def test_traces_are_cut_to_time_and_area_and_what_was_done_is_told():
    tiny = preset("tiny")
    half = tiny.area.size_m / 2
    routes = {
        "leaves": [(half - 15 + 10 * k, 0.0) for k in range(20)],
        "jumps": [(0.0, 0.0), *[(250.0, 0.0)] * 19],
        "outside": [(half + 50.0, k) for k in range(20)],
        "stands": [(5.0, 6.0)] * 20,
    }
    used = use_traces(tiny, parse_traces(fcd(routes)), Placing(metres="anchor"))
    users = {user.name: user for user in used.scenario.ground_users[-used.added :]}
    assert sorted(users) == ["leaves", "stands"] and not users["stands"].moves
    assert users["leaves"].path[-1][1] == half - 5.0
    told = " ".join(used.notes)
    assert "leaves the area" in told and "faster than anything" in told and "never in the area" in told
    few = use_traces(tiny, parse_traces(fcd()), Placing(most=1))
    assert few.added == 1 and "2 traces: more than asked for" in " ".join(few.notes)


def test_networks_that_begin_elsewhere_are_centred_and_degrees_in_metres_are_seen():
    tiny = preset("tiny")
    far = use_traces(tiny, parse_traces(fcd({"v": [(5000.0 + k, 9000.0) for k in range(20)]})))
    assert far.scenario.ground_users[-1].position_m[:2] == (-9.5, 0.0) and "metres moved by" in far.notes[0]
    geo = use_traces(tiny, parse_traces(fcd({"v": [(-0.0845 + 1e-6 * k, 51.5135) for k in range(20)]})))
    assert geo.scenario.ground_users[-1].position_m[:2] == pytest.approx((0.0, 0.0), abs=0.5)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "without rows"),
        (b"\x1f\x8bzzz", "a gzip archive"),
        (b"a,b\n1,2\n", "a time and either lon and lat"),
        (b"time,x,y\nnoon,1,2\n", "seconds or ISO 8601"),
        (b"time,x,y\n1,,\n", "no point with a time and a place"),
        (b"time,x,y\n1,2e9,3\n", "up to 1e7 m"),
        (b"time,lon,lat\n1,200,3\n", "a longitude to 180"),
        (b"\xff\xfe,\n", "not UTF-8"),
        (b"time,x,y\n" + b"9" * 20_000 + b",1,1\n", "10,000 are allowed"),
        (b"<fcd-export><timestep time='1'>", "breaks off"),
        (b"<html></html>", "<gpx> or <fcd-export> is needed"),
        (b"<gpx/>", "no point with a time and a place"),
        (fcd(more='<!DOCTYPE a [<!ENTITY b "c">]>'), "defines entities"),
        (b"<gpx>" + b"<a>" * 100, "nested too deeply"),
        (gpx({"a": [("x", "y", "z")]}), "no point with a time"),
    ],
)
def test_a_bad_file_gets_one_sentence(content, words):
    with pytest.raises(TraceFileError) as told:
        parse_traces(content)
    assert words in str(told.value) and str(told.value).endswith(".") and "\n" not in str(told.value)


def test_points_twice_or_without_a_time_are_counted():
    read = parse_traces(b"time,x,y\n2,1,1\n1,0,0\n2,5,5\n,3,3\n3,2,2\n")
    assert read.traces[0].times_s.tolist() == [1.0, 2.0, 3.0] and read.left_out == 2
    assert read.traces[0].places[1].tolist() == [1.0, 1.0]


def test_a_large_file_is_read_apart_with_the_same_answer(monkeypatch):
    monkeypatch.setattr(process, "APART_ABOVE_BYTES", 100)
    apart, here = parse_sent_traces(fcd()), parse_traces(fcd())
    assert apart.sentence == here.sentence
    for one, other in zip(apart.traces, here.traces, strict=True):
        assert one.name == other.name and (one.places == other.places).all() and (one.times_s == other.times_s).all()
    with pytest.raises(TraceFileError, match="breaks off"):
        parse_sent_traces(fcd()[:-200])
