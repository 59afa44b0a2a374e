"""Figures of dispatching: rewards of two dispatchers over a world, over many worlds, and how a policy learned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from itnt_core.dispatch import DispatchEpisode

from . import style

LOOKS = ((style.BLUE, "solid"), (style.RED, "7px,3px"))  # as the letters A and B on the map


def rewards_figure(episodes: Mapping[str, DispatchEpisode]) -> go.Figure:
    """Draw what has come together of rewards in one world, a line for each dispatcher by its name."""
    figure = go.Figure()
    for (name, episode), (colour, dash) in zip(episodes.items(), LOOKS, strict=False):
        times_s = np.arange(episode.slots + 1) * episode.setting.slot_s
        figure.add_scatter(
            x=times_s,
            y=np.concatenate([[0.0], np.cumsum(episode.reward)]),
            mode="lines",
            name=style.plain(name),
            line={"color": colour, "dash": dash, "width": 2.4},
            hovertemplate="%{y:.1f} at %{x:.0f} s<extra></extra>",
        )
    figure.add_hline(y=0.0, line={"color": style.GREY, "width": 1, "dash": "dot"})
    return style.laid_out(figure, 300, "Time after the start, s", "Reward so far")


def paired_figure(first: str, second: str, rewards: Sequence[Sequence[float]]) -> go.Figure:
    """Draw by how much the first dispatcher earns more in each held-out world, the best world first; 0 is a draw."""
    one, other = (np.asarray(values, dtype=float) for values in rewards)
    gains = np.sort(one - other)[::-1]
    figure = go.Figure()
    colours = [style.BLUE if gain >= 0.0 else style.RED for gain in gains]
    figure.add_bar(
        x=np.arange(1, len(gains) + 1), y=gains, marker={"color": colours}, hovertemplate="%{y:+.3f}<extra></extra>"
    )
    figure.add_hline(y=float(gains.mean()), line={"color": style.GREY, "width": 1.6, "dash": "dash"})
    up = f"{style.plain(first)} less {style.plain(second)}" if len(first + second) < 40 else "A less B"
    return style.laid_out(figure, 210, "Worlds, by the difference", f"{up}, reward of a slot", showlegend=False)


def taught_figure(unexplained: Sequence[float]) -> go.Figure:
    """Draw what hindsight's scores were left unexplained by after each round of a training, in %; given are shares."""
    rounds = list(range(1, len(unexplained) + 1))
    figure = go.Figure()
    figure.add_scatter(
        x=rounds,
        y=[100.0 * share for share in unexplained],
        mode="lines+markers",
        line={"color": style.BLUE, "width": 2.4},
        hovertemplate="%{y:.1f} % after round %{x}<extra></extra>",
    )
    return style.laid_out(
        figure,
        240,
        "Round",
        "Left unexplained, %",
        showlegend=False,
        yaxis_rangemode="tozero",
        xaxis=style.whole_ticks(rounds),
    )
