"""The command ``bound``: what no plan of a scenario can exceed."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from itnt_core.bounds import EFFORTS, UnknownBoundError, upper_bound
from itnt_core.methods import unknown_to_bound
from itnt_core.network import build_world
from itnt_core.objective import objective_of
from itnt_core.runs import cache_folder
from itnt_core.scenario import read_scenario

from .paths import input_path


def add_commands(commands: Any) -> None:
    """Add ``bound`` to the command line."""
    bound = commands.add_parser("bound", help="print the certified upper bound of a scenario as JSON")
    bound.add_argument("file", type=input_path)
    bound.add_argument("--effort", choices=list(EFFORTS), default="standard")
    bound.set_defaults(command=_bound)


def _bound(options: argparse.Namespace) -> int:
    scenario = read_scenario(options.file)
    print("".join(f"{sentence}\n" for sentence in unknown_to_bound(scenario)), end="", file=sys.stderr)
    world = build_world(scenario, cache_dir=cache_folder())
    try:
        found = upper_bound(world, options.effort)
    except UnknownBoundError as unknown:
        print(json.dumps({"upper_bound_mbit": None, "served_bound": None, "unknown": str(unknown)}))
        return 0
    answer = {
        "upper_bound_mbit": found.data_service_mbit,
        **({} if objective_of(world.scenario).is_plain else {"utility_bound_mbit": found.utility_mbit}),
        "kind": found.kind,
        "by_kind_mbit": found.by_kind_mbit,
        "served_bound": found.served_share,
    }
    print(json.dumps({**answer, "effort": options.effort, "wall_s": round(found.wall_s, 3)}))
    return 0
