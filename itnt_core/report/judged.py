"""A stored result judged anew for a report: nothing about constraints is copied from what the run said of itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from itnt_core.network import DecisionError, World, build_world, evaluate
from itnt_core.network.margins import Margin, constraint_margins
from itnt_core.results import Result, ResultError, Verification, decision_of, verify_result

UNJUDGED = ("7b", "7c")


@dataclass(frozen=True, eq=False)
class JudgedRun:
    """A result under a name and a reference (run id or folder), its world, and what a recomputation of it found."""

    name: str
    reference: str
    result: Result
    world: World
    verification: Verification
    margins: tuple[Margin, ...]

    @property
    def bound_mbit(self) -> float | None:
        """Return the certified upper bound that the result came with, None without one."""
        value = self.result.kpis.get("upper_bound_mbit")
        return float(value) if isinstance(value, int | float) else None


def judge(result: Result, name: str, reference: str, cache_dir: Path | None = None) -> JudgedRun:
    """Recompute a result from its stored decision, with the room that every constraint leaves.

    Raises :class:`ResultError` when the stored decision does not fit its scenario.
    """
    world = build_world(result.scenario, cache_dir=cache_dir)
    verification = verify_result(result, cache_dir, world)
    broken = any(violation.constraint in UNJUDGED for violation in verification.violations)
    try:
        decision = decision_of(result.dataset)
        evaluation = None if broken else evaluate(world, decision)
        margins = constraint_margins(world, decision, evaluation)
    except (KeyError, DecisionError) as error:
        raise ResultError(f"The stored decision does not fit its scenario: {error}") from error
    return JudgedRun(name, reference, result, world, verification, tuple(margins))


def common_bound_mbit(runs: Sequence[JudgedRun]) -> float | None:
    """Return the lowest of the bounds of runs that answer the same question: each of them holds for all of them."""
    known = [run.bound_mbit for run in runs if run.bound_mbit is not None]
    same = len({run.result.scenario.content_hash() for run in runs}) == 1
    return min(known) if known and same else None
