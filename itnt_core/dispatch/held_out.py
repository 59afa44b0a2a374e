"""Worlds that no training draws: what dispatchers are judged in, all of them in the same ones."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from itnt_core.arrays import Array, IntArray

from .dispatchers import Dispatcher, run_episode
from .dynamics import DispatchDynamics

FIRST_HELD_OUT = 3_000_000_000  # the seed of the first such world: those of a training lie below 2^31


def held_out_seeds(count: int) -> IntArray:
    """Return the seeds (n,) of the first so many held-out worlds."""
    return FIRST_HELD_OUT + np.arange(count, dtype=np.int64)


def held_out_rewards(
    dynamics: DispatchDynamics, dispatcher: Dispatcher, watch: Callable[[float], None] = lambda share: None
) -> Array:
    """Return the mean reward of a slot in each held-out world (n,) of a dynamics; ``watch`` hears the share done."""
    rewards: Array = run_episode(dynamics, dispatcher, held_out_seeds(dynamics.count), watch).mean(axis=1)
    return rewards
