"""The seal of a result: a hash over everything in it, made with it, by which a later change is noticed.

It guards against accidents and edits - a figure corrected by hand, a file of another run put into the folder. It is no
signature: whoever means to deceive can compute it anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from .exchange import FILES
from .labelled import LabelledArrays

if TYPE_CHECKING:
    import xarray as xr

SEAL = "seal"  # the manifest's key: what is sealed, and its SHA-256
_UNSEALED = (SEAL, FILES)


def sealed(manifest: Mapping[str, Any], dataset: xr.Dataset | LabelledArrays) -> dict[str, Any]:
    """Return the manifest of a result with the seal over it and over the arrays; the scenario's hash stands in it."""
    return {**manifest, SEAL: {"manifest": manifest_digest(manifest), "arrays": arrays_digest(dataset)}}


def is_sealed(manifest: Mapping[str, Any]) -> bool:
    """Say whether a result was sealed when it was made; older ones were not."""
    return SEAL in manifest


def seal_mismatches(manifest: Mapping[str, Any], dataset: xr.Dataset) -> list[str]:
    """Return a sentence for each part of a sealed result that is no longer what was sealed."""
    seal = manifest[SEAL] if isinstance(manifest[SEAL], Mapping) else {}
    found = []
    if seal.get("manifest") != manifest_digest(manifest):
        found.append(
            "The manifest has been changed since it was sealed: its method, settings, status, bound, times or "
            "provenance are not those of the run."
        )
    if seal.get("arrays") != arrays_digest(dataset):
        found.append(
            "The arrays have been changed since they were sealed: their values, coordinates or attributes are not "
            "those of the run."
        )
    return found


def manifest_digest(manifest: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a manifest's content, whatever the order and layout of its JSON; without its seal."""
    content = {key: value for key, value in manifest.items() if key not in _UNSEALED}
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def arrays_digest(dataset: xr.Dataset | LabelledArrays) -> str:
    """Return the SHA-256 of labelled arrays: names, dims, values and attributes, whatever file they were read from."""
    digest = hashlib.sha256(_header("", dataset.attrs, sorted(map(str, dataset.coords))))
    for name in sorted(map(str, dataset.variables)):
        array = dataset[name]
        values = array.values
        digest.update(_header(name, array.attrs, [list(map(str, array.dims)), list(values.shape), _kind(values)]))
        digest.update(_content(values))
    return digest.hexdigest()


def _header(name: str, attributes: Mapping[Any, Any], more: list[Any]) -> bytes:
    return json.dumps([name, plain_attributes(attributes), more], sort_keys=True).encode() + b"\n"


def plain_attributes(attributes: Mapping[Any, Any]) -> dict[str, Any]:
    """Return attributes as plain numbers and text, however a file's reader has typed them."""
    return {str(name): _plain(value) for name, value in attributes.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    return value if isinstance(value, str | int | float) else str(value)


def _kind(values: np.ndarray) -> str:
    """Return what an array holds: whole numbers, numbers or text; files keep empty arrays in any type."""
    if values.size == 0:
        return "empty"
    return "whole" if values.dtype.kind in "biu" else "number" if values.dtype.kind == "f" else "text"


def _content(values: np.ndarray) -> bytes:
    """Return the values in one form, whatever their width and byte order."""
    kind = _kind(values)
    if kind == "text":
        return json.dumps([str(value) for value in values.ravel()]).encode()
    if kind == "empty":
        return b""
    plain = np.ascontiguousarray(values, dtype="<i8" if kind == "whole" else "<f8")
    if kind == "number":
        plain = np.where(np.isnan(plain), np.nan, plain)  # one NaN of the many
    return plain.tobytes()
