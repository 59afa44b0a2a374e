"""The command ``calibrate``: a table, and the exit status of a verdict."""

import pytest

import itnt_core.calibration.panels as exam
from itnt_core.cli import main


@pytest.fixture(autouse=True)
def two_drops(monkeypatch):
    """Take the exam over two drops: quick, and enough to fail by."""
    monkeypatch.setattr(exam, "DROPS", 2)
    monkeypatch.setattr(exam, "AERIAL_DROPS", 60)


def test_a_case_that_passes_ends_well(capsys):
    assert main(["calibrate", "--case", "uma-av-6ghz"]) == 0
    head, row, verdict = capsys.readouterr().out.strip().splitlines()
    assert head.split()[:2] == ["case", "panel"] and row.split()[-1] == "pass" and "12,000" in row
    assert verdict == "Pass."


def test_a_case_that_fails_ends_with_status_one(capsys):
    assert main(["calibrate", "--case", "umi-6ghz", "--wrong-tilt", "--seed", "2"]) == 1
    out = capsys.readouterr().out
    assert out.count("FAIL") == 3 and out.strip().endswith("Fail: 3 of 3 panels.")


def test_a_seed_that_cannot_be_is_told(capsys):
    assert main(["calibrate", "--seed", "-3"]) != 0
    assert "The seed is -3, but 0 to" in capsys.readouterr().err
