"""Successive convex approximation: surrogate, linear polish, again; and the rounding of what is undecided."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from .conic import Conic, Solved
from .objective import objective
from .polish import polish
from .relaxed import (
    Bounds,
    Relaxed,
    binary_gap,
    penalty,
    per_transmitter,
    tightened,
)
from .steps import climb_linear
from .window import Array, Plan, Window, spectral_efficiency

SMALLEST_USE = 1e-3  # of a sub-band or a link, in bit/s/Hz: below it counts as not used


class Solver(Protocol):
    """Improve a point by the surrogate that is tight at it."""

    def improve(self, window: Window, at: Relaxed, bounds: Bounds, penalty: float) -> Solved | None:
        """Return the surrogate's best point and value, None when the solver fails."""


def _model() -> Solver:
    from .surrogate import Model  # CVXPY is slow to import, and only its own solver needs it

    return Model()


SOLVERS: dict[str, Callable[[], Solver]] = {"clarabel": Conic, "cvxpy": _model}


@dataclass(frozen=True)
class Iteration:
    """One step of the algorithm, for live curves.

    ``surrogate_mbit`` is the surrogate's value, ``backlog_mbit`` the true objective after the polish, ``binary_gap``
    how far the most undecided binary is from zero or one.
    """

    phase: str
    number: int
    surrogate_mbit: float
    backlog_mbit: float
    binary_gap: float
    elapsed_s: float


Notify = Callable[[Iteration], None]


@dataclass
class Ascent:
    """Runs phases of the algorithm on one window and keeps their course."""

    window: Window
    solver: Solver
    notify: Notify | None = None

    def __post_init__(self) -> None:
        self.course: list[Iteration] = []
        self._started = time.perf_counter()

    def climb(
        self, phase: str, at: Relaxed, bounds: Bounds, weight: float, most: int, least: int = 2, stop: float = 1e-3
    ) -> Relaxed:
        """Improve a feasible point until it changes by less than ``stop``; ``weight`` is the binaries' price in Mbit.

        The merit - true objective plus price - never rises: a step that would raise it, which numerical trouble alone
        can cause, ends the phase with the point before.
        """
        merit = self.merit(at, weight)
        for number in range(1, most + 1):
            solved = self.solver.improve(self.window, at, bounds, weight)
            if solved is None:
                break
            point = polish(self.window, solved.point, bounds)
            reached = self.merit(point, weight)
            if reached > merit * (1.0 + 1e-9):
                break
            self._note(phase, number, solved.value, point)
            at, before, merit = point, merit, reached
            if number >= least and before - merit <= stop * max(1.0, before):
                break
        return at

    def step(self, phase: str, at: Relaxed, bounds: Bounds, most: int) -> Relaxed:
        """Improve a decided point by linear steps; see :func:`climb_linear`."""
        return climb_linear(
            self.window, at, bounds, most, note=lambda number, value, point: self._note(phase, number, value, point)
        )

    def merit(self, at: Relaxed, weight: float) -> float:
        """Return the true objective plus the price of undecided binaries, in Mbit."""
        undecided = sum(float(penalty(value).sum()) for value in (at.plan.mask_tn, at.plan.mask_ntn, at.association))
        return objective(self.window, at.plan) + weight * undecided

    def _note(self, phase: str, number: int, surrogate_mbit: float, at: Relaxed) -> None:
        elapsed = time.perf_counter() - self._started
        found = Iteration(phase, number, surrogate_mbit, objective(self.window, at.plan), binary_gap(at), elapsed)
        self.course.append(found)
        if self.notify is not None:
            self.notify(found)


def rounded(window: Window, at: Relaxed, bounds: Bounds) -> tuple[Relaxed, Bounds]:
    """Return a point with every binary decided, and the bounds that keep it so.

    Each user keeps the base station and the beam that carry most of its data; while more sub-bands are used by both
    systems than allowed, the weaker system leaves the one it uses least. What a closed binary forbids is removed.
    """
    carried = at.plan.share * spectral_efficiency(window, at.plan.power)  # (links, subbands, cycles)
    association = assigned(window, carried.sum(axis=1), bounds.association)
    kept = carried * association[:, None, :]
    use = np.stack([kept[window.is_tn].sum(axis=0), kept[~window.is_tn].sum(axis=0)])  # (2, subbands, cycles)
    masks = (use > SMALLEST_USE).astype(float)
    masks = np.clip(masks, [bounds.mask_tn[0], bounds.mask_ntn[0]], [bounds.mask_tn[1], bounds.mask_ntn[1]])
    for cycle in range(window.cycles):
        close_shared(masks[:, :, cycle], use[:, :, cycle], window.shared_most)
    decided = bounds.with_masks(masks[0], masks[1]).with_association(association)
    return feasible(window, Relaxed(at.plan, association), decided), decided


