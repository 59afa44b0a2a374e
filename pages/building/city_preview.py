"""A stored city looked at on the map before it is used."""

from __future__ import annotations

import streamlit as st

from itnt_core.city import CityCard, library_folder, list_cities, on_city, read_city_folder
from itnt_core.words import counts_sentence
from pages.shared.frame import escaped
from pages.shared.state import change_scenario, note, open_scenario

PREVIEW = "city_preview"


def stored_cities() -> dict[str, CityCard]:
    """Return the stored cities by content hash."""
    return {card.content_hash: card for card in list_cities(library_folder())}


def previewed_city() -> CityCard | None:
    """Return the stored city that is looked at on the map, if there is one."""
    chosen = st.session_state.get(PREVIEW)
    return stored_cities().get(chosen) if chosen else None


def look_at_city(content_hash: str | None) -> None:
    """Show a stored city on the map instead of the scenario; None shows the scenario again."""
    st.session_state[PREVIEW] = content_hash


def use_city(content_hash: str) -> None:
    """Move the open scenario onto a stored city; undo brings it back."""
    stored = read_city_folder(library_folder() / content_hash)
    change_scenario(on_city(open_scenario(), stored.city))
    look_at_city(None)
    note(f"The scenario now stands on '{stored.city.name}': area, stations and users moved there. Undo takes it back.")


def preview_banner() -> bool:
    """Say that the map shows a city that the scenario does not use yet; tell whether it does."""
    card = previewed_city()
    if card is None:
        return False
    with st.container(border=True):
        st.markdown(f"**Preview of {escaped(card.name)}.** It is stored, but not part of the scenario yet.")
        if card.report is not None:
            st.caption(escaped(counts_sentence(card.report)))
        with st.container(horizontal=True):
            st.button(
                "Use this city", type="primary", on_click=use_city, args=(card.content_hash,), key="use_previewed"
            )
            st.button("Back to the scenario", on_click=look_at_city, args=(None,), key="close_preview")
    return True
