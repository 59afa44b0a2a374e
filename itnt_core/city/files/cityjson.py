"""CityJSON 1.x and 2.x, and CityJSONSeq, read as footprints with heights.

Heights are those of the tops above the lowest bottom of the same building, so terrain below does not matter, and a part
on another part or in the air keeps its place. Textures, templates and parts inside buildings are left out.
Specification: https://www.cityjson.org/specs/2.0.1/.
"""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np

from itnt_core.arrays import Array
from itnt_core.city.files.axes import AxisOrder, axis_order
from itnt_core.city.files.cityjson_shapes import (
    CityObject,
    Corners,
    are_mirrored,
    footprints,
    levels_of,
    lod_of,
    stand_on_ground,
)
from itnt_core.city.files.crs import crs_of, plan_of, system_reading
from itnt_core.city.files.height_table import Found, HeightTable
from itnt_core.city.files.height_units import UnitFacts, unit_of
from itnt_core.city.files.heights import read_heights
from itnt_core.city.files.survey import (
    BUILDING,
    OTHER,
    PARK,
    PARTS,
    WATER,
    ImportOptions,
    Reading,
    Survey,
)
from itnt_core.city.model import CityError
from itnt_core.scenario import metres_per_degree

BUILDINGS = frozenset({"Building", "BuildingPart"})
FLAT_KINDS = {"WaterBody": WATER, "PlantCover": PARK}
DAMAGE = (AttributeError, LookupError, TypeError, ValueError, RecursionError)  # what is not as the format says raises
DAMAGED_WORDS = "damaged objects"
FLAT_M = 0.5  # what rises less does not stand up
# What begins lower above the ground of its building stands on a slope; so does, higher up, what has its own ground.
LIFTED_M, LIFTED_OFF_GROUND_M = 2.5, 10.0


def is_cityjson(data: Any) -> bool:
    """Say whether parsed JSON calls itself CityJSON."""
    return isinstance(data, dict) and data.get("type") == "CityJSON"


def parse_sequence(text: str) -> tuple[dict[str, Any], int]:
    """Join a CityJSONSeq (a header line, then one CityJSONFeature a line) into one CityJSON object.

    Returns it with the number of lines that could not be read, which are left out; CityError where the first is one.
    """
    first, *lines = [line for line in text.splitlines() if line.strip()]
    try:
        header = json.loads(first)
    except (ValueError, RecursionError) as error:
        raise CityError(f"The CityJSONSeq file has a first line that is no JSON ({error}): export it again.") from error
    objects: dict[str, Any] = {}
    vertices: list[Any] = []
    damaged = 0
    for line in lines:
        try:
            own_objects, own_vertices = _feature_of_line(line, len(vertices))
        except (AttributeError, TypeError, ValueError, RecursionError):
            damaged += 1
            continue
        objects |= own_objects
        vertices += own_vertices
    return {**header, "CityObjects": objects, "vertices": vertices}, damaged


def _feature_of_line(line: str, by: int) -> tuple[dict[str, Any], list[Any]]:
    """Return the objects of a line of a CityJSONSeq, their corners counted on from ``by``, and its vertices."""
    feature = json.loads(line)
    if not isinstance(feature, dict) or feature.get("type") != "CityJSONFeature":
        return {}, []
    objects = {
        str(key): {**thing, "geometry": [_shifted(one, by) for one in thing.get("geometry") or ()]}
        for key, thing in dict(feature.get("CityObjects") or {}).items()
    }
    return objects, list(feature.get("vertices") or [])


def read_cityjson(data: dict[str, Any], options: ImportOptions) -> Survey:
    """Read parsed CityJSON into a survey; CityError with one sentence where it cannot be used."""
    try:
        return _read(data, options)
    except CityError:
        raise
    except DAMAGE as error:
        raise CityError(
            f"The CityJSON file is damaged: something is not as the format says ({error!s:.120}); export it again."
        ) from error


def _read(data: dict[str, Any], options: ImportOptions) -> Survey:
    version = str(data.get("version", ""))
    if not re.fullmatch(r"[12](\.\d+)*", version):
        raise CityError(f"The CityJSON file has version '{version:.20}', but 1.x or 2.x is needed: convert it.")
    crs, objects, vertices = _crs(data, options), _objects(data), _vertices(data)
    try:
        survey = _surveyed(objects, vertices, crs, options)
    except DAMAGE:
        corners: Corners = vertices.tolist()
        sound = [one for one in objects if _is_sound(one, vertices, corners)]
        if not sound or len(sound) == len(objects):
            raise
        survey = _surveyed(sound, vertices, crs, options)
        survey.other_words[DAMAGED_WORDS] = len(objects) - len(sound)
    survey.form, survey.attribution = f"CityJSON {version}", _attribution(data)
    return survey


