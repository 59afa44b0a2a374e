"""The run that comes with the program says what the judge of today says."""

from pathlib import Path

from itnt_core.results import read_result, verify_result

DEMO = Path(__file__).resolve().parents[2] / "assets" / "demo"


def test_the_recorded_demo_is_what_the_judge_finds(city_cache):
    found = verify_result(read_result(DEMO), city_cache)
    assert found.sentences == [] and found.is_sealed


def test_a_planned_decision_is_worth_less_when_idle_subchannels_radiate():
    """Once the two figures of the demo were one (3,449.1 Mbit), since the planner's idle subchannels had no power."""
    kpis = read_result(DEMO).kpis
    assert kpis["data_service_always_on_mbit"] < 0.95 * kpis["data_service_mbit"]
