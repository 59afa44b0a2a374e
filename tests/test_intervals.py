"""The interval of a mean is Student's, as scipy has it."""

import math

import numpy as np
import pytest
from scipy.stats import t

from itnt_core.intervals import interval


@pytest.mark.parametrize("count", [2, 5, 200])
def test_it_is_students(count):
    values = np.random.default_rng(count).normal(3.0, 2.0, count)
    low, high = t.interval(0.95, count - 1, loc=values.mean(), scale=values.std(ddof=1) / math.sqrt(count))
    mean, half = interval(values.tolist())
    assert (mean - half, mean + half) == pytest.approx((low, high))


def test_of_one_value_it_is_not_known():
    mean, half = interval([4.0])
    assert mean == 4.0 and math.isnan(half)
