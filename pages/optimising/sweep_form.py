"""What a sweep varies, asked in a form."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from itnt_core.runs import numeric_fields, parse_values
from itnt_core.scenario import Scenario

MOST_FIELDS = 2  # that the form varies; the command line takes more


@dataclass(frozen=True)
class Variation:
    """What is varied: scenario fields with their values, and how many seeds."""

    grid: dict[str, list[Any]] = field(default_factory=dict)
    seeds: int = 1

    @property
    def is_sweep(self) -> bool:
        """Say whether anything is varied."""
        return bool(self.grid) or self.seeds > 1


def ask_variation(scenario: Scenario) -> Variation:
    """Show the form of a sweep; left alone it asks for one run."""
    grid: dict[str, list[Any]] = {}
    with st.expander("Vary (sweep)", icon=":material/grid_on:"):
        st.caption("Every combination is run with every method and seed; the table of all results is one file.")
        for number in range(1, MOST_FIELDS + 1):
            name = st.selectbox(
                f"Field {number}",
                ["", *numeric_fields(scenario)],
                key=f"sweep_field_{number}",
                format_func=lambda key: key or "Nothing",
            )
            if name:
                text = st.text_input("Values, separated by commas", key=f"sweep_values_{number}", placeholder="2, 3.5")
                if values := parse_values(text):
                    grid[name] = values
        seeds = st.number_input("Seeds, counted up from the seed above", 1, 1000, 1, key="sweep_seeds")
    return Variation(grid, int(seeds))
