"""Coordinate reference systems that a file or a person names: by code only, never by a path or an address to follow."""

from __future__ import annotations

import re
from typing import Any

from itnt_core.city.files.survey import SYSTEM, ImportOptions, Reading
from itnt_core.city.model import CityError

# EPSG:7415, EPSG:2263+6360, OGC:CRS84, urn:ogc:def:crs:EPSG::27700, http://www.opengis.net/def/crs/EPSG/0/7415.
_AUTHORITY = r"(?:EPSG|ESRI|OGC|IGNF|IAU(?:_2015)?)"
_CODE = re.compile(rf"{_AUTHORITY}:[A-Za-z0-9]{{1,20}}(?:\+(?:{_AUTHORITY}:)?[0-9]{{1,7}})?", re.IGNORECASE)
_EPSG = re.compile(r"EPSG(?:/[\d.]+/|::|:[\d.]+:|:)(\d{1,7})", re.IGNORECASE)
_URN = re.compile(rf"urn:(?:x-)?ogc:def:crs:({_AUTHORITY}):[\w.]*:([A-Za-z0-9]{{1,20}})", re.IGNORECASE)
# How a description names a file; Web Mercator is often written with the grid "@null", which is none.
_FILES = re.compile(
    r"(?:nadgrids|geoidgrids)\s*=\s*(?!@null\b)|proj4_grids|parameterfile|\+(?:init|file|grids)\s*=", re.IGNORECASE
)


def crs_of(name: str) -> Any:
    """Return the pyproj CRS of a name such as EPSG:7415 or an OGC address; CityError when there is none.

    PROJ also takes paths of files and strings that name grids; those are not for strangers, so only codes pass.
    """
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    text = name.strip()
    try:
        code = _code(text)
        if code is not None:
            return CRS.from_user_input(code)
    except CRSError as error:
        raise _unknown(text) from error
    raise _unknown(text)


def crs_label(crs: Any) -> str:
    """Return what a pyproj CRS is called: its code, the codes of its parts (EPSG:2263+6360), else its name."""
    authority = crs.to_authority()
    if authority:
        return ":".join(authority)
    parts = [part.to_authority() for part in crs.sub_crs_list]
    if parts and all(part and part[0] == parts[0][0] for part in parts):
        return f"{parts[0][0]}:{'+'.join(code for _, code in parts)}"
    return str(crs.name)[:80]


def system_reading(crs: Any, options: ImportOptions) -> Reading:
    """Say which coordinate reference system a file was taken to be in, and who named it."""
    return Reading(SYSTEM, crs_label(crs), "chosen by you" if options.crs else "named by the file")


def is_known_form(name: str) -> bool:
    """Say whether a name is a code, an OGC URN or an OGC address, which are looked up and never followed."""
    return _code(name.strip()) is not None


def check_description(text: str) -> None:
    """Refuse the description of a CRS (WKT, PROJ) that names files of shift grids (CityError).

    To be asked before GDAL sees it, which looks for such files while it opens the map.
    """
    if _FILES.search(text):
        raise CityError(
            "The coordinate reference system of the file names files of shift grids, which are not opened: "
            "export the file in another system, for example EPSG:4326."
        )


def _code(text: str) -> str | None:
    address = re.fullmatch(r"https?://(?:www\.)?opengis\.net/def/crs/(\w+)/[\w.]+/(\w{1,20})", text, re.IGNORECASE)
    if address:
        return f"{address[1].upper()}:{address[2]}"
    urn = _URN.fullmatch(text)
    if urn:
        return f"{urn[1].upper()}:{urn[2]}"
    epsg = _EPSG.fullmatch(text)
    if epsg:
        return f"EPSG:{epsg[1]}"
    return text if _CODE.fullmatch(text) else None


def _unknown(name: str) -> CityError:
    shown = "".join(character if character.isprintable() else " " for character in name)
    return CityError(f"The coordinate reference system '{shown:.60}' is not known: give a code such as EPSG:27700.")
