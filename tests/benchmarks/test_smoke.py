"""Every command of benchmarks/README.md runs to its end, on sizes of seconds."""

import re
import shlex
import sys
import tempfile
from pathlib import Path

import pytest

from itnt_core import reproduce
from tests.benchmarks.forked import run_forked

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "benchmarks" / "README.md"
LISTED = re.compile(r"^\| `python -m ([^`]+)` \|", re.MULTILINE)
LIMIT_S = 600.0  # ends a command that hangs; each takes some seconds

# What a smoke run of each command prints last or among the rest: a word that stands behind all that it measures.
COMMANDS = {
    "benchmarks.association": "largest difference of the optima",
    "benchmarks.world": "violations",
    "benchmarks.line_of_sight": "satellite",
    "benchmarks.obstacles": "pairs come too close",
    "benchmarks.bounds": "200 users, 12 stations",
    "benchmarks.planners": "first gain after",
    "benchmarks.planners --objectives": "bound s",
    "benchmarks.objectives enumeration": "reaches the best of all",
    "benchmarks.promises": "worst tenth with robust flights",
    "benchmarks.handover": "prices: done",
    "benchmarks.handover small": "optimum reached on",
    "benchmarks.live": "its gap to the bound",
    "benchmarks.growth": "violations",
    "benchmarks.faster": "above the certified bound",
    "benchmarks.learning": "one agent for everything changes",
    "benchmarks.dispatch": "users: learned, mean of the seeds",
    "benchmarks.dispatch peer": "against straight",
    "benchmarks.runs": "pages/4_Runs.py",
    "benchmarks.twin schemes": "violations over all",
    "benchmarks.twin dials": "violations over all",
    "benchmarks.twin times": "one surrogate",
    "benchmarks.twin_beliefs intervals": "reports within",
    "benchmarks.twin_beliefs mistakes": "violations over all",
    "benchmarks.twin_beliefs learning": "violations over all",
    "benchmarks.twin_day": "arrays that differ: none",
    "benchmarks.twin_older": "no more waits here on",
    "benchmarks.twin perfect": "with a scheme below perfect forecasts",
    "benchmarks.twin gaps": "gap in",
    "benchmarks.twin loads": "constraints broken in",
    "benchmarks.twin resources": "in which more hurts",
    "benchmarks.twin bound": "with a plan below the bound",
    "benchmarks.twin tiny": "worst above the best",
    "benchmarks.tour": "complaints: none",
    "benchmarks.ui": "rerun of pages/5_Replay.py",
    "benchmarks.load": "answers of the live optimum",
    "benchmarks.sky FILE": "of rise from skyfield",
    "benchmarks.passes": "passes, wall",
    "benchmarks.cities": "ours, ms",
    "benchmarks.raytracing": "urban minus traced",
    "benchmarks.other_laws": "laws compared",
    "benchmarks.compare_frames": "script, ms/frame",
    "benchmarks.replay_frames": "script, ms/frame",
    "benchmarks.sharing_frames": "script, ms/frame",
}
IN_A_BROWSER = {
    "benchmarks.runs",
    "benchmarks.tour",
    "benchmarks.ui",
    "benchmarks.cities",
    "benchmarks.compare_frames",
    "benchmarks.replay_frames",
    "benchmarks.sharing_frames",
}
FIGURES = {"itnt_core reproduce fig2", "itnt_core reproduce controls"}  # computed below without processes of their own


def test_every_listed_command_is_run_here_and_every_benchmark_is_listed():
    listed = set(LISTED.findall(README.read_text(encoding="utf-8")))
    assert listed == set(COMMANDS) | FIGURES
    runnable = {
        f"benchmarks.{path.stem}"
        for path in (ROOT / "benchmarks").glob("*.py")
        if '__name__ == "__main__"' in path.read_text(encoding="utf-8")
    }
    assert {command.split()[0] for command in COMMANDS} == runnable


@pytest.mark.parametrize("command", COMMANDS)
def test_a_smoke_run_gets_to_the_end(command, tmp_path, city_cache):
    if command in IN_A_BROWSER:
        pytest.importorskip("playwright")
        from benchmarks.browser import chromium

        if chromium() is None:
            pytest.skip("No Chromium on this machine: set CHROMIUM or run `make test`, which installs one.")
    told, status = _smoke(command, tmp_path, city_cache)
    assert status == 0, told
    assert COMMANDS[command] in told, told


def _smoke(command, folder, city_cache):
    """Run a command in a process of its own with a private data folder; return what it printed and its status."""
    from itnt_core.runs import cache_folder

    data, output = folder / "data", folder / "output.txt"
    data.mkdir()
    cache_folder(data).symlink_to(city_cache)
    words = [*shlex.split(command.replace("FILE", str(_elements(folder)))), "--smoke"]
    with tempfile.TemporaryDirectory(prefix="itnt-") as short:  # Chromium's socket has room for a short path only
        environment = {"ITNT_DATA_DIR": str(data), "TMPDIR": short, "PYTHONPATH": str(ROOT)}
        status = run_forked(words, environment, output, LIMIT_S)
    return output.read_text(), status


def _elements(folder):
    """Write a file of made-up elements."""
    sys.path.insert(0, str(ROOT / "tests" / "sky"))
    from element_texts import FLEET, tle_text

    path = folder / "made.tle"
    path.write_text(tle_text(shell=FLEET))
    return path


@pytest.mark.parametrize("name", reproduce.FIGURES)
def test_a_case_of_every_figure_of_the_paper_is_computed(name, monkeypatch, city_cache):
    """As ``python -m itnt_core reproduce`` computes it, on the smallest preset and the shortest training."""
    small = {"rounds": 1, "episodes": 1, "environments": 2, "searches": 1, "hidden": 8}
    monkeypatch.setattr(reproduce, "PRESET", "tiny")
    monkeypatch.setattr(reproduce, "BUDGET", {**reproduce.BUDGET, **small})
    monkeypatch.setattr(reproduce, "CURVE_BUDGET", {**reproduce.CURVE_BUDGET, **small})
    monkeypatch.setattr(reproduce, "CONTROL_BUDGET", {**reproduce.CONTROL_BUDGET, **small})
    figure = reproduce.FIGURES[name]
    smaller = {"fig2": {"users": 4}, "controls": {"users": 4, "row": "powers_frozen"}}
    case = {**figure.cases([1])[0], **smaller.get(name, {})}
    assert figure.compute(case, city_cache)
