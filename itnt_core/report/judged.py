"""A stored result judged anew for a report: nothing about constraints is copied from what the run said of itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from itnt_core.bounds import exceeds_bound
from itnt_core.network import DecisionError, Margin, World, build_world, constraint_margins, evaluate
from itnt_core.promise import Promise, read_promise
from itnt_core.results import Result, ResultError, Verification, decision_of, is_number, verify_result


@dataclass(frozen=True, eq=False)
class JudgedRun:
    """A result under a name and a reference (run id or folder), its world, and what a recomputation of it found."""

    name: str
    reference: str
    result: Result
    world: World
    verification: Verification
    margins: tuple[Margin, ...]
    promise: Promise | None = None  # what was drawn for this very answer

    @property
    def kpis(self) -> dict[str, Any]:
        """Return the figures that a report prints: those stored, the violations that were found.

        The bounds and the gap of a result that is not as it was made are left out, for nobody vouches for them.
        """
        kpis = {**self.result.kpis, "violations": len(self.verification.violations)}
        left_out = (
            ("upper_bound_mbit", "utility_bound_mbit", "gap", "served_bound") if self.verification.mismatches else ()
        )
        return {name: value for name, value in kpis.items() if name not in left_out}

    @property
    def bound_mbit(self) -> float | None:
        """Return the certified upper bound that the result came with; None where there is none to vouch for."""
        value = self.kpis.get("upper_bound_mbit")
        return float(value) if is_number(value) else None


def judge(
    result: Result, name: str, reference: str, cache_dir: Path | None = None, folder: Path | None = None
) -> JudgedRun:
    """Recompute a result from its stored decision, with the room that every constraint leaves.

    ``folder`` is where the result lies: what was drawn for its promise is looked for there. Raises
    :class:`ResultError` when the stored decision does not fit its scenario.
    """
    world = build_world(result.scenario, cache_dir=cache_dir)
    verification = verify_result(result, cache_dir, world)
    try:
        decision = decision_of(result.dataset)
        evaluation = evaluate(world, decision) if verification.kpis else None
        margins = constraint_margins(world, decision, evaluation)
    except (KeyError, DecisionError) as error:
        raise ResultError(f"The stored decision does not fit its scenario: {error}") from error
    promise = None if folder is None else read_promise(folder, result)
    return JudgedRun(name, reference, result, world, verification, tuple(margins), promise)


def common_bound_mbit(runs: Sequence[JudgedRun]) -> float | None:
    """Return the lowest of the bounds of runs that answer the same question: each of them holds for all of them.

    None as well where one of them serves more than it: then a bound is wrong.
    """
    known = [run.bound_mbit for run in runs if run.bound_mbit is not None]
    same = len({run.result.scenario.content_hash() for run in runs}) == 1
    common = min(known) if known and same else None
    if common is None or any(exceeds_bound(run.kpis["data_service_mbit"], common) for run in _feasible(runs)):
        return None
    return common


def _feasible(runs: Sequence[JudgedRun]) -> list[JudgedRun]:
    return [run for run in runs if not run.verification.violations]
