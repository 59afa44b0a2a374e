"""Answering a question of any kind of study from the command line: the commands ``run`` and ``twin run``."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from typing import Any

from itnt_core.methods import ProgressEvent, SettingsError
from itnt_core.results import infeasible_sentence
from itnt_core.runs import RunRequest, cache_folder, execute, write_request
from itnt_core.studies import Question, Study


def read_overrides(pairs: Sequence[str]) -> dict[str, Any]:
    """Read ``key=value`` pairs; a value is JSON where it can be read as such, else text."""
    values: dict[str, Any] = {}
    for pair in pairs:
        key, sign, text = pair.partition("=")
        if not sign or not key:
            raise SettingsError(f"'{pair}' is not of the form key=value: write for example radio.carrier_ghz=3.5.")
        try:
            values[key] = json.loads(text)
        except (ValueError, RecursionError):  # not JSON: text
            values[key] = text
    return values


def answer(
    options: argparse.Namespace, study: Study, question: Question, method: str, printed: Sequence[str] | None = None
) -> int:
    """Answer a question into the folder ``output``, with ``seed`` and ``overrides`` of the options; 1 when infeasible.

    The last line of output is one JSON object: all figures, or those that are to be ``printed``.
    """
    cache = cache_folder()
    changed, settings = study.change(question, method, read_overrides(options.overrides), options.seed)
    asked = study.prepare(changed, method, changed.seed, settings)
    study.check_world(asked.question, cache)  # a world that cannot be leaves no folder behind
    request = RunRequest(kind=study.name, method=method, seed=asked.seed, settings=asked.settings)
    write_request(options.output, asked.question, request)
    result = execute(options.output, cache, _print_progress)
    print(json.dumps({name: result.kpis[name] for name in printed or result.kpis}))
    broken = infeasible_sentence(result.manifest)
    if broken:
        print(broken, file=sys.stderr)
    return 1 if broken else 0


def _print_progress(event: ProgressEvent) -> None:
    print(f"{event.fraction:5.0%} {event.phase}: {event.message}", file=sys.stderr)
