"""What a reader of city files hands on: shapes as surveyed, before anything is repaired or moved into metres."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from itnt_core.texts import cleaned, name_problem

MOST_LINES, LONGEST_LINE = 300, 500  # of a report: far more than any import writes
BUILDING, WATER, PARK, ROAD, OTHER = range(5)  # numbers of the kinds of shapes
# What can be taken about a file in more than one way, as a report calls it; its rows come in this order.
SYSTEM, AXES, LAYER, ENCODING = "Coordinate system", "Order of coordinates", "Layer", "Encoding of names"
HEIGHTS, UNIT, PARTS = "Heights", "Unit of heights", "Parts of buildings"
READINGS = (SYSTEM, AXES, HEIGHTS, UNIT, PARTS, LAYER, ENCODING)


@dataclass(frozen=True)
class Reading:
    """Tell how one thing was taken that a file may leave open: what, which value, and why that one.

    ``what`` is one of ``READINGS``; ``why`` says who decided: the file (where in it), the person, or a rule.
    """

    what: str
    value: str
    why: str


@dataclass(frozen=True)
class ImportOptions:
    """Hold what a person may say about a file: layer, heights, coordinate reference system, square to cut out.

    ``height_unit`` is 'm' or 'ft'; ``encoding`` that of names, as Python calls it ('cp1252'); ``anchor`` is (longitude,
    latitude) in degrees, ``size_m`` the side of the square in metres; ``axis_order`` is 'en' for coordinates with east
    (longitude) first, 'ne' for north (latitude) first. None leaves each to the file.
    """

    height_column: str | None = None
    height_unit: str | None = None
    layer: str | None = None
    crs: str | None = None
    anchor: tuple[float, float] | None = None
    size_m: float | None = None
    name: str | None = None
    encoding: str | None = None
    axis_order: str | None = None


@dataclass
class Survey:
    """Hold the shapes of a file in its own coordinate reference system.

    ``shapes`` (n,) are geometries or None; ``kinds`` (n,) one of BUILDING, WATER, PARK, ROAD, OTHER; ``height_m`` and
    ``base_m`` (n,) metres above ground (NaN unknown, 0.0 on the ground); ``owners`` (n,) number the building that a
    shape is part of; ``names`` (n,) are texts or None; ``widths_m`` (n,) are those of roads. ``readings`` say how the
    file was taken, ``warnings`` what a person should look at, ``notes`` what is good to know, each in a sentence.
    """

    shapes: NDArray[Any]
    kinds: NDArray[np.int64]
    height_m: NDArray[np.float64]
    base_m: NDArray[np.float64]
    owners: NDArray[np.int64]
    names: list[str | None]
    widths_m: NDArray[np.float64]
    crs: Any  # pyproj.CRS
    form: str
    height_source: str
    number_columns: tuple[str, ...] = ()
    layer: str | None = None
    other_layers: tuple[str, ...] = ()
    attribution: str = ""
    readings: list[Reading] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    other_words: dict[str, int] = field(default_factory=dict)  # why shapes of the kind OTHER are left out

    @classmethod
    def of_buildings(cls, shapes: NDArray[Any], height_m: NDArray[np.float64], crs: Any, form: str) -> Survey:
        """Build from buildings alone: shapes (n,), heights (n,) in metres, NaN where unknown; all on the ground."""
        count = len(shapes)
        return cls(
            shapes=np.asarray(shapes, dtype=object),
            kinds=np.full(count, BUILDING, dtype=np.int64),
            height_m=np.asarray(height_m, dtype=np.float64),
            base_m=np.zeros(count),
            owners=np.arange(count, dtype=np.int64),
            names=[None] * count,
            widths_m=np.zeros(count),
            crs=crs,
            form=form,
            height_source=form if np.isfinite(height_m).any() else "none",
        )


@dataclass(frozen=True)
class ImportReport:
    """Tell where a city comes from, and what was repaired, estimated and left out on the way; all JSON."""

    source: str
    form: str
    crs: str
    layer: str | None
    other_layers: tuple[str, ...]
    height_source: str
    number_columns: tuple[str, ...]
    attribution: str
    features: int
    buildings: int
    prisms: int
    repaired: int
    height_estimated: int
    left_out: int
    reasons: dict[str, int]  # sentence by sentence, how many: repaired, estimated, left out, cut
    water: int
    parks: int
    roads: int
    notes: tuple[str, ...]
    imported: str  # UTC, ISO 8601
    readings: tuple[Reading, ...] = ()  # how the file was taken, where it leaves a choice; reports of before have none
    warnings: tuple[str, ...] = ()  # what a person should look at before the city is used


def plain_report(report: ImportReport) -> ImportReport:
    """Return a report whose texts, which a file of others may have given, are short lines of visible characters.

    Columns are chosen by their names: those that cannot be shown as they are are left out.
    """
    values = {entry.name: getattr(report, entry.name) for entry in fields(report)}
    plain = {name: _plain(value) for name, value in values.items()}
    columns = tuple(name for name in report.number_columns if len(name) <= LONGEST_LINE and not name_problem(name))
    return replace(report, **{**plain, "number_columns": columns[:MOST_LINES]})


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return cleaned(value, LONGEST_LINE)
    if isinstance(value, Reading):
        return Reading(*(cleaned(text, LONGEST_LINE) for text in (value.what, value.value, value.why)))
    if isinstance(value, tuple):
        return tuple(_plain(line) for line in value[:MOST_LINES])
    if isinstance(value, dict):
        lines = ((_plain(words), number) for words, number in list(value.items())[:MOST_LINES])
        return {words: number for words, number in lines if words}
    return value
