"""The command that computes the paper's figures: cases, log, provenance, wrong input."""

import json

import pytest

from itnt_core import reproduce as module
from itnt_core.cli import main
from tests.one_process import OneAfterTheOther


@pytest.fixture
def quick(monkeypatch):
    """Replace the computation of a case by its own key, and the processes by this one."""
    computed = []

    def compute(case, cache_dir):
        computed.append(case)
        return {"answer": case["seed"] * 10}

    figure = module.Reproduction(
        "Title", lambda seeds: [{"seed": seed, "users": 12} for seed in seeds], compute, {"rounds": 1}
    )
    monkeypatch.setitem(module.FIGURES, "fig2", figure)
    monkeypatch.setattr(module, "ProcessPoolExecutor", OneAfterTheOther)
    return computed


def test_cases_are_computed_and_kept_with_their_provenance(quick, tmp_path, capsys):
    assert main(["reproduce", "fig2", "--seeds", "3:6", "-o", str(tmp_path / "fig2.json")]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["cases"] == 3
    content = json.loads((tmp_path / "fig2.json").read_text())
    assert [case["answer"] for case in content["cases"]] == [30, 40, 50]
    assert content["packages"]["numpy"]
    assert content["settings"] == {"rounds": 1}
    assert len(quick) == 3


def test_a_stopped_study_goes_on_where_it_was(quick, tmp_path):
    output = tmp_path / "fig2.json"
    stamp = {"settings": {"rounds": 1}, "code": module.code_version()}
    known = {**stamp, "case": {"seed": 1, "users": 12}, "found": {"seed": 1, "users": 12, "answer": 7}}
    stale = {**stamp, "settings": {"rounds": 2}, "case": {"seed": 2, "users": 12}, "found": {"answer": 8}}
    output.with_suffix(".log.jsonl").write_text("".join(json.dumps(line) + "\n" for line in (known, stale)))
    content = module.reproduce("fig2", [1, 2], output, 1, None, lambda text: None)
    assert [case["answer"] for case in content["cases"]] == [7, 20]
    assert [case["seed"] for case in quick] == [2]


@pytest.mark.parametrize("seeds", ["1.5", "a:b", "5:2", "-1"])
def test_wrong_seeds_are_explained(quick, seeds, capsys):
    assert main(["reproduce", "fig2", f"--seeds={seeds}"]) == 1
    assert seeds in capsys.readouterr().err
