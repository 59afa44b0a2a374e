"""The settings of a method as a form, made from the method's own model."""

from __future__ import annotations

from typing import Any

import streamlit as st

from itnt_core.methods import METHODS
from itnt_core.views.fields import fields_of, read_field

from .inputs import field_input


def method_settings(key: str) -> dict[str, Any]:
    """Show what can be set about a method and return the values; a method without settings shows nothing."""
    defaults = METHODS[key].settings_type()
    fields = fields_of(type(defaults))
    if not fields:
        return {}
    with st.expander(f"Settings: {METHODS[key].title}", icon=":material/tune:"):
        for field in fields:
            field_input(field, read_field(defaults, field.path), _name(key, field.path))
    return {field.path: st.session_state[_name(key, field.path)] for field in fields}


def _name(key: str, path: str) -> str:
    return f"method_{key}_{path}"
