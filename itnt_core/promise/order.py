"""What drawn values promise about the next one, whatever their distribution: order statistics."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

CONFIDENCE = 0.95  # of the range in which the share really lies that a promise reaches


@dataclass(frozen=True)
class Level:
    """A value that the next world reaches with at least a share of probability.

    ``low`` and ``high`` bound the probability that this very value reaches, with 95 % confidence over the draws.
    """

    value: float
    share: float
    rank: int  # the value's place among the draws, the least first, from 1
    low: float
    high: float


def least_draws(share: float) -> int:
    """Return how many draws a promise for a share between 0 and 1 needs: below it, no drawn value is low enough.

    >>> least_draws(0.95)
    19
    """
    return int(np.ceil(share / (1.0 - share) - 1e-9))


def promised(values: ArrayLike, share: float) -> Level | None:
    """Return what draws (n,) promise for a share of worlds, None where there are too few of them.

    The k-th least of n independent draws of any distribution is at most the next draw with probability 1 - k / (n + 1)
    or more, exactly that where no two are equal: the next draw is equally likely to fall into each of the n + 1 gaps.
    k is the greatest that keeps the share. The probability that the k-th least value itself reaches, over draws of n,
    follows the beta law with n + 1 - k and k (David and Nagaraja, Order Statistics, 2003, section 2.5), whose central
    95 % are ``low`` to ``high``. Of equal values more is reached, not less.

    >>> level = promised(range(1, 200), share=0.95)
    >>> level.rank, level.value, round(level.low, 3), round(level.high, 3)
    (10, 10.0, 0.916, 0.976)
    """
    from scipy.stats import beta

    ordered = np.sort(np.asarray(values, dtype=float))
    count = len(ordered)
    rank = int(np.floor((count + 1) * (1.0 - share) + 1e-9))
    if not 1 <= rank <= count:
        return None
    low, high = beta.ppf([0.5 * (1.0 - CONFIDENCE), 0.5 * (1.0 + CONFIDENCE)], count + 1 - rank, rank)
    return Level(float(ordered[rank - 1]), share, rank, float(low), float(high))


def worst_tenth(values: ArrayLike) -> float:
    """Return the mean of the worst tenth of draws (n,), of at least one."""
    ordered = np.sort(np.asarray(values, dtype=float))
    return float(ordered[: max(1, len(ordered) // 10)].mean())
