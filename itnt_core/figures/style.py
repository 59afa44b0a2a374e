"""How every chart looks: one palette, one set of dashes, one layout. Light or dark is for the page to say."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import plotly.graph_objects as go

# Okabe and Ito's colours, told apart by most colour-blind eyes, readable on a light and on a dark page.
BLUE, ORANGE, GREEN, PINK = "#0072B2", "#E69F00", "#009E73", "#CC79A7"
RED, SKY, GREY = "#D55E00", "#56B4E9", "#8A8F98"
COLOURS = (BLUE, RED, GREEN, PINK, ORANGE, GREY)
# Dashes that tell the lines apart without colour, in the order of COLOURS.
DASHES = ("solid", "7px,3px", "2px,2px", "9px,3px,2px,3px", "4px,4px", "1px,3px")
EDGE = {"width": 1, "color": "white"}  # around marks, so that they stand off lines and surfaces
TOP_LEGEND = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0.0, "traceorder": "normal"}
MARGIN = {"l": 10, "r": 10, "t": 10, "b": 10}  # px; axes take what they need on top of it
AXIS = {"separatethousands": True, "exponentformat": "SI", "minexponent": 6}  # 12,000, not 12k
MOST_WHOLE_TICKS = 10  # whole numbers beside one another before plotly chooses
LECTURE_PX, LECTURE_TITLE_PX = 17, 18  # letters that are read from the last row


def laid_out(figure: go.Figure, height: int, across: str, up: str, **layout: Any) -> go.Figure:
    """Return the figure with its height in px, its axes' titles, the legend on top; ``layout`` adds what is its own."""
    known: dict[str, Any] = {name: {} for name in figure.layout if name.startswith(("xaxis", "yaxis"))}
    return figure.update_layout(layout_of(height, across, up, known | layout))


def layout_of(height: int, across: str, up: str, own: dict[str, Any]) -> dict[str, Any]:
    """Return a layout with its height in px, its axes' titles and the legend on top; ``own`` comes on top of it.

    It is nested: plotly takes longer to understand names with underscores, and to find the axes, than to draw.
    """
    titled: dict[str, Any] = {"xaxis": {"title": {"text": across}}, "yaxis": {"title": {"text": up}}}
    axes = {
        name: AXIS | titled.get(name, {}) | part
        for name, part in ({"xaxis": {}, "yaxis": {}} | own).items()
        if name.startswith(("xaxis", "yaxis")) and "_" not in name
    }
    return {"height": height, "margin": MARGIN, "legend": TOP_LEGEND} | own | axes


def enlarged(figure: go.Figure, height: int) -> go.Figure:
    """Return a copy for a lecture: at least that high, in px, and with large letters."""
    import plotly.graph_objects as go

    large = go.Figure(figure)
    for update in (large.update_xaxes, large.update_yaxes):
        update(tickfont_size=LECTURE_PX, title_font_size=LECTURE_TITLE_PX)
    bar = {"tickfont_size": LECTURE_PX, "title_font_size": LECTURE_TITLE_PX}
    large.update_traces(colorbar=bar, selector={"type": "heatmap"})
    return large.update_layout(height=max(height, large.layout.height), legend_font_size=LECTURE_PX)


def equal_scales(figure: go.Figure) -> go.Figure:
    """Give both axes one scale, as on a map; what is left over stays empty, below or on both sides."""
    return figure.update_layout(
        xaxis_constrain="domain",
        yaxis={"constrain": "domain", "constraintoward": "top", "scaleanchor": "x"},
    )


def whole_ticks(values: Iterable[float]) -> dict[str, Any]:
    """Return the part of an axis that keeps its ticks on whole numbers, where few of them are to be shown."""
    known = list(values)
    return {"dtick": 1} if known and max(known) - min(known) <= MOST_WHOLE_TICKS else {}


def log_ticks(values: Iterable[float]) -> dict[str, Any]:
    """Return the part of a logarithmic axis that ticks it at 1, 2 and 5 times powers of ten, around positive values."""
    known = list(values)
    if not known:
        return {}
    powers = range(math.floor(math.log10(min(known))), math.ceil(math.log10(max(known))) + 1)
    ticks = [step * 10.0**power for power in powers for step in (1, 2, 5)]
    return {"tickvals": ticks, "ticktext": [f"{tick:,.10g}" for tick in ticks]}


def plain(text: str) -> str:
    """Return text that plotly shows as it is: it would read a few tags and entities."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
