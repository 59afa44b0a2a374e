"""The GBS antenna: eight stacked half-wave elements, tilted 10 degrees down, against the textbook closed forms."""

from math import log10, pi, radians, sin

import numpy as np
import pytest

from itnt_core.radio import noise_power_w, station_gain_db
from itnt_core.scenario import Antenna, Radio

physics_db = 0.05
tilted = Antenna()


def closed_form_dbi(elevation_deg, gain_dbi=8.0, downtilt_deg=10.0):
    """Return the gain by the sine-over-sine array factor and the element of TR 38.901 table 7.3-1."""
    half_phase = pi / 2.0 * (sin(radians(elevation_deg)) + sin(radians(downtilt_deg)))
    ratio = 1.0 if abs(half_phase) < 1e-9 else sin(8.0 * half_phase) / (8.0 * sin(half_phase))
    element = -min(12.0 * (elevation_deg / 65.0) ** 2, 30.0)
    return gain_dbi + max(element + 20.0 * log10(max(abs(ratio), 1e-6)), -30.0)


@pytest.mark.parametrize("elevation_deg", [-90.0, -60.0, -33.0, -17.0, -10.0, -5.0, 0.0, 2.5, 7.0, 30.0, 61.0, 90.0])
def test_the_pattern_is_the_closed_form_of_the_array(elevation_deg):
    assert float(station_gain_db(tilted, elevation_deg)) == pytest.approx(
        closed_form_dbi(elevation_deg), abs=physics_db
    )


def test_facts_one_can_read_off_the_pattern():
    assert float(station_gain_db(tilted, -10.0)) == pytest.approx(7.72, abs=physics_db)  # 8 - 12 (10/65)^2
    assert float(station_gain_db(tilted, 0.0)) == pytest.approx(
        -0.41, abs=physics_db
    )  # the horizon is off the main lobe
    # the first null above: sin(e) = 1/4 - sin(10 deg), so 4.38 degrees up, filled to 30 dB below the stated gain
    assert float(station_gain_db(tilted, 4.38)) == pytest.approx(-22.0, abs=physics_db)


def test_the_strongest_direction_is_the_tilt_and_the_sky_sits_in_side_lobes():
    elevations = np.linspace(-90.0, 90.0, 18_001)
    gains = station_gain_db(tilted, elevations)
    half_a_degree = 0.5  # the element leans on the array and pulls the peak up a little
    assert elevations[gains.argmax()] == pytest.approx(-10.0, abs=half_a_degree)
    assert gains.max() <= 8.0
    assert gains[elevations > 5.0].max() < 8.0 - 12.0  # an aerial user is served from side lobes
    assert gains.min() == pytest.approx(8.0 - 30.0)


@pytest.mark.parametrize("downtilt_deg", [-10.0, 0.0, 6.0, 20.0])
def test_the_tilt_can_be_chosen(downtilt_deg):
    antenna = Antenna(downtilt_deg=downtilt_deg, gain_dbi=5.0)
    for elevation in (-downtilt_deg, 1.0, 12.0):
        expected = closed_form_dbi(elevation, 5.0, downtilt_deg)
        assert float(station_gain_db(antenna, elevation)) == pytest.approx(expected, abs=physics_db)


def test_an_isotropic_antenna_has_its_gain_everywhere():
    gains = station_gain_db(Antenna(kind="isotropic", gain_dbi=3.0), np.linspace(-90.0, 90.0, 19))
    assert gains.shape == (19,) and (gains == 3.0).all()


def test_noise_of_one_subchannel_is_3_59e_15_w():
    half_a_percent = 0.005
    assert noise_power_w(Radio()) == pytest.approx(3.59e-15, rel=half_a_percent)
    assert noise_power_w(Radio(subchannel_khz=360.0)) == pytest.approx(7.18e-15, rel=half_a_percent)
    assert noise_power_w(Radio(noise_figure_db=0.0)) == pytest.approx(3.59e-15 / 10**0.7, rel=half_a_percent)
