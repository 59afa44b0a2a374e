"""Rate laws: what a link carries at an SINR, as one table that numpy, compiled code, torch and the bounds all read.

A law says what becomes of Shannon's log2(1 + SINR). Its table has rows in rising order: from ``level`` on, in Shannon's
bit/s/Hz, a link carries ``min(base + slope x Shannon, limit)``, and nothing below the first level. A law has one row
without a base, or steps: rows without a slope.
:func:`itnt_core.sinr.spectral_efficiency` applies it; :mod:`itnt_core.compiled_rates` does in compiled code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import numpy as np

from itnt_core.arrays import Array
from itnt_core.cached import cached_property
from itnt_core.units import from_db

RateName = Literal["shannon_capped", "truncated_shannon", "nr_cqi"]
TITLES: Mapping[str, str] = {  # by the names of laws
    "shannon_capped": "Shannon up to the best rate",
    "truncated_shannon": "Truncated Shannon, 3GPP TR 36.942",
    "nr_cqi": "Steps of NR up to 256QAM, 3GPP TS 38.214",
}

# 3GPP TR 36.942, annex A.1, downlink: attenuation, greatest throughput in bit/s/Hz, least SINR in dB.
ATTENUATION, MOST_BIT_S_HZ, LEAST_SINR_DB = 0.6, 4.4, -10.0
# CQI 1 to 15 in bit/s/Hz, 3GPP TS 38.214, table 5.2.2.1-3 (CQI table 2, up to 256QAM), and the SINR in dB at which each
# still arrives with 10 % of block errors: MathWorks, 5G Toolbox, examples of NR cell and scheduling performance, where
# the downlink's SINR is mapped to that very table. It is 6 to 13 dB above Shannon's limit: a careful choice.
CQI = (
    (0.1523, -3.46),  # QPSK, 78 / 1024
    (0.3770, 1.54),  # QPSK, 193 / 1024
    (0.8770, 6.54),  # QPSK, 449 / 1024
    (1.4766, 11.05),  # 16QAM, 378 / 1024
    (1.9141, 13.54),  # 16QAM, 490 / 1024
    (2.4063, 16.04),  # 16QAM, 616 / 1024
    (2.7305, 17.54),  # 64QAM, 466 / 1024
    (3.3223, 20.04),  # 64QAM, 567 / 1024
    (3.9023, 22.04),  # 64QAM, 666 / 1024
    (4.5234, 24.43),  # 64QAM, 772 / 1024
    (5.1152, 26.93),  # 64QAM, 873 / 1024
    (5.5547, 27.43),  # 256QAM, 711 / 1024
    (6.2266, 29.43),  # 256QAM, 797 / 1024
    (6.9141, 32.43),  # 256QAM, 885 / 1024
    (7.4063, 35.43),  # 256QAM, 948 / 1024
)
CERTAIN = 1e-9  # relative: far above what rounding moves a level by, far below what a rate notices


@dataclass(frozen=True)
class RateLaw:
    """What links carry; ``rows`` are (level, base, slope, limit) in bit/s/Hz, see the head of this module."""

    name: RateName
    rows: tuple[tuple[float, float, float, float], ...]
    least_sinr_db: float = -np.inf  # below it nothing is carried, so nobody is served

    def carried(self, shannon: Array) -> Array:
        """Return the spectral efficiency for Shannon's log2(1 + SINR), both in bit/s/Hz; any shape.

        >>> law_of("truncated_shannon", None).carried(np.array([0.1, 1.0, 9.0]))
        array([0. , 0.6, 4.4])
        """
        if not self.is_stepped:
            level, _, slope, limit = self.rows[0]
            rate = np.minimum(shannon if slope == 1.0 else slope * shannon, limit)
            return rate if level <= 0.0 else np.where(shannon >= level, rate, 0.0)
        step = np.searchsorted(self.table[:, 0], shannon, side="right")
        return np.concatenate([[0.0], self.table[:, 3]])[step]

    @cached_property
    def table(self) -> Array:
        """Return the rows as an array (steps, 4) for compiled code."""
        return np.array(self.rows)

    @cached_property
    def ceiling(self) -> Array:
        """Return a table (steps, 4) that is nowhere below the law, however its levels are rounded; for bounds.

        Steps begin earlier by a rounding, and a law without steps begins at 0: the floor that served users have anyway
        keeps it, and it is concave there.
        """
        if not self.is_stepped:
            return np.array([(0.0, *self.rows[0][1:])])
        return self.table * [1.0 - CERTAIN, 1.0, 1.0, 1.0]

    @property
    def is_stepped(self) -> bool:
        """Say whether the law rises in steps instead of smoothly."""
        return len(self.rows) > 1

    @property
    def limit(self) -> float:
        """Return the most that a link carries, in bit/s/Hz; inf where there is no limit."""
        return self.rows[-1][3]

    @cached_property
    def slope(self) -> float:
        """Return the least factor of Shannon's efficiency that is nowhere below the law: 1 for Shannon's own."""
        if not self.is_stepped:
            return self.rows[0][2]
        return max(limit / level for level, _, _, limit in self.rows)

    def next_sinr(self, sinr: float) -> float:
        """Return the SINR, linear, at which the next step above ``sinr`` begins; inf where there is none."""
        begins = (float(2.0**level - 1.0) for level, *_ in self.rows)
        return next((step for step in begins if step > sinr), np.inf)

    def climbed(self, shannon: Any) -> Any:
        """Return what gradients and powers climb in the law's place: min(slope x Shannon, limit); same shape.

        Numpy's arrays or torch's tensors. The law itself above its least SINR where it is smooth, a ceiling over its
        steps where it is not: steps have no slope to follow.
        """
        return (self.slope * shannon).clip(max=self.limit)


def shannon(cap: float | None) -> RateLaw:
    """Return log2(1 + SINR), limited to ``cap`` bit/s/Hz unless that is None."""
    return law_of("shannon_capped", cap)


@lru_cache(maxsize=64)
def law_of(name: RateName, cap: float | None) -> RateLaw:
    """Return a law by its name; ``cap`` in bit/s/Hz is that of ``shannon_capped`` and counts for no other.

    >>> law_of("nr_cqi", None).limit
    7.4063
    """
    if name == "truncated_shannon":
        level = _shannon_at(LEAST_SINR_DB)
        return RateLaw(name, ((level, 0.0, ATTENUATION, MOST_BIT_S_HZ),), LEAST_SINR_DB)
    if name == "nr_cqi":
        return RateLaw(name, tuple((_shannon_at(sinr_db), rate, 0.0, rate) for rate, sinr_db in CQI), CQI[0][1])
    return RateLaw(name, ((0.0, 0.0, 1.0, np.inf if cap is None else cap),))


def user_tables(table: Array, cap: Array, weight: Array | None = None) -> Array:
    """Return a law's table for each user (users, steps, 4), whose rates count up to its own cap and by its weight.

    ``cap`` (users,) is in bit/s/Hz, infinite for none; ``weight`` (users,) is 1 by default.
    """
    tables = np.repeat(table[None], len(cap), axis=0)
    tables[:, :, 3] = np.minimum(tables[:, :, 3], cap[:, None])
    if weight is not None:
        tables[:, :, 1:] *= weight[:, None, None]
    return tables


def as_law(law: RateLaw | float | None) -> RateLaw:
    """Return a law as it is, and Shannon's for its cap alone (None for no cap)."""
    return law if isinstance(law, RateLaw) else shannon(law)


def _shannon_at(sinr_db: float) -> float:
    return float(np.log1p(from_db(sinr_db)) / np.log(2.0))
