"""Runs on an existing Dask cluster: ``python -m itnt_core.runs.cluster ROOT ADDRESS TOKEN`` submits and watches them.

The run folders must lie on storage that this machine and the cluster's workers share under the same path, and the
workers must be able to import this package. Each cluster worker computes a run in a child process as a worker of this
machine does, so a crash costs the run and not the cluster's worker.
"""

from __future__ import annotations

import os
import sys
import threading
import time
import traceback
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from itnt_core.results import write_text

from .cluster_task import LEASE_FILE, compute_on_cluster
from .folder import CANCEL_FILE, read_events
from .launchers import LauncherError, check_scheduler
from .paths import cache_folder
from .processes import ProcessIdentity
from .run import Run
from .store import RunStore
from .supervision import BEAT_S, End
from .worker import Beats, finish_patiently

if TYPE_CHECKING:
    from distributed import Client, Future

CONNECT_S = 5
AHEAD = 2  # runs handed over for each thread of the cluster: none waits, and the rest can still be cancelled here


class _Submitted:
    """A run that the cluster has."""

    def __init__(self, run: Run, folder: Path, future: Future):
        self.run, self.folder, self.future = run, folder, future
        self.offset, self.fraction, self.message = 0, 0.0, "Waits for the cluster"

    def look(self) -> tuple[float, str]:
        """Read the newest events; return progress and message."""
        events, self.offset = read_events(self.folder, self.offset)
        for event in events:
            self.fraction = event.get("fraction", self.fraction)
            self.message = event.get("message") or self.message
        return self.fraction, self.message


class ClusterWatch:
    """Submits queued runs to a scheduler, follows them and records their ends."""

    def __init__(self, store: RunStore, client: Client, token: str):
        self.store, self.client, self.token = store, client, token
        self.open: dict[str, _Submitted] = {}
        self.turn = 0

    def watch(self) -> None:
        """Work until the queue is empty and every submitted run is over."""
        while True:
            if not self._submit() and not self.open:
                return
            self._renew_leases()
            for submitted in list(self.open.values()):
                self._follow(submitted)
            time.sleep(BEAT_S / 4)

    def _submit(self) -> bool:
        """Hand queued runs over; return False when none is left and this worker is off the list."""
        most = max(1, sum(self.client.nthreads().values())) * AHEAD
        while len(self.open) < most:
            run = self.store.claim(self.token, stay=bool(self.open))
            if run is None:
                return False
            folder, name = self.store.folder_of(run), f"{run.id}-{run.attempts}"
            arguments = (str(folder), str(cache_folder(self.store.home_of(run))), name)
            future = self.client.submit(compute_on_cluster, *arguments, key=name, pure=False, retries=0)
            self.open[run.id] = _Submitted(run, folder, future)
        return True

    def _renew_leases(self) -> None:
        self.turn += 1
        for submitted in self.open.values():
            with suppress(OSError):  # a folder that is gone ends its own run only
                write_text(submitted.folder / LEASE_FILE, f"{submitted.future.key} {self.turn}")

    def _follow(self, submitted: _Submitted) -> None:
        run = submitted.run
        if submitted.future.done():
            del self.open[run.id]
            end = _end_of(submitted.future)
            finish_patiently(self.store, run.id, self.token, end)
        elif not Beats(self.store, run.id, self.token)(*submitted.look()):
            submitted.future.cancel()
            del self.open[run.id]
        elif (submitted.folder / CANCEL_FILE).exists() and not submitted.offset:
            submitted.future.cancel()  # it waits still; one that has started sees the flag itself
            self.store.finish(run.id, self.token, "cancelled", "Cancelled before it started.")
            del self.open[run.id]


def _end_of(future: Future) -> End:
    from distributed import CancelledError, KilledWorker

    try:
        return End(**future.result())
    except (CancelledError, KilledWorker) as error:
        return End("interrupted", f"The cluster lost it: {type(error).__name__}: {error}"[:500])
    except Exception as error:  # whatever the cluster's worker could not do: no package, no shared folder
        return End("failed", f"The cluster's worker could not compute it: {type(error).__name__}: {error}"[:500])


def _connected(address: str) -> Client:
    """Return a client of a scheduler (LauncherError when there is none in time, OSError).

    The client itself waits for ever for something that listens and is not quite a scheduler.
    """
    from distributed import Client

    check_scheduler(address)
    found: SimpleQueue[Client | Exception] = SimpleQueue()

    def connect() -> None:
        try:
            found.put(Client(address, timeout=CONNECT_S, set_as_default=False))
        except Exception as error:  # told by the one who waits
            found.put(error)

    threading.Thread(target=connect, name="connect", daemon=True).start()
    try:
        client = found.get(timeout=CONNECT_S + 1.0)
    except Empty as error:
        raise LauncherError(f"The Dask scheduler {address} does not answer as one within {CONNECT_S} s.") from error
    if isinstance(client, Exception):
        raise client
    return client


def work(root: Path, address: str, token: str) -> None:
    """Serve the queue of a scheduler until it is empty; leave at once when someone else does."""
    store = RunStore(root)
    if not store.enter_worker(ProcessIdentity.current(token), address):
        return
    watch: ClusterWatch | None = None
    try:
        with _connected(address) as client:
            watch = ClusterWatch(store, client, token)
            watch.watch()
    except Exception as error:  # whatever it is, the queue must not wait for a cluster that cannot be used
        traceback.print_exc()
        reason = str(error)
        if not isinstance(error, LauncherError):
            reason = f"The Dask scheduler {address} cannot be used ({type(error).__name__}: {error})."[:500]
        for run_id in watch.open if watch else ():
            store.finish(run_id, token, "interrupted", reason)
        while (run := store.claim(token)) is not None:
            store.finish(run.id, token, "failed", reason)
    finally:
        store.leave_worker(token)


if __name__ == "__main__":
    os.umask(0o077)
    work(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
    sys.stderr.flush()
    os._exit(0)  # a client that still waits for an answer would keep the process
