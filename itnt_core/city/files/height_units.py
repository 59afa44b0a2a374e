"""The unit of heights: what a person chose, else what a file declares, else what its numbers plainly are.

A column's name can declare it (``height_ft``), and a vertical axis of the coordinate reference system; else storeys
beside the heights give it away; else heights are in the unit of the plan where the median building is then plausible,
else in metres. What was taken, and why, stands in the report.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from itnt_core.arrays import Array
from itnt_core.cached import cached_property
from itnt_core.city.files.crs import plan_of
from itnt_core.city.files.height_texts import FOOT_M, HIGHEST_M
from itnt_core.city.files.survey import UNIT, Reading

UNITS_M = {"m": 1.0, "ft": FOOT_M}  # the US survey foot is 2 mm longer on the tallest building of the world
LEAST_MEDIAN_M, MOST_MEDIAN_M = 2.0, 60.0  # of the buildings of a file: sheds, and the middle of Manhattan
FEWEST_FOR_MEDIAN = 3  # buildings, for a median to say anything
METRES_PER_STOREY = (2.2, 6.0)  # of buildings with two storeys and more; in feet 7 to 20, so the two do not meet
UNIT_NAMES = {"m": "metre", "ft": "foot"}
UNIT_WORDS = {  # with which the name of a column ends, the longest first
    **dict.fromkeys(("metres", "meters", "metre", "meter", "mtrs"), "m"),
    **dict.fromkeys(("feet", "foot", "ft"), "ft"),
    "m": "m",
}


# Building Footprints of NYC Open Data: https://data.cityofnewyork.us/d/5zhs-2jue, in both of its spellings.
NEW_YORK_COLUMNS = frozenset(
    {
        "basebbl",
        "bin",
        "cnstrctyr",
        "constructionyear",
        "doittid",
        "featcode",
        "featurecode",
        "groundelev",
        "groundelevation",
        "laststatustype",
        "lststatype",
        "mplutobbl",
    }
)
NEW_YORK_DEG = (-74.3, 40.45, -73.65, 40.95)  # west, south, east, north


class HeightUnit(NamedTuple):
    """Hold a unit of heights: its length in metres, its name, and why it was taken; not certain is to be looked at."""

    metres: float
    name: str
    why: str
    is_certain: bool = True

    def reading(self, of: str) -> Reading:
        """Return the line of the report about the unit of what is named."""
        return Reading(UNIT, f"{self.name}, of {of}", self.why)

    def doubt(self, of: str, values: Array) -> str | None:
        """Return what to ask a person about a unit that is not certain; ``values`` (n,) are in the unit."""
        if self.is_certain:
            return None
        median = _median(values)
        return (
            f"The file does not say in which unit the heights ({of}) are. {_plural(self.name)} were taken, since "
            f"the plan is in them: the median building is {median * self.metres:.1f} m high. If it is {median:.1f} m, "
            "read the file again with metres."
        )


METRE = HeightUnit(1.0, "metre", "usual, where nothing says another")


@dataclass(frozen=True)
class UnitFacts:
    """Hold what is known of a file's units before a height is looked at: chosen, declared, of the plan, and where.

    ``lonlat`` returns the middle of the file in degrees, or None.
    """

    chosen: str | None
    crs: Any
    lonlat: Callable[[], tuple[float, float] | None]

    @cached_property
    def declared(self) -> HeightUnit | None:
        """Return the unit that the system declares for heights, None where it has no vertical axis."""
        for axis in self.crs.axis_info if self.crs is not None else ():
            if str(axis.direction).lower() in ("up", "down"):
                why = f"declared by the vertical axis of '{self.crs.name[:80]}'"
                return HeightUnit(float(axis.unit_conversion_factor), axis.unit_name, why)
        return None

    @cached_property
    def of_plan(self) -> HeightUnit:
        """Return the unit of the plan, the metre for one in degrees."""
        plan = plan_of(self.crs) if self.crs is not None else None
        if plan is None or not plan.is_projected or not plan.axis_info:
            return METRE
        axis = plan.axis_info[0]
        return HeightUnit(
            float(axis.unit_conversion_factor), axis.unit_name, f"the plan is in {_plural(axis.unit_name)}"
        )


def unit_of(facts: UnitFacts, values: Array, storeys: Array | None = None, named: str | None = None) -> HeightUnit:
    """Find the unit of heights ``values`` (n,), NaN where unknown; ``named`` is the unit that their column's name says.

    ``storeys`` (n,) are those of the same buildings. A person's choice always wins.
    """
    if facts.chosen is not None:
        return HeightUnit(UNITS_M[facts.chosen], UNIT_NAMES[facts.chosen], "chosen by you")
    if named is not None:
        return HeightUnit(UNITS_M[named], UNIT_NAMES[named], "declared by the name of the column")
    return facts.declared or _by_storeys(values, storeys) or _by_plan(facts.of_plan, values)


def split_name(name: str, stems: Collection[str] = ()) -> tuple[str, str | None]:
    """Return the name of a column, small and without blanks and marks, and the unit with which it ends, if it does.

    Where nothing parts the unit from the rest, the rest must be one of ``stems``.

    >>> split_name("HEIGHT_FT"), split_name("Hoehe [m]"), split_name("heightm", ["height"]), split_name("form")
    (('height', 'ft'), ('hoehe', 'm'), ('height', 'm'), ('form', None))
    """
    *first, last = [word for word in re.split(r"[\W_]+|(?<=[a-z])(?=[A-Z])", name) if word] or [""]
    plain = "".join((*first, last)).lower()
    if first and last.lower() in UNIT_WORDS:
        return "".join(first).lower(), UNIT_WORDS[last.lower()]
    for word, unit in UNIT_WORDS.items():
        if plain.endswith(word) and plain.removesuffix(word) in stems:
            return plain.removesuffix(word), unit
    return plain, None


def in_new_york(columns: Collection[str], facts: UnitFacts) -> bool:
    """Say whether a table is New York's of buildings: by its other columns, else by where it lies."""
    if NEW_YORK_COLUMNS & {split_name(name)[0] for name in columns}:
        return True
    place = facts.lonlat()
    west, south, east, north = NEW_YORK_DEG
    return place is not None and west <= place[0] <= east and south <= place[1] <= north


