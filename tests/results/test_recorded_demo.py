"""The run that comes with the program says what the judge of today says."""

import numpy as np
import pytest

from itnt_core.network import build_world, evaluate
from itnt_core.presets import preset
from itnt_core.recorded import RECORDED
from itnt_core.results import decision_of, read_result, verify_result
from itnt_core.runs import recorded_runs
from itnt_core.scenario import with_added
from tests.network.plain_judge import judge

BEFORE, AFTER = RECORDED.values()
both = pytest.mark.parametrize("folder", [BEFORE, AFTER], ids=list(RECORDED))


@both
def test_a_recorded_run_is_what_the_judge_finds(folder, city_cache):
    found = verify_result(read_result(folder), city_cache)
    assert found.sentences == [] and found.is_sealed


@both
@pytest.mark.parametrize("convention", ["active", "always_on"])
def test_its_figures_are_those_of_plain_loops(folder, city_cache, convention):
    """Once the two figures of the demo were one (3,449.1 Mbit), since the planner's idle subchannels had no power."""
    result = read_result(folder)
    scenario, world, decision = (
        result.scenario,
        build_world(result.scenario, cache_dir=city_cache),
        decision_of(result.dataset),
    )
    # Powers are lowered until some users stand right at their floor: 1e-6 below it counts, as in every constraint.
    slack_db = 10.0 * np.log10(1.0 - 1e-6)
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
        floors[convention] + slack_db,
        convention == "always_on",
        world.station_max_power_w.tolist(),
    )
    ending = "" if convention == "active" else f"_{convention}"
    assert result.kpis[f"data_service{ending}_mbit"] == pytest.approx(data_mbit, rel=1e-9)
    assert result.kpis[f"outage{ending}"] == pytest.approx(outage)


@both
def test_a_planned_decision_is_worth_less_when_idle_subchannels_radiate(folder):
    kpis = read_result(folder).kpis
    assert kpis["data_service_always_on_mbit"] < kpis["data_service_mbit"]


@pytest.fixture(scope="module")
def before():
    return read_result(BEFORE)


@pytest.fixture(scope="module")
def serving(before, city_cache):
    """Return the station that serves each user in each slot, -1 for none, by the judge and from the decision alone."""
    decision = decision_of(before.dataset)
    found = evaluate(build_world(before.scenario, cache_dir=city_cache), decision)
    return np.where(found.active.is_served, decision.station, -1)


def test_the_demo_is_the_preset_of_its_name(before, city_cache):
    assert before.scenario == preset("london-evening", cache_dir=city_cache)


def test_users_of_the_demo_gain_and_lose(serving):
    served = serving >= 0
    share = served.mean(axis=0)
    assert ((share > 0.0) & (share < 1.0)).sum() >= 10  # unserved in some slots and served in others
    assert (served[1:] & ~served[:-1]).any(axis=1).sum() >= 20 and (served[:-1] & ~served[1:]).any(axis=1).sum() >= 20
    assert served.sum(axis=1).max() - served.sum(axis=1).min() >= 4


def test_a_user_of_the_demo_is_handed_over_to_a_satellite_and_back(before, serving):
    is_satellite = before.dataset["station_kind"].values == "leo"
    up = np.zeros(serving.shape[1], dtype=int)
    down = np.zeros(serving.shape[1], dtype=int)
    for user in range(serving.shape[1]):
        for old, new in zip(serving[:-1, user], serving[1:, user], strict=True):
            if min(old, new) >= 0:
                up[user] += not is_satellite[old] and is_satellite[new]
                down[user] += is_satellite[old] and not is_satellite[new]
    assert ((up > 0) & (down > 0)).sum() >= 3


def test_a_mast_of_the_demo_is_full_for_a_while_and_has_free_places_at_other_times(before, serving):
    places = before.scenario.radio.subchannels
    masts = range(len(before.scenario.ground_stations))
    share = np.array([((serving == mast).sum(axis=1) == places).mean() for mast in masts])
    assert ((share > 0.2) & (share < 0.8)).any()


def test_the_curves_of_the_demo_move_and_its_two_figures_differ(before):
    total = np.nansum(before.dataset["rate_active_mbit_s"].values, axis=1)
    assert total.max() > 1.2 * total.min()
    assert before.kpis["data_service_always_on_mbit"] < 0.9 * before.kpis["data_service_mbit"]
    assert before.kpis["outage"] != before.kpis["outage_always_on"]


def test_the_second_recorded_run_is_the_first_with_one_more_mast_which_helps(before):
    after = read_result(AFTER)
    (added,) = [one for one in after.scenario.ground_stations if one not in before.scenario.ground_stations]
    assert after.scenario == with_added(before.scenario, "ground_stations", (added,))
    assert after.kpis["data_service_mbit"] > 1.1 * before.kpis["data_service_mbit"]
    assert after.kpis["outage"] < 0.5 * before.kpis["outage"]
    assert [run.title for run in recorded_runs()] == ["Recorded demo", f"Recorded demo, +1 mast at {added.name}"]


def test_what_is_recorded_stays_small():
    sizes = [path.stat().st_size for folder in RECORDED.values() for path in folder.iterdir()]
    assert max(sizes) < 3_000_000 and sum(sizes) < 1_800_000
