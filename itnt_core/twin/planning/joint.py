"""DT-JointRA: plan a window for both systems from what the twin predicts.

A reconstruction from an abstract. Three mixtures of power patterns - of the base stations alone, of a band split
between the systems, of both together - are rounded to plans; linear steps improve them; the best is disturbed and
improved again, and the surrogate with relaxed binaries tries to leave it. All are compared by the window's one
objective, so the plan returned is never worse than the base stations alone, the split band or what was planned before.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from .ascent import SOLVERS, Ascent, Iteration, Notify, Solver, equal_point, feasible, rounded
from .objective import objective
from .patterns import ColumnProgram, Mixture
from .polish import polish, with_spare
from .relaxed import Bounds, Relaxed, free_bounds
from .rounding import associated, masks_of, plan_of_powers, rounded_mixture
from .window import Array, Window

PENALTY_MBIT = 20.0  # lambda: what one undecided binary costs
NTN_START = 0.1  # power of the beams, of the cap, when they join a terrestrial plan
MASK_START = 0.95  # at most: no binary starts decided
NOISE_SIZE = 2500  # users x sub-bands x cycles over which so many disturbances are spread
MOST_NOISY = 40  # disturbances of a plan
LEAST_NOISY = ((1000, 7), (np.inf, 2))  # up to which size at least so many: they find what pricing has missed
CONIC_SIZE = 400  # users x sub-bands x cycles up to which the surrogate with relaxed binaries is worth its time
SLACK = 1.5  # a second mixture plans for so much more traffic, so that one that serves all is not the barest
FOR_INCUMBENTS = 0.3  # of the disturbances, for each of both
HOPELESS = 1.6  # times the best so far: no climb begins where other stations leave more
GOOD_ENOUGH_MBIT = 1e-3  # over the price of power: nothing is left to gain


@dataclass(frozen=True, eq=False)
class Planned:
    """A plan of a window, the association behind it, and how the algorithm got there."""

    at: Relaxed
    backlog_mbit: float
    origin: str
    course: tuple[Iteration, ...]
    wall_s: float


@dataclass(frozen=True)
class PlanningEffort:
    """How much is tried: rounds of pricing, roundings of a mixture, steps of a climb, disturbances, conic climbs."""

    rounds: int = 5
    roundings: int = 2
    steps: int = 24
    noisy: float = 1.0
    relaxed: int = 1


QUICK = PlanningEffort(rounds=2, roundings=1, steps=8, noisy=0.0, relaxed=0)


def plan_joint(
    window: Window,
    solver: Solver | None = None,
    notify: Notify | None = None,
    effort: PlanningEffort | None = None,
    before: Relaxed | None = None,
) -> Planned:
    """Plan both systems together (DT-JointRA); ``before`` is a plan of the same links to start from, too."""
    search = _Search(window, solver, notify, effort or PlanningEffort())
    search.base_stations_alone()
    search.split_band()
    search.start("joint", free_bounds(window))
    if search.is_open:
        search.start("joint, more traffic", free_bounds(window), slack=SLACK)
    if before is not None:
        search.keep("last window's plan", before)
    search.join_quietly()
    search.disturb(1.0)
    search.escape()
    return search.best()


def plan_orthogonal(
    window: Window, solver: Solver | None = None, notify: Notify | None = None, effort: PlanningEffort | None = None
) -> Planned:
    """Plan both systems on a band split between them: no sub-band is shared."""
    search = _Search(window, solver, notify, effort or PlanningEffort())
    search.base_stations_alone()
    search.split_band()
    return search.best()


def plan_tn_only(
    window: Window, solver: Solver | None = None, notify: Notify | None = None, effort: PlanningEffort | None = None
) -> Planned:
    """Plan the base stations alone; the beams are silent."""
    search = _Search(window, solver, notify, effort or PlanningEffort())
    search.base_stations_alone()
    return search.best()


PLANNERS: dict[str, Callable[..., Planned]] = {
    "joint": plan_joint,
    "orthogonal": plan_orthogonal,
    "tn_only": plan_tn_only,
}


class _Search:
    """Keeps the best plan of a window, and what else was found on the way."""

    def __init__(self, window: Window, solver: Solver | None, notify: Notify | None, effort: PlanningEffort):
        self.window, self.effort = window, effort
        self.ascent = Ascent(window, solver or SOLVERS["clarabel"](), notify)
        self.started = time.perf_counter()
        self.generator = np.random.default_rng(0)  # of disturbances: the same window gives the same plan
        self.found: list[tuple[float, str, Relaxed, Bounds]] = []
        self.pool: list[list[Array]] = [[] for _ in range(window.cycles)]  # patterns that mixtures use

    @property
    def is_open(self) -> bool:
        """Say whether the best plan leaves something to be gained."""
        if not self.found:
            return True
        value, _, at, _ = min(self.found, key=lambda one: one[0])
        price = self.window.power_price * float(at.plan.power.sum()) / self.window.cycles
        return value - price > GOOD_ENOUGH_MBIT

    def base_stations_alone(self) -> None:
        """Plan the base stations alone: the first incumbent, found in the same way by every planner."""
        self.start("TN only", tn_only_bounds(self.window), who=_stations(self.window))
        self.disturb(FOR_INCUMBENTS, tn_only_bounds(self.window))

    def split_band(self) -> None:
        """Plan a band split between the systems: the second incumbent, found in the same way by every planner."""
        split = replace(self.window, shared_most=0)
        self.start("orthogonal", free_bounds(self.window), split)
        self.disturb(FOR_INCUMBENTS, free_bounds(self.window), split)

    def start(
        self,
        name: str,
        bounds: Bounds,
        narrow: Window | None = None,
        who: Array | None = None,
        slack: float = 1.0,
    ) -> None:
        """Plan from the mixture of a part of the problem; ``narrow`` is a window that may share less.

        ``who`` (transmitters,) says who may send.
        """
        window, narrow = self.window, narrow or self.window
        busy = replace(narrow, arrivals_mbit=slack * window.arrivals_mbit)
        mixture = ColumnProgram(busy, who=who).solve(self.effort.rounds)
        if mixture is None:
            self._climb(name, *self._equal(bounds), bounds)
            return
        self._remember(mixture)
        for turn in range(self.effort.roundings if who is None else 1):
            generator = None if turn == 0 else self.generator
            self.from_powers(name, narrow, rounded_mixture(window, mixture, generator), bounds)

    def from_powers(self, name: str, narrow: Window, power: Array, bounds: Bounds) -> None:
        """Plan from powers (transmitters, subbands, cycles); masks follow from ``narrow``, which may share less."""
        masks, power = masks_of(narrow, power, bounds)
        self._climb(name, *plan_of_powers(self.window, power, masks, bounds), bounds)

    def join_quietly(self) -> None:
        """Let who is silent in the best plan send a tenth of its power: steps see nothing from silence and no share."""
        if not self.is_open:
            return
        window = self.window
        level = NTN_START * np.minimum(1.0, window.budget / window.subbands)
        power = np.maximum(min(self.found, key=lambda one: one[0])[2].plan.power, level[:, None, None])
        power *= np.minimum(1.0, window.budget[:, None, None] / np.maximum(power.sum(axis=1, keepdims=True), 1e-12))
        self.from_powers("silent ones join", window, power, free_bounds(window))

    def keep(self, name: str, at: Relaxed) -> None:
        """Take a decided plan into the comparison, as it is and improved."""
        bounds = decided_bounds(self.window, at)
        point = polish(self.window, feasible(self.window, at, bounds), bounds)
        self._climb(name, point, bounds, free_bounds(self.window))

    def _climb(self, name: str, at: Relaxed, decided: Bounds, bounds: Bounds) -> None:
        """Improve a decided plan by linear steps, decide who serves whom anew, and improve what is better then."""
        window, masks = self.window, (decided.mask_tn[0], decided.mask_ntn[0])
        at = self.ascent.step(name, at, decided, self.effort.steps)
        self.found.append((objective(window, at.plan), name, at, decided))
        anew, other = associated(window, at, bounds.with_masks(*masks))
        promising = objective(window, anew.plan) <= HOPELESS * min(one[0] for one in self.found) + 1.0
        if promising and (other.association[0] != decided.association[0]).any():
            anew = self.ascent.step(f"{name}, other stations", anew, other, self.effort.steps)
            self.found.append((objective(window, anew.plan), name, anew, other))

    def _equal(self, bounds: Bounds) -> tuple[Relaxed, Bounds]:
        point, decided = rounded(self.window, equal_point(self.window, bounds), bounds)
        return polish(self.window, point, decided), decided

    def _remember(self, mixture: Mixture) -> None:
        for cycle, (patterns, use) in enumerate(zip(mixture.pattern, mixture.use, strict=True)):
            self.pool[cycle] += list(patterns[use > 1e-3])

    def disturb(self, part: float, bounds: Bounds | None = None, narrow: Window | None = None) -> None:
        """Change a part of the best plan's powers at random and improve it again, so often as the size allows.

        ``part`` of the disturbances are spent; ``bounds`` and ``narrow`` as in :meth:`from_powers`.
        """
        window, bounds = self.window, bounds or free_bounds(self.window)
        size = window.users * window.subbands * window.cycles
        least = next(count for most, count in LEAST_NOISY if size <= most)
        turns = part * self.effort.noisy * min(MOST_NOISY, max(least, NOISE_SIZE // max(1, size)))
        for turn in range(round(turns)):
            if not self.is_open:
                return
            best = min(self.found, key=lambda one: one[0])[2]
            power = best.plan.power.copy()
            for cycle in range(window.cycles):
                self._mutate(power, cycle, turn)
            self.from_powers("disturbed", narrow or window, power, bounds)

    def _mutate(self, power: Array, cycle: int, turn: int) -> None:
        """Give some sub-bands of a cycle another pattern, or all of them a little noise."""
        window, generator = self.window, self.generator
        if turn % 2 == 0 and self.pool[cycle]:
            for band in np.flatnonzero(generator.random(window.subbands) < 1.2 / window.subbands):
                power[:, band, cycle] = self.pool[cycle][int(generator.integers(len(self.pool[cycle])))]
        else:
            power[:, :, cycle] *= np.exp(0.7 * generator.standard_normal(power.shape[:2]))
        power[:, :, cycle] = np.minimum(1.0, power[:, :, cycle])
        used = power[:, :, cycle].sum(axis=1)
        power[:, :, cycle] *= np.minimum(1.0, window.budget / np.maximum(used, 1e-12))[:, None]

    def escape(self) -> None:
        """Relax every binary around the best plan, and decide them anew by the surrogate."""
        window = self.window
        if window.users * window.subbands * window.cycles > CONIC_SIZE or not self.effort.relaxed or not self.is_open:
            return
        _, _, best, _ = min(self.found, key=lambda one: one[0])
        bounds = free_bounds(window)
        at = self.ascent.climb("relaxed", joined(window, best), bounds, PENALTY_MBIT, self.effort.relaxed)
        point, decided = rounded(window, at, bounds)
        self._climb("relaxed, decided", polish(window, point, decided), decided, bounds)

    def best(self) -> Planned:
        """Return the best plan, what is left of its resource blocks given away."""
        value, name, at, _ = min(self.found, key=lambda one: one[0])
        at = with_spare(self.window, at)
        return Planned(at, value, name, tuple(self.ascent.course), time.perf_counter() - self.started)


def tn_only_bounds(window: Window) -> Bounds:
    """Return bounds that leave the base stations free and the beams silent."""
    per = (window.subbands, window.cycles)
    steered = (window.users, window.cycles)
    bounds = replace(
        free_bounds(window),
        steering=(np.ones(steered), np.ones(steered)),
        association=_of_system(window, tn=True),
    )
    return bounds.with_masks(np.ones(per), np.zeros(per))


def decided_bounds(window: Window, at: Relaxed) -> Bounds:
    """Return bounds that keep the binaries of a decided plan."""
    return (
        free_bounds(window)
        .with_masks(at.plan.mask_tn.round(), at.plan.mask_ntn.round())
        .with_association(at.association.round())
    )


def joined(window: Window, plan: Relaxed) -> Relaxed:
    """Return an interior point near a plan: what is silent comes in at a tenth of its power, all masks nearly open."""
    least = equal_point(window, free_bounds(window))
    tn, ntn = _open_masks(window)
    level = float(tn.max())
    power = np.maximum(plan.plan.power, NTN_START * least.plan.power)
    used = power.sum(axis=1, keepdims=True)
    power = level * power * np.minimum(1.0, window.budget[:, None, None] / np.maximum(used, 1e-9))
    share = level * (0.9 * plan.plan.share + 0.1 * least.plan.share)
    association = 0.9 * plan.association + 0.1 * least.association
    steering = 0.9 * plan.plan.steering + 0.05
    mixed = replace(plan.plan, power=power, share=share, mask_tn=tn, mask_ntn=ntn, steering=steering)
    return Relaxed(mixed, association)


def _open_masks(window: Window) -> tuple[Array, Array]:
    """Return masks that are open as far as the limit on shared sub-bands lets them, equally in all sub-bands."""
    level = min(MASK_START, 0.5 + 0.5 * window.shared_most / window.subbands)
    return (np.full((window.subbands, window.cycles), level),) * 2


def _of_system(window: Window, *, tn: bool) -> tuple[Array, Array]:
    """Return bounds of the associations that leave one system free and the other silent."""
    high = np.repeat((window.is_tn == tn)[:, None].astype(float), window.cycles, axis=1)
    return np.zeros_like(high), high


def _stations(window: Window) -> Array:
    """Return 1 for the base stations (transmitters,)."""
    return (np.arange(window.transmitters) < window.stations).astype(float)
