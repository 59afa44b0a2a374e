"""The replay as a file of its own."""

from __future__ import annotations

import streamlit as st

from itnt_core.mapdata import Story, replay_file_name, replay_html
from itnt_core.results import Result
from pages.shared.cities import city_of


def offer_file(result: Result, story: Story | None) -> None:
    """Offer the replay as one file; it is put together when someone asks for it."""
    city = city_of(result.scenario)  # here, because the page's caches cannot be asked from the download's thread
    st.download_button(
        "One-file replay",
        lambda: replay_html(result, city, story),
        file_name=replay_file_name(result),
        mime="text/html",
        icon=":material/download:",
        help="An HTML file that plays this replay and its story from disk, in any browser, without a network.",
        on_click="ignore",
    )
