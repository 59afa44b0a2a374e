"""The command ``calibrate``: the exam of the radio, as a table; exit status 1 where a panel fails."""

from __future__ import annotations

import argparse
from typing import Any

import pandas as pd

from itnt_core.calibration import DOWNTILT_DEG, NO_DOWNTILT_DEG, Panel, budgets, take_exam
from itnt_core.words import CASE_TITLES, budget_sentence, exam_sentence, panel_title


def add_commands(commands: Any) -> None:
    """Add ``calibrate`` to the command line."""
    parser = commands.add_parser(
        "calibrate",
        help="take 3GPP's large-scale calibration with this program's radio; exit status 1 where a panel fails",
        epilog="Compared are distributions over dropped users with those of the companies that took part: the median "
        "of these, and their range, from the 5th to the 95th percentile.",
    )
    parser.add_argument(
        "--case", choices=CASE_TITLES, action="append", help="may be repeated; default: all, and satellite links"
    )
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of the dropped users, default 1")
    parser.add_argument(
        "--wrong-tilt",
        action="store_true",
        help=f"tilt the antennas by {NO_DOWNTILT_DEG:g} instead of {DOWNTILT_DEG:g} degrees, which must fail",
    )
    parser.set_defaults(command=_calibrate)


def _calibrate(options: argparse.Namespace) -> int:
    tilt_deg = NO_DOWNTILT_DEG if options.wrong_tilt else DOWNTILT_DEG
    found = [panel for case in options.case or CASE_TITLES for panel in take_exam(case, options.seed, tilt_deg)]
    print(pd.DataFrame([_row(panel) for panel in found]).to_string(index=False))
    print(exam_sentence(found))
    satellites = [] if options.case else budgets()
    for budget in satellites:
        print(budget_sentence(budget))
    is_passed = all(panel.passed for panel in found) and all(budget.passed for budget in satellites)
    return 0 if is_passed else 1


def _row(panel: Panel) -> dict[str, Any]:
    return {
        "case": panel.case,
        "panel": panel_title(panel),
        "rms, dB": f"{panel.rms_db:.2f}",
        "greatest, dB": f"{panel.greatest_db:.2f}",
        "within range": f"{100.0 * panel.inside:.0f} %",
        "users": f"{panel.samples:,}",
        "verdict": "pass" if panel.passed else "FAIL",
    }
