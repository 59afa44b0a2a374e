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
            "itnt_core/figures/skyplot.py",
            "itnt_core/lessons/satellite.py",  # say when a satellite serves
        },
    ),
    "positions of objects": (
        r"\.east_m, (\w+\.)*north_m, (\w+\.)*height_m\b(?!.*indexing)",
        {
            "itnt_core/scenario/model.py",
            "itnt_core/scenario/users.py",
            "itnt_core/flight/dp.py",
            "itnt_core/flight/planning.py",
        },  # axes of a grid
    ),
    "names of array types": (
        r"^\w+ = NDArray\[np\.(float64|bool_|int64)\]",
        {"itnt_core/arrays.py"},
    ),
    "who is linked": (
        r"station\w*(\[[^]]*\])?(\.values)?\)? ?(>=|<|==|!=|>) ?(0\b|-1|UNSERVED)|serving\S* ?(>=|<|==|!=) ?(0\b|-1)",
        {
            "itnt_core/qos.py",
            "itnt_core/network/world.py",  # counts stations
            "itnt_core/network/constraints.py",  # (7b) and (7c) judge the indices themselves
            "itnt_core/network/decision.py",  # as does what keeps nonsense from being judged
            "itnt_core/learning/power_head.py",  # in torch
            "itnt_core/lessons/choosing.py",  # of one user, as an index
            "itnt_core/mapdata/breakdown.py",
            "itnt_core/mapdata/ready_stories.py",
            "benchmarks/replay_frames.py",  # draws its answers
        },
    ),
    "where this program lies": (
        r"Path\(__file__\)",
        # benchmarks run in a checkout alone
        {"itnt_core/installed.py", "benchmarks/browser.py", "benchmarks/growth.py", "benchmarks/runs.py"},
    ),
    "links read out of the two arrays": (
        r"np\.nonzero\(.*(linked|served|station|serving)|np\.flatnonzero\(.*(\.linked|\.station\b|\.served\b)",
        {"itnt_core/network/links.py"},
    ),
    "links taken off a decision": (r"station=np\.where\(", {"itnt_core/network/decision.py"}),
    # Compiled code states both again. Named is the test that holds it to the home; all stand in test_sinr_is_one.py.
    "SINR (eq. 4)": (
        r"/ ?interference\b|/ ?\(([^()]|\([^()]*\))*\+ ?([\w.]*noise(_w)?|1\.0)\)|"
        r"\* signal\S* / |_interference\(user.*noise\)$|received\w* / |/ \((total|at_user) - ",
        {
            "itnt_core/sinr.py",
            "itnt_core/association/local_search.py",  # the local search says the same
            "itnt_core/power/interior_point.py",  # power control says the same
            "itnt_core/bounds/link.py",  # the bound says the same
            "itnt_core/bounds/boxes.py",  # a box blames others for what their power really costs
            "itnt_core/bounds/undisturbed.py",
            "itnt_core/bounds/configuration.py",  # only skips what link_value would not take: tests/bounds/test_slot.py
            "itnt_core/twin/planning/window.py",  # the twin says the same
            "itnt_core/twin/planning/patterns.py",  # of one sub-band: tests/twin/test_bound.py
            "itnt_core/mapdata/breakdown.py",  # says it to readers
            "itnt_core/dispatch/compiled.py",  # the fast blocks say the same
            "itnt_core/flight/detours.py",  # no SINR: a weight along the way
        },
    ),
    "spectral efficiency (eq. 5)": (
        r"log2\(1\.0 \+|log1p\(.*(sinr|signal|received)|np\.log2\((at_user|total\[|window\.total)",
        {
            "itnt_core/sinr.py",
            "itnt_core/rate_laws.py",  # where the steps of a law begin: tests/network/test_rate_laws.py
            "itnt_core/association/local_search.py",
            "itnt_core/power/interior_point.py",
            "itnt_core/bounds/link.py",
            "itnt_core/bounds/boxes.py",
            "itnt_core/bounds/undisturbed.py",  # the bound says the same
            "itnt_core/dispatch/compiled.py",
            "itnt_core/flight/differentiable.py",  # the gradient's physics is the judge's
            "itnt_core/learning/power_head.py",  # the power policy says the same
            "itnt_core/twin/planning/window.py",
            "itnt_core/twin/planning/tangent.py",  # the twin says the same
            "itnt_core/twin/planning/linear.py",  # where the cap ends a slope
            "itnt_core/twin/planning/patterns.py",
            "itnt_core/twin/planning/pricing.py",  # compiled: tests/twin/test_bound.py
            "itnt_core/twin/planning/boxes.py",  # the same over boxes of powers
            "itnt_core/lessons/sharing_band.py",  # puts the twin's numbers into its equation
        },
    ),
    "what links carry by a scenario's rate law": (
        r"radio\.spectral_efficiency_cap|radio\.rate\b(?!_)",
        {
            "itnt_core/twin/scenario.py",
            "itnt_core/twin/environment.py",
            "itnt_core/lessons/noise.py",
            "pages/spectrum/dials.py",
        },
    ),
    "SINR floors of a scenario (7f)": (
        r"qos\.min_sinr_\w+_db",
        {"itnt_core/qos.py"},
    ),
    "what the tolerance lets pass of a floor": (r"1\.0 - TOLERANCE", {"itnt_core/qos.py"}),
    "who is served": (r"def \w*is_served\(.*\b(station|sinr)", {"itnt_core/qos.py"}),
    "outage": (r"~\S*is_served\)?\.mean|1\.0 - \S*served\S*\.mean", {"itnt_core/network/evaluate.py"}),
    "the cache folder": (r"def cache_folder\(|/ \"cache\"|cache_folder\(data_root\(\)\)", {"itnt_core/data_folder.py"}),
    "the form of a scenario's file": (r"\"json\" if .*\.json", {"itnt_core/scenario/files.py"}),
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
    "what a kind of study is called": (
        r"^[^#]*[\"'](data service|spectrum sharing|dispatching)[\"']",
        {"itnt_core/results/figures.py", "itnt_core/twin/scenario.py", "itnt_core/dispatch/question.py"},
    ),
    "branches on the kind of a study": (
        r"\b(run|request|asked|study|member|other)\.kind\b ?(==|!=|in\b|not in\b)"
        r"|(==|!=) ?\{?(KIND|DATA_SERVICE|SPECTRUM_SHARING|KIND_KEY)\b"
        r"|\b(KIND|DATA_SERVICE|SPECTRUM_SHARING|DISPATCHING) ?(==|!=)"
        r"|\bstudy\.name ?(==|!=)"
        r"|\bis_twin\b|isinstance\([^)]*\b(TwinScenario|TwinResult|DataService|SpectrumSharing)\b",
        {
            "itnt_core/runs/run.py",  # of_study: the runs of one
            "itnt_core/twin/scenario.py",  # a question file says of which study it is
            "itnt_core/dispatch/question.py",
        },
    ),
    "what the figures of a result are called": (
        r"[\"'](Gap|Served at most|Served user slots|Outage|Flight energy|Violations|Violated constraints|"
        r"Constraint violations|Computing time|Mean backlog|Greatest backlog|Backlog at the end|"
        r"Served by satellite|Satisfied users|Mean wait)(, [^\"']*)?[\"']"
        r"|[\"'](Data service|Upper bound)[^\"']*[\"'], ?([\"'](Mbit|%)[\"']|[0-9])",
        {"itnt_core/results/figures.py", "itnt_core/twin/figures.py", "itnt_core/dispatch/figures.py"},
    ),
    "writers of results": (
        r"\bwrite_parts\(",
        {"itnt_core/results/files.py", "itnt_core/twin/result.py", "itnt_core/dispatch/trained.py"},
    ),
    "what every manifest holds": (r'"format": "itnt-result"', {"itnt_core/results/manifest.py"}),
    "the computing time of a run": (
        r"\.get\(\"wall_s\"",
        {"itnt_core/runs/run.py", "itnt_core/results/verify.py"},  # the other copies it from the result it judges
    ),
    "how many cores there are": (
        r"os\.cpu_count\(\)",
        {"itnt_core/cores.py", "benchmarks/runs.py", "benchmarks/timing.py"},
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
