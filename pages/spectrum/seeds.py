"""A seed sweep of the question: several seeds, each answered by the chosen schemes, with intervals over them."""

from __future__ import annotations

from functools import partial

import streamlit as st

from itnt_core.errors import ItntError
from itnt_core.figures import seeds_figure, seeds_sentences
from itnt_core.runs import (
    MIME,
    MOST_SEEDS,
    Format,
    RunStore,
    SeedSweep,
    make_seed_sweep,
    seed_table,
    stored_seed_sweeps,
    submit_seed_sweep,
    table_bytes,
)
from itnt_core.twin import TwinScenario
from pages.shared.frame import escaped, sentences, shows_errors
from pages.shared.run_cards import IDLE_S

SEEDS = 5  # of a sweep, at first
ANEW_HELP = (
    "Each seed puts the users where its people are by day, so that the interval includes their places. Otherwise they "
    "stay, and only traffic, shadowing and walks differ."
)


def ask_seeds(store: RunStore, scenario: TwinScenario | None, schemes: list[str]) -> None:
    """Ask for a seed sweep of the question with the chosen schemes, and start it."""
    with st.expander("Seeds: how sure is it?", icon=":material/casino:"):
        left, right = st.columns(2, vertical_alignment="bottom")
        seeds = int(left.number_input("Seeds", 2, MOST_SEEDS, SEEDS, 1, key="twin_seeds"))
        first = int(right.number_input("First seed", 0, 2**32 - 1 - MOST_SEEDS, 1, 1, key="twin_first_seed"))
        anew = st.toggle("Users placed anew by each seed", True, key="twin_seed_places", help=ANEW_HELP)
        count = seeds * len(schemes)
        ready = scenario is not None and count > 0
        pressed = st.button(f"Start {count} runs over {seeds} seeds", key="twin_seed_start", disabled=not ready)
        if not pressed or scenario is None:
            return
        try:
            submit_seed_sweep(store, make_seed_sweep(scenario, schemes, seeds, first, anew))
            store.launch()
        except ItntError as error:
            sentences(list(error.sentences), "error")
            return
        st.rerun()


def show_seeds(store: RunStore) -> None:
    """Show a seed sweep, the newest first, and follow it while it is at work."""
    sweeps = stored_seed_sweeps(store)
    if not sweeps:
        st.info("No seeds have been swept yet: open Seeds in the panel, choose how many, and start.")
        return
    # Outside of the part that refreshes by itself, which would forget the choice now and then.
    chosen = str(st.selectbox("Sweep", list(sweeps), format_func=lambda key: sweeps[key][0], key="twin_sweep"))
    live = any(run.sweep == chosen and not run.is_over for run in store.list())
    st.fragment(_sweep, run_every=IDLE_S if live else None)(store, chosen, sweeps[chosen][1])


@shows_errors()
def _sweep(store: RunStore, chosen: str, spec: SeedSweep) -> None:
    table = seed_table(store, chosen, spec)
    over = int((table["state"] == "done").sum())
    st.progress(over / max(1, len(table)), text=f"{over} of {len(table)} runs are done")
    left, right = st.columns([3, 2], gap="large")
    alt = "Mean backlog of each scheme with its 95 % interval over the seeds, each seed as a dot."
    left.plotly_chart(seeds_figure(table), key="twin_seeds_figure", width="stretch", alt=alt)
    with right:
        for sentence in seeds_sentences(table):
            st.markdown(f"- {escaped(sentence)}")
        where = "anew by each seed" if spec.places_anew else "where the question has them"
        st.caption(f"Intervals are Student's t, 95 %. Users stand {where}.")
        forms: tuple[Format, ...] = ("csv", "parquet")
        with st.container(horizontal=True):
            for form in forms:
                name = f"seeds-{chosen}.{form}"
                st.download_button(
                    form.upper(),
                    partial(table_bytes, table, form),
                    name,
                    MIME[form],
                    key=f"twin_seeds_{form}",
                    on_click="ignore",
                )
