"""CityJSON 1.x and 2.x, and CityJSONSeq, read as footprints with heights.

The footprint of an object is its LoD0 shape where there is one, else the ground surfaces or the downward faces of its
lowest solid, else everything projected onto the ground. The height is the range of z of its lowest LoD above 0, so
terrain below does not matter. Textures, templates and parts inside buildings are left out. Specification:
https://www.cityjson.org/specs/2.0.1/.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from itnt_core.arrays import Array
from itnt_core.city.files.crs import crs_of, system_reading
from itnt_core.city.files.heights import read_heights
from itnt_core.city.files.survey import (
    BUILDING,
    OTHER,
    PARK,
    WATER,
    ImportOptions,
    Survey,
)
from itnt_core.city.model import CityError

BUILDINGS = frozenset({"Building", "BuildingPart"})
FLAT_KINDS = {"WaterBody": WATER, "PlantCover": PARK}
NEAREST_M2 = 0.01  # faces with less ground area are walls
FLAT_M = 0.5  # what rises less does not stand up


class _Object(NamedTuple):
    """Hold one city object: its kind, the building it belongs to, its attributes and its geometries by LoD."""

    kind: int
    word: str
    owner: str
    attributes: dict[str, Any]
    geometries: list[dict[str, Any]]


def is_cityjson(data: Any) -> bool:
    """Say whether parsed JSON calls itself CityJSON."""
    return isinstance(data, dict) and data.get("type") == "CityJSON"


def parse_sequence(text: str) -> dict[str, Any]:
    """Join a CityJSONSeq (a header line, then one CityJSONFeature a line) into one CityJSON object."""
    lines = [line for line in text.splitlines() if line.strip()]
    try:
        header, *features = [json.loads(line) for line in lines]
    except (ValueError, RecursionError) as error:
        raise CityError(f"The CityJSONSeq file has a line that is no JSON ({error}): export it again.") from error
    try:
        return {**header, **_joined_features(features)}
    except (AttributeError, TypeError, ValueError, RecursionError) as error:
        raise CityError(f"The CityJSONSeq file has a damaged feature ({error!s:.120}): export it again.") from error


def _joined_features(features: list[Any]) -> dict[str, Any]:
    objects: dict[str, Any] = {}
    vertices: list[Any] = []
    for feature in features:
        if not isinstance(feature, dict) or feature.get("type") != "CityJSONFeature":
            continue
        for key, thing in dict(feature.get("CityObjects") or {}).items():
            shifted = [_shifted(one, len(vertices)) for one in thing.get("geometry") or ()]
            objects[str(key)] = {**thing, "geometry": shifted}
        vertices += feature.get("vertices") or []
    return {"CityObjects": objects, "vertices": vertices}


def read_cityjson(data: dict[str, Any], options: ImportOptions) -> Survey:
    """Read parsed CityJSON into a survey; CityError with one sentence where it cannot be used."""
    try:
        return _read(data, options)
    except CityError:
        raise
    except (AttributeError, LookupError, TypeError, ValueError, RecursionError) as error:
        raise CityError(
            f"The CityJSON file is damaged: something is not as the format says ({error!s:.120}); export it again."
        ) from error


def _read(data: dict[str, Any], options: ImportOptions) -> Survey:
    version = str(data.get("version", ""))
    if not re.fullmatch(r"[12](\.\d+)*", version):
        raise CityError(f"The CityJSON file has version '{version:.20}', but 1.x or 2.x is needed: convert it.")
    vertices = _vertices(data)
    crs = _crs(data, options)
    objects = _objects(data)
    shapes, measured = _shapes(objects, vertices)
    columns = _attribute_columns(objects)
    given = read_heights(columns, len(objects), options.height_column, options.height_unit)
    heights = given.height_m if options.height_column else np.where(np.isfinite(measured), measured, given.height_m)
    built = np.array([one.kind == BUILDING for one in objects], dtype=bool)
    by_name = {name: number for number, name in enumerate(dict.fromkeys(one.owner for one in objects))}
    return Survey(
        shapes=shapes,
        kinds=np.array([one.kind for one in objects], dtype=np.int64),
        height_m=np.asarray(heights, dtype=np.float64),
        base_m=np.zeros(len(objects)),
        owners=np.array([by_name[one.owner] for one in objects], dtype=np.int64),
        names=[_text(one.attributes.get("name")) for one in objects],
        widths_m=np.zeros(len(objects)),
        crs=crs,
        form=f"CityJSON {version}",
        height_source=given.source if options.height_column else _source_words(measured[built], given.source),
        number_columns=given.number_columns,
        attribution=_attribution(data),
        other_words=_left_out(objects),
        readings=[system_reading(crs, options)],
    )


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


def _objects(data: dict[str, Any]) -> list[_Object]:
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
        in_parts = any(_lod(one) >= 1.0 for child in children for one in child.get("geometry") or ())
        if not geometries or (word == "Building" and in_parts):
            continue
        kind = BUILDING if word in BUILDINGS else FLAT_KINDS.get(word, OTHER)
        attributes = thing.get("attributes")
        objects.append(
            _Object(kind, word, _root(key, things), attributes if isinstance(attributes, dict) else {}, geometries)
        )
    return objects


def _root(key: str, things: dict[str, Any]) -> str:
    for _ in range(10):
        parents = things.get(key, {}).get("parents") or ()
        if not parents or things.get(str(parents[0]), {}).get("type") not in BUILDINGS:
            break
        key = str(parents[0])
    return key


def _shapes(objects: list[_Object], vertices: Array) -> tuple[NDArray[Any], Array]:
    """Return footprints (n,) and heights (n,) of objects, NaN where nothing stands up; all faces at once."""
    corners = vertices.tolist()  # plain numbers: faces are too short for arrays of their own
    heights = np.array([_height_m(one, corners) for one in objects])
    grounds = [_ground_faces(one, corners) for one in objects]
    flat = _polygons([face for faces in grounds for face in faces], vertices)
    shapes = np.empty(len(objects), dtype=object)
    first = 0
    for index, faces in enumerate(grounds):
        shapes[index] = flat[first] if len(faces) == 1 else _joined(flat[first : first + len(faces)])
        first += len(faces)
    return shapes, heights


def _height_m(one: _Object, corners: list[list[float]]) -> float:
    """Return the range of z of the lowest LoD above 0; NaN where there is none or it lies flat."""
    solid = min((one for one in one.geometries if _lod(one) >= 1.0), key=_lod, default=None)
    if one.kind != BUILDING or solid is None:
        return float("nan")
    up = [corners[index][2] for face in _faces(solid["boundaries"]) for ring in face for index in ring]
    height = max(up, default=0.0) - min(up, default=0.0)
    return height if height > FLAT_M else float("nan")


def _ground_faces(one: _Object, corners: list[list[float]]) -> list[list[list[int]]]:
    """Return the faces that make up the ground of an object's lowest LoD; of a closed solid, those that look down."""
    if one.kind == OTHER:
        return []
    geometry = min(one.geometries, key=_lod)
    faces = [face for face in _faces(geometry["boundaries"]) if len(face[0]) >= 3]
    values, surfaces = _semantics(geometry)
    labelled = [surfaces[value] == "GroundSurface" if isinstance(value, int) else False for value in values]
    ground = [face for face, is_ground in zip(faces, labelled, strict=False) if is_ground]
    if ground and len(labelled) == len(faces):
        return ground
    areas = [_signed_area([corners[index] for index in face[0]]) for face in faces]
    down, up = -sum(area for area in areas if area < 0.0), sum(area for area in areas if area > 0.0)
    closed = "Solid" in str(geometry.get("type")) and abs(down - up) <= 0.01 * max(down, up)
    return [
        face
        for face, area in zip(faces, areas, strict=True)
        if (area < -NEAREST_M2 if closed else abs(area) > NEAREST_M2)
    ]


