"""Satellite link budgets beside 3GPP's, and satellites for phones beside what was measured."""

from __future__ import annotations

import streamlit as st

from itnt_core.calibration import BudgetLine, DirectToCell, LinkBudget, budgets, direct_to_cell
from itnt_core.words import budget_line_rows, budget_sentence, direct_to_cell_sentences


@st.cache_data(max_entries=1, show_spinner=False)
def _computed() -> tuple[tuple[LinkBudget, ...], DirectToCell]:
    return budgets(), direct_to_cell()


def show_satellites() -> None:
    """Show each budget with its lines, and the envelope of a constellation that others measured."""
    st.subheader("Satellites", anchor=False)
    found, phones = _computed()
    for budget in found:
        _show(budget_sentence(budget), budget.lines)
    first, *others = direct_to_cell_sentences(phones)
    _show(first, phones.lines, *others)


def _show(sentence: str, lines: tuple[BudgetLine, ...], *others: str) -> None:
    with st.expander(sentence):
        for other in others:
            st.markdown(other)
        st.dataframe(budget_line_rows(lines), hide_index=True, width="stretch")
