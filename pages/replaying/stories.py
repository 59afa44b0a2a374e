"""The story of a replay on its page: kept beside the run, edited in a list, told by the map itself."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import streamlit as st

from itnt_core.mapdata import (
    LONGEST_S,
    MOST_CAPTION,
    MOST_VIEWS,
    SHORTEST_S,
    Story,
    StoryError,
    delete_story,
    read_story,
    ready_story,
    story_data,
    view_of,
    write_story,
)
from itnt_core.recorded import is_recorded
from itnt_core.results import Result
from itnt_core.runs import data_root
from pages.shared.frame import sentences

TAKEN, BEFORE, WRONG = "story_taken", "story_before", "story_wrong"
VIEW_STATE = "story_view"  # the map's state that holds the newest view to be kept


def story_folder(run: str, folder: Path) -> Path:
    """Return where a run's story is kept: beside the run, for a recorded one in the data folder."""
    return data_root() / "stories" / run if is_recorded(run) else folder


def stored_story(folder: Path, result: Result) -> Story | None:
    """Return the story that somebody has prepared, None without one; a damaged one is told and left where it is."""
    try:
        return read_story(folder, result.scenario.time.slots, result.scenario.user_ids)
    except StoryError as error:
        sentences([str(error)])
        return None


@lru_cache(maxsize=6)
def _ready_views(result: Result) -> list[dict[str, Any]]:
    """Return the views that are made of a result; results are kept by the server, so that one is the same for all."""
    return story_data(ready_story(result))


def map_story(story: Story | None, result: Result) -> dict[str, Any]:
    """Return what the map is handed of the story: the stored one, or the ready one."""
    views = story_data(story) if story else _ready_views(result)
    count = f"{len(views)} views" if len(views) != 1 else "1 view"
    origin = "your own" if story else "made from the run's numbers; your first view begins your own"
    return {"story": views, "story_editable": True, "story_note": f"{count}, {origin}."}


def take_view(key: str, folder: Path, result: Result) -> None:
    """Keep the view that the map hands over, once."""
    value = (st.session_state.get(key) or {}).get(VIEW_STATE)
    if not isinstance(value, dict):
        return
    number = value.get("number")
    if not isinstance(number, int) or number <= st.session_state.get(TAKEN, 0):
        return
    st.session_state[TAKEN] = number
    try:
        before = read_story(folder, result.scenario.time.slots, result.scenario.user_ids)
        _keep(folder, before, (before or Story(views=())).with_added(view_of(value.get("view"))))
    except (StoryError, OSError) as error:
        st.session_state[WRONG] = str(error)


def story_editor(story: Story | None, folder: Path, result: Result) -> None:
    """Show the views of the story with what can be changed; deletions can be taken back."""
    wrong = st.session_state.pop(WRONG, None)
    if wrong:
        sentences([wrong])
    shown = story or ready_story(result)
    st.caption(
        "The map plays these views one after the other, with the camera flying between them. Find a view on the map "
        f"and press 'Add this view to the story' beside it: {len(shown.views)} of {MOST_VIEWS} views."
    )
    _whole(story, folder, result)
    if story is None:
        _read_only(shown)
        return
    for number in range(len(story.views)):
        _row(story, number, folder, result)


def _whole(story: Story | None, folder: Path, result: Result) -> None:
    """Offer what is done with the story as a whole."""
    kept = st.session_state.get(BEFORE)
    with st.container(horizontal=True):
        if story is None:
            st.button("Edit this story", icon=":material/edit:", on_click=_take_ready, args=(folder, result))
        else:
            st.button("Back to the ready story", icon=":material/restart_alt:", on_click=_drop, args=(folder, story))
        if kept is not None and kept[0] == str(folder):
            st.button("Undo", icon=":material/undo:", key="story_undo", on_click=_undo, args=(folder,))


def _read_only(story: Story) -> None:
    rows = [
        {
            "View": number,
            "Caption": view.caption,
            "From slot": view.start_slot,
            "To slot": view.end_slot,
            "User": view.user or "",
        }
        for number, view in enumerate(story.views, start=1)
    ]
    st.dataframe(rows, hide_index=True, width="stretch", alt="The views of the story in their order")


def _row(story: Story, number: int, folder: Path, result: Result) -> None:
    """Show one view: caption, time, length, speed, and where it stands."""
    view, slots = story.views[number], float(result.scenario.time.slots)
    key = f"story_{number}_{hash(story.views) & 0xFFFFFF:x}"
    with st.container(border=True):
        st.text_area(
            f"Caption of view {number + 1}",
            view.caption,
            max_chars=MOST_CAPTION,
            height=72,
            key=f"{key}_caption",
            on_change=_change,
            args=(story, number, folder, f"{key}_caption", "caption"),
        )
        with st.container(horizontal=True, vertical_alignment="bottom"):
            for name, label, low, high, step in (
                ("start_slot", "From slot", 0.0, view.end_slot, 1.0),
                ("end_slot", "To slot", view.start_slot, slots, 1.0),
                ("duration_s", "At least, s", SHORTEST_S, LONGEST_S, 1.0),
                ("speed", "Times usual speed", 0.1, 16.0, 0.25),
            ):
                st.number_input(
                    label,
                    low,
                    high,
                    float(getattr(view, name)),
                    step,
                    key=f"{key}_{name}",
                    width=112,
                    format="%g",
                    on_change=_change,
                    args=(story, number, folder, f"{key}_{name}", name),
                )
        with st.container(horizontal=True, vertical_alignment="center"):
            st.text(f"User: {view.user or 'nobody'}", width="content")
            _moves(story, number, folder, key)


def _moves(story: Story, number: int, folder: Path, key: str) -> None:
    """Offer to move a view and to delete it."""
    first, last = number == 0, number == len(story.views) - 1
    for label, text, off, change in (
        (":material/arrow_upward:", f"Move view {number + 1} up", first, partial(story.with_moved, number, -1)),
        (":material/arrow_downward:", f"Move view {number + 1} down", last, partial(story.with_moved, number, 1)),
        (":material/delete:", f"Delete view {number + 1}", False, partial(story.without, number)),
    ):
        st.button(
            text, icon=label, disabled=off, key=f"{key}_{text}", on_click=_keep_changed, args=(folder, story, change)
        )


def _keep_changed(folder: Path, story: Story, change: Callable[[], Story]) -> None:
    _keep(folder, story, change())


def _change(story: Story, number: int, folder: Path, key: str, name: str) -> None:
    try:
        _keep(folder, story, story.with_changed(number, **{name: st.session_state[key]}))
    except StoryError as error:
        st.session_state[WRONG] = str(error)


def _keep(folder: Path, before: Story | None, after: Story) -> None:
    """Store a story; the one before can be brought back. A story without views is no story."""
    try:
        if after.views:
            write_story(folder, after)
        else:
            delete_story(folder)
    except (StoryError, OSError) as error:
        st.session_state[WRONG] = str(error)
        return
    st.session_state[BEFORE] = (str(folder), before)


def _take_ready(folder: Path, result: Result) -> None:
    _keep(folder, None, ready_story(result))


def _drop(folder: Path, story: Story) -> None:
    _keep(folder, story, Story(views=()))


def _undo(folder: Path) -> None:
    _, story = st.session_state.pop(BEFORE)
    if story is None:
        delete_story(folder)
    else:
        write_story(folder, story)
