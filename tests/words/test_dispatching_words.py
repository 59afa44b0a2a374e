"""What is said of dispatchers: which is better only where the worlds tell, names of others in visible characters."""

import numpy as np
import pytest

from itnt_core.dispatch import RANGES, SHIPPED, DispatchDynamics, Nothing, PolicyWeights, read_policy, record_episode
from itnt_core.words import (
    DISPATCHERS,
    OPTION_WORDS,
    dispatcher_title,
    episode_figures,
    episode_headline,
    episode_rows,
    episode_sentence,
    paired_sentence,
    policy_lines,
    world_bound_sentence,
)
from tests.dispatch.settings import stage

WORLDS = np.linspace(0.5, 1.5, 20)


@pytest.mark.parametrize(
    ("gains", "words"),
    [(0.1 + 0.01 * WORLDS, "A is better"), (-0.1 - 0.01 * WORLDS, "B is better"), (WORLDS - 1.0, "do not tell which")],
)
def test_better_is_said_where_the_interval_leaves_zero_out(gains, words):
    sentence = paired_sentence("A", "B", ((WORLDS + gains).tolist(), WORLDS.tolist()))
    assert words in sentence and "In 20 held-out worlds" in sentence and f"{gains.mean():+.3f} ±" in sentence


def test_no_share_is_given_of_what_earns_nothing():
    assert "%, " not in paired_sentence("A", "B", ([0.2, 0.3], [0.0, 0.0])).split("(paired")[0]


def test_hovering_earns_nothing_and_equal_flights_differ_in_nothing(city_cache):
    episode = record_episode(DispatchDynamics(stage(city_cache), 1, 1.0), Nothing(), 4)
    figures = episode_figures(episode)
    assert figures["Reward of a slot"] == pytest.approx(0.0, abs=1e-12)
    assert figures["Served, Mbit"] == figures["Served had all hovered, Mbit"] > 0.0
    assert all(figure.difference == "" for figure in episode_headline(episode, episode))
    assert all(row["A less B"] == 0.0 for row in episode_rows(episode, episode))
    assert "Hover in world 4 of Tiny: 2 aerial users" in episode_sentence("Hover", episode)


def test_every_option_that_can_be_chosen_has_a_range_and_every_dispatcher_a_sentence():
    assert set(OPTION_WORDS) <= set(RANGES)
    assert all(title and words.endswith(".") for title, words in DISPATCHERS.values())
    assert dispatcher_title("replanning", 8) == "Replanning over 8 slots" and dispatcher_title("greedy", 8) == "Greedy"


def test_what_a_policy_says_of_itself_is_short_and_visible():
    arrays = read_policy(SHIPPED).arrays
    lines = policy_lines(PolicyWeights(arrays, {"note": "a\u202eb\n" + "x" * 1000, **{f"k{n}": n for n in range(99)}}))
    assert len(lines) <= 13 and all(len(line) < 220 for line in lines)
    assert not any("\u202e" in line or "\n" in line for line in lines)
    assert lines[0].endswith(PolicyWeights(arrays).content_hash[:16])


def test_the_bound_is_said_with_what_it_is_not():
    assert "more than 2.50 a slot" in world_bound_sentence(2.5) and "no optimum" in world_bound_sentence(2.5)
