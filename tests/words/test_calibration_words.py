"""The exam in words: verdicts, shares that are not rounded up, satellites."""

import numpy as np
import pytest

from itnt_core.calibration import METRICS, budgets, direct_to_cell, panel_of, reference
from itnt_core.words import (
    budget_line_rows,
    budget_sentence,
    direct_to_cell_sentences,
    exam_sentence,
    panel_rows,
    panel_sentence,
    panel_words,
)


def panel(off_db):
    """Return a panel that is off the companies' median."""
    theirs = reference("UMa-6GHz", METRICS[0])
    return panel_of("uma-6ghz", METRICS[0], 1, 1000, theirs.median + off_db)


def test_a_verdict_names_what_was_found_and_what_is_needed():
    assert panel_sentence(panel(0.5)) == (
        "Pass: 0.50 dB rms from the companies' median, 1 dB allowed; 100 % of the curve within the range of 20 "
        "companies, 95 % needed."
    )
    assert panel_sentence(panel(9.0)).startswith("Fail: 9.00 dB rms") and "; 0 % of the curve" in panel_sentence(
        panel(9)
    )


def test_a_share_below_the_mark_is_not_rounded_up_to_it():
    theirs = panel(0.0).theirs
    almost = panel(np.where(theirs.percentiles < 10, 50.0, 0.0))  # 86 of 91
    assert "94.5 % of the curve" in panel_sentence(almost) and not almost.passed


@pytest.mark.parametrize(("offsets", "words"), [((0, 0), "Pass: all 2 panels."), ((0, 9), "Fail: 1 of 2 panels.")])
def test_the_exam_is_one_sentence(offsets, words):
    assert exam_sentence([panel(off) for off in offsets]) == words


def test_picture_and_table_say_the_same():
    shown = panel(0.25)
    rows = panel_rows(shown)
    assert [row["Percentile"] for row in rows] == list(range(5, 100, 5))
    assert all(row["Off the median, dB"] == 0.25 for row in rows)
    assert f"{rows[9]['This program, dB']:.1f}" in panel_words(shown)


def test_link_budgets_say_both_figures_and_their_lines():
    first = budgets()[0]
    assert budget_sentence(first).startswith("Pass: SC9 downlink") and "6.6 dB in TR 38.821" in budget_sentence(first)
    assert {"Line", "Here", "3GPP", "Unit", "From"} == set(budget_line_rows(first.lines)[0])


def test_phones_under_satellites_are_an_envelope_and_no_calibration():
    found, measured, worth = direct_to_cell_sentences(direct_to_cell())
    assert found.startswith("Within the envelope: ") and "Mbit/s a beam" in found
    assert "3 dB around 0 dB, and 1 to 10 Mbit/s" in measured and "no calibration" in worth
