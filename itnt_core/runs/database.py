"""The SQLite file of the run store: readers that never wait, short writes, and every refusal in a sentence.

Readers open the file read-only and begin no transaction that a writer could block (WAL). Where even that is refused -
a process stands still while it holds the file, or the folder is read-only - they read a private copy. Writers wait a
moment for one another; a worker that stands still in the middle of a write is found by the lock it holds, and ended.

POSIX drops all locks of a process on a file as soon as the process closes any handle of it ("How to corrupt an SQLite
database file", 2.2). So what is copied is read through handles that are never closed.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
import threading
import weakref
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from itnt_core.disk import disk_sentence, shown_path, whole

from .locks import end_stopped_holders, lock_holders, stopped_holders
from .processes import command_of
from .schema import SCHEMA_VERSION, StoreError, check_version, prepare

DATABASE_FILE = "runs.sqlite"
READ_WAIT_S = 0.2
PATIENT, HURRIED = (1.0, 10), (0.5, 2)  # seconds each try waits for another writer, and tries
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL)
_FULL = sqlite3.SQLITE_FULL
_COPIES, _PIECE_BYTES = 5, 1 << 20  # tries to copy while someone writes
_handles: dict[tuple[int, int], int] = {}  # by device and inode; a store that is replaced leaves one behind
_handles_lock = threading.Lock()


class Database:
    """The database file of one data root."""

    def __init__(self, root: Path):
        self.root, self.path = root, root / DATABASE_FILE

    def prepare(self) -> None:
        """Make the file, or bring an older one up to date (StoreError)."""
        if self.path.exists() and not self.path.is_file():
            raise StoreError(
                f"The run store '{shown_path(self.path)}' is a folder or a device, but a file is needed: move it away, "
                "and a new one is made. The results in the folder 'runs' stay."
            )
        if self._version() < SCHEMA_VERSION:
            with self.writing() as connection:
                prepare(connection)
        self._anchor()

    def _anchor(self) -> None:
        """Keep one idle connection for as long as this object lives.

        SQLite recovers or tidies its log whenever the first connection comes or the last one goes, and locks everyone
        out meanwhile; with this one there, that happens once in the life of a process and not at every call.
        """
        with suppress(sqlite3.Error):  # a read-only folder: there nobody writes
            connection = sqlite3.connect(self.path, timeout=READ_WAIT_S, isolation_level=None, check_same_thread=False)
            weakref.finalize(self, connection.close)
            connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()

    def _version(self) -> int:
        try:
            if self.path.stat().st_size == 0:
                return 0
        except FileNotFoundError:
            return 0
        except OSError as error:
            raise StoreError(f"The run store cannot be read: {disk_sentence(error, self.path)}") from error
        with self.reading() as connection:
            version = int(connection.execute("PRAGMA user_version").fetchone()[0])
        check_version(version)
        return version

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Yield a connection that sees one state of the store and blocks nobody (StoreError)."""
        with ExitStack() as stack, self._refused_in_sentences():
            connection = self._reader(stack)
            try:
                yield connection
            finally:
                connection.close()

    def _reader(self, stack: ExitStack) -> sqlite3.Connection:
        if stopped_holders(self.path):  # SQLite would wait ten seconds for one that stands still while it recovers
            return self._reader_of_copy(stack)
        try:
            return _opened_for_reading(self.path)
        except sqlite3.OperationalError as refusal:
            try:
                return self._reader_of_copy(stack)
            except OSError:
                raise refusal from None

    def _reader_of_copy(self, stack: ExitStack) -> sqlite3.Connection:
        private = stack.enter_context(tempfile.TemporaryDirectory(prefix="itnt-store-"))
        return _opened_for_reading(self._copied(Path(private)))

    def _copied(self, private: Path) -> Path:
        """Copy the database with what was written last, as it is while nobody writes."""
        copy = private / DATABASE_FILE
        pairs = [(self.path, copy), (_beside(self.path, "-wal"), _beside(copy, "-wal"))]
        for _ in range(_COPIES):
            before = [_state(source) for source, _ in pairs]
            for source, target in pairs:
                target.unlink(missing_ok=True)
                if source == self.path:
                    _copy_keeping_locks(source, target)
                elif source.exists():  # SQLite locks nothing in its log
                    shutil.copyfile(source, target)
            if [_state(source) for source, _ in pairs] == before:
                break
        return copy

    @contextmanager
    def writing(self, *, patient: bool = True) -> Iterator[sqlite3.Connection]:
        """Yield a connection inside one transaction, committed on success and closed always (StoreError).

        Who is not ``patient`` does not wait for others longer than a page may take.
        """
        with self._refused_in_sentences():
            connection = self._writer(*(PATIENT if patient else HURRIED))
            try:
                with whole(connection):
                    yield connection
            finally:
                connection.close()

    def _writer(self, wait_s: float, tries: int) -> sqlite3.Connection:
        """Return a connection that may write now."""
        for turn in range(1, tries + 1):
            end_stopped_holders(self.path)
            connection = sqlite3.connect(self.path, timeout=wait_s, isolation_level=None)
            try:
                connection.row_factory = sqlite3.Row
                connection.execute("PRAGMA journal_mode=WAL")
                connection.execute("BEGIN IMMEDIATE")
                return connection
            except BaseException as error:
                connection.close()
                is_last = turn == tries
                if not (isinstance(error, sqlite3.OperationalError) and _code(error) in _BUSY) or is_last:
                    raise
        raise AssertionError("The last try returns or raises.")

    @contextmanager
    def _refused_in_sentences(self) -> Iterator[None]:
        """Turn what SQLite refuses with into a sentence."""
        try:
            yield
        except sqlite3.IntegrityError:
            raise
        except sqlite3.DatabaseError as error:
            raise StoreError(self._sentence(error)) from error

    def _sentence(self, error: sqlite3.DatabaseError) -> str:
        code = _code(error)
        where = f"The run store '{shown_path(self.path)}'"
        if code in _BUSY:
            holders = [f"process {pid} ({' '.join(command_of(pid))[:80]})" for pid in lock_holders(self.path)]
            who = " and ".join(holders) or "another process"
            return f"{where} is locked by {shown_path(who)}: try again, or end that process."
        if code == _FULL:
            return f"{where} cannot be written: the disk is full. Free some space and do it again."
        if code == sqlite3.SQLITE_READONLY:
            return f"{where} cannot be written: it is read-only. Change its permissions, or name another ITNT_DATA_DIR."
        if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
            return (
                f"{where} is damaged ({error}): move it away, and a new one is made. The results in the folder 'runs' "
                "stay."
            )
        return f"{where} cannot be used ({error}): look after the disk and the permissions of its folder."


def _opened_for_reading(path: Path) -> sqlite3.Connection:
    """Return a read-only connection that has begun to read, so that what follows is not refused any more."""
    address = f"{path.absolute().as_uri()}?mode=ro"
    connection = sqlite3.connect(address, uri=True, timeout=READ_WAIT_S, isolation_level=None)
    try:
        connection.row_factory = sqlite3.Row
        connection.execute("BEGIN")
        connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


def _code(error: sqlite3.DatabaseError) -> int:
    """Return SQLite's primary code of an error, without what the extended one adds."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def _copy_keeping_locks(source: Path, target: Path) -> None:
    """Copy a file without closing a handle of it, which would drop this process's locks on it."""
    with _handles_lock, target.open("wb") as copy:
        handle = _kept_handle(source)
        os.lseek(handle, 0, os.SEEK_SET)
        while piece := os.read(handle, _PIECE_BYTES):
            copy.write(piece)


def _kept_handle(path: Path) -> int:
    """Return the one handle of a file that this process reads it through and keeps for as long as it lives."""
    found = path.stat()
    key = found.st_dev, found.st_ino
    if key not in _handles:
        _handles[key] = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0))
    return _handles[key]


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)


def _state(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_size, found.st_mtime_ns
