"""The reference method: straight flight, equal power, association slot by slot."""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field

from itnt_core.arrays import Array
from itnt_core.association import (
    ASSOCIATORS,
    Association,
    Associator,
    ChangeCosts,
    CoupledAssociator,
    CoupledMilpAssociator,
    RandomAssociator,
    associate_in_turn,
    make_problem,
)
from itnt_core.deadline import Check, TimeIsUp, no_limit
from itnt_core.flight import reference_flight
from itnt_core.handover import early_changes
from itnt_core.network import BITS_PER_MBIT, Decision, World, evaluate
from itnt_core.objective import Service, objective_of
from itnt_core.power import equal_power

from .base import MethodSettings
from .progress import Notify, ProgressEvent, quiet


class StraightSettings(MethodSettings):
    """Settings of the reference method."""

    associator: Literal["exact", "milp", "max_sinr", "random"] = Field(
        "exact", description="How P1 is solved: exactly, as a CVXPY program, strongest link first, or at random"
    )


class StraightMethod:
    """Fly straight at constant speed, split power evenly, associate under the always-on convention.

    Where obstacles bar the straight line the flight is the shortest that is allowed.

    Where changes of server cost something, P1 is one problem over all slots: *exact* then improves the answer of single
    slots user by user, *milp* solves it (small cases alone), and the others let go who changes too early. Where a Mbit
    is also worth less to who has many, *milp* does as *exact* does, and neither keeps what is not better as a whole.
    """

    key = "straight"
    title = "Straight line"
    summary = "Straight flights at constant speed, equal power, exact association: the reference of every comparison."
    settings_type = StraightSettings

    def __init__(self, check: Check = no_limit):
        self.check = check  # called before slots are associated; when time is up the others keep the last one's links

    def solve(self, world: World, settings: StraightSettings, seed: int, notify: Notify) -> Decision:
        """Return the reference decision; notifies once per batch of slots."""
        notify(ProgressEvent(phase="flight", fraction=0.05, message="Straight lines"))
        return self._on_flight(world, reference_flight(world), settings, seed, notify)

    def decide(self, world: World, flight_m: Array, settings: StraightSettings, seed: int) -> Decision:
        """Return who is served and with which powers on a flight (slots + 1, I, 3): the method's rule in every slot."""
        return self._on_flight(world, flight_m, settings, seed, quiet)

    def _on_flight(
        self, world: World, positions: Array, settings: StraightSettings, seed: int, notify: Notify
    ) -> Decision:
        notify(ProgressEvent(phase="channel", fraction=0.1, message="Channel gains of all links"))
        gains, power = world.gains(positions), equal_power(world)
        associator = RandomAssociator(seed) if settings.associator == "random" else ASSOCIATORS[settings.associator]()
        couples, is_linear = world.scenario.handover.couples, world.utility.is_linear
        if couples and is_linear and settings.associator == "milp":
            association = CoupledMilpAssociator(ChangeCosts.of(world)).solve(make_problem(world, gains, power))
        else:
            association = _associate(world, gains, power, associator, notify, self.check)
        if len(association.station) < world.slots:  # time is up
            return _held(world, association, positions, power, gains)
        decision = _kept(world, association, positions, power)
        if couples and settings.associator in (("exact",) if is_linear else ("exact", "milp")):
            coupled = CoupledAssociator(ChangeCosts.of(world), "always_on", seed=seed)
            found = coupled.improve(make_problem(world, gains, power, _weight(world, decision, gains)), association)
            rival = _kept(world, found, positions, power)
            return rival if is_linear or _is_better(world, rival, decision, gains) else decision
        return decision


def _kept(world: World, association: Association, positions: Array, power: Array) -> Decision:
    """Return a decision with these links, but for those that come too early after a change of server."""
    decision = Decision(association.station, association.subchannel, positions, power)
    return decision.dropped(early_changes(association.station, world.scenario.handover.min_stay_slots))


def _held(world: World, found: Association, positions: Array, power: Array, gains: Array) -> Decision:
    """Return a decision whose last slots keep the links of the last one that was associated, where they still hold."""
    slots = np.minimum(np.arange(world.slots), len(found.station) - 1)
    decision = _kept(world, Association(found.station[slots], found.subchannel[slots]), positions, power)
    return decision.dropped(~evaluate(world, decision, gains).always_on.is_served)


def _weight(world: World, decision: Decision, gains: Array) -> Array | None:
    """Return what a Mbit more of each user is worth (users,) beside a decision, None where that is always the same."""
    if world.utility.is_linear:
        return None
    rate_mbit_s = evaluate(world, decision, gains).always_on.rate_bit_s / BITS_PER_MBIT
    return world.utility.search_slope(rate_mbit_s.sum(axis=0) * world.scenario.time.slot_s)


def _is_better(world: World, one: Decision, other: Decision, gains: Array) -> bool:
    """Say whether a decision is better than another on the same flight, by the scenario's objective."""
    services = [Service.of(evaluate(world, decision, gains)) for decision in (one, other)]
    return bool(objective_of(world.scenario).better(*services))


def _associate(
    world: World, gains: np.ndarray, power: np.ndarray, associator: Associator, notify: Notify, check: Check
) -> Association:
    """Return the association of all slots, or of the first ones where time is up before the others."""
    parts: list[Association] = []
    if not world.utility.is_linear and not isinstance(associator, RandomAssociator):
        notify(ProgressEvent(phase="association", fraction=0.5, message="Association, slot by slot and again"))
        return associate_in_turn(world, gains, power, associator)
    step = max(1, world.slots // 20)
    for start in range(0, world.slots, step):
        try:
            check()
        except TimeIsUp:
            if parts:
                break
        batch = slice(start, start + step)
        parts.append(associator.solve(make_problem(world, gains[batch], power[batch])))
        done = min(start + step, world.slots)
        message = f"Association, slot {done} of {world.slots}"
        notify(ProgressEvent(phase="association", fraction=0.15 + 0.8 * done / world.slots, message=message))
    return Association(
        np.concatenate([part.station for part in parts]), np.concatenate([part.subchannel for part in parts])
    )