def _joined(shapes: NDArray[Any]) -> Any:
    """Return the union of polygons; quickly where they meet edge to edge, as triangulated ground does."""
    if len(shapes) < 2:
        return shapes[0] if len(shapes) else None
    if shapely.is_valid(shapes).all():
        try:
            whole = shapely.coverage_union_all(shapes)
            if shapely.is_valid(whole) and abs(whole.area - shapely.area(shapes).sum()) <= 1e-6 * whole.area:
                return whole
        except shapely.errors.GEOSException:  # they overlap
            pass
    return shapely.union_all(shapely.make_valid(shapes))


def _polygons(faces: list[list[list[int]]], vertices: Array) -> NDArray[Any]:
    """Make a flat polygon of every face, all rings at once."""
    if not faces:
        return np.zeros(0, dtype=object)
    rings = [(number, ring) for number, face in enumerate(faces) for ring in face if len(ring) >= 3]
    corners = np.array([index for _, ring in rings for index in ring], dtype=np.int64)
    lengths = [len(ring) for _, ring in rings]
    lines = shapely.linearrings(vertices[corners, :2], indices=np.repeat(np.arange(len(rings)), lengths))
    return np.asarray(shapely.polygons(lines, indices=np.array([number for number, _ in rings])))


def _signed_area(ring: list[list[float]]) -> float:
    """Return the area of a ring seen from above, negative where it runs clockwise; plain numbers: rings are short."""
    origin_east, origin_north = ring[0][:2]
    area = 0.0
    east, north = ring[-1][0] - origin_east, ring[-1][1] - origin_north
    for point in ring:
        next_east, next_north = point[0] - origin_east, point[1] - origin_north
        area += east * next_north - next_east * north
        east, north = next_east, next_north
    return 0.5 * area


