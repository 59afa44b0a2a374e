"""The command ``report``: one run, or several side by side, as an HTML file or a PDF."""

from __future__ import annotations

import argparse
from typing import Any

from itnt_core.report import FORMATS, MOST_RUNS, ReportError
from itnt_core.runs import cache_folder
from itnt_core.studies import report_bytes

from .paths import add_output, write_output
from .sources import result_source


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
    content = report_bytes([result_source(run, ReportError) for run in options.runs], form, cache_folder())
    write_output(options.output, content)
    print(f"{options.output}: {len(content) / 1e6:.2f} MB")
    return 0
