"""A terminal gets text from the command line, never commands, whatever a name or a file holds."""

import json

import pytest

from itnt_core.cli import main
from itnt_core.runs import RunStateError, RunStore
from tests.hostile.scenario_texts import NAMES
from tests.scenario.small_files import GOOD, spoilt

HOSTILE = "\x1b[2J\x1b]0;x\x07\u202e\x9b31m"


def is_text(printed):
    return all(line.isprintable() for line in printed.replace("\t", " ").split("\n"))


@pytest.mark.parametrize(
    "arguments",
    [
        ["scenario", "check", f"{HOSTILE}.yaml"],
        ["run", f"{HOSTILE}.yaml", "--method", "straight", "-o", "x"],
        ["run", "s.yaml", "--method", HOSTILE, "-o", "x"],
        ["run", "s.yaml", "--method", "straight", "--set", HOSTILE, "-o", "x"],
        ["sweep", "--grid", HOSTILE],
        ["sweep", "--seeds", HOSTILE],
        ["sweep", "--title", HOSTILE],
        ["runs", "show", HOSTILE],
        ["runs", "cancel", HOSTILE],
        ["twin", "run", f"{HOSTILE}.json", "--scheme", "joint", "-o", "x"],
        ["city", "import", f"{HOSTILE}.geojson"],
        ["report", HOSTILE],
        ["evaluate", HOSTILE],
    ],
)
def test_no_argument_is_printed_raw(tmp_path, monkeypatch, capsys, arguments):
    monkeypatch.chdir(tmp_path)
    try:
        assert main(arguments) != 0
    except SystemExit as wrong_usage:
        assert wrong_usage.code == 2
    out, errors = capsys.readouterr()
    assert is_text(out) and is_text(errors) and errors + out


def test_a_hostile_file_is_described_in_text(tmp_path, capsys):
    path = tmp_path / "s.json"
    for changes in ({"name": HOSTILE}, {HOSTILE: 1}, {"ground_users.0.id": HOSTILE}, {"channel.model": HOSTILE}):
        path.write_text(json.dumps(spoilt(changes)))
        assert main(["scenario", "check", str(path)]) == 1
        out = capsys.readouterr().out
        assert is_text(out) and "\\x1b" in out


def test_titles_and_logs_of_before_are_listed_as_text(store_at_home, tiny_scenario, capsys):
    store = store_at_home
    run_id = store.submit(tiny_scenario)
    with store.connection() as connection:
        connection.execute("UPDATE runs SET title = ? WHERE id = ?", (f"old {HOSTILE}", run_id))
    (store.folder(run_id) / "log.txt").write_text(f"line\n{HOSTILE}\n")
    assert main(["runs", "list"]) == 0 and main(["runs", "show", run_id, "--log"]) == 0
    out = capsys.readouterr().out
    assert is_text(out) and "old [2J ]0;x" in out and "\\x1b[2J" in out


@pytest.mark.parametrize("title", NAMES.values(), ids=NAMES)
def test_a_title_with_unseen_characters_is_refused_when_a_run_is_made_or_renamed(store_at_home, tiny_scenario, title):
    store = store_at_home
    if title.split() != [title]:  # white space of all kinds becomes one blank
        store.submit(tiny_scenario, title=title)
        assert store.list()[0].title == "a b"
        return
    with pytest.raises(RunStateError, match=r"U\+"):
        store.submit(tiny_scenario, title=title)
    assert store.list() == [] and not list((store.root / "runs").glob("*"))
    run_id = store.submit(tiny_scenario, title="good")
    with pytest.raises(RunStateError, match=r"U\+"):
        store.rename(run_id, title)
    assert store.get(run_id).title == "good"


@pytest.fixture
def store_at_home(tmp_path, monkeypatch):
    monkeypatch.setenv("ITNT_DATA_DIR", str(tmp_path / "data"))
    return RunStore()


def test_the_good_scenario_is_described_as_ever(tmp_path, capsys):
    path = tmp_path / "s.json"
    path.write_text(json.dumps({**GOOD, "name": "Łódź 東京 🛰"}), encoding="utf-8")
    assert main(["scenario", "check", str(path)]) == 0
    assert "Łódź 東京 🛰: 2 GBSs" in capsys.readouterr().out
