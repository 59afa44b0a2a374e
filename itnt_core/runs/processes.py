"""Processes: identity that survives reuse of a pid and any clock, and ending exactly the process that is meant."""

from __future__ import annotations

import os
import re
import secrets
import signal
import subprocess
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from .clock import boot

NICE_VARIABLE, LEAST_PRIORITY = "ITNT_NICE", 19
MOST_PID = 2**31 - 1  # the largest that a kernel's pid_t holds
TOKEN = re.compile(r"[0-9a-f]{16}")
_PROC = Path("/proc")
_START_FIELD, _STATE_FIELD = 19, 0  # of /proc/PID/stat after the name, see proc(5)


def new_token() -> str:
    """Return a token that no other process of this program has."""
    return secrets.token_hex(8)


@dataclass(frozen=True)
class ProcessIdentity:
    """A process by pid, start and token.

    ``started`` is the start of the machine and the kernel's own count of when the process began since then, which no
    clock moves; ``token`` stands in the process's command line.
    """

    pid: int
    started: str
    token: str

    @classmethod
    def current(cls, token: str) -> ProcessIdentity:
        """Return the identity of this process."""
        return cls.of(os.getpid(), token)

    @classmethod
    def of(cls, pid: int, token: str) -> ProcessIdentity:
        """Return the identity of a process; one that is gone has an empty start and is never alive."""
        return cls(pid, _look(pid)[0], token)


def is_alive(identity: ProcessIdentity) -> bool:
    """Say whether exactly this process still runs."""
    if not _is_plausible(identity):
        return False
    started, state = _look(identity.pid)
    if not started or started != identity.started or state == "Z":
        return False
    return identity.pid == os.getpid() or identity.token in command_of(identity.pid)


def is_stopped(pid: int) -> bool:
    """Say whether a process stands still until somebody continues it."""
    return _look(pid)[1] == "T"


def end_process(identity: ProcessIdentity) -> bool:
    """Kill exactly this process, with its group where it leads one; say whether there was anything to kill."""
    if identity.pid == os.getpid() or not is_alive(identity):
        return False
    with suppress(ProcessLookupError, PermissionError):  # it ended just now, or belongs to somebody else
        leads = os.getpgid(identity.pid) == identity.pid
        (os.killpg if leads else os.kill)(identity.pid, signal.SIGKILL)
        return True
    return False


def command_of(pid: int) -> tuple[str, ...]:
    """Return the command line of a process, nothing where it is gone or not ours to see."""
    try:
        return tuple(psutil.Process(pid).cmdline())
    except psutil.Error:
        return ()


def _is_plausible(identity: ProcessIdentity) -> bool:
    """Say whether something read from a file can be a process: 0, -1 and 1 mean whole groups, or the first process."""
    pid = identity.pid
    known = isinstance(pid, int) and not isinstance(pid, bool) and isinstance(identity.started, str)
    return known and 1 < pid <= MOST_PID and bool(identity.started) and bool(identity.token)


def _look(pid: int) -> tuple[str, str]:
    """Return when a process began and its state (Z ended, T stopped, or another letter); ('', '') when it is gone."""
    try:
        fields = (_PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        state = fields[_STATE_FIELD].upper()
        return f"{boot()}:{fields[_START_FIELD]}", "Z" if state == "X" else state
    except (OSError, IndexError):
        return ("", "") if _PROC.joinpath("self").exists() else _look_elsewhere(pid)


def _look_elsewhere(pid: int) -> tuple[str, str]:
    """The same where there is no /proc: there the system keeps the moment of the start itself."""
    try:
        process = psutil.Process(pid)
        states = {psutil.STATUS_ZOMBIE: "Z", psutil.STATUS_DEAD: "Z", psutil.STATUS_STOPPED: "T"}
        return f"{boot()}:{process.create_time():.2f}", states.get(process.status(), "R")
    except psutil.Error:
        return "", ""


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


def give_way_to_pages() -> None:
    """Compute at a lower priority than the dashboard where ``ITNT_NICE`` says how low, from 0 to 19 (see nice(1)).

    On a server for many, people who look at a page then wait for none of what is computed for others.
    """
    wanted = os.environ.get(NICE_VARIABLE, "").strip()
    if hasattr(os, "nice") and wanted.isdecimal():  # there is none on Windows
        with suppress(OSError):
            os.nice(max(0, min(int(wanted), LEAST_PRIORITY) - os.nice(0)))


def exit_with_parent(parent: int, every_s: float = 1.0) -> None:
    """Watch from a thread that the parent lives, and end this process and the group it leads when it does not."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(every_s)
        if os.getpgrp() == os.getpid():
            os.killpg(os.getpid(), signal.SIGKILL)
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=watch, name="parent watch", daemon=True).start()
