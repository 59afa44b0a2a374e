"""How sure a mean is: the interval that holds it with 95 % confidence, stated once for tables, charts and results."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def interval(values: Sequence[float]) -> tuple[float, float]:
    """Return the mean and the half width of its 95 % confidence interval (Student); unknown (nan) for one value."""
    from scipy.special import stdtrit  # slow to import, and few ask

    count = len(values)
    if count < 2:
        return float(np.mean(values)), float("nan")
    return float(np.mean(values)), float(stdtrit(count - 1, 0.975) * np.std(values, ddof=1) / np.sqrt(count))
