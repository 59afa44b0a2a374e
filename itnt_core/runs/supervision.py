"""Supervising the computation of one run: cancelling, time limit, crash, peak memory. Used here and on a cluster."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psutil

from itnt_core.installed import PACKAGE
from itnt_core.results import ResultError, read_manifest

from .folder import (
    CANCEL_FILE,
    CHILD_MODULE,
    EXIT_CANCELLED,
    EXIT_FAILED,
    PROGRESS_FILE,
    append_event,
    cancel_reason,
    note_child,
    read_events,
    read_request,
)
from .processes import ProcessIdentity, new_token, stop_group
from .run import RunState
from .starting import pinned_environment

POLL_S = 0.1
BEAT_S = 1.0
ASK_AGAIN_S, CANCEL_PATIENCE_S = 1.0, 3.3  # a signal where the flag was not seen, a kill where neither was
RETIRE_ABOVE_MB = 1500.0
Beat = Callable[[float, str], bool]  # progress and message; False: the run is no longer wanted


@dataclass(frozen=True)
class End:
    """How a run ended."""

    state: RunState
    message: str
    kpis: dict[str, Any] | None = None
    peak_mb: float | None = None
    cpu_s: float = 0.0  # processor time of its process


class Child:
    """A computing process in a group of its own, ready for one run after another."""

    def __init__(self) -> None:
        self.token = new_token()
        self.process = subprocess.Popen(
            [sys.executable, "-m", CHILD_MODULE, str(os.getpid()), self.token],
            cwd=PACKAGE.parent,
            env=pinned_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._is_whole = True

    @property
    def is_usable(self) -> bool:
        """Say whether it waits for work or computes, and its pipes are open."""
        return self._is_whole and self.process.poll() is None

    @property
    def identity(self) -> ProcessIdentity:
        """Return its pid with its start and its token; a pid alone may be given to another later."""
        return ProcessIdentity.of(self.process.pid, self.token)

    def ask_to_stop(self) -> None:
        """Interrupt what it computes wherever it is; it hands over the best decision it has."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)

    def begin(self, folder: Path, cache_dir: Path, threads: int = 1) -> None:
        """Start computing a run folder with so many threads, which change no answer."""
        assert self.process.stdin is not None
        asked = {"folder": str(folder), "cache": str(cache_dir), "threads": threads}
        self.process.stdin.write(json.dumps(asked).encode() + b"\n")
        self.process.stdin.flush()

    def exit_code(self, patience_s: float) -> int | None:
        """Wait a moment for the end of the run; a code below zero is the signal that ended the whole process."""
        assert self.process.stdout is not None
        ready, _, _ = select.select([self.process.stdout], [], [], patience_s)
        if not ready:
            return None
        answer = self.process.stdout.readline()
        if answer.strip():
            return int(answer)
        self._is_whole = False
        return self.process.wait() or 1  # it ended without an answer: a crash, even with code 0

    def memory_mb(self) -> float:
        """Return the memory in use now, 0 when the process is gone."""
        try:
            return float(psutil.Process(self.process.pid).memory_info().rss) / 1e6
        except psutil.Error:
            return 0.0

    def cpu_s(self) -> float:
        """Return the processor time spent so far, 0 when the process is gone."""
        try:
            return float(sum(psutil.Process(self.process.pid).cpu_times()[:2]))
        except psutil.Error:
            return 0.0

    def stop(self) -> None:
        """End the process and everything it started."""
        self._is_whole = False
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):  # what it has not read any more
                    pipe.close()
        stop_group(self.process)


def supervise(folder: Path, cache_dir: Path, child: Child, beat: Beat, threads: int = 1) -> End | None:
    """Compute a run folder in a child and return how it ended, None when the run was taken away meanwhile.

    Work that does not depend on its order is shared out among ``threads``.
    """
    watch = _Watch(folder, child, read_request(folder).time_limit_s)
    note_child(folder, child.identity)
    child.begin(folder, cache_dir, threads)
    next_beat = 0.0
    while (code := child.exit_code(POLL_S)) is None:
        if watch.is_out_of_patience():
            watch.look()
            child.stop()
            return replace(watch.stopped_end(), cpu_s=watch.cpu_s)
        if time.monotonic() >= next_beat:
            if not beat(*watch.look()):
                child.stop()
                return None
            next_beat = time.monotonic() + BEAT_S
    watch.look()
    if child.is_usable and child.memory_mb() > RETIRE_ABOVE_MB:
        child.stop()  # the next run starts with a small process again
    return replace(watch.end(code), cpu_s=watch.cpu_s)


