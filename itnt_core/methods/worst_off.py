"""Who gets nothing where an answer is worth what its worst users get, and whether any plan could change that."""

from __future__ import annotations

import numpy as np

from itnt_core.network import Decision, World, evaluate, unreachable_users
from itnt_core.objective import objective_of

MOST_NAMED = 4  # users, the others are counted


def worst_off_sentence(world: World, decision: Decision) -> str:
    """Say which users get nothing and that it makes the answer worth nothing, or next to it; '' where it does not.

    So it is under max-min and proportional fairness, and under alpha-fairness from alpha = 1 on.
    """
    alpha = world.utility.alpha
    if alpha < 1.0:
        return ""
    got = evaluate(world, decision).active.user_data_mbit(world.scenario.time.slot_s)
    names = [world.scenario.user_ids[user] for user in np.flatnonzero(got <= 0.0)]
    if not names:
        return ""
    lost = [name for name in names if name in unreachable_users(world)]
    worth = "worth 0 Mbit" if np.isinf(alpha) else "worth next to nothing"
    named = ", ".join(names[:MOST_NAMED]) + (f" and {len(names) - MOST_NAMED} more" if names[MOST_NAMED:] else "")
    gets = "gets" if len(names) == 1 else "get"
    name = objective_of(world.scenario).name
    first = f"By the scenario's objective, {name}, this answer is {worth}: {named} {gets} nothing."
    if not lost:
        return first
    who = lost[0] if len(lost) == 1 else f"{len(lost)} of them"
    return f"{first} No plan can change that: no station brings {who} to the floor, even alone with all its power."
