"""A copy of the whole data folder in one file, made while the server runs, and the way back.

Databases are copied first, each as it was at one moment (SQLite's own backup); then the files. So a run that is queued
meanwhile is at worst a folder without a row, which costs nothing; one that was being computed is interrupted in the
copy and can be resumed. Left out is what is made again by itself: the cache, and the files for browsers.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from itnt_core.disk import disk_sentence, shown_path
from itnt_core.errors import ItntError

MADE_AGAIN = {"cache", "browser"}  # folders of a home
DATABASE, BESIDE = ".sqlite", (".sqlite-wal", ".sqlite-shm", ".sqlite-journal")
MARK, FORM = "itnt-backup.txt", "ITNT Studio backup, form 1\n"
PRIVATE = 0o600  # what its owner may do with a file, nobody else anything
LATEST_S = 4e9  # since 1970: in 2096; an age beyond is not a file's own
WAIT_S = 30.0  # for one who writes


class BackupError(ItntError, RuntimeError):
    """A backup that cannot be made or read; its text says what to do."""


@dataclass(frozen=True)
class Kept:
    """What a backup holds."""

    files: int
    databases: int
    size_mb: float  # of the file it is


def back_up(root: Path, target: Path) -> Kept:
    """Copy a data folder into one new file, a compressed archive that only its owner may read (BackupError)."""
    if not root.is_dir():
        raise BackupError(f"There is no data folder '{shown_path(root)}': name it in ITNT_DATA_DIR.")
    if target.exists():
        raise BackupError(f"'{shown_path(target)}' is there already: name a new file, so that no backup is lost.")
    part = target.with_name(f".{target.name}.part")
    try:
        with tempfile.TemporaryDirectory(prefix="itnt-backup-") as private:
            kept = _written(root, part, Path(private))
        part.replace(target)
    except (OSError, sqlite3.Error) as error:
        why = disk_sentence(error) if isinstance(error, OSError) else f"a database cannot be read ({error})"
        raise BackupError(f"The backup cannot be made: {why}") from error
    finally:
        part.unlink(missing_ok=True)
    return Kept(*kept, target.stat().st_size / 1e6)


def _written(root: Path, part: Path, private: Path) -> tuple[int, int]:
    files, databases = list(_files(root)), 0
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE)
    with os.fdopen(handle, "wb") as stream:
        with tarfile.open(fileobj=stream, mode="w:gz", compresslevel=3) as archive:
            (private / MARK).write_text(FORM, encoding="ascii")
            archive.add(private / MARK, MARK)
            for path in (path for path in files if path.suffix == DATABASE):
                copy = private / f"{databases}{DATABASE}"
                _copy_database(path, copy)
                archive.add(copy, str(path.relative_to(root)))
                databases += 1
            others = sum(_added(archive, root, path) for path in files if path.suffix != DATABASE)
        stream.flush()
        os.fsync(stream.fileno())
    return others, databases


def _files(root: Path) -> Iterator[Path]:
    """Yield what is kept, in one order: regular files alone, whatever links lie between them."""
    for folder, names, files in os.walk(root):
        here = Path(folder)
        is_home = here == root or here.parent == root / "people"
        names[:] = sorted(name for name in names if not (is_home and name in MADE_AGAIN))
        for name in sorted(files):
            path = here / name
            if not name.endswith((*BESIDE, ".part", ".tmp")) and path.is_file() and not path.is_symlink():
                yield path


def _added(archive: tarfile.TarFile, root: Path, path: Path) -> bool:
    """Add a file unless it went away meanwhile; one that grows is cut where it ended when it was looked at."""
    with suppress(FileNotFoundError), path.open("rb") as stream:
        entry = archive.gettarinfo(arcname=str(path.relative_to(root)), fileobj=stream)
        archive.addfile(entry, stream)
        return True
    return False


def _copy_database(path: Path, copy: Path) -> None:
    """Copy a database as it is at one moment, with what its log holds; who writes goes on."""
    address = f"{path.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, uri=True, timeout=WAIT_S)) as source, closing(sqlite3.connect(copy)) as kept:
        source.backup(kept)
        if kept.execute("PRAGMA quick_check").fetchone()[0] != "ok":
            raise sqlite3.DatabaseError(f"'{shown_path(path.name)}' is damaged")


def restore(source: Path, root: Path) -> Kept:
    """Make a data folder out of a backup, in a place where none is (BackupError; then nothing is left there).

    Older data are brought up to date when they are next used.
    """
    if root.exists() and (not root.is_dir() or any(entry.name != "lost+found" for entry in root.iterdir())):
        raise BackupError(
            f"'{shown_path(root)}' is in use: stop the server, move that folder away, or name an empty one in "
            "ITNT_DATA_DIR. Nothing was changed."
        )
    was_there = root.exists()
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        return _unpacked(source, root)
    except (OSError, EOFError, tarfile.TarError, ValueError) as error:
        for entry in root.iterdir():
            if entry.name != "lost+found":
                shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()
        if not was_there:
            root.rmdir()
        if isinstance(error, OSError) and not isinstance(error, tarfile.TarError) and error.errno:
            raise BackupError(f"The backup cannot be restored: {disk_sentence(error)}") from error
        raise BackupError(
            f"'{shown_path(source)}' is no backup of ITNT Studio, or it is damaged: use another one. "
            "Nothing was changed."
        ) from error


def _unpacked(source: Path, root: Path) -> Kept:
    files = databases = 0
    with tarfile.open(source, "r:gz") as archive:
        first = archive.next()
        stream = archive.extractfile(first) if first is not None and first.name == MARK else None
        if stream is None or stream.read(len(FORM) + 1) != FORM.encode("ascii"):
            raise ValueError("no mark")
        for entry in archive:
            if entry.name == MARK:
                continue
            path = PurePosixPath(entry.name)
            if not entry.isfile() or entry.issparse() or path.is_absolute() or ".." in path.parts:
                raise ValueError("something else than files of a data folder")
            target = root / entry.name
            if target.exists():
                raise ValueError("a file that stands there twice")
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            _take_out(archive, entry, target)
            files, databases = files + (target.suffix != DATABASE), databases + (target.suffix == DATABASE)
    return Kept(files, databases, source.stat().st_size / 1e6)


def _take_out(archive: tarfile.TarFile, entry: tarfile.TarInfo, target: Path) -> None:
    """Write the content of one file of an archive, for its owner alone, as old as it was; nothing else of it counts.

    ``TarFile.extract`` would need its filters, which Python 3.11 has from 3.11.4 on only.
    """
    stream = archive.extractfile(entry)
    if stream is None:
        raise ValueError("no file")
    with stream, open(target, "xb", opener=lambda path, flags: os.open(path, flags, PRIVATE)) as file:
        shutil.copyfileobj(stream, file)
    if 0.0 <= entry.mtime <= LATEST_S:  # and no NaN
        os.utime(target, (entry.mtime, entry.mtime))
