"""Charts of the paper's figures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import altair as alt
import streamlit as st

from itnt_core.figures import NAMES, PaperFigure, figure_file, read_figure

# Okabe and Ito's colours, told apart by most colour-blind eyes; dashes tell them apart without colour.
COLOURS = ["#595959", "#0072b2", "#009e73", "#e69f00", "#cc79a7", "#d55e00", "#8c8c8c"]
DASHES = [[2, 2], [8, 3], [1, 0], [6, 2, 2, 2], [4, 4], [2, 4], [1, 3]]
POWER_COLOURS = ["#56b4e9", "#0072b2", "#009e73", "#d55e00"]


def stored(name: str) -> dict[str, Any] | None:
    """Return a figure's stored content, read once per change of its file."""
    path = figure_file(name)
    return _read(str(path), path.stat().st_mtime_ns if path.exists() else 0)


@st.cache_data(max_entries=8, show_spinner=False)
def _read(path: str, stamp: int) -> dict[str, Any] | None:
    del stamp
    return read_figure(Path(path))


def told_beside(figure: PaperFigure, name: str) -> None:
    """Say what the paper claims, what was found, from what, and how to compute it again."""
    left, right = st.columns(2)
    left.markdown(f"**The paper**\n\n{figure.claim}")
    right.markdown(f"**Found here**\n\n{figure.found}")
    st.caption(
        f"{figure.made} Bands are 95 % confidence intervals. Compute again: `python -m itnt_core reproduce {name}`"
    )
    with st.expander("The same as a table"):
        st.dataframe(figure.rows, hide_index=True)


def users_chart(figure: PaperFigure) -> None:
    """Draw data service against users with intervals."""
    names = list(NAMES.values())
    _band_and_line(figure, ("users:Q", "Users"), ("mbit:Q", "Data service, Mbit"), names, COLOURS, DASHES)


def power_chart(figure: PaperFigure) -> None:
    """Draw reward against episode with intervals, one line per power."""
    names = list(dict.fromkeys(row["series"] for row in figure.rows))
    axes = ("episode:Q", "Episode of all environments"), ("reward:Q", "Cumulative reward")
    _band_and_line(figure, *axes, names, POWER_COLOURS[: len(names)], DASHES[: len(names)])


def _band_and_line(
    figure: PaperFigure,
    across: tuple[str, str],
    up: tuple[str, str],
    names: list[str],
    colours: list[str],
    dashes: list[list[int]],
) -> None:
    base = alt.Chart(alt.Data(values=figure.rows), height=420, description=f"{figure.claim} {figure.found}").encode(
        x=alt.X(across[0], title=across[1], scale=alt.Scale(zero=False, nice=False)),
        color=alt.Color(
            "series:N", title=None, legend=alt.Legend(orient="top", columns=3, symbolOpacity=1, symbolStrokeWidth=0)
        ).scale(domain=names, range=colours),
    )
    scale = alt.Scale(zero=False)
    band = base.mark_area(opacity=0.15).encode(y=alt.Y("low:Q", title=up[1], scale=scale), y2="high:Q")
    dash = alt.StrokeDash("series:N", legend=None).scale(domain=names, range=dashes)
    line = base.mark_line(point=True).encode(y=alt.Y(up[0], title=up[1], scale=scale), strokeDash=dash)
    st.altair_chart(band + line, width="stretch")


def flights_chart(figure: PaperFigure) -> None:
    """Draw the flights from above, with the GBSs."""
    flights = [row for row in figure.rows if row["series"] != "GBS"]
    masts = [row for row in figure.rows if row["series"] == "GBS"]
    names = list(dict.fromkeys(row["series"] for row in flights))
    colours = [COLOURS[list(NAMES.values()).index(name)] for name in names]
    dashes = [DASHES[list(NAMES.values()).index(name)] for name in names]
    east = alt.X("east_m:Q", title="East, m", scale=alt.Scale(domain=[-2000, 2000]))
    north = alt.Y("north_m:Q", title="North, m", scale=alt.Scale(domain=[-2000, 2000]))
    paths = (
        alt.Chart(alt.Data(values=flights), height=560, description=figure.found)
        .mark_line(strokeWidth=2)
        .encode(
            x=east,
            y=north,
            order="slot:Q",
            detail="user:N",
            tooltip=["series:N", "user:N", "slot:Q"],
            color=alt.Color("series:N", title=None, legend=alt.Legend(orient="top")).scale(domain=names, range=colours),
            strokeDash=alt.StrokeDash("series:N", legend=None).scale(domain=names, range=dashes),
        )
    )
    towers = (
        alt.Chart(alt.Data(values=masts))
        .mark_point(shape="triangle-up", size=140, filled=True, color="#595959")
        .encode(x=east, y=north, tooltip=["series:N"])
    )
    st.altair_chart(paths + towers, width="stretch")
