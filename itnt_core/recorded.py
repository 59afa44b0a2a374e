"""Which runs come with the program, recorded: the first start shows them before anything is computed.

``make demo`` records them: a scenario in which not all users can be served, and the same with one more mast at the
suggested site. Light to import, for the first page.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from .installed import asset

RECORDED_TITLE = "Recorded demo"
FIRST_RECORDED = "demo"
RECORDED: Mapping[str, Path] = MappingProxyType(  # the run's id and its folder: before, then after
    {FIRST_RECORDED: asset("demo"), "demo-one-more-mast": asset("demo_one_more_mast")}
)


def is_recorded(run_id: str) -> bool:
    """Say whether a run came with the program: it can be looked at, but neither changed nor deleted."""
    return run_id in RECORDED
