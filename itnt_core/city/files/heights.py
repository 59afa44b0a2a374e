"""Building heights out of the columns of a table, in a stated order, each building taking the first that it has.

The chosen column alone where a person chose one; else the columns of ``HEIGHT_NAMES`` in that order, roof level minus
ground level, and storeys times 3.2 m.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from itnt_core.arrays import Array
from itnt_core.city.files.height_texts import FOOT_M, HIGHEST_M, parse_height_m, parse_storeys
from itnt_core.city.files.height_units import (
    METRE,
    UNIT_WORDS,
    UNITS_M,
    HeightUnit,
    UnitFacts,
    in_new_york,
    split_name,
    unit_of,
)
from itnt_core.city.files.survey import HEIGHTS, Reading
from itnt_core.city.model import CityError

STOREY_M = 3.2
DEFAULT_HEIGHT_M = 3 * STOREY_M  # where not a single height is known
NEIGHBOURS = 8  # with a known height, of which an estimate takes the median

# Names in lower case without blanks, marks and a unit at their end, in the order in which they are taken.
HEIGHT_NAMES = (
    "height",
    "buildingheight",
    "bldgheight",
    "bldghght",
    "bldght",
    "measuredheight",
    "heightabsolute",
    "hgt",
    "hgtagl",
    "heightagl",
    "relh2",
    "relhmax",
    "heightmedian",
    "hgtmedian",
    "heightmean",
    "heightmax",
    "renderheight",
    "roofheight",
    "hoehe",
    "höhe",
    "gebhoehe",
    "hauteur",
    "altura",
    "altezza",
    "hoogte",
    "estheight",
    "heightroof",
    "h",
)
NEW_YORK_NAME = "heightroof"  # in feet where New York publishes it; GeoClimate writes metres under the same name
LEVEL_NAMES = (
    "buildinglevels",
    "levels",
    "storeysaboveground",
    "storeys",
    "stories",
    "numfloors",
    "numstories",
    "nbetages",
    "floors",
)
# Roof level minus ground level, both above one datum (3D BAG, OS MasterMap, LoD2 exports).
ROOF_AND_GROUND = (
    ("b3hdak50p", "b3hmaaiveld"),
    ("hdak50p", "hmaaiveld"),
    ("absh2", "abshmin"),
    ("roofz", "basez"),
    ("roofz", "groundz"),
    ("roofelev", "groundelev"),
    ("zroof", "zground"),
    ("zmax", "zmin"),
)
BASE_NAMES = ("minheight", "buildingminheight", "renderminheight")
BASE_LEVEL_NAMES = ("buildingminlevel", "minlevel")
OSM_NAMES = (
    "building:levels",
    "building:height",
    "building:part",
    "other_tags",
)  # whose heights are metres by its rules
UNIT_COLUMNS = ("heightunit", "heightunits", "heightuom", "hgtunit", "hgtunits")  # a text for each row: 'ft', 'metres'
STEMS = frozenset((*HEIGHT_NAMES, *BASE_NAMES, *(name for pair in ROOF_AND_GROUND for name in pair)))
NAMES = (*HEIGHT_NAMES, *LEVEL_NAMES, *BASE_NAMES, *BASE_LEVEL_NAMES, *UNIT_COLUMNS)
SHAPEFILE_NAME = 10  # letters that a Shapefile keeps of the name of a column
LEAST_LEFT = 7  # letters, without blanks and marks, that still say a name


class Heights(NamedTuple):
    """Hold what a file says about heights: metres above ground with NaN where nothing is said, and where it says so."""

    height_m: Array  # (n,)
    base_m: Array  # (n,): how far above the ground the building begins, 0.0 where nothing is said
    sources: tuple[str, ...]
    source_of: NDArray[np.int64]  # (n,): index into sources, -1 where nothing is said
    number_columns: tuple[str, ...]  # columns that could hold heights, for a person to choose from
    readings: tuple[Reading, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def source(self) -> str:
        """Return in one line where the heights come from, 'none' where nothing is said."""
        return ", then ".join(self.sources) or "none"

    @property
    def are_missing(self) -> NDArray[np.bool_]:
        """Return which rows (n,) have no height that can be."""
        return ~_believable(self.height_m)

    def filled(self, found_m: Array, source: str, unit: HeightUnit | None) -> Heights:
        """Return these heights with those missing taken from others (n,) in metres, whose numbers had a unit."""
        fills = ~_believable(self.height_m) & _believable(found_m)
        height_m = np.where(fills | np.isnan(self.height_m), found_m, self.height_m)  # what cannot be is counted
        if not fills.any():
            return self._replace(height_m=height_m)
        doubt = unit.doubt(source, found_m / unit.metres) if unit else None
        return self._replace(
            height_m=height_m,
            sources=(*self.sources, source),
            source_of=np.where(fills, len(self.sources), self.source_of),
            readings=(*self.readings, unit.reading(source)) if unit else self.readings,
            warnings=(*self.warnings, doubt) if doubt else self.warnings,
        )

    def of_parts(self, outline_of: NDArray[np.int64], unknown: NDArray[np.bool_]) -> Heights:
        """Return these heights where parts of buildings without one have that of their outline.

        ``outline_of`` (n,) is a row's outline, itself for most; ``unknown`` (n,) says which heights do not hold.
        """
        inherits = ~_believable(self.height_m) & (outline_of != np.arange(len(outline_of)))
        row = np.where(inherits, outline_of, np.arange(len(outline_of)))
        return self._replace(
            height_m=np.where(unknown, np.nan, self.height_m[row]),
            source_of=np.where(unknown, -1, self.source_of[row]),
        )

    def all_readings(self, built: NDArray[np.bool_], owners: NDArray[np.int64], chosen: str | None) -> list[Reading]:
        """Return the lines of the report: where heights come from, with counts, and their units.

        ``built`` (n,) says which rows are of buildings, ``owners`` (n,) of which.
        """
        if not self.sources:
            return []
        of_source = [built & (self.source_of == number) for number in range(len(self.sources))]
        counts = [np.unique(owners[rows]).size for rows in of_source]
        how = (
            "chosen by you"
            if chosen
            else "each takes the first that it has"
            if len(counts) > 1
            else "found in the file"
        )
        words = ", ".join(f"{count:,}" for count in counts)
        return [Reading(HEIGHTS, self.source, f"{how}: {words} buildings"), *self.readings]


def read_heights(
    columns: dict[str, Sequence[Any]],
    count: int,
    chosen: str | None,
    facts: UnitFacts,
    measured: tuple[Array, str, HeightUnit] | None = None,
) -> Heights:
    """Find heights among the columns of a table of ``count`` rows; ``chosen`` names the column to take instead.

    Each building takes the first of the sources above that it has; before them all stands what was ``measured``:
    heights (n,) in metres, what they are called, the unit that they had. Raises CityError for an unknown column, or one
    without a single height.
    """
    known = _known(columns)
    numbers = tuple(name for name in columns if _mostly_numbers(columns[name]))
    storeys, levels = _first(known, columns, LEVEL_NAMES, count, parse_storeys)
    heights = Heights(np.full(count, np.nan), _bases(known, columns, count, facts), (), np.full(count, -1), numbers)
    if chosen is not None:
        _check_chosen(columns, chosen, numbers)
    elif measured is not None:
        heights = heights.filled(*measured)
    for name, values, named in _height_columns(known, columns, chosen):
        values = _with_units(values, known, columns, count) if facts.chosen is None else values
        found, unit = _in_metres(values, facts, storeys, named, _usual_unit(name, columns, facts))
        heights = heights.filled(found, f"column '{name}'", unit)
    if chosen is not None:
        return heights
    heights = _with_levels(heights, known, columns, storeys, facts)
    return heights.filled(storeys * STOREY_M, f"column '{levels}' times {STOREY_M:g} m", None) if levels else heights


def storeys_of(columns: dict[str, Sequence[Any]], count: int) -> Array:
    """Return how many storeys each row of a table says (n,), NaN where it says none."""
    return _first(_known(columns), columns, LEVEL_NAMES, count, parse_storeys)[0]


def expand_tags(columns: dict[str, Sequence[Any]]) -> dict[str, Sequence[Any]]:
    """Spell out columns that hold tags as one text: JSON under 'tags', or OpenStreetMap's 'other_tags' (hstore)."""
    for name in ("tags", "other_tags"):
        if name not in columns:
            continue
        rows = [_tags(value) for value in columns[name]]
        keys = {key for row in rows for key in row} & TAGS_OF_USE
        fresh = {key: [row.get(key) for row in rows] for key in sorted(keys) if key not in columns}
        columns = {**columns, **fresh}
    return columns


