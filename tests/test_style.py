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


def test_two_modules_of_tests_are_not_one_to_pytest():
    """Outside packages pytest knows a module by its file's name alone, and refuses the second of that name."""
    files = [path for path in (ROOT / "tests").rglob("test_*.py") if not (path.parent / "__init__.py").exists()]
    folders = {}
    for path in files:
        folders.setdefault(path.name, []).append(str(path.parent.relative_to(ROOT)))
    assert len(files) > 150
    assert {name: places for name, places in folders.items() if len(places) > 1} == {}
