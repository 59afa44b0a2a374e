"""Building heights out of whatever a file says: metres, feet, storeys, roof and ground levels, or nothing at all."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from itnt_core.arrays import Array
from itnt_core.city.model import CityError

STOREY_M = 3.2
FOOT_M, INCH_M = 0.3048, 0.0254
UNITS_M = {"m": 1.0, "ft": FOOT_M}
HIGHEST_M = 1000.0  # the tallest building of the world has 828 m
DEFAULT_HEIGHT_M = 3 * STOREY_M  # where not a single height is known
NEIGHBOURS = 8  # with a known height, of which an estimate takes the median

# Names in lower case without blanks, "_", "-", ":" and "."; the first that holds a number is taken.
HEIGHT_NAMES = (
    "height",
    "heightm",
    "buildingheight",
    "bldgheight",
    "bldghgt",
    "measuredheight",
    "heightabsolute",
    "hgt",
    "hgtagl",
    "relh2",
    "relhmax",
    "heightmedian",
    "heightmean",
    "heightmax",
    "roofheightm",
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
IN_FEET = frozenset({"heightroof"})  # New York publishes this name in feet
LEVEL_NAMES = ("buildinglevels", "levels", "storeys", "stories", "numfloors", "nbetages", "floors")
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
BASE_NAMES = ("minheight", "buildingminheight")
BASE_LEVEL_NAMES = ("buildingminlevel", "minlevel")

_FEET_AND_INCHES = re.compile(r"^(\d+)\s*(?:'|ft|feet)\s*(\d+(?:\.\d+)?)\s*(?:\"|''|in|inches)?$", re.IGNORECASE)
_NUMBER = re.compile(
    r"^(?:~|ca\.?|approx\.?)?\s*([-+]?\d+(?:[.,]\d+)?(?:e[-+]?\d+)?)\s*(m|metres?|meters?|ft|feet|foot|')?\.?$",
    re.IGNORECASE,
)


class Heights(NamedTuple):
    """Hold what a file says about heights: metres above ground with NaN where nothing is said, and where it says so."""

    height_m: Array  # (n,)
    base_m: Array  # (n,): how far above the ground the building begins, 0.0 where nothing is said
    source: str
    number_columns: tuple[str, ...]  # columns that could hold heights, for a person to choose from


def parse_height_m(value: Any, unit_m: float = 1.0) -> float:
    """Read one height: a number (times ``unit_m``) or a text such as '24 m', '24,5', '80 ft', "80' 6\\""; else NaN."""
    if isinstance(value, int | float | np.number) and not isinstance(value, bool):
        return float(value) * unit_m
    text = str(value).strip()
    mixed = _FEET_AND_INCHES.match(text)
    if mixed:
        return float(mixed[1]) * FOOT_M + float(mixed[2]) * INCH_M
    plain = _NUMBER.match(text)
    if not plain:
        return float("nan")
    number = float(plain[1].replace(",", "."))
    unit = (plain[2] or "").lower()
    return number * (unit_m if not unit else 1.0 if unit.startswith("m") else FOOT_M)


def read_heights(columns: dict[str, Sequence[Any]], count: int, chosen: str | None, unit: str | None = None) -> Heights:
    """Find heights among the columns of a table of ``count`` rows; ``chosen`` names the column to take instead.

    Rows without a height in the first column that has any take their storeys times 3.2 m, else roof level minus ground
    level. Numbers without a unit are in ``unit`` ('m' or 'ft'). Raises CityError for an unknown column or unit, or one
    without a single number.
    """
    unit = unit or "m"
    if unit not in UNITS_M:
        raise CityError(f"The unit of heights is '{unit}', but 'm' or 'ft' is needed.")
    known = {_plain(name): name for name in reversed(list(columns))}
    numbers = tuple(name for name in columns if _mostly_numbers(columns[name]))
    base = np.nan_to_num(_first(known, columns, BASE_NAMES, count, parse_height_m)[0])
    base = np.maximum(base, STOREY_M * np.nan_to_num(_first(known, columns, BASE_LEVEL_NAMES, count, _level)[0]))
    if chosen is not None:
        return Heights(_chosen(columns, chosen, UNITS_M[unit], numbers), base, f"column '{chosen}'", numbers)
    sources = []
    height, name = _first(known, columns, HEIGHT_NAMES, count, lambda value: parse_height_m(value, UNITS_M[unit]))
    if name:
        sources.append(f"column '{name}'")
        if _plain(name) in IN_FEET and unit == "m":
            height, sources = height * FOOT_M, [f"column '{name}', in feet"]
    for words, found in (_storeys(known, columns, count), _level_difference(known, columns, count)):
        fills = ~_believable(height) & _believable(found)
        if fills.any():
            height = np.where(fills, found, height)
            sources.append(words)
    return Heights(height, base, ", then ".join(sources) or "none", numbers)


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
        "building:min_level",
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


def _believable(height_m: Array) -> NDArray[np.bool_]:
    with np.errstate(invalid="ignore"):
        return np.isfinite(height_m) & (height_m > 0.0) & (height_m <= HIGHEST_M)


def _plain(name: str) -> str:
    return re.sub(r"[\s_\-:.]", "", name).lower()


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
    known: dict[str, str],
    columns: dict[str, Sequence[Any]],
    names: Sequence[str],
    count: int,
    parse: Callable[[Any], float],
) -> tuple[Array, str | None]:
    """Return the numbers of the first of the named columns that has any, and its name."""
    for name in names:
        if name in known:
            found = _parsed(columns[known[name]], parse)
            if np.isfinite(found).any():
                return found, known[name]
    return np.full(count, np.nan), None


def _level(value: Any) -> float:
    return parse_height_m(value) if not isinstance(value, str) or re.fullmatch(r"[\d.,\s]+", value) else float("nan")


def _storeys(known: dict[str, str], columns: dict[str, Sequence[Any]], count: int) -> tuple[str, Array]:
    levels, name = _first(known, columns, LEVEL_NAMES, count, _level)
    return f"column '{name}' times {STOREY_M:g} m", levels * STOREY_M


def _level_difference(known: dict[str, str], columns: dict[str, Sequence[Any]], count: int) -> tuple[str, Array]:
    for roof, ground in ROOF_AND_GROUND:
        if roof in known and ground in known:
            difference = _parsed(columns[known[roof]], parse_height_m) - _parsed(columns[known[ground]], parse_height_m)
            return f"column '{known[roof]}' minus '{known[ground]}'", difference
    return "", np.full(count, np.nan)


def _chosen(columns: dict[str, Sequence[Any]], name: str, unit_m: float, numbers: tuple[str, ...]) -> Array:
    choice = f"choose one of {', '.join(repr(one) for one in numbers[:20])}" if numbers else "it has none with numbers"
    if name not in columns:
        raise CityError(f"The height column '{name:.60}' is not in the file: {choice}.")
    found = _parsed(columns[name], lambda value: parse_height_m(value, unit_m))
    if not _believable(found).any():
        raise CityError(f"The height column '{name:.60}' holds no height between 0 and {HIGHEST_M:g} m: {choice}.")
    return found


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
