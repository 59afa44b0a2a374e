"""Hostile scenario texts and links cost a second and 50 MB at most, and end in sentences."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from itnt_core.apart import Limits
from itnt_core.scenario import (
    ScenarioError,
    format_scenario,
    parse_scenario,
    reading,
    scenario_of_bytes,
    scenario_of_data,
)
from itnt_core.scenario.guard import DataLimits
from itnt_core.scenario.link import scenario_of_link
from itnt_core.twin import twin_of_bytes, twin_of_data, twin_preset
from tests.hostile.scenario_texts import scenario_links, scenario_texts
from tests.scenario.small_files import GOOD

ROOT = Path(__file__).resolve().parents[2]
# Reads every case in one fresh process: prints the dearest one in processor seconds, and the growth of the peak memory.
MEASURE = """
import json, resource, time
from itnt_core.scenario import ScenarioError, scenario_of_bytes
from itnt_core.scenario.link import scenario_of_link
from itnt_core.twin import twin_of_bytes
from tests.hostile.scenario_texts import scenario_links, scenario_texts

def peak_mb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

cases = [(name, scenario_of_bytes, content) for name, content, _ in scenario_texts()]
cases += [(name, scenario_of_link, token) for name, token in scenario_links()]
cases += [("twin " + name, twin_of_bytes, content) for name, content, _ in scenario_texts() if name.startswith("name")]
before_mb, costs, told = peak_mb(), {}, {}
for name, read, content in cases:
    started = time.process_time()
    try:
        read(content)
        told[name] = None
    except ScenarioError as error:
        told[name] = [problem.sentence for problem in error.problems]
    costs[name] = time.process_time() - started
