"""The process that computes one run: ``python -m itnt_core.runs.child FOLDER CACHE WORKER_PID``.

It can crash, run out of memory or be killed without taking its worker or another run with it. Its exit code says how
it ended; a result and its manifest are in the folder only after success.
"""

from __future__ import annotations

import sys
import traceback
from pathlib import Path

from itnt_core.methods import RunCancelled, SettingsError
from itnt_core.scenario import ScenarioError

from .execute import append_event, execute
from .processes import exit_with_parent

EXIT_FAILED, EXIT_CANCELLED = 1, 3


def main(arguments: list[str]) -> int:
    """Execute a run folder and return the exit code."""
    folder, cache_dir = (Path(argument) for argument in arguments[:2])
    # The pid comes from the worker, since the worker may be gone before this line is reached.
    exit_with_parent(int(arguments[2]))
    try:
        execute(folder, cache_dir)
    except RunCancelled:
        return EXIT_CANCELLED
    except (ScenarioError, SettingsError) as error:
        append_event(folder, {"type": "error", "message": str(error)})
        return EXIT_FAILED
    except Exception as error:  # the boundary of a run: whatever went wrong is this run's failure, told to its reader
        traceback.print_exc()
        append_event(folder, {"type": "error", "message": f"{type(error).__name__}: {error}"})
        return EXIT_FAILED
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
