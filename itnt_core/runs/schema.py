"""The tables of the run store and how older ones are brought up to date."""

from __future__ import annotations

import sqlite3

from itnt_core.errors import ItntError
from itnt_core.person import FIRST

SCHEMA_VERSION = 6  # what the steps below bring a store up to
_STEPS = (
    """
    CREATE TABLE runs (
        id TEXT PRIMARY KEY, title TEXT NOT NULL, kind TEXT NOT NULL, method TEXT NOT NULL, state TEXT NOT NULL,
        priority INTEGER NOT NULL DEFAULT 0, created REAL NOT NULL, started REAL, heartbeat REAL, finished REAL,
        progress REAL NOT NULL DEFAULT 0, message TEXT NOT NULL DEFAULT '', kpis TEXT, scenario_hash TEXT NOT NULL,
        worker_pid INTEGER, worker_started REAL, worker_token TEXT
    );
    CREATE INDEX runs_by_state ON runs (state, priority DESC, created);
    """,
    """
    ALTER TABLE runs ADD COLUMN sweep TEXT;
    ALTER TABLE runs ADD COLUMN case_number INTEGER;
    ALTER TABLE runs ADD COLUMN attempts INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE runs ADD COLUMN launcher TEXT NOT NULL DEFAULT 'here';
    ALTER TABLE runs ADD COLUMN work REAL;
    ALTER TABLE runs ADD COLUMN peak_mb REAL;
    ALTER TABLE runs ADD COLUMN deleted REAL;
    CREATE UNIQUE INDEX runs_by_sweep ON runs (sweep, case_number) WHERE sweep IS NOT NULL AND deleted IS NULL;
    CREATE TABLE workers (token TEXT PRIMARY KEY, pid INTEGER NOT NULL, started REAL NOT NULL, launcher TEXT NOT NULL);
    CREATE TABLE sweeps (id TEXT PRIMARY KEY, title TEXT NOT NULL, created REAL NOT NULL, spec TEXT NOT NULL);
    """,
    # Moments that no clock moves: which start of the machine (boot), and its steady seconds. A worker from before
    # leaves when it next looks at its run; what it computed is interrupted.
    """
    ALTER TABLE runs ADD COLUMN worker_identity TEXT;
    ALTER TABLE runs ADD COLUMN boot TEXT;
    ALTER TABLE runs ADD COLUMN beat_s REAL;
    ALTER TABLE runs ADD COLUMN begun_s REAL;
    ALTER TABLE runs ADD COLUMN spent_s REAL;
    DROP TABLE workers;
    CREATE TABLE workers (
        token TEXT PRIMARY KEY, pid INTEGER NOT NULL, started TEXT NOT NULL, launcher TEXT NOT NULL,
        boot TEXT NOT NULL, beat_s REAL NOT NULL
    );
    """,
    # What a run is about in a few words, and the kept scenario that it was asked from.
    """
    ALTER TABLE runs ADD COLUMN subject TEXT;
    ALTER TABLE runs ADD COLUMN draft TEXT;
    ALTER TABLE runs ADD COLUMN draft_revision INTEGER;
    """,
    # Whose a run and a sweep are; those from before are the first person's. Two people may ask the same sweep, whose id
    # tells only what is asked.
    f"""
    ALTER TABLE runs ADD COLUMN owner TEXT NOT NULL DEFAULT '{FIRST.id}';
    CREATE INDEX runs_by_owner ON runs (owner, state);
    DROP INDEX runs_by_sweep;
    CREATE UNIQUE INDEX runs_by_sweep ON runs (owner, sweep, case_number) WHERE sweep IS NOT NULL AND deleted IS NULL;
    ALTER TABLE sweeps RENAME TO older_sweeps;
    CREATE TABLE sweeps (
        owner TEXT NOT NULL, id TEXT NOT NULL, title TEXT NOT NULL, created REAL NOT NULL, spec TEXT NOT NULL,
        PRIMARY KEY (owner, id)
    );
    INSERT INTO sweeps (owner, id, title, created, spec)
        SELECT '{FIRST.id}', id, title, created, spec FROM older_sweeps ORDER BY rowid;
    DROP TABLE older_sweeps;
    """,  # noqa: S608 - a constant
    # Who was served when, counted, so that people take turns; and what each has computed on a day.
    """
    CREATE TABLE turns (owner TEXT PRIMARY KEY, number INTEGER NOT NULL);
    CREATE TABLE computed (owner TEXT NOT NULL, day TEXT NOT NULL, cpu_s REAL NOT NULL, PRIMARY KEY (owner, day));
    """,
)


class StoreError(ItntError, RuntimeError):
    """A store this program cannot use."""


def check_version(version: int) -> None:
    """Raise StoreError for a store of a newer program."""
    if version > SCHEMA_VERSION:
        raise StoreError(
            f"The run store has version {version}, but this program reads up to {SCHEMA_VERSION}: update ITNT Studio."
        )


def prepare(connection: sqlite3.Connection) -> None:
    """Bring the tables to this program's version, inside the caller's transaction; StoreError for a newer store."""
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    check_version(version)
    for number in range(version, SCHEMA_VERSION):
        for statement in _STEPS[number].split(";"):
            if statement.strip():
                connection.execute(statement)
    if version < SCHEMA_VERSION:
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