def _is_sound(one: CityObject, vertices: Array, corners: Corners) -> bool:
    """Say whether an object alone can be read: what is damaged costs itself, not the city."""
    try:
        are_mirrored([one], corners)
        levels_of([one], corners)
        stand_on_ground([one])
        footprints([one], vertices, corners)
    except DAMAGE:
        return False
    return True


def _surveyed(objects: list[CityObject], all_vertices: Array, crs: Any, options: ImportOptions) -> Survey:
    vertices, order = _east_first(all_vertices, objects, crs, options)
    facts = UnitFacts(options.height_unit, crs, lambda: None)
    corners_m = _corners_in_metres(vertices, facts)
    shapes = footprints(objects, vertices, corners_m)  # first: it takes the most memory
    by_name = {name: number for number, name in enumerate(dict.fromkeys(one.owner for one in objects))}
    owners = np.array([by_name[one.owner] for one in objects], dtype=np.int64)
    table = HeightTable(_attribute_columns(objects), len(objects), facts)
    measured, base_m = _stack(objects, corners_m, owners, facts, table.storeys)
    heights = read_heights(table, len(objects), options.height_column, measured)
    built = np.array([one.kind == BUILDING for one in objects], dtype=bool)
    survey = Survey(
        shapes=shapes,
        kinds=np.array([one.kind for one in objects], dtype=np.int64),
        height_m=heights.height_m,
        base_m=heights.base_m if options.height_column else base_m,
        owners=owners,
        names=[_text(one.attributes.get("name")) for one in objects],
        widths_m=np.zeros(len(objects)),
        crs=crs,
        form="CityJSON",
        height_source=heights.source,
        number_columns=heights.number_columns,
        attribution="",
        other_words=_left_out(objects),
        readings=[
            system_reading(crs, options),
            *heights.all_readings(built, owners, options.height_column),
            *_parts_reading(base_m),
        ],
        warnings=list(heights.warnings),
    )
    order.note_in(survey)
    return survey


def _parts_reading(base_m: Array) -> list[Reading]:
    raised = int((base_m > 0.0).sum())
    words = f"{raised:,} begin above the ground of their building"
    return [Reading(PARTS, words, "by the lowest of its bottoms")] if raised else []


def _stack(
    objects: list[CityObject], corners_m: Corners, owners: Any, facts: UnitFacts, storeys: Array
) -> tuple[Found, Array]:
    """Return how high objects reach above the ground of their buildings, and how high they begin (n,) in metres."""
    bottom, top = levels_of(objects, corners_m)
    with np.errstate(invalid="ignore"):
        unit = unit_of(facts, np.where(top > bottom, top - bottom, np.nan), storeys)
        stands = (top - bottom) * unit.metres > FLAT_M
    ground = np.full(len(objects), np.inf)
    np.minimum.at(ground, owners[stands], bottom[stands])
    ground = np.where(stands, ground[owners], np.nan)
    base_m = np.nan_to_num((bottom - ground) * unit.metres)
    least_m = np.where(stand_on_ground(objects), LIFTED_OFF_GROUND_M, LIFTED_M)
    return Found((top - ground) * unit.metres, "geometry", unit), np.where(base_m > least_m, base_m, 0.0)


def _east_first(
    vertices: Array, objects: list[CityObject], crs: Any, options: ImportOptions
) -> tuple[Array, AxisOrder]:
    """Return the vertices (k, 3) as east, north, up, whatever their order in the file."""
    low, high = (vertices.min(axis=0), vertices.max(axis=0)) if len(vertices) else (np.full(3, np.nan),) * 2
    order = axis_order(
        np.array([*low[:2], *high[:2]]), crs, options.axis_order, lambda: are_mirrored(objects, vertices.tolist())
    )
    turned = vertices[:, [1, 0, 2]] if order.north_first else vertices
    is_depth = any(str(axis.direction).lower() == "down" for axis in crs.axis_info)
    return turned * [1.0, 1.0, -1.0] if is_depth else turned, order


def _corners_in_metres(vertices: Array, facts: UnitFacts) -> Corners:
    """Return vertices as plain numbers with a plan in metres, whatever that of the file is in."""
    scale_m = (facts.of_plan.metres,) * 2
    if plan_of(facts.crs).is_geographic and len(vertices):
        scale_m = metres_per_degree(float(np.median(vertices[:, 1])))
    plain: Corners = (vertices * [*scale_m, 1.0]).tolist()
    return plain


