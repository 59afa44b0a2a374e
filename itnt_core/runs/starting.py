"""Starting processes of this program: their folder, their environment, and detached workers."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

from itnt_core.installed import PACKAGE

from .locks import CLUSTER_MODULE, WORKER_MODULE
from .processes import new_token
from .run import HERE

_THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


def pinned_environment() -> dict[str, str]:
    """Return the environment with the numeric libraries held to one thread: runs share the machine.

    A worker says for each run how many threads of this program's own it may use (:mod:`itnt_core.cores`).
    """
    return {**os.environ, **dict.fromkeys(_THREAD_VARIABLES, "1")}


def start_worker(root: Path, launcher: str = HERE) -> None:
    """Start a worker process of its own session, which outlives this process.

    ``launcher`` is ``here`` for this machine, else the address of a Dask scheduler. A thread waits for the worker, so
    that a long-lived dashboard keeps no zombies of workers that ended before it.
    """
    module = [WORKER_MODULE, str(root)] if launcher == HERE else [CLUSTER_MODULE, str(root), launcher]
    token = new_token()  # stands in its command line, so that nobody takes another process for it
    with (root / "worker.log").open("ab") as log:
        worker = subprocess.Popen(
            [sys.executable, "-m", *module, token],
            cwd=PACKAGE.parent,
            env=pinned_environment(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    threading.Thread(target=worker.wait, name="worker wait", daemon=True).start()
