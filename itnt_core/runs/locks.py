"""Who holds SQLite's locks on a database, told by the kernel, and ending a worker that stands still with one."""

from __future__ import annotations

import os
from pathlib import Path

from .processes import ProcessIdentity, command_of, end_process, is_stopped

WORKER_MODULES = ("itnt_core.runs.worker", "itnt_core.runs.cluster")
_LOCKS = Path("/proc/locks")  # proc(5): number, POSIX, ADVISORY, READ or WRITE, pid, major:minor:inode, first, last


def lock_holders(database: Path) -> list[int]:
    """Return the processes that hold a lock which keeps others from writing; [] where the system does not say."""
    files = {name for name in (_name(database), _name(database.with_name(f"{database.name}-shm"))) if name}
    try:
        lines = _LOCKS.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:  # not on this system: a silent worker is then found by its missing heartbeats
        return []
    fields = [line.split() for line in lines if "->" not in line]
    found = [int(f[4]) for f in fields if len(f) >= 8 and f[3] == "WRITE" and f[5] in files and f[4].isdecimal()]
    return [pid for pid in dict.fromkeys(found) if pid not in (0, os.getpid())]


def end_stopped_holder(database: Path) -> bool:
    """End the worker of this store that holds a lock and stands still; nobody else is touched."""
    ended = False
    for pid in lock_holders(database):
        command = command_of(pid)
        is_ours = any(module in command for module in WORKER_MODULES) and str(database.parent) in command
        if is_ours and is_stopped(pid):
            ended |= end_process(ProcessIdentity.of(pid, command[-1]))  # its token comes last
    return ended


def _name(path: Path) -> str | None:
    """Return a file as the list of locks writes it."""
    try:
        found = path.stat()
    except OSError:
        return None
    return f"{os.major(found.st_dev):02x}:{os.minor(found.st_dev):02x}:{found.st_ino}"
