"""Range, delay, Doppler shift and timing of links, against small steps in time and by hand."""

import numpy as np
import pytest
from small_worlds import flyer, open_world, satellite, station, walker_on_foot

from itnt_core.network import Motion
from itnt_core.sky import look_angles, slot_ends_s
from itnt_core.words import link_rows, satellite_rows

LIGHT_M_S = 299_792_458.0
STEP_S = 0.01


@pytest.fixture(scope="module")
def world():
    return open_world(
        stations=[station("gbs-1", 0.0, 500.0, height_m=60.0)],
        passes=[satellite(culmination_s=6.0), satellite("leo-2", max_elevation_deg=40.0, culmination_s=300.0)],
        aerial=[flyer("au-1", (0.0, 0.0, 60.0), (0.0, 200.0, 60.0))],
        ground=[walker_on_foot("gu-1", 300.0, 100.0)],
        slots=5,
    )


@pytest.fixture(scope="module")
def motion(world):
    flight_m = np.linspace([[0.0, 0.0, 60.0]], [[0.0, 200.0, 60.0]], world.slots + 1)
    return Motion.of(world, flight_m)


def test_range_rates_of_satellites_are_those_of_small_steps_in_time(world, motion):
    """One hertz at 2 GHz is 0.15 m/s."""
    ends_s = slot_ends_s(world.scenario)
    ranges = []
    for sign in (1.0, -1.0):
        sky_m = look_angles(world.scenario, ends_s + sign * STEP_S).position_m
        users_m = motion.users_m + sign * STEP_S * motion.users_m_s
        ranges.append(np.linalg.norm(sky_m[:, None] - users_m[:, :, None], axis=-1))
    rate_m_s = (ranges[0] - ranges[1]) / (2.0 * STEP_S)
    assert motion.range_rate_m_s[:, :, 1:] == pytest.approx(rate_m_s, abs=0.01)
    assert motion.doppler_hz[:, :, 1:] == pytest.approx(-rate_m_s / LIGHT_M_S * 2e9, abs=0.1)


def test_a_flight_towards_a_base_station_is_shifted_by_its_speed(motion):
    """20 m/s straight at an antenna of the same height: 133 Hz at 2 GHz, until it is passed."""
    assert motion.range_rate_m_s[:, 0, 0] == pytest.approx(np.full(5, -20.0))
    assert motion.doppler_hz[:, 0, 0] == pytest.approx(np.full(5, 20.0 / LIGHT_M_S * 2e9))
    assert motion.doppler_hz[:, 1, 0] == pytest.approx(np.zeros(5))  # nobody moves


def test_a_satellite_overhead_has_no_shift_for_who_stands_below_and_a_delay_of_its_height(world, motion):
    above = 2  # the slot that ends six seconds after the start
    assert motion.delay_s[above, 1, 1] == pytest.approx(500e3 / LIGHT_M_S, rel=1e-4)
    assert abs(motion.doppler_hz[above, 1, 1]) < 50.0 < abs(motion.doppler_hz[0, 1, 1])
    assert motion.timing_advance_s == pytest.approx(2.0 * motion.delay_s)
    assert motion.timing_drift_s_s == pytest.approx(2.0 * motion.range_rate_m_s / LIGHT_M_S)


def test_rows_say_what_the_links_have(world, motion, straight_like):
    rows = link_rows(world, straight_like, motion, 1, 4)
    assert [row["Station"] for row in rows] == ["gbs-1", "leo-1", "leo-2"]
    assert rows[2]["Delay, ms"] == pytest.approx(motion.delay_s[4, 1, 2] * 1e3, abs=1e-4)
    assert rows[2]["Doppler, kHz"] == pytest.approx(motion.doppler_hz[4, 1, 2] / 1e3, abs=1e-4)
    assert [row["Serves"] for row in rows] == ["yes", "", ""]
    whole = satellite_rows(world, straight_like, motion)
    assert [row["Satellite"] for row in whole] == ["leo-1", "leo-2"]
    low, high = (float(part) for part in whole[1]["Delay, ms"].split(" to "))
    assert (low, high) == pytest.approx(
        (motion.delay_s[..., 2].min() * 1e3, motion.delay_s[..., 2].max() * 1e3), abs=1e-3
    )
    assert whole[0]["Densest flux, dBW/m²/MHz"] is None


@pytest.fixture
def straight_like(world):
    from itnt_core.network import Decision

    chosen = np.zeros((world.slots, 2), dtype=np.int64)
    subchannel = np.tile(np.arange(2), (world.slots, 1))
    power_w = np.full((world.slots, 3, 2), 0.1)
    return Decision(chosen, subchannel, np.zeros((world.slots + 1, 1, 3)), power_w, "active")
