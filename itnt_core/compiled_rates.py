"""Rate laws in compiled code: what :class:`itnt_core.rate_laws.RateLaw` says, number by number, from its table."""

from __future__ import annotations

import numba


@numba.njit(cache=True, error_model="numpy")
def carried(shannon, law):  # type: ignore[no-untyped-def]
    """Return the spectral efficiency for Shannon's log2(1 + SINR); ``law`` (steps, 4) is the table of a rate law."""
    row = len(law) - 1
    while row > 0 and shannon < law[row, 0]:
        row -= 1
    if shannon < law[row, 0]:
        return 0.0
    return min(law[row, 1] + law[row, 2] * shannon, law[row, 3])
