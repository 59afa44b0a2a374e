"""Presets: same request, same scenario; users on free ground, antennas clear of roofs, missions that can be flown."""

import numpy as np
import pytest
import shapely

from itnt_core.city import build_city
from itnt_core.methods.straight import StraightMethod, StraightSettings
from itnt_core.network import build_world, evaluate, find_violations
from itnt_core.presets import DEFAULT_PRESET, PRESETS, preset
from itnt_core.scenario import ScenarioError, check_scenario, format_scenario

NAMES = list(PRESETS)
ten_centimetres = 0.1


def city_of(scenario, cache):
    area = scenario.area
    return build_city(scenario.city.kind, area.lon, area.lat, area.size_m, scenario.city.seed, cache)


def test_the_four_presets_of_the_specification_exist():
    assert set(NAMES) >= {"london-4km", "london-2km", "paper-free-space", "tiny"}
    assert DEFAULT_PRESET == "london-4km"


def test_the_default_has_the_sizes_of_the_specification(city_cache):
    scenario = preset(cache_dir=city_cache)
    assert (len(scenario.ground_stations), len(scenario.passes)) == (4, 2)
    assert (len(scenario.aerial_users), len(scenario.ground_users)) == (3, 21)
    assert (scenario.radio.subchannels, scenario.radio.subchannel_khz) == (10, 180.0)
    assert (scenario.time.slots, scenario.time.slot_s, scenario.area.size_m) == (60, 2.0, 4000.0)
    assert (scenario.qos.min_sinr_always_on_db, scenario.qos.min_sinr_active_db) == (-5.0, 0.0)
    assert scenario.channel.model == "urban" and scenario.radio.spectral_efficiency_cap == 7.4
    assert {user.max_speed_m_s for user in scenario.aerial_users} == {45.0}
    assert {user.max_speed_m_s for user in preset("london-2km", cache_dir=city_cache).aerial_users} == {30.0}
    literal = preset("paper-free-space")
    assert literal.channel.model == "free_space" and literal.radio.spectral_efficiency_cap is None
    assert {(gbs.antenna.kind, gbs.antenna.gain_dbi) for gbs in literal.ground_stations} == {("isotropic", 0.0)}


@pytest.mark.parametrize("name", NAMES)
def test_missions_leave_room_to_manoeuvre(city_cache, name):
    """A planner could do nothing with a mission that needs full speed all the way, nor with one that goes nowhere."""
    for seed in range(1, 6):
        scenario = preset(name, seed=seed, cache_dir=city_cache)
        for user in scenario.aerial_users:
            leg_m = np.hypot(user.start.east_m - user.destination.east_m, user.start.north_m - user.destination.north_m)
            reach_m = user.max_speed_m_s * scenario.time.duration_s
            assert 0.1 * min(reach_m, scenario.area.size_m) < leg_m < 0.9 * reach_m


@pytest.mark.parametrize("name", NAMES)
def test_the_same_request_gives_the_same_file_and_another_seed_another(city_cache, tmp_path, name):
    texts = [format_scenario(preset(name, seed=seed, cache_dir=city_cache), "json") for seed in (1, 1, 2)]
    assert texts[0] == texts[1] != texts[2]
    if name == "tiny":  # a city made anew is the city from the cache
        assert format_scenario(preset(name, seed=1, cache_dir=tmp_path), "json") == texts[0]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_users_stand_on_free_ground_inside_the_area(city_cache, name, seed):
    """Free means: in no building's ring and in no water, judged by shapely."""
    scenario = preset(name, seed=seed, cache_dir=city_cache)
    city = city_of(scenario, city_cache)
    points = np.array([(user.east_m, user.north_m) for user in scenario.ground_users])
    assert np.abs(points).max() <= scenario.area.size_m / 2
    rings = np.split(city.vertices_m, city.ring_starts[1:-1]) if city.building_count else []
    buildings = [shapely.Polygon(ring) for ring in rings if np.abs(ring - points[:, None]).max(axis=2).min() < 300.0]
    for shape in (*buildings, *city.water):
        assert not shapely.contains_xy(shape, points).any()
    assert {user.height_m for user in scenario.ground_users} == {1.5}


