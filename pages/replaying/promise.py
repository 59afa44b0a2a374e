"""How sure a replayed run is: its promise, and a form that draws worlds for one."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from itnt_core.figures import promise_figure
from itnt_core.network import Uncertainty
from itnt_core.promise import Promise, promise_apart, read_promise, write_promise
from itnt_core.results import Result
from itnt_core.runs import cache_folder
from itnt_core.words import promise_rows, promise_sentences
from pages.shared.frame import shows_errors

HELP = (
    "A plan is made on a forecast, and the world then differs. Here flights stay as planned, and in every slot the "
    "method's own rule decides who is served and with which powers, over worlds that no planning has seen."
)
USUAL = Uncertainty()
BARE = {"displayModeBar": False}


@st.fragment
@shows_errors()
def show_promise(folder: Path, kept: Path, result: Result) -> None:
    """Show the promise of the run in ``folder``, which is kept in ``kept``, and the form to draw one."""
    st.subheader("How sure is it?", anchor=False, help=HELP)
    promise = read_promise(kept, result)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        worlds = st.number_input("Worlds", 20, 2000, 200, 20, key="promise_worlds", width=130)
        error_m = st.number_input(
            "Users' error, m", 0.0, 200.0, USUAL.position_error_m, 5.0, key="promise_m", width=150
        )
        error_s = st.number_input(
            "Satellites' error, s", 0.0, 10.0, USUAL.timing_error_s, 0.1, key="promise_s", width=160
        )
        draws = st.button("Draw worlds", icon=":material/casino:", key="promise_draw", type="primary")
    if draws:
        promise = _drawn(folder, int(worlds), Uncertainty(float(error_m), float(error_s)))
        write_promise(kept, promise)
    if promise is None:
        st.caption("No worlds have been drawn for this run yet.")
        return
    for number, sentence in enumerate(promise_sentences(promise)):
        st.markdown(f"**{sentence}**" if number == 0 else sentence)
    left, right = st.columns([2, 1], gap="medium")
    left.plotly_chart(
        promise_figure(promise),
        key="promise_chart",
        width="stretch",
        alt=promise_sentences(promise)[0],
        config=BARE,
    )
    right.dataframe(promise_rows(promise), hide_index=True, width="stretch")


def _drawn(folder: Path, worlds: int, errors: Uncertainty) -> Promise:
    """Draw worlds in a process of their own, with a bar that fills (PromiseError)."""
    bar = st.progress(0.0, f"Drawing {worlds} worlds …")
    try:
        for found in promise_apart(folder, worlds, errors, cache_folder()):
            if isinstance(found, Promise):
                return found
            bar.progress(min(1.0, found), f"Drawing {worlds} worlds …")
    finally:
        bar.empty()
    raise AssertionError("a process that ends without an answer raises")  # pragma: no cover
