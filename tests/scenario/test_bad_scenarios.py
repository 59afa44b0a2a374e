"""Every bad scenario gets its sentence: which object and field, which value, what is allowed, what to do."""

import json
import math

import pytest
import yaml

from itnt_core.scenario import ScenarioError, parse_scenario, scenario_of_data
from tests.scenario.small_files import GONE, GOOD, spoilt

# what is wrong: the change, and the words its one sentence must hold (object and field, value, allowed, remedy)
WRONG = {
    "NaN": ({"ground_stations.0.height_m": math.nan}, ["height_m of GBS 'north'", "nan", "finite number", "enter"]),
    "infinity": ({"area.size_m": math.inf}, ["area.size_m", "inf", "finite number", "enter"]),
    "minus infinity": ({"ground_users.1.east_m": -math.inf}, ["east_m of ground user 'bob'", "-inf", "finite number"]),
    "a number beyond floats": ({"ground_users.1.east_m": 10**400}, ["east_m of ground user 'bob'", "1000", "finite"]),
    "negative power": (
        {"ground_stations.1.max_power_w": -4.0},
        ["max_power_w of GBS 'south'", "-4", "above 0", "1000", "raise it"],
    ),
    "no power": (
        {"passes.0.radio.max_power_w": 0.0},
        ["radio.max_power_w of pass 'leo'", "is 0", "above 0", "raise it"],
    ),
    "a station outside the area": (
        {"ground_stations.0.north_m": 1000.5},
        ["GBS 'north'", "north 1000.5 m", "-1000 to 1000 m", "move it inside"],
    ),
    "a station off the map": (
        {"ground_stations.0.north_m": 1e6},
        ["north_m of GBS 'north'", "1000000", "-50000 to 50000", "lower it"],
    ),
    "a ground user outside the area": (
        {"ground_users.0.east_m": -1200.0},
        ["Ground user 'ann'", "east -1200 m", "-1000 to 1000 m", "move it inside"],
    ),
    "a start outside the area": (
        {"aerial_users.0.start.east_m": -1001.0, "time.slots": 60},
        ["start of aerial user 'red'", "east -1001 m", "-1000 to 1000 m", "move it inside"],
    ),
    "a destination outside the area": (
        {"aerial_users.1.destination.north_m": 1100.0, "time.slots": 60},
        ["destination of aerial user 'blue'", "north 1100 m", "-1000 to 1000 m", "move it inside"],
    ),
    "an unreachable destination": (
        {"aerial_users.0.destination.east_m": 950.0},
        ["flight of aerial user 'red'", "950 m", "45 m/s for 20 s reach 900 m (50 m short)", "move the destination"],
    ),
    "an unreachable height": (
        {"aerial_users.0.destination.height_m": 250.0},
        ["climb of aerial user 'red'", "150 m", "5 m/s for 20 s reach 100 m (50 m short)", "vertical speed"],
    ),
    "two stations with one id": (
        {"ground_stations.1.id": "north"},
        ["'north'", "used 2 times", "stations must be unique", "rename"],
    ),
    "a station and a pass with one id": ({"passes.0.id": "south"}, ["'south'", "used 2 times", "unique", "rename"]),
    "a flyer and a walker with one id": ({"ground_users.0.id": "red"}, ["'red'", "used 2 times", "users", "rename"]),
    "an unknown key": ({"colour": "blue"}, ["colour", "unknown", "only the fields of the format", "remove it"]),
    "an unknown key of a station": (
        {"ground_stations.0.heigth_m": 30.0},
        ["heigth_m of GBS 'north'", "unknown", "only the fields", "correct its spelling"],
    ),
    "a future version": ({"version": 2}, ["version", "is 2", "reads version 1", "update"]),
    "a version of the past": ({"version": 0}, ["version", "is 0", "reads version 1", "correct it"]),
    "a version as text": ({"version": "1"}, ["version", "'1'", "reads version 1", "correct it"]),
    "a version as truth": ({"version": True}, ["version", "True", "reads version 1", "correct it"]),
    "truth as a number": ({"seed": True}, ["seed", "True", "integer", "correct it"]),
    "truth as a coordinate": ({"ground_users.0.east_m": False}, ["east_m of ground user 'ann'", "False", "number"]),
    "text as a number": (
        {"ground_stations.0.height_m": "25"},
        ["height_m of GBS 'north'", "'25'", "number", "correct it"],
    ),
    "a fraction as a count": ({"radio.subchannels": 2.5}, ["radio.subchannels", "2.5", "integer", "correct it"]),
    "a number as text": ({"name": 7}, ["name", "is 7", "string", "correct it"]),
    "no subchannel": ({"radio.subchannels": 0}, ["radio.subchannels", "is 0", "1 to 200", "raise it"]),
    "too many slots": ({"time.slots": 3601}, ["time.slots", "3601", "1 to 3600", "lower it"]),
    "a negative seed": ({"seed": -1}, ["seed", "-1", "0 to", "raise it"]),
    "a seed of 33 bits": ({"seed": 2**32}, ["seed", "4294967296", "0 to 4294967295", "lower it"]),
    "an empty name": ({"name": ""}, ["name", "''", "at least 1 character", "enter a text"]),
    "a long name": ({"name": "x" * 81}, ["name", "xxx", "at most 80 characters", "shorten it"]),
    "an unknown channel model": (
        {"channel.model": "magic"},
        ["channel.model", "'magic'", "'free_space', 'power_law' or 'urban'", "choose one"],
    ),
    "an unknown city": ({"city.kind": "paris"}, ["city.kind", "'paris'", "'open' or 'imported'", "choose one"]),
    "heights swapped": (
        {"aerial_users.0.min_height_m": 200.0, "aerial_users.0.max_height_m": 60.0},
        ["lowest height of aerial user 'red'", "200 m", "60 m", "swap"],
    ),
    "a start below the lowest height": (
        {"aerial_users.1.start.height_m": 30.0},
        ["start height of aerial user 'blue'", "30 m", "50 to 300 m", "change"],
    ),
    "a start above the highest height": (
        {"aerial_users.1.start.height_m": 115.0, "aerial_users.1.max_height_m": 110.0},
        ["start height of aerial user 'blue'", "115 m", "50 to 110 m", "change"],
    ),
    "flyers too close at the start": (
        {"aerial_users.1.start.north_m": 20.0},
        ["starts of aerial users 'red' and 'blue'", "20.0 m", "50 m apart", "move one start"],
    ),
    "flyers too close at the destination": (
        {"aerial_users.1.destination.north_m": 30.0},
        ["destinations of aerial users 'red' and 'blue'", "36.1 m", "50 m apart", "move one destination"],
    ),
    "a start without a time zone": ({"time.start": "2026-06-21T12:00:00"}, ["time.start", "2026-06-21", "timezone"]),
    "a start that is no time": ({"time.start": "noon"}, ["time.start", "'noon'", "datetime", "correct it"]),
    "a start before all calendars": ({"time.start": "0001-01-01T00:00:00+14:00"}, ["time.start", "0001-01-01"]),
    "an id with a path": ({"ground_users.0.id": "../../etc"}, ["'../../etc'", "letters, digits", "rename it"]),
    "an id with markup": ({"passes.0.id": "<b>"}, ["id of pass '<b>'", "letters, digits", "rename it"]),
    "an empty id": ({"ground_stations.0.id": ""}, ["id of GBS ''", "1 to 40 letters", "rename it"]),
    "an id that is a number": (
        {"ground_users.1.id": 5},
        ["id of ground user number 2", "is 5", "string", "correct it"],
    ),
    "a missing coordinate": (
        {"ground_stations.0.east_m": GONE},
        ["east_m of GBS 'north'", "missing", "it is needed", "add it"],
    ),
    "a missing destination": (
        {"aerial_users.0.destination": GONE},
        ["destination of aerial user 'red'", "missing", "needed", "add it"],
    ),
    "text where an object stands": (
        {"ground_users.0": "ann"},
        ["Ground user number 1", "'ann'", "object", "correct it"],
    ),
    "nothing where a list stands": ({"passes": None}, ["passes", "None", "array", "correct it"]),
    "an object where a list stands": ({"passes": {"id": "leo"}}, ["passes", "leo", "array", "correct it"]),
    "too many users": (
        {"ground_users": [{"id": f"u{n}", "east_m": 0.0, "north_m": 0.0} for n in range(5001)]},
        ["ground_users", "a list of 5001", "at most 5000", "remove some"],
    ),
    "no station at all": (
        {"ground_stations": [], "passes": [], "walker_shells": []},
        ["list of base stations", "empty", "at least one", "place a GBS"],
    ),
    "no user at all": (
        {"ground_users": [], "aerial_users": []},
        ["list of users", "empty", "at least one user", "place a ground"],
    ),
    "more satellites than the shell has": (
        {"walker_shells.0.satellites_used": 25},
        ["satellites used of shell 'shell'", "25", "has 24", "use fewer"],
    ),
    "a phasing beyond the planes": (
        {"walker_shells.0.phasing": 6},
        ["phasing of shell 'shell'", "is 6", "0 to 5", "lower"],
    ),
    "a pass long after the window": (
        {"passes.0.culmination_s": 3621.0},
        ["culmination of pass 'leo'", "3621 s", "20 s", "nearer"],
    ),
    "a heading of 360": (
        {"passes.0.heading_deg": 360.0},
        ["heading_deg of pass 'leo'", "360", "0 to below 360", "lower it"],
    ),
    "a satellite on the ground": (
        {"passes.0.altitude_km": 0.0},
        ["altitude_km of pass 'leo'", "is 0", "160 to 2000", "raise"],
    ),
    "two stations in one place": (
        {"ground_stations.1.north_m": 400.0},
        ["distance of GBSs 'north' and 'south'", "0.00 m", "at least 1 m", "move or delete"],
    ),
    "an obstacle of another kind": (
        {"airspace": {"obstacles": "birds"}},
        ["airspace.obstacles", "'birds'", "'none' or 'buildings'", "choose one"],
    ),
    "no clearance": ({"airspace": {"clearance_m": 0.0}}, ["airspace.clearance_m", "0", "1 to 200", "raise it"]),
    "an empty battery": (
        {"aerial_users.0.energy_budget_kj": 0.0},
        ["energy_budget_kj of aerial user 'red'", "is 0", "above 0 to 1000000", "raise it"],
    ),
    "a zone of two corners": (
        {"no_fly_zones": [{"id": "z", "corners_m": "0 0; 5 5"}]},
        ["corners_m of no-fly zone 'z'", "0 0; 5 5", "at least 3 items"],
    ),
    "a zone of words": (
        {"no_fly_zones": [{"id": "z", "corners_m": "around the Shard"}]},
        ["corners_m of no-fly zone 'z'", "pairs of east and north in metres, as in '0 0; 100 0; 100 80'"],
    ),
    "a zone on another continent": (
        {"no_fly_zones": [{"id": "z", "corners_m": [[0.0, 0.0], [9.0, 0.0], [0.0, 50_001.0]]}]},
        ["corners_m of no-fly zone 'z'", "within 50,000 m of the anchor"],
    ),
    "a zone that crosses itself": (
        {"no_fly_zones": [{"id": "z", "corners_m": "0 0; 9 9; 9 0; 0 9"}]},
        [
            "no-fly zone 'z'",
            "no polygon (self-intersection)",
            "does not cross or touch itself",
            "put its corners in order",
        ],
    ),
    "a zone upside down": (
        {"no_fly_zones": [{"id": "z", "corners_m": "0 0; 9 0; 9 9", "floor_m": 90.0, "ceiling_m": 90.0}]},
        ["no-fly zone 'z'", "from 90 to 90 m", "its floor lies below its ceiling", "swap or change"],
    ),
    "two zones of one name": (
        {"no_fly_zones": [{"id": "z", "corners_m": f"500 500; 509 500; 509 {north}"} for north in (509, 510)]},
        ["id 'z'", "used 2 times", "ids of no-fly zones must be unique", "rename all but one"],
    ),
}


