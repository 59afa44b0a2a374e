"""The binary container that carries big arrays to the browser: header length, JSON header, typed arrays.

Layout, little endian: ``uint32`` length of the header | header (JSON, padded with blanks) | arrays, each starting at a
multiple of 8 bytes. The header is ``{"version", "meta", "arrays": {name: {"dtype", "shape", "offset"}}}`` with offsets
counted from the first byte after the header. Nothing executable: a typed view per array is all a reader needs.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

CONTAINER_VERSION = 1  # of the form; loading.js reads the same one
ALIGNMENT_BYTES = 8
DTYPES = frozenset({"float32", "float64", "int8", "int16", "int32", "uint8", "uint16", "uint32"})


def pack(meta: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Pack JSON-encodable ``meta`` and named arrays of any shape into one container."""
    chunks: list[bytes] = []
    directory: dict[str, Any] = {}
    offset = 0
    for name, array in arrays.items():
        chunk = _aligned_bytes(name, array)
        directory[name] = {"dtype": array.dtype.name, "shape": list(array.shape), "offset": offset}
        chunks.append(chunk)
        offset += len(chunk)
    header = {"version": CONTAINER_VERSION, "meta": dict(meta), "arrays": directory}
    text = json.dumps(header, allow_nan=False, separators=(",", ":")).encode()
    text += b" " * (-(len(text) + 4) % ALIGNMENT_BYTES)  # the arrays then start aligned, the length word included
    return struct.pack("<I", len(text)) + text + b"".join(chunks)


def unpack(blob: bytes) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Return ``(meta, arrays)`` of a container; raise ``ValueError`` when it is not one."""
    if len(blob) < 4:
        raise ValueError("not a container: shorter than its length word")
    (length,) = struct.unpack_from("<I", blob)
    header = json.loads(blob[4 : 4 + length])
    if header.get("version") != CONTAINER_VERSION:
        raise ValueError(f"container version {header.get('version')} is not {CONTAINER_VERSION}")
    arrays = {name: _read_array(blob, 4 + length, entry) for name, entry in header["arrays"].items()}
    return header["meta"], arrays


def content_name(blob: bytes, suffix: str = ".bin") -> str:
    """Return the file name of a blob, made of its content: same bytes, same name, so browsers may cache it."""
    return hashlib.sha256(blob).hexdigest()[:20] + suffix


def _aligned_bytes(name: str, array: NDArray[Any]) -> bytes:
    """Return the little-endian bytes of an array, padded to the alignment."""
    if array.dtype.name not in DTYPES:
        raise ValueError(f"array '{name}' has dtype {array.dtype.name}, but a browser reads only {sorted(DTYPES)}")
    chunk = np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<"), copy=False).tobytes()
    return chunk + b"\0" * (-len(chunk) % ALIGNMENT_BYTES)


def _read_array(blob: bytes, base: int, entry: Mapping[str, Any]) -> NDArray[Any]:
    """Return the array that one directory entry describes."""
    if entry["dtype"] not in DTYPES:
        raise ValueError(f"unknown dtype {entry['dtype']}")
    shape = tuple(entry["shape"])
    dtype = np.dtype(entry["dtype"]).newbyteorder("<")
    count = int(np.prod(shape, dtype=np.int64))
    return np.frombuffer(blob, dtype=dtype, count=count, offset=base + entry["offset"]).reshape(shape)
