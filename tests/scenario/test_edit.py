"""Edits of the map as pure steps."""

import pytest

from itnt_core.scenario import AerialUser, GroundStation, GroundUser, Point, Scenario
from itnt_core.scenario.edit import EditError, apply_edit, flight_height_m, station_height_m


@pytest.fixture
def scenario():
    return Scenario(
        ground_stations=(GroundStation(id="gbs-1", name="first", east_m=0.0, north_m=0.0),),
        aerial_users=(AerialUser(id="au-1", start=Point(east_m=0, north_m=0), destination=Point(east_m=9, north_m=9)),),
        ground_users=(GroundUser(id="gu-1", east_m=1.0, north_m=1.0),),
    )


def event(kind, type_="place", **more):
    return {"type": type_, "kind": kind, "east_m": 12.34, "north_m": -56.78, "surface_m": 0.0, **more}


def test_a_station_gets_a_mast_on_the_ground_and_a_short_one_on_a_high_roof(scenario):
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
