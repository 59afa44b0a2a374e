"""Edits of the map as pure steps."""

import pytest

from itnt_core.scenario import AerialUser, GroundStation, GroundUser, Point, Scenario
from itnt_core.scenario.edit import (
    EditError,
    apply_edit,
    change_object,
    find_object,
    flight_height_m,
    station_height_m,
)


@pytest.fixture
def scenario():
    return Scenario(
        ground_stations=(GroundStation(id="gbs-1", name="first", east_m=0.0, north_m=0.0),),
        aerial_users=(AerialUser(id="au-1", start=Point(east_m=0, north_m=0), destination=Point(east_m=9, north_m=9)),),
        ground_users=(GroundUser(id="gu-1", east_m=1.0, north_m=1.0),),
    )


def event(kind, type_="place", **more):
    return {"type": type_, "kind": kind, "east_m": 12.34, "north_m": -56.78, "surface_m": 0.0, **more}


def test_an_antenna_stands_high_over_the_ground_and_a_little_over_a_high_roof(scenario):
    on_ground = apply_edit(scenario, event("ground_station")).ground_stations[-1]
    on_roof = apply_edit(scenario, event("ground_station", surface_m=100.0)).ground_stations[-1]
    assert (on_ground.id, on_ground.east_m, on_ground.height_m) == ("gbs-2", 12.3, 25.0)
    assert on_roof.height_m == station_height_m(100.0) == 103.0


def test_an_aerial_user_is_placed_with_both_ends_clear_of_roofs(scenario):
    placed = apply_edit(
        scenario, event("aerial_user", to_east_m=100.0, to_north_m=200.0, to_surface_m=150.0)
    ).aerial_users[-1]
    assert placed.id == "au-2"
    assert placed.start.height_m == 100.0
    assert placed.destination.height_m == flight_height_m(150.0) == 170.0


def test_moving_keeps_everything_but_the_place(scenario):
    moved = apply_edit(scenario, event("ground_station", "move", id="gbs-1")).ground_stations[0]
    assert (moved.id, moved.name, moved.east_m, moved.north_m) == ("gbs-1", "first", 12.3, -56.8)
    changed = apply_edit(scenario, event("aerial_destination", "move", id="au-1"))
    assert changed.aerial_users[0].start == scenario.aerial_users[0].start
    assert changed.aerial_users[0].destination.east_m == 12.3


@pytest.mark.parametrize(
    ("kind", "identifier", "field"),
    [
        ("ground_station", "gbs-1", "ground_stations"),
        ("ground_user", "gu-1", "ground_users"),
        ("aerial_start", "au-1", "aerial_users"),
        ("aerial_destination", "au-1", "aerial_users"),
    ],
)
def test_deleting_removes_exactly_one_object(scenario, kind, identifier, field):
    changed = apply_edit(scenario, {"type": "delete", "kind": kind, "id": identifier})
    assert getattr(changed, field) == ()
    assert sum(getattr(changed, name) != getattr(scenario, name) for name in type(scenario).model_fields) == 1


@pytest.mark.parametrize(
    "bad",
    [
        {},
        {"type": "place", "kind": "volcano"},
        event("ground_station", east_m=float("nan")),
        event("ground_station", north_m="12"),
        event("ground_station", east_m=None),
        event("ground_station", east_m=1e9),
        event("ground_station", "move", id="gbs-9"),
        {"type": "delete", "kind": "ground_user", "id": "nobody"},
        event("aerial_user"),
    ],
)
def test_an_edit_that_makes_no_sense_is_one_sentence_and_changes_nothing(scenario, bad):
    before = scenario.content_hash()
    with pytest.raises(EditError) as caught:
        apply_edit(scenario, bad)
    assert str(caught.value).endswith(".")
    assert scenario.content_hash() == before


def test_many_placements_never_reuse_an_id(scenario):
    for _ in range(30):
        scenario = apply_edit(scenario, event("ground_station"))
    scenario = apply_edit(scenario, {"type": "delete", "kind": "ground_station", "id": "gbs-7"})
    scenario = apply_edit(scenario, event("ground_station"))
    ids = [station.id for station in scenario.ground_stations]
    assert len(set(ids)) == len(ids) == 31


def test_many_users_are_placed_at_once_with_ids_of_their_own(scenario):
    grown = apply_edit(scenario, {"type": "place", "kind": "ground_users", "points": [[1.0, 2.0], [3.0, 4.0]]})
    assert [user.id for user in grown.ground_users] == ["gu-1", "gu-2", "gu-3"]
    assert grown.ground_users[-1].north_m == 4.0


def test_a_group_never_grows_beyond_its_limit(scenario):
    crowd = {"type": "place", "kind": "ground_users", "points": [[0.0, 0.0]] * 5000}
    with pytest.raises(EditError, match="at most 5000"):
        apply_edit(scenario, crowd)


def test_a_copied_station_is_never_lower_and_stands_on_its_roof(scenario):
    copy = apply_edit(scenario, event("ground_station", "duplicate", id="gbs-1", surface_m=80.0)).ground_stations[-1]
    assert (copy.id, copy.name, copy.height_m) == ("gbs-2", "first", 83.0)
    with pytest.raises(EditError, match="nothing called"):
        apply_edit(scenario, event("ground_user", "duplicate", id="nobody"))


def test_a_copied_mission_is_shifted_as_a_whole(scenario):
    copy = apply_edit(scenario, event("aerial_start", "duplicate", id="au-1")).aerial_users[-1]
    assert (copy.start.east_m, copy.destination.east_m) == (12.3, 21.3)


def test_fields_are_changed_by_their_dotted_names(scenario):
    changed = change_object(scenario, "aerial_destination", "au-1", {"start.height_m": 120.0, "max_speed_m_s": 20.0})
    assert changed.aerial_users[0].start.height_m == 120.0
    assert changed.aerial_users[0].max_speed_m_s == 20.0
    changed = change_object(scenario, "ground_station", "gbs-1", {"antenna.kind": "isotropic", "max_users": 3})
    assert changed.ground_stations[0].antenna.kind == "isotropic"
    assert find_object(changed, "ground_station", "gbs-1").max_users == 3


@pytest.mark.parametrize(
    "values",
    [
        {"height_m": 9999.0},
        {"height_m": None},
        {"id": "no blanks"},
        {"id": ""},
        {"nothing": 1},
        {"antenna.kind": "x"},
        {"antenna.nothing": 1},
        {"nothing.at_all": 1},
        {"name": "x" * 81},
        {"max_power_w": 0.0},
    ],
)
def test_a_field_value_that_is_not_allowed_is_refused_in_words(scenario, values):
    with pytest.raises(EditError):
        change_object(scenario, "ground_station", "gbs-1", values)
