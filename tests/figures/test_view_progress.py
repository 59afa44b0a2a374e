"""The curve of a run and the table of unserved users, from plain events and explanations."""

import pytest

from itnt_core.figures.progress import (
    FIGURES,
    MOST_POINTS,
    ascent,
    ascent_figure,
    learning_figure,
    metrics_figure,
    training,
)
from itnt_core.methods import Explanation
from itnt_core.words import explanation_rows


def event(elapsed_s, mbit=None, bound=None):
    return {"type": "progress", "elapsed_s": elapsed_s, "objective_mbit": mbit, "bound_mbit": bound}


def test_too_few_figures_make_no_curve():
    assert ascent([]) is None
    assert ascent([event(0.1), event(0.2, 5.0, 9.0)]) is None


def test_the_curve_joins_objective_and_bound_and_says_the_gap():
    curve = ascent([event(0.1), event(0.5, 100.0, 200.0), event(2.0, 150.0, 200.0)])
    best = [(row["elapsed_s"], row["mbit"]) for row in curve.rows if row["series"] == "Best so far"]
    assert best == [(0.5, 100.0), (2.0, 150.0)]
    assert {row["mbit"] for row in curve.rows if row["series"] == "Upper bound"} == {200.0}
    assert curve.sentence.startswith("From 100 to 150 Mbit in 2.0 s")
    assert "25.0 %" in curve.sentence


def test_a_run_without_a_bound_has_one_curve():
    curve = ascent([event(0.5, 100.0), event(2.0, 150.0)])
    assert {row["series"] for row in curve.rows} == {"Best so far"}
    assert curve.sentence == "From 100 to 150 Mbit in 2.0 s."


def test_long_runs_are_thinned_but_keep_their_end():
    curve = ascent([event(k * 0.1, float(k)) for k in range(25_001)])
    assert len(curve.rows) <= MOST_POINTS * 2
    assert curve.rows[0]["mbit"] == 0.0
    assert curve.rows[-1]["mbit"] == 25_000.0


@pytest.mark.parametrize(
    ("cause", "power_db", "within_m", "name"),
    [("coverage", 3.21, 412.4, "out of reach"), ("interference", None, None, "interference")],
)
def test_rows_of_unserved_users_carry_rounded_figures(cause, power_db, within_m, name):
    item = Explanation("gu-1", 7, cause, -3.25, -9.04, 0.0, power_db, within_m)
    (row,) = explanation_rows([item])
    assert row["User"] == "gu-1"
    assert row["Cause"] == name
    assert row["Best SINR beside others, dB"] == -9.0
    assert row["More power needed, dB"] == (None if power_db is None else 3.2)
    assert row["GBS needed within, m"] == (None if within_m is None else 412)


def learning_event(episode, policy, **more):
    metrics = {"reward": float(episode), "policy_mbit": policy, "straight_mbit": 90.0, "q": 0.5, **more}
    return {"objective_mbit": 100.0 + episode, "bound_mbit": 200.0, "iteration": episode, "metrics": metrics}


def test_learning_curves_stand_beside_their_lines():
    curves = training([event(0.1, 90.0), learning_event(1, 80.0), learning_event(2, 95.0, planner_mbit=120.0)])
    series = {row["series"] for row in curves.service}
    assert series == {"Policy alone", "Straight line", "Short planner", "Best so far", "Upper bound"}
    assert [row["mbit"] for row in curves.service if row["series"] == "Policy alone"] == [80.0, 95.0]
    assert ("Reward", 2.0) in curves.last
    assert training([event(0.1, 90.0), event(0.2, 95.0)]) is None


def test_the_figures_hold_the_rows_of_the_curves():
    curve = ascent([event(0.5, 100.0, 200.0), event(2.0, 150.0, 190.0)])
    best, bound = ascent_figure(curve).data
    assert (list(best.x), list(best.y), best.line.shape) == ([0.5, 2.0], [100.0, 150.0], "hv")
    assert list(bound.y) == [200.0, 190.0] and bound.line.dash != best.line.dash

    metrics = {key: 0.1 * n for n, key in enumerate(FIGURES)}
    learned = training([learning_event(episode, 80.0, planner_mbit=120.0, **metrics) for episode in (1, 2, 3)])
    lines = {line.name: list(line.y) for line in learning_figure(learned).data}
    assert lines["Policy alone"] == [80.0] * 3 and lines["Best so far"] == [101.0, 102.0, 103.0]
    assert all(list(line.x) == [1, 2, 3] for line in learning_figure(learned).data)
    small = metrics_figure(learned)
    for name in FIGURES.values():
        (line,) = (line for line in small.data if line.name == name)
        assert list(line.y) == [row["value"] for row in learned.figures if row["figure"] == name]
    assert [text.text for text in small.layout.annotations] == [line.name for line in small.data]
    assert len({line.yaxis for line in small.data}) == len(FIGURES)  # a scale of its own each
