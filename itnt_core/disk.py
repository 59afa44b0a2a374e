"""What the disk says no with, in sentences: full, read-only, not allowed, another kind of thing."""

from __future__ import annotations

import errno
import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

# Without waiting for a writer, where a system knows that; as bytes, where it must be asked for.
_TO_READ = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_NONBLOCK", "O_CLOEXEC", "O_BINARY"))
_WHY = {
    errno.ENOSPC: "the disk is full: free some space and do it again",
    errno.EDQUOT: "your share of the disk is used up: free some space and do it again",
    errno.EFBIG: "the file would be larger than is allowed here: write to another disk",
    errno.EROFS: "the disk is read-only: choose another folder",
    errno.EACCES: "it may not be used by you: change its permissions or choose another place",
    errno.EPERM: "it may not be used by you: change its permissions or choose another place",
    errno.EISDIR: "it is a folder, but a file is needed: choose another name",
    errno.ENOTDIR: "a part of its path is a file, not a folder: choose another place",
    errno.EEXIST: "something else stands there: move it away or choose another name",
    errno.ENOENT: "it is not there: check the path",
    errno.ENAMETOOLONG: "its name is too long: choose a shorter one",
    errno.ELOOP: "its links lead round in a circle: choose another place",
    errno.ENOMEM: "the memory is used up: close other programs",
    errno.ENXIO: "it is a pipe or a device, but a file is needed: remove it",
    errno.EIO: "the disk reports an error: look after the disk",
}


def shown_path(path: object) -> str:
    """Return a path as it can be printed: nothing in it moves the cursor or cannot be encoded; 200 characters."""
    text = str(path).encode("utf-8", "backslashreplace").decode("utf-8")
    text = "".join(character if character.isprintable() else repr(character)[1:-1] for character in text)
    return text if len(text) <= 200 else f"{text[:120]}…{text[-60:]}"


def open_regular(path: Path) -> BinaryIO:
    """Open a regular file for reading (OSError, also for a folder, a device or a pipe, which would wait for a writer).

    Asked of the opened file alone: between two looks at a path something else may be put there.
    """
    handle = os.open(path, _TO_READ)
    try:
        kind = os.fstat(handle).st_mode
        if not stat.S_ISREG(kind):
            raise OSError(errno.EISDIR if stat.S_ISDIR(kind) else errno.ENXIO, "Not a regular file", str(path))
        return os.fdopen(handle, "rb")
    except BaseException:
        os.close(handle)
        raise


def disk_sentence(error: OSError | ValueError, path: Path | str | None = None) -> str:
    """Say in one sentence which file could not be used, why, and what to do."""
    named = path if path is not None else getattr(error, "filename", None)
    where = f"'{shown_path(named)}'" if named else "A file"
    if isinstance(error, OSError):
        why = _WHY.get(error.errno or 0, f"{error.strerror or error}: check it")
    else:
        why = "its name holds what no name may hold, such as a NUL: choose another name"
    return f"{where} cannot be used: {why}."


@contextmanager
def whole(connection: sqlite3.Connection) -> Iterator[None]:
    """Keep what is done in a transaction that has begun, or none of it where that fails (sqlite3.Error)."""
    try:
        yield
    except BaseException:
        if connection.in_transaction:  # a full disk has ended it already
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
