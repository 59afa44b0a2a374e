"""Compiling ahead: afterwards what the first runs would wait for lies ready."""

import ast
import importlib
from pathlib import Path

import numpy as np
import pytest

from itnt_core.city.sight import clear_rays
from itnt_core.cli import compiling
from itnt_core.power import improve_links
from itnt_core.power.interior_point import improve_slot
from tests.one_process import OneAfterTheOther

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
    return any(folder.glob(f"{path.stem}.{name}-*.nbi"))


def test_links_of_another_layout_are_compiled_for_once(computed, tiny_world, straight_decision):
    """numba compiles anew for every other number of an array, in a run that somebody waits for."""
    links = [np.repeat(column, 2)[::2] for column in straight_decision.links.in_slot(0)[1:]]
    power_w, gain = straight_decision.power_w[0, links[1], links[2]], tiny_world.gains(straight_decision.positions_m)[0]
    known = len(improve_slot.signatures)
    improve_links(tiny_world, 0, gain, links, power_w, np.ones(tiny_world.user_count))
    assert len(improve_slot.signatures) == known > 0


def test_places_that_may_be_written_and_those_that_may_not_are_compiled_for_once(computed, tiny_world):
    known = len(clear_rays.signatures)
    for is_written in (True, False):
        start, end = np.zeros((3, 3)), np.full((3, 3), 50.0)
        start.flags.writeable = end.flags.writeable = is_written
        tiny_world.city.line_of_sight(start, end)
    assert len(clear_rays.signatures) == known > 0


def test_the_command_computes_every_part_and_says_how_long_it_took(monkeypatch, capsys):
    monkeypatch.setattr(compiling, "PARTS", dict.fromkeys(compiling.PARTS, int))
    monkeypatch.setattr(compiling, "ProcessPoolExecutor", OneAfterTheOther)
    from itnt_core.cli import main

    assert main(["compile"]) == 0
    said = capsys.readouterr().err
    assert all(f"{part}: ready" in said for part in compiling.PARTS) and "Compiled in" in said
