"""The whole way of one scenario with everything switched on: check, run, bound, explain, promise, report, export."""

import json

import pytest

from itnt_core.cli import main
from itnt_core.methods import METHODS, override_scenario, unknown_terms
from itnt_core.results import write_result
from itnt_core.runs import cache_folder
from itnt_core.scenario import scenario_file_text
from tests.everything import everything, everything_planned

SWITCHED_ON = (
    "coverage first, proportional fairness, least rates",
    "3 sectors",
    "1 measured antenna",
    "1 user indoors",
    "1 ground user on the way",
    "needs of 2 users",
    "rate law nr_cqi",
    "-120 dBW/m²/MHz from satellites",
    "8 m of clearance from buildings",
    "no-fly zones 'nfz-1'",
    "batteries of 2 aerial users",
    "A change of server interrupts",
    "costs 0.2 Mbit",
    "within 2 slots",
)


@pytest.fixture
def call(tmp_path, monkeypatch, capsys, city_cache):
    """Return a function that runs a command and returns its exit code, output and errors."""
    cache_folder(tmp_path / "data").parent.mkdir(parents=True, exist_ok=True)
    cache_folder(tmp_path / "data").symlink_to(city_cache)
    monkeypatch.setenv("ITNT_DATA_DIR", str(tmp_path / "data"))

    def run(*arguments):
        code = main([str(one) for one in arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


@pytest.fixture
def asked(tmp_path):
    """Return the scenario as a file."""
    path = tmp_path / "everything.yaml"
    path.write_text(scenario_file_text(everything(), path), encoding="utf-8")
    return path


@pytest.fixture
def planned(tmp_path):
    """Return the folder of the planner's answer."""
    write_result(tmp_path / "planned", everything_planned())
    return tmp_path / "planned"


def test_a_check_names_everything_that_is_switched_on(call, asked):
    code, told, doubts = call("scenario", "check", asked)
    assert code == 0 and not doubts
    assert [words for words in SWITCHED_ON if words not in told] == []
    assert "1 pass," in told  # and not "1 passes"


def test_from_run_to_report_and_export(call, asked, tmp_path):
    folder = tmp_path / "run"
    code, told, log = call("run", asked, "--method", "straight", "-o", folder)
    figures = json.loads(told.splitlines()[-1])
    assert code == 0 and figures["violations"] == 0 and figures["objective"] == SWITCHED_ON[0]
    assert "The upper bound does not know what a change of server costs, least mean rates, buildings and no" in log
    assert figures["utility_mbit"] - figures["handover_cost_mbit"] <= figures["utility_bound_mbit"]

    code, told, _ = call("evaluate", folder)
    assert code == 0 and json.loads(told.splitlines()[-1])["passed"]

    code, told, _ = call("promise", folder, "--worlds", 20, "--position-error", 5)
    promised = json.loads(told.splitlines()[-1])
    assert code == 0 and promised["planned_mbit"] == pytest.approx(figures["data_service_mbit"])
    assert "Worth by the scenario's objective (coverage first, proportional fairness" in told
    assert "Changes of server cost what they cost in the plan." in told

    code, told, _ = call("explain", folder)
    explained = json.loads(told.splitlines()[-1])
    assert code == 0 and "overage" in told and explained["coverage_cost"]["gain_share"] >= 0.0
    assert len(explained["unserved"]) == sum("is below" in line for line in told.splitlines())

    code, told, _ = call("report", folder, "-o", tmp_path / "report.html")
    assert code == 0 and "nfz-1" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_the_bound_says_what_it_does_not_know_and_holds_for_the_planner(call, asked):
    code, told, log = call("bound", asked, "--effort", "quick")
    bound = json.loads(told.splitlines()[-1])["utility_bound_mbit"]
    assert code == 0 and log.count("\n") == 1 and "batteries: it still holds" in log
    assert everything_planned().kpis["violations"] == 0
    assert everything_planned().kpis["utility_mbit"] <= bound


def test_exports_hold_zones_ways_and_who_is_indoors(call, planned, tmp_path):
    path = tmp_path / "map.geojson"
    assert call("export", planned, "--as", "geojson", "-o", path)[0] == 0
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    layers = {one["properties"]["layer"]: one for one in features}
    assert {"zones", "paths", "users", "stations", "flights", "links"} <= set(layers)
    assert layers["zones"]["geometry"]["type"] == "Polygon" and layers["zones"]["properties"]["ceiling_m"] == 400.0
    users = {one["properties"]["id"]: one["properties"] for one in features if one["properties"]["layer"] == "users"}
    assert users["gu-2"]["indoor"] == "high_loss" and users["gu-1"]["indoor"] == "no" and users["gu-4"]["priority"] == 3
    path = tmp_path / "map.czml"
    assert call("export", planned, "--as", "czml", "-o", path)[0] == 0
    packets = {packet["id"]: packet for packet in json.loads(path.read_text(encoding="utf-8"))}
    prism = packets["nfz-1"]["polygon"]
    assert len(prism["positions"]["cartographicDegrees"]) == 12 and prism["extrudedHeight"] == 400.0


def test_every_method_knows_every_part_or_says_so():
    for key, method in METHODS.items():
        told = unknown_terms(method, everything())
        is_learned = key not in ("straight", "planner", "gradient")
        assert len(told) == is_learned + (key not in ("straight", "planner"))
        assert all(method.title in sentence for sentence in told)


def test_who_is_out_of_reach_makes_fairness_nothing_and_that_is_said(call, tmp_path):
    walled = {"ground_users.gu-2.indoor": "high_loss", "ground_users.gu-2.depth_m": 25.0, "objective": "max_min"}
    floors = {"qos.min_sinr_active_db": 30.0, "qos.min_sinr_always_on_db": 30.0, "handover.price_mbit": 0.0}
    path, folder = tmp_path / "walled.json", tmp_path / "run"
    path.write_text(scenario_file_text(override_scenario(everything(), walled | floors), path), encoding="utf-8")
    code, _, doubts = call("scenario", "check", path)
    (line,) = [one for one in doubts.splitlines() if "'gu-2'" in one]
    assert code == 0 and "out of reach" in line and "max-min fairness is 0 Mbit in every plan" in line
    code, told, log = call("run", path, "--method", "straight", "-o", folder)
    assert json.loads(told.splitlines()[-1])["utility_bound_mbit"] == pytest.approx(0.0, abs=1e-3)
    assert line.removeprefix("Warning: ") in log
    _, told, _ = call("explain", folder)
    assert "this answer is worth 0 Mbit" in told and "gu-2 to the floor, even alone" in told
