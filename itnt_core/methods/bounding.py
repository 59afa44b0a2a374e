"""The certified bound beside a result, kept per scenario so that every method is held against the same one."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path

from itnt_core.bounds import upper_bound, why_unknown
from itnt_core.deadline import Check, no_limit
from itnt_core.disk import open_regular
from itnt_core.network import World
from itnt_core.objective import Service
from itnt_core.radio import CHANNEL_MODELS
from itnt_core.results import write_text

# Raise it whenever the bounds change, so that kept values of older code are not used.
BOUND_VERSION = 4
KEPT = ("served_bound", "upper_bound_mbit")
WORTH = "utility_bound_mbit"  # where data are not all that counts


def scenario_ceiling(
    world: World, effort: str = "standard", cache_dir: Path | None = None, check: Check = no_limit
) -> Service:
    """Return what no feasible answer to a world exceeds in any term, read from the cache where it is known.

    ``check`` is called from slot to slot and may end the work. NaN where no bound is known. Under a channel model of a
    plug-in nothing is kept: its code may change.
    """
    if why_unknown(world):
        return Service(math.nan, math.nan)
    path, names = None, KEPT if world.utility.is_plain else (*KEPT, WORTH)
    if cache_dir is not None and CHANNEL_MODELS.is_built_in(world.scenario.channel.model):
        path = cache_dir / f"bound-{world.scenario.content_hash()[:32]}-{effort}-v{BOUND_VERSION}.json"
        known = _read(path, names)
        if known is not None:
            return known
    found = upper_bound(world, effort, check)
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        values = (found.served_share, found.data_service_mbit, found.utility_mbit)
        write_text(path, json.dumps(dict(zip(names, values, strict=False))))
    return Service(found.served_share, found.data_service_mbit, found.utility_mbit)


def _read(path: Path, names: Sequence[str]) -> Service | None:
    """Return a kept bound; a missing or damaged file counts as unknown."""
    try:
        with open_regular(path) as file:
            kept = json.loads(file.read())
        values = [kept[name] for name in names]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    known = all(isinstance(value, int | float) and math.isfinite(value) for value in values)
    return Service(*map(float, values)) if known else None
