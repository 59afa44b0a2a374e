"""The comparison with other libraries: printed formulas are read as they are meant, and a wrong law shows."""

import math

import numpy as np
import pytest

from benchmarks.other_laws import Law, all_laws, print_row
from benchmarks.others.laws import ANSWERS, _value

NAMES = {"d_3D": 500.0, "h_UT": 50.0, "f_c": 2.0, "PL_UMa-AV-LOS": 93.4, "p_1": 3505.0, "d_2D": 800.0, "d_1": 81.5}
PRINTED = [
    (r"28.0 + 22\log_{10}(d_{3D}) + 20\log_{10}(f_c)", 28.0 + 22.0 * math.log10(500.0) + 20.0 * math.log10(2.0)),
    (
        r"-17.5 + (46 - 7\log_{10}(h_{UT}))\log_{10}(d_{3D}) + 20\log_{10}\left(\dfrac{40\pi f_c}{3}\right)",
        -17.5 + (46.0 - 7.0 * math.log10(50.0)) * math.log10(500.0) + 20.0 * math.log10(40.0 * math.pi * 2.0 / 3.0),
    ),
    (r"\max\{PL_{UMa-AV-LOS},\; 20 + 2\log_{10}(d_{3D})\}", 93.4),
    (r"\max(460\log_{10}(h_{UT}) - 700, 18)", 460.0 * math.log10(50.0) - 700.0),
    (r"\max(5\exp(-0.01 h_{UT}), 2)", 5.0 * math.exp(-0.5)),
    (
        r"\dfrac{d_1}{d_{2D}} + \exp\left(\dfrac{-d_{2D}}{p_1}\right)\left(1 - \dfrac{d_1}{d_{2D}}\right)",
        81.5 / 800.0 + math.exp(-800.0 / 3505.0) * (1.0 - 81.5 / 800.0),
    ),
]


@pytest.mark.parametrize(("printed", "meant"), PRINTED, ids=[printed for printed, _ in PRINTED])
def test_a_printed_formula_is_read_as_it_is_meant(printed, meant):
    assert _value(printed, NAMES) == pytest.approx(meant, rel=1e-12)


@pytest.mark.parametrize("printed", ["__import__('os')", r"\sin(d_{3D})", r"20\log_{10}(unknown)"])
def test_what_is_not_understood_is_refused(printed):
    with pytest.raises((ValueError, NameError, SyntaxError)):
        _value(printed, NAMES)


def test_every_question_has_somebody_to_answer_it_and_an_answer_of_ours():
    chosen = list(all_laws())
    assert {law.question["law"] for law in chosen} == set(ANSWERS)
    for law in chosen:
        if "gas" not in law.name:  # needs the optional library
            assert np.isfinite(np.atleast_2d(law.ours())).any(axis=0).all()  # of several that may be drawn one at least


def test_a_wrong_law_shows_with_its_place(capsys):
    ours = np.array([100.0, 110.0, 120.0])
    law = Law("a law", "sionna", "dB", {}, lambda: ours, "a reason", np.array([10.0, 20.0, 30.0]))
    assert print_row(law, {"values": [100.0, 112.5, 119.0]}) == 2.5
    assert "2.5000 dB at 20  (a reason)" in capsys.readouterr().out
    assert print_row(law, {"values": list(ours)}) == 0.0
    assert "0.0000 dB" in (text := capsys.readouterr().out) and "reason" not in text
    assert print_row(law, {"missing": "No module named 'sionna'"}) is None
    assert "not installed" in capsys.readouterr().out


def test_a_value_that_may_be_drawn_is_held_to_the_nearest_of_ours(capsys):
    law = Law("a law", "sionna", "dB", {}, lambda: np.array([[100.0, 110.0], [104.0, np.nan]]))
    assert print_row(law, {"values": [103.5, 110.25]}) == 0.5
    assert "2 points" in capsys.readouterr().out
