"""The pass table at its edges: clipped and short passes, hand-made ones, buildings in the way."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from itnt_core.city import City, pack_polygons
from itnt_core.city.horizon import skyline
from itnt_core.passes import age_sentence, hand_made_table, mask_of, pass_rows, pass_table
from itnt_core.scenario import OrbitElements, Pass, Scenario, ScenarioError, TimeGrid
from itnt_core.sky import Site, find_passes, look_angles, masking, preset_elements, visible_arcs
from itnt_core.sky.earth import EARTH_ROTATION_RAD_S, earth_angle_rad, teme_to_local_km, ut1_minus_utc_s

START = datetime(2026, 6, 21, 12, tzinfo=UTC)
SITE = Site(-0.09, 51.508)
ten_milliseconds = 0.01
hundredth_deg = 0.01


@pytest.fixture(scope="module")
def shell():
    return preset_elements("starlink-direct-to-cell-as-flown-2025-10", START).satellites


@pytest.fixture(scope="module")
def two_hours(shell):
    return pass_table(shell, SITE, START, 2.0, 20.0)


def test_a_pass_stands_above_the_level_between_rise_and_set_only(two_hours):
    arcs = two_hours.arcs_of(one.satellite for one in two_hours.passes)
    for one in two_hours.passes:
        moments = np.array([one.rise_s - 0.05, one.rise_s + 0.05, one.set_s - 0.05, one.set_s + 0.05])
        satellite = np.full(4, one.satellite)
        level = arcs.elevation_deg(arcs.pieces_at(satellite, moments), moments)
        assert level[1] > 20.0 and level[2] > 20.0
        assert one.rise_clipped or level[0] < 20.0
        assert one.set_clipped or level[3] < 20.0
        assert one.rise_s <= one.culmination_s <= one.set_s
        assert one.max_elevation_deg >= level[1:3].max()


def test_passes_are_clipped_at_the_window_and_whole_in_a_longer_one(shell, two_hours):
    clipped = [one for one in two_hours.passes if one.rise_clipped]
    assert clipped and all(one.rise_s == 0.0 for one in clipped)
    assert all(one.set_s == 7200.0 for one in two_hours.passes if one.set_clipped)
    earlier = pass_table(shell, SITE, START - timedelta(hours=1), 3.0, 20.0).passes
    for one in clipped:
        whole = next(
            item
            for item in earlier
            if item.satellite == one.satellite and abs(item.set_s - 3600.0 - one.set_s) < ten_milliseconds
        )
        assert whole.rise_s < 3600.0 and not whole.rise_clipped


def test_a_culmination_seconds_from_the_window_s_edge_is_found(shell):
    whole = pass_table(shell, SITE, START, 2.0, 20.0).passes
    top = next(one for one in whole if not one.rise_clipped and not one.set_clipped and one.set_s < 5000.0)
    for seconds in (3.0, 10.0, 25.0):
        hours = (top.culmination_s + seconds) / 3600.0
        last = next(
            one
            for one in pass_table(shell, SITE, START, hours, 20.0).passes
            if one.rise_s == top.rise_s
            or (one.satellite == top.satellite and abs(one.rise_s - top.rise_s) < ten_milliseconds)
        )
        assert last.set_clipped and last.culmination_s == pytest.approx(top.culmination_s, abs=0.05)
        assert last.max_elevation_deg == pytest.approx(top.max_elevation_deg, abs=1e-4)


def test_a_pass_shorter_than_the_sampling_step_is_found(shell):
    arcs = visible_arcs(shell, SITE, START, 7200.0)
    highest = sorted(one.max_elevation_deg for one in find_passes(arcs, 0.0) if not one.rise_clipped)
    for top in highest[3:-3:9]:
        short = [one for one in find_passes(arcs, top - 0.002) if abs(one.max_elevation_deg - top) < 1e-6]
        assert len(short) == 1
        assert 0.0 < short[0].set_s - short[0].rise_s < 60.0


def test_a_geostationary_satellite_is_one_pass_clipped_at_both_ends():
    still = OrbitElements(
        name="GEO",
        norad_id=1,
        epoch=START,
        mean_motion_rev_day=1.0027379,
        eccentricity=0.0001,
        inclination_deg=0.05,
        raan_deg=0.0,
        perigee_argument_deg=0.0,
        mean_anomaly_deg=90.0,
    )
    tables = [
        pass_table([still.model_copy(update={"mean_anomaly_deg": float(angle)})], SITE, START, 24.0)
        for angle in range(0, 360, 60)
    ]
    seen = [table.passes for table in tables if table.passes]
    assert seen and all(len(passes) == 1 for passes in seen)
    assert all(one.rise_clipped and one.set_clipped for passes in seen for one in passes)


def test_a_hand_made_pass_culminates_when_and_where_it_was_asked_to():
    one = Pass(id="leo", max_elevation_deg=63.0, culmination_s=600.0, altitude_km=500.0)
    scenario = Scenario(passes=(one,), time=TimeGrid(start=START))
    table = hand_made_table(scenario, (0.0, 0.0, 0.0), START, 0.5, 10.0)
    (found,) = table.passes
    assert found.culmination_s == pytest.approx(600.0, abs=0.05)
    assert found.max_elevation_deg == pytest.approx(63.0, abs=hundredth_deg)
    assert table.name(found) == "leo" and pass_rows(table)[0]["norad_id"] is None
    sky = look_angles(scenario, [found.rise_s, found.set_s])
    assert sky.elevation_deg[:, 0] == pytest.approx([10.0, 10.0], abs=hundredth_deg)


def test_what_sgp4_cannot_propagate_is_left_out_and_told():
    falling = OrbitElements(
        name="LOW",
        norad_id=1,
        epoch=START - timedelta(days=400),
        mean_motion_rev_day=16.4,
        eccentricity=0.0005,
        inclination_deg=53.0,
        raan_deg=0.0,
        perigee_argument_deg=0.0,
        mean_anomaly_deg=0.0,
        bstar=0.01,
    )
    table = pass_table([falling], SITE, START, 1.0)
    assert [satellite for satellite, _ in table.failures] == [0] and table.passes == ()


@pytest.mark.parametrize(
    ("hours", "level", "word"),
    [(0.0, 10.0, "window"), (1e4, 10.0, "window"), (1.0, -1.0, "elevation"), (1.0, 90.0, "elevation")],
)
def test_numbers_that_cannot_be_get_a_sentence(shell, hours, level, word):
    with pytest.raises(ScenarioError, match=word):
        pass_table(shell[:1], SITE, START, hours, level)


def test_old_elements_are_told():
    elements = preset_elements("iridium-next", START)
    assert age_sentence(elements, START + timedelta(days=13)) is None
    assert "20 days" in age_sentence(elements, START + timedelta(days=20))
    assert "20 days" in age_sentence(elements, START - timedelta(days=20))


def test_the_velocity_in_the_turning_frame_is_the_derivative_of_the_position():
    from itnt_core.sky.elements import propagated, satrec_of

    one = preset_elements("iridium-next", START).satellites[:3]
    times = np.array([100.0, 100.5, 101.0])
    teme, moving, _, (whole, fractions) = propagated(map(satrec_of, one), START, times)
    local, velocity = teme_to_local_km(teme, moving, SITE, earth_angle_rad(whole, fractions, 0.05))
    assert (local[:, 2] - local[:, 0]) / 1.0 == pytest.approx(velocity[:, 1], abs=2e-5)
    assert pytest.approx(7.2921159e-5, rel=1e-7) == EARTH_ROTATION_RAD_S
    assert ut1_minus_utc_s(datetime(2020, 7, 1, tzinfo=UTC)) == pytest.approx(-0.240, abs=1e-3)


@pytest.fixture(scope="module")
def walled():
    """A place with a wall 40 m high to the south, 50 m away and 200 m wide."""
    from shapely import box

    corners, starts = pack_polygons([box(-100.0, -60.0, 100.0, -50.0)])
    return City("wall", SITE.lon, SITE.lat, 400.0, corners, starts, np.array([40.0]), (), (), (), (), (), (), "")


def test_the_skyline_is_where_the_line_of_sight_ends(walled):
    seen = mask_of(walled, 0.0, 0.0)
    assert seen.height_m == 1.5 and not seen.on_roof
    south = 1800
    expected = np.degrees(np.arctan2(38.5, 60.0))  # the far upper edge of the wall is what one looks over
    near = np.degrees(np.arctan2(38.5, 50.0))
    assert seen.elevation_deg[south] == pytest.approx(max(expected, near), abs=0.02)
    assert (seen.elevation_deg[[0, 900, 2700]] == 0.0).all()
    rng = np.random.default_rng(3)
    azimuth, elevation = rng.uniform(0.0, 360.0, 2000), rng.uniform(0.0, 60.0, 2000)
    azimuth = np.round(azimuth, 1)
    ray = np.column_stack([np.sin(np.radians(azimuth)), np.cos(np.radians(azimuth)), np.tan(np.radians(elevation))])
    start = np.tile([0.0, 0.0, 1.5], (2000, 1))
    clear = walled.line_of_sight(start, start + 900.0 * ray)
    away = np.abs(elevation - seen.elevation_deg[np.rint(azimuth * 10).astype(int) % 3600]) > 0.01
    assert (clear == ~seen.hides(azimuth, elevation))[away].all() and 100 < clear.sum() < 1990
    on_top = skyline(walled, 0.0, -55.0)
    assert on_top.on_roof and on_top.height_m == 41.5 and on_top.elevation_deg.max() == 0.0


def test_masked_intervals_are_the_same_however_many_passes_are_looked_at_together(shell, walled, monkeypatch):
    mask = mask_of(walled, 0.0, 0.0)
    together = pass_table(shell, SITE, START, 1.0, 10.0, mask)
    monkeypatch.setattr(masking, "LOOKS_AT_ONCE", 700)
    few = pass_table(shell, SITE, START, 1.0, 10.0, mask)
    assert few.hidden == together.hidden and len(few.hidden) == len(few.passes) > 5
    assert pass_table(shell[:1], SITE, START, 0.01, 80.0, mask).hidden == ()


def test_masked_intervals_are_those_of_the_line_of_sight_second_by_second(shell, walled):
    mask = mask_of(walled, 0.0, 0.0)
    table = pass_table(shell, SITE, START, 1.0, 10.0, mask)
    assert any(table.hidden) and not all(table.hidden)
    arcs = table.arcs_of(one.satellite for one in table.passes)
    for one, intervals in zip(table.passes, table.hidden, strict=True):
        moments = np.arange(one.rise_s, one.set_s, 1.0)
        pieces = arcs.pieces_at(np.full(len(moments), one.satellite), moments)
        target = arcs.position_km(pieces, moments) * 1000.0
        clear = walled.line_of_sight(np.tile([0.0, 0.0, 1.5], (len(moments), 1)), target)
        told = np.zeros(len(moments), dtype=bool)
        for begin, end in intervals:
            told |= (moments >= begin) & (moments <= end)
        assert (told == clear).sum() <= 2 * len(intervals)  # azimuth in steps of 0.1 degrees
    rows = pass_rows(table)
    assert all(row["visible_s"] >= 0.0 for row in rows) and any(row["hidden"] for row in rows)
