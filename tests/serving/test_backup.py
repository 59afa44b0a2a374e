"""Backup and restore: everything comes back, also what is written meanwhile; older data are brought up to date."""

import io
import sqlite3
import tarfile
import threading
from contextlib import closing
from pathlib import Path

import pytest

from itnt_core.backup import BackupError, back_up, restore
from itnt_core.cli import main
from itnt_core.drafts import DraftStore
from itnt_core.presets import preset
from itnt_core.runs import RunStore

OLD_STORE = Path(__file__).parents[1] / "runs" / "store_of_version_4.sql"
ANN = "annannannann"


def contents(root):
    """Return what is kept in a data folder: the bytes of files, the lines of databases."""
    found = {}
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root)
        if not path.is_file() or {"cache", "browser"} & set(name.parts) or ".sqlite-" in path.name:
            continue
        if path.suffix == ".sqlite":
            with closing(sqlite3.connect(path)) as connection:
                found[str(name)] = list(connection.iterdump())
        else:
            found[str(name)] = path.read_bytes()
    return found


@pytest.fixture
def filled(tmp_path):
    """Return a data folder with runs and scenarios of two people, a cache, and a worker's log."""
    root, tiny = tmp_path / "data", preset("tiny")
    for owner in ("first", ANN):
        store = RunStore(root, owner)
        store.submit(tiny, "straight", title=f"of {owner}")
        draft = DraftStore(store.home).begin(tiny)
        DraftStore(store.home).save(draft, tiny.model_copy(update={"name": f"of {owner}"}))
    (root / "cache").mkdir(exist_ok=True)
    (root / "cache" / "large").write_bytes(bytes(100_000))
    return root


def test_everything_that_is_kept_comes_back(filled, tmp_path):
    kept = back_up(filled, tmp_path / "copy.tar.gz")
    again = tmp_path / "again"
    assert restore(tmp_path / "copy.tar.gz", again) == kept and kept.databases == 3
    assert contents(again) == contents(filled) != {}
    assert not (again / "cache" / "large").exists()
    for owner in ("first", ANN):
        (run,) = RunStore(again, owner).list()
        assert run.title == f"of {owner}" and RunStore(again, owner).folder(run.id).is_dir()
    assert [path.stat().st_mode & 0o777 for path in (tmp_path / "copy.tar.gz", again)] == [0o600, 0o700]


def test_a_backup_beside_one_who_writes_holds_a_whole_store(filled, tmp_path):
    stop, tiny = threading.Event(), preset("tiny")
    first = RunStore(filled)
    first.submit(tiny, "straight")

    def write():
        while not stop.is_set():
            first.submit(tiny, "straight")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        back_up(filled, tmp_path / "copy.tar.gz")
    finally:
        stop.set()
        writer.join()
    restore(tmp_path / "copy.tar.gz", tmp_path / "again")
    store = RunStore(tmp_path / "again")
    runs = store.list()
    assert len(runs) >= 2
    for run in runs:  # whoever has a row has its folder, too
        assert (store.folder(run.id) / "scenario.json").is_file()


def test_data_of_an_older_program_are_brought_up_to_date_after_a_restore(tmp_path):
    old = tmp_path / "old"
    old.mkdir()
    with closing(sqlite3.connect(old / "runs.sqlite")) as connection:
        connection.executescript(OLD_STORE.read_text())
    back_up(old, tmp_path / "copy.tar.gz")
    restore(tmp_path / "copy.tar.gz", tmp_path / "again")
    for root in (old, tmp_path / "again"):  # with and without the way round
        store = RunStore(root)
        assert [run.title for run in store.list()][-1] == "An old run"
        assert store.enter_worker(_worker(), "here") and store.claim("token").title == "An old run"
        store.submit(preset("tiny"), "straight", title="A new run")
        assert RunStore(root, ANN).list() == []


def _worker():
    from itnt_core.runs.processes import ProcessIdentity

    return ProcessIdentity.current("token")


