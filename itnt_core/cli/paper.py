"""The command ``reproduce``: the figures of the paper, computed anew."""

from __future__ import annotations

import argparse
import json
import sys
from functools import partial
from typing import Any

from itnt_core.figures import own_figure_file
from itnt_core.methods import SettingsError
from itnt_core.reproduce import FIGURES, reproduce
from itnt_core.runs import cache_folder

from .paths import add_output
from .runs import parse_seeds

MOST_PROCESSES = 256  # of one figure: far more than any machine here has cores


def add_commands(commands: Any) -> None:
    """Add ``reproduce`` to the command line."""
    again = commands.add_parser("reproduce", help="compute a figure of the paper anew")
    again.add_argument("figure", choices=list(FIGURES))
    again.add_argument("--seeds", default="1:6", metavar="FIRST:LAST+1 or A,B")
    again.add_argument("--processes", type=int, default=2, metavar="N")
    add_output(again, "default: the file that the page shows", needed=False)
    again.set_defaults(command=_reproduce)


def _reproduce(options: argparse.Namespace) -> int:
    if not 1 <= options.processes <= MOST_PROCESSES:
        raise SettingsError(
            f"The number of processes is {options.processes}, but 1 to {MOST_PROCESSES} are allowed: change it."
        )
    output = options.output or own_figure_file(options.figure)
    print_line = partial(print, file=sys.stderr)
    found = reproduce(options.figure, parse_seeds(options.seeds), output, options.processes, cache_folder(), print_line)
    print(json.dumps({"figure": options.figure, "file": str(output), "cases": len(found["cases"])}))
    return 0