def can_be(height_m: Array) -> NDArray[np.bool_]:
    """Return which heights (n,) in metres a building can have."""
    with np.errstate(invalid="ignore"):
        return np.isfinite(height_m) & (height_m > 0.0) & (height_m <= HIGHEST_M)


def implausible_median(height_m: Array) -> str | None:
    """Return a warning where the median of the heights (n,) in metres is that of no city; NaN is left out."""
    given = height_m[np.isfinite(height_m) & (height_m > 0.0)]
    possible = given[can_be(given)]  # 9999 and 65535 say that there is none, unless all are of their kind
    known = possible if possible.size else given
    if known.size < FEWEST_FOR_MEDIAN or LEAST_MEDIAN_M <= (median := float(np.median(known))) <= MOST_MEDIAN_M:
        return None
    return (
        f"The median building is {median:,.1f} m high, which few cities have: check unit and column of the heights, "
        "and read the file again with others where they are wrong."
    )


def _by_storeys(values: Array, storeys: Array | None) -> HeightUnit | None:
    """Return the unit in which storeys are as high as storeys are; None where they do not say."""
    if storeys is None:
        return None
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.where(storeys >= 2.0, values / storeys, np.nan)  # a hall of one storey has any height
    ratio = ratio[np.isfinite(ratio) & (ratio > 0.0)]
    if ratio.size >= FEWEST_FOR_MEDIAN:
        each = float(np.median(ratio))
        for name, metres in UNITS_M.items():
            if METRES_PER_STOREY[0] <= each * metres <= METRES_PER_STOREY[1]:
                return HeightUnit(metres, UNIT_NAMES[name], f"a storey is then {each * metres:.1f} m high")
    return None


def _by_plan(plan: HeightUnit, values: Array) -> HeightUnit:
    """Return the unit of the plan where the median building is plausible in it, else the metre."""
    if plan.metres == 1.0:
        return METRE
    median = _median(values)
    in_plan, in_metres = (LEAST_MEDIAN_M <= median * metres <= MOST_MEDIAN_M for metres in (plan.metres, 1.0))
    words = f"{plan.why}, and the median building is then {median * plan.metres:.1f} m high"
    if in_plan or not in_metres:
        return plan._replace(why=words, is_certain=not in_metres)
    return METRE._replace(
        why=f"in {_plural(plan.name)}, as the plan is, the median building would be {median * plan.metres:.1f} m"
    )


def _plural(unit: str) -> str:
    return unit.replace("foot", "feet").replace("metre", "metres")


def _median(values: Array) -> float:
    known = values[np.isfinite(values) & (values > 0.0)]
    return float(np.median(known)) if known.size else 0.0
