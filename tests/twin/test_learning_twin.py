"""The twin that learns: the formulas of its Gaussian process, its intervals, and what a run keeps of them."""

import numpy as np
import pytest

from itnt_core.radio import SpatialField
from itnt_core.results import ResultError
from itnt_core.twin import read_twin_result, run_scheme, twin_preset, verify_twin_result, write_twin_result
from itnt_core.twin.beliefs.shadow_map import LEAST_REPORTS, MOST_REPORTS, START, ShadowMap
from itnt_core.twin.environment import build_environment
from itnt_core.twin.scenario import Learning

WIDTH = 1.6448536269514722


def drawn(seed, count, sigma_db=5.0, distance_m=60.0, noise_db=1.5):
    generator = np.random.default_rng(seed)
    points = generator.uniform(-300.0, 300.0, (count, 2))
    field = SpatialField(generator, distance_m)
    truth = sigma_db * field(np.column_stack([points, np.zeros(count)]))
    return points, truth, truth + noise_db * generator.standard_normal(count)


def test_few_reports_are_answered_by_the_textbook_formula():
    """mean = k' (K + N)^-1 y with the law that the fit begins with, for less than eight reports."""
    points, _, heard = drawn(1, LEAST_REPORTS - 2)
    shadow_map = ShadowMap()
    shadow_map.hear(points, heard)
    place, distance, noise, offset = START
    asked = np.array([[10.0, 20.0], [200.0, -100.0]])

    def covariance(one, two):
        apart = np.linalg.norm(one[:, None] - two[None], axis=2)
        return place**2 * np.exp(-apart / distance) + offset**2

    inverse = np.linalg.inv(covariance(points, points) + noise**2 * np.eye(len(points)))
    across = covariance(asked, points)
    mean, deviation = shadow_map.predict(asked)
    assert np.allclose(mean, across @ inverse @ heard, atol=1e-6)
    variance = place**2 + offset**2 + noise**2 - np.einsum("ij,jk,ik->i", across, inverse, across)
    assert np.allclose(deviation, np.sqrt(variance), atol=1e-6)
    assert shadow_map.estimates() is None


def test_without_reports_nothing_is_corrected():
    mean, deviation = ShadowMap().predict(np.zeros((3, 2)))
    assert (mean == 0.0).all()
    assert np.allclose(deviation, np.sqrt(START[0] ** 2 + START[2] ** 2 + START[3] ** 2))


def test_the_dials_are_estimated_and_predictions_come_nearer():
    found, before, after = [], [], []
    for seed in range(4):
        points, truth, heard = drawn(seed, 280)
        shadow_map = ShadowMap()
        shadow_map.hear(points[:200], heard[:200])
        found.append(shadow_map.estimates())
        mean, _ = shadow_map.predict(points[200:])
        before.append(np.sqrt((truth[200:] ** 2).mean()))
        after.append(np.sqrt(((mean - truth[200:]) ** 2).mean()))
    assert np.mean(after) < 0.75 * np.mean(before)
    assert abs(np.mean([one.place_sigma_db for one in found]) - 5.0) < 1.2
    assert 30.0 < np.median([one.distance_m for one in found]) < 120.0
    assert abs(np.mean([one.report_sigma_db for one in found]) - 1.5) < 0.8


@pytest.mark.parametrize("law", ["Gaussian", "heavy tails"])
def test_nine_tenths_of_reports_held_out_lie_within_the_intervals(law):
    """Also where noise is no Gaussian: intervals are scaled by the reports that are left out one by one."""
    within = []
    for seed in range(6):
        points, truth, heard = drawn(10 + seed, 360)
        if law == "heavy tails":
            heard = truth + 1.5 * np.random.default_rng(seed).standard_t(2, len(truth))
        shadow_map = ShadowMap()
        shadow_map.hear(points[:200], heard[:200])
        mean, deviation = shadow_map.predict(points[200:])
        within += list(np.abs(heard[200:] - mean) <= WIDTH * deviation)
    assert 0.88 <= np.mean(within) <= 0.92


def test_a_map_remembers_the_newest_reports():
    shadow_map = ShadowMap()
    shadow_map.hear(np.zeros((MOST_REPORTS, 2)), np.zeros(MOST_REPORTS))
    shadow_map.hear(np.ones((5, 2)), np.ones(5))
    assert shadow_map.residual_db.size == MOST_REPORTS
    assert (shadow_map.residual_db[-5:] == 1.0).all()


@pytest.fixture(scope="module")
def learned(city_cache):
    toy = twin_preset("toy", seed=2, cache_dir=city_cache)
    quick = toy.sharing.model_copy(update={"effort": "quick"})
    question = toy.model_copy(
        update={"learning": Learning(from_reports=True, earlier_reports=60), "sharing": quick},
    )
    return run_scheme(question, "lite", cache_dir=city_cache)


def test_a_run_keeps_what_was_heard_and_verifies(learned, tmp_path, city_cache):
    write_twin_result(tmp_path / "run", learned)
    again = read_twin_result(tmp_path / "run")
    assert not verify_twin_result(again, city_cache).mismatches
    data = again.dataset
    low, high = data["report_interval_db"].values.T
    within = (low <= data["report_residual_db"].values) & (data["report_residual_db"].values <= high)
    assert again.kpis["reports"] == within.size > 0
    assert again.kpis["reports_within"] == pytest.approx(within.mean())
    assert np.isfinite(data["estimated_place_sigma_db"].values).any()


def test_a_report_that_was_changed_is_found(learned, city_cache):
    wrong = learned.dataset.copy(deep=True)
    wrong["report_residual_db"].values[0] += 3.0
    changed = type(learned)(learned.scenario, wrong, learned.manifest)
    assert any("report_residual_db" in line for line in verify_twin_result(changed, city_cache).mismatches)


def test_a_run_without_its_reports_is_refused(learned, tmp_path):
    bare = type(learned)(learned.scenario, learned.dataset.drop_vars("report_user"), learned.manifest)
    write_twin_result(tmp_path / "run", bare)
    with pytest.raises(ResultError, match="report_user"):
        read_twin_result(tmp_path / "run")


def test_only_schemes_of_the_twin_learn(learned, city_cache):
    environment = build_environment(learned.scenario, cache_dir=city_cache)
    result = run_scheme(learned.scenario, "greedy", environment=environment)
    assert "reports" not in result.kpis
    assert (result.dataset["predicted_gain"].values == environment.predicted).all()


def test_what_a_user_reported_corrects_its_gain_in_the_next_window(city_cache):
    """One report, then the same place: the twin's error there falls."""
    toy = twin_preset("toy", seed=2, cache_dir=city_cache)
    fields = {"csi_tn_sigma_db": 8.0, "csi_fixed_share": 1.0}
    question = toy.model_copy(
        update={
            "learning": Learning(from_reports=True, report_sigma_db=0.0),
            "error": toy.error.model_copy(update=fields),
        }
    )
    environment = build_environment(question, cache_dir=city_cache)
    listener = environment.listener()
    everybody = np.arange(environment.users)
    listener.hear(0, np.zeros_like(everybody), everybody)
    next_cycle = slice(1, 2)
    error = [
        np.abs(np.log10(gain[0] / environment.gain[0, :, next_cycle])).mean()
        for gain in (environment.predicted[:, :, next_cycle], listener.gains(next_cycle))
    ]
    assert error[1] < 0.6 * error[0]