def assigned(window: Window, carried: Array, allowed: tuple[Array, Array]) -> Array:
    """Return one base station and one beam a user and cycle at most: those that carry most (links, cycles).

    A transmitter that may serve so many users at once keeps those it carries most to.
    """
    chosen = np.zeros_like(carried)
    score = np.where(allowed[1] > 0.0, carried + 1e6 * allowed[0], -1.0)
    for system in (window.is_tn, ~window.is_tn):
        for user in range(window.users):
            links = np.flatnonzero(system & (window.link_user == user))
            if not links.size:
                continue
            best = score[links].argmax(axis=0)
            where = score[links].max(axis=0) >= 0.0
            chosen[links[best[where]], np.flatnonzero(where)] = 1.0
    return within_most_users(window, chosen, score)


def within_most_users(window: Window, association: Array, score: Array) -> Array:
    """Return an association (links, cycles) with no more users at a transmitter than it serves at once: the best ones.

    ``score`` (links, cycles) says who is kept.
    """
    if window.most_users is None:
        return association
    kept = association.copy()
    for j in np.flatnonzero(np.isfinite(window.most_users)):
        links = np.flatnonzero(window.link_transmitter == j)
        for cycle in range(window.cycles):
            own = links[kept[links, cycle] > 0.5]
            order = own[np.argsort(-score[own, cycle], kind="stable")]
            kept[order[int(window.most_users[j]) :], cycle] = 0.0
    return kept


def completed(window: Window, association: Array, allowed: tuple[Array, Array]) -> Array:
    """Return associations (links, cycles): every user that a system can reach has its strongest allowed station.

    Who serves as many users as it may at once already is not given more.
    """
    gain = window.heard[window.link_transmitter, window.link_user]  # (links, cycles)
    complete = association.copy()
    for system in (window.is_tn, ~window.is_tn):
        for user in range(window.users):
            links = np.flatnonzero(system & (window.link_user == user))
            if links.size:
                open_cycles = np.flatnonzero(association[links].sum(axis=0) < 0.5)
                best = links[np.where(allowed[1][links] > 0.5, gain[links], -1.0).argmax(axis=0)[open_cycles]]
                complete[best, open_cycles] = allowed[1][best, open_cycles]
    return within_most_users(window, complete, gain + 1e9 * association)


def close_shared(masks: Array, use: Array, shared_most: int) -> None:
    """Close sub-bands of one cycle (2, subbands) in place until no more than allowed are shared."""
    while True:
        shared = np.flatnonzero(masks.min(axis=0) > 0.5)
        if shared.size <= shared_most:
            return
        band = shared[use[:, shared].min(axis=0).argmin()]
        masks[use[:, band].argmin(), band] = 0.0


def feasible(window: Window, at: Relaxed, bounds: Bounds) -> Relaxed:
    """Return the point cut down to decided binaries: powers, shares and masks that they forbid are zero."""
    inside = tightened(window, bounds)
    plan = replace(
        at.plan,
        power=np.clip(at.plan.power, *inside.power),
        share=np.clip(at.plan.share, *inside.share),
        steering=np.clip(at.plan.steering, *bounds.steering),
        mask_tn=np.clip(at.plan.mask_tn, *bounds.mask_tn),
        mask_ntn=np.clip(at.plan.mask_ntn, *bounds.mask_ntn),
    )
    return Relaxed(plan, np.clip(at.association, *bounds.association))


def equal_point(window: Window, bounds: Bounds, ntn_level: float = 1.0) -> Relaxed:
    """Return a feasible point within bounds: equal powers, equal shares of each transmitter, half of the traffic each.

    ``ntn_level`` scales the beams' powers.
    """
    inside = tightened(window, bounds)
    mask = per_transmitter(window, bounds.mask_tn[1], bounds.mask_ntn[1])
    used = np.maximum(1.0, mask.sum(axis=1, keepdims=True))
    level = np.where(np.arange(window.transmitters) < window.stations, 1.0, ntn_level)[:, None, None]
    power = np.minimum(1.0, window.budget[:, None, None] / used) * level
    links_of = np.zeros(mask.shape)
    np.add.at(links_of, window.link_transmitter, (inside.share[1] > 0.0).astype(float))
    share = 0.9 / np.maximum(1.0, links_of)[window.link_transmitter]
    choices = np.zeros((2, window.users))
    for system, chosen in enumerate((window.is_tn, ~window.is_tn)):
        np.add.at(choices[system], window.link_user[chosen], 1.0)
    of_link = np.where(window.is_tn, choices[0, window.link_user], choices[1, window.link_user])
    association = np.repeat(1.0 / np.maximum(1.0, of_link)[:, None], window.cycles, axis=1)
    share = np.minimum(share, association[:, None, :])
    steering = np.full((window.users, window.cycles), 0.5)
    plan = Plan(power, share, steering, bounds.mask_tn[1], bounds.mask_ntn[1])
    return feasible(window, Relaxed(plan, association), bounds)
