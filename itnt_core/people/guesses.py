"""How often somebody may guess: wrong tries cost waiting, more with each."""

from __future__ import annotations

import ipaddress
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

FREE = 5  # wrong tries from one address before the first wait
LONGEST_S = 300.0
FORGOTTEN_AFTER_S = 900.0  # without a wrong try
MOST_ADDRESSES = 10_000  # remembered at once
ALL_FREE, ALL_LONGEST_S = 100, 2.0  # of all addresses together: slower for all, closed to nobody


@dataclass
class _Tries:
    wrong: int = 0
    last_s: float = 0.0


class GuessLimit:
    """Counts wrong tries by address, and of all together; times are seconds of a steady clock."""

    def __init__(self, now: Callable[[], float] = time.monotonic):
        self._now, self._lock = now, threading.Lock()
        self._by_address: dict[str, _Tries] = {}
        self._all = _Tries()

    def wait_s(self, address: str) -> float:
        """Return how long the next try from an address has to wait, 0 where it may come now."""
        with self._lock:
            own = self._by_address.get(_network(address), _Tries())
            return max(self._left_s(own, FREE, LONGEST_S), self._left_s(self._all, ALL_FREE, ALL_LONGEST_S), 0.0)

    def wrong(self, address: str) -> None:
        """Note a wrong try."""
        with self._lock:
            if len(self._by_address) >= MOST_ADDRESSES:
                self._forget()
            own = self._by_address.setdefault(_network(address), _Tries())
            for tries in (own, self._all):
                is_old = self._now() - tries.last_s > FORGOTTEN_AFTER_S
                tries.wrong, tries.last_s = (1 if is_old else tries.wrong + 1), self._now()

    def _left_s(self, tries: _Tries, free: int, longest_s: float) -> float:
        since_s = self._now() - tries.last_s
        if tries.wrong < free or since_s > FORGOTTEN_AFTER_S:
            return 0.0
        return min(2.0 ** min(tries.wrong - free + 1, 30), longest_s) - since_s

    def _forget(self) -> None:
        """Forget the half of the addresses that was quiet the longest."""
        oldest = sorted(self._by_address, key=lambda one: self._by_address[one].last_s)
        for address in oldest[: MOST_ADDRESSES // 2]:
            del self._by_address[address]


def _network(address: str) -> str:
    """Return what counts as one address: of IPv6 the network of 64 bits, which one subscriber has to choose from."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    return str(ipaddress.ip_network((found, 64), strict=False)) if found.version == 6 else str(found)
