"""The column program of a window: which power patterns the sub-bands of each cycle use, and for how much of the band.

Sub-bands are alike, so what counts is which powers are sent together, and on how many sub-bands. Let that be any
number and each user be served by any station: then the window is a linear program over patterns, and new patterns are
priced by :mod:`itnt_core.twin.planning.pricing`. Its prices prove the bound; its patterns are where plans start.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from itnt_core.arrays import IntArray

from .linear import Program
from .pricing import Prices, best_patterns
from .relaxed import unit_mbit
from .rows import Rows, Variables, add_queues, queue_costs, queue_rows
from .window import Array, Window

LEVEL = 0.5  # of the power in the patterns that the program begins with
MOST_CORNERS = 64  # of such patterns in which every set of transmitters sends
NEW_A_CYCLE = 3  # patterns that a round adds
ALIKE = 0.02  # powers that differ less are one pattern
GAIN = 1e-3  # of a cycle's price: a pattern that is worth less more than the rest is left out
MOST_ROUNDS = 12  # of pricing


@dataclass(frozen=True, eq=False)
class Duals:
    """Prices of a window's rows, any of which prove a bound.

    ``queue`` (2, users, all slots) of the recursion, ``power`` (transmitters, cycles) of the budgets, ``shared`` and
    ``feeder`` (cycles,) of the limits; all in the unit of the objective over :func:`unit_mbit`.
    """

    queue: Array
    power: Array
    shared: Array
    feeder: Array


@dataclass(frozen=True, eq=False)
class Mixture:
    """What the column program found.

    ``pattern`` of each cycle (patterns, transmitters), ``use`` (patterns,) sub-bands it takes, ``carried`` (links,
    cycles) in bit/s/Hz over all sub-bands; ``value`` of the program in Mbit.
    """

    pattern: list[Array]
    use: list[Array]
    carried: Array
    value: float
    duals: Duals


def rate_worth(window: Window, duals: Duals) -> Array:
    """Return what 1 bit/s/Hz on a sub-band is worth to each user by each system (2, users, cycles), never below 0."""
    per_cycle = duals.queue.reshape(2, window.users, window.cycles, -1).sum(axis=3) / window.slots
    per_cycle[1] -= duals.feeder
    return np.maximum(0.0, per_cycle)


def prices_of(window: Window, duals: Duals, cycle: int, can_serve: Array, shared_most: int) -> Prices:
    """Return a cycle's pricing problem; ``can_serve`` (transmitters, users) says who may be served by whom."""
    side = (np.arange(window.transmitters) >= window.stations).astype(np.int64)
    rate = rate_worth(window, duals)[side, :, cycle] * can_serve
    shared = None if shared_most == 0 else 0.0 if shared_most >= window.subbands else float(duals.shared[cycle])
    gain = np.ascontiguousarray(window.heard[:, :, cycle])
    return Prices(gain, rate, duals.power[:, cycle].copy(), window.stations, window.efficiency_cap, shared)


def can_serve(window: Window) -> Array:
    """Return 1 where a candidate link is (transmitters, users)."""
    found = np.zeros((window.transmitters, window.users))
    found[window.link_transmitter, window.link_user] = 1.0
    return found


