"""The price of energy at which a plan keeps its budget: found by bisection, for whatever makes plans at a price."""

from __future__ import annotations

from collections.abc import Callable

from itnt_core.arrays import Array

LEAST_PRICE = 1e-6  # bit/s/Hz-slots per joule: where the search begins when energy was for nothing
FACTOR, DEAREST = 8.0, 14  # from one price to the next, and how many are tried: up to 4e6 times the least
HALVINGS = 6  # between the last price that was too low and the first that is not


def within_budget(plan_at: Callable[[float], Array], price: float, excess_j: Callable[[Array], float]) -> Array:
    """Return the plan at the given price of energy or, where it takes too much, at about the least price that does not.

    ``plan_at`` returns the plan, such as a flight (slots + 1, 3), at a price in bit/s/Hz-slots per joule,
    ``excess_j`` how many joules it takes above the budget. Dearer energy never makes the best plan take more of it,
    so the price is bracketed and then bisected (in its logarithm). Where no price suffices the most frugal plan that
    was found is returned.
    """
    plan = plan_at(price)
    if excess_j(plan) <= 0.0:
        return plan
    low, high = price, max(price, LEAST_PRICE)
    best = plan
    for _ in range(DEAREST):
        low, high = high, high * FACTOR
        plan = plan_at(high)
        best = min(best, plan, key=excess_j)
        if excess_j(plan) <= 0.0:
            break
    else:
        return best
    for _ in range(HALVINGS):
        middle = (low * high) ** 0.5
        tried = plan_at(middle)
        if excess_j(tried) <= 0.0:
            high, plan = middle, tried
        else:
            low = middle
    return plan
