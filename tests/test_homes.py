"""Counted: what has a home is stated there and nowhere else. A line found here asks its home instead."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("itnt_core", "pages", "benchmarks")
PROGRAM = [ROOT / "dashboard.py", *(file for room in ROOMS for file in sorted((ROOT / room).rglob("*.py")))]

# idea: (what a second statement of it looks like, the files in which it may stand)
HOMES = {
    "from a ratio to decibels": (
        r"(?<![\d.])10(\.0)? ?\* ?(float\()?(np|math|torch)\.log10\(",
        {"itnt_core/units.py", "itnt_core/learning/power_head.py"},  # torch follows its own logarithm back
    ),
    "from decibels to a ratio": (r"(?<![\d.])10(\.0)? ?\*\* ?\(.*/ ?10(\.0)?\)", {"itnt_core/units.py"}),
    "helpers of decibels": (r"def _?(db|dbm|decibel|decibels|to_db|from_db|to_dbm)\(", {"itnt_core/units.py"}),
    "satellite gains of the channel": (r"\.leo_gain\(", {"itnt_core/radio/gains.py"}),
    "which satellites serve": (
        r"serving_position_m|\bsky\.serves\[",
        {
            "itnt_core/sky/track.py",
            "itnt_core/radio/gains.py",
            "itnt_core/bounds/aerial.py",  # bounds the very gains that the radio has
            "itnt_core/views/skyplot.py",
            "itnt_core/lessons/satellite.py",  # say when a satellite serves
        },
    ),
    "positions of objects": (
        r"\.east_m, (\w+\.)*north_m, (\w+\.)*height_m\b(?!.*indexing)",
        {"itnt_core/scenario/model.py", "itnt_core/flight/dp.py", "itnt_core/flight/planning.py"},  # axes of a grid
    ),
    "names of array types": (
        r"^(Array|BoolArray|IntArray|FloatArray) = NDArray\[np\.(float64|bool_|int64)\]",
        {
            "itnt_core/arrays.py",
            # Still to move.
            "itnt_core/network/decision.py",
            "itnt_core/methods/alternation.py",
            "itnt_core/methods/block_ascent.py",
            "itnt_core/methods/gradient.py",
            "itnt_core/methods/incumbent.py",
            "itnt_core/methods/random_alternation.py",
        },
    ),
    "the gap to a bound": (
        r"1(\.0)? - [\w.\[\]\"]+ / [\w.\[\]\"]*bound",
        {"itnt_core/bounds/gap.py"},
    ),
    "the room that a bound leaves": (r"^AT_BOUND|\bAT_BOUND\b", {"itnt_core/bounds/gap.py"}),
    "free ids": (r"def (free_ids?|id_rule|_station_ids)\(", {"itnt_core/scenario/ids.py"}),
    "the sky's columns of a source": (r"range\(len\((\w+\.)*scenario\.passes\)|len\(scenario\.passes\) \+", set()),
    "every kind of satellite source, named one by one": (
        r"passes or (\w+\.)*walker_shells|\.passes, \*(\w+\.)*walker_shells",
        {"itnt_core/scenario/model.py"},
    ),
}


@pytest.mark.parametrize("idea", HOMES)
def test_an_idea_stands_in_its_home_alone(idea):
    pattern, allowed = HOMES[idea]
    found = {
        str(file.relative_to(ROOT)): number
        for file in PROGRAM
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(pattern, line)
    }
    assert {name: line for name, line in found.items() if name not in allowed} == {}


@pytest.mark.parametrize("idea", HOMES)
def test_a_home_that_is_empty_is_not_named(idea):
    pattern, allowed = HOMES[idea]
    for name in allowed:
        text = (ROOT / name).read_text(encoding="utf-8")
        assert re.search(pattern, text, re.MULTILINE), f"{name} no longer states: {idea}"
