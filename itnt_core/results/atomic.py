"""Files that a reader sees old or new, never half."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

TEMPORARY = re.compile(r"\..+\.[0-9a-f]+\.tmp")


def write_atomically(path: Path, write: Callable[[Path], object]) -> None:
    """Write a file under a temporary name beside it, flush it to disk and rename it into place."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        write(temporary)
        with temporary.open("rb") as handle:
            os.fsync(handle.fileno())
        temporary.replace(path)
    finally:
        with suppress(OSError):  # renamed; or the disk that refused the file refuses this, too
            temporary.unlink()


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text so that a reader sees the old file or the new one, never half."""
    write_bytes(path, text.encode("utf-8"))


def write_bytes(path: Path, content: bytes | memoryview) -> None:
    """Write bytes so that a reader sees the old file or the new one, never half."""
    write_atomically(path, lambda target: target.write_bytes(content))


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk, where the system can (not every one opens a folder)."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
