"""Dispatchers: rules that lead aerial users, from doing nothing to a plan that knows the future."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from itnt_core.arrays import Array, IntArray
from itnt_core.radio import laws

from .dynamics import DispatchDynamics
from .known import KnownSoFar
from .moves import Foresight, Moves, best_actions
from .setting import Setting

GREEDY_SLOTS = 2  # how far the greedy dispatcher looks


class Dispatcher(Protocol):
    """Leads the aerial users of n worlds by what is known at the beginning of a slot."""

    def act(self, known: KnownSoFar) -> Array:
        """Return actions (n, I, 2) in [-1, 1]."""


class Nothing:
    """Hovers where everyone is."""

    def act(self, known: KnownSoFar) -> Array:
        """Return zeros (n, I, 2)."""
        return np.zeros(known.position_m.shape)


class Straight:
    """Flies straight to the destinations, evenly over the time that is left."""

    def act(self, known: KnownSoFar) -> Array:
        """Return actions (n, I, 2)."""
        return known.straight


class Replanning:
    """Plans anew in every slot: the best of straight moves over a horizon if all stays as it was measured last."""

    def __init__(self, setting: Setting, horizon: int):
        self.moves, self.horizon = Moves(setting), horizon

    def act(self, known: KnownSoFar) -> Array:
        """Return actions (n, I, 2)."""
        scores = self.moves.scores(known, (self.horizon,))[..., 0]
        return best_actions(self.moves.actions(known), scores)


@dataclass(frozen=True)
class Knows:
    """What of the future a plan in hindsight knows; all else it believes as the replanning dispatcher does."""

    demand: bool = True
    satellites: bool = True
    shadowing: bool = True


class Hindsight:
    """The same plan with the future known: demand, satellites, and the shadowing of all places.

    Of the radio it knows the map's cells, and loads of stations as they were; so it is an upper line, not a bound.
    """

    def __init__(self, dynamics: DispatchDynamics, horizon: int, knows: Knows | None = None):
        self.dynamics, self.moves, self.horizon = dynamics, Moves(dynamics.setting), horizon
        self.knows = knows or Knows()
        shadows, setting = dynamics.shadows, dynamics.setting
        sigma_db = laws.shadow_sigma_db(
            dynamics.radio_map.sight,
            setting.heights_m[:, None, None, None],
            True,
            setting.scenario.channel.deployment,
        )
        self.sigma = sigma_db * shadows.amplitude * np.log(10.0) / 10.0 * shadows.is_on

    def act(self, known: KnownSoFar) -> Array:
        """Return actions (n, I, 2) for the worlds that the dynamics is in."""
        return best_actions(self.moves.actions(known), self.plans(known).max(axis=3))

    def plans(self, known: KnownSoFar) -> Array:
        """Return what each plan is worth in Mbit (n, I, F, S) in the worlds that the dynamics is in."""
        worlds, slot = self.dynamics.worlds, known.slot
        comes, serves = worlds.arrivals_mbit[:, slot:], worlds.serves[:, slot:]
        left = comes.shape[1]
        if not self.knows.demand:
            comes = np.repeat(known.arrived_mbit[:, None], left, axis=1)
        if not self.knows.satellites:
            serves = np.repeat(worlds.serves[:, max(slot - 1, 0)][:, None], left, axis=1)
        shadows = self.dynamics.shadows
        own = (shadows.waves, shadows.phases, self.sigma, shadows.site_of) if self.knows.shadowing else None
        return self.moves.plans(known, (self.horizon,), Foresight(comes, serves, own))[..., 0]


def greedy(setting: Setting) -> Replanning:
    """Return the dispatcher that goes where the next slots look best."""
    return Replanning(setting, GREEDY_SLOTS)


def run_episode(
    dynamics: DispatchDynamics,
    dispatcher: Dispatcher,
    seeds: IntArray,
    watch: Callable[[float], None] = lambda share: None,
) -> Array:
    """Return the rewards (n, T) of a dispatcher in the worlds of seeds (n,); ``watch`` hears which share is played."""
    dynamics.reset(seeds)
    slots, rewards = dynamics.setting.world.slots, []
    for slot in range(slots):
        rewards.append(dynamics.step(dispatcher.act(dynamics.known())).reward)
        watch((slot + 1) / slots)
    return np.stack(rewards, axis=1)
