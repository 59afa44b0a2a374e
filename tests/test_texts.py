"""Unseen characters: refused in names, marked in old files, cleaned in those of others, escaped on terminals."""

import json
import unicodedata

import pytest

from itnt_core.scenario import Scenario, ScenarioError, scenario_of_data
from itnt_core.scenario.problems import shown
from itnt_core.texts import cleaned, marked, name_problem, visible
from tests.hostile.scenario_texts import NAMES
from tests.scenario.small_files import GOOD, spoilt

ORDINARY = [
    "London",
    "Łódź 東京",
    "ميدان التحرير",
    "כיכר דיזנגוף",
    "मुख्य स्टेशन",
    "서울역",
    "Ünïcode – “quoted”",
    "a\u00a0b",
    "می\u200cخواهم",  # Persian: a joiner that keeps two letters apart
    "ക്\u200d",  # Malayalam: one that shapes a letter, at the end
    "\U0001f469\u200d\U0001f680 \U0001f3f3\ufe0f\u200d\U0001f308 \U0001f6f0",  # an astronaut, a flag, a satellite
]


@pytest.mark.parametrize("name", ORDINARY)
def test_names_in_every_script_are_allowed(name):
    assert name_problem(name) is None
    assert scenario_of_data(spoilt({"ground_users.0.name": name})).ground_users[0].name == name
    assert cleaned(name) == visible(name) == marked(name) == name


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_name_with_a_character_that_nobody_sees_is_refused_by_object_and_character(name):
    for field, owner in (
        ("name", "The field name"),
        ("ground_stations.0.name", "name of GBS 'north'"),
        ("aerial_users.1.name", "name of aerial user 'blue'"),
        ("passes.0.name", "name of pass 'leo'"),
    ):
        with pytest.raises(ScenarioError) as caught:
            scenario_of_data(spoilt({field: name}))
        (problem,) = caught.value.problems
        assert owner in problem.sentence and "U+" in problem.allowed and problem.remedy == "remove it"
        assert problem.sentence.isprintable()
    with pytest.raises(ValueError, match=r"U\+"):
        Scenario(name=name)


def test_the_character_is_named_by_its_number():
    for name, code in {"a\u202eb": "U+202E", "\0": "U+0000", "\U000e0041": "U+E0041"}.items():
        assert code in name_problem(name)


def test_every_control_and_format_character_is_caught_but_for_joiners_and_signs_that_are_seen():
    turning = {
        "LRE",
        "RLE",
        "LRO",
        "RLO",
        "PDF",
        "LRI",
        "RLI",
        "FSI",
        "PDI",
    }  # bidirectional classes
    for code in range(0x110000):
        character = chr(code)
        if unicodedata.category(character) in ("Cc", "Zl", "Zp") or unicodedata.bidirectional(character) in turning:
            assert name_problem(f"a{character}b"), hex(code)
    assert name_problem("a\u0600b") is None  # the Arabic number sign stands under its number


def test_a_description_may_have_lines_and_nothing_else_of_that_kind():
    text = "one\ntwo\tthree\r\nfour"
    assert scenario_of_data(spoilt({"description": text})).description == text
    for wrong in ("a\x1bb", "a\rb", "a\u202eb", "a\u2028b"):
        with pytest.raises(ScenarioError, match="description"):
            scenario_of_data(spoilt({"description": wrong}))


def test_what_was_stored_before_opens_and_shows_where_such_characters_were():
    old = scenario_of_data(spoilt({"name": "a\u202eb", "ground_users.0.name": "\x1b[31m"}), stored=True)
    assert old.name == "a\ufffdb" and old.ground_users[0].name == "\ufffd[31m"
    assert scenario_of_data(json.loads(old.model_dump_json())) == old
    assert scenario_of_data(GOOD, stored=True).content_hash() == scenario_of_data(GOOD).content_hash()


def test_names_from_files_of_others_are_cleaned_to_one_line():
    assert cleaned("  a\x00\u202eb \n c ") == "a b c"
    assert cleaned("Two  blanks") == "Two  blanks"
    assert cleaned("x" * 200, 80) == "x" * 80


def test_a_value_in_a_sentence_moves_no_cursor_and_costs_nothing():
    assert shown("\x1b[2J\u202eabc") == r"'\x1b[2J\u202eabc'"
    assert visible("\x00\x9b\ufeff\U000e0001") == r"\x00\x9b\ufeff\U000e0001"
    assert len(shown("\x1b" * 10_000_000)) <= 60
    assert len(shown(["x"] * 1_000_000)) <= 60
    assert shown("x" * 60) == "'" + "x" * 58 + "…"
