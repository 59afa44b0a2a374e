"""Drafts: kept after every change, never half, never one over another, also by a process that is killed."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from itnt_core.drafts import DraftChangedError, DraftError, DraftStore

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def store(tmp_path):
    return DraftStore(tmp_path)


def renamed(scenario, name):
    """Return the scenario under another name."""
    return scenario.model_copy(update={"name": name})


def test_a_draft_is_read_as_it_was_saved_last(store, tmp_path, tiny_scenario):
    draft = store.begin(tiny_scenario)
    second = store.save(draft, renamed(tiny_scenario, "Two masts"))
    found = DraftStore(tmp_path).open(draft.id)
    assert found == second
    assert (found.revision, found.scenario.name) == (2, "Two masts")
    assert found.scenario.content_hash() == renamed(tiny_scenario, "Two masts").content_hash()


def test_whoever_saves_over_a_newer_revision_is_refused_and_nothing_is_lost(store, tiny_scenario):
    mine = theirs = store.begin(tiny_scenario)
    store.save(theirs, renamed(tiny_scenario, "Theirs"))
    with pytest.raises(DraftChangedError) as conflict:
        store.save(mine, renamed(tiny_scenario, "Mine"))
    assert conflict.value.newest.scenario.name == "Theirs"
    assert store.open(mine.id).scenario.name == "Theirs"
    other = store.begin(renamed(tiny_scenario, "Mine"))
    assert {row.name for row in store.recent()} == {"Mine", "Theirs"} and other.id != mine.id


def test_of_many_who_save_at_once_exactly_one_goes_on_from_each_revision(store, tiny_scenario):
    draft, refused = store.begin(tiny_scenario), []

    def save(number):
        try:
            store.save(draft, renamed(tiny_scenario, f"Tab {number}"))
        except DraftChangedError:
            refused.append(number)

    tabs = [threading.Thread(target=save, args=(number,)) for number in range(8)]
    for tab in tabs:
        tab.start()
    for tab in tabs:
        tab.join()
    assert len(refused) == 7 and store.open(draft.id).revision == 2


def test_recent_ones_come_newest_first_and_deleted_ones_come_back(store, tiny_scenario):
    ids = [store.begin(renamed(tiny_scenario, name)).id for name in ("first", "second", "third")]
    store.save(store.open(ids[0]), renamed(tiny_scenario, "first again"))
    assert [row.name for row in store.recent()] == ["first again", "third", "second"]
    store.delete(ids[2])
    assert [row.name for row in store.recent()] == ["first again", "second"]
    store.restore(ids[2])
    assert len(store.recent(2)) == 2 and len(store.recent()) == 3


def test_versions_keep_what_was_there_when_they_were_named(store, tiny_scenario):
    draft = store.begin(tiny_scenario)
    store.keep_version(draft, " today ")
    changed = store.save(draft, renamed(tiny_scenario, "Changed"))
    store.keep_version(changed, "+1 mast")
    assert [(version.number, version.name) for version in store.versions(draft.id)] == [(2, "+1 mast"), (1, "today")]
    assert store.version(draft.id, 1).name == tiny_scenario.name and store.version(draft.id, 2).name == "Changed"
    with pytest.raises(DraftError, match="has 0 characters"):
        store.keep_version(draft, "  ")
    with pytest.raises(DraftError, match="no version 3"):
        store.version(draft.id, 3)


@pytest.mark.parametrize("name", ["", "x" * 12, "../../etc/passwd", "' OR 1=1 --", "aaaaaaaaaaaa"])
def test_what_is_not_kept_here_is_a_sentence(store, name):
    with pytest.raises(DraftError, match="There is no kept scenario"):
        store.open(name)
    assert store.revision(name) is None


def test_a_damaged_file_and_a_newer_one_are_sentences(tmp_path, tiny_scenario):
    store = DraftStore(tmp_path)
    draft = store.begin(tiny_scenario)
    path = tmp_path / "scenarios.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE drafts SET content = ?", (b'{"version": 1, "seed": -4}',))
    connection.close()
    with pytest.raises(DraftError, match=r"cannot be read: .*seed"):
        store.open(draft.id)
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(DraftError, match="newer version of this program: use it"):
        store.recent()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "scenarios.sqlite").write_bytes(b"no database, but long enough to be looked at" * 100)
    with pytest.raises(DraftError, match="could not be kept or found"):
        DraftStore(tmp_path / "other").recent()


SAVING = """
import sys
from pathlib import Path
from itnt_core.drafts import DraftStore
from itnt_core.presets import preset
scenario = preset("tiny", cache_dir=Path(sys.argv[2]))
store = DraftStore(Path(sys.argv[1]))
draft = store.begin(scenario)
print(draft.id, flush=True)
for number in range(1, 100000):
    draft = store.save(draft, scenario.model_copy(update={"name": f"change {number}"}))
    print(number, flush=True)
"""


def test_killed_at_fifty_random_moments_of_saving_the_last_change_that_was_told_is_there(tmp_path, city_cache):
    """The process is stopped for each look, so that what is found is what a kill at that moment leaves behind."""
    dice = random.Random(5)
    command = [sys.executable, "-c", SAVING, str(tmp_path), str(city_cache)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        draft_id = process.stdout.readline().strip()
        told = 0

        def listen():
            nonlocal told
            for line in process.stdout:
                told = int(line)

        threading.Thread(target=listen, daemon=True).start()
        for _ in range(49):
            time.sleep(dice.uniform(0.0, 0.03))
            os.kill(process.pid, signal.SIGSTOP)
            time.sleep(0.01)
            before, copied = told, tmp_path / "copy"
            copied.mkdir(exist_ok=True)
            for path in tmp_path.glob("scenarios.sqlite*"):
                if not path.name.endswith("-shm"):
                    (copied / path.name).write_bytes(path.read_bytes())
            found = DraftStore(copied).open(draft_id)
            number = int(found.scenario.name.split()[-1]) if found.revision > 1 else 0
            assert before <= number <= before + 1 and found.revision == number + 1
            for path in copied.iterdir():
                path.unlink()
            os.kill(process.pid, signal.SIGCONT)
        process.kill()
    found = DraftStore(tmp_path).open(draft_id)
    assert int(found.scenario.name.split()[-1]) >= told
