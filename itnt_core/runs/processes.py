"""Processes: identity that survives reuse of a pid, and stopping a whole group."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from dataclasses import dataclass

import psutil

SAME_START_S = 0.5


@dataclass(frozen=True)
class ProcessIdentity:
    """A process by its pid and start time (Unix seconds); a pid alone may have been given to another."""

    pid: int
    started: float

    @classmethod
    def current(cls) -> ProcessIdentity:
        """Return the identity of this process."""
        return cls(os.getpid(), psutil.Process().create_time())


def is_alive(identity: ProcessIdentity) -> bool:
    """Say whether exactly this process still runs."""
    try:
        process = psutil.Process(identity.pid)
        same = abs(process.create_time() - identity.started) < SAME_START_S
        return same and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def stop_group(child: subprocess.Popen[bytes], patience_s: float = 0.8) -> None:
    """Terminate a child's process group, then kill what is left of it, and collect the child."""
    for wanted in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(child.pid, wanted)
        except ProcessLookupError:
            break
        try:
            child.wait(timeout=patience_s)
        except subprocess.TimeoutExpired:
            continue
    child.wait()


def exit_with_parent(parent: int, every_s: float = 1.0) -> None:
    """Watch from a thread that the parent lives, and end this process and its group when it does not."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(every_s)
        os.killpg(os.getpgrp(), signal.SIGKILL)

    threading.Thread(target=watch, name="parent watch", daemon=True).start()
