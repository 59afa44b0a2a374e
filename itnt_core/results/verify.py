"""Recomputing a stored result from its decision alone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from .dataset import decision_of, to_dataset
from .errors import ResultError
from .files import Result
from .manifest import headline

if TYPE_CHECKING:
    import xarray as xr

    from itnt_core.network import Violation, World

RELATIVE_TOLERANCE = 1e-9


@dataclass(frozen=True)
class Verification:
    """What a recomputation found: the figures, the violated constraints and every mismatch in words."""

    kpis: dict[str, object]
    violations: list[Violation]
    mismatches: list[str]

    @property
    def passed(self) -> bool:
        """Say whether nothing is violated and everything agrees."""
        return not self.violations and not self.mismatches


def verify_result(result: Result, cache_dir: Path | None = None, world: World | None = None) -> Verification:
    """Recompute a result from its stored scenario and decision and compare everything with what was stored.

    ``world`` saves building the scenario's world again. Raises :class:`ResultError` when the stored decision does not
    fit its scenario.
    """
    from itnt_core.network import DecisionError, build_world, evaluate, find_violations  # slow to import

    world = world or build_world(result.scenario, cache_dir=cache_dir)
    try:
        decision = decision_of(result.dataset)
        violations = find_violations(world, decision)
        if any(violation.constraint in ("7b", "7c") for violation in violations):
            return Verification({}, violations, ["The association cannot be evaluated."])
        evaluation = evaluate(world, decision)
    except (KeyError, DecisionError) as error:
        raise ResultError(f"The stored decision does not fit its scenario: {error}") from error
    stored = result.kpis
    kpis = headline(str(stored.get("method")), int(stored.get("seed", -1)), evaluation, violations, 0.0)
    kpis["wall_s"] = stored.get("wall_s")
    mismatches = figure_mismatches(stored, kpis)
    mismatches += _array_mismatches(result.dataset, to_dataset(world, decision, evaluation))
    if result.manifest.get("scenario_hash") != result.scenario.content_hash():
        mismatches.append("The scenario is not the one the result was computed from (its hash differs).")
    return Verification(kpis, violations, mismatches)


def figure_mismatches(stored: dict[str, object], computed: dict[str, object]) -> list[str]:
    """Return in a sentence each figure that is stored otherwise than it was computed."""
    found = []
    for name, value in computed.items():
        before = stored.get(name)
        both = isinstance(before, int | float) and isinstance(value, int | float)
        same = np.isclose(float(before), float(value), rtol=RELATIVE_TOLERANCE, atol=0.0) if both else before == value  # type: ignore[arg-type]
        if not same:
            found.append(f"The stored {name} is {before}, recomputed it is {value}.")
    return found


def _array_mismatches(stored: xr.Dataset, computed: xr.Dataset) -> list[str]:
    found = []
    for name, array in computed.data_vars.items():
        if name not in stored:
            found.append(f"The stored result lacks the variable '{name}'.")
            continue
        before, after = stored[name].values, array.values
        same_shape = before.shape == after.shape
        if not same_shape or not _equal(before, after):
            found.append(f"The stored variable '{name}' differs from the recomputed one.")
    return found


def _equal(before: np.ndarray, after: np.ndarray) -> bool:
    if after.dtype.kind in "if":
        return bool(np.allclose(before, after, rtol=RELATIVE_TOLERANCE, atol=0.0, equal_nan=True))
    return bool((before.astype(str) == after.astype(str)).all())
