"""What is said of learning, wherever it is said, is what the stored controls show: each claim is computed anew."""

import re
from pathlib import Path

import pytest

from benchmarks.learning import control_line
from itnt_core.figures import stored_controls
from itnt_core.lessons import agent
from itnt_core.methods import METHODS, UNTRAINED

ROOT = Path(__file__).resolve().parents[2]
FOUND = stored_controls()
README, BENCHMARKS = (
    " ".join((ROOT / name).read_text(encoding="utf-8").split()) for name in ("README.md", "benchmarks/README.md")
)


@pytest.mark.parametrize("sentence", ["source", "plain"])
def test_readme_says_where_the_gain_comes_from_and_what_plain_ddpg_learns(sentence):
    assert getattr(FOUND, sentence) in README


@pytest.mark.parametrize("sentence", ["source", "parts", "plain", "made"])
def test_benchmarks_say_all_of_it_and_how_it_was_made(sentence):
    assert getattr(FOUND, sentence) in BENCHMARKS


def test_what_is_said_of_flights_of_their_own_holds():
    """Beside trained powers a trained pilot brings nothing that five seeds could tell from nothing."""
    pilot = FOUND.pilot
    assert abs(pilot.percent) < pilot.half
    assert FOUND.rows["plain_here"].share > FOUND.rows["plain"].share  # what actions mean counts


@pytest.mark.parametrize("name", ["README.md", "benchmarks/README.md"])
def test_what_training_adds_is_the_same_everywhere(name):
    """Wherever a text names a percentage that training or learning adds, it is this one."""
    text = " ".join((ROOT / name).read_text(encoding="utf-8").split())
    said = re.findall(r"(?:learning|Training) adds ([\d.-]+ % \(95 % interval [^)]*\))", text)
    assert said and set(said) == {FOUND.learning.words}


@pytest.mark.parametrize("key", FOUND.rows)
def test_every_row_stands_in_the_table_of_benchmarks(key):
    lines = (ROOT / "benchmarks" / "README.md").read_text(encoding="utf-8").splitlines()
    assert control_line(FOUND.rows[key], is_base=key == UNTRAINED) in lines


def test_the_lesson_says_the_same():
    (sentence,) = agent._what_learning_adds()
    for key in ("straight", UNTRAINED, "proposed"):
        assert f"{100.0 * FOUND.rows[key].share:.1f} %" in sentence.text
    assert f"learning adds {FOUND.learning.words}" in sentence.text
    rows = FOUND.rows  # "the greater part is solved and searched, not learned"
    assert rows[UNTRAINED].mbit - rows["straight"].mbit > rows["proposed"].mbit - rows[UNTRAINED].mbit


def test_the_methods_summaries_say_what_is_learned_and_what_climbs_a_formula():
    assert f"Training adds about {FOUND.learning.percent:.0f} %" in METHODS["proposed"].summary
    for key in ("proposed", "t_ddqn", "ra"):
        assert "learned" in METHODS[key].summary and re.search(r"climb\w* the rate formula", METHODS[key].summary)
    assert "only the flights are learned" in METHODS["epa"].summary
