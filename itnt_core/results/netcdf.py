"""Plain labelled arrays as a NetCDF-4 file in memory: byte for byte the file that a dataset of them would be."""

from __future__ import annotations

from typing import Any

import numpy as np

from .labelled import Labelled, LabelledArrays

WRITTEN_KINDS = "biufU"  # truth, whole numbers, numbers, text
PACKING = {"compression": "zlib", "complevel": 4}


def is_writable(arrays: LabelledArrays) -> bool:
    """Say whether all arrays are of kinds that are written here."""
    return all(array.values.dtype.kind in WRITTEN_KINDS for array in arrays.variables.values())


def netcdf_bytes(arrays: LabelledArrays) -> bytes:
    """Return the file, numbers compressed."""
    import netCDF4  # slow to import: who makes and reads results pays, nobody else

    beside = _coordinates_beside(arrays)
    file = netCDF4.Dataset("<in memory>", mode="w", memory=0, clobber=True, format="NETCDF4")
    for name, value in {**arrays.attrs, **_of_nobody(arrays, beside)}.items():
        file.setncattr(name, value)
    for dim, length in _lengths(arrays).items():
        file.createDimension(dim, size=length)
    for name, array in arrays.variables.items():
        packing = PACKING if name in arrays.data_vars and array.values.dtype.kind != "U" else {}
        _write(file, name, array, beside.get(name, []), packing)
    return bytes(file.close())


def _write(file: Any, name: str, array: Labelled, beside: list[str], packing: dict[str, Any]) -> None:
    values, attrs = array.values, dict(array.attrs)
    if beside:
        attrs["coordinates"] = " ".join(beside)
    if values.dtype.kind == "b":  # the file knows no truth
        values, attrs["dtype"] = values.astype(np.int8), "bool"
    kind = values.dtype.kind
    missing = values.dtype.type(np.nan) if kind == "f" else None
    made = file.createVariable(name, str if kind == "U" else values.dtype, array.dims, fill_value=missing, **packing)
    made.setncatts(attrs)
    made.set_auto_maskandscale(False)
    made.set_auto_chartostring(False)
    made[...] = values


def _lengths(arrays: LabelledArrays) -> dict[str, int]:
    """Return the length of every dim, in the order in which they are met."""
    found: dict[str, int] = {}
    for array in arrays.variables.values():
        found |= dict(zip(array.dims, array.values.shape, strict=True))
    return found


def _coordinates_beside(arrays: LabelledArrays) -> dict[str, list[str]]:
    """Return for each array the coordinates that no dim is named by and that run along its dims."""
    own = [name for name in arrays.coords if name not in _lengths(arrays)]
    return {
        name: sorted(one for one in own if set(arrays[one].dims) <= set(array.dims))
        for name, array in arrays.variables.items()
        if name not in own and name not in array.dims
    }


def _of_nobody(arrays: LabelledArrays, beside: dict[str, list[str]]) -> dict[str, str]:
    """Return the file's own note of coordinates that stand beside no array."""
    noted = {one for ones in beside.values() for one in ones}
    left = sorted(name for name in arrays.coords if name not in _lengths(arrays) and name not in noted)
    return {"coordinates": " ".join(left)} if left else {}
