"""The exam of the radio in words: what was found, whether that is a pass, and what no exam was taken in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from itnt_core.calibration import (
    AERIAL,
    CASES,
    LEAST_MBIT_S,
    MEASURED,
    METRICS,
    MOST_FROM_MEASURED_DB,
    MOST_MBIT_S,
    BudgetLine,
    DirectToCell,
    LinkBudget,
    Panel,
)

CASE_TITLES = {name: case.title for name, case in CASES.items()} | {AERIAL: "Aerial targets (UMa-AV), 6 GHz"}
METRIC_TITLES = dict(zip(METRICS, ("Coupling loss, serving sector", "Geometry SIR", "Geometry SINR"), strict=True))
ECHO_TITLE = "Coupling loss of the echo"
STEP = 5  # percentiles between two rows of the table
EXAM_BASIS = (
    "The drop is a scenario that Build opens: presets calibration-uma, calibration-umi and calibration-uma-av. Path "
    "loss, line of sight, shadowing, sectors, users indoors and the strongest server are those of every run.",
    "The one thing of its own is wrap-around: each user hears each site from the nearest of seven copies of the "
    "network, as the companies had it.",
    "Companies: 3GPP documents R1-165974 (TR 38.901, clause 7.8.1) and R1-2509126 (TR 38.901 V19, clause 7.9.6.1); "
    "their curves as percentiles, lowest, median and highest.",
    "The same as a table: python -m itnt_core calibrate. It ends with status 1 where a panel fails.",
)
NOT_CALIBRATED = (
    "Fast fading: large-scale quantities only are compared; Rayleigh fading is held against its closed form.",
    "The percentile tables of TR 38.821 (6.1.1.2) for networks of satellites: they were not at hand; single link "
    "budgets are compared instead.",
    "Carriers above 6 GHz: this program has none, so the companies' 30 and 70 GHz are left out.",
    "A city's buildings: the exam has open ground and the standards' probabilities of line of sight; rays past "
    "buildings are checked against geometry and ray tracing.",
)


def panel_title(panel: Panel) -> str:
    """Return what a panel shows."""
    return ECHO_TITLE if panel.case == AERIAL else METRIC_TITLES[panel.metric]


def panel_sentence(panel: Panel) -> str:
    """Say whether a panel is a pass, by how much, and what would be one."""
    mark = panel.mark
    verdict = "Pass" if panel.passed else "Fail"
    if mark.measure == "rms":
        how_far = f"{panel.rms_db:.2f} dB rms from the companies' median, {mark.most_db:g} dB allowed"
    else:
        how_far = f"at most {panel.greatest_db:.2f} dB from the companies' median, {mark.most_db:g} dB allowed"
    return (
        f"{verdict}: {how_far}; {_percent(panel.inside)} of the curve within the range of {panel.theirs.companies} "
        f"companies, {_percent(mark.least_inside)} needed."
    )


def exam_sentence(panels: Sequence[Panel]) -> str:
    """Say in one sentence how many of the panels are passes."""
    passed = sum(panel.passed for panel in panels)
    if passed == len(panels):
        return "Pass." if len(panels) == 1 else f"Pass: all {len(panels)} panels."
    return "Fail." if len(panels) == 1 else f"Fail: {len(panels) - passed} of {len(panels)} panels."


def drawn_words(panel: Panel) -> str:
    """Say how many places a panel's distribution is made of, and by which seed."""
    what = "targets" if panel.case == AERIAL else "users"
    return f"{panel.samples:,} {what} dropped by seed {panel.seed}"


def panel_rows(panel: Panel) -> list[dict[str, Any]]:
    """Return a row for every fifth percentile, in dB: the companies' range and median, ours, and how far it is off."""
    theirs = panel.theirs
    shown = np.flatnonzero(theirs.percentiles % STEP == 0)
    return [
        {
            "Percentile": int(theirs.percentiles[index]),
            "Lowest company, dB": round(float(theirs.lowest[index]), 2),
            "Median, dB": round(float(theirs.median[index]), 2),
            "Highest company, dB": round(float(theirs.highest[index]), 2),
            "This program, dB": round(float(panel.ours[index]), 2),
            "Off the median, dB": round(float(panel.deviation_db[index]), 2),
        }
        for index in shown
    ]


def panel_words(panel: Panel) -> str:
    """Return the panel's picture in words."""
    least, middle, most = (int(np.flatnonzero(panel.theirs.percentiles == at)[0]) for at in (5, 50, 95))
    ours = ", ".join(f"{panel.ours[at]:.1f}" for at in (least, middle, most))
    theirs = ", ".join(f"{panel.theirs.median[at]:.1f}" for at in (least, middle, most))
    return (
        f"{panel_title(panel)}, distribution over users. 5th, 50th and 95th percentile: {ours} dB here, {theirs} dB in "
        f"the median of the companies. {panel_sentence(panel)}"
    )


def budget_sentence(budget: LinkBudget) -> str:
    """Say what a link budget comes to, beside 3GPP's, and by what it was computed."""
    verdict = "Pass" if budget.passed else "Fail"
    return (
        f"{verdict}: {budget.title}. CNR {budget.ours_db:.2f} dB, {budget.theirs_db:.1f} dB in TR 38.821, "
        f"{budget.tolerance_db:g} dB allowed. By {budget.computed_by}."
    )


def budget_line_rows(lines: Sequence[BudgetLine]) -> list[dict[str, Any]]:
    """Return a row for each line of a budget, in its own unit."""
    return [
        {"Line": line.name, "Here": round(line.value, 2), "3GPP": line.theirs, "Unit": line.unit, "From": line.source}
        for line in lines
    ]


def direct_to_cell_sentences(found: DirectToCell) -> tuple[str, str, str]:
    """Say what phones have under satellites here, what was measured, and what the comparison is worth."""
    verdict = "Within the envelope" if found.passed else "Outside the envelope"
    sinr, rate = f"median SINR {found.sinr_db:.1f} dB", f"{found.beam_mbit_s:.1f} Mbit/s a beam"
    return (
        f"{verdict}: satellites for phones in 5 MHz: {sinr}, {rate}.",
        f"Measured: {MEASURED}. The envelope is {MOST_FROM_MEASURED_DB:g} dB around 0 dB, and {LEAST_MBIT_S:g} to "
        f"{MOST_MBIT_S:g} Mbit/s.",
        "An envelope, no calibration: the operator's powers, beams and number of satellites on the channel are not "
        "public; those assumed stand below.",
    )


def _percent(share: float) -> str:
    return f"{100.0 * np.floor(1000.0 * share) / 1000.0:.3g} %"
