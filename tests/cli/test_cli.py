"""The command line as other tools call it: exit codes, last lines; a run as a real process."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from itnt_core.cli import main
from itnt_core.presets import preset


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def itnt(data_dir):
    """Return a function that starts the program as a process."""

    def call(*arguments):
        return subprocess.run(
            [sys.executable, "-m", "itnt_core", *map(str, arguments)],
            capture_output=True,
            text=True,
            check=False,
            cwd=Path.cwd(),
            env={**os.environ, "ITNT_DATA_DIR": str(data_dir)},
        )

    return call


@pytest.fixture
def itnt_here(data_dir, monkeypatch, capsys):
    """Return a function that does the same without a new process, which takes seconds to start."""
    monkeypatch.setenv("ITNT_DATA_DIR", str(data_dir))

    def call(*arguments):
        code = main(list(map(str, arguments)))
        captured = capsys.readouterr()
        return SimpleNamespace(returncode=code, stdout=captured.out, stderr=captured.err)

    return call


@pytest.fixture(scope="module")
def new_scenario(tmp_path_factory):
    path = tmp_path_factory.mktemp("scenario") / "s.yaml"
    sizes = ["--users", "6", "--aerial-users", "2", "--seed", "3"]
    assert main(["scenario", "new", "--preset", "tiny", *sizes, "-o", str(path)]) == 0
    return path


@pytest.fixture
def scenario_file(new_scenario, tmp_path):
    return Path(shutil.copy(new_scenario, tmp_path / "s.yaml"))


def last_json(answer):
    return json.loads(answer.stdout.strip().splitlines()[-1])


def test_new_check_run_evaluate_is_one_chain(itnt, itnt_here, scenario_file, tmp_path):
    assert itnt_here("scenario", "check", scenario_file).returncode == 0
    answer = itnt(
        "run",
        scenario_file,
        "--method",
        "straight",
        "--seed",
        7,
        "--set",
        "associator=max_sinr",
        "--set",
        "radio.subchannels=4",
        "--set",
        "radio.rate=nr_cqi",
        "-o",
        tmp_path / "out",
    )
    assert answer.returncode == 0, answer.stderr
    figures = last_json(answer)
    assert {
        "method",
        "seed",
        "data_service_mbit",
        "data_service_always_on_mbit",
        "outage",
        "energy_kj",
        "violations",
        "wall_s",
    } <= set(figures)
    assert (figures["method"], figures["seed"], figures["violations"]) == ("straight", 7, 0)
    evaluated = itnt_here("evaluate", tmp_path / "out")
    assert evaluated.returncode == 0, evaluated.stdout
    assert last_json(evaluated)["data_service_mbit"] == figures["data_service_mbit"]


def test_evaluate_exits_1_when_the_stored_figures_are_not_the_decisions(itnt_here, scenario_file, tmp_path):
    itnt_here("run", scenario_file, "--method", "straight", "-o", tmp_path / "out")
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    manifest["kpis"]["energy_kj"] += 1.0
    (tmp_path / "out" / "manifest.json").write_text(json.dumps(manifest))
    answer = itnt_here("evaluate", tmp_path / "out")
    assert answer.returncode == 1 and "energy_kj" in answer.stdout


def test_methods_lists_every_method_with_its_settings(itnt_here):
    answer = itnt_here("methods")
    assert answer.returncode == 0
    assert "straight:" in answer.stdout and "--set associator=exact" in answer.stdout


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--method", "magic"], "magic"),
        (["--method", "straight", "--set", "associator=best"], "best"),
        (["--method", "straight", "--set", "nonsense"], "nonsense"),
        (["--method", "straight", "--set", "radio.subchannels=0"], "subchannels"),
        (["--method", "straight", "--set", "radio.colour=3"], "colour"),
        (["--method", "straight", "--seed", "-2"], "seed"),
    ],
)
def test_wrong_requests_get_a_sentence_and_write_nothing(itnt_here, scenario_file, tmp_path, arguments, word):
    answer = itnt_here("run", scenario_file, *arguments, "-o", tmp_path / "out")
    assert answer.returncode == 1
    assert word in answer.stderr and "Traceback" not in answer.stderr
    assert not (tmp_path / "out").exists()


def test_presets_with_impossible_numbers_get_a_sentence(itnt_here, tmp_path):
    for extra in (["--users", 0], ["--users", 2, "--aerial-users", 3], ["--preset", "mars"], ["--seed", -1]):
        answer = itnt_here("scenario", "new", *extra, "-o", tmp_path / "x.yaml")
        assert answer.returncode == 1
        assert "allowed" in answer.stderr or "choose one" in answer.stderr
        assert not (tmp_path / "x.yaml").exists()


def test_a_folder_without_a_result_gets_a_sentence(itnt_here, tmp_path):
    answer = itnt_here("evaluate", tmp_path)
    assert answer.returncode == 1 and "Traceback" not in answer.stderr


def test_bound_is_printed_alone_and_beside_every_run(itnt_here, scenario_file, tmp_path):
    alone = itnt_here("bound", scenario_file)
    assert alone.returncode == 0, alone.stderr
    bound = last_json(alone)["upper_bound_mbit"]
    figures = last_json(itnt_here("run", scenario_file, "--method", "straight", "-o", tmp_path / "out"))
    assert figures["upper_bound_mbit"] <= bound * (1.0 + 1e-9)
    assert figures["data_service_mbit"] <= figures["upper_bound_mbit"]
    assert figures["gap"] == pytest.approx(1.0 - figures["data_service_mbit"] / figures["upper_bound_mbit"])


def head_on(path, slots):
    """Write a scenario of two aerial users at one height at 15 m/s who swap places 600 m apart: 20 slots."""
    level = {"max_speed_m_s": 15.0, "min_height_m": 100.0, "max_height_m": 100.0, "min_separation_m": 50.0}
    ends = [{"east_m": east, "north_m": 0.0, "height_m": 100.0} for east in (-300.0, 300.0)]
    pair = [
        {"id": name, "start": start, "destination": end, **level}
        for name, start, end in (("au-1", *ends), ("au-2", *ends[::-1]))
    ]
    question = preset("paper-free-space", users=4, aerial_users=2).model_dump(mode="json")
    question |= {"aerial_users": pair, "time": {**question["time"], "slots": slots}}
    path.write_text(json.dumps(question), encoding="utf-8")
    return path


@pytest.mark.parametrize("method", ["straight", "planner"])
def test_an_answer_that_breaks_a_constraint_is_infeasible_and_says_whom_and_when(itnt_here, tmp_path, method):
    path, folder = head_on(tmp_path / "s.json", 20), tmp_path / "run"
    more = ["--set", "rounds=1"] if method == "planner" else []
    answer = itnt_here("run", path, "--method", method, *more, "-o", folder)
    assert answer.returncode == 1
    last = answer.stderr.strip().splitlines()[-1]
    assert "infeasible" in last and "(7h)" in last and "au-1 and au-2 in slot 10 has 0 m, limit 50 m" in last
    assert json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["status"] == "infeasible"
    assert json.loads(answer.stdout.splitlines()[-1])["violations"] > 0


def test_two_who_can_pass_each_other_do_and_the_answer_stands(itnt_here, tmp_path):
    path, folder = head_on(tmp_path / "s.json", 22), tmp_path / "run"
    answer = itnt_here("run", path, "--method", "straight", "-o", folder)
    assert answer.returncode == 0, answer.stderr
    assert json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["status"] == "optimal association"


def test_one_more_base_station_is_added_where_it_helps_most(itnt_here, tmp_path):
    file, more = tmp_path / "tiny.json", tmp_path / "more.json"
    assert itnt_here("scenario", "new", "--preset", "tiny", "-o", file).returncode == 0
    done = itnt_here("scenario", "site", file, "-o", more)
    assert done.returncode == 0 and "Mbit" in done.stdout
    before, after = (json.loads(path.read_text(encoding="utf-8")) for path in (file, more))
    *same, added = after.pop("ground_stations")
    assert same == before.pop("ground_stations") and added["name"] and after == before
