"""The columns of a table in which heights, storeys and levels stand, by the names that people give them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from itnt_core.arrays import Array
from itnt_core.cached import cached_property
from itnt_core.city.files.height_texts import FOOT_M, HIGHEST_M, parse_height_m, parse_storeys
from itnt_core.city.files.height_units import (
    METRE,
    UNIT_WORDS,
    UNITS_M,
    HeightUnit,
    UnitFacts,
    can_be,
    in_new_york,
    split_name,
    unit_of,
)
from itnt_core.city.model import CityError

STOREY_M = 3.2
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
ROOF_TAGS = "roof:"  # OpenStreetMap's: roof:height is that of the roof alone, and chosen only by a person
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
MOST_ROWS_ASKED = 2000  # to say whether a column holds numbers


class Found(NamedTuple):
    """Hold heights (n,) in metres, NaN where none is said, where they stand, and the unit that they had, if any."""

    height_m: Array
    source: str
    unit: HeightUnit | None


class HeightTable:
    """Look for heights in the columns of a table of ``count`` rows, whose units follow from ``facts``."""

    def __init__(self, columns: dict[str, Sequence[Any]], count: int, facts: UnitFacts) -> None:
        self._columns, self._count, self._facts = columns, count, facts
        self._known: dict[
            str, list[tuple[str, str | None]]
        ] = {}  # by plain name: columns, and the units in their names
        for name in columns:
            if name.lower().startswith(ROOF_TAGS):
                continue
            plain, unit = split_name(name, STEMS)
            self._known.setdefault(_whole(plain) if len(name) == SHAPEFILE_NAME else plain, []).append((name, unit))
        self._is_osm = any(tag in columns for tag in OSM_NAMES)

    @cached_property
    def number_columns(self) -> tuple[str, ...]:
        """Return the columns that could hold heights, for a person to choose from."""
        return tuple(name for name in self._columns if _mostly_numbers(self._columns[name]))

    @property
    def storeys(self) -> Array:
        """Return how many storeys each row says (n,), NaN where it says none."""
        return self._storeys[0]

    @cached_property
    def _storeys(self) -> tuple[Array, str | None]:
        return self._first(LEVEL_NAMES, lambda value, named: parse_storeys(value))

    def chosen(self, name: str) -> Found:
        """Return the column that a person chose; CityError where it is none, or holds no height."""
        numbers = self.number_columns
        choice = f"choose one of {', '.join(map(repr, numbers[:20]))}" if numbers else "it has none with numbers"
        if name not in self._columns:
            raise CityError(f"The height column '{name:.60}' is not in the file: {choice}.")
        found = self._column(name, split_name(name, STEMS)[1])
        if not can_be(found.height_m).any():
            raise CityError(f"The height column '{name:.60}' holds no height between 0 and {HIGHEST_M:g} m: {choice}.")
        return found

    def heights(self) -> Iterator[Found]:
        """Yield what the columns say about heights, in the order in which it is taken."""
        for plain in HEIGHT_NAMES:
            for name, unit in self._known.get(plain, ()):
                yield self._column(name, unit)
        for roof, ground in ROOF_AND_GROUND:
            if roof in self._known and ground in self._known:
                yield self._difference(*self._known[roof][0], self._known[ground][0][0])
                break
        storeys, column = self._storeys
        if column is not None:
            yield Found(storeys * STOREY_M, f"column '{column}' times {STOREY_M:g} m", None)

    def bases_m(self, unit: HeightUnit | None) -> Array:
        """Return how far above the ground each building begins (n,): in the unit of heights, or storeys times 3.2 m."""
        usual = METRE if self._is_osm else unit or self._facts.declared or METRE
        metres = UNITS_M[self._facts.chosen] if self._facts.chosen else usual.metres
        base, _ = self._first(BASE_NAMES, lambda value, named: parse_height_m(value, UNITS_M.get(named or "", metres)))
        level, _ = self._first(BASE_LEVEL_NAMES, lambda value, named: parse_storeys(value))
        return np.maximum(np.nan_to_num(base), STOREY_M * np.nan_to_num(level))

    def _column(self, name: str, named: str | None) -> Found:
        """Return a column in metres, with the unit of the numbers that have none of their own."""
        values, source = self._with_units(self._columns[name]), f"column '{name}'"
        own = _parsed(values, lambda value: parse_height_m(value, float("nan")))
        plain = np.where(np.isfinite(own), np.nan, _parsed(values, parse_height_m))
        if np.isfinite(own).any() and not np.isfinite(plain).any():
            return Found(own, source, HeightUnit(1.0, "as written", "each height has a unit of its own"))
        usual = self._usual_unit(name) if self._facts.chosen is None and named is None else None
        unit = usual or unit_of(self._facts, plain, self.storeys, named)
        return Found(np.where(np.isfinite(own), own, plain * unit.metres), source, unit)

    def _difference(self, top: str, named: str | None, bottom: str) -> Found:
        difference = _parsed(self._columns[top], parse_height_m) - _parsed(self._columns[bottom], parse_height_m)
        unit = unit_of(self._facts, difference, self.storeys, named)
        return Found(difference * unit.metres, f"column '{top}' minus '{bottom}'", unit)

    def _with_units(self, values: Sequence[Any]) -> Sequence[Any]:
        """Return heights with the units that another column says row by row, as texts; themselves without one."""
        column = next((self._known[plain][0][0] for plain in UNIT_COLUMNS if plain in self._known), None)
        if column is None or self._facts.chosen is not None:
            return values
        units = [UNIT_WORDS.get(str(unit).strip().lower()) for unit in self._columns[column]]
        return [
            value if value is None or unit is None else f"{value} {unit}"
            for value, unit in zip(values, units, strict=True)
        ]

    def _usual_unit(self, name: str) -> HeightUnit | None:
        """Return the unit that those who publish such a table are known to use; None for any other table."""
        if self._is_osm:
            return HeightUnit(1.0, "metre", "as OpenStreetMap has it")
        if split_name(name)[0] == NEW_YORK_NAME and in_new_york(self._columns, self._facts):
            return HeightUnit(FOOT_M, "foot", "as New York publishes this column")
        return None

    def _first(self, names: Sequence[str], parse: Callable[..., float]) -> tuple[Array, str | None]:
        """Return the numbers of the first of the named columns that has any, and its name; parse(value, named=unit)."""
        for plain in names:
            for name, unit in self._known.get(plain, ()):
                found = _parsed(self._columns[name], partial(parse, named=unit))
                if np.isfinite(found).any():
                    return found, name
        return np.full(self._count, np.nan), None


def _whole(plain: str) -> str:
    """Return the name that a Shapefile cut off (HEIGHT_ROO), itself where none of ours begins so."""
    return next((name for name in NAMES if name.startswith(plain)), plain) if len(plain) >= LEAST_LEFT else plain


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


def _mostly_numbers(values: Sequence[Any]) -> bool:
    found = _parsed(values[:MOST_ROWS_ASKED], parse_height_m)
    given = sum(value is not None and value == value for value in list(values[:MOST_ROWS_ASKED]))
    return bool(given and 2 * int(can_be(found).sum()) >= given)
