"""The frame of every page: title, browser tab, footer."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from itnt_core.data_folder import data_path, unwritable_reason
from itnt_core.errors import ItntError
from itnt_core.mapdata import DRAWN_NOTE

from . import bar, modes
from .assets import COMPONENT_FOLDER, remove_old_files
from .literal import escaped as escaped

NOTICE = (
    "Contains OS data © Crown copyright and database right. Ordinary buildings are generated, not surveyed. "
    f"{DRAWN_NOTE}"
)
ICON = COMPONENT_FOLDER / "icon.svg"  # a named icon would be fetched from another host
UNWRITABLE = {
    errno.EROFS,
    errno.EACCES,
    errno.EPERM,
    errno.ENOSPC,
    errno.EDQUOT,
    errno.ENOTDIR,
    errno.EEXIST,
    errno.EIO,
}
WHERE_TO_WRITE = "The data folder is {folder}: make it writable, make room there, or name another one in ITNT_DATA_DIR."
STYLE = """
[data-testid="stMetricValue"] {font-size: 1.55rem;}
h1 {font-size: 2rem !important; padding-bottom: 0.2rem;}
/* White on the dark theme's light blue could not be read. What opens over the page lies outside of .stApp, the only
element that knows its colour scheme; so a button turns the colour of the text around it over. */
button[kind^="primary"]:enabled, [data-tag] {
  color: light-dark(#ffffff, #0b1017) !important;
  color: rgb(from currentcolor calc(255 - r) calc(255 - g) calc(255 - b) / 1) !important;}
button[kind^="primary"]:enabled *, [data-tag] * {color: inherit !important;}
.katex-display {overflow: visible !important;}
"""
SCROLLING_STYLE = """
.block-container {padding-top: calc(var(--studio-top) + 1rem); padding-bottom: 2rem; max-width: 1560px;}
@media (min-width: 800px) {.block-container {padding-left: 2.5rem; padding-right: 2.5rem;}}
"""


@contextmanager
def page(title: str, sentence: str, *, heading: str | None = None) -> Iterator[None]:
    """Set up a page, give it its heading and one sentence of purpose, and close it with the notice of data sources."""
    modes.leave()
    set_up(title, SCROLLING_STYLE)
    bar.bar_links()
    st.title(heading or title, anchor=False)
    st.text(sentence)
    warn_of_data_folder()
    with shows_errors():
        yield
    st.divider()
    st.caption(NOTICE)


def set_up(title: str, style: str) -> None:
    """Name the browser's tab and lay the page out."""
    st.set_page_config(
        page_title=f"{title} · ITNT Studio",
        page_icon=str(ICON),
        layout="wide",
        initial_sidebar_state="collapsed",
    )
    remove_old_files()
    st.html(f"<style>{bar.colours()}{STYLE}{bar.STYLE.read_text('utf-8')}{style}</style>")


@contextmanager
def shows_errors() -> Iterator[None]:
    """Show what the disk, the store or a stored result refuses with as a sentence; the rest of the page goes on.

    A decorator, too: fragments need it for themselves, since they run again without the page around them.
    """
    try:
        yield
    except (ItntError, OSError) as error:
        found = sentences_of(error)
        if not found:
            raise
        sentences(found, "error")


def sentences_of(error: Exception) -> list[str]:
    """Return what an error tells its reader: the program's own sentences, a full or read-only disk; else nothing."""
    if isinstance(error, ItntError):
        return list(error.sentences)
    if isinstance(error, OSError) and error.errno in UNWRITABLE:
        return [f"This could not be kept: {error.strerror}. {WHERE_TO_WRITE.format(folder=data_path())}"]
    return []


def warn_of_data_folder() -> None:
    """Say so where nothing can be written into the data folder: the pages show what is there all the same."""
    reason = unwritable_reason()
    if reason:
        where = WHERE_TO_WRITE.format(folder=data_path())
        sentences([f"Runs, cities and trainings can neither be started nor kept here: {reason}. {where}"])


def give_way() -> None:
    """End this run here if a newer one of the same browser session has taken over.

    Streamlit starts the newer run beside the older one and stops the older one only at Streamlit's own calls. A long
    computation at the end of a page must be followed by one: the older run would otherwise end as if nothing had
    happened and forget the fragments of the newer page, whose buttons would then do nothing.
    """
    st.session_state.get("any key: to ask is enough")


def sentences(lines: list[str], kind: str = "warning") -> None:
    """Show sentences that may hold names typed by users: literally, never as markup."""
    show = {"warning": st.warning, "error": st.error, "info": st.info}[kind]
    show("\n\n".join(escaped(line) for line in lines))