@pytest.mark.parametrize("name", NAMES)
def test_antennas_stand_3_m_above_the_roof_below_and_at_least_25_m_high(city_cache, name):
    scenario = preset(name, cache_dir=city_cache)
    city = city_of(scenario, city_cache)
    for station in scenario.ground_stations:
        spot = shapely.Point(station.east_m, station.north_m)
        rings = np.split(city.vertices_m, city.ring_starts[1:-1]) if city.building_count else []
        near = [index for index, ring in enumerate(rings) if np.abs(ring - [spot.x, spot.y]).max(axis=1).min() < 300.0]
        roofs = [city.roof_heights_m[index] for index in near if shapely.Polygon(rings[index]).contains(spot)]
        wanted = max([25.0, *(roof + 3.0 for roof in roofs)])
        assert station.height_m == pytest.approx(wanted, abs=ten_centimetres)


@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("name", NAMES)
def test_the_reference_method_breaks_no_constraint_on_any_preset(city_cache, name, seed):
    scenario = preset(name, seed=seed, cache_dir=city_cache)
    assert check_scenario(scenario) == []
    world = build_world(scenario, city_of(scenario, city_cache))
    decision = StraightMethod().solve(world, StraightSettings(), seed, lambda event: None)
    answer = evaluate(world, decision)
    assert [violation.sentence for violation in find_violations(world, decision, answer)] == []
    assert answer.active.data_service_mbit >= answer.always_on.data_service_mbit > 0.0


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("users", "aerial"), [(1, None), (1, 1), (1, 0), (12, None), (12, 2), (36, None), (36, 5), (100, None), (100, 4)]
)
def test_the_numbers_asked_for_are_the_numbers_given(city_cache, name, users, aerial):
    scenario = preset(name, users=users, aerial_users=aerial, cache_dir=city_cache)
    assert len(scenario.user_ids) == users
    if aerial is not None:
        assert len(scenario.aerial_users) == aerial
    assert check_scenario(scenario) == []


@pytest.mark.timeout(10)  # a guard against a search that never ends, not a measurement
@pytest.mark.parametrize(("name", "aerial"), [("paper-free-space", 12), ("paper-free-space", 100), ("tiny", 12)])
def test_a_whole_fleet_can_be_asked_for(city_cache, name, aerial):
    scenario = preset(name, users=aerial, aerial_users=aerial, cache_dir=city_cache)
    assert len(scenario.aerial_users) == aerial and scenario.ground_users == ()
    assert check_scenario(scenario) == []


@pytest.mark.timeout(10)
def test_a_fleet_that_does_not_fit_is_refused_and_not_handed_out_broken(city_cache):
    """36 flyers 50 m apart do not fit into the 600 m of 'tiny': a sentence, or a scenario that passes its own check."""
    try:
        scenario = preset("tiny", users=36, aerial_users=36, cache_dir=city_cache)
    except ScenarioError as error:
        assert error.problems[0].remedy
    else:
        assert check_scenario(scenario) == []


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        ({"name": "mars"}, ["'mars'", "london-4km", "choose"]),
        ({"users": 0}, ["users", "0", "1 to 5000"]),
        ({"users": 5001}, ["5001", "1 to 5000"]),
        ({"users": 3, "aerial_users": 4}, ["aerial users", "4", "0 to 3"]),
        ({"aerial_users": -1}, ["aerial users", "-1"]),
        ({"seed": -1}, ["seed", "-1"]),
        ({"seed": 2**32}, ["4294967296"]),
    ],
)
def test_requests_that_cannot_be_met_get_a_sentence(city_cache, request_, words):
    with pytest.raises(ScenarioError) as caught:
        preset(**{"name": "tiny", "cache_dir": city_cache, **request_})
    for word in words:
        assert word in str(caught.value)
