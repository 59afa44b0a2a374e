"""The settings of a method as a form, made from the method's own model."""

from __future__ import annotations

from typing import Any

import streamlit as st

from itnt_core.methods import METHODS, POLICY_FILE
from itnt_core.runs import RunStore
from itnt_core.words import field_value, fields_of
from pages.running.picking import keep_choice, run_names
from pages.shared.inputs import field_input

POLICY = "policy"


def method_settings(key: str) -> dict[str, Any]:
    """Show what can be set about a method and return the values; a method without settings shows nothing."""
    defaults = METHODS[key].settings_type()
    fields = fields_of(type(defaults))
    if not fields:
        return {}
    with st.expander(f"Settings: {METHODS[key].title}", icon=":material/tune:"):
        for field in fields:
            if field.path == POLICY:
                _policy_input(_name(key, POLICY))
            else:
                field_input(field, field_value(defaults, field.path), _name(key, field.path))
    return {field.path: st.session_state[_name(key, field.path)] for field in fields}


def _policy_input(name: str) -> None:
    """Ask which finished training to start from; files outside the run store cannot be chosen."""
    store = RunStore()
    trained = {str(path): run for run in store.list() if (path := store.folder(run.id) / POLICY_FILE).exists()}
    names = run_names(list(trained.values()))
    kept = {"": "Nothing: learn from scratch"} | {path: names[run.id] for path, run in trained.items()}
    keep_choice(name, kept)
    help_text = "A policy fits scenarios with the same numbers of users, stations, slots and subchannels."
    st.selectbox("Start from the policy of", list(kept), format_func=kept.__getitem__, key=name, help=help_text)


def _name(key: str, path: str) -> str:
    return f"method_{key}_{path}"
