"""The certified bound of a whole run: what no scheme that keeps the limits can fall below, whatever it knows."""

from __future__ import annotations

from dataclasses import replace

from itnt_core.twin.planning.bound import Bound, prove_bound

from .environment import Environment, actual_cycles
from .names import IGNORES_SHARED_MOST

MOST_SIZE = 14 * 12  # users x cycles that are proved together; longer runs in parts, each as if it began empty
MOST_PARTS = 40  # each takes some seconds
NEXT_TO_NOTHING_MBIT = 0.05  # shown as 0.0
KEPT = "bound"  # among what an environment keeps


def bound_of(environment: Environment) -> Bound:
    """Return a lower bound of the weighted mean backlog of a run, from its actual gains and arrivals.

    A longer run is cut into parts that begin with empty queues, as none can begin with less; the bound is their mean,
    weighted by their lengths. It is proved once for an environment.
    """
    if KEPT not in environment.kept:
        environment.kept[KEPT] = _proved(environment)
    found: Bound = environment.kept[KEPT]
    return found


def _proved(environment: Environment) -> Bound:
    cycles = environment.scenario.cycles
    most = max(1, MOST_SIZE // environment.users)
    if cycles > most * MOST_PARTS:
        return Bound(None, f"{cycles:,} cycles are more than {most * MOST_PARTS:,}, which is as far as it is proved")
    parts = [slice(first, min(cycles, first + most)) for first in range(0, cycles, most)]
    total, is_closed, wall_s = 0.0, True, 0.0
    for part in parts:
        found = _part(environment, part)
        if found.backlog_mbit is None:
            return found
        total += found.backlog_mbit * (part.stop - part.start) / cycles
        is_closed, wall_s = is_closed and found.is_closed, wall_s + found.wall_s
    return replace(found, backlog_mbit=total, is_closed=is_closed, wall_s=wall_s)


def _part(environment: Environment, part: slice) -> Bound:
    return prove_bound(actual_cycles(environment, part))


def bound_figures(environment: Environment, scheme: str, objective_mbit: float) -> dict[str, float | None]:
    """Return the figures ``bound_mbit`` and ``gap`` of a scheme, None where no bound holds for it or is in reach."""
    holds = scheme not in IGNORES_SHARED_MOST
    bound_mbit = bound_of(environment).backlog_mbit if holds else None
    return {"bound_mbit": bound_mbit, "gap": None if bound_mbit is None else gap_of(objective_mbit, bound_mbit)}


def why_no_bound(environment: Environment, scheme: str) -> str:
    """Return in words why a scheme has no bound, nothing where it has one."""
    if scheme in IGNORES_SHARED_MOST:
        return "the scheme shares more of the band than the bound allows"
    return bound_of(environment).reason


def gap_of(objective_mbit: float, bound_mbit: float) -> float | None:
    """Return by what part of itself a weighted backlog lies above the bound.

    None where next to nothing waits: a part of that says nothing, and whatever the bound, no more can be gained.
    """
    return max(0.0, 1.0 - bound_mbit / objective_mbit) if objective_mbit >= NEXT_TO_NOTHING_MBIT else None
