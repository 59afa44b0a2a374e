"""The arrays of a result as a file: packed, read back, and read apart where it is not certain who wrote them.

An own file, of which the manifest names the hash, is read here. Any other may be anything: it is read by a process that
can be lost (:mod:`itnt_core.apart`), which hands plain arrays back.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from itnt_core.disk import shown_path

from .errors import ResultError
from .exchange import RESULT_FILE, Stored, digest
from .labelled import LabelledArrays
from .netcdf import is_writable, netcdf_bytes

if TYPE_CHECKING:
    import xarray as xr

SIGNATURE = b"\x89HDF\r\n\x1a\n"
READ_S, READ_MB, MOST_DOUBTFUL_BYTES = 20.0, 1500, 500_000_000
ARRAYS_FILE = "arrays.npz"
# What this process has packed itself needs no second look, wherever it was saved.
_packed_here: set[str] = set()
# The library of these files is not made for two threads: a second one ends the process. The dashboard reads in many.
_one_at_a_time = threading.Lock()


def pack(arrays: xr.Dataset | LabelledArrays) -> bytes:
    """Return labelled arrays as a compressed NetCDF-4 file, made in memory: a full disk cannot spoil it."""
    with _one_at_a_time:
        if isinstance(arrays, LabelledArrays) and is_writable(arrays):
            content = netcdf_bytes(arrays)
        else:
            content = _packed_dataset(arrays.to_dataset() if isinstance(arrays, LabelledArrays) else arrays)
    _packed_here.add(digest(content))
    return content


def _packed_dataset(dataset: xr.Dataset) -> bytes:
    numbers = [str(name) for name, array in dataset.data_vars.items() if array.dtype.kind != "U"]
    packing = {name: {"zlib": True, "complevel": 4} for name in numbers}
    return bytes(dataset.to_netcdf(engine="netcdf4", encoding=packing))


def unpack(folder: Path, stored: Stored, own_folders: Sequence[Path], *, is_confined: bool = False) -> xr.Dataset:
    """Return the labelled arrays of a stored result (ResultError).

    ``own_folders`` are those in which this program alone writes; a confined process reads those of others, too.
    """
    if not stored.arrays.startswith(SIGNATURE):
        raise ResultError(
            f"The result '{shown_path(folder.name)}' is not complete or not readable: its {RESULT_FILE} is no NetCDF-4 "
            "file. Compute it again."
        )
    if is_confined or digest(stored.arrays) in _packed_here or (stored.is_own and _is_below(folder, own_folders)):
        return _read_here(folder, stored.arrays)
    return read_apart(folder, stored.arrays)


def _is_below(folder: Path, own_folders: Sequence[Path]) -> bool:
    place = folder.resolve()
    return any(place.is_relative_to(own.resolve()) for own in own_folders)


def _read_here(folder: Path, content: bytes) -> xr.Dataset:
    try:
        with _one_at_a_time:
            import netCDF4  # slow to import: who makes and reads results pays, nobody else
            import xarray as xr

            return xr.load_dataset(xr.backends.NetCDF4DataStore(netCDF4.Dataset(RESULT_FILE, memory=content)))
    except Exception as error:  # the boundary: a damaged file fails its readers in any way
        raise _unreadable(folder, str(error)) from error


def read_apart(folder: Path, content: bytes) -> xr.Dataset:
    """Read arrays of unknown origin in a process with limits (ResultError)."""
    from itnt_core.apart import ApartError, Limits, Refused, apart_scratch, ask_apart

    if len(content) > MOST_DOUBTFUL_BYTES:
        raise _unreadable(folder, f"over {MOST_DOUBTFUL_BYTES / 1e6:,.0f} MB, which is the limit for a file of others")
    with apart_scratch() as scratch:
        try:
            answer = ask_apart("result", {}, Limits(READ_S, READ_MB), content=content, scratch=scratch)
        except (ApartError, Refused) as error:
            raise _unreadable(folder, str(error)) from error
        return _rebuilt(folder, answer, scratch / ARRAYS_FILE)


def _rebuilt(folder: Path, answer: Any, file: Path) -> xr.Dataset:
    """Put the arrays that the reading process has written together again."""
    import xarray as xr

    try:
        with file.open("rb") as handle, np.load(handle, allow_pickle=False) as arrays:
            parts = [
                (entry["name"], entry["role"], (tuple(entry["dims"]), arrays[f"a{number}"], entry["attrs"]))
                for number, entry in enumerate(answer["arrays"])
            ]
        return xr.Dataset(
            {name: value for name, role, value in parts if role == "variable"},
            coords={name: value for name, role, value in parts if role == "coordinate"},
            attrs=answer["attrs"],
        )
    except Exception as error:  # the boundary: whatever the other process has written
        raise _unreadable(folder, str(error)) from error


def _unreadable(folder: Path, why: str) -> ResultError:
    plain = "".join(character if character.isprintable() else " " for character in why)
    return ResultError(
        f"The arrays of the result '{shown_path(folder.name)}' cannot be read ({plain:.200}). Compute it again."
    )