TAGS_OF_USE = frozenset(
    {
        "height",
        "building:height",
        "building:levels",
        "min_height",
        "building:min_height",
        "min_level",
        "building:min_level",
        "man_made",
        "building",
        "building:part",
        "natural",
        "leisure",
        "landuse",
        "waterway",
        "water",
        "highway",
        "name",
        "est_height",
        "attribution",
        "source",
    }
)
_HSTORE = re.compile(r'"((?:[^"\\]|\\.)*)"=>"((?:[^"\\]|\\.)*)"')


def fill_missing(height_m: Array, centres_m: Array) -> tuple[Array, NDArray[np.bool_]]:
    """Replace heights that are missing or not believable by the median of the nearest known ones.

    ``centres_m`` (n, 2). Eight neighbours count, however far; where no height is known at all, every building gets
    three storeys. Returns the heights and which of them are estimated.
    """
    from scipy.spatial import cKDTree  # slow to import, and only imports need it

    estimated = ~_believable(height_m)
    if not estimated.any():
        return height_m, estimated
    filled = np.where(estimated, DEFAULT_HEIGHT_M, height_m)
    known = np.flatnonzero(~estimated)
    if known.size:
        _, nearest = cKDTree(centres_m[known]).query(centres_m[estimated], k=min(NEIGHBOURS, known.size))
        nearest = nearest.reshape(int(estimated.sum()), -1)
        filled[estimated] = np.round(np.median(height_m[known][nearest], axis=1), 1)
    return filled, estimated