def _faces(boundaries: Any) -> Iterator[list[list[int]]]:
    """Yield every face, a list of rings, however deep the boundaries of a geometry nest it."""
    if boundaries and isinstance(boundaries[0], list) and boundaries[0] and isinstance(boundaries[0][0], int):
        yield boundaries
        return
    for inner in boundaries:
        if isinstance(inner, list) and inner:
            yield from _faces(inner)


def _semantics(geometry: dict[str, Any]) -> tuple[list[Any], list[str]]:
    """Return per face the number of its semantic surface, and the types of the surfaces."""
    semantics = geometry.get("semantics")
    if not isinstance(semantics, dict):
        return [], []
    surfaces = [str(one.get("type")) for one in semantics.get("surfaces") or ()]
    return list(_flat(semantics.get("values") or [])), surfaces


def _flat(values: Any) -> Iterator[Any]:
    for value in values:
        if isinstance(value, list):
            yield from _flat(value)
        else:
            yield value


def _lod(geometry: Any) -> float:
    try:
        return float(geometry.get("lod", 1.0))
    except (TypeError, ValueError, AttributeError):
        return 1.0


def _shifted(geometry: dict[str, Any], by: int) -> dict[str, Any]:
    def shift(values: Any) -> Any:
        return [shift(value) if isinstance(value, list) else value + by for value in values]

    return {**geometry, "boundaries": shift(geometry.get("boundaries") or [])}


def _attribute_columns(objects: list[_Object]) -> dict[str, Any]:
    """Return the attributes of the buildings as columns over all objects."""
    names = dict.fromkeys(name for one in objects if one.kind == BUILDING for name in one.attributes)
    plain = (str, int, float)
    return {
        name: [value if isinstance(value := one.attributes.get(name), plain) else None for one in objects]
        for name in list(names)[:300]
    }


def _source_words(measured: Array, given: str) -> str:
    if not np.isfinite(measured).any():
        return given
    return "geometry" if np.isfinite(measured).all() or given == "none" else f"geometry, then {given}"


def _left_out(objects: list[_Object]) -> dict[str, int]:
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
