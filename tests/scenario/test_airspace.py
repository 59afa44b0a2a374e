"""What bars the way of aerial users: left out of files while nothing does, edited as other objects are."""

import pytest

from itnt_core.scenario import (
    Airspace,
    EditError,
    NoFlyZone,
    apply_edit,
    change_object,
    corners_text,
    format_scenario,
    parse_scenario,
    scenario_of_data,
)
from itnt_core.words import scenario_changes, short_changes

CLICK = {"east_m": 10.0, "north_m": -20.0, "surface_m": 30.0}


@pytest.fixture
def zoned(tiny_scenario):
    return apply_edit(tiny_scenario, {"type": "place", "kind": "no_fly_zone", **CLICK})


def test_while_the_air_is_free_files_and_hash_say_nothing_of_it(tiny_scenario):
    text = format_scenario(tiny_scenario, "json")
    assert not any(name in text for name in ("airspace", "no_fly_zones", "energy_budget_kj"))
    again = tiny_scenario.model_copy(update={"airspace": Airspace(obstacles="none"), "no_fly_zones": ()})
    assert again.content_hash() == tiny_scenario.content_hash() and not again.has_obstacles
    wider = tiny_scenario.model_copy(update={"airspace": Airspace(obstacles="buildings")})
    assert wider.content_hash() != tiny_scenario.content_hash() and wider.has_obstacles


@pytest.mark.parametrize("form", ["json", "yaml"])
def test_files_give_back_what_bars_the_way(zoned, form):
    user = zoned.aerial_users[0].model_copy(update={"energy_budget_kj": 20.5})
    barred = zoned.model_copy(update={"airspace": Airspace(obstacles="buildings"), "aerial_users": (user,)})
    assert parse_scenario(format_scenario(barred, form)) == barred


def test_corners_are_read_as_they_are_written(zoned):
    (zone,) = zoned.no_fly_zones
    assert corners_text(zone.corners_m) == "-90 -120; 110 -120; 110 80; -90 80"
    typed = NoFlyZone(id="z", corners_m="0,0 ; 5 0;5.5 7")
    assert typed.corners_m == ((0.0, 0.0), (5.0, 0.0), (5.5, 7.0)) and (typed.east_m, typed.north_m) == (3.5, 7.0 / 3.0)


def test_a_zone_is_placed_moved_copied_changed_and_deleted(zoned):
    named = {"kind": "no_fly_zone", "id": "zone-1"}
    moved = apply_edit(zoned, {"type": "move", **named, "east_m": 60.0, "north_m": -20.0, "surface_m": 0.0})
    assert moved.no_fly_zones[0].corners_m[0] == (-40.0, -120.0) and moved.no_fly_zones[0].ceiling_m == 1000.0
    copied = apply_edit(moved, {"type": "duplicate", **named, **CLICK})
    assert [zone.id for zone in copied.no_fly_zones] == ["zone-1", "zone-2"]
    assert copied.no_fly_zones[1].corners_m == zoned.no_fly_zones[0].corners_m
    lower = change_object(copied, "no_fly_zone", "zone-1", {"ceiling_m": 90.0, "corners_m": "0 0; 9 0; 9 9"})
    assert lower.no_fly_zones[0].ceiling_m == 90.0 and len(lower.no_fly_zones[0].corners_m) == 3
    assert apply_edit(zoned, {"type": "delete", **named}).no_fly_zones == ()
    for wrong in ({"corners_m": "0 0; 9 0"}, {"corners_m": ""}, {"ceiling_m": -1.0}):
        with pytest.raises(EditError):
            change_object(zoned, "no_fly_zone", "zone-1", wrong)
    with pytest.raises(EditError, match="nothing called 'zone-9'"):
        apply_edit(zoned, {"type": "move", "kind": "no_fly_zone", "id": "zone-9", **CLICK})


def test_changes_are_told_in_words(tiny_scenario, zoned):
    assert short_changes(tiny_scenario, zoned) == "+1 no-fly zone zone-1"
    assert scenario_changes(tiny_scenario, zoned) == ["No-fly zone zone-1 added."]
    lower = change_object(zoned, "no_fly_zone", "zone-1", {"floor_m": 40.0})
    assert scenario_changes(zoned, lower) == ["No-fly zone zone-1: floor: 0 → 40 m."]
    barred = tiny_scenario.model_copy(update={"airspace": Airspace(obstacles="buildings", clearance_m=20.0)})
    assert scenario_changes(tiny_scenario, barred) == ["Obstacles: none → buildings.", "Clearance: 10 → 20 m."]
    assert short_changes(tiny_scenario, barred) == "obstacles buildings, clearance 20 m"
    triangle = change_object(zoned, "no_fly_zone", "zone-1", {"corners_m": "0 0; 9 0; 9 9"})
    assert "→ 0 0; 9 0; 9 9 m" in scenario_changes(zoned, triangle)[0]


def test_a_mission_does_not_begin_inside_a_zone(zoned):
    start = zoned.aerial_users[0].start
    around = {"id": "z", "corners_m": [[start.east_m + a, start.north_m + b] for a, b in ((-9, -9), (9, -9), (0, 9))]}
    for floor_m, found in ((0.0, True), (start.height_m, False)):
        data = zoned.model_dump(mode="json") | {"no_fly_zones": [{**around, "floor_m": floor_m}]}
        if found:
            with pytest.raises(ValueError, match=r"start of aerial user 'au-1' is inside the no-fly zone 'z'"):
                scenario_of_data(data)
        else:
            assert scenario_of_data(data).no_fly_zones[0].floor_m == floor_m
