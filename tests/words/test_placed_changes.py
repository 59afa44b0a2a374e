"""Which placed objects are new, gone or moved: the same when kind and id are the same."""

from itnt_core.scenario import GroundStation, GroundUser
from itnt_core.words import placed_changes, scenario_changes


def changed(part, **values):
    return part.model_copy(update=values)


def test_the_same_scenario_has_no_placed_changes(scenario):
    assert placed_changes(scenario, scenario) == []
    renamed = changed(scenario, name="Another name")
    assert placed_changes(scenario, renamed) == []


def test_new_gone_and_moved_objects_are_found_with_their_places(scenario):
    first, second = scenario.ground_stations
    new = GroundStation(id="gbs-9", east_m=10.0, north_m=20.0, height_m=30.0)
    other = changed(scenario, ground_stations=(changed(first, east_m=first.east_m + 30.0), new))
    found = {change.id: change for change in placed_changes(scenario, other)}
    assert {key: change.what for key, change in found.items()} == {first.id: "moved", "gbs-9": "new", second.id: "gone"}
    assert found["gbs-9"].position_m == (10.0, 20.0, 30.0)
    assert found[second.id].position_m == second.position_m
    assert found[first.id].before_m == first.position_m
    assert found[first.id].position_m[0] == first.east_m + 30.0
    assert [found[key].words("B") for key in (first.id, "gbs-9", second.id)] == [
        "moved 30 m in B",
        "new in B",
        "gone in B",
    ]
    sentences = " ".join(scenario_changes(scenario, other))
    assert "GBS gbs-9 added." in sentences and f"GBS {second.id} removed." in sentences


def test_an_object_of_another_kind_with_the_same_id_is_another_one(scenario):
    station = scenario.ground_stations[0]
    user = GroundUser(id=station.id, east_m=station.east_m, north_m=station.north_m)
    without = changed(scenario, ground_stations=scenario.ground_stations[1:], ground_users=(user,))
    found = {(change.kind, change.id): change.what for change in placed_changes(scenario, without)}
    assert found["ground_station", station.id] == "gone" and found["ground_user", station.id] == "new"


def test_a_flight_with_another_destination_has_moved(scenario):
    user = scenario.aerial_users[0]
    end = changed(user.destination, north_m=user.destination.north_m + 40.0)
    other = changed(scenario, aerial_users=(changed(user, destination=end), *scenario.aerial_users[1:]))
    (found,) = placed_changes(scenario, other)
    assert (found.kind, found.id, found.what) == ("aerial_user", user.id, "moved")
    assert found.position_m == user.start.position_m
