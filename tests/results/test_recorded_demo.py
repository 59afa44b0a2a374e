"""The run that comes with the program says what the judge of today says."""

from pathlib import Path

import pytest

from itnt_core.network import build_world
from itnt_core.results import decision_of, read_result, verify_result
from tests.network.plain_judge import judge

DEMO = Path(__file__).resolve().parents[2] / "assets" / "demo"


def test_the_recorded_demo_is_what_the_judge_finds(city_cache):
    found = verify_result(read_result(DEMO), city_cache)
    assert found.sentences == [] and found.is_sealed


@pytest.mark.parametrize("convention", ["active", "always_on"])
def test_its_figures_are_those_of_plain_loops(city_cache, convention):
    """Once the two figures of the demo were one (3,449.1 Mbit), since the planner's idle subchannels had no power."""
    result = read_result(DEMO)
    scenario, world, decision = (
        result.scenario,
        build_world(result.scenario, cache_dir=city_cache),
        decision_of(result.dataset),
    )
    floors = {"active": scenario.qos.min_sinr_active_db, "always_on": scenario.qos.min_sinr_always_on_db}
    *_, data_mbit, outage = judge(
        world.gains(decision.positions_m).tolist(),
        decision.power_w.tolist(),
        decision.station.tolist(),
        decision.subchannel.tolist(),
        world.noise_w,
        scenario.radio.subchannel_khz * 1e3,
        scenario.time.slot_s,
        scenario.radio.spectral_efficiency_cap,
        floors[convention],
        convention == "always_on",
        world.station_max_power_w.tolist(),
    )
    ending = "" if convention == "active" else f"_{convention}"
    assert result.kpis[f"data_service{ending}_mbit"] == pytest.approx(data_mbit, rel=1e-9)
    assert result.kpis[f"outage{ending}"] == pytest.approx(outage)


def test_a_planned_decision_is_worth_less_when_idle_subchannels_radiate():
    kpis = read_result(DEMO).kpis
    assert kpis["data_service_always_on_mbit"] < kpis["data_service_mbit"]
