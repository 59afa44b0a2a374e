"""Look angles and passes against skyfield: fifty satellites over a day, of shells and real ones."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from element_texts import REAL
from skyfield.api import EarthSatellite, load, wgs84

from itnt_core.passes import pass_table
from itnt_core.sky import Site, parse_elements, preset_elements, visible_arcs
from itnt_core.sky.elements import satrec_of
from tests.shared import real_case, shared_file

hundredth_deg = 0.01
fifty_metres_km = 0.05
one_second = 1.0
LONDON = Site(-0.1278, 51.5074)
LEVEL_DEG = 10.0


FILES = [REAL.format(f"{name}_2025-10-07.tle") for name in ("starlink", "oneweb", "iridium_next")]


def fifty(kind):
    """Return fifty satellites of many kinds, and the day to look at: of shells, or real ones of three fleets."""
    if kind == "real":
        files = [shared_file(name) for name in FILES]
        sets = [parse_elements(path.read_bytes(), path.name).elements.satellites for path in files]
        day = datetime(2025, 10, 7, 12, tzinfo=UTC)
    else:
        day = datetime(2026, 6, 21, 12, tzinfo=UTC)
        keys = ("starlink-gen1-shell-1", "oneweb-phase-1", "iridium-next")
        sets = [preset_elements(key, day).satellites for key in keys]
    counts = (34, 10, 6)
    return [
        satellites[len(satellites) // count * number]
        for satellites, count in zip(sets, counts, strict=True)
        for number in range(count)
    ], day


@pytest.fixture(scope="module", params=["shells", real_case(*FILES)])
def sky(request):
    """Return the satellites, the start, our pass table, and skyfield's satellites, place and clock."""
    satellites, day = fifty(request.param)
    clock = load.timescale(builtin=True)
    theirs = [EarthSatellite.from_satrec(satrec_of(one), clock) for one in satellites]
    table = pass_table(satellites, LONDON, day, 24.0, LEVEL_DEG)
    return satellites, day, table, theirs, wgs84.latlon(LONDON.lat, LONDON.lon), clock


def test_elevation_and_range_agree_at_and_between_the_nodes(sky):
    satellites, day, table, theirs, place, clock = sky
    arcs = table.arcs_of(range(len(satellites)))
    piece = np.repeat(np.arange(len(arcs.arc))[::5], 3)
    times = arcs.start_s[piece] + np.tile([0.0, 17.0, 31.0], len(piece) // 3)
    azimuth, elevation, distance = arcs.angles(piece, times)
    worst = np.zeros(3)
    for number, satellite in enumerate(theirs):
        own = arcs.satellite[piece] == number
        moments = clock.from_datetimes([day + timedelta(seconds=float(second)) for second in times[own]])
        up, around, away = (satellite - place).at(moments).altaz()
        turned = np.abs((azimuth[own] - around.degrees + 180.0) % 360.0 - 180.0) * np.cos(np.radians(up.degrees))
        off = (np.abs(elevation[own] - up.degrees), np.abs(distance[own] - away.km), turned)
        worst = np.maximum(worst, [values.max() for values in off])
    assert worst[0] <= hundredth_deg and worst[1] <= fifty_metres_km and worst[2] <= hundredth_deg
    assert len(satellites) == 50 and len(piece) > 2000


def test_every_rise_culmination_and_set_is_skyfields_within_a_second(sky):
    satellites, day, table, theirs, place, clock = sky
    begin, end = clock.from_datetime(day), clock.from_datetime(day + timedelta(days=1))
    count = 0
    for number, satellite in enumerate(theirs):
        moments, kinds = satellite.find_events(place, begin, end, LEVEL_DEG)
        expected = [
            ((moment.utc_datetime() - day).total_seconds(), int(kind))
            for moment, kind in zip(moments, kinds, strict=True)
        ]
        found = []
        for one in (item for item in table.passes if item.satellite == number):
            found += [] if one.rise_clipped else [(one.rise_s, 0)]
            inside = one.rise_s < one.culmination_s < one.set_s
            found += [(one.culmination_s, 1)] if inside else []
            found += [] if one.set_clipped else [(one.set_s, 2)]
        assert [kind for _, kind in sorted(found)] == [kind for _, kind in expected], satellites[number].name
        apart = [abs(ours - theirs) for (ours, _), (theirs, _) in zip(sorted(found), expected, strict=True)]
        assert max(apart, default=0.0) <= one_second
        count += len(expected)
    assert count > 300


def test_what_cannot_rise_is_left_out_and_nothing_else_is(sky):
    satellites, day, table, *_ = sky
    everything = visible_arcs(satellites, LONDON, day, 86_400.0, -90.0)
    high = {
        int(everything.satellite[p])
        for p in np.flatnonzero(
            everything.elevation_deg(np.arange(len(everything.arc)), everything.start_s) > LEVEL_DEG
        )
    }
    assert high <= {one.satellite for one in table.passes}
    low = next(one for one in preset_elements("starlink-gen2-535-km", day).satellites)
    assert len(visible_arcs([low], LONDON, day, 86_400.0, 40.0).arc) == 0
