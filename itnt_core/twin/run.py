"""From a twin scenario and a scheme to a result: the one way for the command line, the workers and notebooks."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from .checkpoint import FOLDER, Checkpoints
from .environment import Environment, build_environment
from .names import find_scheme
from .result import TwinResult, make_result
from .scenario import TwinScenario
from .simulate import Progress, simulate


def run_scheme(
    scenario: TwinScenario,
    scheme: str,
    notify: Callable[[Progress], None] | None = None,
    cache_dir: Path | None = None,
    environment: Environment | None = None,
    folder: Path | None = None,
) -> TwinResult:
    """Roll a scheme out over a scenario (SchemeError for an unknown one); ``environment`` saves building it again.

    In a ``folder`` a long run keeps its decisions on the way, and goes on from those of one that was stopped.
    """
    find_scheme(scheme)
    started = time.perf_counter()
    environment = environment or build_environment(scenario, cache_dir=cache_dir)
    checkpoints = None if folder is None else Checkpoints(folder / FOLDER, scenario.content_hash(), scheme)
    rollout = simulate(environment, scheme, notify, checkpoints)
    result = make_result(environment, rollout, time.perf_counter() - started)
    if checkpoints is not None:
        checkpoints.remove()
    return result
