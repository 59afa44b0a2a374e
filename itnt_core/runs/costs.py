"""What a run will cost: time and memory, from what runs of the same method took on this machine."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from statistics import median
from typing import Any

from itnt_core.data import delivered

from .run import HERE, Run

REFERENCE_FILE = delivered("costs/reference.json")
NEAREST = 5  # finished runs that an estimate is made from
COMPARABLE = 10.0  # times as large or as small: beyond it, starting up and compiling are taken for the work itself
START_S = 0.1  # of every run, whatever its size
WORKER_START_S = 3.0  # once, until the first worker has loaded what it computes with
FROM_HERE = "from finished runs on this machine"
FROM_REFERENCE = "from the reference machine; yours may be faster or slower"


@dataclass(frozen=True)
class CostEstimate:
    """Seconds on one core and memory of one run; None where nothing is known."""

    seconds: float | None
    memory_mb: float | None
    source: str


def bound_s(slots: int, entries: float) -> float:
    """Return the seconds that the certified bound of a question took on the reference machine, 0 where unknown.

    ``entries`` is slots x users x stations x subchannels. The bound is found once, by the first run of a question, and
    kept.
    """
    known = _reference().get("bound", {})
    return float(known.get("seconds_per_slot", 0.0) * slots + known.get("seconds_per_entry", 0.0) * entries)


def estimate_cost(method: str, work: float, runs: Iterable[Run], bound_s: float = 0.0) -> CostEstimate:
    """Estimate a run's cost from the finished runs of its method on this machine that are nearest in size.

    ``bound_s`` is what a run that has to find its scenario's bound spends on it; finished runs hold it already.

    Time is taken to grow in proportion to the size, which holds well between similar runs only; what stops a method
    early is not known before. Without a finished run of comparable size the figures of the reference machine are used,
    and said to be that; where it has none either, finished runs of any size; unknown stays unknown.
    """
    known = reference_costs().get(method)
    finished = [run for run in runs if run.method == method and _ran_in_one_go(run)]
    nearest = sorted(finished, key=lambda run: abs(_ratio(run, work)))[:NEAREST]
    if known is not None:
        nearest = [run for run in nearest if abs(_ratio(run, work)) <= math.log(COMPARABLE)]
    if nearest:
        per_entry = median(max(0.0, (run.duration_s or 0.0) - START_S) / (run.work or 1.0) for run in nearest)
        memory = [run.peak_mb for run in nearest if run.peak_mb]
        return CostEstimate(START_S + per_entry * work, max(memory, default=None), FROM_HERE)
    if known is None:
        return CostEstimate(None, None, "")
    seconds = START_S + float(known["seconds_per_entry"]) * work + bound_s
    return CostEstimate(seconds, float(known["peak_mb"]), FROM_REFERENCE)


def _ran_in_one_go(run: Run) -> bool:
    """Say whether a run was computed here in one go: queueing on a cluster and resuming tell nothing about cost."""
    in_one_go = run.state == "done" and run.launcher == HERE and run.attempts <= 1
    return in_one_go and bool(run.work) and run.duration_s is not None


def _ratio(run: Run, work: float) -> float:
    return math.log((run.work or 1.0) / work)


def reference_costs() -> Mapping[str, Mapping[str, Any]]:
    """Return what each method took on the reference machine, empty where the file is missing."""
    methods: Mapping[str, Mapping[str, Any]] = _reference().get("methods", {})
    return methods


@cache
def _reference() -> Mapping[str, Any]:
    try:
        found = json.loads(REFERENCE_FILE.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def sentence(estimates: Iterable[tuple[CostEstimate, float]], at_once: int) -> str:
    """Say in one sentence what runs will cost together; each estimate comes with the number of such runs."""
    weighed = [(estimate, count) for estimate, count in estimates if count > 0]
    known = [(estimate, count) for estimate, count in weighed if estimate.seconds is not None]
    if not known:
        return "The cost is not known yet: no run of this method has finished here."
    total = sum((estimate.seconds or 0.0) * count for estimate, count in known)
    abreast = max(1, min(at_once, round(sum(count for _, count in known))))
    seconds = WORKER_START_S + max(total / abreast, max(estimate.seconds or 0.0 for estimate, _ in known))
    memory = max(estimate.memory_mb or 0.0 for estimate, _ in known)
    text = f"About {spoken_time(seconds)}"
    text += f" and {memory * abreast:,.0f} MB of memory" if memory else ""
    text += f", {abreast} at once" if sum(count for _, count in known) > 1 else ""
    unknown = round(sum(count for estimate, count in weighed if estimate.seconds is None))
    text += f"; {unknown} of them of unknown cost" if unknown else ""
    return f"{text} (estimated {' and '.join(dict.fromkeys(estimate.source for estimate, _ in known))})."


def spoken_time(seconds: float) -> str:
    """Return a duration in words a person would use."""
    if seconds < 90:
        return f"{seconds:.0f} s" if seconds >= 1.5 else "1 s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
