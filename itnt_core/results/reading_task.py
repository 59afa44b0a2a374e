"""Reading the arrays of a result apart: the task ``result`` of :mod:`itnt_core.apart`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from itnt_core.apart import Notify

from .arrays import ARRAYS_FILE
from .errors import ResultError
from .netcdf import StoredArray, stored_arrays

if TYPE_CHECKING:
    import xarray as xr

MOST_ARRAYS, MOST_ARRAY_BYTES = 200, 600_000_000  # of one result: bounds the memory


def result_task(question: Mapping[str, Any], scratch: Path, notify: Notify) -> dict[str, Any]:
    """Read the NetCDF file ``input`` and write its arrays as plain numbers and text; return their names and dims."""
    import netCDF4

    del question, notify
    with netCDF4.Dataset(scratch / "input") as file:
        found = stored_arrays(file)
        if found is not None:
            return _written(*found, scratch / ARRAYS_FILE)
    import xarray as xr  # slow to import, and seldom needed

    with xr.open_dataset(scratch / "input", engine="netcdf4", decode_timedelta=False) as dataset:
        return _written(_of_dataset(dataset), dataset.attrs, scratch / ARRAYS_FILE)


def _of_dataset(dataset: xr.Dataset) -> list[StoredArray]:
    return [
        StoredArray(
            name=str(name),
            is_coordinate=name in dataset.coords,
            dims=tuple(map(str, array.dims)),
            attrs=array.attrs,
            size_bytes=array.size * max(1, array.dtype.itemsize),
            read=partial(np.asarray, array),
        )
        for name, array in dataset.variables.items()
    ]


def _written(found: list[StoredArray], attrs: Mapping[Any, Any], file: Path) -> dict[str, Any]:
    """Write arrays into a file of numpy's, if they are not too many; return their names and dims and all attributes."""
    size = sum(array.size_bytes for array in found)
    if len(found) > MOST_ARRAYS or size > MOST_ARRAY_BYTES:
        raise ResultError(f"{len(found)} arrays of {size / 1e6:,.0f} MB are more than a result holds")
    entries = [
        {
            "name": array.name,
            "role": "coordinate" if array.is_coordinate else "variable",
            "dims": list(array.dims),
            "attrs": _plain_attributes(array.attrs),
        }
        for array in found
    ]
    arrays = {f"a{number}": _plain(array.name, array.read()) for number, array in enumerate(found)}
    np.savez(file, **arrays)  # type: ignore[arg-type]  # numpy types its flag among the names
    return {"arrays": entries, "attrs": _plain_attributes(attrs)}


def _plain(name: str, values: np.ndarray) -> np.ndarray:
    if values.dtype.kind in "biufU":
        return values
    if all(isinstance(value, str) for value in values.ravel()):
        return values.astype(str)
    raise ResultError(f"the variable '{name:.40}' holds neither numbers nor text")


def _plain_attributes(attributes: Mapping[Any, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in attributes.items():
        plain = value.item() if isinstance(value, np.generic) else value
        if isinstance(plain, str | int | float):
            found[str(name)] = plain
    return found
