"""Dispatching in words: who flies, what the worlds are like, what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from itnt_core.dispatch import DispatchEpisode, DispatchResult, PolicyWeights
from itnt_core.intervals import interval
from itnt_core.texts import cleaned

from .amounts import count_of

MOST_LINES = 12  # of what a policy tells of itself
REWARD_WORDS = (
    "A slot's gain over everybody hovering in the same world: more data served, less the price of flying energy, plus "
    "what coming nearer to the destinations is worth. 1 is what the greedy dispatcher gains on the average, 0 is "
    "hovering."
)
DISPATCHERS: dict[str, tuple[str, str]] = {
    "nothing": ("Nothing: hover", "Everybody stays at the start; earns 0 in every world."),
    "straight": ("Straight to the destination", "Evenly over the time that is left."),
    "greedy": ("Greedy", "The best move for the next two slots."),
    "replanning": (
        "Replanning",
        "Plans anew in every slot as if demand, satellites and loads stayed as they were last.",
    ),
    "shipped": ("Learned: comes with the program", "One small network, taught by what hindsight says."),
    "uploaded": ("Learned: your file", "The policy that was uploaded in this session."),
    "trained": ("Learned: trained here", "A policy that a training on this page has made."),
    "hindsight": (
        "Hindsight: knows the future, an upper line",
        "The same plan with demand, satellites and shadowing to come known, which nobody can know.",
    ),
}
# What of the worlds the page lets be chosen: label, unit, step, help; ranges are those of the options.
OPTION_WORDS: dict[str, tuple[str, str]] = {
    "late_missions": ("Missions that appear late", "Share of missions; nobody knows of one before it appears."),
    "failing": ("Satellites that fail", "Share of satellites that stop serving on the way."),
    "arriving_late": ("Satellites that begin late", "Share of satellites that serve only later in the window."),
    "walking": ("Ground users that walk", "Share of ground users; the others stand."),
    "on_s": ("Demand stays for, s", "Mean time that a user asks for data without a break."),
    "off_s": ("Demand stays away for, s", "Mean time that it asks for nothing; 0: it always asks."),
    "aerial_mbit_s": ("An aerial user asks for, Mbit/s", "While it asks."),
    "ground_mbit_s": ("A ground user asks for, Mbit/s", "While it asks."),
    "queue_mbit": ("A queue holds, Mbit", "What arrives beyond that is lost."),
    "energy_mbit_per_kj": ("Price of energy, Mbit/kJ", "So many Mbit less for each kJ beyond hovering."),
    "progress_mbit_per_km": ("Worth of progress, Mbit/km", "So many Mbit for each km nearer to the destination."),
}


def dispatcher_title(kind: str, horizon: int) -> str:
    """Return what a dispatcher is called, with its horizon where it has one."""
    title = DISPATCHERS[kind][0]
    return f"{title} over {horizon} slots" if kind == "replanning" else title


@dataclass(frozen=True)
class FlightFigure:
    """A figure of A's flight that is looked at first: its text, and how much more than B's it is."""

    label: str
    text: str
    difference: str  # empty where both are equal
    better: str  # which direction is wanted: more or less
    words: str


def episode_headline(first: DispatchEpisode, second: DispatchEpisode) -> list[FlightFigure]:
    """Return what is looked at first of two flights of one world, the first beside the second."""
    one, other = episode_figures(first), episode_figures(second)
    shown = (
        ("Reward of a slot", "Reward, A", 3, "more", REWARD_WORDS),
        ("Served, Mbit", "Served, A", 0, "more", "To all users in the whole world."),
        ("Waiting at the end, Mbit", "Waiting, A", 1, "less", "In all queues after the last slot."),
        ("Lost, Mbit", "Lost, A", 1, "less", "What arrived and found its queue full."),
        ("Flying energy, kJ", "Energy, A", 0, "less", "Of all aerial users whose mission is there."),
    )
    found = []
    for key, label, digits, better, words in shown:
        unit = key.rpartition(", ")[2] if ", " in key else ""
        text = f"{one[key]:,.{digits}f} {unit}".rstrip()
        difference = round(one[key] - other[key], digits) + 0.0  # no minus before a zero
        against = f"{difference:+,.{digits}f}" if difference else ""
        found.append(FlightFigure(label, text, against, better, words))
    return found


def policy_lines(weights: PolicyWeights) -> list[str]:
    """Return what a policy is and what it tells of itself, a line each; anybody may have written the latter."""
    own = {key: value for key, value in weights.about.items() if key != "sha256"}
    lines = [f"{str(key)[:40]}: {str(value)[:160]}" for key, value in list(own.items())[:MOST_LINES]]
    return [f"sha256 of its numbers: {weights.content_hash[:16]}", *map(cleaned, lines)]


def episode_figures(episode: DispatchEpisode) -> dict[str, float]:
    """Return what an episode came to by name: reward of a slot, amounts in Mbit, flying energy in kJ."""
    return {
        "Reward of a slot": float(episode.reward.mean()),
        "Served, Mbit": float(episode.served_mbit.sum()),
        "Served had all hovered, Mbit": float(episode.hovering_mbit.sum()),
        "Waiting at the end, Mbit": float(episode.waiting_mbit[-1].sum()),
        "Lost, Mbit": float(episode.lost_mbit.sum()),
        "Flying energy, kJ": float(episode.energy_j.sum() / 1e3),
        "Progress less energy's price, Mbit": float(episode.flights_mbit.sum()),
    }


def episode_rows(first: DispatchEpisode, second: DispatchEpisode) -> list[dict[str, Any]]:
    """Return a row per figure of two flights of one world: A's and B's value, and what A has more."""
    one, other = episode_figures(first), episode_figures(second)
    rows = []
    for label, value in one.items():
        digits = 3 if label.startswith("Reward") else 1
        row = {"A": value, "B": other[label], "A less B": value - other[label]}
        rows.append({"Figure": label} | {name: round(number, digits) + 0.0 for name, number in row.items()})
    return rows


def episode_sentence(title: str, episode: DispatchEpisode) -> str:
    """Say what the map shows of an episode, for who cannot see it."""
    figures, network = episode_figures(episode), episode.setting.scenario
    late = int((episode.appears > 0).sum())
    return (
        f"{title} in world {episode.seed} of {network.name}: {count_of(len(network.aerial_users), 'aerial user')}, "
        f"{late} of them appear late; {figures['Served, Mbit']:,.0f} Mbit served, "
        f"{figures['Waiting at the end, Mbit']:,.0f} Mbit wait at the end, {figures['Reward of a slot']:.2f} is the "
        "reward of a slot."
    )


def world_bound_sentence(bound: float) -> str:
    """Say what is certified of a world: no reward of a slot exceeds the bound on the average."""
    return (
        f"Certified: whatever is known and however they fly, nobody earns more than {bound:,.2f} a slot in this world. "
        "Hindsight is a plan, no optimum."
    )


def paired_sentence(first: str, second: str, rewards: Sequence[Sequence[float]]) -> str:
    """Say by how much the first dispatcher earns more than the second in the same worlds, and how sure that is."""
    one, other = (np.asarray(values, dtype=float) for values in rewards)
    gain, half = interval((one - other).tolist())
    share = f", {100.0 * gain / other.mean():+.1f} %" if abs(other.mean()) > 1e-9 else ""
    sure = (
        "these worlds do not tell which is better"
        if not abs(gain) > half
        else f"{first if gain > 0 else second} is better"
    )
    return (
        f"In {len(one)} held-out worlds {first} earns {one.mean():.3f} and {second} {other.mean():.3f} a slot: "
        f"{gain:+.3f} ± {half:.3f}{share} (paired, 95 %); {sure}."
    )


def trained_sentence(result: DispatchResult) -> str:
    """Say what a training came to."""
    kpis, question = result.kpis, result.scenario
    found = paired_sentence(
        "the policy",
        f"replanning over {question.horizon} slots",
        (result.dataset["reward"].values.tolist(), result.dataset["compared_reward"].values.tolist()),
    )
    return (
        f"Taught in {kpis['taught_slots']:,} slots of worlds from seed {question.seed}, "
        f"{100.0 * kpis['unexplained']:.1f} % of hindsight's variance left unexplained. {found}"
    )
