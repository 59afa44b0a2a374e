"""Plain labelled arrays: the file and the seal of the dataset that they would be, without it."""

import netCDF4
import numpy as np
import pytest
import xarray as xr

from itnt_core.methods import optimise
from itnt_core.results import LabelledArrays, arrays_digest, given_arrays, write_result
from itnt_core.results.arrays import pack
from itnt_core.results.netcdf import is_writable

HEAD = slice(0, 400)  # of the file: it holds the second in which it was made, four times, and a checksum over that
TIMES = 4 * 4 + 4  # bytes of them


def of_all_kinds():
    """Return arrays of every kind that is written, empty ones and coordinates beside some, all or no arrays."""
    return LabelledArrays(
        {
            "power_w": (("slot", "user"), np.array([[0.5, np.nan], [1e-9, 3.0]]), {"units": "W", "long_name": "sent"}),
            "station": (("slot", "user"), np.array([[-1, 2], [3, 4]], np.int32), {"units": "1"}),
            "is_served": (("slot", "user"), np.array([[True, False], [True, True]]), {}),
            "kind": ("user", np.array(["ground", "air – π"])),
            "flight_m": (("slot", "aerial"), np.empty((2, 0), np.float32), {"units": "m"}),
            "weight": ("user", np.array([1, 2], np.uint8), {"n": 3, "share": 0.25, "of": np.float64(2.5)}),
        },
        {
            "slot": np.arange(1, 3),
            "user": ["u1", "u2"],
            "aerial": [],
            "hour": np.array([1.5, 2.5]),
            "time_s": ("slot", np.array([1.0, 2.0]), {"units": "s"}),
            "clock": (("slot",), np.array([7, 8])),
            "height_m": ("floor", np.array([3.0, 6.0, 9.0]), {"units": "m"}),
        },
        {"noise_w": 1e-13, "convention": "active", "format_version": 1},
    )


def of_a_run(tiny_scenario, city_cache):
    """Return the arrays of a run as they are kept until somebody looks into them."""
    return given_arrays(optimise(tiny_scenario, cache_dir=city_cache))


@pytest.mark.parametrize("made", ["all kinds", "a run"])
def test_plain_arrays_have_the_file_and_the_seal_of_their_dataset(made, tiny_scenario, city_cache):
    plain = of_all_kinds() if made == "all kinds" else of_a_run(tiny_scenario, city_cache)
    assert isinstance(plain, LabelledArrays) and is_writable(plain)
    dataset = plain.to_dataset()
    assert list(dataset.variables) == list(plain.variables)
    assert arrays_digest(plain) == arrays_digest(dataset)
    file, expected = pack(plain), pack(dataset)
    assert len(file) == len(expected) and file[HEAD.stop :] == expected[HEAD.stop :]
    assert sum(byte != other for byte, other in zip(file[HEAD], expected[HEAD], strict=True)) <= TIMES
    xr.testing.assert_identical(read(file), read(expected))


def read(content):
    return xr.load_dataset(xr.backends.NetCDF4DataStore(netCDF4.Dataset("file", memory=content)))


def test_a_kind_that_is_not_written_plainly_goes_by_its_dataset():
    plain = LabelledArrays({"when": ("slot", np.array(["2026-01-01"], "datetime64[ns]"))}, {}, {})
    assert not is_writable(plain)
    assert pack(plain)[HEAD.stop :] == pack(plain.to_dataset())[HEAD.stop :]


def test_a_result_is_plain_until_somebody_looks_and_saved_as_it_was_changed_then(tiny_scenario, city_cache, tmp_path):
    result = optimise(tiny_scenario, cache_dir=city_cache)
    assert isinstance(given_arrays(result), LabelledArrays)
    looked = result.dataset
    looked.attrs["noise_w"] = 1.0
    assert isinstance(looked, xr.Dataset) and result.dataset is looked and given_arrays(result) is looked
    write_result(tmp_path, result)
    assert read((tmp_path / "result.nc").read_bytes()).attrs["noise_w"] == 1.0
