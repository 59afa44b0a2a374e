"""The planner: near-optimal in seconds, better until it is told to stop."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Literal

from pydantic import Field

from itnt_core.arrays import Array
from itnt_core.association import is_wide
from itnt_core.deadline import Deadline, TimeIsUp
from itnt_core.network import Decision, World
from itnt_core.objective import Objective, Service

from .base import MethodSettings
from .block_ascent import BlockAscent
from .progress import BoundReached, Notify, ProgressEvent, quiet
from .robust import RobustFlights
from .straight import StraightMethod, StraightSettings

GRID_WORDS = (
    "Its grid of places and stages stays within 13,000 places and 4 million places times stages, whatever the "
    "scenario: slow users, short slots and long windows get longer stages over the part of the area they can reach"
)


SLOT_SEARCHES = 1  # of an association with its powers, where a slot is decided as it comes
PLAIN_SHARE = 0.5  # of the time limit, for the plan that a robust one starts from
QUIET_ROUNDS = 4  # together they have to bring something


def has_settled(objective: Objective, history: Sequence[Service], tolerance: float) -> bool:
    """Say whether the last QUIET_ROUNDS rounds together gained less data (relative) than tolerated and serve no more.

    ``history`` is what the answer brought before the first round and after each.
    """
    before = history[-1 - QUIET_ROUNDS]
    grown = 1.0 + tolerance
    worth = before.utility_mbit + tolerance * abs(before.utility_mbit)
    enough = Service(before.served_share, before.data_mbit * grown, worth, before.reached_mbit, before.cost_mbit)
    return not objective.better(history[-1], enough)


class PlannerSettings(MethodSettings):
    """Settings of the planner."""

    time_limit_s: float = Field(
        60.0,
        gt=0.0,
        le=86_400.0,
        description="Stops improving after this many seconds, also within a round; what is found then may differ",
    )
    rounds: int = Field(
        14, ge=0, le=10_000, description=f"Stops after this many rounds: the same answer on any machine. {GRID_WORDS}"
    )
    tolerance: float = Field(
        1e-3,
        ge=0.0,
        le=1.0,
        description="Stops when four rounds together gain less data (relative) and serve no more, if that is first",
    )
    energy_weight: float = Field(
        3e-4, ge=0.0, le=1.0, description="What a joule of flight costs in bit/s/Hz-slots: keeps paths from wandering"
    )
    shakes: int = Field(4, ge=0, le=1000, description="Random restarts of each association search")
    # Left out of what is stored while they hold their defaults: results from before them keep their manifest.
    robust: int = Field(
        0,
        ge=0,
        le=200,
        exclude_if=lambda count: count == 0,
        description="Chooses flights on so many drawn worlds; 0: on the forecast alone. Each takes about as long as an "
        "association search with its powers",
    )
    robust_aim: Literal["mean", "worst"] = Field(
        "mean",
        exclude_if=lambda aim: aim == "mean",
        description="What counts over the drawn worlds: what they bring on average, or in the worst third of them, "
        "which stands for the worst tenth of all worlds",
    )


class PlannerMethod:
    """Block coordinate ascent: association by local search, power by SCA, flights by dynamic programming.

    Where slots can be served in few ways, all of them are looked at, each with powers made for it
    (:mod:`itnt_core.methods.whole_slots`).
    The grid of the dynamic programming is bounded, see :func:`itnt_core.flight.grids.make_grid`.
    """

    key = "planner"
    title = "Planner"
    summary = "Association, power and flights optimised in turn on the true objective; keeps the best, works anytime."
    settings_type = PlannerSettings

    def solve(self, world: World, settings: PlannerSettings, seed: int, notify: Notify) -> Decision:
        """Return the best decision found; never worse than the reference method by the scenario's objective.

        Where many users are served and time runs out before the reference is whole, its last slots keep their links.
        """
        deadline = Deadline(settings.time_limit_s * (PLAIN_SHARE if settings.robust else 1.0), time.perf_counter)
        # Where few users are served the reference takes no time worth a worse answer.
        may_be_cut = is_wide(world.user_count, world.station_count, world.subchannels)
        straight = StraightMethod(deadline.check) if may_be_cut else StraightMethod()
        reference = straight.solve(world, StraightSettings(), seed, quiet)
        ascent = BlockAscent(world, reference, settings.shakes, seed, settings.energy_weight, deadline.check)
        with ascent.kept_when_cancelled():
            with suppress(TimeIsUp, *((BoundReached,) if settings.robust else ())):
                self._climb(ascent, settings, deadline, notify)
            if settings.robust and world.aerial_count:
                return self._robust(ascent.top.decision, world, settings, seed, notify)
        return ascent.top.decision

    def _climb(self, ascent: BlockAscent, settings: PlannerSettings, deadline: Deadline, notify: Notify) -> None:
        self._notify(notify, ascent, 0, 0.05, "Straight lines, equal power")
        ascent.associate_at_equal_power()
        self._notify(notify, ascent, 0, 0.08, "Association on the true objective")
        ascent.control_power()
        self._notify(notify, ascent, 0, 0.1, "Powers by successive convex approximation")
        self._ascend(ascent, settings, deadline, notify)

    def _robust(self, plain: Decision, world: World, settings: PlannerSettings, seed: int, notify: Notify) -> Decision:
        """Return the plan, or one with a flight that is better over drawn worlds, its links and powers as forecast."""
        deadline = Deadline(settings.time_limit_s * (1.0 - PLAIN_SHARE), time.perf_counter)
        words = f"Flights on {settings.robust} drawn worlds"
        notify(ProgressEvent(phase="robust", fraction=0.95, message=words))
        aim, energy_weight = settings.robust_aim, settings.energy_weight
        found = RobustFlights(world, settings.robust, aim, energy_weight, seed, deadline.check).improved(plain)
        if found is plain:
            return plain
        ascent = BlockAscent(world, found, settings.shakes, seed, energy_weight, deadline.check)
        with suppress(TimeIsUp):
            ascent.associate()
        return ascent.top.decision

    def decide(self, world: World, flight_m: Array, settings: PlannerSettings, seed: int) -> Decision:
        """Return who is served and with which powers on a flight (slots + 1, I, 3): the method's rule in every slot."""
        reference = StraightMethod().decide(world, flight_m, StraightSettings(), seed)
        ascent = BlockAscent(world, reference, settings.shakes, seed, settings.energy_weight)
        ascent.associate_at_equal_power()
        ascent.control_power()
        for _ in range(SLOT_SEARCHES):
            ascent.associate()
        return ascent.top.decision

    def _ascend(self, ascent: BlockAscent, settings: PlannerSettings, deadline: Deadline, notify: Notify) -> None:
        history = [ascent.top.service]
        for number in range(1, settings.rounds + 1):
            if ascent.world.aerial_count and (number <= 2 or number % 4 == 0):
                ascent.fly(plan=True)
            ascent.associate()
            history.append(ascent.top.service)
            fraction = 0.1 + 0.85 * max(number / settings.rounds, min(1.0, deadline.elapsed_s / settings.time_limit_s))
            self._notify(notify, ascent, number, fraction, f"Round {number}")
            deadline.check()
            if number > QUIET_ROUNDS + 1 and has_settled(ascent.objective, history, settings.tolerance):
                return

    @staticmethod
    def _notify(notify: Notify, ascent: BlockAscent, number: int, fraction: float, message: str) -> None:
        service = ascent.top.service
        event = ProgressEvent(
            phase="ascent",
            fraction=fraction,
            message=message,
            iteration=number,
            objective_mbit=service.worth_mbit,
            served_share=service.served_share,
            decision=ascent.top.decision,
        )
        notify(event)
