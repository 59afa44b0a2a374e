"""The paper's figures: intervals against scipy, orders and trends found in the stored cases."""

import numpy as np
import pytest
from scipy.stats import t as student

from itnt_core.figures import flights_chart, paper, power_chart, users_chart
from itnt_core.figures.paper import (
    FIGURE_FOLDER,
    NAMES,
    figure_file,
    flight_figure,
    interval,
    own_figure_file,
    power_figure,
    read_figure,
    users_figure,
)

STAMP = {"preset": "london-4km", "seeds": [1, 2, 3], "made": "2026-01-02T03:04:05+00:00", "code": "abc", "settings": {}}


def users_case(users, seed, **mbit):
    return {
        "users": users,
        "seed": seed,
        "bound_mbit": 300.0,
        "methods": {key: {"mbit": mbit.get(key, 100.0) + seed} for key in NAMES if key != "bound"},
    }


@pytest.mark.parametrize("count", [2, 3, 5, 10])
def test_intervals_are_students(count):
    values = np.random.default_rng(count).normal(10.0, 2.0, count)
    mean, half = interval(list(values))
    assert mean == pytest.approx(values.mean())
    expected = student.ppf(0.975, count - 1) * values.std(ddof=1) / np.sqrt(count)
    assert half == pytest.approx(expected, rel=1e-3)


def test_one_value_has_no_interval():
    assert np.isnan(interval([3.0])[1])


def test_users_figure_says_where_the_papers_order_holds():
    agreeing = {"proposed": 140.0, "epa": 130.0, "t_ddqn": 120.0, "ra": 110.0, "planner": 150.0}
    other = agreeing | {"epa": 115.0}
    cases = [users_case(12, seed, **agreeing) for seed in (1, 2, 3)]
    cases += [users_case(24, seed, **other) for seed in (1, 2, 3)]
    figure = users_figure({**STAMP, "cases": cases})
    assert "found at 1 of 2 numbers of users" in figure.found
    assert "At 24 users it is Proposed (DDPG) > T-DDQN > Equal power > Random association" in figure.found
    row = next(row for row in figure.rows if row["users"] == 12 and row["series"] == "Proposed (DDPG)")
    assert row["mbit"] == pytest.approx(142.0)
    assert row["low"] < 142.0 < row["high"]


@pytest.mark.parametrize(("rewards", "words"), [((1.0, 2.0), "More power gives"), ((2.0, 1.0), "does not always")])
def test_power_figure_says_whether_more_power_gives_more_reward(rewards, words):
    cases = [
        {"power_w": power, "seed": seed, "reward": [reward + seed] * 6}
        for power, reward in zip((1.0, 4.0), rewards, strict=True)
        for seed in (1, 2)
    ]
    assert words in power_figure({**STAMP, "cases": cases}).found


def test_flight_figure_gives_mean_distances():
    path = [[[0.0, 0.0, 50.0]], [[100.0, 0.0, 50.0]]]
    case = {
        "flights": {"straight": {"path_m": path, "mean_distance_m": 40.0}},
        "masts_m": [[1.0, 2.0]],
        "aerial_users": ["au-1"],
    }
    figure = flight_figure({**STAMP, "cases": [case, case]})
    assert "Straight line 40 m" in figure.found
    assert {row["series"] for row in figure.rows} == {"Straight line", "GBS"}


def test_a_figure_computed_where_the_program_is_installed_lies_in_the_data_folder_and_is_shown(tmp_path, monkeypatch):
    assert own_figure_file("fig2") == figure_file("fig2") == FIGURE_FOLDER / "fig2.json"  # a checkout delivers its own
    monkeypatch.setattr(paper, "checkout", lambda: None)
    monkeypatch.setenv("ITNT_DATA_DIR", str(tmp_path))
    own = own_figure_file("fig2")
    assert own.is_relative_to(tmp_path) and figure_file("fig2") == FIGURE_FOLDER / "fig2.json"
    own.parent.mkdir()
    own.write_text("{}")
    assert figure_file("fig2") == own and figure_file("fig3") == FIGURE_FOLDER / "fig3.json"


@pytest.mark.parametrize(("name", "prepare"), [("fig2", users_figure), ("fig3", power_figure), ("fig4", flight_figure)])
def test_the_stored_figures_are_whole(name, prepare):
    content = read_figure(FIGURE_FOLDER / f"{name}.json")
    assert content is not None
    assert len(content["seeds"]) >= 5
    figure = prepare(content)
    numbers = [value for row in figure.rows for value in row.values() if isinstance(value, float)]
    assert np.isfinite(numbers).all()
    if name == "fig2":
        for case in content["cases"]:
            for told in case["methods"].values():
                assert told["mbit"] <= case["bound_mbit"]
                assert told["violations"] == 0


@pytest.mark.parametrize(
    ("name", "prepare", "draw", "fields"),
    [
        ("fig2", users_figure, users_chart, ("users", "mbit")),
        ("fig3", power_figure, power_chart, ("episode", "reward")),
    ],
)
def test_the_charts_hold_the_stored_means_in_bands_from_low_to_high(name, prepare, draw, fields):
    figure = prepare(read_figure(FIGURE_FOLDER / f"{name}.json"))
    chart = draw(figure)
    bands, lines = chart.data[: len(chart.data) // 2], chart.data[len(chart.data) // 2 :]
    assert {line.name for line in lines} == {row["series"] for row in figure.rows}
    for band, line in zip(bands, lines, strict=True):
        own = [row for row in figure.rows if row["series"] == line.name]
        assert list(zip(line.x, line.y, strict=True)) == [tuple(row[field] for field in fields) for row in own]
        half = len(own)
        assert list(band.y[:half]) == [row["high"] for row in own]
        assert list(band.y[half:])[::-1] == [row["low"] for row in own] and band.fill == "toself"
        assert (band.legendgroup, band.fillcolor) == (line.name, line.line.color)
    assert len({(line.line.color, line.line.dash) for line in lines}) == len(lines)


def test_the_flights_of_two_users_are_two_lines_and_stations_are_triangles():
    figure = flight_figure(read_figure(FIGURE_FOLDER / "fig4.json"))
    chart = flights_chart(figure)
    for trace in chart.data:
        own = [row for row in figure.rows if row["series"] == trace.name]
        flown = [(x, y) for x, y in zip(trace.x, trace.y, strict=True) if x is not None]
        assert flown == [(row["east_m"], row["north_m"]) for row in own]
        if trace.name != "GBS":
            assert list(trace.x).count(None) == len({row["user"] for row in own})
    assert chart.data[-1].marker.symbol == "triangle-up" and chart.layout.yaxis.scaleanchor == "x"
