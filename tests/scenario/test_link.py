"""Scenario links: what goes in comes out, and nothing else is let in."""

import base64
import json
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itnt_core.presets import preset
from itnt_core.scenario import Scenario, ScenarioError
from itnt_core.scenario.link import MOST_LINK_CHARACTERS, link_token, scenario_of_link


def token_of(data):
    return base64.urlsafe_b64encode(zlib.compress(data, 9)).decode().rstrip("=")


@pytest.fixture(scope="module")
def tiny(city_cache):
    return preset("tiny", cache_dir=city_cache)


def test_a_link_restores_the_scenario_and_holds_only_letters_of_an_address(tiny):
    token = link_token(tiny)
    assert scenario_of_link(token) == tiny
    assert token.replace("-", "").replace("_", "").isalnum()
    assert len(token) < 2000


def test_names_in_every_script_survive(tiny):
    named = tiny.model_copy(update={"name": "泰晤士 <b>& 'ö'\U0001f6f0", "description": "a\nb"})
    assert scenario_of_link(link_token(named)) == named


def test_a_scenario_that_is_too_large_has_no_link(city_cache):
    assert link_token(preset("london-4km", users=1000, cache_dir=city_cache)) is None


GOOD = json.loads(Scenario().model_dump_json())
JUNK = {
    "empty": "",
    "markup": "<script>alert(1)</script>",
    "not base64 letters": "abc$%&",
    "padding inside": "ab==cd",
    "base64 of nothing packed": base64.urlsafe_b64encode(b"hello world").decode().rstrip("="),
    "too long": "A" * (MOST_LINK_CHARACTERS + 1),
    "packed text that is no scenario": token_of(b"hello"),
    "packed list": token_of(b"[1, 2]"),
    "packed bytes that are no text": token_of(b"\xff\xfe\x00"),
    "nested too deeply": token_of(b'{"a":' * 5000 + b"1" + b"}" * 5000),
    "unknown key": token_of(json.dumps({**GOOD, "evil": 1}).encode()),
    "later version": token_of(json.dumps({**GOOD, "version": 99}).encode()),
    "number out of range": token_of(json.dumps({**GOOD, "seed": -1}).encode()),
    "not a number": token_of(json.dumps({**GOOD, "seed": "NaN"}).encode()),
    "infinity": token_of(b'{"area": {"size_m": 1e999}}'),
    "nobody to serve": token_of(json.dumps(GOOD).encode()),
    "key twice": token_of(b'{"seed": 1, "seed": 2}'),
    "a path": "../../etc/passwd",
    "blanks": "   ",
    "another alphabet": "абвгд",
    "line break": "abcd\n",
}


@pytest.mark.parametrize("token", JUNK.values(), ids=JUNK)
def test_junk_is_refused_with_a_sentence(token):
    with pytest.raises(ScenarioError) as refused:
        scenario_of_link(token)
    assert all(problem.sentence.endswith(".") for problem in refused.value.problems)


def test_a_damaged_link_is_refused(tiny):
    token = link_token(tiny)
    for damaged in (token[:-8], token[8:], token + "AAAA", token[:50] + token[60:], token[:100] + "A" + token[101:]):
        with pytest.raises(ScenarioError):
            scenario_of_link(damaged)


def test_a_small_link_that_unpacks_to_gigabytes_is_stopped_early():
    token = base64.urlsafe_b64encode(zlib.compress(b"a" * 3_000_000, 9)).decode().rstrip("=")
    assert len(token) < MOST_LINK_CHARACTERS
    with pytest.raises(ScenarioError, match="200 kB"):
        scenario_of_link(token)


@given(st.text(max_size=80))
def test_any_text_is_refused_in_words_and_never_crashes(text):
    with pytest.raises(ScenarioError):
        scenario_of_link(text)


def test_a_link_with_a_name_that_hides_is_refused(tiny):
    data = json.loads(tiny.model_dump_json()) | {"name": "a\u202eb"}
    with pytest.raises(ScenarioError, match=r"U\+202E"):
        scenario_of_link(token_of(json.dumps(data).encode()))
