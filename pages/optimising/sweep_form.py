"""What a sweep varies, asked in a form: named axes with their values, and how many seeds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from itnt_core.runs import NAMED, axis_label, first_values, numeric_fields, parse_values
from itnt_core.scenario import Scenario

SEEDS, OTHER = "seeds", "other field"
LABELS = {SEEDS: "Seeds", OTHER: "Other field"}
FIRST_SEEDS = 5  # an interval of a mean that is not too wide
VALUES_HELP = "Separated by commas. Fewer masts, satellites or users are the first ones of the scenario."


@dataclass(frozen=True)
class Variation:
    """What is varied: axes with their values, and how many seeds."""

    grid: dict[str, list[Any]] = field(default_factory=dict)
    seeds: int = 1

    @property
    def is_sweep(self) -> bool:
        """Say whether anything is varied."""
        return bool(self.grid) or self.seeds > 1


def ask_variation(scenario: Scenario) -> Variation:
    """Show the axes of a sweep; left alone it asks for one run of every method."""
    axes = st.multiselect(
        "Axes",
        [*NAMED, SEEDS, OTHER],
        format_func=lambda key: LABELS.get(key) or axis_label(key),
        key="sweep_axes",
        placeholder="Users, masts, seeds ...",
        help="Every combination of their values is run with every method.",
    )
    grid: dict[str, list[Any]] = {}
    for key in axes:
        if key == OTHER:
            _ask_other(scenario, grid)
        elif key != SEEDS:
            usual = ", ".join(f"{value:g}" for value in first_values(scenario, key))
            text = st.text_input(axis_label(key), usual, key=f"sweep_values_{key}", help=VALUES_HELP)
            if values := parse_values(text):
                grid[key] = values
    seeds = 1
    if SEEDS in axes:
        seeds = st.number_input("Seeds, counted up from the scenario's", 1, 1000, FIRST_SEEDS, key="sweep_seeds")
    return Variation(grid, int(seeds))


def _ask_other(scenario: Scenario, grid: dict[str, list[Any]]) -> None:
    """Ask for a field of the scenario by its dotted name."""
    name = st.selectbox("Field", numeric_fields(scenario), key="sweep_field", help="As in a scenario's file.")
    text = st.text_input("Values, separated by commas", key="sweep_values_other", placeholder="2, 3.5")
    if name and (values := parse_values(text)):
        grid[name] = values
