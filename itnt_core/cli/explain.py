"""The command ``explain``: who of a result is not served, why, and what it costs that coverage comes first."""

from __future__ import annotations

import argparse
import json
from typing import Any

from itnt_core.methods import SettingsError, coverage_cost, explain_unserved, worst_off_sentence
from itnt_core.network import build_world
from itnt_core.results import decision_of, read_drawable
from itnt_core.runs import cache_folder

from .sources import result_source


def add_commands(commands: Any) -> None:
    """Add ``explain`` to the command line."""
    parser = commands.add_parser(
        "explain",
        help="say who is not served and why, and what coverage costs; the last line of output is one JSON object",
    )
    parser.add_argument("result", metavar="RESULT", help="a result folder or the id of a run")
    parser.set_defaults(command=_explain)


def _explain(options: argparse.Namespace) -> int:
    result = read_drawable(result_source(options.result, SettingsError).folder)
    world = build_world(result.scenario, cache_dir=cache_folder())
    decision = decision_of(result.dataset)
    found, cost = explain_unserved(world, decision), coverage_cost(world, decision)
    worst_off = worst_off_sentence(world, decision)
    texts = [worst_off, "" if cost is None else cost.sentence, *(one.sentence for one in found)]
    for sentence in filter(None, texts):
        print(sentence)
    if not found:
        print("Every user is served in every slot.")
    costs = None if cost is None else {"unserved_share": cost.unserved_share, "gain_share": cost.gain_share}
    users = [{"user": one.user_id, "slots_below": one.slots_below, "cause": one.cause} for one in found]
    print(json.dumps({"unserved": users, "coverage_cost": costs}))
    return 0
