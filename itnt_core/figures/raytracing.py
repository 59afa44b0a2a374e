"""The urban channel beside the ray tracer, as charts, as rows for tables and as sentences."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from itnt_core.raytracing import Comparison, agreements, same_sight

from . import style

if TYPE_CHECKING:
    import plotly.graph_objects as go

URBAN, TRACED, FREE_SPACE = "Our urban model", "Ray tracing", "Free space"
SIGHT, NO_SIGHT = "Line of sight", "No line of sight"
DEPLOYMENTS = {"uma": "UMa", "umi": "UMi"}
HEIGHT = 400  # px
DASHED = {"color": style.GREY, "dash": "6px,4px", "width": 2}
# Shapes tell them apart without colour; rings lie over one another and stay readable.
LOOKS = (
    {"color": style.RED, "symbol": "circle-open", "size": 7, "opacity": 0.7},
    {"color": style.BLUE, "symbol": "cross", "size": 5, "opacity": 0.7},
)
LEFT_OUT = (
    "Without line of sight a difference is expected, and neither side is the truth: TR 38.901 is a mean over many "
    "cities, to which shadowing is added, here left out, while the tracer follows the streets of this one. It bends a "
    "path at one edge only, so what arrives over several roofs is missing there; walls are all concrete, without "
    "windows or trees."
)


def distance_rows(compared: Comparison) -> list[dict[str, Any]]:
    """Return one row per link and model: distance, path gain, line of sight; links without a traced path have none."""
    rows = []
    for name, gains in ((TRACED, compared.traced_db), (URBAN, compared.urban_db)):
        for distance, gain, sight in zip(compared.distance_m, gains, compared.line_of_sight, strict=True):
            if math.isfinite(gain):
                rows.append({"m": float(distance), "db": float(gain), "model": name, "sight": _word(sight)})
    return rows


def free_space_rows(compared: Comparison) -> list[dict[str, Any]]:
    """Return the free-space path gain over distance, for a line."""
    order = np.argsort(compared.distance_m)[:: max(1, len(compared.distance_m) // 60)]
    return [{"m": float(compared.distance_m[i]), "db": float(compared.free_space_db[i])} for i in order]


def pair_rows(compared: Comparison) -> list[dict[str, Any]]:
    """Return one row per link with a traced path: both path gains and their difference."""
    found = np.flatnonzero(np.isfinite(compared.traced_db))
    return [
        {
            "traced": float(compared.traced_db[i]),
            "urban": float(compared.urban_db[i]),
            "difference": round(float(compared.urban_db[i] - compared.traced_db[i]), 1),
            "m": float(compared.distance_m[i]),
            "sight": _word(compared.line_of_sight[i]),
        }
        for i in found
    ]


def distance_figure(compared: Comparison) -> go.Figure:
    """Draw both models' path gains over distance, a mark per link, with free space as a dashed line."""
    rows = distance_rows(compared)
    hover = "%{y:.1f} dB at %{x:,.0f} m, %{customdata}"
    figure = _marks(rows, (TRACED, URBAN), "model", ("m", "db"), [row["sight"].lower() for row in rows], hover)
    line = free_space_rows(compared)
    figure.add_scatter(
        x=[row["m"] for row in line],
        y=[row["db"] for row in line],
        name=FREE_SPACE,
        mode="lines",
        line=DASHED,
        hovertemplate="%{y:.1f} dB at %{x:,.0f} m",
    )
    style.laid_out(figure, HEIGHT, "Distance, m", "Path gain, dB", xaxis_type="log")
    return figure.update_xaxes(style.log_ticks(row["m"] for row in rows))


def pair_figure(compared: Comparison) -> go.Figure:
    """Draw ours against the traced path gain, one mark per link, with the diagonal of agreement dashed."""
    rows = pair_rows(compared)
    hover = "ours %{y:.1f} dB, traced %{x:.1f} dB: %{customdata}"
    beside = [f"{row['difference']:+.1f} dB at {row['m']:,.0f} m" for row in rows]
    figure = _marks(rows, (NO_SIGHT, SIGHT), "sight", ("traced", "urban"), beside, hover)
    values = [row[name] for row in rows for name in ("traced", "urban")]
    ends = [min(values, default=-200.0), max(values, default=0.0)]
    figure.add_scatter(x=ends, y=ends, name="Agreement", mode="lines", line=DASHED, hoverinfo="skip")
    return style.laid_out(figure, HEIGHT, "Ray tracing, dB", "Our urban model, dB")


