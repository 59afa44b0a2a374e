"""Who holds SQLite's locks on a database, told by the kernel, and ending a worker that stands still with one."""

from __future__ import annotations

import os
import time
from pathlib import Path

from .processes import ProcessIdentity, command_of, end_process, is_stopped

GRACE_S = 0.3
WORKER_MODULES = WORKER_MODULE, CLUSTER_MODULE = "itnt_core.runs.worker", "itnt_core.runs.cluster"
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


def stopped_holders(database: Path) -> list[int]:
    """Return the processes that hold such a lock and stand still."""
    return [pid for pid in lock_holders(database) if is_stopped(pid)]


def end_stopped_holders(database: Path) -> None:
    """End workers of this store that hold a lock and stand still for a moment; nobody else is touched."""
    found = stopped_holders(database)
    if not found:
        return
    time.sleep(GRACE_S)
    for pid in stopped_holders(database):
        command = command_of(pid)
        is_ours = any(module in command for module in WORKER_MODULES) and str(database.parent) in command
        if is_ours and pid in found:
            end_process(ProcessIdentity.of(pid, command[-1]))  # its token comes last


def _name(path: Path) -> str | None:
    """Return a file as the list of locks writes it."""
    try:
        found = path.stat()
    except OSError:
        return None
    return f"{os.major(found.st_dev):02x}:{os.minor(found.st_dev):02x}:{found.st_ino}"
