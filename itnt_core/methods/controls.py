"""The controls of the learned methods: which part of them brings how much, each part frozen or taken away alone.

What learning is worth is not how far a trained method stands above another kind of method, but how far it stands above
itself without an update. So every row here is a method with settings that anybody can choose, and all of them are
compared with :data:`UNTRAINED`, the proposed method as it comes in which no network is ever updated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

UNTRAINED = "nothing"  # the row that all others are compared with


@dataclass(frozen=True)
class Control:
    """One row: a method, what is set otherwise than it comes, and what is learned in it."""

    title: str
    method: str
    learned: str  # what learning changes in this row; the rest is solved, searched or climbed
    settings: Mapping[str, Any] = field(default_factory=dict)


CONTROLS: dict[str, Control] = {
    "planner": Control("Planner", "planner", "nothing"),
    "proposed": Control("Proposed (DDPG)", "proposed", "flights and powers"),
    "t_ddqn": Control("T-DDQN", "t_ddqn", "flights and powers"),
    "pilot_frozen": Control("Proposed, pilot never updated", "proposed", "powers", {"trained": "powers"}),
    "powers_frozen": Control("Proposed, power network never updated", "proposed", "flights", {"trained": "pilot"}),
    UNTRAINED: Control("Proposed, nothing ever updated", "proposed", "nothing", {"trained": "nothing"}),
    "straight_nothing": Control(
        "Straight flights, nothing ever updated",
        "proposed",
        "nothing",
        {"trained": "nothing", "keep_flights": False},
    ),
    "epa": Control("Equal power", "epa", "flights"),
    "epa_served": Control(
        "Equal power over served subchannels, as many searches", "epa", "flights", {"equal_over": "served"}
    ),
    "ra": Control("Random association", "ra", "flights and powers"),
    "straight": Control("Straight line", "straight", "nothing"),
    "one_search": Control("Proposed, one search of P1", "proposed", "flights and powers", {"searches": 1}),
    "joint": Control("One agent for everything", "proposed", "flights and powers", {"agent": "joint"}),
    "joint_nothing": Control(
        "One agent for everything, never updated", "proposed", "nothing", {"agent": "joint", "trained": "nothing"}
    ),
    "plain": Control("Plain DDPG", "proposed", "flights and powers", {"agent": "plain"}),
    "plain_nothing": Control(
        "Plain DDPG, never updated", "proposed", "nothing", {"agent": "plain", "trained": "nothing"}
    ),
    "plain_here": Control(
        "Plain agent in the default environment",
        "proposed",
        "flights and powers",
        {"agent": "plain", "actions": "default"},
    ),
    "default_there": Control(
        "Default agent in the plain environment", "proposed", "flights and powers", {"actions": "plain"}
    ),
}
