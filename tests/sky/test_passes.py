"""Hand-made passes: what one asks for is what one sees, and the geometry is the textbook's."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from itnt_core.scenario import Pass, Scenario, TimeGrid
from itnt_core.sky import (
    EARTH_RADIUS_KM,
    angular_speed_rad_s,
    look_angles,
    look_angles_deg,
    pass_positions_m,
    pass_track,
    slant_range_km,
    slot_ends_s,
)

a_thousandth_deg = 1e-3
half_a_percent = 0.005
ten_metres_km = 0.01

passes = st.builds(
    Pass,
    id=st.just("leo"),
    altitude_km=st.floats(160.0, 2000.0),
    max_elevation_deg=st.floats(5.0, 89.5),
    heading_deg=st.floats(0.0, 359.9),
    culmination_s=st.floats(-500.0, 5000.0),
    side=st.sampled_from(["left", "right"]),
)


def azimuth_apart_deg(a, b):
    return abs((a - b + 180.0) % 360.0 - 180.0)


@pytest.mark.parametrize(
    ("altitude_km", "speed_rad_s", "period_min"),
    [(500.0, 1.1085e-3, 94.47), (600.0, 1.0847e-3, 96.54), (360.0, 1.1432e-3, 91.61)],
)
def test_the_angular_speed_is_keplers(altitude_km, speed_rad_s, period_min):
    assert angular_speed_rad_s(altitude_km) == pytest.approx(speed_rad_s, rel=1e-4)
    assert 2.0 * math.pi / angular_speed_rad_s(altitude_km) / 60.0 == pytest.approx(period_min, rel=half_a_percent)


@pytest.mark.parametrize(
    ("altitude_km", "elevation_deg", "range_km"),
    [
        (500.0, 90.0, 500.0),
        (600.0, 90.0, 600.0),
        (600.0, 30.0, 1075.1),
        (500.0, 30.0, 909.4),
        (500.0, 10.0, 1694.6),
        (600.0, 10.0, 1931.6),
        (1200.0, 0.0, math.sqrt(7571.0**2 - 6371.0**2)),
    ],
)
def test_the_slant_range_is_the_known_one(altitude_km, elevation_deg, range_km):
    assert slant_range_km(altitude_km, elevation_deg) == pytest.approx(range_km, abs=0.1)


@given(item=passes)
def test_a_pass_culminates_when_and_where_it_was_asked_to(item):
    track = pass_track(item, item.culmination_s + np.array([-1.0, 0.0, 1.0]))
    before, at, after = track.elevation_deg[:, 0]
    assert at == pytest.approx(item.max_elevation_deg, abs=a_thousandth_deg)
    assert before < at and after < at
    assert before == pytest.approx(after, abs=a_thousandth_deg)
    abeam = item.heading_deg + (-90.0 if item.side == "left" else 90.0)
    assert azimuth_apart_deg(track.azimuth_deg[1, 0], abeam) < a_thousandth_deg
    assert track.range_km[1, 0] == pytest.approx(
        slant_range_km(item.altitude_km, item.max_elevation_deg), abs=ten_metres_km
    )


@given(item=passes)
def test_a_pass_moves_towards_its_heading_and_level_when_it_culminates(item):
    track = pass_track(item, item.culmination_s + np.array([-0.05, 0.05]))
    east, north, up = (track.position_m[1, 0] - track.position_m[0, 0]) / 0.1
    assert azimuth_apart_deg(math.degrees(math.atan2(east, north)), item.heading_deg) < a_thousandth_deg
    speed_m_s = math.hypot(east, north)
    assert speed_m_s == pytest.approx(1000.0 * math.sqrt(398_600.4418 / (6371.0 + item.altitude_km)), rel=1e-4)
    assert abs(up) < 1e-3 * speed_m_s


@given(item=passes, seconds=st.floats(-2000.0, 2000.0))
def test_the_satellite_stays_on_its_circle_and_the_range_obeys_the_law_of_cosines(item, seconds):
    track = pass_track(item, [item.culmination_s + seconds])
    from_centre_m = track.position_m[0, 0] + [0.0, 0.0, 1000.0 * EARTH_RADIUS_KM]
    radius_km = 6371.0 + item.altitude_km
    assert np.linalg.norm(from_centre_m) / 1000.0 == pytest.approx(radius_km)
    central = math.acos(from_centre_m[2] / 1000.0 / radius_km)
    expected = math.sqrt(6371.0**2 + radius_km**2 - 2.0 * 6371.0 * radius_km * math.cos(central))
    assert track.range_km[0, 0] == pytest.approx(expected, abs=ten_metres_km)


@pytest.mark.parametrize(
    ("heading_deg", "side", "azimuth_deg"),
    [
        (0.0, "left", 270.0),
        (0.0, "right", 90.0),
        (90.0, "left", 0.0),
        (90.0, "right", 180.0),
        (180.0, "left", 90.0),
        (225.0, "right", 315.0),
    ],
)
def test_left_and_right_are_meant_in_the_direction_of_travel(heading_deg, side, azimuth_deg):
    item = Pass(id="leo", heading_deg=heading_deg, side=side, max_elevation_deg=40.0)
    assert azimuth_apart_deg(pass_track(item, [60.0]).azimuth_deg[0, 0], azimuth_deg) < a_thousandth_deg


def test_a_northbound_pass_comes_from_the_south_and_leaves_to_the_north():
    track = pass_track(Pass(id="leo", heading_deg=0.0, max_elevation_deg=85.0, culmination_s=0.0), [-200.0, 200.0])
    assert azimuth_apart_deg(track.azimuth_deg[0, 0], 180.0) < 10.0
    assert azimuth_apart_deg(track.azimuth_deg[1, 0], 0.0) < 10.0


def test_a_pass_overhead_at_500_km_is_above_the_horizon_for_the_known_time():
    """cos psi = R / (R + H), psi = 21.98 degrees either way, at 1.1085e-3 rad/s: 692 s."""
    seconds = np.arange(-600.0, 600.0, 0.5)
    track = pass_track(Pass(id="leo", max_elevation_deg=90.0, culmination_s=0.0), seconds)
    assert (track.elevation_deg > 0.0).sum() * 0.5 == pytest.approx(692.0, abs=1.0)


@pytest.mark.parametrize(
    ("position_m", "azimuth_deg", "elevation_deg", "range_km"),
    [
        ((0, 1000, 0), 0, 0, 1),
        ((1000, 0, 0), 90, 0, 1),
        ((0, -3000, 4000), 180, 53.1301, 5),
        ((-1000, 0, -1000), 270, -45, 1.41421),
        ((0, 0, 7000), None, 90, 7),
    ],
)
def test_look_angles_of_points_one_can_check_by_eye(position_m, azimuth_deg, elevation_deg, range_km):
    azimuth, elevation, distance = look_angles_deg(np.array(position_m, dtype=float))
    if azimuth_deg is not None:
        assert azimuth_apart_deg(float(azimuth), azimuth_deg) < a_thousandth_deg
    assert float(elevation) == pytest.approx(elevation_deg, abs=a_thousandth_deg)
    assert float(distance) == pytest.approx(range_km, abs=1e-4)


def test_a_scenario_is_evaluated_at_the_ends_of_its_slots():
    items = tuple(Pass(id=f"leo-{n}", heading_deg=40.0 * n, culmination_s=7.5) for n in range(3))
    scenario = Scenario(passes=items, time=TimeGrid(slots=5, slot_s=1.5))
    assert slot_ends_s(scenario).tolist() == [1.5, 3.0, 4.5, 6.0, 7.5]
    sky = look_angles(scenario)
    assert sky.station_ids == ("leo-0", "leo-1", "leo-2")
    assert sky.position_m.shape == (5, 3, 3) and sky.elevation_deg.shape == (5, 3)
    for column, item in enumerate(items):
        assert sky.position_m[:, column] == pytest.approx(pass_positions_m(item, [1.5, 3.0, 4.5, 6.0, 7.5]))
    assert sky.elevation_deg[-1] == pytest.approx([75.0] * 3)  # they culminate at the end of the last slot
    assert (np.diff(sky.elevation_deg, axis=0) > 0.0).all()


def test_any_other_moments_can_be_asked_for():
    scenario = Scenario(passes=(Pass(id="leo", culmination_s=40.0),))
    sky = look_angles(scenario, [40.0, 100.0])
    assert sky.time_s.tolist() == [40.0, 100.0]
    assert sky.elevation_deg[0, 0] == pytest.approx(75.0)
    assert look_angles(Scenario()).position_m.shape == (60, 0, 3)
