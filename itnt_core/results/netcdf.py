"""Plain labelled arrays as a NetCDF-4 file: written byte for byte, and read, as the library of datasets would do it.

That library takes longer to load than a result takes to read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from .labelled import Labelled, LabelledArrays

WRITTEN_KINDS = "biufU"  # truth, whole numbers, numbers, text
PACKING = {"compression": "zlib", "complevel": 4}
# Attributes by which a file says what it cannot hold.
COORDINATES, TRUTH, MISSING = "coordinates", "dtype", "_FillValue"
# Attributes that say how values are to be read, beyond what is written here (CF conventions 1.11, sections 4.4 and 8).
DECODED = frozenset({"scale_factor", "add_offset", "missing_value", "_Unsigned", "_Encoding", "calendar"})
BYTES_OF_TEXT = 8  # what a text takes before it is looked at: its address


@dataclass(frozen=True)
class StoredArray:
    """One array of a file with the names of its dims, its attributes and its size, not read yet."""

    name: str
    is_coordinate: bool
    dims: tuple[str, ...]
    attrs: Mapping[str, Any]
    size_bytes: int
    read: Callable[[], np.ndarray]


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
        attrs[COORDINATES] = " ".join(beside)
    if values.dtype.kind == "b":  # the file knows no truth
        values, attrs[TRUTH] = values.astype(np.int8), "bool"
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
    return {COORDINATES: " ".join(left)} if left else {}


def stored_arrays(file: Any) -> tuple[list[StoredArray], dict[str, Any]] | None:
    """Return the arrays of an open file, in its order, and its attributes; each has any shape, such as (slots, users).

    None where it holds anything that is not written here: only the library of datasets knows how to read that.
    """
    file.set_auto_maskandscale(False)
    file.set_auto_chartostring(False)
    attrs = {name: file.getncattr(name) for name in file.ncattrs()}
    of_each = {
        name: {key: variable.getncattr(key) for key in variable.ncattrs()} for name, variable in file.variables.items()
    }
    if not all(_is_plain(file, name, its) for name, its in of_each.items()) or not _names_coordinates(attrs):
        return None
    coordinates = set(" ".join([*(its.get(COORDINATES, "") for its in (*of_each.values(), attrs))]).split())
    attrs.pop(COORDINATES, None)
    found = [
        _stored(name, variable, of_each[name], is_coordinate=name in coordinates or name in variable.dimensions)
        for name, variable in file.variables.items()
    ]
    return found, attrs


def _is_plain(file: Any, name: str, attrs: Mapping[str, Any]) -> bool:
    """Say whether an array of a file is of a kind and has attributes that are written here."""
    variable = file.variables[name]
    if not _names_coordinates(attrs) or DECODED & attrs.keys() or "since" in str(attrs.get("units", "")):
        return False
    if name in file.dimensions and variable.dimensions != (name,):
        return False
    if variable.dtype is str:
        return not {MISSING, TRUTH} & attrs.keys()
    if not isinstance(variable.dtype, np.dtype) or variable.dtype.kind not in "iuf" or not variable.dtype.isnative:
        return False
    if variable.dtype.kind == "f":
        return TRUTH not in attrs and bool(np.all(np.isnan(attrs.get(MISSING, np.nan))))
    return MISSING not in attrs and (TRUTH not in attrs or (attrs[TRUTH] == "bool" and variable.dtype == np.int8))


def _names_coordinates(attrs: Mapping[str, Any]) -> bool:
    return isinstance(attrs.get(COORDINATES, ""), str)


def _stored(name: str, variable: Any, attrs: Mapping[str, Any], *, is_coordinate: bool) -> StoredArray:
    kind = object if variable.dtype is str else bool if TRUTH in attrs else variable.dtype
    own = {key: value for key, value in attrs.items() if key not in (COORDINATES, TRUTH, MISSING)}
    size_bytes = int(variable.size) * (BYTES_OF_TEXT if kind is object else variable.dtype.itemsize)
    dims = tuple(variable.dimensions)
    return StoredArray(name, is_coordinate, dims, own, size_bytes, lambda: np.asarray(variable[...], dtype=kind))
