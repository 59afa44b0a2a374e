"""How much room each constraint of problem P leaves: the tightest case of every line of the constraint table."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .constraints import UNJUDGED, Rule, rules
from .decision import Decision
from .evaluate import Evaluation
from .world import World

FLOWN = ("7h", "7j", "area")  # judged at waypoints, not over slots


@dataclass(frozen=True)
class Margin:
    """The tightest case of one constraint; value, limit and margin are None where a yes or no is all there is.

    ``margin`` is what is left before the limit, in ``unit``; below zero the constraint is broken (up to the tolerance
    of :mod:`itnt_core.network.constraints`).
    """

    constraint: str
    quantity: str
    unit: str
    cases: int
    violations: int
    value: float | None = None
    limit: float | None = None
    margin: float | None = None
    where: str = ""
    is_floor: bool = False  # the limit is the least that is allowed

    @property
    def key(self) -> str:
        """Return what tells it from the other margins: a constraint may have an upper and a lower limit."""
        return f"{self.constraint}-floor" if self.is_floor else self.constraint


def constraint_margins(world: World, decision: Decision, evaluation: Evaluation | None = None) -> list[Margin]:
    """Return the tightest case of every constraint, (7b)-(7j), OFDMA, vertical speed, area, obstacles and batteries.

    Where links are named that do not exist, only the association and the flight are judged. Raises
    :class:`DecisionError` when the arrays do not fit the world.
    """
    return [_tightest(rule) for rule in rules(world, decision, evaluation)]


def _tightest(rule: Rule) -> Margin:
    """Return the case of a rule that is nearest to its limit."""
    margin = rule.margin
    cases, violations = int(np.isfinite(margin).sum()), int(rule.violated.sum())
    if not cases or rule.constraint in UNJUDGED:
        return Margin(rule.constraint, rule.quantity, rule.unit, cases, violations, is_floor=rule.is_floor)
    index = tuple(int(part) for part in np.unravel_index(int(np.argmin(margin)), margin.shape))
    limit = np.broadcast_to(rule.limit, margin.shape)[index]
    return Margin(
        rule.constraint,
        rule.quantity,
        rule.unit,
        cases,
        violations,
        float(rule.value[index]),
        float(limit),
        float(margin[index]),
        f"{rule.whom(index)}, {_moment(rule, index)}",
        rule.is_floor,
    )


def _moment(rule: Rule, index: tuple[int, ...]) -> str:
    if rule.constraint == "7i":
        return ("start", "destination")[index[0]]
    if rule.constraint == "battery":
        return "whole flight"
    is_at_end = rule.constraint in FLOWN and not rule.is_along
    return f"{'waypoint' if is_at_end else 'slot'} {rule.moment(index)}"
