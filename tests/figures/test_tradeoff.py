"""Runs as points of two figures: the front against its definition, on all kinds of points."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from itnt_core.figures.tradeoff import pareto_front, trade_off, trade_off_figure, trade_off_rows, trade_off_sentence
from tests.a_run import a_run

WISHES = st.sampled_from(["more", "less"])
TITLE = "<b>x</b>"
FEW = st.integers(-3, 3).map(float)  # few values, so that many are equal


def beats(one, other, wishes):
    """Say whether a point is at least as good in both figures and better in one."""
    gains = [(a - b) * (1 if wish == "more" else -1) for a, b, wish in zip(one, other, wishes, strict=True)]
    return all(gain >= 0 for gain in gains) and any(gain > 0 for gain in gains)


@given(st.lists(st.tuples(FEW, FEW), max_size=30), st.tuples(WISHES, WISHES))
def test_the_front_is_what_nobody_beats(points, wishes):
    expected = [not any(beats(rival, point, wishes) for rival in points) for point in points]
    assert pareto_front(points, wishes).tolist() == expected


def test_a_large_sweep_has_the_front_of_brute_force():
    points = np.random.default_rng(1).normal(size=(400, 2))
    expected = [not ((points >= point).all(1) & (points > point).any(1)).any() for point in points]
    assert pareto_front(points, ["more", "more"]).tolist() == expected


@pytest.fixture
def runs():
    values = [(80.0, 2.0, "straight"), (90.0, 4.0, "planner"), (85.0, 5.0, "planner"), (None, 1.0, "planner")]
    return [
        a_run(number, kpis={"data_service_mbit": data, "energy_kj": energy, "outage": 0.1}, method=method, title=TITLE)
        for number, (data, energy, method) in enumerate(values)
    ]


def test_runs_become_points_and_those_without_a_figure_are_counted(runs):
    found = trade_off(runs, "energy_kj", "data_service_mbit")
    assert found.values.tolist() == [[2.0, 80.0], [4.0, 90.0], [5.0, 85.0]]
    assert found.front.tolist() == [True, True, False]
    assert found.left_out == 1
    told = trade_off_sentence(found)
    assert "3 runs; 2 are on the Pareto front" in told
    assert "Flight energy: less is better, Data service: more is better" in told
    assert "1 without these figures" in told
    assert trade_off(runs, "outage", "energy_kj").values[0].tolist() == [10.0, 2.0]
    assert trade_off([], "outage", "energy_kj").values.shape == (0, 2)


def test_the_table_has_the_front_first_and_the_figure_names_the_run_behind_each_point(runs):
    found = trade_off(runs, "energy_kj", "data_service_mbit")
    assert [(row["Id"], row["On the front"]) for row in trade_off_rows(found)] == [
        ("id-0", "yes"),
        ("id-1", "yes"),
        ("id-2", "no"),
    ]
    figure = trade_off_figure(found, chosen="id-2")
    front, *methods = figure.data
    assert front.x.tolist() == [2.0, 4.0]
    behind = {row[0]: (x, y) for trace in methods for row, x, y in zip(trace.customdata, trace.x, trace.y, strict=True)}
    assert behind == {"id-0": (2.0, 80.0), "id-1": (4.0, 90.0), "id-2": (5.0, 85.0)}
    assert len({trace.marker.symbol for trace in methods}) == 2
    assert "<b>" not in str(methods[0].customdata)  # a title is never markup
    assert [note.x for note in figure.layout.annotations] == [5.0]
