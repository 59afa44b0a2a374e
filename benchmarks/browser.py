"""The browser tests' own helpers, for benchmarks: a server of this code, a browser, and somebody who looks."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "browser"))
from serving import ROOT, served, serving, stop
from visitor import BROWSER_FLAGS, Profile, Visitor, chromium

__all__ = ["BROWSER_FLAGS", "ROOT", "Profile", "Visitor", "chromium", "served", "serving", "stop"]
