"""Users indoors in the whole network: what the wall takes, what they see, and that others stay as they were."""

import numpy as np
import pytest
import shapely

from itnt_core.bounds import upper_bound
from itnt_core.city import City, pack_polygons
from itnt_core.methods import optimise
from itnt_core.network import build_world, find_doubts
from itnt_core.presets import preset
from itnt_core.radio import penetration_db
from itnt_core.scenario import EditError, apply_edit, change_object, check_scenario
from itnt_core.units import to_db


@pytest.fixture(scope="module")
def outdoors():
    tiny = preset("tiny")
    quiet = tiny.channel.model_copy(update={"fading": False})
    return tiny.model_copy(update={"channel": quiet, "city": tiny.city.model_copy(update={"kind": "open"})})


def indoors(scenario, user_id, **more):
    return change_object(scenario, "ground_user", user_id, {"indoor": "low_loss", "depth_m": 4.0, **more})


def test_every_link_loses_what_the_building_takes_satellites_included(outdoors):
    calm = outdoors.channel.model_copy(update={"shadowing": False})  # it spreads otherwise indoors: tests/radio
    outdoors = outdoors.model_copy(update={"channel": calm})
    inside = indoors(outdoors, "gu-2")
    before, after = build_world(outdoors), build_world(inside)
    lost_db = to_db(before.ground_gains[:, 1]) - to_db(after.ground_gains[:, 1])
    assert lost_db == pytest.approx(np.full(lost_db.shape, penetration_db(inside)[1]))
    assert penetration_db(inside)[1] > 5.0
    others = [0, 2, 3]
    assert (before.ground_gains[:, others] == after.ground_gains[:, others]).all()


def box_city(scenario):
    """Return a city with one building around the user and another wall between user and the first station."""
    user, station = scenario.ground_users[0], scenario.ground_stations[0]
    middle = np.array([user.east_m, user.north_m])
    way = np.array([station.east_m, station.north_m]) - middle
    block = middle + way * 0.5
    shapes = [shapely.box(*(middle - 10), *(middle + 10)), shapely.box(*(block - 10), *(block + 10))]
    vertices, starts = pack_polygons(shapes)
    plain = {"landmark_names": (), "water": (), "parks": (), "roads": (), "bridges": (), "places": (), "notice": ""}
    return City("made", -0.09, 51.508, scenario.area.size_m, vertices, starts, np.array([20.0, 60.0]), **plain)


def test_the_own_building_does_not_hide_and_another_does(outdoors):
    city = box_city(outdoors)
    street, room = build_world(outdoors, city), build_world(indoors(outdoors, "gu-1"), city)
    assert not street.ground_links[1][0, 0].any()  # a user below a roof who is not indoors sees nothing
    sight = room.ground_links[1][0, 0]
    assert not sight[0]  # the wall between
    assert sight[1:].all()


def test_every_link_from_the_ground_fades_indoors(outdoors):
    fading = outdoors.channel.model_copy(update={"fading": True, "coherence_slots": 1})
    world = build_world(indoors(outdoors.model_copy(update={"channel": fading}), "gu-1"))
    assert (np.ptp(world.ground_gains[:, 0, : world.gbs_count], axis=0) > 0.0).all()


def test_methods_and_the_bound_take_it_as_a_gain_like_any(outdoors):
    inside = indoors(outdoors, "gu-1", indoor="high_loss", depth_m=20.0)
    answer = optimise(inside, "straight")
    limit = upper_bound(build_world(inside), "quick").data_service_mbit
    assert not answer.manifest["violations"] and answer.kpis["data_service_mbit"] <= limit


def test_what_is_hardly_meant_is_told(outdoors):
    city = box_city(outdoors)
    told = find_doubts(indoors(indoors(outdoors, "gu-2"), "gu-1", floor=8), city, build_world(outdoors).sky)
    assert [doubt.object_id for doubt in told if "ground user" in doubt.where] == ["gu-1", "gu-2"]
    assert "the roof is at 20 m" in told[0].sentence and "no building stands there" in told[1].sentence


def test_a_click_on_a_building_places_a_user_indoors_and_one_beside_it_does_not(outdoors):
    event = {"type": "place", "kind": "indoor_user", "east_m": 1.0, "north_m": 2.0, "surface_m": 12.0}
    user = apply_edit(outdoors, event).ground_users[-1]
    assert (user.indoor, user.position_m) == ("low_loss", (1.0, 2.0, 1.5))
    with pytest.raises(EditError, match="no building"):
        apply_edit(outdoors, {**event, "surface_m": 0.0})


def test_a_moving_user_is_outdoors(outdoors):
    walking = change_object(outdoors, "ground_user", "gu-1", {"path": ((60.0, 0.0, 0.0),), "indoor": "low_loss"})
    assert "who moves is outdoors" in check_scenario(walking)[0].sentence
