"""The one switch that makes a benchmark small: ``--smoke`` behind any of its commands, for the suite.

A smoke run goes through every line that measures, on the smallest sizes, in seconds; its figures mean nothing and are
stored nowhere. Sizes are said where they stand as ``sized(as measured, in a smoke run)``.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import TypeVar

Size = TypeVar("Size")

FLAG, VARIABLE = "--smoke", "ITNT_SMOKE"  # the variable tells the processes that a benchmark starts
if FLAG in sys.argv:
    sys.argv.remove(FLAG)
    os.environ[VARIABLE] = "1"
SMOKE = os.environ.get(VARIABLE) == "1"


def sized(measured: Size, small: Size) -> Size:
    """Return the size that a figure is measured with, or the small one in a smoke run."""
    return small if SMOKE else measured


def stored(path: Path) -> Path:
    """Return where a benchmark keeps its figures: in a smoke run a folder that nobody reads."""
    return Path(tempfile.mkdtemp()) / path.name if SMOKE else path
