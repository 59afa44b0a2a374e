"""Figures of a seed sweep: each scheme's mean over the seeds with its interval, each seed as a dot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go

from itnt_core.twin import SCHEME_TITLES, TWIN_FIGURES

from . import style
from .sweep import half_width

if TYPE_CHECKING:
    import pandas as pd

KEY = TWIN_FIGURES[0].key


def seeds_figure(table: pd.DataFrame) -> go.Figure:
    """Draw the mean backlog of each scheme with its 95 % interval (Student's t) over the seeds, seeds as dots.

    ``table`` as :func:`itnt_core.runs.seed_table` returns it; what has not finished is left out.
    """
    figure = go.Figure()
    schemes = [key for key in SCHEME_TITLES if key in set(table["method"])]
    for number, key in enumerate(schemes):
        values, seeds = _values(table, key)
        if not values.size:
            continue
        colour, title = style.COLOURS[number % len(style.COLOURS)], SCHEME_TITLES[key]
        figure.add_scatter(
            x=values,
            y=[title] * values.size,
            mode="markers",
            marker={"color": colour, "size": 7, "opacity": 0.45},
            text=[f"seed {seed}" for seed in seeds],
            hovertemplate="%{text}: %{x:,.0f} Mbit<extra></extra>",
            showlegend=False,
        )
        half = half_width(values)
        figure.add_scatter(
            x=[float(values.mean())],
            y=[title],
            error_x={"type": "data", "array": [0.0 if np.isnan(half) else half], "thickness": 2.0, "width": 7},
            mode="markers",
            marker={"color": colour, "size": 13, "symbol": "diamond", "line": style.EDGE},
            hovertemplate="mean of the seeds: %{x:,.0f} Mbit<extra></extra>",
            showlegend=False,
        )
    height = 110 + 44 * max(1, len(schemes))
    return style.laid_out(
        figure, height, TWIN_FIGURES[0].heading, "", xaxis_rangemode="tozero", yaxis_autorange="reversed"
    )


def seeds_sentences(table: pd.DataFrame) -> list[str]:
    """Say in words what a seed sweep has found: each scheme's mean, and how much less than it the best one has."""
    found = {key: dict(zip(*_values(table, key)[::-1], strict=True)) for key in SCHEME_TITLES}
    real = {key: values for key, values in found.items() if values and key != "genie"}
    if not real:
        return ["No run of this sweep has finished yet."]
    best = min(real, key=lambda key: float(np.mean(list(real[key].values()))))
    sentences = [f"Least backlog on the mean of {len(real[best])} seeds: {SCHEME_TITLES[best]}, {_mean(real[best])}."]
    for key, values in real.items():
        common = [seed for seed in values if seed in real[best]]
        if key != best and len(common) > 1:
            less = np.array([values[seed] - real[best][seed] for seed in common])
            sentences.append(
                f"{SCHEME_TITLES[key]}: {less.mean():+,.0f} ± {half_width(less):,.0f} Mbit, seed against seed."
            )
    return sentences


def _mean(values: dict[int, float]) -> str:
    found = np.array(list(values.values()))
    half = half_width(found)
    return f"{found.mean():,.0f} Mbit" if np.isnan(half) else f"{found.mean():,.0f} ± {half:,.0f} Mbit (95 %)"


def _values(table: pd.DataFrame, scheme: str) -> tuple[np.ndarray, np.ndarray]:
    """Return a scheme's finished backlogs (n,) and their seeds (n,)."""
    if KEY not in table:
        return np.zeros(0), np.zeros(0, dtype=int)
    own = table[(table["method"] == scheme) & table[KEY].notna()]
    return own[KEY].to_numpy(dtype=float), own["seed"].to_numpy(dtype=int)
