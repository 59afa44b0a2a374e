"""Inputs for the fields of an object, with the limits of the scenario's model."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC
from typing import Any

import streamlit as st

from itnt_core.words import CHOICES, Field

ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9_.\-]{0,39}$"
# The narrower the range of a number, the finer its steps and the more digits it shows.
STEPS = ((1.0, (0.0001, "%.4f")), (30.0, (0.1, "%.2f")), (float("inf"), (1.0, "%.1f")))


def field_input(field: Field, value: Any, key: str, on_change: Callable[[], None] | None = None) -> None:
    """Show the input of one field; its value lies in the session state under the key."""
    if field.kind == "choice":
        options = list(dict.fromkeys((*field.choices, value)))  # what stands there is shown, be it no choice any more
        st.selectbox(
            field.label,
            options,
            options.index(value),
            format_func=_choice_name,
            key=key,
            on_change=on_change,
            help=field.help,
        )
    elif field.kind == "yes_no":
        st.toggle(field.label, value, key=key, on_change=on_change, help=field.help)
    elif field.kind == "text":
        st.text_input(field.label, value, max_chars=field.longest, key=key, on_change=on_change, help=field.help)
    elif field.kind == "moment":
        utc = value.astimezone(UTC).replace(tzinfo=None)
        st.datetime_input(f"{field.label} (UTC)", utc, key=key, on_change=on_change, step=60, help=field.help)
    elif field.kind == "integer":
        _integer(field, value, key, on_change)
    else:
        _number(field, value, key, on_change)


def column_settings(field: Field, label: str) -> Any:
    """Return how a table's column edits the field."""
    if field.kind == "choice":
        return st.column_config.SelectboxColumn(
            label, options=list(field.choices), format_func=lambda choice: _choice_name(str(choice))
        )
    if field.kind == "text":
        pattern = ID_PATTERN if field.path == "id" else None
        return st.column_config.TextColumn(label, max_chars=field.longest, validate=pattern)
    step = 1 if field.kind == "integer" else None
    return st.column_config.NumberColumn(label, min_value=field.low, max_value=field.high, step=step)


def _integer(field: Field, value: int | None, key: str, on_change: Callable[[], None] | None = None) -> None:
    low, high = (None if bound is None else int(bound) for bound in (field.low, field.high))
    hint = "no limit" if field.optional else None
    ask: Callable[..., object] = st.number_input  # its overloads know no field whose limits may be missing
    ask(field.label, low, high, value, 1, key=key, on_change=on_change, placeholder=hint, help=field.help)


def _number(field: Field, value: float | None, key: str, on_change: Callable[[], None] | None = None) -> None:
    low, high = (None if bound is None else float(bound) for bound in (field.low, field.high))
    width = high - low if low is not None and high is not None else float("inf")
    step, form = next(look for widest, look in STEPS if width <= widest)
    hint = "no limit" if field.optional else None
    number = None if value is None else float(value)
    if number and abs(number) < 0.01:
        step, form = STEPS[0][1]  # or it would be shown as nothing
    ask: Callable[..., object] = st.number_input
    ask(
        field.label,
        low,
        high,
        number,
        step,
        key=key,
        on_change=on_change,
        format=form,
        placeholder=hint,
        help=field.help,
    )


def _choice_name(choice: str | None) -> str:
    return "None" if choice is None else CHOICES.get(choice, choice.replace("_", " ").capitalize())
