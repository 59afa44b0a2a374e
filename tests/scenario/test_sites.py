"""Sites of three sectors: placed with one click, moved as one, told apart from masts that stand too close."""

import pytest

from itnt_core.presets import preset
from itnt_core.scenario import apply_edit, change_object, check_scenario, first_of_site, site_of


@pytest.fixture
def scenario():
    event = {"type": "place", "kind": "sector_site", "east_m": 10.0, "north_m": 20.0, "surface_m": 40.0}
    return apply_edit(preset("tiny"), event)


def test_one_click_places_three_stations_on_one_mast_that_look_to_three_sides(scenario):
    sectors = scenario.ground_stations[2:]
    assert [one.id for one in sectors] == ["gbs-3", "gbs-4", "gbs-5"]
    assert [one.antenna.azimuth_deg for one in sectors] == [0.0, 120.0, 240.0]
    assert {one.position_m for one in sectors} == {(10.0, 20.0, 43.0)}
    assert check_scenario(scenario) == []
    assert first_of_site(scenario.ground_stations) == [0, 1, 2, 2, 2]


def test_a_site_moves_as_one_and_loses_one_sector_alone(scenario):
    event = {"type": "move", "kind": "ground_station", "id": "gbs-4", "east_m": -5.0, "north_m": 1.0, "surface_m": 0.0}
    moved = apply_edit(scenario, event)
    assert {one.position_m for one in moved.ground_stations[2:]} == {(-5.0, 1.0, 25.0)}
    assert moved.ground_stations[:2] == scenario.ground_stations[:2]
    fewer = apply_edit(moved, {"type": "delete", "kind": "ground_station", "id": "gbs-4"})
    assert [one.id for one in site_of(fewer.ground_stations, fewer.ground_stations[2])] == ["gbs-3", "gbs-5"]


def test_two_sectors_of_a_site_may_not_look_the_same_way_and_a_round_one_needs_room(scenario):
    same = change_object(scenario, "ground_station", "gbs-4", {"antenna.azimuth_deg": 0.0})
    assert "look to different sides" in check_scenario(same)[0].sentence
    round_one = change_object(scenario, "ground_station", "gbs-4", {"antenna.kind": "tilted_array"})
    assert "two antennas need at least 1 m" in check_scenario(round_one)[0].sentence


def test_without_sectors_a_scenario_is_written_as_before():
    assert (
        "azimuth" not in preset("tiny").model_dump_json() and "antenna_patterns" not in preset("tiny").model_dump_json()
    )
