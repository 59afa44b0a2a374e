"""The command ``pfd``: what satellites bring to the ground, and what a limit of it costs."""

from __future__ import annotations

import argparse
import json
import math
from typing import Any

from itnt_core.methods import LIMITS_DBW_M2_MHZ, UndecidedError, flux_costs
from itnt_core.results import read_drawable
from itnt_core.runs import cache_folder
from itnt_core.words import flux_sentences

from .sources import result_source


def add_commands(commands: Any) -> None:
    """Add ``pfd`` to the command line."""
    parser = commands.add_parser(
        "pfd",
        help="say what limits of satellites' power flux density cost; the last line of output is one JSON object",
        epilog="Flights stay as planned. Association and powers are decided in every slot by the method's own rule.",
    )
    parser.add_argument("result", metavar="RESULT", help="a result folder or the id of a run")
    usual = " ".join(f"{limit:g}" for limit in LIMITS_DBW_M2_MHZ)
    parser.add_argument(
        "--limits",
        type=float,
        nargs="+",
        default=LIMITS_DBW_M2_MHZ,
        metavar="DBW",
        help=f"in dBW/m2/MHz; default {usual}",
    )
    parser.set_defaults(command=_costs)


def _costs(options: argparse.Namespace) -> int:
    source = result_source(options.result, UndecidedError)
    costs = flux_costs(read_drawable(source.folder), options.limits, cache_folder(), source.folder)
    for sentence in flux_sentences(costs):
        print(sentence)
    rows = [
        {
            "limit_dbw_m2_mhz": cost.limit_dbw_m2_mhz,
            "data_service_mbit": cost.service.data_mbit,
            "served_share": cost.service.served_share,
            "densest_dbw_m2_mhz": cost.densest_dbw_m2_mhz if math.isfinite(cost.densest_dbw_m2_mhz) else None,
        }
        for cost in costs
    ]
    print(json.dumps({"limits": rows}))
    return 0
