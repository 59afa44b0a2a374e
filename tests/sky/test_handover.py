"""Serving places: who serves when, what the radio sees of it, and scenarios with imported satellites end to end."""

import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from itnt_core.mapdata.replay import replay_bundle
from itnt_core.mapdata.satellites import half_power_angle_deg
from itnt_core.methods import find_method
from itnt_core.network import build_world, evaluate, find_violations
from itnt_core.passes import with_best, with_named
from itnt_core.results import read_result
from itnt_core.runs import RunRequest, write_request
from itnt_core.runs.executing import execute
from itnt_core.scenario import (
    OrbitGroup,
    Scenario,
    ScenarioError,
    TimeGrid,
    check_scenario,
    format_scenario,
    parse_scenario,
    read_scenario,
    scenario_of_data,
)
from itnt_core.sky import choose_satellites, look_angles, look_angles_deg, preset_elements, serving_places
from itnt_core.sky.handover import BELOW_M, satellite_positions_m
from itnt_core.words.changes import scenario_changes

ROOT = Path(__file__).resolve().parents[2]
START = datetime(2026, 6, 21, 12, tzinfo=UTC)
LEVEL_DEG = 25.0

elevations = arrays(np.float64, st.tuples(st.integers(1, 12), st.integers(1, 6)), elements=st.floats(-30.0, 90.0))


@given(elevation=elevations, places=st.integers(1, 4))
def test_places_are_kept_until_their_satellite_sets_and_never_stand_empty_for_nothing(elevation, places):
    serving = serving_places(elevation, places, LEVEL_DEG)
    up = elevation >= LEVEL_DEG
    assert not (serving & ~up).any()
    assert (serving.sum(axis=1) == np.minimum(up.sum(axis=1), places)).all()
    kept = serving[:-1] & up[1:]
    assert (serving[1:] >= kept).all()


@given(elevation=elevations, places=st.integers(1, 4))
def test_a_free_place_goes_to_the_most_elevation_ahead(elevation, places):
    serving = serving_places(elevation, places, LEVEL_DEG)
    slots, count = elevation.shape

    def ahead(slot, satellite):
        total = 0.0
        while slot < slots and elevation[slot, satellite] >= LEVEL_DEG:
            total += elevation[slot, satellite]
            slot += 1
        return total

    for slot in range(slots):
        before = serving[slot - 1] if slot else np.zeros(count, dtype=bool)
        new = np.flatnonzero(serving[slot] & ~before)
        left = [n for n in range(count) if elevation[slot, n] >= LEVEL_DEG and not serving[slot, n]]
        assert all(ahead(slot, n) >= ahead(slot, m) - 1e-9 for n in new for m in left)


@pytest.fixture(scope="module")
def changing(tiny_scenario):
    """Return the tiny scenario with eight slots of 30 s, and a shell whose satellites take over from one another."""
    longer = tiny_scenario.model_copy(
        update={"time": TimeGrid(start=START, slots=8, slot_s=30.0), "passes": (), "walker_shells": ()}
    )
    shell = preset_elements("starlink-direct-to-cell-as-flown-2025-10", START)
    scenario, group, cut = with_best(longer, shell, "", 1, LEVEL_DEG)
    assert not cut and len(group.satellites) >= 2
    return scenario


def test_the_choice_is_the_one_that_every_satellite_of_the_shell_looked_at_gives(changing):
    everything = preset_elements("starlink-direct-to-cell-as-flown-2025-10", START).satellites
    times = 30.0 * np.arange(1, 9)
    _, elevation, _ = look_angles_deg(satellite_positions_m(everything, changing, times))
    serving = serving_places(elevation, 1, LEVEL_DEG)
    expected = sorted(np.flatnonzero(serving.any(axis=0)), key=lambda index: serving[:, index].argmax())
    choice = choose_satellites(everything, changing.area, changing.time, 1, LEVEL_DEG)
    assert list(choice.indices) == expected
    assert [one.norad_id for one in changing.orbits[0].satellites] == [everything[n].norad_id for n in expected]


def test_one_serves_at_a_time_and_the_others_reach_nobody(changing, city_cache):
    world = build_world(changing, cache_dir=city_cache)
    serves = world.sky.serves
    assert serves.shape[1] >= 2 and (serves.sum(axis=1) <= 1).all() and serves.any(axis=0).all()
    assert (world.sky.elevation_deg[serves] >= LEVEL_DEG).all()
    assert (world.sky.position_m[~serves][:, 2] > BELOW_M[2]).all()  # the truth stays on record
    gains = world.ground_gains[:, :, world.gbs_count :, 0]  # (slots, users, satellites)
    assert (gains[np.broadcast_to(~serves[:, None], gains.shape)] == 0.0).all()
    assert (gains.max(axis=1)[serves] > 0.0).all()
    assert world.station_ids[world.gbs_count :] == world.sky.station_ids
    assert all(name.startswith("sky-1-") for name in world.sky.station_ids)


