"""Amounts as sentences say them."""

from __future__ import annotations


def count_of(count: int, what: str, several: str = "") -> str:
    """Return how many there are of something, in words.

    >>> [count_of(1, "pass", "passes"), count_of(2, "pass", "passes"), count_of(3, "user")]
    ['1 pass', '2 passes', '3 users']
    """
    return f"{count:,} {what if count == 1 else several or f'{what}s'}"


def mbit_words(data_mbit: float) -> str:
    """Return an amount of data with its unit, to four figures and at least to one Mbit.

    >>> [mbit_words(data) for data in (3120.4, 85.0976)]
    ['3,120 Mbit', '85.1 Mbit']
    """
    return f"{data_mbit:,.0f} Mbit" if abs(data_mbit) >= 1000.0 else f"{data_mbit:.4g} Mbit"
