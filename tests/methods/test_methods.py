"""The pipeline and the reference method."""

import subprocess
import sys

import numpy as np
import pytest

from itnt_core.methods import METHODS, SettingsError, optimise, override_scenario
from itnt_core.presets import preset
from itnt_core.scenario import AerialUser, Point, ScenarioError


@pytest.fixture(scope="module")
def cache_dir(city_cache):
    return city_cache


@pytest.fixture(scope="module")
def tiny(cache_dir):
    return preset("tiny", cache_dir=cache_dir)


def test_the_same_seed_gives_identical_arrays_and_another_seed_others(tiny, cache_dir):
    first, again, other = (optimise(tiny, seed=seed, cache_dir=cache_dir) for seed in (5, 5, 6))
    assert first.dataset.identical(again.dataset)
    assert not np.array_equal(first.dataset.signal_w.values, other.dataset.signal_w.values)


@pytest.mark.parametrize("associator", ["exact", "milp", "max_sinr", "random"])
def test_straight_keeps_every_constraint_with_every_associator(tiny, cache_dir, associator):
    result = optimise(tiny, settings={"associator": associator}, cache_dir=cache_dir)
    assert result.kpis["violations"] == 0
    assert result.kpis["data_service_mbit"] >= result.kpis["data_service_always_on_mbit"] > 0.0


def test_progress_only_ever_grows_and_ends_at_one(tiny, cache_dir):
    fractions = []
    optimise(tiny, notify=lambda event: fractions.append(event.fraction), cache_dir=cache_dir)
    assert fractions == sorted(fractions) and fractions[-1] == 1.0


def test_meeting_lines_are_kept_apart_by_height(tiny, cache_dir):
    def mission(name, start, end):
        point = [Point(east_m=x, north_m=y, height_m=120.0) for x, y in (start, end)]
        return AerialUser(id=name, start=point[0], destination=point[1])

    users = (mission("a", (-200.0, 0.0), (200.0, 0.0)), mission("b", (0.0, -200.0), (0.0, 200.0)))
    time = tiny.time.model_copy(update={"slots": 40})
    result = optimise(tiny.model_copy(update={"aerial_users": users, "time": time}), cache_dir=cache_dir)
    assert result.kpis["violations"] == 0
    assert np.ptp(result.dataset.position_m.values[:, 1, 2]) > 0.0


def test_dotted_fields_reach_parts_lists_and_all_members(tiny):
    changed = override_scenario(
        tiny, {"radio.carrier_ghz": 3.5, "ground_stations.gbs-1.height_m": 40.0, "ground_users.*.height_m": 2.0}
    )
    assert changed.radio.carrier_ghz == 3.5
    assert changed.ground_stations[0].height_m == 40.0
    assert {user.height_m for user in changed.ground_users} == {2.0}


def test_unknown_fields_and_wrong_values_are_refused(tiny):
    with pytest.raises(SettingsError, match="carrier_mhz"):
        override_scenario(tiny, {"radio.carrier_mhz": 3.5})
    with pytest.raises(ScenarioError, match="max_power_w"):
        override_scenario(tiny, {"ground_stations.*.max_power_w": -1})


def test_methods_are_listed_without_importing_heavy_libraries():
    heavy = "{'torch', 'cvxpy', 'geopandas', 'streamlit', 'itur', 'astropy', 'sionna', 'mitsuba'}"
    code = f"import sys, itnt_core.methods as m; print(*m.METHODS, {heavy} & set(sys.modules))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.split()[-1] == "set()"
    assert answer.stdout.split()[:-1] == list(METHODS)
