"""The process that computes runs, one after another: ``python -m itnt_core.runs.child SUPERVISOR_PID TOKEN``.

It can crash, run out of memory or be killed without taking its supervisor or another run with it. Each line of its
input names one run folder; each line of its output is the exit code of that run. Everything else that is printed goes
into the run's log. Importing takes longer than a short run, which is why one process serves several runs.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from pathlib import Path

from itnt_core.collecting import collect_seldom
from itnt_core.cores import use_threads
from itnt_core.disk import disk_sentence
from itnt_core.errors import ItntError
from itnt_core.methods import RunCancelled, interrupt

from .folder import EXIT_CANCELLED, EXIT_FAILED, LOG_FILE, append_event
from .processes import exit_with_parent, give_way_to_pages


def compute(folder: Path, cache_dir: Path) -> int:
    """Execute a run folder and return its exit code."""
    from .executing import execute  # slow to load: not before this process has said how it is to be loaded

    try:
        execute(folder, cache_dir)
    except RunCancelled:
        return EXIT_CANCELLED
    except ItntError as error:
        _append_error(folder, str(error))
        return EXIT_FAILED
    except Exception as error:  # the boundary of a run: whatever went wrong is this run's failure, for its reader
        traceback.print_exc()
        _append_error(
            folder, disk_sentence(error) if isinstance(error, OSError) else f"{type(error).__name__}: {error}"
        )
        return EXIT_FAILED
    return 0


def _append_error(folder: Path, message: str) -> None:
    try:
        append_event(folder, {"type": "error", "message": message})
    except OSError:  # a full disk: then it stands in the log, if anywhere
        print(message, file=sys.stderr)


def main(arguments: list[str]) -> int:
    """Compute the runs whose folders come in, until the input ends."""
    # The pid comes from the supervisor, since it may be gone before this line is reached.
    exit_with_parent(int(arguments[0]))
    give_way_to_pages()
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    signal.signal(signal.SIGTERM, _stop)
    collect_seldom()
    import netCDF4  # noqa: F401 - slow to import, and a cancelled run has little time to save what it has

    from . import executing  # noqa: F401 - the first run need not wait for it

    for line in sys.stdin:
        asked = json.loads(line)
        folder = Path(asked["folder"])
        _print_into(folder / LOG_FILE)
        with use_threads(asked["threads"]):
            code = compute(folder, Path(asked["cache"]))
        sys.stdout.flush()
        sys.stderr.flush()
        _print_into(Path(os.devnull))
        answers.write(f"{code}\n")
    return 0


def _stop(number: int, frame: object) -> None:
    """Interrupt the method at work; evaluating and saving what it has found is not interrupted."""
    interrupt()


def _print_into(path: Path) -> None:
    """Send what this process and its libraries print into a file."""
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.dup2(handle, 1)
    os.dup2(handle, 2)
    os.close(handle)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
