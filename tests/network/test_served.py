"""Served has one meaning: linked, and at or above the SINR floor; outage is the rest."""

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from itnt_core.methods import quick_look
from itnt_core.network import Decision, build_world, evaluate, find_violations
from itnt_core.qos import TOLERANCE, is_served
from itnt_core.results import Result, served_users, to_dataset
from itnt_core.words.comparison import comparison_figures
from itnt_core.words.summaries import user_rows

CORE = Path(__file__).resolve().parents[2] / "itnt_core"


@pytest.fixture(scope="module")
def half_served(tiny_world, straight_decision):
    """The straight answer under an active floor that some of its links miss."""
    sinr_db = 10.0 * np.log10(evaluate(tiny_world, straight_decision).active.sinr[straight_decision.linked])
    floor_db = float(np.clip(np.median(sinr_db), -30.0, 30.0))
    qos = tiny_world.scenario.qos.model_copy(update={"min_sinr_active_db": floor_db})
    world = build_world(tiny_world.scenario.model_copy(update={"qos": qos}), city=tiny_world.city)
    return world, straight_decision, evaluate(world, straight_decision)


def test_the_judge_the_constraint_check_and_the_stored_result_agree_who_is_served(half_served):
    world, decision, answer = half_served
    served = answer.active.is_served
    assert 0 < served.sum() < decision.linked.sum()
    assert answer.active.outage == 1.0 - served.mean()
    broken = find_violations(world, replace(decision, convention="active"), answer)
    assert len([violation for violation in broken if violation.constraint == "7f"]) == (decision.linked & ~served).sum()
    np.testing.assert_array_equal(served_users(world.scenario, to_dataset(world, decision, answer)), served)


def test_what_pages_say_of_served_users_and_of_outage_adds_up_to_all(half_served):
    world, decision, answer = half_served
    result = Result(world.scenario, to_dataset(world, decision, answer), {"kpis": {"data_service_mbit": 1.0}})
    shares = [row["Served, %"] for row in user_rows(result)]
    assert np.mean(shares) + 100.0 * answer.active.outage == pytest.approx(100.0, abs=0.06)
    found = comparison_figures(result.kpis, result)
    assert found["served_share"] + 100.0 * answer.active.outage == pytest.approx(100.0)


def test_the_quick_look_agrees_with_itself(half_served):
    look = quick_look(half_served[0].scenario, half_served[0].city, worst=100)
    assert np.mean([user.outage for user in look.worst_users]) == pytest.approx(1.0 - look.served_share)


def test_the_quick_look_counts_and_averages_over_those_who_are_served(half_served):
    world, decision, answer = half_served
    look, served = quick_look(world.scenario, world.city), answer.active.is_served
    for user, mean_db in enumerate(look.mean_sinr_db):
        mine = answer.active.sinr[served[:, user], user]
        assert mean_db == pytest.approx(np.mean(10.0 * np.log10(mine)), nan_ok=True) if mine.size else np.isnan(mean_db)
    assert look.leo_share == pytest.approx((decision.station[served] >= world.gbs_count).mean())


def test_who_stands_at_the_floor_but_for_the_tolerance_is_served(half_served):
    scenario = half_served[0].scenario
    floor = 10.0 ** (scenario.qos.min_sinr_active_db / 10.0)
    sinr = floor * np.array([1.0, 1.0 - 0.5 * TOLERANCE, 1.0 - 2.0 * TOLERANCE, 2.0])
    assert is_served(scenario, "active", [0, 0, 0, -1], sinr).tolist() == [True, True, False, False]


def test_the_floor_is_compared_in_one_place():
    """Elsewhere only searches and trainings compare an SINR with a floor, over arrays that are no decision yet."""
    compares = re.compile(r"sinr\S* (>=|<|<=|>) .*(floor|min_sinr)")
    allowed = {
        "qos.py",
        "association/problem.py",
        "association/local_search.py",
        "association/coupled.py",
        "bounds/link.py",
        "dispatch/compiled.py",  # as MaxSinrAssociator: tests/dispatch/test_reward.py
        "methods/tries.py",
    }
    found = {
        str(path.relative_to(CORE))
        for path in CORE.rglob("*.py")
        if "twin" not in path.parts
        and "lessons" not in path.parts
        and compares.search(path.read_text(encoding="utf-8"))
    }
    assert found <= allowed, json.dumps(sorted(found - allowed))


def test_an_idle_network_serves_nobody(tiny_world, straight_decision):
    nobody = np.full_like(straight_decision.station, -1)
    idle = Decision(nobody, nobody, straight_decision.positions_m, straight_decision.power_w)
    assert not evaluate(tiny_world, idle).active.is_served.any()
