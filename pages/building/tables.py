"""Tables of the scenario's objects: the map's editor for the keyboard."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from itnt_core.scenario import EditError
from itnt_core.words import TABLES, edited_members, fields_of, table_rows, with_members
from pages.shared.inputs import column_settings
from pages.shared.state import change_scenario, note, open_scenario


def object_table(field: str) -> None:
    """Show one group of objects as an editable table.

    A table widget remembers differences to the rows it was first given. So the rows are kept as long as only this
    table changes the objects - the cursor then stays where it is - and renewed when the map or undo changed them.
    """
    spec = TABLES[field]
    memory = _memory(field)
    members = getattr(open_scenario(), field)
    if members != memory["made"]:
        memory |= {"shown": members, "made": members, "round": memory["round"] + 1}
    key = f"table_{field}_{memory['round']}"
    frame = pd.DataFrame(table_rows(spec, memory["shown"]), columns=list(spec.columns.values()))
    limits = {entry.path: entry for entry in fields_of(spec.part)}
    st.data_editor(
        frame,
        key=key,
        num_rows="dynamic",
        hide_index=True,
        width="stretch",
        column_config={label: column_settings(limits[path], label) for path, label in spec.columns.items()},
        on_change=_take_over,
        args=(field, key),
        alt=f"Table of the {field.replace('_', ' ')}: {len(memory['shown'])} rows that can be edited.",
    )
    if not members:
        st.caption("Nothing here yet: add a row, or use the tools on the map.")


def _take_over(field: str, key: str) -> None:
    """Put the table's edits into the scenario; what is not allowed is told and taken back."""
    memory = _memory(field)
    difference: dict[str, Any] = st.session_state[key]
    try:
        members = edited_members(TABLES[field], open_scenario(), memory["shown"], difference)
        changed = with_members(open_scenario(), field, members)
    except EditError as error:
        note(str(error))
        memory["made"] = None  # shows the last good rows again
        return
    memory["made"] = members
    change_scenario(changed)


def _memory(field: str) -> dict[str, Any]:
    """Return what this session remembers about one table."""
    memory: dict[str, Any] = st.session_state.setdefault(
        f"table_memory_{field}", {"shown": (), "made": None, "round": 0}
    )
    return memory
