"""Decibels against the table that every engineer knows by heart."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from itnt_core.units import dbm_to_watts, from_db, to_db, watts_to_dbm


@pytest.mark.parametrize(("ratio", "level_db"), [(1.0, 0.0), (10.0, 10.0), (0.001, -30.0), (2.0, 3.0103)])
def test_ratios_and_decibels_are_those_of_the_table(ratio, level_db):
    assert to_db(ratio) == pytest.approx(level_db, abs=1e-4)
    assert from_db(level_db) == pytest.approx(ratio, rel=1e-5)


def test_a_milliwatt_is_zero_dbm_and_forty_watts_are_forty_six():
    assert watts_to_dbm(1e-3) == pytest.approx(0.0, abs=1e-12)
    assert watts_to_dbm(40.0) == pytest.approx(46.0206, abs=1e-4)
    assert dbm_to_watts(30.0) == pytest.approx(1.0)


@given(st.floats(1e-25, 1e25))
def test_there_and_back_is_where_one_began(ratio):
    assert from_db(to_db(ratio)) == pytest.approx(ratio, rel=1e-12)


def test_numbers_stay_numbers_arrays_arrays_and_silence_has_an_end():
    assert isinstance(to_db(2.0), float) and isinstance(to_db(np.float64(2.0)), float)
    levels = to_db(np.array([[0.0, 1.0], [1e-40, np.inf]]))
    assert levels.tolist() == [[-300.0, 0.0], [-300.0, math.inf]]
    assert to_db(0.0, 1e-12) == pytest.approx(-120.0)
    assert np.isnan(to_db(np.array([np.nan]))).all()
