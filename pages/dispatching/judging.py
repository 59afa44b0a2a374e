"""What came of it: the watched world in figures and curves, and many worlds that no training has drawn."""

from __future__ import annotations

from hashlib import sha256
from typing import Literal

import streamlit as st

from itnt_core.arrays import Array
from itnt_core.dispatch import DispatchEpisode, held_out_rewards
from itnt_core.figures import paired_figure, rewards_figure
from itnt_core.words import REWARD_WORDS, episode_headline, episode_rows, paired_sentence, world_bound_sentence

from .asking import Asked
from .pilots import Pilot
from .playing import bound_of, stage_of, texts_of

WORLDS, MOST_WORLDS = 50, 200  # of a comparison at first, and on this page at most
JUDGED = "dispatch_judged"  # comparisons of this session, by what was compared
MOST_JUDGED = 50  # comparisons that a session keeps
BARE = {"displayModeBar": False}
COLOURS: dict[str, Literal["normal", "inverse"]] = {"more": "normal", "less": "inverse"}
Pilots = tuple[Pilot, Pilot]
Episodes = tuple[DispatchEpisode, DispatchEpisode]


def show_headline(episodes: Episodes) -> None:
    """Show what is looked at first of both flights: A's figures, and how much more or less than B's they are."""
    with st.container(horizontal=True, gap="medium", wrap=False):
        for figure in episode_headline(*episodes):
            st.metric(
                figure.label,
                figure.text,
                figure.difference or "as B",
                delta_color=COLOURS[figure.better] if figure.difference else "off",
                delta_arrow="auto" if figure.difference else "off",
                delta_description="against B" if figure.difference else None,
                help=figure.words,
            )


def show_world(asked: Asked, pilots: Pilots, episodes: Episodes) -> None:
    """Show the watched world: rewards as they come together, and every figure of both flights."""
    named = _named(pilots, episodes)
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown("**Reward so far**", help=REWARD_WORDS)
        alt = "Reward of both dispatchers as it comes together over the world; the table beside holds the sums."
        st.plotly_chart(rewards_figure(named), key="dispatch_rewards", width="stretch", alt=alt, config=BARE)
    with right:
        st.markdown("**This world**")
        st.dataframe(episode_rows(*episodes), hide_index=True, width="stretch", alt="Figures of both flights")
        st.caption(world_bound_sentence(bound_of(asked)))


def _named(pilots: Pilots, episodes: Episodes) -> dict[str, DispatchEpisode]:
    """Return both flights by their letters and titles, which may be the same."""
    return {f"{letter} {pilot.title}": episode for letter, pilot, episode in zip("AB", pilots, episodes, strict=True)}


def show_held_out(asked: Asked, pilots: Pilots) -> None:
    """Let both dispatchers fly many held-out worlds once somebody asks, and say which is better and how surely."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        worlds = int(st.number_input("Held-out worlds", 2, MOST_WORLDS, WORLDS, 10, key="dispatch_worlds", width=150))
        wanted = st.button(f"Fly {worlds} worlds", icon=":material/casino:", key="dispatch_judge")
    st.caption("One world is luck. These no training has drawn, and both dispatchers fly the same ones.")
    known: dict[str, tuple[Array, Array]] = st.session_state.setdefault(JUDGED, {})
    codes = [*texts_of(asked), str(worlds), *(pilot.code for pilot in pilots)]
    key = sha256("\n".join(codes).encode()).hexdigest()
    if wanted and key not in known:
        known[key] = _judge(asked, pilots, worlds)
        for old in list(known)[:-MOST_JUDGED]:
            del known[old]
    if key not in known:
        return
    names = [f"{letter} ({pilot.title})" for letter, pilot in zip("AB", pilots, strict=True)]
    rewards = [found.tolist() for found in known[key]]
    st.markdown(paired_sentence(names[0], names[1], rewards).replace("*", "\\*"))
    alt = "Difference of the mean rewards in each world, the best world for A first; the dashed line is their mean."
    st.plotly_chart(paired_figure("A", "B", rewards), key="dispatch_paired", width="stretch", alt=alt, config=BARE)


def _judge(asked: Asked, pilots: Pilots, worlds: int) -> tuple[Array, Array]:
    bar, words = st.progress(0.0, "Flying …"), "Flying {worlds} worlds: {title} …"
    found = []
    for number, pilot in enumerate(pilots):
        dynamics = stage_of(asked, worlds)
        text = words.format(worlds=worlds, title=pilot.title)

        def watch(share: float, number: int = number, text: str = text) -> None:
            bar.progress((number + share) / len(pilots), text)

        found.append(held_out_rewards(dynamics, pilot.dispatcher(dynamics), watch))
    bar.empty()
    return found[0], found[1]
