"""The command ``twin``: a file, a run, a comparison, and sentences for what cannot be."""

import json

import numpy as np
import pandas as pd
import pytest

from itnt_core.cli import main
from itnt_core.runs.exports import link_table
from itnt_core.twin import read_twin
from itnt_core.twin.result import read_twin_result

KEYS = [
    "scheme",
    "seed",
    "mean_backlog_mbit",
    "max_backlog_mbit",
    "final_backlog_mbit",
    "bound_mbit",
    "gap",
    "plan_s",
    "refine_s_per_cycle",
    "violations",
]


@pytest.fixture(scope="module")
def toy_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("twin") / "toy.json"
    assert main(["twin", "new", "--preset", "toy", "--seed", "3", "-o", str(path)]) == 0
    return path


def last_json(capsys):
    return json.loads(capsys.readouterr().out.strip().splitlines()[-1])


def test_a_run_prints_its_figures_as_the_last_line_and_keeps_its_result(toy_file, tmp_path, capsys):
    folder = tmp_path / "run"
    command = ["twin", "run", str(toy_file), "--scheme", "tn_only_refine", "--seed", "5"]
    assert main([*command, "--set", "error.csi_tn_sigma_db=2", "-o", str(folder)]) == 0
    told = last_json(capsys)
    assert list(told) == KEYS
    assert (told["scheme"], told["seed"], told["violations"]) == ("tn_only_refine", 5, 0)
    result = read_twin_result(folder)
    assert result.scenario.error.csi_tn_sigma_db == 2.0 and result.scenario.seed == 5
    backlog = result.dataset["queue_mbit"].sum(("system", "user")).values
    assert told["mean_backlog_mbit"] == pytest.approx(backlog.mean())
    assert told["final_backlog_mbit"] == pytest.approx(backlog[-1])
    table = link_table(folder)
    assert len(table) == 2 * result.dataset.sizes["slot"] * result.dataset.sizes["user"]


def test_run_and_evaluate_take_a_question_of_this_study_too(toy_file, tmp_path, capsys):
    folder = tmp_path / "run"
    command = ["run", str(toy_file), "--method", "greedy", "--seed", "5", "--set", "error.csi_tn_sigma_db=2"]
    assert main([*command, "-o", str(folder)]) == 0
    told = last_json(capsys)
    assert (told["scheme"], told["seed"]) == ("greedy", 5)
    assert main(["evaluate", str(folder)]) == 0
    assert last_json(capsys)["mean_backlog_mbit"] == told["mean_backlog_mbit"]
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["kpis"]["mean_backlog_mbit"] *= 0.5
    (folder / "manifest.json").write_text(json.dumps(manifest))
    assert main(["evaluate", str(folder)]) == 1
    assert "The stored mean_backlog_mbit is" in capsys.readouterr().out
    assert main(["run", str(toy_file), "--method", "planner", "-o", str(tmp_path / "no")]) == 1
    assert "The scheme 'planner' is unknown" in capsys.readouterr().err and not (tmp_path / "no").exists()


def test_a_comparison_tables_every_scheme_and_seed(toy_file, tmp_path, capsys):
    out = tmp_path / "compare"
    assert (
        main(["twin", "compare", str(toy_file), "--seeds", "0:2", "--schemes", "greedy,tn_only_refine", "-o", str(out)])
        == 0
    )
    told = last_json(capsys)
    table = pd.read_csv(out / "table.csv")
    assert sorted(zip(table["scheme"], table["seed"], strict=True)) == sorted(
        (scheme, seed) for scheme in ("greedy", "tn_only_refine") for seed in (0, 1)
    )
    for scheme, means in told["schemes"].items():
        own = table.loc[table["scheme"] == scheme, "mean_backlog_mbit"]
        assert means["mean_backlog_mbit"] == pytest.approx(own.mean())
        assert means["half_95"] == pytest.approx(12.706 * own.std() / np.sqrt(2), rel=1e-3)  # Student, one degree


def test_measured_traffic_comes_into_the_file(tmp_path, capsys):
    rows = ["cell,hour,bytes", *(f"a,{hour},{100 + hour % 24}" for hour in range(72))]
    csv = tmp_path / "traffic.csv"
    csv.write_text("\n".join(rows))
    path = tmp_path / "q.json"
    assert main(["twin", "new", "--preset", "toy", "--traffic", str(csv), "-o", str(path)]) == 0
    series = read_twin(path).traffic.series
    assert series.cells == ("a",) and series.step_s == 3600.0 and len(series.activity[0]) == 72


@pytest.mark.parametrize(
    ("command", "word"),
    [
        (["twin", "new", "--preset", "nix", "-o", "x.json"], "short-coverage"),
        (["twin", "new", "--preset", "toy", "--users", "0", "-o", "x.json"], "1 to 200"),
        (["twin", "run", "{file}", "--scheme", "nix", "-o", "x"], "joint_refine"),
        (["twin", "run", "{file}", "--scheme", "greedy", "--set", "error.nix=3", "-o", "x"], "nix"),
        (["twin", "run", "{file}", "--scheme", "greedy", "--set", "sharing.shared_most=9", "-o", "x"], "2 sub-bands"),
        (["twin", "run", "{file}", "--scheme", "greedy", "--set", "network.time.slots=13", "-o", "x"], "multiple of 6"),
        (["twin", "run", "missing.json", "--scheme", "greedy", "-o", "x"], "missing.json"),
        (["twin", "compare", "{file}", "--seeds", "3:1", "-o", "x"], "1:6"),
    ],
)
def test_what_cannot_be_gets_a_sentence_and_leaves_nothing(toy_file, tmp_path, capsys, monkeypatch, command, word):
    monkeypatch.chdir(tmp_path)
    assert main([part.format(file=toy_file) for part in command]) == 1
    assert word in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
