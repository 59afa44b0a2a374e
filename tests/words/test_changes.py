"""What changed between two scenarios and two ways of answering them, in words."""

from datetime import timedelta

import numpy as np
import pytest

from itnt_core.scenario import GroundUser, Pass
from itnt_core.words.changes import label_and_unit, method_changes, scenario_changes, step_words
from itnt_core.words.fields import LABELS


def changed(part, **values):
    return part.model_copy(update=values)


def test_the_same_scenario_has_no_changes(scenario):
    assert scenario_changes(scenario, scenario) == []


def test_a_moved_station_is_told_in_metres_and_its_power_in_watts(scenario):
    first, second = scenario.ground_stations
    moved = changed(first, east_m=first.east_m + 30.0, north_m=first.north_m - 40.0)
    louder = changed(second, max_power_w=8.0, antenna=changed(second.antenna, kind="isotropic"))
    assert scenario_changes(scenario, changed(scenario, ground_stations=(moved, louder))) == [
        "GBS gbs-1: moved by 50 m.",
        "GBS gbs-2: power: 4 → 8 W.",
        "GBS gbs-2: antenna: Tilted array → Isotropic.",
    ]


def test_the_same_change_of_many_is_said_once_and_long_lists_are_counted(scenario):
    stations = tuple(changed(station, max_power_w=2.0) for station in scenario.ground_stations)
    users = tuple(GroundUser(id=f"new-{number}", east_m=0.0, north_m=0.0) for number in range(7))
    found = scenario_changes(scenario, changed(scenario, ground_stations=stations, ground_users=users))
    assert "2 GBSs (gbs-1, gbs-2): power: 4 → 2 W." in found
    assert "7 ground users (new-0, new-1, new-2, new-3 and 3 more) added." in found
    assert "3 ground users (gu-0, gu-1, gu-2) removed." in found


def test_many_moves_are_told_by_their_mean_and_the_furthest(scenario):
    many = tuple(GroundUser(id=f"gu-{number}", east_m=0.0, north_m=0.0) for number in range(6))
    steps = [10.0, 20.0, 30.0, 40.0, 50.0, 1500.0]
    moved = tuple(changed(user, east_m=step) for user, step in zip(many, steps, strict=True))
    found = scenario_changes(changed(scenario, ground_users=many), changed(scenario, ground_users=moved))
    assert found == [
        f"6 ground users (gu-0, gu-1, gu-2, gu-3 and 2 more): moved, {np.mean(steps):.0f} m on average, gu-5 by 1.5 km."
    ]


def test_fields_of_the_whole_carry_their_units(scenario):
    other = changed(
        scenario,
        seed=7,
        radio=changed(scenario.radio, carrier_ghz=3.5, subchannels=20),
        channel=changed(scenario.channel, fading=False, model="power_law"),
        time=changed(scenario.time, start=scenario.time.start + timedelta(hours=1)),
        passes=(changed(scenario.passes[0], max_elevation_deg=40.0), Pass(id="leo-2")),
        city=changed(scenario.city, seed=3),
    )
    found = scenario_changes(scenario, other)
    for sentence in (
        "Carrier: 2 → 3.5 GHz.",
        "Subchannels: 10 → 20.",
        "Fading: on → off.",
        "Channel model: urban → power law.",
        "Start: 2026-06-21T12:00:00Z → 2026-06-21T13:00:00Z.",
        "Pass leo-2 added.",
        "Pass leo-1: highest elevation: 75 → 40 °.",
        "City: Seed: 1 → 3.",
        "Seed: 1 → 7.",
    ):
        assert sentence in found
    assert len(found) == 9


def test_the_area_is_told_by_how_far_its_middle_lies_away(scenario):
    north = changed(scenario, area=changed(scenario.area, lat=scenario.area.lat + 0.01, size_m=2000.0))
    assert scenario_changes(scenario, north) == [
        "The middle of the area lies 1.1 km away.",
        "Side of the area: 1000 → 2000 m.",
    ]


def test_names_come_as_they_were_typed(scenario):
    station = changed(scenario.ground_stations[1], name="under_score *x*")
    found = scenario_changes(
        scenario, changed(scenario, name="new_name", ground_stations=(scenario.ground_stations[0], station))
    )
    assert found == [
        "GBS gbs-2: name: '<img src=x>' → 'under_score *x*'.",
        "Name: '<b>small</b> & *odd*' → 'new_name'.",
    ]


def test_methods_seeds_settings_and_program_versions_are_compared():
    first = {"method": "planner", "seed": 1, "settings": {"rounds": 40, "time_limit_s": 12.0}, "code_version": "abc"}
    assert method_changes(first, first) == []
    second = {"method": "planner", "seed": 2, "settings": {"rounds": 20, "time_limit_s": 12.0}, "code_version": "def"}
    assert method_changes(first, second) == [
        "Seed of the method: 1 → 2.",
        "Rounds: 40 → 20.",
        "Computed by another version of the program: abc → def.",
    ]
    third = {
        "method": "straight",
        "seed": 1,
        "settings": {"time_limit_s": 6.0, "associator": "exact"},
        "code_version": "abc",
    }
    assert method_changes(first, third) == ["Method: Planner → Straight line.", "Time limit: 12 → 6 s."]


@pytest.mark.parametrize("path", ["height_m", "antenna.gain_dbi", "start.height_m", "radio.max_power_w", "unheard_of"])
def test_every_field_has_a_name_in_words(path):
    label, unit = label_and_unit(path)
    assert label[0].isupper()
    assert "_" not in label
    known = LABELS.get(path.rpartition(".")[2], "")
    assert known.endswith(unit)


def test_a_step_onto_another_city_is_said_as_that_and_others_by_their_first_change(scenario):
    city = changed(scenario.city, kind="imported", content_hash="ab" * 32)
    moved = changed(scenario, city=city, area=changed(scenario.area, lon=8.5, lat=47.4), name="Zurich")
    before = {"open": "open ground", "london": f"London, seed {scenario.city.seed}"}[scenario.city.kind]
    assert step_words(scenario, moved) == f"City: {before} → imported city abababab, with everything on it."
    assert step_words(moved, scenario) == f"City: imported city abababab → {before}, with everything on it."
    louder = changed(scenario, seed=scenario.seed + 1, name="Other")
    assert step_words(scenario, louder).endswith(" (and 1 more)")
    assert step_words(scenario, scenario) == ""
