"""``scenario check`` says what is wrong and exits with 1; ``run`` on a bad file leaves nothing behind."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from itnt_core.cli import main
from itnt_core.scenario import Scenario, read_scenario
from tests.scenario.small_files import GONE, GOOD, spoilt

ROOT = Path(__file__).resolve().parents[2]
BAD = {
    "negative power": (
        spoilt({"ground_stations.0.max_power_w": -4.0}),
        ["max_power_w of GBS 'north'", "-4", "raise it"],
    ),
    "outside": (spoilt({"ground_users.0.east_m": 1500.0}), ["Ground user 'ann'", "1500", "-1000 to 1000 m"]),
    "out of reach": (spoilt({"aerial_users.0.destination.east_m": 950.0}), ["aerial user 'red'", "50 m short"]),
    "one id twice": (spoilt({"ground_users.1.id": "ann"}), ["'ann'", "used 2 times", "rename"]),
    "an unknown key": (spoilt({"colour": 1}), ["colour", "unknown", "remove it"]),
    "a future version": (spoilt({"version": 9}), ["version", "is 9", "update"]),
    "a missing field": (spoilt({"passes.0.id": GONE}), ["id of pass number 1", "missing", "add it"]),
}
NO_TEXT = {
    "binary junk": b"\xff\xfe\xfa\x00" * 50,
    "nothing": b"",
    "half of JSON": b'{"seed": 3,',
    "YAML anchors": b"a: &x 1\nb: *x\n",
}


@pytest.fixture(autouse=True)
def _private_folder(monkeypatch, data_root):
    monkeypatch.setenv("ITNT_DATA_DIR", str(data_root))


@pytest.fixture
def bad_file(tmp_path):
    def write(content):
        path = tmp_path / "bad.yaml"
        path.write_bytes(content if isinstance(content, bytes) else yaml.safe_dump(content).encode())
        return path

    return write


@pytest.mark.parametrize("case", BAD.values(), ids=BAD.keys())
def test_check_prints_the_sentence_and_exits_with_1(bad_file, capsys, case):
    data, words = case
    assert main(["scenario", "check", str(bad_file(data))]) == 1
    printed = capsys.readouterr().out
    assert len(printed.strip().splitlines()) == 1
    for word in words:
        assert word in printed


def test_check_prints_every_problem_on_a_line_of_its_own(bad_file, capsys):
    data = spoilt({"seed": -1, "ground_users.1.id": "ann", "ground_stations.0.north_m": 3000.0, "colour": 1})
    assert main(["scenario", "check", str(bad_file(data))]) == 1
    lines = capsys.readouterr().out.strip().splitlines()
    assert len(lines) == 4
    for words in ("seed", "colour", "'ann'", "GBS 'north'"):
        assert sum(words in line for line in lines) == 1


@pytest.mark.parametrize("content", NO_TEXT.values(), ids=NO_TEXT.keys())
def test_check_of_a_file_that_is_no_scenario_exits_with_1_and_a_sentence(bad_file, capsys, content):
    assert main(["scenario", "check", str(bad_file(content))]) == 1
    assert capsys.readouterr().out.strip().endswith(".")


def test_check_of_a_missing_file_exits_with_1_and_a_sentence(tmp_path, capsys):
    assert main(["scenario", "check", str(tmp_path / "none.yaml")]) == 1
    assert "none.yaml" in capsys.readouterr().out


def test_check_of_a_good_file_exits_with_0(bad_file, capsys):
    assert main(["scenario", "check", str(bad_file(GOOD))]) == 0
    assert "2 GBSs" in capsys.readouterr().out


@pytest.mark.parametrize("content", [*(case[0] for case in BAD.values()), *NO_TEXT.values()], ids=[*BAD, *NO_TEXT])
def test_run_on_a_bad_file_exits_with_1_and_writes_nothing(bad_file, tmp_path, capsys, content):
    path = bad_file(content)
    assert main(["run", str(path), "--method", "straight", "-o", str(tmp_path / "out")]) == 1
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["bad.yaml"]
    captured = capsys.readouterr()
    assert captured.err.strip().endswith(".") and captured.out == ""


def test_run_on_a_scenario_whose_world_cannot_be_built_writes_nothing(bad_file, tmp_path, capsys):
    """The file is well-formed, but its only satellite never rises: that is a bad scenario, too."""
    nowhere = spoilt(
        {
            "ground_stations": [],
            "passes": [],
            "area.lat": 80.0,
            "walker_shells.0": {
                "id": "shell",
                "planes": 1,
                "satellites_per_plane": 1,
                "phasing": 0,
                "inclination_deg": 0.0,
                "satellites_used": 1,
            },
        }
    )
    assert main(["run", str(bad_file(nowhere)), "--method", "straight", "-o", str(tmp_path / "out")]) == 1
    assert "place a GBS" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("form", ["yaml", "json"])
def test_new_writes_a_file_that_check_accepts(tmp_path, capsys, form):
    path = tmp_path / f"s.{form}"
    request = [
        "scenario",
        "new",
        "--preset",
        "tiny",
        "--users",
        "7",
        "--aerial-users",
        "2",
        "--seed",
        "5",
        "-o",
        str(path),
    ]
    assert main(request) == 0
    scenario = read_scenario(path)
    assert (len(scenario.aerial_users), len(scenario.ground_users), scenario.seed) == (2, 5, 5)
    if form == "json":
        assert json.loads(path.read_text())["seed"] == 5
    assert main(["scenario", "check", str(path)]) == 0
    before = path.read_bytes()
    assert main(request) == 0 and path.read_bytes() == before  # the same request, the same bytes
    assert isinstance(scenario, Scenario)


def call(*arguments):
    command = [sys.executable, "-m", "itnt_core", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, check=False, cwd=ROOT, env=os.environ, timeout=120)


def test_the_real_command_checks_and_refuses(bad_file):
    checked = call("scenario", "check", bad_file(BAD["negative power"][0]))
    assert checked.returncode == 1 and b"max_power_w of GBS 'north'" in checked.stdout and checked.stderr == b""


def test_the_real_command_survives_text_that_no_terminal_can_show(bad_file):
    checked = call("scenario", "check", bad_file(b'{"version": "\\ud800"}'))
    assert b"Traceback" not in checked.stderr
    assert checked.returncode == 1 and b"version" in checked.stdout
