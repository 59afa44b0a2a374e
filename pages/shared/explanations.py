"""Why users of a result are not served, and what would serve them."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from itnt_core.errors import ItntError
from itnt_core.methods import CoverageCost, Explanation, coverage_cost, explain_unserved, worst_off_sentence
from itnt_core.network import build_world
from itnt_core.results import decision_of
from itnt_core.words import explanation_rows

from .cities import city_of
from .frame import sentences
from .map3d import cached_result, stamp_of

MOST_SENTENCES = 5  # before the rest folds away


def show_explanations(folder: Path) -> None:
    """Show who falls below the SINR floor, the cause that binds, and the smallest change that would help."""
    try:
        found, cost, worst_off = _explanations(str(folder), stamp_of(folder))
    except (ItntError, KeyError) as error:
        sentences([f"The result cannot be explained: {error}"], "error")
        return
    if worst_off:
        sentences([worst_off])
    if cost is not None:
        st.caption(cost.sentence)
    if not found:
        st.caption("Every user is served in every slot at or above the SINR floor: there is nothing to explain.")
        return
    sentences([item.sentence for item in found[:MOST_SENTENCES]], "info")
    st.dataframe(explanation_rows(found), hide_index=True, width="stretch")


@st.cache_resource(max_entries=6, show_spinner="Looking for the causes …")
def _explanations(folder: str, stamp: int) -> tuple[tuple[Explanation, ...], CoverageCost | None, str]:
    result = cached_result(folder, stamp)
    world = build_world(result.scenario, city=city_of(result.scenario))
    decision = decision_of(result.dataset)
    return explain_unserved(world, decision), coverage_cost(world, decision), worst_off_sentence(world, decision)
