"""The controls of the learned methods: which part of them brings how much, each part frozen or taken away alone.

What learning is worth is not how far a trained method stands above another kind of method, but how far it stands above
itself without an update. So every row here is a method with settings that anybody can choose, and all of them are
compared with :data:`UNTRAINED`, the proposed method as it comes in which no network is ever updated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

CONTROL_USERS = 24  # of the preset, as it comes
UNTRAINED = "nothing"  # the row that all others are compared with
BOTH, FLIGHTS, POWERS, NOTHING = "flights and powers", "flights", "powers", "nothing"


@dataclass(frozen=True)
class Control:
    """One row: a method, what learning changes in it, what it is called, and what is set otherwise than it comes."""

    method: str
    learned: str  # the rest is solved, searched, or climbs a formula
    title: str = ""  # short, for a phone; the method's own where nothing is set
    settings: Mapping[str, Any] = field(default_factory=dict)


def _proposed(learned: str, title: str, **settings: Any) -> Control:
    return Control("proposed", learned, title, settings)


CONTROLS: dict[str, Control] = {
    "planner": Control("planner", NOTHING),
    "proposed": Control("proposed", BOTH),
    "t_ddqn": Control("t_ddqn", BOTH),
    "pilot_frozen": _proposed(POWERS, "Proposed, pilot never updated", trained="powers"),
    "powers_frozen": _proposed(FLIGHTS, "Proposed, powers never updated", trained="pilot"),
    UNTRAINED: _proposed(NOTHING, "Proposed, nothing updated", trained="nothing"),
    "straight_nothing": _proposed(
        NOTHING, "Proposed, straight, nothing updated", trained="nothing", keep_flights=False
    ),
    "epa": Control("epa", FLIGHTS),
    "epa_served": Control("epa", FLIGHTS, "Equal power on served, same searches", {"equal_over": "served"}),
    "ra": Control("ra", BOTH),
    "straight": Control("straight", NOTHING),
    "one_search": _proposed(BOTH, "Proposed, one search of P1", searches=1),
    "joint": _proposed(BOTH, "One agent for everything", agent="joint"),
    "joint_nothing": _proposed(NOTHING, "One agent, never updated", agent="joint", trained="nothing"),
    "plain": _proposed(BOTH, "Plain DDPG", agent="plain"),
    "plain_nothing": _proposed(NOTHING, "Plain DDPG, never updated", agent="plain", trained="nothing"),
    "plain_here": _proposed(BOTH, "Plain agent, default environment", agent="plain", actions="default"),
    "default_there": _proposed(BOTH, "Default agent, plain environment", actions="plain"),
}
