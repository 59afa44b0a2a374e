"""The store's file: what reads it never loosens the hold on it, and who waits waits long enough."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from itnt_core.runs.database import Database

ROOT = Path(__file__).resolve().parents[2]
COME_AND_GO = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("INSERT INTO workers VALUES (?, 1, 'x', 'here', 'b', 0.0)", (sys.argv[2],))
connection.close()
"""


@pytest.fixture
def database(tmp_path):
    found = Database(tmp_path)
    found.prepare()
    return found


def write(database, token):
    with database.writing() as connection:
        connection.execute("INSERT INTO workers VALUES (?, 1, 'x', 'here', 'b', 0.0)", (token,))


def tokens(database):
    with database.reading() as connection:
        return {row["token"] for row in connection.execute("SELECT token FROM workers")}


def test_a_private_copy_leaves_this_process_its_hold_on_the_store(database, tmp_path):
    """Without that hold, another process that leaves takes itself for the last one and removes the log in use."""
    write(database, "before")
    log = tmp_path / "runs.sqlite-wal"
    inode = log.stat().st_ino
    private = tmp_path / "private"
    private.mkdir()
    copy = database._copied(private)
    subprocess.run([sys.executable, "-c", COME_AND_GO, str(database.path), "other"], check=True)
    assert log.stat().st_ino == inode
    write(database, "after")
    assert tokens(database) == {"before", "other", "after"}
    with sqlite3.connect(copy) as connection:
        assert connection.execute("SELECT token FROM workers").fetchall() == [("before",)]


def test_processes_that_come_go_and_copy_lose_nothing(tmp_path):
    """Two processes write and copy at the same time, time and again."""
    Database(tmp_path).prepare()
    program = Path(__file__).with_name("writing_and_copying.py")
    here = {**os.environ, "PYTHONPATH": str(ROOT)}
    for turn in range(3):
        crowd = [
            subprocess.Popen([sys.executable, str(program), str(tmp_path), f"{turn}-{number}", str(number)], env=here)
            for number in range(2)
        ]
        assert [process.wait(120.0) for process in crowd] == [0, 0]
    found = tokens(Database(tmp_path))
    assert len(found) == 3 * 2 * 100
    with Database(tmp_path).reading() as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"


class Refusing:
    """A connection that says no to the first transaction."""

    def __init__(self, connection, refusals):
        self.connection, self.refusals = connection, refusals

    def __getattr__(self, name):
        return getattr(self.connection, name)

    def execute(self, statement, *values):
        if statement == "BEGIN IMMEDIATE" and self.refusals:
            raise self.refusals.pop()
        return self.connection.execute(statement, *values)


@pytest.mark.parametrize("name", ["SQLITE_BUSY", "SQLITE_BUSY_RECOVERY", "SQLITE_BUSY_TIMEOUT"])
def test_a_busy_store_is_tried_again_whatever_it_is_busy_with(database, monkeypatch, name):
    refusal = sqlite3.OperationalError("database is locked")
    refusal.sqlite_errorcode = getattr(sqlite3, name)
    connect, refusals = sqlite3.connect, [refusal]
    monkeypatch.setattr(sqlite3, "connect", lambda *where, **how: Refusing(connect(*where, **how), refusals))
    write(database, "late")
    monkeypatch.undo()
    assert not refusals and tokens(database) == {"late"}
