"""GeoPackage, GeoJSON, GeoParquet and KML, written by geopandas with GDAL (pyogrio) and Arrow."""

from __future__ import annotations

import io
import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import shapely

from itnt_core.scenario import LONLAT

from .asking import ExportError, ExportOptions, ExportSource
from .layers import IDENTIFIER, layer_frames, one_table

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

DEGREE_DIGITS, LENGTH_DIGITS = 9, 4  # a tenth of a millimetre
OF_TABLES = frozenset({"crs", "layers", "slot", "cells", "height_m"})
# What of a KML file lies below the map's own ground, and what above the ellipsoid.
_ABSOLUTE = ("satellites",)


class GeoPackage:
    """A layer per table, in any coordinate reference system."""

    title = "GeoPackage"
    suffix = ".gpkg"
    media_type = "application/geopackage+sqlite3"
    takes = OF_TABLES
    shows_answer = False

    def write(self, source: ExportSource, options: ExportOptions) -> bytes:
        """Return a GeoPackage of the layers that hold something."""
        return _by_gdal(_filled(layer_frames(source, options)), "GPKG", self.suffix)


class GeoJson:
    """One collection of all layers, each feature with its ``layer``.

    RFC 7946 knows longitude and latitude alone; another system is named by the member ``crs`` of the format before it.
    """

    title = "GeoJSON"
    suffix = ".geojson"
    media_type = "application/geo+json"
    takes = OF_TABLES
    shows_answer = False

    def write(self, source: ExportSource, options: ExportOptions) -> bytes:
        """Return a FeatureCollection; what a layer has not stands in none of its features."""
        table = one_table(source, options)
        digits = DEGREE_DIGITS if table.crs.is_geographic else LENGTH_DIGITS
        shapes = shapely.orient_polygons(table.geometry.array)
        shapes = shapely.transform(shapes, lambda places: places.round(digits), include_z=None)
        for name in table.select_dtypes("datetimetz"):
            moments = table[name].dt.strftime("%Y-%m-%dT%H:%M:%S.%f").str.slice(stop=-3) + "Z"
            table[name] = moments.where(table[name].notna(), None)
        features = table.set_geometry(shapes).to_geo_dict(na="drop", drop_id=True)["features"]
        data: dict[str, Any] = {"type": "FeatureCollection", "name": source.scenario.name}
        if options.crs != LONLAT:
            authority, code = table.crs.to_authority()
            data["crs"] = {"type": "name", "properties": {"name": f"urn:ogc:def:crs:{authority}::{code}"}}
        return json.dumps(data | {"features": features}, ensure_ascii=False, separators=(",", ":")).encode()


class GeoParquet:
    """One table of all layers, each row with its ``layer``."""

    title = "GeoParquet"
    suffix = ".parquet"
    media_type = "application/vnd.apache.parquet"
    takes = OF_TABLES
    shows_answer = False

    def write(self, source: ExportSource, options: ExportOptions) -> bytes:
        """Return a GeoParquet file (1.0, WKB) with its coordinate reference system in it."""
        target = io.BytesIO()
        one_table(source, options).to_parquet(target, index=False, compression="zstd")
        return target.getvalue()


class Kml:
    """A folder per layer, moments as time stamps; in longitude and latitude, as KML is.

    Heights are relative to the ground, of satellites' tracks above the ellipsoid.
    """

    title = "KML"
    suffix = ".kml"
    media_type = "application/vnd.google-earth.kml+xml"
    takes = OF_TABLES - {"crs"}
    shows_answer = False

    def write(self, source: ExportSource, options: ExportOptions) -> bytes:
        """Return a KML file of the layers that hold something."""
        frames = _filled(layer_frames(source, options))
        return _by_gdal({name: _for_kml(frame, name) for name, frame in frames.items()}, "LIBKML", self.suffix)


def _filled(frames: dict[str, GeoDataFrame]) -> dict[str, GeoDataFrame]:
    filled = {name: frame for name, frame in frames.items() if len(frame)}
    if not filled:
        raise ExportError("The layers are empty, so that there is nothing to export: choose other layers.")
    return filled


def _for_kml(frame: GeoDataFrame, layer: str) -> GeoDataFrame:
    """Return a table with the columns that GDAL makes parts of KML of: Name, timestamp, altitudeMode."""
    names = {IDENTIFIER: "Name", "time": "timestamp", "name": "title"}
    known = frame.rename(columns={old: new for old, new in names.items() if old in frame})
    small = dict.fromkeys(known.select_dtypes("int64"), "int32")  # GDAL makes texts of longer ones
    mode = "absolute" if layer in _ABSOLUTE else "relativeToGround"
    return known.astype(small).assign(altitudeMode=mode)


def _by_gdal(frames: dict[str, GeoDataFrame], driver: str, suffix: str) -> bytes:
    with tempfile.TemporaryDirectory(prefix="itnt-export-") as folder:
        path = Path(folder) / f"export{suffix}"
        for number, (name, frame) in enumerate(frames.items()):
            mode = "a" if number and driver == "LIBKML" else "w"  # a GeoPackage takes a new layer by itself
            frame.to_file(path, driver=driver, engine="pyogrio", layer=name, mode=mode)
        return path.read_bytes()
