"""The command ``promise``: a result judged on worlds that it was not made for."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from itnt_core.network import Uncertainty
from itnt_core.promise import PROMISE_FILE, SHARE, USUAL_WORLDS, PromiseError, draw_promise, write_promise
from itnt_core.results import read_drawable
from itnt_core.runs import cache_folder
from itnt_core.words import promise_sentences

from .paths import add_output, write_output
from .sources import result_source

_USUAL = Uncertainty()
STEPS = 20  # lines of progress at most


def add_commands(commands: Any) -> None:
    """Add ``promise`` to the command line."""
    parser = commands.add_parser(
        "promise",
        help="say what a result brings at least in 95 %% of worlds; the last line of output is one JSON object",
        epilog="Flights stay as planned. Association and powers are decided in every slot by the method's own rule, in "
        "worlds with shadowing, fading, users' places and satellites' timing drawn anew.",
    )
    parser.add_argument("result", metavar="RESULT", help="a result folder or the id of a run")
    parser.add_argument("--worlds", type=int, default=USUAL_WORLDS, metavar="N", help=f"default {USUAL_WORLDS}")
    error_m, error_s = _USUAL.position_error_m, _USUAL.timing_error_s
    where = f"of ground users along each axis, default {error_m:g}"
    parser.add_argument("--position-error", type=float, default=error_m, metavar="M", help=where)
    when = f"of every satellite, default {error_s:g}"
    parser.add_argument("--timing-error", type=float, default=error_s, metavar="S", help=when)
    add_output(parser, f"default: {PROMISE_FILE} in the result's folder, where page and report find it", needed=False)
    parser.set_defaults(command=_promise)


def _promise(options: argparse.Namespace) -> int:
    source = result_source(options.result, PromiseError)
    errors = Uncertainty(options.position_error, options.timing_error)
    result = read_drawable(source.folder)
    promise = draw_promise(result, options.worlds, errors, cache_folder(), source.folder, _heard)
    if options.output is None:
        write_promise(source.folder, promise)
    else:
        write_output(Path(options.output), promise.model_dump_json() + "\n")
    for sentence in promise_sentences(promise):
        print(sentence)
    level = promise.level()
    print(
        json.dumps(
            {
                "worlds": promise.worlds,
                "share": SHARE,
                "at_least_mbit": None if level is None else level.value,
                "reached_by": None if level is None else [level.low, level.high],
                "median_mbit": sorted(promise.data_mbit)[promise.worlds // 2],
                "planned_mbit": promise.planned_mbit,
            }
        )
    )
    return 0


def _heard(done: int, count: int) -> None:
    if done == count or done % max(1, count // STEPS) == 0:
        print(f"{done / count:5.0%} worlds: {done} of {count}", file=sys.stderr)