def test_nothing_is_written_over(filled, tmp_path):
    (tmp_path / "copy.tar.gz").write_text("mine")
    with pytest.raises(BackupError, match="is there already"):
        back_up(filled, tmp_path / "copy.tar.gz")
    assert (tmp_path / "copy.tar.gz").read_text() == "mine"
    back_up(filled, tmp_path / "other.tar.gz")
    before = contents(filled)
    with pytest.raises(BackupError, match="is in use: stop the server"):
        restore(tmp_path / "other.tar.gz", filled)
    assert contents(filled) == before
    with pytest.raises(BackupError, match="There is no data folder"):
        back_up(tmp_path / "nowhere", tmp_path / "third.tar.gz")


def archive(path, entries):
    with tarfile.open(path, "w:gz") as made:
        for name, content, kind in entries:
            entry = tarfile.TarInfo(name)
            entry.type, entry.size = kind, len(content)
            entry.linkname = "/etc/passwd" if kind == tarfile.SYMTYPE else ""
            made.addfile(entry, io.BytesIO(content))


MARK = ("itnt-backup.txt", b"ITNT Studio backup, form 1\n", tarfile.REGTYPE)
HOSTILE = [
    [("a", b"1", tarfile.REGTYPE)],
    [MARK, ("../outside/file", b"1", tarfile.REGTYPE)],
    [MARK, ("/tmp/itnt-outside", b"1", tarfile.REGTYPE)],
    [MARK, ("good", b"1", tarfile.REGTYPE), ("link", b"", tarfile.SYMTYPE)],
    [MARK, ("good", b"1", tarfile.REGTYPE), ("good", b"2", tarfile.REGTYPE)],
    [MARK, ("full", b"\0" * 512, tarfile.GNUTYPE_SPARSE)],
]


@pytest.mark.parametrize("entries", HOSTILE)
def test_what_is_no_backup_is_refused_and_leaves_nothing(tmp_path, entries):
    archive(tmp_path / "bad.tar.gz", entries)
    with pytest.raises(BackupError, match="no backup of ITNT Studio, or it is damaged"):
        restore(tmp_path / "bad.tar.gz", tmp_path / "deep" / "data")
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["bad.tar.gz", "deep"]


def test_files_come_back_as_old_as_they_were_and_for_their_owner_alone(tmp_path):
    with tarfile.open(tmp_path / "copy.tar.gz", "w:gz") as made:
        for name, age in (("itnt-backup.txt", 0.0), ("one", 1.5e9), ("other", 1e18)):
            entry = tarfile.TarInfo(name)
            content = MARK[1] if name == MARK[0] else b"1"
            entry.size, entry.mtime, entry.mode = len(content), age, 0o777
            made.addfile(entry, io.BytesIO(content))
    restore(tmp_path / "copy.tar.gz", tmp_path / "again")
    one, other = tmp_path / "again" / "one", tmp_path / "again" / "other"
    assert one.stat().st_mtime == 1.5e9 and one.stat().st_mode & 0o777 == 0o600
    assert other.read_bytes() == b"1" and other.stat().st_mtime < 4e9  # not as old as no file can be


def test_a_backup_that_was_cut_off_is_refused(filled, tmp_path):
    back_up(filled, tmp_path / "copy.tar.gz")
    whole = (tmp_path / "copy.tar.gz").read_bytes()
    (tmp_path / "cut.tar.gz").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "again").mkdir()
    with pytest.raises(BackupError):
        restore(tmp_path / "cut.tar.gz", tmp_path / "again")
    assert list((tmp_path / "again").iterdir()) == []


def test_the_two_commands(filled, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("ITNT_DATA_DIR", str(filled))
    assert main(["backup", str(tmp_path / "copy.tar.gz")]) == 0
    monkeypatch.setenv("ITNT_DATA_DIR", str(tmp_path / "again"))
    assert main(["restore", str(tmp_path / "copy.tar.gz")]) == 0
    said = capsys.readouterr().out
    assert "3 databases" in said and f"restored into {tmp_path / 'again'}" in said
    assert main(["restore", str(tmp_path / "copy.tar.gz")]) == 1