def _known(columns: dict[str, Sequence[Any]]) -> dict[str, list[tuple[str, str | None]]]:
    """Return by plain name the columns that have it, each with the unit that its name says."""
    known: dict[str, list[tuple[str, str | None]]] = {}
    for name in columns:
        plain, unit = split_name(name, STEMS)
        known.setdefault(_whole(plain) if len(name) == SHAPEFILE_NAME else plain, []).append((name, unit))
    return known


def _whole(plain: str) -> str:
    """Return the name that a Shapefile cut off (HEIGHT_ROO), itself where none of ours begins so."""
    return next((name for name in NAMES if name.startswith(plain)), plain) if len(plain) >= LEAST_LEFT else plain


def _height_columns(
    known: dict[str, list[tuple[str, str | None]]], columns: dict[str, Sequence[Any]], chosen: str | None
) -> Iterator[tuple[str, Sequence[Any], str | None]]:
    """Yield the columns of heights in their order: name, values, unit that the name says; the chosen one alone."""
    if chosen is not None:
        yield chosen, columns[chosen], split_name(chosen, STEMS)[1]
        return
    for plain in HEIGHT_NAMES:
        for name, unit in known.get(plain, ()):
            yield name, columns[name], unit


def _with_units(
    values: Sequence[Any], known: dict[str, list[tuple[str, str | None]]], columns: dict[str, Sequence[Any]], count: int
) -> Sequence[Any]:
    """Return heights with the units that another column says row by row, as texts; themselves where there is none."""
    for plain in UNIT_COLUMNS:
        for name, _ in known.get(plain, ()):
            units = [UNIT_WORDS.get(str(unit).strip().lower()) for unit in columns[name]]
            return [
                f"{values[k]} {units[k]}" if units[k] and values[k] is not None else values[k] for k in range(count)
            ]
    return values


def _usual_unit(name: str, columns: dict[str, Sequence[Any]], facts: UnitFacts) -> HeightUnit | None:
    """Return the unit that those who publish such a table are known to use; None for any other table."""
    if any(tag in columns for tag in OSM_NAMES):
        return HeightUnit(1.0, "metre", "as OpenStreetMap has it")
    if split_name(name)[0] == NEW_YORK_NAME and in_new_york(columns, facts):
        return HeightUnit(FOOT_M, "foot", "as New York publishes this column")
    return None


def _in_metres(
    values: Sequence[Any], facts: UnitFacts, storeys: Array, named: str | None, usual: HeightUnit | None
) -> tuple[Array, HeightUnit]:
    """Return a column in metres, and the unit of the numbers that have none of their own."""
    own = _parsed(values, lambda value: parse_height_m(value, float("nan")))
    plain = np.where(np.isfinite(own), np.nan, _parsed(values, parse_height_m))
    if np.isfinite(own).any() and not np.isfinite(plain).any():
        return own, HeightUnit(1.0, "as written", "each height has a unit of its own")
    unit = (
        usual if usual is not None and facts.chosen is None and named is None else unit_of(facts, plain, storeys, named)
    )
    return np.where(np.isfinite(own), own, plain * unit.metres), unit


