"""What counts as the same number when a result is computed anew on another machine."""

import numpy as np
import pytest
import xarray as xr

from itnt_core.results import array_mismatches


def ratios(*values_db):
    return xr.Dataset({"sinr_active_db": ("user", np.array(values_db), {"units": "dB"})})


@pytest.mark.parametrize("level_db", [1e-6, -3e-12, 0.0, 30.0])
def test_a_ratio_that_rounds_in_its_last_digits_is_the_same_near_0_db_too(level_db):
    assert array_mismatches(ratios(level_db, 12.0), ratios(level_db + 4e-14, 12.0)) == {}


@pytest.mark.parametrize("level_db", [1e-6, 0.0, 2.0])
def test_a_ratio_that_is_another_is_told(level_db):
    found = array_mismatches(ratios(level_db, 12.0), ratios(level_db + 1e-7, 12.0))
    assert list(found) == ["sinr_active_db"]


def test_what_is_no_ratio_keeps_its_relative_tolerance():
    stored, computed = (xr.Dataset({"energy_j": ("slot", [value], {"units": "J"})}) for value in (1e-6, 1.00001e-6))
    assert list(array_mismatches(stored, computed)) == ["energy_j"]
