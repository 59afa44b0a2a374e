"""The menu under one's name, on a server with a login: code, links that were given away, logging out."""

from __future__ import annotations

import streamlit as st

from itnt_core.data_folder import common_path
from itnt_core.people import PeopleStore, Shares
from itnt_core.person import Person, who_asks

from . import who
from .assets import base_path
from .literal import escaped
from .sharing import show_links

PEOPLE_PAGE = "pages/10_People.py"
LONGEST = 18  # characters of a name in the bar
CODE = "account_code"


def account_menu() -> None:
    """Show who is logged in, and behind the name what belongs to that; nothing where nobody logs in."""
    if not who.serves_many():
        return
    person = who_asks()
    short = person.name if len(person.name) <= LONGEST else f"{person.name[: LONGEST - 1]}…"
    with st.container(key="bar-account", width="content"):
        menu = st.popover(
            escaped(short), icon=":material/account_circle:", key="account", on_change="rerun", help="Your account"
        )
    if not menu.open:
        return
    with menu:
        st.markdown(f"**{escaped(person.name)}**" + (" · lecturer" if person.is_lecturer else ""))
        if person.is_lecturer:
            st.page_link(PEOPLE_PAGE, label="What everybody has made", icon=":material/groups:")
        if "class" in who.logins():
            _code(person)
        _links(person)
        st.html(f'<a class="log-out" href="{base_path()}/logout">Log out</a>')  # a link button would open another tab


def _code(person: Person) -> None:
    """Offer the code by which this person comes back in another browser."""
    st.caption("To come back in another browser you need a code, besides your name and the passphrase.")
    st.button("Make a new code", icon=":material/key:", key="make_code", on_click=_make_code, args=(person,))
    if CODE in st.session_state:
        st.code(st.session_state[CODE], language=None)
        st.caption("Write it down: it is shown only here and now. A newer one replaces it.")


def _make_code(person: Person) -> None:
    st.session_state[CODE] = PeopleStore(common_path()).new_code(person)


def _links(person: Person) -> None:
    shares = Shares(PeopleStore(common_path()))
    found = shares.of(person.id)
    if found:
        st.markdown("**What you share**")
        show_links(shares, found)
