"""No scenario blows an array up: what is large is done in parts with the same answer, made coarser, or refused."""

import re

import numpy as np
import pytest

from itnt_core.flight import differentiable
from itnt_core.flight.differentiable import GainMap
from itnt_core.learning.size import MOST_BYTES, learning_bytes
from itnt_core.methods import METHODS, SettingsError, quiet, settings_of
from itnt_core.network import coverage_surface, surface
from itnt_core.presets import preset
from itnt_core.scenario import GroundStation, GroundUser, ScenarioError, WalkerShell
from itnt_core.sky import best_placed, track, walker_positions_m
from itnt_core.twin import twin_of_data, twin_preset


@pytest.mark.parametrize("height_m", [None, 100.0])
def test_a_surface_in_parts_is_the_same_surface(tiny_world, monkeypatch, height_m):
    whole = coverage_surface(tiny_world, 20, 3, height_m)
    monkeypatch.setattr(surface, "LINKS_AT_ONCE", 50)
    parts = coverage_surface(tiny_world, 20, 3, height_m)
    np.testing.assert_array_equal(parts.best_station, whole.best_station)
    np.testing.assert_allclose(parts.sinr_db, whole.sinr_db, rtol=1e-9)
    np.testing.assert_array_equal(parts.sight_count, whole.sight_count)


@pytest.mark.parametrize("count", [0, 2001, 10**6])
def test_a_surface_of_too_many_points_is_refused_in_a_sentence(tiny_world, count):
    with pytest.raises(ValueError, match=rf"points per side is {count}, but 1 to 2,000 is allowed: choose fewer"):
        coverage_surface(tiny_world, count)


def test_satellites_of_a_shell_are_chosen_in_parts_as_they_are_together(tiny_scenario, monkeypatch):
    shell = WalkerShell(id="shell", planes=28, satellites_per_plane=12, satellites_used=5, min_elevation_deg=10.0)
    together = best_placed(shell, tiny_scenario)
    monkeypatch.setattr(track, "POSITIONS_AT_ONCE", 70)
    assert best_placed(shell, tiny_scenario) == together and together
    times_s = np.array([0.0, 30.0])
    area, start = tiny_scenario.area, tiny_scenario.time.start
    everything = walker_positions_m(shell, area, start, times_s)
    np.testing.assert_array_equal(walker_positions_m(shell, area, start, times_s, together), everything[:, together])
    assert walker_positions_m(shell, area, start, times_s, []).shape == (2, 0, 3)


def test_the_gain_map_gets_coarser_instead_of_larger(tiny_world, monkeypatch):
    fine = GainMap.of(tiny_world).table_db
    monkeypatch.setattr(differentiable, "ENTRIES_AT_ONCE", 7)
    np.testing.assert_allclose(GainMap.of(tiny_world).table_db.numpy(), fine.numpy(), rtol=1e-5)
    monkeypatch.setattr(differentiable, "MOST_ENTRIES", fine.numel() // 3)
    coarse = GainMap.of(tiny_world).table_db
    assert 2 <= coarse.shape[0] < fine.shape[0] and coarse.numel() <= fine.numel() // 3


def test_a_training_that_memory_cannot_hold_is_refused_before_it_begins(tiny_world):
    method = METHODS["proposed"]
    assert learning_bytes(tiny_world, 32, "factored", 128) < MOST_BYTES / 10
    large = settings_of(method, {"environments": 4096, "agent": "joint", "hidden": 4096, "reference_lines": False})
    users = tuple(GroundUser(id=f"gu-{number}", east_m=0.0, north_m=0.0) for number in range(4000))
    scenario = tiny_world.scenario.model_copy(update={"ground_users": users})
    from itnt_core.network import World

    crowded = World(scenario, tiny_world.city, tiny_world.sky, tiny_world.channel)
    assert learning_bytes(crowded, 4096, "joint", 4096) > MOST_BYTES
    with pytest.raises(
        SettingsError, match=r"4096 environments .* about [0-9.,]+ GB .* at most 4 GB is allowed: lower"
    ):
        method.solve(crowded, large, 1, quiet)


@pytest.mark.parametrize("agent", ["factored", "joint"])
def test_a_default_training_of_the_default_scenario_is_far_from_the_limit(agent, city_cache):
    from itnt_core.network import build_world

    world = build_world(preset("paper-free-space", users=36))
    assert learning_bytes(world, 32, agent, 128) < MOST_BYTES / 4


def test_a_twin_of_too_many_gains_is_refused_in_a_sentence():
    data = twin_preset("toy", 1).model_dump(mode="json")
    data["network"]["radio"]["subchannels"] = 1
    data["sharing"] |= {"shared_most": 1, "slots_per_cycle": 1, "cycles_per_window": 1}
    data["network"]["time"]["slots"] = 3600
    data["network"]["ground_users"] = [
        GroundUser(id=f"gu-{number}", east_m=float(number % 40), north_m=0.0).model_dump() for number in range(2800)
    ]
    data["network"]["ground_stations"] = [
        GroundStation(id=f"gbs-{number}", east_m=5.0 * number, north_m=10.0).model_dump() for number in range(10)
    ]
    with pytest.raises(ScenarioError, match=re.escape("The product of stations, users and cycles is 110,880,000")):
        twin_of_data(data)
