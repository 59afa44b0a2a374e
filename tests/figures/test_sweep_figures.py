"""A figure of a sweep against an axis, with confidence bands; and all of it as parallel coordinates."""

import itertools
import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from itnt_core.figures import parallel_figure, shown_table, sweep_axes, sweep_curves, sweep_figure, sweep_sentence
from itnt_core.figures.sweep import half_width
from itnt_core.runs import axis_label, first_values, make_sweep

TITLES = {"straight": "Straight line", "planner": "Planner"}
GRID = {"stations": [2, 1], "ground_stations.*.max_power_w": [5.0, 10.0]}


@pytest.fixture
def spec(tiny_scenario):
    return make_sweep({"scenario": tiny_scenario, "grid": GRID, "methods": list(TITLES), "seeds": [1, 2, 3]})


@pytest.fixture
def table():
    rows = []
    for stations, power_w, method, seed in itertools.product(*GRID.values(), TITLES, [1, 2, 3]):
        row = {"stations": stations, "ground_stations.*.max_power_w": power_w, "method": method, "seed": seed}
        mbit = 100.0 * stations + power_w + 7.0 * seed**2 + (50.0 if method == "planner" else 0.0)
        rows.append(row | {"run": "r", "state": "done", "data_service_mbit": mbit, "gap": 0.25, "outage": 0.0})
    return pd.DataFrame(rows)


def test_the_interval_is_students_over_the_seeds():
    values = np.array([3.0, 7.0, 8.0, 15.0])
    low, high = stats.t.interval(0.95, len(values) - 1, loc=values.mean(), scale=stats.sem(values))
    assert half_width(values) == pytest.approx((high - low) / 2)
    assert math.isnan(half_width(values[:1]))


def test_there_is_a_curve_for_each_method_and_other_value(spec, table):
    curves = sweep_curves(table, spec, "stations", "data_service_mbit", TITLES)
    assert sorted(curve.name for curve in curves) == [
        "Planner, Power of each mast 10.0 W",
        "Planner, Power of each mast 5.0 W",
        "Straight line, Power of each mast 10.0 W",
        "Straight line, Power of each mast 5.0 W",
    ]
    for curve in curves:
        assert curve.at == (1, 2) and curve.count == (3, 3)
        known = table[(table.method == ("planner" if "Planner" in curve.name else "straight"))]
        known = known[known["ground_stations.*.max_power_w"] == (10.0 if "10.0" in curve.name else 5.0)]
        assert curve.mean == pytest.approx([known[known.stations == at].data_service_mbit.mean() for at in (1, 2)])


def test_runs_that_are_not_over_are_left_out(spec, table):
    table.loc[table.seed > 1, "data_service_mbit"] = None
    curves = sweep_curves(table, spec, "stations", "data_service_mbit", TITLES)
    assert all(curve.count == (1, 1) and np.isnan(curve.half).all() for curve in curves)
    assert sweep_curves(table.drop(columns="gap"), spec, "stations", "gap", TITLES) == []
    assert "No run" in sweep_sentence([], "stations", "gap")
    assert sweep_figure(curves, "stations", "data_service_mbit").data


def test_the_picture_has_a_band_and_a_line_for_each_curve_and_bars_for_methods(spec, table):
    curves = sweep_curves(table, spec, "stations", "data_service_mbit", TITLES)
    figure = sweep_figure(curves, "stations", "data_service_mbit")
    assert len(figure.data) == 8
    assert len({(trace.line.color, trace.line.dash) for trace in figure.data if trace.line.color}) == 4
    curves = sweep_curves(table, spec, "method", "data_service_mbit", TITLES)
    bars = sweep_figure(curves, "method", "data_service_mbit")
    assert {trace.type for trace in bars.data} == {"bar"} and set(bars.data[0].x) == set(TITLES.values())


def test_the_sentence_names_the_best_where_less_is_better_too(spec, table):
    table["gap"] = np.where(table.method == "planner", 0.125, 0.5)
    curves = sweep_curves(table, spec, "stations", "gap", TITLES)
    assert "best is Planner" in sweep_sentence(curves, "stations", "gap")
    table["data_service_mbit"] = np.where(table.method == "planner", 1.0, 2.0)
    curves = sweep_curves(table, spec, "method", "data_service_mbit", TITLES)
    assert "best is Straight line" in sweep_sentence(curves, "method", "data_service_mbit")


def test_the_table_and_the_parallel_axes_have_the_names_of_what_was_varied(spec, table):
    shown = shown_table(table, spec, TITLES)
    assert list(shown)[:5] == ["Masts", "Power of each mast, W", "Method", "Seed", "State"]
    assert shown["Gap, %"].unique().tolist() == [25.0]
    figure = parallel_figure(table, spec, TITLES)
    labels = [dimension.label for dimension in figure.data[0].dimensions]
    assert labels == [
        "Masts",
        "Power of each mast, W",
        "Method",
        "Seed",
        "Data service, Mbit",
    ]  # what is all the same is not
    assert parallel_figure(table.assign(data_service_mbit=None), spec, TITLES) is None


def test_axes_that_vary_are_offered_and_methods_where_there_are_several(spec, tiny_scenario):
    assert sweep_axes(spec) == [*GRID, "method"]
    alone = make_sweep({"scenario": tiny_scenario, "seeds": [1, 2]})
    assert sweep_axes(alone) == ["method"]
    assert axis_label("radio.carrier_ghz") == "Carrier, GHz"


@pytest.mark.parametrize("key", ["users", "stations", "satellites", "aerial_users", "ground_stations.*.max_power_w"])
def test_values_to_begin_with_can_be_had(tiny_scenario, city_cache, key):
    from itnt_core.runs.sweeps import expand

    values = first_values(tiny_scenario, key)
    assert len(values) >= 2
    assert len(expand(make_sweep({"scenario": tiny_scenario, "grid": {key: values}}), city_cache)) == len(values)
