"""What a run will cost: time and memory, from what runs of the same method took on this machine."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from itnt_core.scenario import Scenario

from .run import Run

if TYPE_CHECKING:
    from itnt_core.methods import MethodSettings

REFERENCE_FILE = Path(__file__).resolve().parents[2] / "assets" / "costs" / "reference.json"
NEAREST = 5  # finished runs that an estimate is made from
START_S = 0.1  # of every run, whatever its size


@dataclass(frozen=True)
class CostEstimate:
    """Seconds on one core and memory of one run; None where nothing is known."""

    seconds: float | None
    memory_mb: float | None
    source: str


def work_of(scenario: Scenario, settings: MethodSettings) -> float:
    """Return the size of a run: slots x users x stations x subchannels, for a training times its episodes."""
    satellites = len(scenario.passes) + sum(shell.satellites_used for shell in scenario.walker_shells)
    stations = len(scenario.ground_stations) + satellites
    entries = scenario.time.slots * len(scenario.user_ids) * stations * scenario.radio.subchannels
    episodes = getattr(settings, "rounds", 1) * getattr(settings, "episodes", 1) if hasattr(settings, "episodes") else 1
    return float(max(1, entries) * max(1, episodes))


def estimate_cost(method: str, work: float, runs: Iterable[Run]) -> CostEstimate:
    """Estimate a run's cost from the finished runs of its method that are nearest in size.

    Time is taken to grow in proportion to the size, which holds well between similar runs only. Without a finished run
    the figures of the reference machine are used, and said to be that; unknown stays unknown.
    """
    finished = [
        run for run in runs
        if run.state == "done" and run.method == method and run.work and run.wall_s is not None
    ]  # fmt: skip
    nearest = sorted(finished, key=lambda run: abs(_ratio(run, work)))[:NEAREST]
    if nearest:
        per_entry = median(max(0.0, (run.wall_s or 0.0) - START_S) / (run.work or 1.0) for run in nearest)
        memory = [run.peak_mb for run in nearest if run.peak_mb]
        count = f"{len(nearest)} finished run" + ("s" if len(nearest) > 1 else "")
        return CostEstimate(
            START_S + per_entry * work, max(memory, default=None), f"from {count} of this method on this machine"
        )
    known = reference_costs().get(method)
    if known is None:
        return CostEstimate(None, None, "nothing is known yet of this method's cost")
    seconds = START_S + float(known["seconds_per_entry"]) * work
    return CostEstimate(seconds, float(known["peak_mb"]), "from the reference machine; yours may be faster or slower")


def _ratio(run: Run, work: float) -> float:
    return math.log((run.work or 1.0) / work)


@cache
def reference_costs() -> Mapping[str, Mapping[str, Any]]:
    """Return what each method took on the reference machine, empty where the file is missing."""
    try:
        methods: dict[str, dict[str, Any]] = json.loads(REFERENCE_FILE.read_text(encoding="utf-8"))["methods"]
    except (OSError, ValueError, KeyError):
        return {}
    return methods


def sentence(estimates: Iterable[CostEstimate], at_once: int) -> str:
    """Say in one sentence what several runs will cost together."""
    all_of_them = list(estimates)
    known = [estimate.seconds for estimate in all_of_them if estimate.seconds is not None]
    unknown = len(all_of_them) - len(known)
    if not known:
        return "The cost is not known yet: no run of this method has finished here."
    longest = max(max(known), sum(known) / max(1, at_once))
    memory = max((estimate.memory_mb or 0.0 for estimate in all_of_them), default=0.0)
    text = f"About {spoken_time(longest)}"
    text += f" and {memory * min(at_once, len(known)):,.0f} MB of memory" if memory else ""
    text += f", {min(at_once, len(known))} at once" if len(known) > 1 else ""
    text += f"; {unknown} of them of unknown cost" if unknown else ""
    return f"{text} ({all_of_them[0].source})."


def spoken_time(seconds: float) -> str:
    """Return a duration in words a person would use."""
    if seconds < 90:
        return f"{seconds:.0f} s" if seconds >= 1.5 else "1 s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
