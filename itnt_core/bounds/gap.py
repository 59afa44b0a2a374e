"""A value beside its bound: the gap, and what it means when a value lies above."""

from __future__ import annotations

from itnt_core.errors import ItntError

AT_BOUND = 1e-6  # relative: the bound itself leaves powers and floors the room that the constraint check leaves them
LEAST_MARGIN_MBIT = 1e-9  # above and below a bound of nothing


class BoundError(ItntError, ValueError):
    """A bound that a value exceeds, so that it is none; the message is one sentence."""


def stands_at_bound(value_mbit: float, bound_mbit: float) -> bool:
    """Say whether a value is its bound, up to rounding: no decision is better."""
    return value_mbit >= bound_mbit - _margin_mbit(bound_mbit)


def exceeds_bound(value_mbit: float, bound_mbit: float) -> bool:
    """Say whether a value lies above its bound by more than rounding: the bound, or the value, is wrong."""
    return value_mbit > bound_mbit + _margin_mbit(bound_mbit)


def _margin_mbit(bound_mbit: float) -> float:
    """Return how far from a bound, which may be 0 or, where unserved user slots cost something, below, is rounding."""
    return AT_BOUND * abs(bound_mbit) + LEAST_MARGIN_MBIT


def gap(value_mbit: float, bound_mbit: float) -> float:
    """Return how far a value is below its upper bound, as a share of the bound; raises :class:`BoundError` above it.

    >>> gap(90.0, 100.0)
    0.09999999999999998
    """
    if exceeds_bound(value_mbit, bound_mbit):
        raise BoundError(
            f"The upper bound is {bound_mbit:.10g} Mbit, but it must be at least the data service of "
            f"{value_mbit:.10g} Mbit: one of the two is wrong, compute it again."
        )
    return max(0.0, 1.0 - value_mbit / bound_mbit) if bound_mbit > 0.0 else 0.0
