"""The commands ``run`` and ``evaluate``: make a result, and recompute one."""

from __future__ import annotations

import argparse
import json
from typing import Any

from itnt_core.runs import cache_folder
from itnt_core.studies import read_any_result, read_question

from .answer import answer
from .paths import RUN_MARKS, add_output, input_path


def add_commands(commands: Any) -> None:
    """Add ``run`` and ``evaluate`` to the command line."""
    run = commands.add_parser("run", help="answer a scenario; the last line of output is one JSON object")
    run.add_argument("file", type=input_path)
    run.add_argument("--method", required=True, metavar="KEY")
    run.add_argument("--seed", type=int)
    setting = "a setting of the method, or a field of the scenario such as radio.carrier_ghz=3.5 or "
    setting += "coverage=ignored (data alone counts), objective=max_min, ground_users.*.demand_mbit_s=2"
    run.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", dest="overrides", help=setting)
    add_output(run, "a new or empty folder, or that of an earlier run", marks=RUN_MARKS)
    run.set_defaults(command=_run)
    evaluate = commands.add_parser(
        "evaluate", help="recompute a result from its stored decision alone; exit 1 where something is wrong"
    )
    evaluate.add_argument("folder", type=input_path, metavar="DIR")
    evaluate.add_argument("--bound", action="store_true", help="compute the certified upper bounds anew, too")
    evaluate.set_defaults(command=_evaluate)


def _run(options: argparse.Namespace) -> int:
    study, question = read_question(options.file)
    return answer(options, study, question, options.method)


def _evaluate(options: argparse.Namespace) -> int:
    study, result = read_any_result(options.folder)
    found = study.verify(result, cache_folder(), recompute_bound=options.bound)
    for sentence in found.sentences:
        print(sentence)
    counts = {"violations": len(found.violations), "mismatches": len(found.mismatches)}
    print(json.dumps({**found.kpis, **counts, "sealed": found.is_sealed, "passed": found.passed}))
    return 0 if found.passed else 1
