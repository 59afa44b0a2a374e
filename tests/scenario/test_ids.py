"""New ids: whatever makes an object, and whatever stands in the scenario, no id is given twice."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from itnt_core.passes import with_named
from itnt_core.scenario import (
    AerialUser,
    GroundStation,
    GroundUser,
    OrbitElements,
    OrbitGroup,
    Pass,
    Point,
    Scenario,
    WalkerShell,
    check_scenario,
    free_id,
)
from itnt_core.scenario.edit import apply_edit
from itnt_core.scenario.ids import ID_PREFIXES
from itnt_core.sky import look_angles
from itnt_core.sky.elements import ElementSet
from itnt_core.words.tables import TABLES, edited_members, with_members

ROOT = Path(__file__).resolve().parents[2]
PLACE = {"east_m": 55.0, "north_m": 66.0, "surface_m": 0.0}
START = datetime(2026, 6, 21, 12, tzinfo=UTC)
HERE, THERE = Point(east_m=0.0, north_m=0.0), Point(east_m=9.0, north_m=9.0)


def satellite(number):
    return OrbitElements(
        norad_id=number,
        epoch=START,
        mean_motion_rev_day=15.0,
        eccentricity=0.0,
        inclination_deg=53.0,
        raan_deg=0.0,
        perigee_argument_deg=0.0,
        mean_anomaly_deg=0.0,
    )


@pytest.fixture
def crowded():
    """Return a scenario in which every kind of object has taken the ids that the other kinds would get next."""
    return Scenario(
        ground_stations=(
            GroundStation(id="gbs-1", east_m=0.0, north_m=0.0),
            GroundStation(id="leo-1", east_m=100.0, north_m=0.0),
            GroundStation(id="walker-2-1-1", east_m=200.0, north_m=0.0),
        ),
        passes=(Pass(id="gbs-2"), Pass(id="sky-1"), Pass(id="walker-1")),
        walker_shells=(WalkerShell(id="gbs-3"), WalkerShell(id="leo-2")),
        orbits=(
            OrbitGroup(id="gbs-4", satellites=(satellite(5),)),
            OrbitGroup(id="gbs", satellites=(satellite(5),)),
            OrbitGroup(id="sky-2", satellites=(satellite(1),)),
        ),
        aerial_users=(AerialUser(id="gu-1", start=HERE, destination=THERE),),
        ground_users=(GroundUser(id="au-1", east_m=1.0, north_m=1.0),),
    )


def id_problems(scenario):
    return [one.sentence for one in check_scenario(scenario) if " id " in one.where or "satellite" in one.where.lower()]


@pytest.mark.parametrize(
    ("event", "group", "expected"),
    [
        ({"type": "place", "kind": "ground_station"}, "ground_stations", "gbs-6"),
        ({"type": "duplicate", "kind": "ground_station", "id": "gbs-1"}, "ground_stations", "gbs-6"),
        ({"type": "place", "kind": "ground_user"}, "ground_users", "gu-2"),
        ({"type": "duplicate", "kind": "ground_user", "id": "au-1"}, "ground_users", "gu-2"),
        ({"type": "place", "kind": "ground_users", "points": [[1.0, 1.0], [2.0, 2.0]]}, "ground_users", "gu-3"),
        (
            {"type": "place", "kind": "aerial_user", "to_east_m": 1.0, "to_north_m": 2.0, "to_surface_m": 0.0},
            "aerial_users",
            "au-2",
        ),
        ({"type": "duplicate", "kind": "aerial_start", "id": "gu-1"}, "aerial_users", "au-2"),
    ],
)
def test_a_click_on_the_map_gives_no_id_twice(crowded, event, group, expected):
    assert not id_problems(crowded)
    changed = apply_edit(crowded, {**PLACE, **event})
    assert getattr(changed, group)[-1].id == expected
    assert not id_problems(changed)


@pytest.mark.parametrize("field", TABLES)
def test_a_new_row_of_a_table_gets_no_id_twice(crowded, field):
    rows = [{}, {}]
    members = edited_members(TABLES[field], crowded, getattr(crowded, field), {"added_rows": rows})
    assert len(members) == len(getattr(crowded, field)) + 2
    assert not id_problems(with_members(crowded, field, members))


def test_a_deleted_row_frees_its_id_for_a_new_one():
    scenario = Scenario(ground_stations=(GroundStation(id="gbs-1", east_m=0.0, north_m=0.0),))
    difference = {"deleted_rows": [0], "added_rows": [{}]}
    (only,) = edited_members(TABLES["ground_stations"], scenario, scenario.ground_stations, difference)
    assert only.id == "gbs-1"


def test_a_group_of_imported_satellites_gets_no_id_twice(crowded):
    elements = ElementSet(name="some", satellites=(satellite(1), satellite(2)))
    changed, group = with_named(crowded, elements, "", [0, 1], 25.0)
    assert group.id == "sky-3" and not id_problems(changed)


@pytest.mark.parametrize("group", ID_PREFIXES)
def test_every_group_has_a_free_id_of_its_own(crowded, group):
    identifier = free_id(crowded, group)
    assert identifier.startswith(ID_PREFIXES[group]) and identifier not in crowded.taken_ids(group)


def test_a_group_is_not_named_so_that_its_satellite_has_the_name_of_a_station():
    scenario = Scenario(ground_stations=(GroundStation(id="sky-1-25544", east_m=0.0, north_m=0.0),))
    assert free_id(scenario, "orbits") == "sky-2"


def test_two_satellites_of_a_shell_and_a_group_with_one_name_are_refused():
    scenario = Scenario(
        walker_shells=(WalkerShell(id="x"),),
        orbits=(OrbitGroup(id="x-1", satellites=(satellite(5),)),),
        ground_users=(GroundUser(id="gu-1", east_m=1.0, north_m=1.0),),
    )
    (problem,) = check_scenario(scenario)
    assert "x-1-5" in problem.sentence and "shell 'x'" in problem.sentence


def test_the_sources_of_satellites_stand_in_the_order_of_the_skys_columns(tiny_scenario):
    shell = WalkerShell(id="shell-1", satellites_used=3, min_elevation_deg=0.0)
    first = tiny_scenario.passes[0]
    group = OrbitGroup(id="sky-1", satellites=tuple(satellite(n) for n in range(1, 4)), min_elevation_deg=0.0)
    scenario = tiny_scenario.model_copy(
        update={
            "passes": (first, first.model_copy(update={"id": "leo-9"})),
            "walker_shells": (shell,),
            "orbits": (group,),
        }
    )
    sky = look_angles(scenario)
    assert [source.id for source in scenario.satellite_sources] == ["leo-1", "leo-9", "shell-1", "sky-1"]
    assert scenario.satellite_count == 2 + 3 + 3
    expected = [scenario.satellite_source(name).id for name in sky.station_ids]
    assert list(sky.source_ids) == expected == sorted(expected, key=["leo-1", "leo-9", "shell-1", "sky-1"].index)
    for source in scenario.satellite_sources:
        columns = sky.columns(source.id)
        assert all(source.brings(sky.station_ids[column]) and sky.radios[column] == source.radio for column in columns)
    assert scenario.satellite_source("gbs-1") is None and scenario.satellite_radio("shell-1-99-1") is None


def test_the_rule_for_a_free_id_stands_once():
    numbered = re.compile(r'f"(gbs|leo|walker|sky|au|gu)-\{')
    makers = {
        str(file.relative_to(ROOT))
        for room in ("itnt_core", "pages")
        for file in (ROOT / room).rglob("*.py")
        if "def free_id" in (text := file.read_text(encoding="utf-8")) or "def id_rule" in text or numbered.search(text)
    }
    assert makers - {"itnt_core/presets.py", "itnt_core/twin/presets.py"} == {"itnt_core/scenario/ids.py"}
