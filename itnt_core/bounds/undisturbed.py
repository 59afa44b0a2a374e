"""The interference-free bound of one slot: water filling at station power prices, then an exact assignment."""

from __future__ import annotations

import numpy as np
from scipy.optimize import linear_sum_assignment

from .types import Array, IntArray

LN2 = float(np.log(2.0))
FIRST_AIM, NEXT_AIM = 0.1, 0.003  # by how much the first step aims below, as a share: from no prices and from good ones
STEPS = 24  # Polyak steps; more lower the bound, none breaks it


def undisturbed_bound(
    signal: Array,
    max_users: IntArray,
    law: Array,
    floor: float = 0.0,
    steps: int = STEPS,
    *,
    at_most: Array,
    price: Array | None = None,
) -> tuple[float, Array, Array, Array]:
    """Return a bound (bit/s/Hz) on one slot with all interference removed, the prices behind it, and users' rates.

    The prices are of power (stations,) and of users (users,), the rates (users,) those of the priced optimum, weighted.

    ``signal`` (subchannels, stations, users) is what is received over noise of the power that a station may send on one
    subchannel, prices are per such a power, and ``at_most`` (stations,) is how many it has in all. That limit (7e)
    is priced: any price gives a bound, and Polyak steps with a shrinking level look for a low one, from ``price``
    (stations,) where one is known.
    ``law`` (users, steps, 4) is the ceiling of each user's rate law, ``floor`` is the SINR that a served user has at
    least.
    """
    subchannels, stations, users = signal.shape
    columns = signal.transpose(2, 1, 0).reshape(users, stations * subchannels)
    owners = np.repeat(np.arange(stations), subchannels)
    dummies = _dummy_rows(max_users, owners, subchannels)
    first_aim = FIRST_AIM if price is None else NEXT_AIM
    price, best, aim = np.zeros(stations) if price is None else price, np.inf, 0.0
    best_price, best_value, best_links = price, np.zeros((users, 0)), np.zeros((2, 0), dtype=np.int64)
    rates = np.zeros(users)
    for _ in range(steps):
        value, power = _priced_links(columns, price[owners], law, floor)
        total, used, links = _assign(value, power, owners, dummies, stations)
        total += float((price * at_most).sum())
        slope = at_most - used
        if total < best:
            aim = first_aim * total if not np.isfinite(best) else aim
            best, best_price, best_value, best_links = total, price.copy(), value, links
            rates = _rates(value + price[owners] * power, links)
        else:
            aim *= 0.7
        slope[(price <= 0.0) & (slope > 0.0)] = 0.0
        norm = float(slope @ slope)
        if norm < 1e-12:
            break
        price = np.maximum(price - (total - best + aim) / norm * slope, 0.0)
    return best, best_price, _user_prices(best_value, best_links), rates


def _rates(rate: Array, links: IntArray) -> Array:
    """Return what the users (users,) of links (2, n) get of the rates (users, columns) of all links."""
    found, (users, columns) = np.zeros(len(rate)), links
    found[users] = rate[users, columns]
    return found


def _priced_links(signal: Array, price: Array, law: Array, floor: float) -> tuple[Array, Array]:
    """Return the best net value of every link and its power share: water filling between the floor and the limit."""
    if law.shape[1] > 1:
        return _priced_steps(signal, price, law, floor)
    slope, limit = law[:, 0, 2:3], law[:, 0, 3:4]
    with np.errstate(divide="ignore", invalid="ignore"):
        level = np.where(price > 0.0, slope / (LN2 * price), np.inf) - 1.0 / signal
        enough = (2.0 ** (limit / slope) - 1.0) / signal
        power = np.clip(np.minimum(level, enough), np.minimum(floor / signal, 1.0), 1.0)
    power = np.where((signal > 0.0) & (signal >= floor), power, 0.0)
    value = np.minimum(slope * (np.log1p(power * signal) / LN2), limit) - price * power
    return np.maximum(value, 0.0), power


def _priced_steps(signal: Array, price: Array, law: Array, floor: float) -> tuple[Array, Array]:
    """Return the same for a law of steps: the best power is the floor's or one at which a step begins."""
    value, power = np.zeros(signal.shape), np.zeros(signal.shape)
    for step in range(law.shape[1]):
        level, rate = float(law[0, step, 0]), law[:, step, 3:4]
        with np.errstate(divide="ignore", invalid="ignore"):
            need = max(float(np.expm1(level * LN2)), floor) / signal
            net = np.where(need <= 1.0, rate - price * need, 0.0)
        power = np.where(net > value, need, power)
        value = np.maximum(value, net)
    return value, power


def _assign(
    value: Array, power: Array, owners: IntArray, dummies: Array, stations: int
) -> tuple[float, Array, IntArray]:
    """Return the greatest total value of an assignment, the power share each station uses, and the links (2, n)."""
    table = np.vstack([value, dummies * (value.sum() + 1.0)]) if len(dummies) else value
    rows, columns = linear_sum_assignment(table, maximize=True)
    real = rows < len(value)
    rows, columns = rows[real], columns[real]
    paid = value[rows, columns] > 0.0
    used = np.zeros(stations)
    np.add.at(used, owners[columns[paid]], power[rows[paid], columns[paid]])
    return float(value[rows, columns].sum()), used, np.array([rows[paid], columns[paid]])


def _user_prices(value: Array, links: IntArray) -> Array:
    """Return the least user prices (users,) that support an optimal assignment: what each could earn elsewhere.

    Longest paths by Bellman and Ford: a link's price is what its user does not keep, and a user's price is the best
    value it could have on any link after paying that link. Seats that U_max closes count as free links.
    """
    users, columns = links
    price = np.zeros(len(value))
    link_price = np.zeros(value.shape[1])
    for _ in range(len(value) + 1):
        link_price[columns] = value[users, columns] - price[users]
        raised = np.maximum(price, (value - link_price).max(axis=1, initial=0.0))
        if (raised <= price + 1e-9).all():
            break
        price = raised
    return price


def _dummy_rows(max_users: IntArray, owners: IntArray, subchannels: int) -> Array:
    """Return one indicator row per dummy user that keeps a subchannel of its station from real users (7d)."""
    spare = np.maximum(subchannels - max_users, 0)
    return (np.repeat(np.arange(len(max_users)), spare)[:, None] == owners[None, :]).astype(float)
