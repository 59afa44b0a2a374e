"""GeoJSON before GDAL sees it: single features and shapes become a collection, and links in it are taken out.

Its coordinate reference system may be a link, and GDAL would follow it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from itnt_core.city.files.crs import is_known_form
from itnt_core.city.files.survey import ImportOptions
from itnt_core.city.model import CityError

_SHAPES = ("Polygon", "MultiPolygon", "GeometryCollection", "Point", "MultiPoint", "LineString", "MultiLineString")


def collection_of(data: Any) -> dict[str, Any] | None:
    """Return GeoJSON as a FeatureCollection, itself where it is one; None for what is no GeoJSON.

    Features one after another (RFC 8142, or one a line), a single feature and bare shapes are gathered; a bare
    collection of shapes is taken apart, for nothing says that they are one building.
    """
    if isinstance(data, dict) and data.get("type") == "FeatureCollection":
        return data
    features = [feature for record in (data if isinstance(data, list) else [data]) for feature in _features(record)]
    return {"type": "FeatureCollection", "features": features} if features else None


def _features(record: Any) -> list[Any]:
    kind = record.get("type") if isinstance(record, dict) else None
    if kind == "Feature":
        return [record]
    if kind == "FeatureCollection":
        features = record.get("features")
        return features if isinstance(features, list) else []
    if kind == "GeometryCollection":
        shapes = record.get("geometries")
        return [_feature(shape) for shape in shapes] if isinstance(shapes, list) else []
    return [_feature(record)] if kind in _SHAPES else []


def _feature(shape: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": {}, "geometry": shape}


def drop_links(data: dict[str, Any], options: ImportOptions) -> bool:
    """Take out of parsed GeoJSON, in place, every ``crs`` member that is more than a known code; say whether one was.

    The member is of the format of 2008; RFC 7946 has none. CityError where the one of the collection goes and nobody
    has said which system it is.
    """
    dropped = False
    for holder in _holders(data):
        for key in [key for key in holder if key.lower() == "crs"]:
            if holder is data and _is_harmless(holder[key]):
                continue
            if holder is data and not options.crs:
                raise CityError(
                    "The GeoJSON file names its coordinate reference system by something to look up elsewhere, which "
                    "is not done: say which it is, for example EPSG:27700 (--crs EPSG:27700, or the field for it on "
                    "the page)."
                )
            del holder[key]
            dropped = True
    return dropped


def _holders(data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield every object in which GDAL looks for the member: collection, features, shapes and their parts."""
    yield data
    features = data.get("features")
    for feature in features if isinstance(features, list) else ():
        if isinstance(feature, dict):
            yield feature
            yield from _shapes(feature.get("geometry"))


def _shapes(geometry: Any) -> Iterator[dict[str, Any]]:
    waiting = [geometry]
    while waiting:
        shape = waiting.pop()
        if isinstance(shape, dict):
            yield shape
            parts = shape.get("geometries")
            waiting += parts if isinstance(parts, list) else []


def _is_harmless(member: Any) -> bool:
    """Say whether a ``crs`` member is null or a code that is known without asking anybody."""
    if member is None:
        return True
    if not isinstance(member, dict) or {str(key).lower() for key in member} - {"type", "properties"}:
        return False
    properties = member.get("properties")
    if not isinstance(properties, dict):
        return False
    if member.get("type") == "name":
        return set(properties) == {"name"} and is_known_form(str(properties["name"]))
    return member.get("type") == "EPSG" and set(properties) == {"code"} and str(properties["code"]).isdecimal()
