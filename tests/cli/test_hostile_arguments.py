"""Arguments that mean harm or nonsense: every command says what is wrong in a sentence, and nothing is written."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from itnt_core.cli import FAULT, main
from itnt_core.runs import RunStore
from itnt_core.scenario import format_scenario
from itnt_core.twin import format_twin, twin_preset

ROOT = Path(__file__).resolve().parents[2]
NAMES = [
    "",
    " ",
    ".",
    "..",
    "/",
    "missing",
    "missing/missing",
    "a\x00b",
    "\udcff",
    "\ud800",
    "x" * 300,
    "y" * 5000,
    "/dev/null",
    "/dev/zero",
    "/proc/self/mem",
    "FOLDER",
    "FULL",
    "LINK",
    "LOOP",
    "BINARY",
    "DEEP",
    "EMPTY",
    "-",
    "~",
    "file:///etc/passwd",
    "\u202egnp.exe",
    "SCENARIO/below",
    "LOCKED",
]
NUMBERS = [
    "",
    "nan",
    "inf",
    "-inf",
    "-1",
    "0",
    "1e308",
    "1e999",
    "9" * 30,
    "9" * 5000,
    "0x10",
    "1_0",
    "١",
    "\x00",
    "1,2",
    "-0.0",
    "true",
    "\ud800",
]
FILES_IN = {
    "scenario check": ["scenario", "check", "?"],
    "run": ["run", "?", "--method", "straight", "-o", "OUT"],
    "evaluate": ["evaluate", "?"],
    "bound": ["bound", "?"],
    "sweep": ["sweep", "?", "--dry-run"],
    "sweep scenario": ["sweep", "--scenario", "?", "--dry-run"],
    "satellites": ["satellites", "?", "--shell", "iridium", "-o", "OUT"],
    "elements": ["satellites", "SCENARIO", "--elements", "?", "-o", "OUT"],
    "twin run": ["twin", "run", "?", "--scheme", "joint", "-o", "OUT"],
    "twin compare": ["twin", "compare", "?", "--schemes", "greedy", "--seeds", "1", "-o", "OUT"],
    "traffic": ["twin", "new", "--traffic", "?", "-o", "OUT"],
    "city export": ["city", "export", "?", "-o", "OUT.zip"],
    "report": ["report", "?", "-o", "OUT.html"],
    "runs show": ["runs", "show", "?"],
    "runs cancel": ["runs", "cancel", "?"],
    "runs export": ["runs", "export", "?", "-o", "OUT.zip"],
    "method": ["run", "SCENARIO", "--method", "?", "-o", "OUT"],
    "scheme": ["twin", "run", "TWIN", "--scheme", "?", "-o", "OUT"],
    "preset": ["scenario", "new", "--preset", "?", "-o", "OUT.json"],
    "city": ["scenario", "new", "--preset", "tiny", "--city", "?", "-o", "OUT.json"],
    "set": ["run", "SCENARIO", "--method", "straight", "--set", "?", "-o", "OUT"],
    "set value": ["run", "SCENARIO", "--method", "straight", "--set", "radio.carrier_ghz=?", "-o", "OUT"],
    "grid": ["sweep", "--preset", "tiny", "--grid", "?", "--dry-run"],
    "dask": ["sweep", "--preset", "tiny", "--dask", "?"],
    "title": ["sweep", "SCENARIO", "--title", "?"],
    "start": ["passes", "--lat", "51", "--lon", "0", "--start", "?", "--hours", "1", "--shell", "iridium"],
    "shell": ["passes", "--lat", "51", "--lon", "0", "--start", "2026-06-21", "--hours", "1", "--shell", "?"],
}
NUMBERS_IN = {
    "seed": ["run", "SCENARIO", "--method", "magic", "--seed", "?", "-o", "OUT"],
    "older": ["runs", "purge", "--older", "?"],
    "seeds": ["sweep", "--preset", "tiny", "--methods", "magic", "--seeds", "?", "--dry-run"],
    "seed range": ["sweep", "--preset", "tiny", "--methods", "magic", "--seeds", "1:?", "--dry-run"],
    "time limit": ["sweep", "--preset", "tiny", "--methods", "magic", "--time-limit", "?", "--dry-run"],
    "processes": ["reproduce", "fig2", "--processes", "?", "--seeds", "none", "-o", "OUT.json"],
    "lat": ["passes", "--lat", "?", "--lon", "0", "--start", "2026-06-21", "--hours", "1", "--shell", "none"],
    "hours": ["passes", "--lat", "51", "--lon", "0", "--start", "2026-06-21", "--hours", "?", "--shell", "iridium"],
    "elevation": [
        "passes",
        "--lat",
        "51",
        "--lon",
        "0",
        "--start",
        "2026-06-21",
        "--hours",
        "1",
        "--shell",
        "iridium",
        "--min-elevation",
        "?",
    ],
    "places": ["satellites", "SCENARIO", "--shell", "none", "--places", "?", "-o", "OUT"],
    "users": ["scenario", "new", "--preset", "tiny", "--users", "?", "--city", "none", "-o", "OUT.json"],
    "aerial": ["scenario", "new", "--preset", "tiny", "--aerial-users", "?", "--city", "none", "-o", "OUT.json"],
    "preset seed": ["scenario", "new", "--preset", "tiny", "--seed", "?", "--city", "none", "-o", "OUT.json"],
    "twin seed": ["twin", "new", "--seed", "?", "--traffic", "missing", "-o", "OUT.json"],
    "twin users": ["twin", "new", "--users", "?", "--traffic", "missing", "-o", "OUT.json"],
    "set": ["run", "SCENARIO", "--method", "magic", "--set", "seed=?", "-o", "OUT"],
    "anchor": ["city", "import", "EMPTY", "--anchor", "?", "-o", "OUT"],
    "size": ["city", "import", "EMPTY", "--size", "?", "-o", "OUT"],
}


@pytest.fixture(scope="module")
def place(tmp_path_factory, tiny_scenario, city_cache):
    """A folder with one of every kind of thing, and a run store beside it."""
    folder = tmp_path_factory.mktemp("hostile")
    things = folder / "things"
    things.mkdir()
    (things / "SCENARIO").write_text(format_scenario(tiny_scenario, "json"))
    (things / "TWIN").write_text(format_twin(twin_preset(cache_dir=city_cache)))
    (things / "BINARY").write_bytes(bytes(range(256)) * 8)
    (things / "DEEP").write_text("[" * 200_000)
    (things / "EMPTY").touch()
    (things / "FOLDER").mkdir()
    (things / "FULL").mkdir()
    (things / "FULL" / "letter.txt").write_text("mine")
    (things / "LINK").symlink_to(things / "SCENARIO")
    (things / "LOOP").symlink_to(things / "LOOP")
    (things / "LOCKED").write_text("x")
    (things / "LOCKED").chmod(0)
    return folder


@pytest.fixture
def inside(place, monkeypatch):
    monkeypatch.setenv("ITNT_DATA_DIR", str(place / "data"))
    monkeypatch.chdir(place / "things")
    RunStore()
    return place / "things"


def told(arguments, capsys):
    """Run a command and return its exit code, or what it says of an unforeseen fault."""
    try:
        code = main(arguments)
    except SystemExit as end:
        code = end.code
    words = capsys.readouterr()
    assert "Traceback" not in words.err
    assert code == 0 or words.err.strip() or words.out.strip()
    return words.err if FAULT in words.err else code


def listing(folder):
    return {
        path: path.lstat().st_mtime_ns
        for path in folder.rglob("*")
        if path.is_symlink() or path.is_file() or path.is_dir()
    }


@pytest.mark.parametrize("name", [*FILES_IN, *(f"number {name}" for name in NUMBERS_IN)])
def test_no_argument_ends_in_a_traceback_and_none_writes_anything(inside, capsys, name):
    is_number = name.startswith("number ")
    pattern = NUMBERS_IN[name.removeprefix("number ")] if is_number else FILES_IN[name]
    before = listing(inside)
    found = {
        value: told([word.replace("?", value) for word in pattern], capsys)
        for value in (NUMBERS if is_number else NAMES)
    }
    assert {value: words for value, words in found.items() if isinstance(words, str)} == {}
    for path in listing(inside).keys() - before.keys():
        assert path.relative_to(inside).parts[0].startswith("OUT"), path
    assert {path: before[path] for path in before if path != inside} == {
        path: stamp for path, stamp in listing(inside).items() if path in before and path != inside
    }


OUTPUTS = {
    "scenario new": ["scenario", "new", "--preset", "tiny", "-o", "?"],
    "run": ["run", "SCENARIO", "--method", "straight", "-o", "?"],
    "reproduce": ["reproduce", "fig2", "--seeds", "1", "-o", "?"],
    "satellites": ["satellites", "SCENARIO", "--shell", "iridium", "-o", "?"],
    "twin new": ["twin", "new", "-o", "?"],
    "twin run": ["twin", "run", "TWIN", "--scheme", "greedy", "-o", "?"],
    "twin compare": ["twin", "compare", "TWIN", "--seeds", "1", "-o", "?"],
    "city import": ["city", "import", "SCENARIO", "-o", "?"],
    "city export": ["city", "export", "open", "-o", "?"],
    "report": ["report", "FOLDER", "-o", "?"],
    "runs export": ["runs", "export", "20260101-000000-00000000", "-o", "?"],
    "sweep": ["sweep", "--preset", "tiny", "-o", "?"],
}
NO_OUTPUT = ["", "  ", "/dev/null", "/dev/stdout", "/dev/full", "LINK", "LOOP", "a\x00b", "\ud800", "FULL", "x" * 300]


@pytest.mark.parametrize("name", OUTPUTS)
def test_an_output_is_never_a_device_a_link_nothing_or_a_folder_with_other_things(inside, capsys, name):
    before, null = listing(inside), Path("/dev/null").stat()
    for value in NO_OUTPUT:
        assert told([word.replace("?", value) for word in OUTPUTS[name]], capsys) == 2, value
    assert listing(inside) == before
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode) and Path("/dev/null").stat().st_ino == null.st_ino
    assert (inside / "LINK").is_symlink() and Path("/dev/stdout").is_symlink()
    assert RunStore().list() == []


def test_an_output_beside_the_scenario_does_not_replace_it(inside, capsys, tiny_scenario, tmp_path):
    (tmp_path / "scenario.json").write_text(format_scenario(tiny_scenario, "json"))
    before = (tmp_path / "scenario.json").read_bytes()
    code = told(["run", str(tmp_path / "scenario.json"), "--method", "straight", "-o", str(tmp_path)], capsys)
    assert code == 2 and (tmp_path / "scenario.json").read_bytes() == before


def test_a_terminal_that_knows_only_ascii_gets_escapes(tmp_path, tiny_scenario):
    file = tmp_path / "scénario.json"
    file.write_text(format_scenario(tiny_scenario.model_copy(update={"name": "Лондон"}), "json"), encoding="utf-8")
    ended = subprocess.run(
        [sys.executable, "-m", "itnt_core", "scenario", "check", str(file)],
        env={**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 0 and "\\u041b" in ended.stdout and not ended.stderr