class ColumnProgram:
    """Adds patterns until none is worth more than it costs; see the module."""

    def __init__(self, window: Window, who: Array | None = None):
        """``who`` (transmitters,) may send at all, all of them by default."""
        self.window = window
        self.shared_most = window.shared_most
        self.who = np.ones(window.transmitters) if who is None else who
        self.served = can_serve(window) * self.who[:, None]
        self.program = Program()
        corners = np.array(list(itertools.product((0.0, LEVEL), repeat=int(self.served.any(axis=1).sum()))))
        starts = np.zeros((len(corners), window.transmitters))
        starts[:, self.served.any(axis=1)] = corners
        self.corners = starts[1:][np.argsort(starts[1:].sum(axis=1), kind="stable")][:MOST_CORNERS]
        self.patterns = [self._first() for _ in range(window.cycles)]

    def _first(self) -> Array:
        """Return the patterns of one system at a time, and of both where that may be."""
        is_tn = np.arange(self.window.transmitters) < self.window.stations
        alone = [row for row in self.corners if not row[is_tn].any() or not row[~is_tn].any()]
        both = [row for row in self.corners if row[is_tn].any() and row[~is_tn].any()]
        rows = alone + (both[-2:] if self.shared_most else [])
        return np.array(rows).reshape(-1, self.window.transmitters)

    def solve(self, rounds: int = MOST_ROUNDS) -> Mixture | None:
        """Return the best mixture after so many rounds of pricing, None where the solver fails."""
        found = self._mixture()
        for _ in range(rounds):
            if found is None or not self._price(found.duals):
                break
            found = self._mixture() or found
        return found

    def _price(self, duals: Duals) -> bool:
        """Add the patterns that are worth most; say whether there were any."""
        added = False
        for cycle in range(self.window.cycles):
            prices = prices_of(self.window, duals, cycle, self.served, self.shared_most)
            has = self.patterns[cycle]
            starts = np.concatenate([self.corners[:MOST_CORNERS], has[-8:]])
            candidates = best_patterns(prices, starts)
            now = self._worth_now[cycle]
            chosen: list[Array] = []
            for value, power in candidates:
                if value <= now * (1.0 + GAIN) + 1e-9 or len(chosen) >= NEW_A_CYCLE:
                    break
                near = np.concatenate([has, np.array(chosen).reshape(-1, has.shape[1])])
                if not (np.abs(near - power) <= ALIKE * near + 1e-5).all(axis=1).any():
                    chosen.append(power)
            if chosen:
                self.patterns[cycle] = np.concatenate([has, np.array(chosen)])
                added = True
        return added

    def _mixture(self) -> Mixture | None:
        """Solve the program of the patterns there are."""
        window, rows, columns = self.window, Rows(), Variables()
        queues = add_queues(columns, window)
        per = np.zeros((2, window.users, window.cycles))
        steering = columns.add(per[0], per[0] + 1.0)
        rate = columns.add(per, per + np.inf)
        recursion = queue_rows(rows, window, queues, steering)
        rows.fill(recursion, np.repeat(rate, window.slots, axis=2), -1.0 / window.slots)
        carried = rows.add(per, (rate, 1.0))
        limits = _Limits.add(rows, window, self.shared_most)
        if limits.feeder is not None:
            rows.fill(limits.feeder[None, :], rate[1], 1.0)
        mixed = [self._mix(columns, rows, limits, carried, cycle) for cycle in range(window.cycles)]
        cost = np.zeros(columns.count)
        for queue in queues:
            cost[queue] = queue_costs(window)
        matrix = rows.by_row(columns.count)
        low, high = np.concatenate(columns.low), np.concatenate(columns.high)
        values = self.program.solve(cost, matrix, np.concatenate(rows.right), low, high)
        if values is None:
            return None
        price = np.maximum(0.0, -self.program.dual)
        self._worth_now = price[limits.band]
        no_feeder = np.zeros(window.cycles)
        duals = Duals(
            price[recursion],
            price[limits.budget],
            price[limits.shared],
            no_feeder if limits.feeder is None else price[limits.feeder],
        )
        amount = np.zeros((window.links, window.cycles))
        for cycle, one in enumerate(mixed):
            np.add.at(amount[:, cycle], one.link, values[one.share] * one.efficiency)
        use = [values[one.use] for one in mixed]
        return Mixture(list(self.patterns), use, amount, float(cost @ values) * unit_mbit(window), duals)

    def _mix(self, columns: Variables, rows: Rows, limits: _Limits, carried: IntArray, cycle: int) -> _Mixed:
        """Append one cycle: on how many sub-bands each pattern is sent, and whom its transmitters serve there."""
        window, patterns = self.window, self.patterns[cycle]
        use = columns.add(np.zeros(len(patterns)), np.full(len(patterns), np.inf))
        rows.fill(limits.band[cycle], use, 1.0)
        rows.fill(limits.budget[:, cycle][None, :], use[:, None], patterns)
        both = patterns[:, : window.stations].any(axis=1) & patterns[:, window.stations :].any(axis=1)
        rows.fill(limits.shared[cycle], use[both], 1.0)
        efficiency = _efficiency(window, patterns, cycle)
        number, link = np.nonzero(efficiency)
        share = columns.add(np.zeros(number.size), np.full(number.size, np.inf))
        owner = window.link_transmitter[link]
        pairs = rows.add(np.zeros(patterns.shape), (use[:, None], np.where(patterns > 0.0, -1.0, 0.0)))
        rows.fill(pairs[number, owner], share, 1.0)
        side = (~window.is_tn[link]).astype(np.int64)
        rows.fill(carried[side, window.link_user[link], cycle], share, -efficiency[number, link])
        return _Mixed(use, share, link, efficiency[number, link])


@dataclass(frozen=True, eq=False)
class _Mixed:
    """Columns of one cycle: use (patterns,), and share, link and efficiency (pairs,)."""

    use: IntArray
    share: IntArray
    link: IntArray
    efficiency: Array


@dataclass(frozen=True, eq=False)
class _Limits:
    """Rows of what is limited: budgets (transmitters, cycles), the others (cycles,)."""

    budget: IntArray
    band: IntArray
    shared: IntArray
    feeder: IntArray | None

    @classmethod
    def add(cls, rows: Rows, window: Window, shared_most: int) -> _Limits:
        """Append the rows, without terms."""
        budget = rows.add(np.repeat(window.budget[:, None], window.cycles, axis=1))
        band, shared = (rows.add(np.full(window.cycles, float(most))) for most in (window.subbands, shared_most))
        if window.feeder_mbit_s is None:
            return cls(budget, band, shared, None)
        return cls(budget, band, shared, rows.add(np.full(window.cycles, window.feeder_mbit_s / window.subband_mhz)))


def _efficiency(window: Window, patterns: Array, cycle: int) -> Array:
    """Return log2(1 + SINR) up to the cap of each link under each pattern (patterns, links)."""
    gain = window.heard[:, :, cycle]
    total = 1.0 + patterns @ gain  # (patterns, users)
    own = patterns[:, window.link_transmitter] * gain[window.link_transmitter, window.link_user]
    at_user = total[:, window.link_user]
    efficiency: Array = np.minimum(window.efficiency_cap, np.log2(at_user / (at_user - own)))
    return efficiency
