"""The reference method: straight flight, equal power, association slot by slot."""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field

from itnt_core.association import (
    ASSOCIATORS,
    Association,
    Associator,
    RandomAssociator,
    associate_in_turn,
    make_problem,
)
from itnt_core.flight import straight_flight
from itnt_core.network import Decision, World
from itnt_core.power import equal_power

from .base import MethodSettings
from .progress import Notify, ProgressEvent


class StraightSettings(MethodSettings):
    """Settings of the reference method."""

    associator: Literal["exact", "milp", "max_sinr", "random"] = Field(
        "exact", description="How P1 is solved: exactly, as a CVXPY program, strongest link first, or at random"
    )


class StraightMethod:
    """Fly straight at constant speed, split power evenly, associate under the always-on convention."""

    key = "straight"
    title = "Straight line"
    summary = "Straight flights at constant speed, equal power, exact association: the reference of every comparison."
    settings_type = StraightSettings

    def solve(self, world: World, settings: StraightSettings, seed: int, notify: Notify) -> Decision:
        """Return the reference decision; notifies once per batch of slots."""
        notify(ProgressEvent(phase="flight", fraction=0.05, message="Straight lines"))
        positions = straight_flight(world.scenario)
        notify(ProgressEvent(phase="channel", fraction=0.1, message="Channel gains of all links"))
        gains, power = world.gains(positions), equal_power(world)
        associator = RandomAssociator(seed) if settings.associator == "random" else ASSOCIATORS[settings.associator]()
        association = _associate(world, gains, power, associator, notify)
        return Decision(association.station, association.subchannel, positions, power)


def _associate(
    world: World, gains: np.ndarray, power: np.ndarray, associator: Associator, notify: Notify
) -> Association:
    parts: list[Association] = []
    if not world.utility.is_linear and not isinstance(associator, RandomAssociator):
        notify(ProgressEvent(phase="association", fraction=0.5, message="Association, slot by slot and again"))
        return associate_in_turn(world, gains, power, associator)
    step = max(1, world.slots // 20)
    for start in range(0, world.slots, step):
        batch = slice(start, start + step)
        parts.append(associator.solve(make_problem(world, gains[batch], power[batch])))
        done = min(start + step, world.slots)
        message = f"Association, slot {done} of {world.slots}"
        notify(ProgressEvent(phase="association", fraction=0.15 + 0.8 * done / world.slots, message=message))
    return Association(
        np.concatenate([part.station for part in parts]), np.concatenate([part.subchannel for part in parts])
    )
