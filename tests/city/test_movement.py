"""Generated walks keep to free ground, drives to roads; both are as long as the time and fixed by names."""

import numpy as np
import pytest
import shapely

from itnt_core.city import City, CityError, city_of_scenario, pack_polygons, with_movement
from itnt_core.presets import preset
from itnt_core.scenario import EditError, change_object, check_scenario, ground_track_m


@pytest.fixture(scope="module")
def scenario():
    return preset("tiny")


@pytest.fixture(scope="module")
def city(scenario):
    return city_of_scenario(scenario)


def long(scenario, slots=300):
    time = scenario.time.model_copy(update={"slots": slots, "slot_s": 1.0})
    return scenario.model_copy(update={"time": time})


def test_walks_stay_on_free_ground_and_last_as_long_as_the_scenario(scenario, city):
    walking = with_movement(long(scenario), city, scenario.user_ids[1:], "walk")
    assert check_scenario(walking) == []
    times = np.arange(0.0, 300.5, 0.5)
    track = ground_track_m(walking, times)
    for column, user in enumerate(walking.ground_users):
        assert user.position_m == scenario.ground_users[column].position_m
        assert city.is_free_ground(track[:, column, :2]).mean() > 0.995  # rounding to centimetres may touch a wall
        speed_m_s = np.linalg.norm(np.diff(track[:, column, :2], axis=0), axis=1) / 0.5
        assert 0.4 < np.median(speed_m_s) < 2.3 and speed_m_s.max() < 2.4
        assert user.path[-1][0] >= 300.0


def test_ways_are_fixed_by_seed_and_name(scenario, city):
    everyone = with_movement(scenario, city, scenario.user_ids[1:], "walk")
    alone = with_movement(scenario, city, ["gu-3"], "walk")
    assert everyone.ground_users[2] == alone.ground_users[2]
    other = with_movement(scenario.model_copy(update={"seed": 9}), city, ["gu-3"], "walk")
    assert other.ground_users[2].path != alone.ground_users[2].path
    assert with_movement(alone, city, ["gu-3"], "stand") == scenario


def crossing(size_m=600.0):
    vertices, starts = pack_polygons([])
    roads = (
        ("A", shapely.LineString([(-250, 0), (250, 0)]), 10.0),
        ("B", shapely.LineString([(0, -250), (0, 250)]), 10.0),
    )
    plain = {"landmark_names": (), "water": (), "parks": (), "bridges": (), "places": (), "notice": ""}
    return City("made", -0.09, 51.5, size_m, vertices, starts, np.zeros(0), roads=roads, **plain)


def test_drives_keep_to_the_roads_and_turn_where_they_cross(scenario):
    town = crossing()
    driving = with_movement(long(scenario), town, scenario.user_ids[1:], "drive")
    assert check_scenario(driving) == []
    track = ground_track_m(driving, np.arange(0.0, 301.0))
    roads = shapely.union_all([line for _, line, _ in town.roads])
    assert shapely.distance(shapely.points(track[..., :2].reshape(-1, 2)), roads).max() < 0.5
    used = {(abs(x) > 1.0, abs(y) > 1.0) for x, y in track[..., :2].reshape(-1, 2)}
    assert {(True, False), (False, True)} <= used  # both roads


def test_without_roads_nobody_drives_and_indoors_nobody_moves(scenario):
    empty = crossing()
    object.__setattr__(empty, "roads", ())
    with pytest.raises(CityError, match="no roads"):
        with_movement(scenario, empty, ["gu-1"], "drive")
    inside = change_object(scenario, "ground_user", "gu-1", {"indoor": "low_loss"})
    with pytest.raises(EditError, match="is indoors"):
        with_movement(inside, empty, ["gu-1"], "walk")
    with pytest.raises(EditError, match="'nobody'"):
        with_movement(scenario, empty, ["nobody"], "walk")