def _marks(
    rows: list[dict[str, Any]],
    names: tuple[str, str],
    by: str,
    fields: tuple[str, str],
    beside: list[str],
    hover: str,
) -> go.Figure:
    """Draw a mark per row, those of a name in the field ``by`` alike; ``beside`` is said of each where one points."""
    import plotly.graph_objects as go

    figure = go.Figure()
    for name, look in zip(names, LOOKS, strict=True):
        own = [number for number, row in enumerate(rows) if row[by] == name]
        x, y = ([rows[number][field] for number in own] for field in fields)
        labels = [beside[number] for number in own]
        figure.add_scatter(x=x, y=y, name=name, mode="markers", marker=look, customdata=labels, hovertemplate=hover)
    return figure


def agreement_rows(compared: Comparison) -> list[dict[str, Any]]:
    """Return one row per kind of link: how many, and how the path gains differ (urban minus traced)."""
    return [
        {
            "Links": name,
            "Number": row.links,
            "Without a traced path": row.without_path,
            "Bias, dB": _tenth(row.bias_db),
            "RMSE, dB": _tenth(row.rmse_db),
            "Spread, dB": _tenth(row.spread_db),
            "Correlation": None if math.isnan(row.correlation) else round(row.correlation, 2),
        }
        for name, row in agreements(compared).items()
    ]


def link_rows(compared: Comparison) -> list[dict[str, Any]]:
    """Return one row per link for a table."""
    columns = zip(
        compared.distance_m,
        compared.line_of_sight,
        compared.urban_db,
        compared.traced_db,
        compared.free_space_db,
        strict=True,
    )
    return [
        {
            "Distance, m": round(float(distance)),
            "Line of sight": bool(sight),
            f"{URBAN}, dB": _tenth(urban),
            f"{TRACED}, dB": _tenth(traced),
            f"{FREE_SPACE}, dB": _tenth(free),
        }
        for distance, sight, urban, traced, free in columns
    ]


def found(compared: Comparison) -> str:
    """Say what the comparison found."""
    rows = agreements(compared)
    clear, blocked = rows[SIGHT], rows[NO_SIGHT]
    sentences = [
        f"On {100.0 * same_sight(compared):.1f} % of {len(compared.distance_m)} links both say the same about line of "
        "sight.",
        f"Where there is line of sight ({clear.links} links), our path gain lies {_apart(clear.bias_db)} the traced "
        f"one on average (RMSE {clear.rmse_db:.1f} dB).",
        f"Where there is none ({blocked.links} links), it lies {_apart(blocked.bias_db)} it (RMSE "
        f"{blocked.rmse_db:.1f} dB), over the {blocked.links - blocked.without_path} links on which the tracer "
        "found a path at all.",
    ]
    return " ".join(sentences)


def made(compared: Comparison) -> str:
    """Say from what the comparison was made."""
    about, settings = compared.about, compared.about["settings"]
    versions = ", ".join(f"{name} {version}" for name, version in about["versions"].items())
    return (
        f"{about['scenario']}: {about['masts']} base stations, {about['receivers']} points on free ground 1.5 m high, "
        f"{about['buildings']:,} buildings; {settings['carrier_ghz']:g} GHz, isotropic antennas, "
        f"{DEPLOYMENTS[about['deployment']]} without shadowing. Rays: {settings['samples']:,} per "
        f"base station, up to {settings['max_depth']} interactions, scattering {settings['scattering_coefficient']:g}, "
        f"{'one diffraction' if settings['diffraction'] else 'no diffraction'}; {versions}; {about['wall_s']:.0f} s. "
        f"Made {about['made'][:10]} by code {about['code']}."
    )


def _word(sight: Any) -> str:
    return SIGHT if sight else NO_SIGHT


def _tenth(value: float) -> float | None:
    return round(float(value), 1) if math.isfinite(value) else None


def _apart(bias_db: float) -> str:
    return f"{abs(bias_db):.1f} dB {'above' if bias_db > 0.0 else 'below'}"
