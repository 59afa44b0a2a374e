"""Runs of hours: traffic by the hour, satellites that come and go, and going on after an end that nobody wanted."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from itnt_core.scenario import TimeGrid, positions_m
from itnt_core.twin import checkpoint as checkpoints
from itnt_core.twin import run_scheme, twin_preset
from itnt_core.twin.environment import build_environment
from itnt_core.twin.scenario import Learning, TrafficSeries, check_twin
from itnt_core.twin.traffic.demand import build_demand
from itnt_core.twin.traffic.profiles import archetypes_at, daily_level

MIDNIGHT = datetime(2026, 6, 23, 23, 0, tzinfo=UTC)  # of a Wednesday in London


class StoppedError(Exception):
    """Stands for a kill: nothing after it is run."""


@pytest.fixture(scope="module")
def long_toy(city_cache):
    """The toy over four windows, with a twin that learns."""
    toy = twin_preset("toy", seed=2, cache_dir=city_cache)
    network = toy.network.model_copy(update={"time": toy.network.time.model_copy(update={"slots": 24})})
    return toy.model_copy(
        update={
            "network": network,
            "learning": Learning(from_reports=True),
            "sharing": toy.sharing.model_copy(update={"effort": "quick"}),
        }
    )


@pytest.fixture
def at_once(monkeypatch):
    monkeypatch.setattr(checkpoints, "EVERY_S", 0.0)


def stopped_after(cycle):
    def notify(progress):
        if progress.cycle >= cycle:
            raise StoppedError

    return notify


@pytest.mark.parametrize("scheme", ["joint_refine", "genie", "reactive"])
def test_a_run_that_was_stopped_twice_ends_with_the_same_arrays(long_toy, scheme, tmp_path, city_cache, at_once):
    environment = build_environment(long_toy, cache_dir=city_cache)
    whole = run_scheme(long_toy, scheme, environment=replace(environment, kept={}))
    for cycle in (3, 7):
        with pytest.raises(StoppedError):
            run_scheme(
                long_toy, scheme, stopped_after(cycle), environment=replace(environment, kept={}), folder=tmp_path
            )
    files = sorted((tmp_path / checkpoints.FOLDER).iterdir())
    assert [file.name for file in files] == [f"{number:05d}.npz" for number in range(3)]
    again = run_scheme(long_toy, scheme, environment=replace(environment, kept={}), folder=tmp_path)
    for name in whole.dataset.data_vars:
        np.testing.assert_array_equal(again.dataset[name].values, whole.dataset[name].values, err_msg=name)
    assert [step["backlog_mbit"] for step in again.manifest["course"]] == [
        step["backlog_mbit"] for step in whole.manifest["course"]
    ]
    assert not (tmp_path / checkpoints.FOLDER).exists()


def test_half_a_file_and_that_of_another_question_end_what_is_taken_over(long_toy, tmp_path, city_cache, at_once):
    environment = build_environment(long_toy, cache_dir=city_cache)
    with pytest.raises(StoppedError):
        run_scheme(long_toy, "lite", stopped_after(7), environment=environment, folder=tmp_path)
    folder = tmp_path / checkpoints.FOLDER
    mine = checkpoints.Checkpoints(folder, long_toy.content_hash(), "lite")
    assert len(mine.read().decisions) == 6
    assert not checkpoints.Checkpoints(folder, long_toy.content_hash(), "joint").read().decisions
    assert not checkpoints.Checkpoints(folder, "another", "lite").read().decisions
    damaged = folder / "00001.npz"
    damaged.write_bytes(damaged.read_bytes()[:200])
    assert len(checkpoints.Checkpoints(folder, long_toy.content_hash(), "lite").read().decisions) == 2


def a_day(scenario, **traffic):
    time = TimeGrid(start=MIDNIGHT, slots=2880, slot_s=30.0)
    return scenario.model_copy(
        update={
            "network": scenario.network.model_copy(update={"time": time}),
            "traffic": scenario.traffic.model_copy(update=traffic),
        }
    )


def by_hour(scenario):
    return build_demand(scenario).arrivals_mbit.reshape(24, -1).sum(axis=1)


def test_hourly_load_follows_the_profile_within_a_tenth(city_cache):
    """Without residual and bursts every hour is the profile's; with them the mean over seeds is."""
    users, found, expected = 14, np.zeros(24), np.zeros(24)
    middles = [MIDNIGHT + timedelta(minutes=60 * hour + 30) for hour in range(24)]
    for seed in range(40):
        scenario = a_day(twin_preset("toy", seed=seed, users=users, cache_dir=city_cache), place_sigma=0.0)
        found += by_hour(scenario)
        points, area = positions_m(scenario.network.ground_users)[:, :2], scenario.network.area
        levels = [daily_level(kind, middles) for kind in archetypes_at(points, area.lon, area.lat)]
        profile = np.sum([level / level.mean() for level in levels], axis=0)
        expected += profile
    np.testing.assert_allclose(found / found.mean(), expected / expected.mean(), rtol=0.1)
    calm = by_hour(a_day(scenario, residual_sigma=0.0, cycle_sigma=0.0, burst_shape=1000.0, place_sigma=0.0))
    np.testing.assert_allclose(calm / calm.mean(), profile / profile.mean(), rtol=0.1)


def test_a_bin_is_forecast_from_what_was_measured_before_it(city_cache):
    """A file whose last hours differ gives the same forecasts until then."""
    toy = a_day(twin_preset("toy", seed=1, cache_dir=city_cache), forecaster="persistence")
    toy = toy.model_copy(update={"error": toy.error.model_copy(update={"traffic_sigma": 0.0})})
    level = np.tile(np.random.default_rng(1).uniform(1.0, 5.0, 144), 3)[None]
    changed = level.copy()
    changed[:, -20:] *= 4.0
    expected = []
    for activity in (level, changed):
        series = TrafficSeries(start=MIDNIGHT.replace(day=20), cells=("a",), activity=tuple(map(tuple, activity)))
        scenario = toy.model_copy(update={"traffic": toy.traffic.model_copy(update={"series": series})})
        assert not check_twin(scenario)
        expected.append(build_demand(scenario).predicted_mbit)
    per_bin = len(expected[0]) / 144
    same = int((144 - 19) * per_bin)
    np.testing.assert_array_equal(expected[0][:same], expected[1][:same])
    assert (expected[0][same:] != expected[1][same:]).any()


def test_a_series_shorter_than_the_run_is_refused(city_cache):
    toy = a_day(twin_preset("toy", seed=1, cache_dir=city_cache))
    series = TrafficSeries(start=MIDNIGHT, cells=("a",), activity=((1.0,) * 100,))
    problems = check_twin(toy.model_copy(update={"traffic": toy.traffic.model_copy(update={"series": series})}))
    assert any("needs so long a series" in problem.allowed for problem in problems)


def test_satellites_of_the_day_come_and_go_and_serve_only_then(city_cache):
    day = twin_preset("a-day", cache_dir=city_cache)
    assert day.network.time.duration_s == 86_400.0
    assert day.windows == 450
    environment = build_environment(day, cache_dir=city_cache)
    serving = environment.visible.sum(axis=1)
    assert serving.max() <= 2
    assert 0.2 < (serving > 0).mean() < 0.8
    hourly = (serving.reshape(24, -1) > 0).mean(axis=1)
    assert (hourly > 0.0).sum() >= 22
