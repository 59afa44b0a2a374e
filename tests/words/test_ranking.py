"""How good a run is, in one sentence."""

import pytest

from itnt_core.words import best_of_methods, result_sentence


def kpis(data, outage=0.0, **more):
    return {"data_service_mbit": data, "outage": outage, "violations": 0, "objective": "coverage first", **more}


def test_the_best_is_held_against_the_next_one_and_the_bound():
    rivals = {"T-DDQN": kpis(2294.7), "Straight line": kpis(1800.0), "Gradient": kpis(2200.0)}
    assert result_sentence("Planner", kpis(2414.0, gap=0.031), rivals) == (
        "Planner: 2,414 Mbit, within 3.1 % of the certified bound; best of 4 methods on this scenario, "
        "5.2 % above T-DDQN."
    )


def test_others_are_held_against_the_best():
    rivals = {"Planner": kpis(2000.0), "Gradient": kpis(1900.0)}
    assert result_sentence("T-DDQN", kpis(1950.0), rivals) == (
        "T-DDQN: 1,950 Mbit, without a known bound; second of 3 methods on this scenario, 2.5 % below Planner."
    )
    assert "last of 3 methods on this scenario, 50.0 % below Planner" in result_sentence("X", kpis(1000.0), rivals)


def test_served_user_slots_count_first_where_the_objective_says_so():
    rival = {"Straight line": kpis(3000.0, outage=0.1)}
    words = result_sentence("Planner", kpis(2000.0, outage=0.05), rival)
    assert "95" in words and "best of 2 methods on this scenario, 5 points of served user slots above" in words
    alone = {name: {**known, "objective": "data"} for name, known in rival.items()}
    words = result_sentence("Planner", kpis(2000.0, outage=0.05, objective="data"), alone)
    assert "second of 2 methods on this scenario, 33.3 % below Straight line" in words


def test_without_rivals_there_is_no_rank_and_who_breaks_constraints_has_none():
    assert result_sentence("Planner", kpis(50.0, gap=0.0), {}) == (
        "Planner: 50.0 Mbit, within 0.0 % of the certified bound."
    )
    assert "no rank" in result_sentence("Planner", kpis(50.0, violations=3), {"Gradient": kpis(40.0)})
    assert "of 2" not in result_sentence("Planner", kpis(50.0), {"Gradient": kpis(60.0, violations=1)})
    assert result_sentence("Planner", {}, {}) == "Planner: no figures are known."


def test_the_same_data_is_level():
    assert "best of 2 methods on this scenario, level with B" in result_sentence("A", kpis(50.0), {"B": kpis(50.0)})


@pytest.mark.parametrize("order", [1, -1])
def test_the_best_run_stands_for_its_method(order):
    runs = dict([("a", kpis(10.0)), ("b", kpis(12.0)), ("c", kpis(99.0, violations=1)), ("d", kpis(5.0))][::order])
    methods = {"a": "Planner", "b": "Planner", "c": "Planner", "d": "Gradient"}
    assert best_of_methods(runs, methods) == {"Planner": "b", "Gradient": "d"}
