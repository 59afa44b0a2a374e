"""Which satellites the page Passes looks at: hand-made passes, a published Walker shell, or an element file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Literal

import streamlit as st

from itnt_core.runs import data_root
from itnt_core.sky import (
    ElementFile,
    ElementFileError,
    ElementSet,
    elements_folder,
    keep_elements,
    parse_sent_elements,
    preset_elements,
    read_elements,
    shell_presets,
    shell_sources,
    stored_elements,
)
from pages.building.satellites import pass_forms
from pages.shared.frame import escaped, sentences

HAND_MADE, SHELL, FILE = "Hand-made passes", "Walker shell", "Element file"
KINDS = (HAND_MADE, SHELL, FILE)
CHOSEN, SUMMARIES, TAKEN = "passes_elements", "passes_told", "passes_taken_upload"
MOST_UPLOAD_MB = 20
FEW_REASONS = 4  # need no scrolling


@dataclass(frozen=True, eq=False)
class Source:
    """The satellites to look at: ``elements`` is None for the scenario's hand-made passes.

    ``key`` tells sources apart; ``content_hash`` is that of the stored file, empty for a shell.
    """

    kind: str
    key: str
    elements: ElementSet | None
    content_hash: str = ""


def choose_source(start: datetime) -> Source | None:
    """Show the choice of satellites and return it, None while there is nothing to look at."""
    kind = st.segmented_control("Satellites", KINDS, default=SHELL, key="passes_kind", required=True)
    if kind == HAND_MADE:
        pass_forms()
        return Source(HAND_MADE, HAND_MADE, None)
    source = _shell_source(start) if kind == SHELL else _file_source()
    return _filtered(source) if source else None


def _shell_source(start: datetime) -> Source:
    presets = shell_presets()
    key = st.selectbox(
        "Constellation shell",
        list(presets),
        format_func=lambda name: presets[name].name,
        key="passes_shell",
        index=list(presets).index("starlink-direct-to-cell-as-flown-2025-10"),
    )
    st.caption(
        f"{presets[key].sentence.partition(': ')[2]}. Published parameters; where in its orbit each satellite "
        "stands at the start is not."
    )
    with st.popover("Sources", icon=":material/menu_book:"):
        for line in shell_sources():
            st.text(line)
    return Source(SHELL, f"{key} {start.isoformat()}", _shell(key, start))


def _file_source() -> Source | None:
    """Show the upload and the stored element sets; return the one chosen."""
    uploaded = st.file_uploader(
        "TLE, or OMM as JSON, CSV or XML",
        type=["tle", "3le", "txt", "json", "csv", "xml"],
        key="passes_file",
        max_upload_size=MOST_UPLOAD_MB,
    )
    strict = st.toggle(
        "Refuse a file of which one member is wrong",
        key="passes_strict",
        help="Otherwise the rest is read, and what was left out is listed with the reasons.",
    )
    if uploaded is not None:
        _take(uploaded.name, uploaded.getvalue(), strict)
    folder = elements_folder(data_root())
    stored = {item.content_hash: item.name for item in stored_elements(folder)}
    if not stored:
        st.info(
            "No element file yet. CelesTrak and Space-Track offer them; choose one above. It stays on this machine."
        )
        return None
    current = st.session_state.get(CHOSEN)
    known = list(stored)
    index = known.index(current) if current in stored else 0
    chosen = st.selectbox("Element set", known, index, format_func=stored.__getitem__)
    st.session_state[CHOSEN] = chosen
    try:
        elements = _stored(str(folder), chosen)
    except ElementFileError as error:
        sentences(list(error.sentences), "error")
        return None
    summary, reasons = st.session_state.get(SUMMARIES, {}).get(chosen, (None, []))
    st.caption(escaped(summary or f"{len(elements.satellites):,} satellites"))
    show_left_out(reasons)
    return Source(FILE, chosen, elements, chosen)


def show_left_out(reasons: list[str]) -> None:
    """List what was left out, with the reasons; nothing where nothing was."""
    if not reasons:
        return
    height: int | Literal["content"] = 200 if len(reasons) > FEW_REASONS else "content"
    with st.expander("What was left out, and why"), st.container(height=height, border=False):
        for reason in reasons:
            st.text(reason)


def _take(name: str, content: bytes, strict: bool) -> None:
    """Read an upload, once, and keep it; say what is wrong with it, keeping nothing."""
    digest = f"{sha256(content).hexdigest()} {strict}"
    if st.session_state.get(TAKEN) == digest:
        return
    try:
        read = _read(digest, name, content, strict)
        content_hash = keep_elements(elements_folder(data_root()), read.elements)
    except ElementFileError as error:
        sentences(list(error.sentences), "error")
        return
    st.session_state[TAKEN], st.session_state[CHOSEN] = digest, content_hash
    st.session_state[SUMMARIES] = {**st.session_state.get(SUMMARIES, {}), content_hash: (read.sentence, read.reasons)}


def _filtered(source: Source) -> Source:
    """Offer to look at those satellites only whose names hold a text."""
    assert source.elements is not None
    text = st.text_input(
        "Only names with", max_chars=60, key="passes_names", placeholder="all", help="For example DTC, or a number."
    )
    if not text.strip():
        return source
    kept = _named(source.key, text.strip().casefold(), source.elements)
    if kept is None:
        st.info(f"No satellite has '{escaped(text)}' in its name: all are shown.")
        return source
    return Source(source.kind, f"{source.key} {text.strip().casefold()}", kept, source.content_hash)


@st.cache_resource(max_entries=4, show_spinner="Reading the element file …")
def _read(digest: str, name: str, _content: bytes, strict: bool) -> ElementFile:
    """Read an element file, once per content."""
    return parse_sent_elements(_content, name, strict)


@st.cache_resource(max_entries=4, show_spinner="Reading the element set …")
def _stored(folder: str, content_hash: str) -> ElementSet:
    """Read a stored element set, once per server."""
    from pathlib import Path

    return read_elements(Path(folder), content_hash)


@st.cache_resource(max_entries=8, show_spinner=False)
def _shell(key: str, start: datetime) -> ElementSet:
    """Make the satellites of a shell, once per start."""
    return preset_elements(key, start)


@st.cache_resource(max_entries=8, show_spinner=False)
def _named(key: str, text: str, _elements: ElementSet) -> ElementSet | None:
    """Return the satellites with a text in their names, None where there is none."""
    found = tuple(one for one in _elements.satellites if text in one.name.casefold() or text in str(one.norad_id))
    return _elements.model_copy(update={"satellites": found}) if found else None
