"""Labelled arrays as plain as they are made: sealed and packed as they are, a dataset once somebody looks into them.

The library of datasets takes longer to load than a short run takes to compute, and a run never looks into its arrays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numpy as np

from itnt_core.cached import cached_property

if TYPE_CHECKING:
    import xarray as xr


_FIELD = "dataset"
_PLACE = f"_{_FIELD}"  # where a result keeps what it was given
Kind = TypeVar("Kind")


@dataclass(frozen=True, eq=False)
class Labelled:
    """One array with the names of its dims, and attributes such as its unit."""

    dims: tuple[str, ...]
    values: np.ndarray
    attrs: Mapping[str, Any]

    @classmethod
    def of(cls, name: str, stated: Any) -> Labelled:
        """Read what a dataset is made of: (dims, values[, attributes]), or the values of a coordinate of this name."""
        if not isinstance(stated, tuple):
            return cls((name,), np.asarray(stated), {})
        dims, values, *attrs = stated
        return cls((dims,) if isinstance(dims, str) else tuple(dims), np.asarray(values), attrs[0] if attrs else {})


@dataclass(frozen=True, eq=False)
class LabelledArrays:
    """What a dataset is made of, in the words of its library; the few names of a dataset that a seal needs."""

    data_vars: Mapping[str, Any]
    coords: Mapping[str, Any]
    attrs: Mapping[str, Any]

    @cached_property
    def variables(self) -> dict[str, Labelled]:
        """Return every array by name, in a dataset's order: coordinates last."""
        return {name: Labelled.of(name, stated) for name, stated in (*self.data_vars.items(), *self.coords.items())}

    def __getitem__(self, name: str) -> Labelled:
        return self.variables[name]

    def to_dataset(self) -> xr.Dataset:
        """Return the dataset."""
        import xarray as xr  # slow to import: who looks into results pays, nobody else

        return xr.Dataset(self.data_vars, coords=self.coords, attrs=self.attrs)

    def later(self) -> xr.Dataset:
        """Return these arrays for a late field of a result: whoever reads it meets their dataset."""
        return cast("xr.Dataset", self)


class LateDataset:
    """A field ``dataset`` of a result, for whoever reads it a dataset; given plain arrays, they stay so until then."""

    def __get__(self, result: Any, owner: type) -> xr.Dataset:
        """Return the dataset, made at the first look."""
        given = given_arrays(result)
        if isinstance(given, LabelledArrays):
            given = result.__dict__[_PLACE] = given.to_dataset()
        return given

    def __set__(self, result: Any, given: xr.Dataset | LabelledArrays) -> None:
        """Take a dataset, or what one is made of."""
        result.__dict__[_PLACE] = given


def late_dataset(kind: type[Kind]) -> type[Kind]:
    """Make the field ``dataset`` of a dataclass a late one; its annotation alone would give it no behaviour."""
    setattr(kind, _FIELD, LateDataset())
    return kind


def given_arrays(result: Any) -> xr.Dataset | LabelledArrays:
    """Return the arrays of a result with a late dataset as they are: plain until somebody has looked into them."""
    found: xr.Dataset | LabelledArrays = result.__dict__[_PLACE]
    return found