@pytest.mark.parametrize("key", ["straight", "planner"])
def test_it_runs_end_to_end_and_hands_over(changing, city_cache, tmp_path, key):
    settings = {"rounds": 1} if key == "planner" else {}
    write_request(tmp_path, changing, RunRequest(method=key, seed=1, settings=settings))
    execute(tmp_path, city_cache, lambda event: None)
    result = read_result(tmp_path)
    assert result.kpis["violations"] == 0 and result.kpis["data_service_mbit"] > 0.0
    assert result.kpis["upper_bound_mbit"] >= result.kpis["data_service_mbit"]
    servers = result.dataset["serving_station"].values
    ground = len(changing.ground_stations)
    by_satellite = {int(server) for server in servers.ravel() if server >= ground}
    serves = look_angles(changing).serves
    for slot, server in np.argwhere(servers >= ground):
        assert serves[slot, servers[slot, server] - ground]
    assert by_satellite  # somebody is served from the sky
    assert all(name.encode() in replay_bundle(result) for name in look_angles(changing).station_ids)
    assert (half_power_angle_deg(changing, list(look_angles(changing).station_ids)) > 0.0).all()


def test_the_judge_agrees_with_a_method_on_a_world_with_handover(changing, city_cache):
    world = build_world(changing, cache_dir=city_cache)
    method = find_method("straight")
    decision = method.solve(world, method.settings_type(), 1, lambda event: None)
    evaluation = evaluate(world, decision)
    assert find_violations(world, decision, evaluation) == []


def test_a_scenario_with_imported_satellites_needs_no_other_file(changing):
    for form in ("yaml", "json"):
        back = parse_scenario(format_scenario(changing, form))
        assert back == changing and back.content_hash() == changing.content_hash()
    assert check_scenario(changing) == []


def test_scenarios_without_them_keep_the_hash_they_had():
    manifest = json.loads((ROOT / "assets" / "demo" / "manifest.json").read_text(encoding="utf-8"))
    scenario = read_scenario(ROOT / "assets" / "demo" / "scenario.json")
    assert scenario.orbits == () and scenario.content_hash() == manifest["scenario_hash"]
    assert "orbits" not in format_scenario(scenario, "json") and "orbits" not in Scenario().model_dump()


def test_chosen_satellites_all_serve_at_once_and_earlier_groups_stay(changing):
    shell = preset_elements("starlink-direct-to-cell-as-flown-2025-10", START)
    scenario, group = with_named(changing, shell, "a" * 64, [3, 3, 5], 10.0)
    assert [one.norad_id for one in group.satellites] == [4, 6] and group.satellites_used == 2
    assert [item.id for item in scenario.orbits] == ["sky-1", "sky-2"] and group.source_hash == "a" * 64
    for indices in ([], list(range(65))):
        with pytest.raises(ScenarioError, match="1 to 64"):
            with_named(changing, shell, "", indices, 10.0)


def test_a_window_without_a_satellite_is_told(changing):
    low = preset_elements("kuiper-590-km", START)
    with pytest.raises(ScenarioError, match="none is above 60"):
        with_best(changing, low, "", 2, 60.0)


def test_a_group_that_never_rises_leaves_the_rest_of_the_world_alone(changing, city_cache):
    later = changing.model_copy(update={"time": TimeGrid(start=datetime(2026, 6, 21, 17, tzinfo=UTC), slots=3)})
    sky = look_angles(later)
    assert sky.station_ids == () or sky.serves.any(axis=0).all()
    assert build_world(later, cache_dir=city_cache).station_count == 2 + len(sky.station_ids)


def spoilt(scenario, **changes):
    data = scenario.model_dump(mode="json")
    data["orbits"][0].update(changes)
    return data


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"satellites": []}, ("satellite group 'sky-1'",)),
        ({"satellites_used": 0}, ("satellites_used of satellite group 'sky-1'", "1 to 64")),
        ({"min_elevation_deg": 95.0}, ("0 to 89",)),
        ({"source_hash": "../etc"}, ("source_hash",)),
        ({"id": "gbs-1"}, ("'gbs-1'", "unique")),
    ],
)
def test_a_wrong_group_gets_its_sentence(changing, changes, words):
    with pytest.raises(ScenarioError) as caught:
        scenario_of_data(spoilt(changing, **changes))
    assert all(word in str(caught.value) for word in words)


def test_satellites_may_stand_once_and_no_station_may_have_their_names(changing):
    first = changing.model_dump(mode="json")["orbits"][0]["satellites"][0]
    with pytest.raises(ScenarioError, match="given 2 times"):
        scenario_of_data(spoilt(changing, satellites=[first, first]))
    data = changing.model_dump(mode="json")
    data["ground_stations"][0]["id"] = f"sky-1-{first['norad_id']}"
    with pytest.raises(ScenarioError, match="named like another station"):
        scenario_of_data(data)
    with pytest.raises(ScenarioError, match=r"mean_motion_rev_day of satellite group 'sky-1'.*0\.05 to 18"):
        scenario_of_data(spoilt(changing, satellites=[{**first, "mean_motion_rev_day": 40.0}]))
    assert isinstance(changing.orbits[0], OrbitGroup)


def test_comparisons_and_counts_know_the_groups(changing, tiny_scenario):
    names = ", ".join(one.name for one in changing.orbits[0].satellites)
    before = changing.model_copy(update={"orbits": ()})
    assert scenario_changes(before, changing) == ["Satellite group sky-1 added."]
    fewer = changing.orbits[0].model_copy(update={"satellites": changing.orbits[0].satellites[:1]})
    (told,) = scenario_changes(changing, changing.model_copy(update={"orbits": (fewer,)}))
    assert names in told and "mean_motion" not in told
    assert changing.satellite_count == len(changing.orbits[0].satellites)
    assert tiny_scenario.satellite_count == len(tiny_scenario.passes)
