"""The open scenario of this browser session, with undo and redo."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from itnt_core.city import needs_ground, settled
from itnt_core.drafts import Draft
from itnt_core.errors import ItntError
from itnt_core.presets import preset
from itnt_core.runs import cache_folder
from itnt_core.scenario import EDITABLE, Scenario, apply_edit, find_object
from itnt_core.words import step_words

from . import drafts
from .cities import city_of

MOST_STEPS = 100  # of undo
OPEN, UNDO, REDO, ACKNOWLEDGED, NOTE = "scenario", "undo_steps", "redo_steps", "map_acknowledged", "edit_note"
ORIGINS = "scenario_origins"  # which opening each scenario of the steps goes back to: {"now", "newest", UNDO, REDO}
SELECTED, ORDER = "map_selected", "map_selection_order"


def open_scenario() -> Scenario:
    """Return the scenario of this session; at the first call what the address names, else the default preset."""
    if OPEN not in st.session_state:
        kept, sentence = drafts.of_address()
        st.session_state[OPEN] = kept or preset(cache_dir=cache_folder())
        st.session_state[UNDO], st.session_state[REDO] = [], []
        if sentence:
            note(sentence)
    scenario: Scenario = st.session_state[OPEN]
    return scenario


def change_scenario(scenario: Scenario) -> None:
    """Make a changed scenario the open one; the old one can be had back by undo."""
    _replace(scenario, origin())


def open_other(scenario: Scenario) -> None:
    """Open another scenario: a preset, a file, a link. Undo brings the old one back; figures start anew."""
    origins = _origins()
    origins["newest"] += 1
    _replace(scenario, origins["newest"])


def open_draft(draft: Draft) -> None:
    """Go on with a kept scenario. Undo brings the open one back; figures start anew."""
    origins = _origins()
    origins["newest"] += 1
    drafts.hold(draft, origins["newest"])
    _replace(draft.scenario, origins["newest"])


def keep_address() -> None:
    """Follow what other tabs have done, and let the address name what is open: a reload comes back to it."""
    open_scenario()
    catch_up()
    drafts.show_in_address(origin())


def catch_up() -> None:
    """Take over what another tab has made of the open scenario since it was saved here; undo brings ours back."""
    newest = drafts.newer(origin()) if OPEN in st.session_state else None
    if newest is not None and newest != open_scenario():
        _keep_step(open_scenario(), newest, origin())
        note("Another tab or browser has changed this scenario: here it is as it is now. Undo brings yours back.")


def origin() -> int:
    """Return the number of the opening that the open scenario goes back to: two that share it differ by edits."""
    return int(_origins()["now"])


def open_draft_revision() -> tuple[str, int] | None:
    """Return id and revision of the draft that the open scenario is kept as, None before its first change."""
    draft = drafts.draft_of(origin())
    return None if draft is None else (draft.id, draft.revision)


def undo() -> None:
    """Go back one change, if there is one."""
    _step(UNDO, REDO)


def redo() -> None:
    """Take back an undo, if there is one."""
    _step(REDO, UNDO)


def next_undo() -> str:
    """Say in words what undo would take back, '' where there is nothing."""
    return _step_words(UNDO)


def next_redo() -> str:
    """Say in words what redo would do again, '' where there is nothing."""
    return _step_words(REDO)


def _step_words(source: str) -> str:
    steps = st.session_state.get(source) or []
    if not steps:
        return ""
    before, after = (steps[-1], open_scenario()) if source == UNDO else (open_scenario(), steps[-1])
    return step_words(before, after) or "nothing that is seen"


def acknowledged() -> int:
    """Return the number of the last map edit that is part of the open scenario."""
    return int(st.session_state.get(ACKNOWLEDGED, 0))


def apply_map_edits(edits: Sequence[Mapping[str, Any]]) -> None:
    """Apply the map's edits that are new, in order; one that cannot be done leaves a note and is skipped."""
    if any(isinstance(edit.get("seq"), int) and edit["seq"] > acknowledged() for edit in edits):
        catch_up()
    for edit in edits:
        if not isinstance(edit.get("seq"), int) or edit["seq"] <= acknowledged():
            continue
        st.session_state[ACKNOWLEDGED] = edit["seq"]
        if edit.get("type") in ("undo", "redo"):
            (undo if edit["type"] == "undo" else redo)()
            continue
        apply_one(edit)


def apply_one(edit: Mapping[str, Any]) -> bool:
    """Apply one edit and say whether it could be done; if not, a note tells why. A copy becomes the selection."""
    scenario = open_scenario()
    try:
        ready = settled(scenario, edit, city_of(scenario)) if needs_ground(edit) else edit
        changed = apply_edit(scenario, ready)
    except ItntError as error:
        note(str(error))
        return False
    change_scenario(changed)
    if edit.get("type") == "duplicate":
        kind = str(edit["kind"])
        select(kind, getattr(changed, EDITABLE[kind])[-1].id)
    return True


def selected() -> tuple[str, str] | None:
    """Return kind and id of the object that is selected and still there."""
    chosen: tuple[str, str] | None = st.session_state.get(SELECTED)
    return chosen if chosen and find_object(open_scenario(), *chosen) else None


def follow_selection(chosen: tuple[str, str] | None) -> None:
    """Take over what the map has selected."""
    st.session_state[SELECTED] = chosen


def select(kind: str, identifier: str) -> None:
    """Select an object from here; the map follows when it sees a new order number."""
    st.session_state[SELECTED] = (kind, identifier)
    number = st.session_state.get(ORDER, {"seq": 0})["seq"] + 1
    st.session_state[ORDER] = {"seq": number, "kind": kind, "id": identifier}


def selection_order() -> dict[str, Any] | None:
    """Return the last selection that was made from here, with its number."""
    order: dict[str, Any] | None = st.session_state.get(ORDER)
    return order


def note(text: str) -> None:
    """Keep one sentence to be shown once at the top of the page."""
    st.session_state[NOTE] = text


def taken_note() -> str | None:
    """Return the kept sentence and forget it."""
    text: str | None = st.session_state.pop(NOTE, None)
    return text


def _origins() -> dict[str, Any]:
    origins: dict[str, Any] = st.session_state.setdefault(ORIGINS, {"now": 0, "newest": 0, UNDO: [], REDO: []})
    return origins


def _replace(scenario: Scenario, its_origin: int) -> None:
    before = open_scenario()
    if scenario == before:
        return
    _keep_step(before, scenario, its_origin)
    _save()


def _keep_step(before: Scenario, scenario: Scenario, its_origin: int) -> None:
    """Open a scenario and put the one before it on the stack of undo."""
    origins = _origins()
    st.session_state[UNDO] = [*st.session_state[UNDO], before][-MOST_STEPS:]
    st.session_state[REDO] = []
    st.session_state[OPEN] = scenario
    origins |= {UNDO: [*origins[UNDO], origins["now"]][-MOST_STEPS:], REDO: [], "now": its_origin}


def _save() -> None:
    """Keep the open scenario; say what could not be done."""
    st.session_state[OPEN], sentence = drafts.keep(open_scenario(), origin())
    if sentence:
        note(sentence)


def _step(source: str, target: str) -> None:
    """Move the open scenario onto one stack and take the newest of the other."""
    steps, origins = st.session_state.get(source) or [], _origins()
    if not steps:
        return
    origins[target] = [*origins[target], origins["now"]]
    if origins[source]:
        *origins[source], origins["now"] = origins[source]
    st.session_state[target] = [*st.session_state.get(target, []), open_scenario()]
    st.session_state[OPEN] = steps[-1]
    st.session_state[source] = steps[:-1]
    _save()
