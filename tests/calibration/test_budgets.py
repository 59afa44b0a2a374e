"""Satellite link budgets against TR 38.821 as quoted by others, worked out here by hand; the phones' reality check."""

from math import asin, cos, log10, radians, sin

import numpy as np
import pytest

from itnt_core.calibration import budgets, direct_to_cell, satellite_link
from itnt_core.calibration.budgets import s_band_budget
from itnt_core.calibration.direct_to_cell import direct_to_cell_scenario
from itnt_core.network import build_world
from itnt_core.presets import EXAMS, preset
from itnt_core.scenario import ScenarioError, check_scenario

last_digit_db = 0.05  # the table has one decimal
hundredth_db = 0.01

# Case: carrier GHz, EIRP dBW, MHz, G/T dB/K, free space, atmosphere, shadow, scintillation, CNR; all dB where not said.
TABLE = {
    "sc9-downlink": (2.0, 48.8, 30.0, -31.6, 159.1, 0.1, 3.0, 2.2, 6.6),
    "sc6-downlink": (20.0, 30.0, 400.0, 15.9, 179.1, 0.5, 0.0, 0.3, 8.5),
    "sc6-uplink": (30.0, 46.2, 400.0, 13.0, 182.6, 0.5, 0.0, 0.3, 18.4),
}


def leo(**changes):
    """Return the world of the preset with parts changed: radio, satellite (what it sends) or orbit."""
    scenario = satellite_link()
    (one,) = scenario.passes
    one = one.model_copy(update=changes.pop("orbit", {}))
    one = one.model_copy(update={"radio": one.radio.model_copy(update=changes.pop("satellite", {}))})
    radio = scenario.radio.model_copy(update=changes.pop("radio", {}))
    return build_world(scenario.model_copy(update={"passes": (one,), "radio": radio, **changes}))


def by_hand_db(carrier_ghz, eirp_dbw, megahertz, merit_db_k, air_db, shadow_db, scintillation_db):
    """Return the ratio from 600 km at 30 degrees by the law of sines in the triangle centre, user, satellite."""
    nadir = asin(6371.0 * cos(radians(30.0)) / 6971.0)
    centre = radians(60.0) - nadir
    range_m = 6_971_000.0 * sin(centre) / cos(radians(30.0))
    loss_db = 20.0 * log10(4.0 * np.pi * range_m * carrier_ghz * 1e9 / 299_792_458.0)
    density_dbw_hz = eirp_dbw - 10.0 * log10(megahertz * 1e6)
    boltzmann_db = 10.0 * log10(1.380649e-23)
    return density_dbw_hz + merit_db_k - boltzmann_db - loss_db - air_db - shadow_db - scintillation_db


@pytest.fixture(scope="module")
def computed():
    return {budget.key: budget for budget in budgets()}


def test_there_are_three_budgets_and_all_pass(computed):
    assert computed.keys() == TABLE.keys()
    assert all(budget.passed for budget in computed.values())


@pytest.mark.parametrize("key", TABLE)
def test_a_budget_is_within_a_tenth_of_the_table_and_the_one_worked_out_by_hand(computed, key):
    carrier, eirp, megahertz, merit, _, air, shadow, scintillation, ratio_db = TABLE[key]
    found = computed[key]
    assert found.theirs_db == ratio_db and abs(found.ours_db - ratio_db) <= 0.1
    if key == "sc9-downlink":  # what the table rounds: G/T of 0 dBi, 290 K and 7 dB, and 6.22 / 2^1.5 dB
        eirp, merit, scintillation = 34.0 + 10.0 * log10(30.0), -7.0 - 10.0 * log10(290.0), 6.22 / 2.0**1.5
    expected = by_hand_db(carrier, eirp, megahertz, merit, air, shadow, scintillation)
    assert found.ours_db == pytest.approx(expected, abs=hundredth_db)


@pytest.mark.parametrize("key", TABLE)
def test_the_table_agrees_with_the_sum_of_its_own_lines(key):
    """What is second-hand is at least consistent, to what one decimal a line leaves."""
    _, eirp, megahertz, merit, loss, air, shadow, scintillation, ratio_db = TABLE[key]
    total = eirp - 10.0 * log10(megahertz) - 60.0 + merit + 228.6 - loss - air - shadow - scintillation
    assert total == pytest.approx(ratio_db, abs=0.1)


