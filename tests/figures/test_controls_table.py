"""What learning adds: gains seed against seed with Student's intervals by scipy, and sentences that follow the rows."""

import numpy as np
import pytest
from scipy import stats

from itnt_core.figures import controls_of, paper, stored_controls
from itnt_core.figures.paper import FIGURE_FOLDER, read_figure
from itnt_core.methods import CONTROLS, METHODS, UNTRAINED

STAMP = {"preset": "london-4km", "made": "2026-01-02T03:04:05+00:00", "code": "abc", "settings": {"rounds": 4}}


def content(seeds=(1, 2, 3), **shares):
    """Return stored controls in which every row has its share of the planner's data and each seed its own noise."""
    generator = np.random.default_rng(5)
    cases = []
    for seed in seeds:
        planner_mbit = 3000.0 + 100.0 * seed
        for key in CONTROLS:
            share = 1.0 if key == "planner" else shares.get(key, 0.9) + generator.normal(0.0, 0.01)
            mbit = planner_mbit * share
            cases.append({"row": key, "seed": seed, "mbit": mbit, "violations": 0, "wall_s": 2.0 * seed})
    return {**STAMP, "seeds": list(seeds), "cases": cases}


def mbit_of(kept, key):
    return np.array([case["mbit"] for case in kept["cases"] if case["row"] == key])


def test_gains_are_paired_and_their_intervals_are_students():
    kept = content(proposed=0.95)
    row = controls_of(kept).rows["proposed"]
    ratio = 100.0 * (mbit_of(kept, "proposed") / mbit_of(kept, UNTRAINED) - 1.0)
    low, high = stats.t.interval(0.95, len(ratio) - 1, loc=ratio.mean(), scale=stats.sem(ratio))
    assert (row.gain.percent - row.gain.half, row.gain.percent + row.gain.half) == pytest.approx((low, high))
    assert row.share == pytest.approx((mbit_of(kept, "proposed") / mbit_of(kept, "planner")).mean())
    assert row.wall_s == 4.0


def test_what_is_compared_with_itself_gains_nothing_and_shows_nothing():
    found = controls_of(content())
    assert found.rows[UNTRAINED].gain == (0.0, 0.0)
    shown = {line["Method"]: line for line in found.table}
    assert shown["Proposed, nothing updated"]["Gain, %"] is None
    assert shown["Planner"]["Of the planner's data"] == 1.0 and len(shown) == len(CONTROLS)


def test_the_sentence_says_how_much_of_the_gain_is_there_without_an_update():
    """0.6 to 0.9 of 0.6 to 1.0: three quarters."""
    kept = content(straight=0.6, nothing=0.9, proposed=1.0)
    for case in kept["cases"]:  # without the noise
        exact = {"straight": 0.6, UNTRAINED: 0.9, "proposed": 1.0}.get(case["row"])
        case["mbit"] = case["mbit"] if exact is None else exact * (3000.0 + 100.0 * case["seed"])
    found = controls_of(kept)
    assert "75 % of what Proposed gains" in found.source
    assert "40 searches of P1 a round and the best of 640 flights" in found.source
    assert "learning adds 11.1 % (95 % interval 11.1 to 11.1)" in found.source


def test_one_seed_has_no_interval_and_it_is_said():
    assert "(95 % interval unknown)" in controls_of(content(seeds=(4,))).source


def test_a_file_that_lacks_a_row_of_today_counts_as_not_computed(tmp_path, monkeypatch):
    kept = content()
    kept["cases"] = [case for case in kept["cases"] if case["row"] != "one_search"]
    assert controls_of(kept) is None
    monkeypatch.setattr(paper, "FIGURE_FOLDER", tmp_path)
    assert stored_controls() is None


def test_the_stored_controls_are_whole():
    kept = read_figure(FIGURE_FOLDER / "controls.json")
    assert len(kept["seeds"]) == 5 and "dirty" not in kept["code"]
    assert {(case["row"], case["seed"]) for case in kept["cases"]} == {
        (key, seed) for key in CONTROLS for seed in kept["seeds"]
    }
    default = METHODS["proposed"].settings_type().model_dump()
    assert {**default, **kept["settings"], "reference_lines": True} == default  # as the methods come
    assert sum(row.violations for row in controls_of(kept).rows.values()) == 0
    assert all(np.isfinite([row.share, *row.gain]).all() for row in controls_of(kept).rows.values())
