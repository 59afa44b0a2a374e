"""The stored studies of spectrum sharing as figures: means and intervals are those of the rows."""

import json
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from itnt_core.figures.twin import dial_figure, study_figure
from itnt_core.twin.names import SCHEME_TITLES

ASSETS = Path(__file__).resolve().parents[2] / "assets" / "twin"


def rows_of(dial, values, seeds=4):
    generator = np.random.default_rng(0)
    return [
        {
            "dial": dial,
            "value": value,
            "scheme": scheme,
            "seed": seed,
            "mean_backlog_mbit": float(generator.uniform(0, 900)),
        }
        for value in values
        for scheme in ("joint_refine", "lite")
        for seed in range(seeds)
    ]


def test_a_dials_lines_are_the_means_of_the_seeds_with_scipys_interval():
    rows = rows_of("load", (8.0, 4.0)) + rows_of("shared_most", (0.0,))
    figure = dial_figure(rows, "load", "Mean load of a user, Mbit/s")
    assert [line.name for line in figure.data] == [SCHEME_TITLES["joint_refine"], SCHEME_TITLES["lite"]]
    line = figure.data[0]
    assert list(line.x) == [4.0, 8.0]
    for place, mean, half in zip(line.x, line.y, line.error_y.array, strict=True):
        own = [r["mean_backlog_mbit"] for r in rows if (r["scheme"], r["value"]) == ("joint_refine", place)]
        low, high = stats.t.interval(0.95, len(own) - 1, loc=np.mean(own), scale=stats.sem(own))
        assert (mean - half, mean + half) == pytest.approx((low, high))


def test_a_single_seed_has_no_interval_and_no_line():
    assert not dial_figure(rows_of("load", (8.0,), seeds=1), "load", "").data


@pytest.mark.parametrize("regime", ["short-coverage", "near-sufficient"])
def test_the_stored_study_shows_every_scheme_at_every_error(regime):
    rows = json.loads((ASSETS / "study.json").read_text(encoding="utf-8"))["rows"]
    figure = study_figure(rows, regime)
    assert {line.name for line in figure.data} == set(SCHEME_TITLES.values())
    assert all(len(line.x) == 3 for line in figure.data)