def sentences(action, *arguments):
    with pytest.raises(ScenarioError) as caught:
        action(*arguments)
    found = [problem.sentence for problem in caught.value.problems]
    assert str(caught.value) == "\n".join(found)
    return found


def test_the_good_scenario_is_good():
    assert scenario_of_data(GOOD).user_ids == ("red", "blue", "ann", "bob")


@pytest.mark.parametrize("case", WRONG.values(), ids=WRONG.keys())
def test_a_bad_scenario_gets_exactly_its_sentence(case):
    changes, words = case
    found = sentences(scenario_of_data, spoilt(changes))
    assert len(found) == 1, found
    for word in words:
        assert word in found[0]
    assert found[0].endswith(".") and len(found[0]) < 300


def test_at_least_35_bad_scenarios_are_tried():
    assert len(WRONG) >= 35


@pytest.mark.parametrize("case", WRONG.values(), ids=WRONG.keys())
def test_the_same_sentence_comes_from_a_file(case):
    """JSON and YAML say what plain data say (where the format can hold the value at all)."""
    data = spoilt(case[0])
    expected = sentences(scenario_of_data, data)
    if len(data["ground_users"]) < 100:  # PyYAML takes seconds for thousands of users
        assert sentences(parse_scenario, yaml.safe_dump(data)) == expected
    assert sentences(parse_scenario, json.dumps(data)) == expected


