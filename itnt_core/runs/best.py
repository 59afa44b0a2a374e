"""The best decision so far of a run that computes: kept in its folder, replaced at once and whole, for who looks on."""

from __future__ import annotations

import json
import math
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from itnt_core.disk import disk_sentence, open_regular
from itnt_core.methods import ProgressEvent
from itnt_core.network import Decision, DecisionError, decision_bytes, decision_of_bytes
from itnt_core.results import is_number, write_bytes
from itnt_core.scenario import Scenario

BEST_FILE = "best.bin"
KEEP_EVERY_S = 1.0
MOST_BYTES = 16_000_000  # of a decision that is kept: some thousand users over some hundred slots
_HEAD_END = b"\n"


@dataclass(frozen=True, eq=False)
class BestSoFar:
    """The best decision so far: data in Mbit, the served share of the user slots, the bound; NaN where unknown."""

    decision: Decision
    data_mbit: float
    served_share: float
    bound_mbit: float


@dataclass(frozen=True)
class _Head:
    """What stands before the decision in the file."""

    data_mbit: float | None
    served_share: float | None
    bound_mbit: float | None


class BestKeeper:
    """Keeps the best decision of one run, at most once a second, the newest that its events bring."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.monotonic):
        self._path, self._clock = folder / BEST_FILE, clock
        self._kept: Any = None
        self._kept_at = -math.inf

    def take(self, event: ProgressEvent) -> None:
        """Keep what an event brings, if it is another decision and the last one is not too young."""
        decision = event.decision
        if decision is None or decision is self._kept or self._clock() - self._kept_at < KEEP_EVERY_S:
            return
        content = decision_bytes(decision)
        self._kept, self._kept_at = decision, self._clock()
        if len(content) > MOST_BYTES:
            return
        head = _Head(event.objective_mbit, event.served_share, event.bound_mbit)
        try:
            write_bytes(self._path, json.dumps(asdict(head)).encode() + _HEAD_END + content)
        except OSError as error:  # a full disk costs the look, not the run
            print(disk_sentence(error), file=sys.stderr)

    def forget(self) -> None:
        """Remove what was kept: the run's result is there."""
        self._path.unlink(missing_ok=True)


def best_version(folder: Path) -> int:
    """Return a number that changes with every decision that is kept in a run's folder, 0 without one."""
    try:
        return (folder / BEST_FILE).stat().st_mtime_ns
    except OSError:
        return 0


def read_best(folder: Path, scenario: Scenario) -> BestSoFar | None:
    """Return the best decision so far of a run, None where none is kept or what is there does not fit its scenario."""
    try:
        with open_regular(folder / BEST_FILE) as file:
            head, _, content = file.read(2 * MOST_BYTES).partition(_HEAD_END)
        figures = json.loads(head)
        decision = decision_of_bytes(content)
        numbers = [figures[name] for name in _Head.__dataclass_fields__]
    except (OSError, ValueError, KeyError, TypeError, RecursionError, DecisionError):
        return None
    if not _fits(decision, scenario):
        return None
    return BestSoFar(decision, *(float(value) if is_number(value) else math.nan for value in numbers))


def _fits(decision: Decision, scenario: Scenario) -> bool:
    """Say whether a decision has the shapes of a scenario, and names only stations that exist."""
    slots, users = scenario.time.slots, len(scenario.user_ids)
    stations = decision.power_w.shape[1] if decision.power_w.ndim == 3 else 0
    return (
        decision.station.shape == decision.subchannel.shape == (slots, users)
        and decision.positions_m.shape == (slots + 1, len(scenario.aerial_users), 3)
        and stations >= len(scenario.ground_stations)
        and bool((decision.station < stations).all())
    )