class _Watch:
    """What is known of a run while it computes."""

    def __init__(self, folder: Path, child: Child, limit_s: float | None):
        self.folder, self.child, self.limit_s = folder, child, limit_s
        self.started = time.monotonic()
        self.asked_at: float | None = None
        self.has_asked_again = False
        progress = folder / PROGRESS_FILE
        self.begun_at = self.offset = progress.stat().st_size if progress.exists() else 0  # earlier attempts are over
        self.fraction, self.message, self.peak_mb = 0.0, "Starting", 0.0
        self.cpu_s, self._spent_before_s = 0.0, child.cpu_s()

    def look(self) -> tuple[float, str]:
        """Read the newest events and the memory; return progress and message."""
        events, self.offset = read_events(self.folder, self.offset)
        for event in events:
            self.fraction = event.get("fraction", self.fraction)
            self.message = event.get("message") or self.message
        self.peak_mb = max(self.peak_mb, self.child.memory_mb())
        self.cpu_s = max(self.cpu_s, self.child.cpu_s() - self._spent_before_s)
        return self.fraction, self.message

    def is_out_of_patience(self) -> bool:
        """Ask the run to stop when its time is over; say whether it was asked long enough ago to be stopped by force.

        The flag is seen at the method's next report, and a signal a second later between any two steps of Python;
        either way the best decision so far is handed over.
        """
        now, flag = time.monotonic(), self.folder / CANCEL_FILE
        if self.limit_s is not None and now - self.started > self.limit_s and not flag.exists():
            flag.write_text("timed out", encoding="utf-8")
        if self.asked_at is None and flag.exists():
            self.asked_at = now
        if self.asked_at is None:
            return False
        if now - self.asked_at > ASK_AGAIN_S and not self.has_asked_again:
            self.child.ask_to_stop()
            self.has_asked_again = True
        return now - self.asked_at > CANCEL_PATIENCE_S

    def stopped_end(self) -> End:
        """Return the end of a run that was asked to stop, with the figures of its best decision if one was kept."""
        kpis = _kpis(self.folder)
        kept = "its best decision until then is kept" if kpis else "no decision could be kept"
        if cancel_reason(self.folder) == "timed out":
            return End("timed out", f"Stopped at its time limit of {self.limit_s:g} s; {kept}.", kpis, self.peak_mb)
        return End("cancelled", f"Cancelled; {kept}.", kpis, self.peak_mb)

    def end(self, code: int) -> End:
        """Return the end of a run whose child answered or died."""
        if code == 0:
            return End("done", "Finished.", _kpis(self.folder), self.peak_mb)
        # A signal may interrupt a library, which then fails in words of its own: the run was to end anyway.
        if code == EXIT_CANCELLED or (code == EXIT_FAILED and self.has_asked_again):
            return self.stopped_end()
        message = _failure(self.folder, code, self.begun_at)
        append_event(self.folder, {"type": "end", "state": "failed", "message": message})
        return End("failed", message, None, self.peak_mb)


def _kpis(folder: Path) -> dict[str, Any] | None:
    """Return the figures of the folder's result, None without a complete one."""
    try:
        kpis: dict[str, Any] = read_manifest(folder)["kpis"]
    except ResultError:
        return None
    return kpis


def _failure(folder: Path, code: int, since: int) -> str:
    """Say in one sentence why a child failed: its own words, or the signal that ended it."""
    if code < 0:
        return f"The computing process was ended by signal {-code} (out of memory, a crash, or killed)."
    errors = [event["message"] for event in read_events(folder, since)[0] if event.get("type") == "error"]
    return str(errors[-1]) if errors else f"The computing process ended with code {code}; its log tells more."
