"""The reading process's own reader of arrays says what the library of datasets says, and leaves to it what is odd."""

import subprocess
import sys
from pathlib import Path

import netCDF4
import numpy as np
import pytest
import xarray as xr
from test_labelled import of_a_run, of_all_kinds

from itnt_core.results import write_result
from itnt_core.results.arrays import ARRAYS_FILE, pack
from itnt_core.results.errors import ResultError
from itnt_core.results.netcdf import stored_arrays
from itnt_core.results.reading_task import _of_dataset, _written, result_task

RECORDED = sorted((Path(__file__).resolve().parents[2] / "assets").glob("demo*/result.nc"))


def told(answer, folder):
    """Return what a reading answered with, each array with its values, however they are numbered."""
    with np.load(folder / ARRAYS_FILE, allow_pickle=False) as arrays:
        values = [arrays[f"a{number}"] for number in range(len(answer["arrays"]))]
    entries = {entry["name"]: (entry["role"], entry["dims"], entry["attrs"]) for entry in answer["arrays"]}
    named = {entry["name"]: array for entry, array in zip(answer["arrays"], values, strict=True)}
    order = [
        entry["name"] for role in ("coordinate", "variable") for entry in answer["arrays"] if entry["role"] == role
    ]
    return order, entries, answer["attrs"], named


def read_both_ways(content, folder):
    """Read a file by the task and by the library of datasets alone."""
    (folder / "input").write_bytes(content)
    ours = told(result_task({}, folder, print), folder)
    with xr.open_dataset(folder / "input", engine="netcdf4", decode_timedelta=False) as dataset:
        theirs = told(_written(_of_dataset(dataset), dataset.attrs, folder / ARRAYS_FILE), folder)
    return ours, theirs


def assert_same(ours, theirs):
    assert ours[:3] == theirs[:3]
    for name, array in theirs[3].items():
        assert ours[3][name].dtype == array.dtype
        np.testing.assert_array_equal(ours[3][name], array)


def is_read_plainly(path):
    with netCDF4.Dataset(path) as file:
        return stored_arrays(file) is not None


@pytest.mark.parametrize("made", ["all kinds", "a run", "nothing", *RECORDED])
def test_what_is_written_here_is_read_plainly_and_the_same(made, tiny_scenario, city_cache, tmp_path):
    if isinstance(made, Path):
        content = made.read_bytes()
    elif made == "nothing":
        content = pack(xr.Dataset(attrs={"noise_w": 1.0}))
    else:
        content = pack(of_all_kinds() if made == "all kinds" else of_a_run(tiny_scenario, city_cache))
    assert_same(*read_both_ways(content, tmp_path))
    assert is_read_plainly(tmp_path / "input")


def scaled(file):
    made = file.createVariable("power_dbm", "i2", ("slot",))
    made.setncatts({"scale_factor": 0.1, "add_offset": 3.0})


def missing_number(file):
    file.createVariable("served", "i4", ("slot",), fill_value=-1)


def missing_share(file):
    file.createVariable("share", "f8", ("slot",), fill_value=0.0)


def letters(file):
    file.createDimension("letter", 3)
    file.createVariable("name", "S1", ("slot", "letter"))


def dates(file):
    made = file.createVariable("when", "f8", ("slot",))
    made.units = "seconds since 2026-01-01"
    made[:] = [0.0, 2.0]


def other_bytes_first(file):
    file.createVariable("power_w", ">f8", ("slot",), endian="big")


def truth_in_words(file):
    file.createVariable("is_served", "i1", ("slot",)).setncattr("dtype", "str")


def many_numbers_for_coordinates(file):
    file.createVariable("power_w", "f8", ("slot",)).coordinates = np.array([1, 2])


def a_flat_dim(file):
    file.createDimension("user", 2)
    file.createVariable("user", "i4", ("slot", "user"))


def pairs(file):
    kind = file.createCompoundType(np.dtype([("east", "f8"), ("north", "f8")]), "pair")
    file.createVariable("place", kind, ("slot",))


ODD = [scaled, missing_number, missing_share, letters, dates, other_bytes_first, truth_in_words]


@pytest.mark.parametrize("odd", [*ODD, many_numbers_for_coordinates, a_flat_dim, pairs])
def test_what_is_not_written_here_is_left_to_the_library_of_datasets(odd, tmp_path):
    with netCDF4.Dataset(tmp_path / "input", "w") as file:
        file.createDimension("slot", 2)
        odd(file)
    assert not is_read_plainly(tmp_path / "input")
    if odd in ODD:  # the others it refuses, or its values are no numbers
        try:
            assert_same(*read_both_ways((tmp_path / "input").read_bytes(), tmp_path))
        except ResultError as error:
            assert "neither numbers nor text" in str(error)


def test_reading_a_result_loads_no_library_of_datasets(tiny_scenario, city_cache, tmp_path):
    from itnt_core.methods import optimise

    write_result(tmp_path, optimise(tiny_scenario, cache_dir=city_cache))
    (tmp_path / "result.nc").rename(tmp_path / "input")
    code = (
        "import sys; from pathlib import Path; from itnt_core.results.reading_task import result_task;"
        f"result_task({{}}, Path({str(tmp_path)!r}), print);"
        "print(*sorted({'xarray', 'pandas', 'dask'} & set(sys.modules)))"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.split() == []
