"""Compiling ahead: afterwards what the first runs would wait for lies ready."""

import ast
import importlib
from pathlib import Path

import pytest

from itnt_core.cli import compiling

ROOT = Path(__file__).resolve().parents[2]
# Seconds each, for what few ask for: handovers that cost something; and two doors for tests.
LATER = {("change_costs", "_best_servers"), ("local_search", "climb"), ("interior_point", "maximise_surrogate")}


def functions_to_compile():
    """Return every function of the core that numba compiles and keeps, with its module."""
    for path in sorted((ROOT / "itnt_core").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if "numba" not in text:
            continue
        for node in ast.parse(text).body:
            if isinstance(node, ast.FunctionDef) and any(_compiles(mark) for mark in node.decorator_list):
                yield path, node.name


def _compiles(mark):
    words = ast.unparse(mark)
    return "njit" in words or words in ("_entry", "_compiled")  # the names that city/sight.py gives it


@pytest.fixture(scope="module")
def computed():
    """Compute the small case of every part, as the command does in processes of its own."""
    for part in compiling.PARTS.values():
        part()


def test_whatever_is_compiled_for_the_first_runs_lies_ready_afterwards(computed):
    found = list(functions_to_compile())
    assert len(found) > 100
    absent = {(path.stem, name) for path, name in found if not _lies_ready(path, name)}
    assert absent <= LATER


def _lies_ready(path, name):
    module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    folder = Path(getattr(module, name).stats.cache_path)
    return any(file.stat().st_mtime >= path.stat().st_mtime for file in folder.glob(f"{path.stem}.{name}-*.nbi"))


def test_the_command_computes_every_part_and_says_how_long_it_took(monkeypatch, capsys):
    monkeypatch.setattr(compiling, "PARTS", dict.fromkeys(compiling.PARTS, int))
    monkeypatch.setattr(compiling, "ProcessPoolExecutor", OneAfterTheOther)
    from itnt_core.cli import main

    assert main(["compile"]) == 0
    said = capsys.readouterr().err
    assert all(f"{part}: ready" in said for part in compiling.PARTS) and "Compiled in" in said


class OneAfterTheOther:
    """Stands for a pool of processes."""

    def __init__(self, *sizes, **context):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return False

    def map(self, work, items):
        return map(work, items)
