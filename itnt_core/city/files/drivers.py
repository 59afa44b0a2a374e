"""GDAL with one driver and no way out: the only place that opens a file with it.

GDAL tries every driver it has on a file, and some of them follow paths and addresses that the file names (VRT, WFS,
GML ...). So all but the driver of the recognised kind are taken out before a file is opened, and it is checked that
they are gone. While a file is open this holds for the whole process, which is why imports run in one of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from itnt_core.city.model import CityError

DRIVERS = {
    "geojson": "GeoJSON",
    "gpkg": "GPKG",
    "shp": "ESRI Shapefile",
    "fgb": "FlatGeobuf",
    "osm": "OSM",
    "pbf": "OSM",
}
# Nothing beside the file is read or written, no code inside it runs, no other file is opened through it.
_SETTINGS = {
    "GDAL_PAM_ENABLED": "NO",
    "GDAL_VRT_ENABLE_PYTHON": "NO",
    "OGR_SQLITE_ALLOW_EXTERNAL_ACCESS": "NO",
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": "{none}",
    "GDAL_HTTP_MAX_RETRY": "0",
    "PROJ_NETWORK": "OFF",
}


@contextmanager
def gdal_for(kind: str) -> Iterator[Any]:
    """Yield geopandas over nothing but the driver of a recognised kind; CityError where that cannot be had."""
    import geopandas
    import pyogrio

    wanted = DRIVERS[kind]
    _skip(pyogrio, [])
    try:
        _skip(pyogrio, sorted(set(pyogrio.list_drivers()) - {wanted}))
        if set(pyogrio.list_drivers()) != {wanted}:
            raise CityError(f"This installation cannot open a {wanted} file alone: install pyogrio and GDAL anew.")
        yield geopandas
    finally:
        _skip(pyogrio, [])


def _skip(pyogrio: Any, drivers: list[str]) -> None:
    """Take drivers out, or with none named bring all back: GDAL hears of it when it registers its drivers."""
    from pyogrio.core import _register_drivers  # it has no public name

    # The comma makes GDAL take a name with a blank in it as one.
    pyogrio.set_gdal_config_options({**_SETTINGS, "GDAL_SKIP": ",".join(drivers) + "," if drivers else ""})
    _register_drivers()