def test_several_problems_are_all_listed_at_once():
    data = spoilt(
        {
            "seed": -1,
            "name": "",
            "radio.subchannels": 0,
            "ground_stations.0.max_power_w": -1.0,
            "colour": "red",
            "ground_stations.1.north_m": 5000.0,
            "ground_users.1.id": "ann",
            "aerial_users.0.destination.east_m": 950.0,
            "aerial_users.1.start.height_m": 10.0,
            "walker_shells.0.phasing": 99,
        }
    )
    text = "\n".join(sentences(scenario_of_data, data))
    for words in (
        "seed",
        "name",
        "radio.subchannels",
        "max_power_w of GBS 'north'",
        "colour",
        "GBS 'south'",
        "id 'ann'",
        "flight of aerial user 'red'",
        "start height of aerial user 'blue'",
        "phasing",
    ):
        assert words in text
    assert text.count("\n") == 9


def test_a_broken_part_causes_no_echo_among_the_other_checks():
    """With an unreadable area nothing is 'outside' it; with an unreadable window nothing is 'out of reach'."""
    found = sentences(scenario_of_data, spoilt({"area.size_m": "big", "ground_users.0.east_m": 9000.0}))
    assert len(found) == 1 and "area.size_m" in found[0]
    found = sentences(scenario_of_data, spoilt({"time.slots": "many", "aerial_users.0.max_speed_m_s": 1.0}))
    assert len(found) == 1 and "time.slots" in found[0]
    found = sentences(scenario_of_data, spoilt({"ground_stations": [{"id": 1}], "passes": [], "walker_shells": []}))
    assert all("number 1" in sentence for sentence in found)


def test_problems_carry_the_id_of_their_object():
    with pytest.raises(ScenarioError) as caught:
        scenario_of_data(spoilt({"ground_stations.0.max_power_w": -1.0, "aerial_users.1.start.height_m": 10.0}))
    assert [problem.object_id for problem in caught.value.problems] == ["north", "blue"]


def test_a_value_is_shown_as_it_was_written():
    """'is 3, but an integer is needed' helps nobody when the file says 3.0."""
    assert "3.0" in sentences(scenario_of_data, spoilt({"time.slots": 3.0}))[0]
    assert "1.0" in sentences(scenario_of_data, spoilt({"version": 1.0}))[0]


def test_a_satellite_of_a_shell_may_not_take_a_stations_name():
    """The shell 'shell' names its satellites 'shell-1-1', ...: a GBS of that name could not be told from it."""
    found = sentences(scenario_of_data, spoilt({"ground_stations.0.id": "shell-1-1"}))
    assert "shell-1-1" in found[0]
