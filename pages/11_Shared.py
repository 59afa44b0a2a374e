"""What somebody shares by a link: to look at, and to copy."""

from __future__ import annotations

import streamlit as st

from itnt_core.data_folder import common_path
from itnt_core.errors import ItntError
from itnt_core.people import PeopleStore, Shares
from pages.shared import who
from pages.shared.frame import page, sentences
from pages.shared.literal import escaped
from pages.shared.others import show_others_draft, show_others_run
from pages.shared.sharing import PARAMETER

PURPOSE = "Look at what somebody shares with you, and copy it to go on with it."
ALONE = "Nobody logs in here, so there are no links of this kind: a scenario is shared by its own link or as a file."


def show() -> None:
    """Show what the link in the address leads to."""
    if not who.serves_many():
        st.info(ALONE)
        return
    token = st.query_params.get(PARAMETER, "")
    if not token:
        st.info("Open a link that somebody has sent you. You make your own with Share, in Replay and in Build.")
        return
    try:
        people = PeopleStore(common_path())
        share = Shares(people).find(token)
        owner = people.person(share.owner)
        st.caption(f"Shared by {escaped(owner.name if owner else 'somebody')}, to look at and to copy.")
        looks = show_others_run if share.kind == "run" else show_others_draft
        looks(share.owner, share.subject, "shared", share)
    except ItntError as error:
        sentences(list(error.sentences), "error")
        st.page_link("dashboard.py", label="Go to the first page", icon=":material/home:")


with page("Shared", PURPOSE):
    show()
