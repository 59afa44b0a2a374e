"""Links that let others look at a run or a scenario of one's own: made, shown, withdrawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

import streamlit as st

from itnt_core.data_folder import common_path
from itnt_core.people import PeopleStore, Share, Shares
from itnt_core.person import who_asks
from itnt_core.recorded import is_recorded
from itnt_core.runs import RunStore

from . import who
from .assets import base_path
from .literal import escaped

PAGE, PARAMETER = "Shared", "link"
WORDS = "Whoever has this link and is logged in here can look at it and copy it, until you withdraw it."


def share_run(store: RunStore, run_id: str, key: str) -> None:
    """Offer a link to a finished run of one's own; nothing where nobody logs in."""
    if who.serves_many() and not is_recorded(run_id):
        st.markdown("**A link to this run**")
        _offer(lambda shares, owner: shares.make(owner, "run", run_id, store.get(run_id).title), run_id, key)


def share_draft(draft_id: str, title: str, key: str) -> None:
    """Offer a link to a kept scenario of one's own that can be withdrawn; nothing where nobody logs in."""
    if who.serves_many():
        st.divider()
        _offer(lambda shares, owner: shares.make(owner, "scenario", draft_id, title), draft_id, key)


def _offer(make: Callable[[Shares, str], object], subject: str, key: str) -> None:
    shares, owner = Shares(PeopleStore(common_path())), who_asks().id
    held = [share for share in shares.of(owner) if share.subject == subject]
    if not held:
        st.button(
            "Make a link", icon=":material/add_link:", key=f"{key}_make", on_click=_made, args=(make, shares, owner)
        )
    else:
        show_links(shares, held, titles=False)
    st.caption(WORDS)


def _made(make: Callable[[Shares, str], object], shares: Shares, owner: str) -> None:
    make(shares, owner)


def show_links(shares: Shares, held: Sequence[Share], *, titles: bool = True) -> None:
    """Show links of one's own, each with a way to withdraw it."""
    for share in held:
        if titles:
            st.text(f"{share.kind.capitalize()}: {share.title}")
        st.code(address_of(share), language=None, wrap_lines=True)
        st.button(
            "Withdraw",
            icon=":material/link_off:",
            key=f"withdraw_{share.token}_{titles}",
            help=f"End the link to {escaped(share.title)}",
            on_click=shares.withdraw,
            args=(share.owner, share.token),
        )


def address_of(share: Share) -> str:
    """Return the whole address of a link."""
    here = urlsplit(st.context.url or "")
    return f"{here.scheme}://{here.netloc}{base_path()}/{PAGE}?{PARAMETER}={share.token}"
