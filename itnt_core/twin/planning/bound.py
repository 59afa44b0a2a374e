"""A certified lower bound of a window's mean backlog: no plan of any scheme that keeps the limits falls below it.

The Lagrangian over queue rows, power budgets, the feeder link and the limit on shared sub-bands falls apart into one
pricing problem a cycle, because sub-bands are alike. Any prices that are not negative prove a bound; good ones come
from the column program. Left out, which can only lower the bound: that a user has one base station and one beam at a
time, how many users a station serves at once, and that sub-bands come whole.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np

from .patterns import ColumnProgram, Duals, can_serve, prices_of
from .pricing import NODES, certified_value
from .relaxed import traffic_in_units, unit_mbit
from .rows import queue_costs
from .window import Array, Window

MOST_TRANSMITTERS = 8  # that serve anybody in one cycle: branch and bound halves boxes of so many dimensions
MOST_ROUNDS = 6  # of pricing with a certificate
HEURISTIC_ROUNDS = 8  # of pricing by local search, before
PATIENCE = 2  # rounds without a better bound after which it stays as it is
LAST = 3  # times as many boxes are looked at, at most, for the best prices in the end
CLOSE = 1e-2  # of the program's value: a bound nearer than this is not looked at any further


@dataclass(frozen=True, eq=False)
class Bound:
    """A lower bound of the weighted mean backlog in Mbit, None where it is out of reach, which ``reason`` says then.

    ``is_closed`` says whether better prices could not raise it by much.
    """

    backlog_mbit: float | None
    reason: str = ""
    is_closed: bool = False
    wall_s: float = 0.0


def prove_bound(window: Window, rounds: int = MOST_ROUNDS, nodes: int = NODES) -> Bound:
    """Return the best bound that so many rounds of pricing find; ``nodes`` boxes a problem are looked at, at most.

    The window holds the actual gains and arrivals; queues at its start count.
    """
    started = time.perf_counter()
    window = with_all_links(window)
    most = int(max((can_serve_in(window, cycle).any(axis=1)).sum() for cycle in range(window.cycles)))
    if most > MOST_TRANSMITTERS:
        reason = (
            f"{most} transmitters can serve users in one cycle, and the bound is proved for {MOST_TRANSMITTERS} at most"
        )
        return Bound(None, reason)
    program = ColumnProgram(window)
    best, since, prices = 0.0, 0, None
    value = np.inf
    for number in range(rounds):
        found = program.solve(1 if number else HEURISTIC_ROUNDS)
        if found is None:
            break
        value = found.value
        proved = lagrangian_mbit(window, found.duals, program, nodes)
        since = 0 if proved > best + CLOSE * max(1e-3, best) else since + 1
        if proved > best or prices is None:
            best, prices = max(best, proved), found.duals
        if best >= (1.0 - CLOSE) * value or since >= PATIENCE or value <= 1e-3:
            break
    if prices is not None and best < (1.0 - CLOSE) * value and value > 1e-3:
        best = max(best, lagrangian_mbit(window, prices, None, LAST * nodes))
    return Bound(best, "", best >= (1.0 - CLOSE) * value, time.perf_counter() - started)


def lagrangian_mbit(window: Window, duals: Duals, program: ColumnProgram | None = None, nodes: int = NODES) -> float:
    """Return the bound that some prices prove, in Mbit; any prices will do, negative ones count as nothing.

    A ``program`` is given the patterns that the certificates met.
    """
    duals = feasible_duals(window, duals)
    start, arrivals = traffic_in_units(window)
    waiting = float((duals.queue * start).sum())
    by_cycle = (duals.queue * arrivals).reshape(2, window.users, window.cycles, -1).sum(axis=3)
    total = waiting + float(by_cycle.min(axis=0).sum())  # data is steered to the cheaper side
    total -= float((duals.power * window.budget[:, None]).sum() + window.shared_most * duals.shared.sum())
    if window.feeder_mbit_s is not None:
        total -= float(duals.feeder.sum()) * window.feeder_mbit_s / window.subband_mhz
    for cycle in range(window.cycles):
        prices = prices_of(window, duals, cycle, can_serve_in(window, cycle), window.shared_most)
        known = np.zeros((1, window.transmitters)) if program is None else program.patterns[cycle]
        highest, power = certified_value(prices, known, nodes)
        total -= window.subbands * highest
        if program is not None and power.any():
            program.patterns[cycle] = np.concatenate([known, power[None]])
    return total * unit_mbit(window)


def feasible_duals(window: Window, duals: Duals) -> Duals:
    """Return prices without what is negative, and queues' prices that no queue could undercut by growing.

    A queue at the end of a slot costs its weight there and its price in the slot after: no more can be asked before.
    """
    queue = np.maximum(0.0, duals.queue)
    cost = queue_costs(window)[:, 0]
    later = np.zeros((2, window.users))
    for slot in reversed(range(queue.shape[2])):
        later = queue[:, :, slot] = np.minimum(queue[:, :, slot], cost + later)
    shared = np.maximum(0.0, duals.shared)
    feeder = np.maximum(0.0, duals.feeder) if window.feeder_mbit_s is not None else np.zeros(window.cycles)
    return Duals(queue, np.maximum(0.0, duals.power), shared, feeder)


def can_serve_in(window: Window, cycle: int) -> Array:
    """Return 1 where a transmitter is heard by a user that it may serve in a cycle (transmitters, users)."""
    found: Array = can_serve(window) * (window.heard[:, :, cycle] > 0.0)
    return found


def with_all_links(window: Window) -> Window:
    """Return the window with every link that could carry anything: whichever a scheme chooses, the bound knows it."""
    transmitter, user = np.nonzero((window.heard > 0.0).any(axis=2))
    return replace(window, link_transmitter=transmitter, link_user=user)
