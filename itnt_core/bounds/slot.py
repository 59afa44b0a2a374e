"""The certified bound of one slot from raw gains."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from itnt_core.rate_laws import RateLaw, user_tables

from .prices import priced_bound, search_prices
from .types import Array, IntArray
from .undisturbed import undisturbed_bound

ROUNDING = 1e-9  # relative, far above what sums of doubles lose: the bound stays one
LARGE = 5_000  # links of a slot beyond which fewer guided steps are taken: each costs more and brings less
# Links of a slot from which on interference is left out: at 1,000 users x 30 stations x 50 subchannels it lowers the
# bound by 0.2 % and takes 24 s of processor time a slot.
TOO_LARGE = 300_000
FIRST_STEPS, NEXT_STEPS = 48, 10  # of power prices in such a slot: without, and with those of a neighbour to start from


@dataclass(frozen=True)
class Effort:
    """How hard to look for a low bound; every setting gives a true one."""

    group_slots: int  # neighbouring slots that share one bound
    guided_steps: int  # price steps steered by good configurations, for the first group
    next_steps: int  # the same for later groups, which start from their neighbour's prices
    proved_steps: int  # price steps on the bound itself, where the guided ones do not beat the undisturbed bound
    nodes: int  # boxes per subchannel of the last branch and bound
    step_nodes: int  # boxes per subchannel within the proved steps
    tolerance: float  # bit/s/Hz per subchannel that branch and bound leaves open
    places: int  # boxes of places per slot and GBS in which a shadowed gain is looked for


# Each includes those before it: a harder search is never worse than an easier one.
EFFORTS = {
    "quick": Effort(5, 0, 0, 0, 0, 0, 0.1, 200),
    "standard": Effort(5, 60, 20, 8, 3_000, 300, 0.1, 800),
    "thorough": Effort(5, 120, 60, 10, 20_000, 3_000, 0.05, 10_000),
}


@dataclass(eq=False)
class WarmStart:
    """Prices and configurations handed from one slot to the next."""

    prices: Array  # (users + 2 stations,)
    power_price: Array  # (stations,) of the bound without interference
    who: IntArray  # (subchannels, stations)
    level: Array  # (subchannels, stations)


@dataclass(frozen=True)
class SlotBound:
    """Bounds of one slot in bit/s/Hz, by kind."""

    capped: float  # every user or seat at the most that a link carries
    undisturbed: float
    disturbed: float
    rates: Array  # (users,) bit/s/Hz of the priced optimum without interference, which need not be feasible

    @property
    def least(self) -> float:
        """Return the tightest."""
        return min(self.capped, self.undisturbed, self.disturbed)


def bound_slot(
    signal: Array,
    heard: Array,
    max_users: IntArray,
    law: RateLaw | Array,
    effort: Effort,
    warm: WarmStart | None = None,
    floor: float = 0.0,
    at_most: Array | None = None,
) -> tuple[SlotBound, WarmStart]:
    """Bound the active sum of spectral efficiencies of one slot over all associations and powers.

    ``signal`` and ``heard`` (subchannels, stations, users) are gains over noise times what a station may send on one
    subchannel, usually P_max: at least the true ones as a signal, at most the true ones as interference. ``max_users``
    (stations,) is U_max; ``law`` says what a link carries, or it is a ceiling for each user (users, steps, 4) that
    exceeds log2(1 + SINR) nowhere; ``floor`` is the SINR (linear) that every served user has at least; ``at_most``
    (stations,) how many times that power a station has in all, 1 where it is P_max.
    """
    subchannels, stations, users = signal.shape
    seats = np.minimum(max_users, subchannels)
    laws = user_tables(law.ceiling, np.full(users, np.inf)) if isinstance(law, RateLaw) else law
    capped = _capped(laws[:, -1, 3][signal.max(axis=(0, 1)) >= floor], int(seats.sum()))
    at_most = np.ones(stations) if at_most is None else at_most
    is_too_large = signal.size >= TOO_LARGE
    nearby: dict[str, Any] = {"steps": FIRST_STEPS} if is_too_large else {}
    if is_too_large and warm is not None:
        nearby = {"steps": NEXT_STEPS, "price": warm.power_price}
    undisturbed, power_price, user_price, rates = undisturbed_bound(
        signal, seats, laws, floor, at_most=at_most, **nearby
    )
    start = np.concatenate([user_price, power_price, np.zeros(stations)])
    steps = effort.guided_steps if warm is None else effort.next_steps
    steps = round(steps * min(1.0, LARGE / signal.size))
    if warm is None:
        warm = _cold_start(signal.shape, power_price, undisturbed)
    warm.power_price = power_price
    disturbed = np.inf
    if effort.nodes > 0 and not is_too_large:
        market = (np.ascontiguousarray(signal), np.ascontiguousarray(heard), seats, at_most)
        disturbed = _disturbed_bound(market, (laws, floor), effort, warm, steps)
        if disturbed > undisturbed:
            disturbed = _improve_undisturbed(market, (laws, floor), effort, start, warm)
    grow = 1.0 + ROUNDING
    return SlotBound(capped * grow, undisturbed * grow, disturbed * grow, rates), warm


def _capped(limit: Array, seats: int) -> float:
    """Return what the users who can be served carry at their limits (n,), the best ones where seats are fewer."""
    count = min(len(limit), seats)
    if not count:
        return 0.0  # without a cap each carries an infinite amount
    if (limit == limit[0]).all():
        return float(limit[0] * count)
    return float(np.sort(limit)[-count:].sum())


def _cold_start(shape: tuple[int, ...], power_price: Array, undisturbed: float) -> WarmStart:
    """Return a first guess of the prices: half a user's worth undisturbed, no station power for nothing."""
    subchannels, stations, users = shape
    user_price = np.full(users, 0.5 * undisturbed / max(1, users))
    prices = np.concatenate([user_price, np.maximum(power_price, 1.0), np.zeros(stations)])
    return WarmStart(prices, power_price, np.full((subchannels, stations), -1), np.zeros((subchannels, stations)))


Market = tuple[Array, Array, IntArray, Array]  # signal, heard, seats, at_most
Levels = tuple[Array, float]  # the ceilings of the users' rate laws and the SINR floor


def _disturbed_bound(market: Market, levels: Levels, effort: Effort, warm: WarmStart, steps: int) -> float:
    """Return the interference-aware Lagrangian bound; leaves the prices and configurations it ended with in warm."""
    _, warm.prices = search_prices(*market, warm.prices, *levels, 0, effort.tolerance, warm.who, warm.level, steps)
    slope = np.zeros_like(warm.prices)
    bound, _ = priced_bound(*market, warm.prices, *levels, effort.nodes, effort.tolerance, warm.who, warm.level, slope)
    return float(bound)


def _improve_undisturbed(market: Market, levels: Levels, effort: Effort, start: Array, warm: WarmStart) -> float:
    """Return the interference-aware bound by proved steps from the prices of the undisturbed one.

    With few users interference hardly costs anything, and the search by configurations may end above the undisturbed
    bound; from its own prices the interference-aware bound starts at or below it.
    """
    steps = (effort.step_nodes, effort.tolerance, warm.who.copy(), warm.level.copy(), effort.proved_steps)
    bound, _ = search_prices(*market, start, *levels, *steps)
    return float(bound)
