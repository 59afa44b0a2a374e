"""The code's style and types are part of the suite."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize(
    "command",
    [
        ["ruff", "check", "."],
        ["ruff", "format", "--check", "."],
        ["mypy"],
    ],
    ids=["ruff check", "ruff format", "mypy"],
)
def test_tools_find_nothing(command):
    answer = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_nothing_is_kept_from_the_formatter():
    listing = subprocess.run(["git", "ls-files", "*.py"], cwd=ROOT, capture_output=True, text=True, check=False)
    names = listing.stdout.split() or [str(path) for path in ROOT.glob("*/**/*.py") if ".venv" not in path.parts]
    mark = "fmt: " + "skip"
    kept = [name for name in names if mark in (ROOT / name).read_text(encoding="utf-8")]
    assert len(names) > 300 and not kept
