"""Reading the arrays of a result apart: the task ``result`` of :mod:`itnt_core.apart`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from itnt_core.apart import Notify

from .arrays import ARRAYS_FILE
from .errors import ResultError

MOST_ARRAYS, MOST_ARRAY_BYTES = 200, 600_000_000  # of one result: bounds the memory


def result_task(question: Mapping[str, Any], scratch: Path, notify: Notify) -> dict[str, Any]:
    """Read the NetCDF file ``input`` and write its arrays as plain numbers and text; return their names and dims."""
    import xarray as xr

    del question, notify
    with xr.open_dataset(scratch / "input", engine="netcdf4", decode_timedelta=False) as dataset:
        names = [*dataset.coords, *dataset.data_vars]
        size = sum(dataset[name].size * max(1, dataset[name].dtype.itemsize) for name in names)
        if len(names) > MOST_ARRAYS or size > MOST_ARRAY_BYTES:
            raise ResultError(f"{len(names)} arrays of {size / 1e6:,.0f} MB are more than a result holds")
        entries, arrays = [], {}
        for number, name in enumerate(names):
            array = dataset[name]
            arrays[f"a{number}"] = _plain(str(name), array.values)
            role = "coordinate" if name in dataset.coords else "variable"
            dims = [str(dim) for dim in array.dims]
            entries.append({"name": str(name), "role": role, "dims": dims, "attrs": _plain_attributes(array.attrs)})
        attrs = _plain_attributes(dataset.attrs)
    np.savez(scratch / ARRAYS_FILE, **arrays)  # type: ignore[arg-type]  # numpy types its flag among the names
    return {"arrays": entries, "attrs": attrs}


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
