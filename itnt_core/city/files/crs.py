"""Coordinate reference systems that a file or a person names: by code only, never by a path or an address to follow."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

from itnt_core.city.files.survey import SYSTEM, ImportOptions, Reading
from itnt_core.city.model import CityError

# One system, or one for the plan and one for heights: as a code (EPSG:2263+6360, [EPSG:7415]), as a name of the OGC
# (urn:ogc:def:crs:EPSG::27700; urn:ogc:def:crs,crs:EPSG::2263,crs:EPSG::6360) or as an address of it
# (http://www.opengis.net/def/crs/EPSG/0/7415; .../def/crs-compound?1=ADDRESS&2=ADDRESS). OGC 07-092r3, 11-135r2.
_AUTHORITY = r"(?:EPSG|ESRI|OGC|IGNF|IAU(?:_2015)?)"
_NUMBERS = r"[A-Za-z0-9]{1,20}(?:\+[0-9]{1,7})?"
_CODE = re.compile(rf"{_AUTHORITY}:[A-Za-z0-9]{{1,20}}(?:\+(?:{_AUTHORITY}:)?[0-9]{{1,7}})?", re.IGNORECASE)
_EPSG = re.compile(rf"EPSG(?:/[\d.]+/|::|:[\d.]+:|:)({_NUMBERS})", re.IGNORECASE)
_URN = re.compile(rf"urn:(?:x-)?ogc:def:crs:({_AUTHORITY}):[\w.]*:({_NUMBERS})", re.IGNORECASE)
_URN_PART = rf"crs:({_AUTHORITY}):[\w.]*:([0-9]{{1,7}})"
_COMPOUND_URN = re.compile(rf"urn:(?:x-)?ogc:def:crs,{_URN_PART},{_URN_PART}", re.IGNORECASE)
_PLACE = r"https?://(?:www\.)?opengis\.net/def"
_ADDRESS = re.compile(rf"{_PLACE}/crs/(\w+)/[\w.]+/({_NUMBERS})/?", re.IGNORECASE)
_COMPOUND_ADDRESS = re.compile(rf"{_PLACE}/crs-compound/?\?1=([^&\s]+)&2=([^&\s]+)", re.IGNORECASE)
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

    text = name.strip().removeprefix("[").removesuffix("]")
    try:
        code = _code(text)
        if code is not None:
            return checked_plan(CRS.from_user_input(code))
    except CRSError as error:
        raise _unknown(text) from error
    raise _unknown(text)


def checked_plan(crs: Any) -> Any:
    """Return a pyproj CRS that has a plan; CityError for one of heights alone, or of metres from the Earth's middle."""
    flat = crs.is_geographic or crs.is_projected or crs.is_compound
    words = "says heights alone" if crs.is_vertical and not flat else ""
    words = "measures from the middle of the Earth" if crs.is_geocentric else words
    if words:
        raise CityError(
            f"The coordinate reference system '{crs_label(crs)}' {words}: give one of a plan, such as EPSG:27700, or "
            "of both, such as EPSG:27700+5701."
        )
    return crs


def plan_of(crs: Any) -> Any:
    """Return the plan alone, two axes, of a pyproj CRS that may have heights, too."""
    if crs.is_compound:
        return crs.sub_crs_list[0]
    return crs.to_2d() if len(crs.axis_info) == 3 else crs


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
    """Return the code of a system, AUTHORITY:CODE or AUTHORITY:CODE+AUTHORITY:CODE, that a name stands for."""
    for form in (_ADDRESS, _URN):
        found = form.fullmatch(text)
        if found:
            return f"{found[1].upper()}:{found[2]}"
    parts = _COMPOUND_URN.fullmatch(text)
    if parts:
        return f"{parts[1]}:{parts[2]}+{parts[3]}:{parts[4]}"
    addresses = _COMPOUND_ADDRESS.fullmatch(text)
    if addresses:
        codes = [_ADDRESS.fullmatch(unquote(address)) for address in addresses.groups()]
        return "+".join(f"{code[1].upper()}:{code[2]}" for code in codes if code) if all(codes) else None
    epsg = _EPSG.fullmatch(text)
    if epsg:
        return f"EPSG:{epsg[1]}"
    return text if _CODE.fullmatch(text) else None


def _unknown(name: str) -> CityError:
    shown = "".join(character if character.isprintable() else " " for character in name)
    return CityError(f"The coordinate reference system '{shown:.60}' is not known: give a code such as EPSG:27700.")
