"""The power flux density of satellites at the ground over time, with its limit."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from . import style


def flux_figure(
    time_s: ArrayLike, names: Sequence[str], flux_dbw_m2_mhz: ArrayLike, limit_dbw_m2_mhz: float | None = None
) -> go.Figure:
    """Draw the densest subchannel of each satellite (slots, satellites) over times (slots,), and the limit.

    Where a satellite serves nobody its line has a gap.
    """
    flux = np.asarray(flux_dbw_m2_mhz, dtype=float)
    figure = go.Figure()
    for column, name in enumerate(names):
        figure.add_scatter(
            x=np.asarray(time_s),
            y=np.where(np.isfinite(flux[:, column]), flux[:, column], np.nan),
            mode="lines+markers",
            name=style.plain(name),
            marker={"size": 4},
            line={"color": style.COLOURS[column % len(style.COLOURS)], "width": 2},
            hovertemplate="%{x:g} s: %{y:.1f} dBW/m²/MHz<extra>" + style.plain(name) + "</extra>",
        )
    if limit_dbw_m2_mhz is not None:
        figure.add_hline(y=limit_dbw_m2_mhz, line={"color": style.GREY, "dash": "dash"}, annotation_text="limit")
    return style.laid_out(figure, 320, "Time, s", "Power flux density, dBW/m²/MHz")
