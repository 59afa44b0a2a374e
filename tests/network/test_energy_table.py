"""Propulsion power against the table of network-model.md, section 6."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from itnt_core.network import flight_energy_j, propulsion_power_w

half_a_percent = 0.005
POWER_W = {0: 168.5, 5: 143.6, 10: 126.0, 15: 138.5, 20: 178.3, 25: 249.0, 30: 356.3}


@pytest.mark.parametrize(("speed_m_s", "power_w"), POWER_W.items())
def test_level_flight_needs_the_power_of_the_table(speed_m_s, power_w):
    assert float(propulsion_power_w(speed_m_s)) == pytest.approx(power_w, rel=half_a_percent)


def test_the_cheapest_speed_is_10_2_m_s_at_126_w():
    speeds = np.linspace(0.0, 40.0, 4001)
    powers = propulsion_power_w(speeds)
    assert speeds[powers.argmin()] == pytest.approx(10.2, abs=0.05)
    assert powers.min() == pytest.approx(126.0, rel=half_a_percent)


@pytest.mark.parametrize("vertical_m_s", [-5.0, -1.0, 0.0, 3.0])
def test_climbing_and_sinking_cost_11_46_w_per_m_s(vertical_m_s):
    extra_w = float(propulsion_power_w(12.0, vertical_m_s)) - float(propulsion_power_w(12.0))
    assert extra_w == pytest.approx(11.46 * abs(vertical_m_s))


@given(speed=st.floats(0.0, 150.0))
def test_the_stable_form_is_the_printed_formula(speed):
    v0 = 4.03
    printed = (
        79.86 * (1 + 3 * speed**2 / 120.0**2)
        + 88.63 * (max((1 + speed**4 / (4 * v0**4)) ** 0.5 - speed**2 / (2 * v0**2), 0.0)) ** 0.5
        + 0.5 * 0.6 * 1.225 * 0.05 * 0.503 * speed**3
    )
    assert float(propulsion_power_w(speed)) == pytest.approx(printed, rel=1e-6)


def test_a_flight_costs_power_times_time_in_every_slot():
    # one slot of 2 s hovering, one at 10 m/s level, one at 20 m/s to the north while climbing 3 m/s
    path = np.array([[0, 0, 100], [0, 0, 100], [20, 0, 100], [20, 40, 106]], dtype=float)[:, None, :]
    energy = flight_energy_j(path, 2.0)
    assert energy.shape == (3, 1)
    expected_j = [2 * 168.5, 2 * 126.0, 2 * (178.3 + 3 * 11.46)]
    assert energy[:, 0] == pytest.approx(expected_j, rel=half_a_percent)


def test_every_aerial_user_pays_for_its_own_flight():
    hover = np.tile([0.0, 0.0, 100.0], (4, 1))
    cruise = hover + np.outer(np.arange(4), [20.0, 0.0, 0.0])
    both = flight_energy_j(np.stack([hover, cruise], axis=1), 2.0)
    assert both[:, 0] == pytest.approx([337.0] * 3, rel=half_a_percent)
    assert both[:, 1] == pytest.approx([252.0] * 3, rel=half_a_percent)
    assert flight_energy_j(np.zeros((4, 0, 3)), 2.0).shape == (3, 0)
