"""Scenario links: an address that restores the scenario it was made from, and the surface that lay over its map."""

from __future__ import annotations

from urllib.parse import urlsplit

import streamlit as st

from itnt_core.scenario import MOST_LINK_CHARACTERS, ScenarioError, link_token, scenario_of_link
from pages.shared import state
from pages.shared.assets import base_path
from pages.shared.sharing import share_draft

from .surfaces import surface_of_link, surface_parameter

PARAMETER, SURFACE = "s", "surface"


def share_popover(*, closed: bool) -> None:
    """Offer a link that restores the open scenario; ``closed`` while it has problems."""
    popover = st.popover("Share", icon=":material/link:", key="share_link", on_change="rerun")
    if not popover.open:  # closed, the link would travel with every change
        return
    with popover:
        token = None if closed else link_token(state.open_scenario())
        if closed:
            st.caption("A link can be made as soon as the problems are solved. A file can be saved at any time.")
        elif token is None:
            st.caption(
                f"This scenario is too large for a link ({MOST_LINK_CHARACTERS:,} characters are safe everywhere): "
                "save it as a file and send that."
            )
        else:
            st.caption(
                "Whoever opens this address gets this scenario, with the surface that is on the map. Copy it with the "
                "button at its right."
            )
            surface = surface_parameter()
            more = f"&{SURFACE}={surface}" if surface else ""
            st.code(f"{_editor_address()}?{PARAMETER}={token}{more}", language=None, wrap_lines=True, height=160)
        kept = state.open_draft_revision()
        if kept is not None:
            share_draft(kept[0], state.open_scenario().name, "share_kept")


def open_linked_scenario() -> None:
    """Open the scenario and the surface that the address names, once; what is wrong is dropped with a note."""
    _open_scenario()
    text = st.query_params.get(SURFACE)
    if text is None:
        return
    del st.query_params[SURFACE]
    if not surface_of_link(text, state.open_scenario().time.slots):
        state.note("The address named a surface that there is not; it was left out.")


def _open_scenario() -> None:
    tokens = st.query_params.get_all(PARAMETER)
    if not tokens:
        return
    del st.query_params[PARAMETER]
    try:
        state.open_other(scenario_of_link(tokens[-1]))
    except ScenarioError as error:
        first = error.problems[0].sentence
        more = f" ({len(error.problems) - 1} more problems)" if len(error.problems) > 1 else ""
        state.note(f"The link in the address was left out. {first}{more}")
        return
    state.note("Opened the scenario of the link. Undo brings the former one back.")


def _editor_address() -> str:
    """Return the address of the editor, without parameters."""
    here = urlsplit(st.context.url or "")
    return f"{here.scheme}://{here.netloc}{base_path()}/Scenario"