def _with_levels(
    heights: Heights,
    known: dict[str, list[tuple[str, str | None]]],
    columns: dict[str, Sequence[Any]],
    storeys: Array,
    facts: UnitFacts,
) -> Heights:
    """Fill missing heights with roof level minus ground level, of the first pair of columns that is there."""
    for roof, ground in ROOF_AND_GROUND:
        if roof in known and ground in known:
            (top, named), (bottom, _) = known[roof][0], known[ground][0]
            difference = _parsed(columns[top], parse_height_m) - _parsed(columns[bottom], parse_height_m)
            unit = unit_of(facts, difference, storeys, named)
            return heights.filled(difference * unit.metres, f"column '{top}' minus '{bottom}'", unit)
    return heights


def _bases(
    known: dict[str, list[tuple[str, str | None]]], columns: dict[str, Sequence[Any]], count: int, facts: UnitFacts
) -> Array:
    """Return how far above the ground each building begins (n,): metres, or storeys times 3.2 m."""
    unit = METRE if any(tag in columns for tag in OSM_NAMES) else facts.declared or METRE
    metres = UNITS_M[facts.chosen] if facts.chosen else unit.metres
    base, _ = _first(known, columns, BASE_NAMES, count, lambda value: parse_height_m(value, metres))
    level, _ = _first(known, columns, BASE_LEVEL_NAMES, count, parse_storeys)
    return np.maximum(np.nan_to_num(base), STOREY_M * np.nan_to_num(level))


def _believable(height_m: Array) -> NDArray[np.bool_]:
    with np.errstate(invalid="ignore"):
        return np.isfinite(height_m) & (height_m > 0.0) & (height_m <= HIGHEST_M)


def _parsed(values: Sequence[Any], parse: Callable[[Any], float]) -> Array:
    """Parse a column, each distinct text once."""
    array = np.asarray(values)
    if array.dtype.kind in "iuf":
        return np.array([parse(1.0)]) * array.astype(np.float64)
    known: dict[Any, float] = {}
    answer = np.full(len(array), np.nan)
    for index, value in enumerate(array.tolist()):
        if value is None or isinstance(value, bool | list | dict) or value != value:
            continue
        if value not in known:
            known[value] = parse(value)
        answer[index] = known[value]
    return answer


def _first(
    known: dict[str, list[tuple[str, str | None]]],
    columns: dict[str, Sequence[Any]],
    names: Sequence[str],
    count: int,
    parse: Callable[[Any], float],
) -> tuple[Array, str | None]:
    """Return the numbers of the first of the named columns that has any, and its name."""
    for plain in names:
        for name, _ in known.get(plain, ()):
            found = _parsed(columns[name], parse)
            if np.isfinite(found).any():
                return found, name
    return np.full(count, np.nan), None


def _check_chosen(columns: dict[str, Sequence[Any]], name: str, numbers: tuple[str, ...]) -> None:
    choice = f"choose one of {', '.join(repr(one) for one in numbers[:20])}" if numbers else "it has none with numbers"
    if name not in columns:
        raise CityError(f"The height column '{name:.60}' is not in the file: {choice}.")
    if not _believable(_parsed(columns[name], parse_height_m)).any():
        raise CityError(f"The height column '{name:.60}' holds no height between 0 and {HIGHEST_M:g} m: {choice}.")


def _mostly_numbers(values: Sequence[Any]) -> bool:
    found = _parsed(values[:2000], parse_height_m)
    given = sum(value is not None and value == value for value in list(values[:2000]))
    return bool(given and 2 * int(_believable(found).sum()) >= given)


def _tags(value: Any) -> dict[str, str]:
    if isinstance(value, dict):
        return {str(key): str(text) for key, text in value.items()}
    if not isinstance(value, str):
        return {}
    if value.lstrip().startswith("{"):
        try:
            found = json.loads(value)
        except (ValueError, RecursionError):
            return {}
        return {str(key): str(text) for key, text in found.items()} if isinstance(found, dict) else {}
    return dict(_HSTORE.findall(value))
