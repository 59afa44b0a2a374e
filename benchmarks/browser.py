"""The browser tests' own helpers, for benchmarks: a server of this code, a browser, and somebody who looks."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from benchmarks.smoke import SMOKE

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "browser"))
from serving import ROOT, served, serving, stop
from visitor import BROWSER_FLAGS, Profile, Visitor, chromium

__all__ = [
    "BROWSER_FLAGS",
    "HEIGHT",
    "ROOT",
    "WIDTH",
    "Visitor",
    "arrive",
    "chromium",
    "leave",
    "served",
    "serving",
    "stop",
]

WIDTH, HEIGHT = 1280, 720
_profiles: list[Profile] = []


def arrive(browser: Any, address: str) -> Visitor:
    """Open a tab in a fresh profile, which has no file of the app in its cache.

    In a smoke run they share one tab, in which nothing plays by itself.
    """
    if not SMOKE or not _profiles:
        _profiles.append(Profile(browser, few_frames=SMOKE))
    return Visitor(_profiles[-1].tab(WIDTH, HEIGHT, still=SMOKE), address)


def leave(visitor: Visitor) -> list[str]:
    """Close a visitor's profile and return what it complained about."""
    if SMOKE:
        visitor.leave()
        _profiles[-1].take_back(visitor.page, visitor.address)
    else:
        visitor.page.context.close()
    return list(visitor.complaints)
