"""What differs between compared runs: their figures, and in words their scenarios and methods."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from itnt_core.errors import ItntError
from itnt_core.objective import objective_of_figures
from itnt_core.results import SCENARIO_FILE, Result
from itnt_core.runs import MIME, Run, RunStore, table_bytes
from itnt_core.scenario import Scenario, read_scenario
from itnt_core.words import (
    LETTERS,
    best_sentence,
    comparison_figures,
    kpi_rows,
    kpi_table,
    method_changes,
    scenario_changes,
    scenario_differences,
)
from pages.shared.demo import replay_folder
from pages.shared.frame import escaped, sentences


def show_figures(runs: Sequence[Run], results: Sequence[Result | None], titles: Sequence[str]) -> None:
    """Show every figure with its difference to the first run, and offer the numbers as a file."""
    figures = [comparison_figures(run.kpis, result) for run, result in zip(runs, results, strict=True)]
    letters = LETTERS[: len(runs)]
    if sentence := best_sentence(list(letters), figures, [objective_of_figures(run.kpis or {}) for run in runs]):
        st.text(sentence)
    rows = kpi_rows(figures)
    wide = {name: st.column_config.TextColumn(name, alignment="right") for name in letters}
    st.dataframe(
        rows,
        hide_index=True,
        width="stretch",
        column_config=wide,
        height="content",
        alt="Every figure of each run and its difference to run A in units, per cent and words",
    )
    content = partial(table_bytes, pd.DataFrame(kpi_table(titles, figures)), "csv")
    st.download_button("CSV", content, "comparison.csv", MIME["csv"], key="compare_csv", on_click="ignore")
    st.caption(
        "Differences are to run A; those of percentages in percentage points. Better and worse say in which direction "
        "a figure is wanted."
    )


def show_changes(store: RunStore, runs: Sequence[Run], results: Sequence[Result | None], titles: Sequence[str]) -> None:
    """Say in words what changed from the first run to each other one."""
    try:
        scenarios = [read_scenario(replay_folder(store, run.id) / SCENARIO_FILE, stored=True) for run in runs]
    except (ItntError, OSError) as error:
        sentences([f"A scenario of these runs cannot be read any more: {error}"])
        return
    manifests = [_manifest(run, result) for run, result in zip(runs, results, strict=True)]
    for number in range(1, len(runs)):
        st.markdown(f"**{escaped(f'From A ({titles[0]}) to {LETTERS[number]} ({titles[number]})')}**")
        asked = scenario_changes(scenarios[0], scenarios[number])
        _bullets("The question", asked, "both answer the same scenario.")
        answered = method_changes(manifests[0], manifests[number])
        _bullets("How it was computed", answered, "the same way: same method, seed and settings.")
    _every_field(scenarios, titles)


def _manifest(run: Run, result: Result | None) -> dict[str, Any]:
    """Return how a run came about; without a readable result what its row tells."""
    return result.manifest if result is not None else {"method": run.method, "seed": (run.kpis or {}).get("seed")}


def _bullets(label: str, lines: list[str], same: str) -> None:
    if lines:
        st.markdown(f"{label}:\n\n" + "\n".join(f"- {escaped(line)}" for line in lines))
    else:
        st.markdown(f"{label}: {same}")


def _every_field(scenarios: Sequence[Scenario], titles: Sequence[str]) -> None:
    """Show the fields themselves, for those who want to change them in a file."""
    differences = scenario_differences(scenarios)
    if not differences:
        return
    with st.expander(f"The fields that differ ({len(differences)})"):
        rows = [
            {"Field": key, **{title: _shown(value) for title, value in zip(titles, values, strict=True)}}
            for key, values in differences
        ]
        st.dataframe(rows, hide_index=True, width="stretch", alt="Every field of the scenarios that differs")


def _shown(value: object) -> str:
    return "–" if value is None else str(value)
