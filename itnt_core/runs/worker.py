"""The detached worker: ``python -m itnt_core.runs.worker ROOT`` takes queued runs until none is left."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import threading
import time
from pathlib import Path

from itnt_core.results import MANIFEST_FILE

from .child import EXIT_CANCELLED
from .execute import CANCEL_FILE, LOG_FILE, append_event, read_events, read_request
from .paths import cache_folder
from .processes import ProcessIdentity, stop_group
from .store import Run, RunState, RunStore

POLL_S = 0.1
BEAT_S = 1.0
CANCEL_PATIENCE_S = 1.5
_THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


def max_parallel_runs() -> int:
    """Return how many runs may run at once on this machine: one core is left to the dashboard."""
    return max(1, (os.cpu_count() or 1) - 1)


def start_worker(root: Path) -> None:
    """Start a worker process of its own session, which outlives this process.

    A thread waits for it, so that a long-lived dashboard keeps no zombies of workers that ended before it.
    """
    log = (root / "worker.log").open("ab")
    with log:
        worker = subprocess.Popen(
            [sys.executable, "-m", "itnt_core.runs.worker", str(root)],
            cwd=_project_folder(), env=_environment(), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            start_new_session=True,
        )  # fmt: skip
    threading.Thread(target=worker.wait, name="worker wait", daemon=True).start()


def _project_folder() -> Path:
    return Path(__file__).resolve().parents[2]


def _environment() -> dict[str, str]:
    """Return the environment with the numeric libraries held to one thread: runs share the machine."""
    return {**os.environ, **dict.fromkeys(_THREAD_VARIABLES, "1")}


def work(root: Path) -> None:
    """Take queued runs one after another until none is left or enough other workers run."""
    store, identity = RunStore(root), ProcessIdentity.current()
    while (run := store.claim(identity, token := secrets.token_hex(8), max_parallel_runs())) is not None:
        _supervise(store, run, token)


def _supervise(store: RunStore, run: Run, token: str) -> None:
    """Run one run in a child process: heartbeat, cancel, time limit, and its end state."""
    folder = store.folder(run.id)
    with (folder / LOG_FILE).open("ab") as log:
        child = subprocess.Popen(
            [sys.executable, "-m", "itnt_core.runs.child", str(folder), str(cache_folder(store.root)),
             str(os.getpid())],
            cwd=_project_folder(), env=_environment(), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            start_new_session=True,
        )  # fmt: skip
    stopped = _watch(store, run, token, child, read_request(folder).time_limit_s)
    _record_end(store, run, token, child.returncode, stopped)


def _watch(
    store: RunStore, run: Run, token: str, child: subprocess.Popen[bytes], limit_s: float | None
) -> RunState | None:
    """Wait for the child; return why it was stopped, or None when it ended by itself."""
    folder, started, next_beat = store.folder(run.id), time.monotonic(), 0.0
    offset, fraction, message = 0, 0.0, "Starting"
    asked_at: float | None = None
    while child.poll() is None:
        now = time.monotonic()
        if limit_s is not None and now - started > limit_s:
            stop_group(child)
            return "timed out"
        if asked_at is None and (folder / CANCEL_FILE).exists():
            asked_at = now
        if asked_at is not None and now - asked_at > CANCEL_PATIENCE_S:
            stop_group(child)
            return "cancelled"
        if now >= next_beat:
            events, offset = read_events(folder, offset)
            for event in events:
                fraction, message = event.get("fraction", fraction), event.get("message") or message
            if not store.beat(run.id, token, fraction, message):
                stop_group(child)  # the run was taken away, so nobody waits for this child
                return "interrupted"
            next_beat = now + BEAT_S
        time.sleep(POLL_S)
    return None


def _record_end(store: RunStore, run: Run, token: str, exit_code: int, stopped: RunState | None) -> None:
    folder = store.folder(run.id)
    if stopped is None and exit_code == 0:
        manifest = json.loads((folder / MANIFEST_FILE).read_text(encoding="utf-8"))
        store.finish(run.id, token, "done", "Finished.", manifest["kpis"])
    elif stopped == "timed out":
        store.finish(run.id, token, "timed out", "Stopped at its time limit.")
    elif stopped == "cancelled" or exit_code == EXIT_CANCELLED:
        store.finish(run.id, token, "cancelled", "Cancelled.")
    elif stopped is None:
        message = _failure(folder, exit_code)
        append_event(folder, {"type": "end", "state": "failed", "message": message})
        store.finish(run.id, token, "failed", message)


def _failure(folder: Path, exit_code: int) -> str:
    """Say in one sentence why a child failed: its own words, or the signal that ended it."""
    errors = [event["message"] for event in read_events(folder)[0] if event.get("type") == "error"]
    if errors:
        return str(errors[-1])
    if exit_code < 0:
        return f"The computing process was ended by signal {-exit_code} (out of memory, or killed)."
    return f"The computing process ended with code {exit_code}; its log tells more."


if __name__ == "__main__":
    work(Path(sys.argv[1]))
