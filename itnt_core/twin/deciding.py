"""What every scheme is: what it knows at the start of a cycle, what it decides, and what is kept for the record."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

from itnt_core.arrays import IntArray
from itnt_core.twin.planning.ascent import Iteration, Notify
from itnt_core.twin.planning.relaxed import Relaxed
from itnt_core.twin.planning.window import Array, Plan, Window

from .beliefs.listener import SERVED_SHARE, Listener
from .checkpoint import Memory
from .environment import Environment, seen, within_cycles


@dataclass(frozen=True, eq=False)
class CycleDecision:
    """What one cycle is run with: its plan and the window (its links and candidates) the plan is about."""

    window: Window
    at: Relaxed
    planned: Relaxed | None = None  # what the twin had planned, where that was corrected


@dataclass(frozen=True, eq=False)
class State:
    """What is known at the start of a cycle: its number, and the measured queues (users,) in Mbit."""

    cycle: int
    queue_tn_mbit: Array
    queue_ntn_mbit: Array


class Scheme(Protocol):
    """Decide cycle after cycle; times and courses are kept for the record."""

    plan_s: float
    refine_s: list[float]
    course: list[tuple[int, Iteration]]
    listener: Listener | None

    def decide(self, state: State) -> CycleDecision:
        """Return the decision of the next cycle."""

    def follow(self, state: State, decision: CycleDecision) -> None:
        """Take note of a decision that this scheme made before the run was stopped."""

    def remember(self) -> Memory:
        """Return what the next plan depends on beside the world and the decisions, as arrays."""

    def recall(self, memory: Memory) -> None:
        """Take over what :meth:`remember` gave before the run was stopped."""


class SchemeBase:
    """What every scheme has: its world, who hears of the planner's steps, and what is kept for the record."""

    def __init__(self, environment: Environment, notify: Notify | None):
        self.environment, self.notify = environment, notify
        self.plan_s = 0.0
        self.refine_s: list[float] = []
        self.course: list[tuple[int, Iteration]] = []
        self.listener: Listener | None = None

    def follow(self, state: State, decision: CycleDecision) -> None:
        """Take note of a decision that was made before the run was stopped: nothing depends on it."""

    def remember(self) -> Memory:
        """Return what the next plan depends on beside the world and the decisions: nothing."""
        return {}

    def recall(self, memory: Memory) -> None:
        """Take over what was remembered: nothing."""


def believed_gain(environment: Environment, listener: Listener | None, part: slice) -> Array:
    """Return the gains (transmitters, users, cycles) of some cycles as the twin takes them when it plans them."""
    return environment.predicted[:, :, part] if listener is None else listener.gains(part)


def links_served(window: Window, plan: Plan) -> tuple[IntArray, IntArray]:
    """Return transmitters and users (n,) of the links that get a share in a cycle, and so report."""
    chosen = plan.share[:, :, 0].sum(axis=1) > SERVED_SHARE
    return window.link_transmitter[chosen], window.link_user[chosen]


def actual_window(environment: Environment, window: Window, state: State, arrivals_mbit: Array | None) -> Window:
    """Return one cycle with a window's links, the actual gains and the measured queues.

    Arrivals (users,) come evenly; with None they are the actual ones.
    """
    now = slice(state.cycle, state.cycle + 1)
    coming = environment.slot_arrivals_mbit[now] if arrivals_mbit is None else arrivals_mbit[None]
    arrivals, part = within_cycles(coming, environment.scenario.sharing.slots_per_cycle)
    return replace(
        window,
        gain=seen(environment, environment.gain[:, :, now], environment.visible[now]),
        arrivals_mbit=arrivals,
        slot_part=part,
        queue_tn_mbit=state.queue_tn_mbit,
        queue_ntn_mbit=state.queue_ntn_mbit,
    )
