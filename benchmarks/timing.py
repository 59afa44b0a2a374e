"""What every benchmark prints: the machine, the versions, and medians of repeated measurements."""

from __future__ import annotations

import os
import platform
import statistics
import time
from collections.abc import Callable
from typing import TypeVar

from itnt_core.results.manifest import code_version, package_versions

Answer = TypeVar("Answer")


def print_machine() -> None:
    """Print processor count, Python, code version and package versions."""
    packages = ", ".join(f"{name} {version}" for name, version in package_versions().items())
    print(f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, code {code_version()}")
    print(packages)


def timed(action: Callable[[], Answer], repeats: int = 5) -> tuple[float, Answer]:
    """Return the median wall time in seconds of some repeats, and the last answer."""
    walls = []
    for _ in range(repeats):
        started = time.perf_counter()
        answer = action()
        walls.append(time.perf_counter() - started)
    return statistics.median(walls), answer


def seeds_in_words(text: str) -> str:
    """Return seeds given as ``first:last+1`` as people write them.

    >>> seeds_in_words("1:11")
    'seeds 1 to 10'
    """
    first, last = (int(part) for part in text.split(":"))
    return f"seeds {first} to {last - 1}" if last > first + 1 else f"seed {first}"
