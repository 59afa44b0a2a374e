"""The command ``report``: one run, or several side by side, as an HTML file or a PDF."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from itnt_core.report import FORMATS, MOST_RUNS, ReportError, Source
from itnt_core.results import has_result
from itnt_core.runs import RunStore, UnknownRunError, cache_folder
from itnt_core.studies import report_bytes

from .paths import add_output, write_output


def add_commands(commands: Any) -> None:
    """Add ``report`` to the command line."""
    report = commands.add_parser("report", help="write a report of a run, or of several side by side")
    report.add_argument(
        "runs", nargs="+", metavar="RUN", help=f"a result folder or the id of a run; up to {MOST_RUNS} of one kind"
    )
    add_output(report, "ends with .html or .pdf")
    report.set_defaults(command=_report)


def _report(options: argparse.Namespace) -> int:
    form = options.output.suffix.lower().removeprefix(".")
    if form not in FORMATS:
        raise ReportError(f"The report '{options.output}' must end with .html or .pdf: rename it.")
    content = report_bytes([_source(run) for run in options.runs], form, cache_folder())
    write_output(options.output, content)
    print(f"{options.output}: {len(content) / 1e6:.2f} MB")
    return 0


def _source(text: str) -> Source:
    """Return the result folder that a path or a run id names (ReportError)."""
    folder = Path(text)
    if has_result(folder):
        return Source(folder, folder.resolve().name, text)
    try:
        store = RunStore()
        run = store.get(text)
    except UnknownRunError as error:
        sentence = f"'{text}' is neither a result folder nor the id of a run: 'runs list' shows the ids."
        raise ReportError(sentence) from error
    return Source(store.folder(run.id), run.title, run.id)
