"""Recomputing the figures of a stored scheme from its course."""

from __future__ import annotations

from itnt_core.results import Verification
from itnt_core.results.manifest import MOST_VIOLATIONS
from itnt_core.results.verify import figure_mismatches

from .result import TwinResult
from .simulate import course_figures


def verify_twin_result(result: TwinResult) -> Verification:
    """Recompute the figures of a result from its stored queues, services and powers, and compare.

    Whether each cycle kept the constraints was found while the run went on, and is not recomputed: what was broken
    then is told as it is stored.
    """
    data, stored = result.dataset, result.kpis
    arrays = [data[name].values for name in ("queue_mbit", "served_mbit", "active", "interference_to_noise")]
    computed = {**stored, **course_figures(result.scenario, *arrays), "seed": result.scenario.seed}
    broken = [str(sentence) for sentence in result.manifest["violations"]]
    if len(broken) < MOST_VIOLATIONS:
        computed["violations"] = len(broken)
    mismatches = [f"A constraint was broken while the run was computed: {sentence}." for sentence in broken]
    mismatches += figure_mismatches(stored, computed)
    if result.manifest.get("scenario_hash") != result.scenario.content_hash():
        mismatches.append("The scenario is not the one the result was computed from (its hash differs).")
    return Verification(computed, [], mismatches)