@pytest.mark.parametrize("key", TABLE)
def test_every_line_that_the_table_has_is_the_tables(computed, key):
    lines = [line for line in computed[key].lines if line.theirs is not None]
    assert {"Free space", "Scintillation", "Atmosphere"} <= {line.name for line in lines}
    for line in lines:
        assert line.value == pytest.approx(line.theirs, abs=last_digit_db), line.name
    values = {line.name: line.theirs for line in lines}
    assert (values["Free space"], values["Atmosphere"], values["Scintillation"]) == tuple(
        TABLE[key][i] for i in (4, 5, 7)
    )


def test_the_lines_of_the_scenario_add_up_to_the_gain_that_its_users_have(computed):
    line = {one.name: one.value for one in computed["sc9-downlink"].lines}
    world = leo()
    slot = 29
    gains, sight = world.links_at(world.ground_points_m, slot, aerial=False)
    assert sight.any() and line["Elevation"] == pytest.approx(30.0, abs=1e-9)
    assert world.sky.elevation_deg[:, 0].argmax() == slot
    beside = line["Users beside the beam's axis"]
    assert abs(beside) < hundredth_db
    assert line["Gain of the link"] == pytest.approx(30.0 - line["Free space"] - line["Scintillation"] - beside)
    seen_db = 10.0 * np.log10(gains[sight[:, 0], 0])
    assert np.ptp(seen_db) < 3.0 * hundredth_db and line["Gain of the link"] == pytest.approx(
        np.median(seen_db), abs=1e-6
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"satellite": {"gain_dbi": 29.0}},
        {"satellite": {"max_power_w": 60.0}},
        {"radio": {"noise_figure_db": 9.0}},
        {"radio": {"carrier_ghz": 2.2}},
        {"orbit": {"altitude_km": 550.0}},
        {"orbit": {"max_elevation_deg": 40.0}},
    ],
    ids=str,
)
def test_another_satellite_or_receiver_fails(changes):
    assert s_band_budget(leo()).passed and not s_band_budget(leo(**changes)).passed


def test_blocked_users_do_not_count_and_without_others_there_is_no_budget():
    channel = satellite_link().channel
    crowded = leo(channel=channel.model_copy(update={"clutter": "dense_urban"}))
    assert s_band_budget(crowded).passed  # two in three are blocked: 29 dB less, and none of them in the median
    alone = leo(seed=next(seed for seed in range(200) if not sees(channel, seed)), channel=blocked(channel))
    users = alone.scenario.ground_users[:1]
    with pytest.raises(ValueError, match="No ground user sees the satellite"):
        s_band_budget(build_world(alone.scenario.model_copy(update={"ground_users": users})))


def blocked(channel):
    return channel.model_copy(update={"clutter": "dense_urban"})


def sees(channel, seed):
    """Say whether the first user of the preset sees the satellite among dense buildings with a seed."""
    world = leo(seed=seed, channel=blocked(channel))
    return bool(world.links_at(world.ground_points_m[:1], 29, aerial=False)[1][0, 0])


def test_satellites_for_phones_give_what_was_measured():
    found = direct_to_cell()
    assert found.passed
    assert abs(found.sinr_db) <= 3.0 and 1.0 <= found.beam_mbit_s < 10.0
    assert {line.name: line.value for line in found.lines}["Satellites on the channel"] == 2.0


def test_what_it_hangs_on_is_the_second_satellite_and_the_phone():
    """An isotropic phone under one satellite has 15 dB: the median measured is that of a channel that is shared."""
    alone = direct_to_cell(at_once=1, phone_loss_db=0.0)
    assert not alone.passed and alone.sinr_db > 10.0 and alone.beam_mbit_s > 10.0
    worse = direct_to_cell(at_once=1)
    assert alone.sinr_db - worse.sinr_db == pytest.approx(8.5, abs=1e-6)  # noise alone: the loss, decibel for decibel


def test_the_reality_checks_scenario_is_the_shell_in_five_megahertz():
    scenario = direct_to_cell_scenario()
    (group,) = scenario.orbits
    world = build_world(scenario)
    assert {round(float(one.inclination_deg), 3) for one in group.satellites} == {53.0}
    assert world.sky.serving.sum(axis=1).max() == 2
    highest_km = world.sky.range_km[world.sky.serving].min()
    assert 355.0 < highest_km < 500.0
    density = group.radio.gain_dbi + 10.0 * log10(group.radio.max_power_w / 4.5)
    assert density == pytest.approx(34.0) and world.bandwidth_hz == 4.5e6


def test_the_link_is_a_preset_like_the_other_exams():
    assert "calibration-leo" in EXAMS
    assert preset("calibration-leo") == satellite_link() and check_scenario(satellite_link()) == []
    assert preset("calibration-leo", users=4, seed=7) == satellite_link(7, 4)
    with pytest.raises(ScenarioError, match="aerial users"):
        preset("calibration-leo", aerial_users=1)
