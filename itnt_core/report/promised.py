"""How sure a run is, in its report: what is promised of worlds that it was not made for."""

from __future__ import annotations

from typing import Any

import numpy as np

from itnt_core.promise import SHARE, Promise
from itnt_core.words import promise_rows, promise_sentences

from .blocks import Block, Cell, Figure, Heading, Points, Table
from .charts import BOTTOM, CHART_PT, FULL_PT, LEFT, RIGHT, TOP
from .drawing import Drawing, add_axes, empty_figure, style, title
from .judged import JudgedRun
from .palette import LIGHT
from .words import NONE, figures

BINS = 30  # of a histogram


def promise_blocks(run: JudgedRun) -> list[Block]:
    """Return the part on drawn worlds, nothing where none were drawn for this answer."""
    promise = run.promise
    if promise is None:
        return []
    rows = promise_rows(promise)
    cells = tuple((str(row["Share of worlds"]), *(_cell(run, row, name) for name in tuple(row)[1:])) for row in rows)
    caption = f"What is promised of a world that was not drawn, from {promise.worlds:,} that were."
    return [
        Heading("How sure is it"),
        Points(promise_sentences(promise)),
        Figure(distribution(promise), "Data service in the drawn worlds; the line is what 95 % of worlds reach."),
        Table(caption, tuple(rows[0]), cells),
    ]


def _cell(run: JudgedRun, row: dict[str, Any], name: str) -> Cell:
    value = row[name]
    return NONE if value is None else figures(f"{run.name}.promise.{row['Share of worlds']}.{name}", float(value))


def distribution(promise: Promise) -> Drawing:
    """Return the data of the drawn worlds as a histogram, what is promised and what was planned as lines."""
    level = promise.level()
    with style():
        figure = empty_figure(FULL_PT, CHART_PT)
        axes = add_axes(figure, LEFT, TOP, RIGHT, BOTTOM)
        title(figure, "Drawn worlds", "number of worlds")
        axes.hist(promise.data, bins=min(BINS, promise.worlds), color=LIGHT["series1"], alpha=0.6)
        marks = [(promise.planned_mbit, "planned", "soft")]
        marks += [(level.value, f"{100.0 * SHARE:g} % reach it", "series0")] if level else []
        for value, name, colour in marks:
            axes.axvline(value, color=LIGHT[colour], linewidth=1.4, label=name)
        axes.legend(loc="upper left", frameon=False)
        axes.set_xlabel("data service (active), Mbit", loc="right", color=LIGHT["soft"], labelpad=2.0)
    words = f"At least {level.value:,.0f} Mbit in {100.0 * SHARE:g} % of worlds." if level else ""
    middle = float(np.median(promise.data))
    return Drawing(figure, f"Data service in {promise.worlds} drawn worlds, {middle:,.0f} Mbit in the middle. {words}")
