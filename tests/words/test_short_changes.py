"""What changed in a few words, as it stands in the name of a run."""

import pytest

from itnt_core.words import change_count, object_count, scenario_changes, short_changes


def changed(part, **values):
    return part.model_copy(update=values)


def with_stations(scenario, *stations):
    return changed(scenario, ground_stations=(*scenario.ground_stations, *stations))


def at_the_bridge(east_m, north_m):
    return "Tower Bridge" if abs(east_m - 10.0) < 5.0 else ""


@pytest.fixture
def new_station(scenario):
    return changed(scenario.ground_stations[0], id="gbs-9", east_m=10.0, north_m=0.0)


def test_a_new_station_is_named_by_its_place_else_by_its_id(scenario, new_station):
    more = with_stations(scenario, new_station)
    assert short_changes(scenario, more, at_the_bridge) == "+1 mast at Tower Bridge"
    assert short_changes(scenario, more) == "+1 mast gbs-9"
    assert short_changes(more, scenario, at_the_bridge) == "−1 mast at Tower Bridge"


def test_a_move_ends_at_a_place_or_after_a_distance(scenario):
    first, *others = scenario.ground_stations
    near = changed(scenario, ground_stations=(changed(first, east_m=10.0), *others))
    assert short_changes(scenario, near, at_the_bridge) == "gbs-1 moved to Tower Bridge"
    north = changed(scenario, ground_stations=(changed(first, north_m=first.north_m + 42.0), *others))
    assert short_changes(scenario, north, at_the_bridge) == "gbs-1 moved 42 m"


def test_the_same_change_of_all_is_said_once(scenario):
    louder = tuple(changed(station, max_power_w=3.0) for station in scenario.ground_stations)
    assert short_changes(scenario, changed(scenario, ground_stations=louder)) == "all masts: power 3 W"
    settings = changed(scenario, seed=7, radio=changed(scenario.radio, carrier_ghz=3.5))
    assert short_changes(scenario, settings) == "seed 7, carrier 3.5 GHz"


def test_many_changes_are_cut_and_counted(scenario, new_station):
    much = changed(
        with_stations(scenario, new_station),
        seed=7,
        ground_users=scenario.ground_users[1:],
        radio=changed(scenario.radio, carrier_ghz=3.5, noise_figure_db=6.0),
    )
    words = short_changes(scenario, much, at_the_bridge)
    assert words.startswith("+1 mast at Tower Bridge, −1 user ") and words.endswith(" and 2 more")
    assert change_count(scenario, much) == 5


def test_short_and_long_words_agree_on_whether_anything_changed(scenario, new_station):
    for other in (scenario, with_stations(scenario, new_station), changed(scenario, seed=9)):
        assert bool(short_changes(scenario, other)) == bool(scenario_changes(scenario, other))
        assert bool(change_count(scenario, other)) == bool(scenario_changes(scenario, other))


def test_objects_of_all_kinds_are_counted(scenario):
    kinds = (scenario.ground_stations, scenario.aerial_users, scenario.ground_users, scenario.passes)
    assert object_count(scenario) == sum(map(len, kinds)) + len(scenario.walker_shells) + len(scenario.orbits)