def _crs(data: dict[str, Any], options: ImportOptions) -> Any:
    metadata = data.get("metadata")
    named = metadata.get("referenceSystem") if isinstance(metadata, dict) else None
    if options.crs:
        return crs_of(options.crs)
    if not isinstance(named, str):
        raise CityError(
            "The CityJSON file names no coordinate reference system (metadata.referenceSystem): say which it is, for "
            "example EPSG:28992 in the Netherlands (--crs EPSG:28992, or the field for it on the page)."
        )
    return crs_of(named)


def _vertices(data: dict[str, Any]) -> Array:
    try:
        vertices = np.array(data["vertices"], dtype=np.float64).reshape(-1, 3)
        transform = data.get("transform")
        if transform is not None:
            with np.errstate(over="ignore"):  # told below
                vertices = vertices * np.array(transform["scale"], dtype=np.float64)
                vertices = vertices + np.array(transform["translate"], dtype=np.float64)
    except (KeyError, TypeError, ValueError) as error:
        raise CityError("The CityJSON file has no usable vertices or transform: export it again.") from error
    if not np.isfinite(vertices).all():
        raise CityError("The CityJSON file has a vertex that is not a finite number: export it again.")
    return np.asarray(vertices)


def _objects(data: dict[str, Any]) -> list[CityObject]:
    """List the objects that have a geometry of their own; a building of solid parts stands for its parts."""
    raw = data.get("CityObjects")
    if not isinstance(raw, dict):
        raise CityError("The CityJSON file has no CityObjects: choose a file with buildings.")
    things = {key: thing for key, thing in raw.items() if isinstance(thing, dict)}
    objects = []
    for key, thing in things.items():
        geometries = [one for one in thing.get("geometry") or () if isinstance(one, dict) and one.get("boundaries")]
        word = str(thing.get("type"))
        children = [things[child] for child in thing.get("children") or () if child in things]
        parts = [child for child in children if child.get("type") == "BuildingPart"]  # the others stand on or in it
        in_parts = any(lod_of(one) >= 1.0 for part in parts for one in part.get("geometry") or ())
        if not geometries or (word == "Building" and in_parts):
            continue
        kind = BUILDING if word in BUILDINGS else FLAT_KINDS.get(word, OTHER)
        attributes = thing.get("attributes")
        objects.append(
            CityObject(kind, word, _root(key, things), attributes if isinstance(attributes, dict) else {}, geometries)
        )
    return objects


def _root(key: str, things: dict[str, Any]) -> str:
    for _ in range(10):
        parents = things.get(key, {}).get("parents") or ()
        if not parents or things.get(str(parents[0]), {}).get("type") not in BUILDINGS:
            break
        key = str(parents[0])
    return key


def _shifted(geometry: dict[str, Any], by: int) -> dict[str, Any]:
    def shift(values: Any) -> Any:
        return [shift(value) if isinstance(value, list) else value + by for value in values]

    return {**geometry, "boundaries": shift(geometry.get("boundaries") or [])}


def _attribute_columns(objects: list[CityObject]) -> dict[str, Any]:
    """Return the attributes of the buildings as columns over all objects."""
    names = dict.fromkeys(name for one in objects if one.kind == BUILDING for name in one.attributes)
    return {name: [_attribute(one.attributes.get(name)) for one in objects] for name in list(names)[:300]}


def _attribute(value: Any) -> str | int | float | None:
    """Return an attribute that is a text or a number; one with a unit beside it, as CityGML has it, as '12 ft'."""
    if isinstance(value, dict) and isinstance(value.get("value"), int | float):
        return f"{value['value']} {value.get('uom') or ''}"
    return value if isinstance(value, str | int | float) else None


def _left_out(objects: list[CityObject]) -> dict[str, int]:
    words: dict[str, int] = {}
    for one in objects:
        if one.kind == OTHER:
            words[f"no buildings ({one.word:.30})"] = words.get(f"no buildings ({one.word:.30})", 0) + 1
    return words


def _attribution(data: dict[str, Any]) -> str:
    metadata = data.get("metadata")
    if not isinstance(metadata, dict):
        return ""
    contact = metadata.get("pointOfContact")
    by = contact.get("contactName") if isinstance(contact, dict) else None
    parts = [metadata.get("title"), by, metadata.get("license")]
    return ", ".join(str(part)[:120] for part in parts if isinstance(part, str))


def _text(value: Any) -> str | None:
    return value.strip()[:40] or None if isinstance(value, str) else None
