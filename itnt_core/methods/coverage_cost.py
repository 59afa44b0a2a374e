"""What it costs that coverage comes first: how much more an answer would bring if users might stay unserved."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass

from itnt_core.deadline import Deadline, TimeIsUp
from itnt_core.network import Decision, World
from itnt_core.objective import objective_of

from .block_ascent import BlockAscent

ROUNDS = 2  # of links and powers; the flights stay


@dataclass(frozen=True)
class CoverageCost:
    """What the same flights would bring if coverage did not count: user slots given up, and what that is worth."""

    unserved_share: float  # of (user, slot), beyond what the answer leaves unserved
    gain_share: float  # of the answer's data, or of what they are worth
    is_plain: bool  # all data count alike

    @property
    def sentence(self) -> str:
        """Return it as one sentence."""
        what = "data" if self.is_plain else "utility"
        if self.gain_share < 5e-4:
            return f"That coverage comes first costs no {what} here, as far as a search on these flights shows."
        return (
            f"What coverage costs: leaving {100.0 * self.unserved_share:.2g} % more of the user slots unserved would "
            f"allow at least {100.0 * self.gain_share:+.1f} % {what} on these flights."
        )


def coverage_cost(world: World, decision: Decision, time_limit_s: float = 5.0) -> CoverageCost | None:
    """Search an answer's links and powers anew as if coverage were ignored, on its own flights.

    None where coverage does not come first, or where the answer brings nothing. What is found is there to be had, so
    that coverage costs at least as much; a search that is not over in time says what it has found.
    """
    objective = objective_of(world.scenario)
    if not objective.is_coverage_first:
        return None
    free = World(world.scenario.model_copy(update={"coverage": "ignored"}), world.city, world.sky, world.channel)
    deadline = Deadline(time_limit_s, time.perf_counter)
    ascent = BlockAscent(free, decision, 1, world.scenario.seed, 0.0, deadline.check)
    before = ascent.top.service
    worth = float(objective.worth.of(before))
    if worth <= 0.0:
        return None
    ascent.restarts = 0
    with suppress(TimeIsUp):
        for _ in range(ROUNDS):
            ascent.associate()
    after = ascent.top.service
    gain = float(objective.worth.of(after)) / worth - 1.0
    return CoverageCost(max(0.0, float(before.served_share - after.served_share)), max(0.0, gain), objective.is_plain)
