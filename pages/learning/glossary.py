"""The glossary: search, a table, and the way to the step that teaches a term."""

from __future__ import annotations

import streamlit as st

from itnt_core.lessons import STEPS, Term, find_terms, glossary
from pages.shared.frame import escaped

from .lesson import STYLE
from .place import Place, go_to, title_of


def show_glossary() -> None:
    """Show the terms that are asked for; a chosen row tells the rest and leads to its step."""
    st.html(STYLE)
    st.header("Glossary", anchor=False)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        text = st.text_input("Search", key="glossary_text", placeholder="SINR, satellite, 38.901 …", max_chars=80)
        keys = ["", *(step.key for step in STEPS)]
        step = st.selectbox(
            "Step", keys, format_func=lambda key: title_of(key) if key else "all steps", key="glossary_step"
        )
    terms = find_terms(text, step)
    st.caption(f"{len(terms)} of {len(glossary())} terms. Choose a row at its left edge to go to its step.")
    if not terms:
        st.info("No term holds these words. Use fewer or shorter ones.")
        return
    chosen = st.dataframe(
        [_row(term) for term in terms],
        hide_index=True,
        width="stretch",
        height=560,
        on_select="rerun",
        selection_mode="single-row",
        key=f"glossary_{text}_{step}",
        alt="Terms with symbol, unit, meaning and source",
        column_config={"Meaning": st.column_config.TextColumn(width="large")},
    )
    rows = chosen["selection"]["rows"]
    if rows:
        _show_term(terms[rows[0]])


def _row(term: Term) -> dict[str, str]:
    return {
        "Term": term.term,
        "Symbol": term.symbol,
        "Unit": term.unit,
        "Meaning": term.meaning,
        "From": term.source,
        "Step": title_of(term.step),
    }


def _show_term(term: Term) -> None:
    with st.container(border=True):
        symbol = f" ({escaped(term.symbol)})" if term.symbol else ""
        st.markdown(f"**{escaped(term.term)}**{symbol}: {escaped(term.meaning)}")
        st.button(
            f"Go to {title_of(term.step)}", icon=":material/arrow_forward:", on_click=go_to, args=(Place(term.step),)
        )
