"""Waiting for runs, and finding the processes that compute them."""

import contextlib
import os
import signal
import sqlite3
import time

import psutil
import pytest

PATIENCE_S = 300.0  # no more than a bound on hanging: a loaded machine takes a minute for some of it


def wait_for(condition):
    """Poll until a condition holds and return its value; fail loudly when it never does."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        if value := condition():
            return value
        time.sleep(0.05)
    pytest.fail("The condition did not come true in time.")


def has_begun(store, run_id, phase="association"):
    """Say whether a run has reported from this phase."""
    return any(event.get("phase") == phase for event in store.events(run_id)[0])


def workers_of(store):
    """Return the live processes that the store's list of workers names."""
    with sqlite3.connect(store.root / "runs.sqlite") as connection:
        pids = [row[0] for row in connection.execute("SELECT pid FROM workers")]
    return [psutil.Process(pid) for pid in pids if psutil.pid_exists(pid) and pid != os.getpid()]


def children_of(worker):
    """Return the computing processes of a worker."""
    try:
        return worker.children(recursive=True)
    except psutil.Error:
        return []


def is_gone(process):
    """Say whether a process has ended (a zombie has)."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.Error:
        return True


def kill(process):
    """Kill a process that may be gone."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(process.pid, signal.SIGKILL)


def clear_away(store):
    """Kill whatever still computes for a store."""
    for worker in workers_of(store):
        for process in (*children_of(worker), worker):
            kill(process)
