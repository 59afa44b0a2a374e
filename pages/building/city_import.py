"""A city from a file: upload, progress, and what to say about the file where it does not say it itself."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from itnt_core.city import (
    AXIS_ORDERS,
    CITY_FORMATS,
    MAP_SUFFIXES,
    UNITS_M,
    CityError,
    ImportOptions,
    ImportReport,
    format_titles,
    import_apart,
    library_folder,
)
from pages.shared.frame import sentences
from pages.shared.plugins import show_plugin_problems

from .city_preview import look_at_city, stored_cities

LARGEST_UPLOAD_MB = 300
FAILURE, IMPORTED = "city_import_failure", "city_import_hash"
AGAIN = "Read it again with another unit, column, system or encoding"


def import_form() -> None:
    """Offer to import a city; it is stored and shown on the map when it is ready."""
    st.markdown("**Import a city**")
    uploaded = st.file_uploader(
        f"GeoJSON, GeoPackage, Shapefile (zip), CityJSON, FlatGeobuf, OpenStreetMap or a city file{format_titles()}",
        type=[*MAP_SUFFIXES, ".zip", *(suffix for form in CITY_FORMATS.values() for suffix in form.suffixes)],
        max_upload_size=LARGEST_UPLOAD_MB,
        key="city_upload",
        on_change=_forget,
    )
    show_plugin_problems(CITY_FORMATS)
    report = _report_of_upload() if uploaded else None
    if report is not None and report.height_source == "none":
        _explain_missing_heights(report.number_columns)
    with st.expander(AGAIN if report else "What the file does not say", expanded=report is not None):
        options = _options(report.number_columns if report else ())
    if uploaded is None:
        st.caption("Heights may be in metres, feet or storeys; missing ones are estimated. Up to 100,000 buildings.")
    if report is not None:
        st.caption("What the file was taken for stands in the report. Empty fields leave it to the file.")
    label = "Import again" if report else "Import"
    if st.button(label, type="primary", disabled=uploaded is None, key="city_import") and uploaded is not None:
        _import(uploaded, options)
    failure = st.session_state.get(FAILURE)
    if failure:
        sentences([failure], "error")


def _report_of_upload() -> ImportReport | None:
    """Return the report of the file that is still here, once it is imported; None before, or where it was deleted."""
    content_hash = st.session_state.get(IMPORTED)
    card = stored_cities().get(content_hash) if content_hash else None
    return card.report if card else None


def _options(columns: Sequence[str]) -> ImportOptions:
    """Ask for what some files lack; empty fields leave it to the file."""
    column = st.selectbox(
        "Column with the heights",
        list(columns),
        index=None,
        accept_new_options=True,
        key="city_height_column",
        placeholder="found by its name",
    )
    unit = st.selectbox(
        "Heights without a unit are in",
        list(UNITS_M),
        index=None,
        key="city_height_unit",
        placeholder="found in the file",
        help="Also of z in 3D files.",
    )
    left, right = st.columns(2)
    crs = left.text_input("Coordinate system", placeholder="such as EPSG:27700", max_chars=60, key="city_crs")
    order = right.selectbox(
        "Order of coordinates",
        list(AXIS_ORDERS),
        index=None,
        key="city_axis_order",
        format_func=lambda key: " or ".join(AXIS_ORDERS[key]),
        placeholder="found in the file",
    )
    layer = left.text_input("Layer", placeholder="the one of buildings", max_chars=80, key="city_layer")
    encoding = right.text_input("Encoding of names", placeholder="such as cp1252", max_chars=40, key="city_encoding")
    return ImportOptions(
        axis_order=order,
        height_column=column or None,
        height_unit=unit,
        layer=layer or None,
        crs=crs.strip() or None,
        encoding=encoding.strip() or None,
    )


def _explain_missing_heights(columns: Sequence[str]) -> None:
    choice = "Choose a column below and import again." if columns else "No column of it holds numbers that could be."
    st.warning(f"No heights were recognised, so every building got three storeys. {choice}")


def _import(uploaded: Any, options: ImportOptions) -> None:
    """Run the import in a process of its own; its progress is shown, its city stored and put on the map."""
    st.session_state.pop(FAILURE, None)
    bar = st.progress(0.0, "Starting …")
    library = library_folder()
    try:
        with tempfile.TemporaryDirectory(prefix="itnt-upload-") as folder:
            path = Path(folder) / _safe_name(uploaded.name)
            path.write_bytes(uploaded.getbuffer())
            digest = ""
            for event in import_apart(path, options, library):
                bar.progress(event.get("share", 1.0), f"{event.get('words', 'done').capitalize()} …")
                digest = event.get("content_hash", "")
    except CityError as error:
        st.session_state[FAILURE] = str(error)
        st.rerun(scope="fragment")
    st.session_state[IMPORTED] = digest
    look_at_city(digest)
    st.rerun(scope="fragment")


def _forget() -> None:
    """Forget what was said about the file before."""
    for key in (FAILURE, IMPORTED):
        st.session_state.pop(key, None)


def _safe_name(name: str) -> str:
    """Return the name of an upload as a plain file name."""
    plain = re.sub(r"[^\w. ()-]+", "_", Path(name.replace("\\", "/")).name).strip(". ")
    return plain[-80:] or "upload"
