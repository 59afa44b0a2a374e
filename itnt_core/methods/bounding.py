"""The certified bound beside a result, kept per scenario so that every method is held against the same one."""

from __future__ import annotations

import json
import math
from pathlib import Path

from itnt_core.bounds import upper_bound
from itnt_core.disk import open_regular
from itnt_core.network import World
from itnt_core.results import write_text

# Raise it whenever the bounds change, so that kept values of older code are not used.
BOUND_VERSION = 2


def scenario_bound_mbit(world: World, effort: str = "standard", cache_dir: Path | None = None) -> float:
    """Return the upper bound on the active data service of a world in Mbit, read from the cache where it is known."""
    path = None
    if cache_dir is not None:
        path = cache_dir / f"bound-{world.scenario.content_hash()[:32]}-{effort}-v{BOUND_VERSION}.json"
        known = _read(path)
        if known is not None:
            return known
    value = upper_bound(world, effort).data_service_mbit
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_text(path, json.dumps({"upper_bound_mbit": value}))
    return value


def _read(path: Path) -> float | None:
    """Return a kept bound; a missing or damaged file counts as unknown."""
    try:
        with open_regular(path) as file:
            value = json.loads(file.read())["upper_bound_mbit"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else None
