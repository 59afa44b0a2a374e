"""A compiled binary heap of indices, the greatest key on top."""

from __future__ import annotations

import numba


@numba.njit(cache=True, error_model="numpy")
def sift_up(heap, keys, size):  # type: ignore[no-untyped-def]
    """Restore the order after an index was put at position ``size``, the end."""
    child = size
    while child > 0:
        parent = (child - 1) // 2
        if keys[heap[parent]] >= keys[heap[child]]:
            return
        heap[parent], heap[child] = heap[child], heap[parent]
        child = parent


@numba.njit(cache=True, error_model="numpy")
def sift_down(heap, keys, size):  # type: ignore[no-untyped-def]
    """Restore the order of the first ``size`` indices after the top was replaced."""
    parent = 0
    while 2 * parent + 1 < size:
        child = 2 * parent + 1
        if child + 1 < size and keys[heap[child + 1]] > keys[heap[child]]:
            child += 1
        if keys[heap[parent]] >= keys[heap[child]]:
            return
        heap[parent], heap[child] = heap[child], heap[parent]
        parent = child
