"""What a SINR is made of, satellites' beams and station loads, as the replay shows them."""

import numpy as np
import pytest

from itnt_core.mapdata import unpack
from itnt_core.mapdata.breakdown import sinr_breakdown
from itnt_core.mapdata.replay import replay_bundle, station_limits
from itnt_core.mapdata.satellites import beam_width_km, half_power_angle_deg
from itnt_core.methods import optimise
from itnt_core.presets import preset
from itnt_core.scenario import Pass, SatelliteRadio, WalkerShell


def test_a_breakdown_names_the_strongest_interferer_first_and_adds_up(result):
    parts = sinr_breakdown(result.dataset, 3, "user-0")
    assert parts.station == "leo-1"
    assert list(parts.interference_w) == ["gbs-1", "gbs-2"]
    assert parts.sinr_db == pytest.approx(10 * np.log10(2e-12 / (8e-13 + 4e-15)))
    assert "gbs-1 -93.0 dBm" in parts.sentence


def test_an_unserved_user_has_no_breakdown(result):
    assert sinr_breakdown(result.dataset, 1, "user-4") is None


def test_breakdowns_of_a_computed_result_are_the_evaluators_sinr_and_reach_the_browser_whole():
    result = optimise(preset("tiny"))
    data, (_, arrays) = result.dataset, unpack(replay_bundle(result))
    starts, users = arrays["interferer_starts"], [str(user) for user in data["user"].values]
    for slot in range(1, data.sizes["slot"] + 1):
        for column, user in enumerate(users):
            parts = sinr_breakdown(data, slot, user)
            if parts is None:
                continue
            assert parts.sinr_db == pytest.approx(float(data["sinr_active_db"].values[slot - 1, column]), abs=1e-9)
            cell = (slot - 1) * len(users) + column
            heard = arrays["interferer_w"][starts[cell] : starts[cell + 1]]
            assert sorted(heard, reverse=True) == pytest.approx(list(parts.interference_w.values()), rel=1e-6)
            assert arrays["signal_w"][slot - 1, column] == pytest.approx(parts.signal_w, rel=1e-6)


def test_station_loads_and_limits(result, scenario):
    meta, arrays = unpack(replay_bundle(result))
    assert arrays["station_load"][0].tolist() == [3, 0, 1]
    assert meta["station_limits"] == [scenario.radio.subchannels] * 3
    assert meta["upper_bound_mbit"] is None
    few = scenario.model_copy(
        update={
            "ground_stations": tuple(gbs.model_copy(update={"max_users": 2}) for gbs in scenario.ground_stations),
            "passes": (Pass(id="leo-1", radio=SatelliteRadio(max_users=999)),),
            "walker_shells": (WalkerShell(id="shell-a", radio=SatelliteRadio(max_users=3)),),
        }
    )
    names = ["gbs-1", "gbs-2", "leo-1", "shell-a-4-12", "unknown"]
    assert station_limits(few, names) == [2, 2, scenario.radio.subchannels, 3, scenario.radio.subchannels]


def test_the_bound_travels_with_the_run(result):
    result.manifest["kpis"]["upper_bound_mbit"] = 31.5
    assert unpack(replay_bundle(result))[0]["upper_bound_mbit"] == 31.5


def test_the_beam_is_half_as_strong_at_its_drawn_edge(scenario):
    from itnt_core.radio.satellite import beam_gain

    (angle,) = half_power_angle_deg(scenario, ["leo-1"])
    aperture = scenario.passes[0].radio.beam_aperture_m
    assert beam_gain(np.radians(angle), aperture, scenario.radio.carrier_ghz) == pytest.approx(0.5, abs=1e-4)
    assert beam_width_km(500e3, angle) == pytest.approx(2 * 500 * np.tan(np.radians(angle)))
    assert beam_width_km(1e9, 90.0) == 10_000.0