dearest = max(costs, key=costs.get)
print(json.dumps({"dearest": dearest, "cpu_s": costs[dearest], "grown_mb": peak_mb() - before_mb, "told": told}))
"""


@pytest.fixture(scope="module")
def measured():
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", MEASURE], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def test_every_hostile_text_and_link_is_refused_in_sentences_that_can_be_shown(measured):
    assert len(measured["told"]) >= 130
    for name, told in measured["told"].items():
        assert told, name
        assert len(told) <= 51, name
        for sentence in told:
            assert sentence.endswith(".") and len(sentence) < 400 and sentence.isprintable(), (name, sentence)


def test_no_hostile_text_or_link_costs_a_second_or_50_mb(measured):
    assert measured["cpu_s"] <= 1.0, measured["dearest"]
    assert measured["grown_mb"] <= 50.0


@pytest.mark.parametrize("name", ["YAML lines", "JSON users without fields"])
def test_what_is_large_is_read_in_another_process_and_costs_this_one_nothing(name):
    content = next(content for told, content, _ in scenario_texts("middle") if told == f"middle {name}")
    started = time.process_time()
    with pytest.raises(ScenarioError, match="too large"):
        scenario_of_bytes(content)
    assert time.process_time() - started < 0.5


def test_a_reading_that_takes_too_long_is_ended_with_a_sentence(monkeypatch):
    monkeypatch.setattr(reading, "_APART", Limits(seconds=0.05))
    with pytest.raises(ScenarioError, match=r"longer than 0\.05 s") as caught:
        scenario_of_bytes(b"- a\n" * 400_000)
    assert len(caught.value.problems) == 1


def test_problems_come_back_whole_from_the_other_process(monkeypatch):
    """The sentence is the same whichever process has read the text."""
    monkeypatch.setattr(reading, "_SMALL_YAML_BYTES", 0)
    for content in (b"a: [1, 2", b"a: &x 1\n", b"\xff\xfe"):
        with pytest.raises(ScenarioError) as apart:
            scenario_of_bytes(content, "s.yaml")
        with pytest.raises(ScenarioError) as here:
            scenario_of_data(_read_here(content))
        assert apart.value.problems == here.value.problems


def _read_here(content):
    return reading.parse_text(reading._text_of(content, "s.yaml"))


def test_the_largest_scenario_is_read_here_as_json_and_in_the_other_process_as_yaml(monkeypatch):
    data = largest()
    scenario = scenario_of_data(data)
    text = format_scenario(scenario, "json")
    with monkeypatch.context() as patch:
        patch.setattr(reading, "ask_apart", None)  # is not called
        assert parse_scenario(text) == scenario
    flow = json.dumps(data).replace("{", "{ ", 1)  # JSON is YAML, and much quicker to write
    assert parse_scenario(f"# YAML\n{flow}") == scenario


def largest():
    """Return a scenario with as many objects as one may have."""
    elements = {
        "epoch": "2026-06-21T12:00:00Z",
        "mean_motion_rev_day": 15.1,
        "eccentricity": 0.001,
        "inclination_deg": 53.0,
        "raan_deg": 10.0,
        "perigee_argument_deg": 1.0,
        "mean_anomaly_deg": 2.0,
    }
    return {
        "name": "Largest",
        "area": {"size_m": 20_000.0},
        "city": {"kind": "open"},
        "time": {"slots": 600},
        "ground_stations": [
            {"id": f"g{n}", "east_m": 30.0 * n - 9000.0, "north_m": 7.0 * n, "antenna": {"gain_dbi": 2.0}}
            for n in range(500)
        ],
        "passes": [{"id": f"p{n}"} for n in range(64)],
        "walker_shells": [{"id": f"w{n}"} for n in range(8)],
        "orbits": [
            {"id": f"o{n}", "satellites": [{"norad_id": 100 * n + m, **elements} for m in range(64)]} for n in range(8)
        ],
        "aerial_users": [
            {
                "id": f"a{n}",
                "start": {"east_m": 60.0 * n - 9000.0, "north_m": 0.0},
                "destination": {"east_m": 60.0 * n - 9000.0, "north_m": 500.0},
            }
            for n in range(200)
        ],
        "ground_users": [
            {"id": f"u{n}", "name": f"User {n}", "east_m": n - 4000.0, "north_m": 2.0 * n - 5000.0} for n in range(5000)
        ],
    }


def test_the_largest_scenario_fits_its_limits_with_every_field_written_down():
    full = scenario_of_data(largest()).model_dump(mode="json")
    assert 1.2 * _values(full) < DataLimits().values


def _values(data):
    if not isinstance(data, dict | list):
        return 0
    inner = list(data.values()) if isinstance(data, dict) else data
    return len(inner) + sum(_values(item) for item in inner)


def test_a_link_of_330_000_users_is_refused_before_they_are_unpacked():
    token = dict(scenario_links())["330,000 users"]
    assert len(token) < 1500
    with pytest.raises(ScenarioError, match="200 kB"):
        scenario_of_link(token)


def test_at_most_fifty_problems_are_told_and_then_that_there_are_more():
    data = {**GOOD, "ground_users": [{"id": f"u{n}", "east_m": 1e6, "north_m": 0.0} for n in range(4000)]}
    with pytest.raises(ScenarioError) as caught:
        scenario_of_data(data)
    problems = caught.value.problems
    assert len(problems) == 51
    assert problems[-1].sentence == (
        "The number of problems is over 50, but the first 50 are listed: mend these first, then check again."
    )
    assert [problem.object_id for problem in problems[:50]] == [f"u{n}" for n in range(50)]


def test_a_wrong_object_far_down_a_list_is_named_by_its_place():
    data = {**GOOD, "ground_users": [{"id": f"u{n}", "east_m": 0.1 * n, "north_m": 0.0} for n in range(300)]}
    data["ground_users"][170] = {"id": "odd", "east_m": 1e6, "north_m": 0.0}
    data["ground_users"][171] = 5
    with pytest.raises(ScenarioError) as caught:
        scenario_of_data(data)
    assert [problem.where for problem in caught.value.problems] == [
        "The east_m of ground user 'odd'",
        "Ground user number 172",
    ]


def test_a_file_of_wrong_traffic_is_told_by_its_rows(city_cache):
    twin = json.loads(twin_preset(cache_dir=city_cache).model_dump_json())
    cells, bins = 64, 3000
    twin["traffic"]["series"] = {
        "start": "2026-06-21T12:00:00Z",
        "cells": [f"c{n}" for n in range(cells)],
        "activity": [["x"] * bins] * cells,
    }
    started = time.process_time()
    with pytest.raises(ScenarioError) as caught:
        twin_of_data(twin)
    assert time.process_time() - started < 2.0
    assert len(caught.value.problems) == 51 and "traffic.series.activity.0.0" in caught.value.problems[0].where


def test_a_twin_question_with_the_longest_series_is_read(city_cache):
    twin = json.loads(twin_preset(cache_dir=city_cache).model_dump_json())
    series = {"start": "2026-06-21T12:00:00Z", "cells": [f"c{n}" for n in range(64)], "activity": [[1.5] * 3100] * 64}
    twin["traffic"] |= {"series": series, "own_forecast": series}
    read = twin_of_bytes(json.dumps(twin).encode())
    assert len(read.traffic.series.activity[63]) == 3100
