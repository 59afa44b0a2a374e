"""What was stored beside what is computed anew: every difference in a sentence, by the name of what differs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from itnt_core.units import to_db

from .seal import plain_attributes

if TYPE_CHECKING:
    import xarray as xr

RELATIVE_TOLERANCE = 1e-9  # other machines sum in another order, which moves the last digits
DB_TOLERANCE = float(to_db(1.0 + RELATIVE_TOLERANCE))  # the same of a ratio: near 0 dB nothing relative is left of it


def figure_mismatches(stored: Mapping[str, Any], computed: Mapping[str, Any], words: str = "") -> dict[str, str]:
    """Return a sentence for each computed figure that was stored with another value, by its name."""
    return {
        name: f"The stored {words}{name} is {stored.get(name)}, recomputed it is {value}."
        for name, value in computed.items()
        if not _is_same(stored.get(name), value)
    }


def _is_same(before: Any, after: Any) -> bool:
    if isinstance(before, bool) or isinstance(after, bool) or not isinstance(before, int | float):
        return bool(before == after)
    is_number = isinstance(after, int | float)
    return is_number and bool(np.isclose(float(before), float(after), rtol=RELATIVE_TOLERANCE, atol=0.0))


def array_mismatches(stored: xr.Dataset, computed: xr.Dataset, noise: float = 0.0) -> dict[str, str]:
    """Return a sentence for each array, coordinate or attribute that differs from the computed one, by its name.

    ``noise`` is what rounding may leave where numbers cancel, as a share of an array's greatest value.
    """
    found = {}
    for name in map(str, computed.variables):
        labels = _other_labels(stored, computed, name)
        if labels:
            found[f"{name}: labels"] = f"The stored variable '{name}' {labels}."
        elif not _equal(stored[name].values, computed[name].values, noise, computed[name].attrs.get("units") == "dB"):
            found[name] = f"The stored variable '{name}' differs from the recomputed one."
    for name in sorted({*map(str, stored.variables)} - {*map(str, computed.variables)}):
        found[name] = f"The stored result has a variable '{name}', which no result has."
    attributes = figure_mismatches(plain_attributes(stored.attrs), plain_attributes(computed.attrs), "attribute ")
    return found | attributes


def _other_labels(stored: xr.Dataset, computed: xr.Dataset, name: str) -> str:
    """Return how an array differs in anything but its values; nothing where it does not."""
    if name not in stored.variables:
        return "is missing"
    before, after = stored[name], computed[name]
    if before.dims != after.dims or before.shape != after.shape:
        shapes = [
            ", ".join(f"{size} {dim}" for dim, size in zip(array.dims, array.shape, strict=True))
            for array in (before, after)
        ]
        return f"has the shape ({shapes[0]}), recomputed it has ({shapes[1]})"
    if (name in stored.coords) != (name in computed.coords):
        return "is a coordinate in one and none in the other"
    was, now = plain_attributes(before.attrs), plain_attributes(after.attrs)
    return "" if was == now else f"has the attributes {was}, recomputed it has {now}"


def _equal(before: np.ndarray, after: np.ndarray, noise: float, is_db: bool) -> bool:
    if after.size == 0:
        return True
    if after.dtype.kind == "f":
        if before.dtype.kind not in "iuf":
            return False
        rounding = max(noise * float(np.nanmax(np.abs(after), initial=0.0)), DB_TOLERANCE if is_db else 0.0)
        return bool(np.allclose(before, after, rtol=RELATIVE_TOLERANCE, atol=rounding, equal_nan=True))
    if after.dtype.kind in "biu":
        return before.dtype.kind in "biuf" and bool((before == after).all())
    return bool((before.astype(str) == after.astype(str)).all())
