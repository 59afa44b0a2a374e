"""The progress of a run as a curve: best objective so far and the bound above it; and how it learns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from itnt_core.bounds import BoundError, gap

from . import style

if TYPE_CHECKING:
    import plotly.graph_objects as go

MOST_POINTS = 2000  # of a live curve: more than a screen has columns
BESIDE = 2  # small charts in a row: readable on a phone

LOOKS = {
    "Best so far": {"color": style.BLUE, "dash": "solid"},
    "Upper bound": {"color": style.RED, "dash": "6px,4px"},
    "Policy alone": {"color": style.GREEN, "dash": "solid"},
    "Straight line": {"color": style.GREY, "dash": "2px,3px"},
    "Short planner": {"color": style.PINK, "dash": "8px,3px"},
}
LINES = {"policy_mbit": "Policy alone", "straight_mbit": "Straight line", "planner_mbit": "Short planner"}
FIGURES = {
    "reward": "Reward",
    "penalty": "Penalties",
    "energy_kj": "Energy, kJ",
    "q": "Q value",
    "critic_loss": "Critic loss",
    "actor_loss": "Actor loss",
    "power_loss": "Power loss",
    "exploration": "Exploration",
}


class Training(NamedTuple):
    """Rows of the learning curves: data service beside its lines, and everything else a training tells."""

    service: list[dict[str, Any]]  # episode, mbit, series
    figures: list[dict[str, Any]]  # episode, value, figure
    last: list[tuple[str, float]]  # the newest figures by name


class Ascent(NamedTuple):
    """Rows of the curve, and the same in one sentence."""

    rows: list[dict[str, Any]]  # elapsed_s, mbit, series
    sentence: str


def ascent(events: Iterable[Mapping[str, Any]]) -> Ascent | None:
    """Return the curve of a run's progress events; None while there are fewer than two figures to join."""
    usable = [event for event in events if event.get("objective_mbit") is not None]
    if len(usable) < 2:
        return None
    thin = usable[:: max(1, len(usable) // MOST_POINTS)]
    thin = thin if thin[-1] is usable[-1] else [*thin, usable[-1]]
    rows = [
        {"elapsed_s": float(event.get("elapsed_s") or 0.0), "mbit": float(event[field]), "series": name}
        for event in thin
        for field, name in (("objective_mbit", "Best so far"), ("bound_mbit", "Upper bound"))
        if event.get(field) is not None
    ]
    return Ascent(rows, _sentence(usable[0], usable[-1]))


def _sentence(first: Mapping[str, Any], last: Mapping[str, Any]) -> str:
    value, bound = float(last["objective_mbit"]), last.get("bound_mbit")
    first_mbit, elapsed_s = float(first["objective_mbit"]), float(last.get("elapsed_s") or 0.0)
    text = f"From {first_mbit:,.0f} to {value:,.0f} Mbit in {elapsed_s:.1f} s"
    shares = [100 * float(event["served_share"]) for event in (first, last) if event.get("served_share") is not None]
    if len(shares) == 2:
        text = f"{text}, with {shares[0]:.1f} and then {shares[1]:.1f} % of user slots served"
    if not bound:
        return f"{text}."
    try:
        share = 100.0 * gap(value, float(bound))
    except BoundError as error:
        return f"{text}. {error}"
    return f"{text}; at most {float(bound):,.0f} Mbit is possible, so the data gap is below {share:.1f} %."


def training(events: Iterable[Mapping[str, Any]]) -> Training | None:
    """Return the learning curves of a run's progress events; None where nothing was learned yet."""
    usable = [
        event
        for event in events
        if event.get("metrics") and "reward" in event["metrics"] and event.get("iteration") is not None
    ]
    if len(usable) < 2:
        return None
    thin = usable[:: max(1, len(usable) // MOST_POINTS)]
    service = []
    for event in thin:
        values = {name: event["metrics"].get(key) for key, name in LINES.items()}
        values |= {"Best so far": event.get("objective_mbit"), "Upper bound": event.get("bound_mbit")}
        episode = int(event["iteration"])
        service += [
            {"episode": episode, "mbit": float(value), "series": name}
            for name, value in values.items()
            if value is not None
        ]
    figures = [
        {"episode": int(event["iteration"]), "value": float(event["metrics"][key]), "figure": name}
        for event in thin
        for key, name in FIGURES.items()
        if key in event["metrics"]
    ]
    newest = usable[-1]["metrics"]
    return Training(service, figures, [(name, float(newest[key])) for key, name in FIGURES.items() if key in newest])


def ascent_figure(curve: Ascent) -> go.Figure:
    """Draw the best objective so far and its bound over the elapsed time; both hold until the next is known."""
    figure = _lines(curve.rows, "elapsed_s", "after %{x:,.4g} s", "hv")
    return style.laid_out(figure, 220, "Elapsed, s", "Data service, Mbit", dragmode=False)


def learning_figure(learned: Training) -> go.Figure:
    """Draw the data service of the policy against episode, beside the lines it is to reach."""
    figure = _lines(learned.service, "episode", "in episode %{x}", "linear")
    style.laid_out(figure, 320, "Episode of all environments", "Data service, Mbit", dragmode=False)
    return figure.update_xaxes(style.whole_ticks(row["episode"] for row in learned.service))


def metrics_figure(learned: Training) -> go.Figure:
    """Draw reward, losses and the rest against episode, a small chart each, every one with a scale of its own."""
    from plotly.subplots import make_subplots

    names = list(dict.fromkeys(row["figure"] for row in learned.figures))
    rows = -(-len(names) // BESIDE)
    cells: list[dict[str, Any] | None] = [{} if n < len(names) else None for n in range(rows * BESIDE)]
    specs = [cells[n : n + BESIDE] for n in range(0, len(cells), BESIDE)]
    gaps = {"vertical_spacing": 0.45 / rows, "horizontal_spacing": 0.14}  # shares of the whole: ticks and a title
    figure = make_subplots(rows, BESIDE, specs=specs, subplot_titles=names, **gaps)
    for number, name in enumerate(names):
        own = [row for row in learned.figures if row["figure"] == name]
        figure.add_scatter(
            x=[row["episode"] for row in own],
            y=[row["value"] for row in own],
            name=name,
            mode="lines",
            line={"color": style.BLUE},
            hovertemplate=f"{name} %{{y:,.4g}} in episode %{{x}}<extra></extra>",
            row=number // BESIDE + 1,
            col=number % BESIDE + 1,
        )
    beside = {"showlegend": False, "margin": style.MARGIN | {"t": 30}, "dragmode": False}
    style.laid_out(figure, 60 + 140 * rows, "", "", **beside)
    figure.update_annotations(font_size=13)
    return figure.update_xaxes(style.whole_ticks(row["episode"] for row in learned.figures))


def _lines(rows: list[dict[str, Any]], across: str, when: str, shape: str) -> go.Figure:
    """Draw a line per name in the field ``series``, data service in Mbit over the field ``across``."""
    import plotly.graph_objects as go

    figure = go.Figure()
    for name in dict.fromkeys(row["series"] for row in rows):
        own = [row for row in rows if row["series"] == name]
        figure.add_scatter(
            x=[row[across] for row in own],
            y=[row["mbit"] for row in own],
            name=name,
            mode="lines",
            line={**LOOKS[name], "width": 2, "shape": shape},
            hovertemplate=f"%{{y:,.1f}} Mbit {when}",
            showlegend=True,
        )
    return figure
