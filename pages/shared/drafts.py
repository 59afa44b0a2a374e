"""The session's scenarios, kept after every change: which draft each is, and its id in the address."""

from __future__ import annotations

import streamlit as st

from itnt_core.data_folder import data_path, data_root
from itnt_core.drafts import MOST_NAME, Draft, DraftChangedError, DraftError, DraftStore, UnknownDraftError
from itnt_core.scenario import Scenario

from .frame import sentences_of

PARAMETER = "draft"
KEY = "drafts"  # of this session: by the opening that a scenario goes back to
MINE = " (this tab)"
TROUBLE = "draft_trouble"  # is shown once, and again after a save that succeeded


def draft_store() -> DraftStore:
    """Return the store of this server's drafts (OSError where its folder cannot be made)."""
    return DraftStore(data_root())


def draft_of(origin: int) -> Draft | None:
    """Return the draft that the scenario of an opening is kept as, None before its first change."""
    found: Draft | None = _held().get(origin)
    return found


def keep(scenario: Scenario, origin: int) -> tuple[Scenario, str]:
    """Keep a scenario after a change; return what is open now, and a sentence where there is something to say.

    Where another tab has saved over the same revision both stay: this one goes on under another name, as a draft of its
    own. One that is not in the store any more is kept anew.
    """
    try:
        kept, sentence = _kept(scenario, origin)
    except (DraftError, OSError) as error:
        is_known, st.session_state[TROUBLE] = st.session_state.get(TROUBLE, False), True
        return scenario, "" if is_known else "\n".join(sentences_of(error)) or str(error)
    st.session_state[TROUBLE] = False
    _held()[origin] = kept
    return kept.scenario, sentence


def _kept(scenario: Scenario, origin: int) -> tuple[Draft, str]:
    store, draft = draft_store(), draft_of(origin)
    if draft is None:
        return store.begin(scenario), ""
    if draft.scenario == scenario:
        return draft, ""
    try:
        return store.save(draft, scenario), ""
    except UnknownDraftError:
        return store.begin(scenario), ""
    except DraftChangedError as changed:
        mine = scenario.model_copy(update={"name": scenario.name[: MOST_NAME - len(MINE)] + MINE})
        both = f"Both are kept: yours goes on as '{mine.name}', the other is in the list of recent scenarios."
        return store.begin(mine), f"{changed} {both}"


def of_address() -> tuple[Scenario | None, str]:
    """Return the scenario that the address names, and a sentence where there is none of that name."""
    name = st.query_params.get(PARAMETER)
    if not name:
        return None, ""
    try:
        draft = DraftStore(data_path()).open(name)
    except (DraftError, OSError) as error:
        del st.query_params[PARAMETER]
        return None, str(error)
    _held()[0] = draft
    return draft.scenario, ""


def newer(origin: int) -> Scenario | None:
    """Return what somebody else has made of a draft since it was read or saved here, None where nobody has."""
    draft = draft_of(origin)
    if draft is None:
        return None
    try:
        if draft_store().revision(draft.id) in (None, draft.revision):
            return None
        newest = draft_store().open(draft.id)
    except (DraftError, OSError):  # told when the next change cannot be kept
        return None
    _held()[origin] = newest
    return newest.scenario


def hold(draft: Draft, origin: int) -> None:
    """Take a draft for what the scenario of an opening is kept as."""
    _held()[origin] = draft


def show_in_address(origin: int) -> None:
    """Put the id of the open draft into the address, so that a reload comes back to it."""
    draft = draft_of(origin)
    if draft is not None and st.query_params.get(PARAMETER) != draft.id:
        st.query_params[PARAMETER] = draft.id


def _held() -> dict[int, Draft]:
    held: dict[int, Draft] = st.session_state.setdefault(KEY, {})
    return held
