"""Trade-offs: the runs of a sweep or of a scenario as points; the run behind each point is one click away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from itnt_core.figures import AXES, TradeOff, trade_off, trade_off_figure, trade_off_rows, trade_off_sentence
from itnt_core.runs import Run, RunStore
from itnt_core.words import MOST_RUNS
from pages.running.picking import keep_choice, run_names
from pages.shared.figures import figure_row
from pages.shared.frame import escaped, shows_errors
from pages.shared.modes import lead_to

SOURCE, CHOSEN, CLICKED = "tradeoff_source", "tradeoff_run", "tradeoff_clicked"
ALT = "Runs as points of two figures, the Pareto front dashed; the table below holds the same."


@shows_errors()
def show_trade_offs(store: RunStore, runs: Sequence[Run]) -> None:
    """Ask which runs and which figures, draw them, and lead to the run behind a point."""
    sources = _sources(store, runs)
    if not sources:
        st.info(
            "Two finished runs of one sweep or one scenario are needed. Start some in Optimise: several "
            "methods at once, or a sweep."
        )
        lead_to("pages/3_Optimise.py", "Go to Optimise")
        return
    with st.container(horizontal=True):
        source = st.selectbox("Runs of", list(sources), format_func=lambda key: sources[key][0], key=SOURCE)
        across = st.selectbox("Across", list(AXES), index=2, format_func=_label, key="tradeoff_across")
        up = st.selectbox("Up", list(AXES), index=0, format_func=_label, key="tradeoff_up")
    found = trade_off(sources[source][1], across, up)
    if not found.runs:
        st.info("None of these runs has both figures: choose others.")
        return
    _take_click(found)
    st.text(trade_off_sentence(found))
    figure = trade_off_figure(found, st.session_state.get(CHOSEN))
    st.plotly_chart(
        figure,
        key="tradeoff_chart",
        on_select="rerun",
        selection_mode="points",
        width="stretch",
        alt=ALT,
        config={"displayModeBar": False},
    )
    _run_behind(found)
    with st.expander("The same as a table"):
        st.dataframe(trade_off_rows(found), hide_index=True, width="stretch", alt="Every run with both figures")


def _label(key: str) -> str:
    return AXES[key].heading


def _sources(store: RunStore, runs: Sequence[Run]) -> dict[str, tuple[str, list[Run]]]:
    """Return what can be looked at, each with its title and its runs: sweeps, then scenarios with several runs."""
    titles = {sweep_id: title for sweep_id, title, _, _ in store.sweeps()}
    groups: dict[str, list[Run]] = {}
    for run in runs:
        if run.sweep:
            groups.setdefault(f"sweep {run.sweep}", []).append(run)
    for run in runs:
        groups.setdefault(f"scenario {run.scenario_hash}", []).append(run)
    found = {}
    for key, members in groups.items():
        kind, _, name = key.partition(" ")
        title = titles.get(name, name[:6]) if kind == "sweep" else members[-1].subject or members[-1].title
        if len(members) > 1:
            found[key] = (f"{kind.capitalize()} · {title} · {len(members)} runs", members)
    return found | (
        {"all": (f"All finished runs, whatever their scenario · {len(runs)}", list(runs))} if len(runs) > 1 else {}
    )


def _take_click(found: TradeOff) -> None:
    """Make the run behind a newly clicked point the chosen one; a chosen run that is not shown is forgotten."""
    shown = [run.id for run in found.runs]
    event: Any = st.session_state.get("tradeoff_chart") or {}
    points = event.get("selection", {}).get("points", [])
    clicked = next((point["customdata"][0] for point in points if point.get("customdata")), None)
    if clicked != st.session_state.get(CLICKED):
        st.session_state[CLICKED] = clicked
        if clicked in shown:
            st.session_state[CHOSEN] = clicked
    if st.session_state.get(CHOSEN) not in shown:
        st.session_state[CHOSEN] = None


def _run_behind(found: TradeOff) -> None:
    """Show the chosen run and lead to its replay, or to a comparison with what stands on the front."""
    by_id = {run.id: run for run in found.runs}
    names = run_names(found.runs)
    keep_choice(CHOSEN, by_id)
    chosen = st.selectbox(
        "Run behind the point",
        list(by_id),
        index=None,
        key=CHOSEN,
        placeholder="Click a point, or choose a run here",
        format_func=names.__getitem__,
    )
    if chosen is None:
        return
    run = by_id[chosen]
    with st.container(border=True):
        st.markdown(f"**{escaped(run.title)}**")
        figure_row(run.kpis or {})
        rivals = [
            rival.id for rival, ahead in zip(found.runs, found.front, strict=True) if ahead and rival.id != chosen
        ]
        with st.container(horizontal=True):
            where = {"run": chosen}
            lead_to("pages/5_Replay.py", "Replay", parameters=where)
            if rivals:
                compared = {"runs": ",".join([chosen, *_spread(rivals)])}
                label = f"Compare with {len(_spread(rivals))} on the front"
                lead_to("pages/6_Compare.py", label, parameters=compared)


def _spread(rivals: list[str]) -> list[str]:
    """Return as many runs of the front as can stand beside one more, from end to end."""
    most = MOST_RUNS - 1
    if len(rivals) <= most:
        return rivals
    return [rivals[round(place * (len(rivals) - 1) / (most - 1))] for place in range(most)]
