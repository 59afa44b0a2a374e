"""Scenario texts: round trips without loss, and texts that are no scenario."""

import json

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from itnt_core.presets import PRESETS, preset
from itnt_core.scenario import Scenario, ScenarioError, format_scenario, parse_scenario, read_scenario, scenario_of_data
from tests.scenario.small_files import GOOD, spoilt

GOOD_YAML = yaml.safe_dump(GOOD, sort_keys=False)
GOOD_JSON = json.dumps(GOOD)

# text: the words its sentence must hold
NOT_A_SCENARIO = {
    "nothing": ("", ["NoneType", "a mapping of keys", "see a preset"]),
    "a word": ("hello", ["a str", "a mapping of keys", "see a preset"]),
    "a number": ("42", ["a int", "a mapping of keys"]),
    "a YAML list": ("- a\n- b\n", ["a list", "a mapping of keys"]),
    "a JSON list": ("[1, 2]", ["a list", "a mapping of keys"]),
    "an anchor": (GOOD_YAML.replace("name: Small", "name: &x Small"), ["anchors and aliases", "line 2", "mend it"]),
    "an alias": (GOOD_YAML + "description: *x\n", ["anchors and aliases", "mend it"]),
    "an exponential bomb": ("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n", ["anchors and aliases", "line 1"]),
    "a merge key": (GOOD_YAML + "radio2: {<<: {subchannels: 3}}\n", ["not readable", "mend it"]),
    "a YAML key twice": (GOOD_YAML + "seed: 4\n", ["the key 'seed' stands twice", "mend it"]),
    "a nested YAML key twice": ("area: {lon: 0.0, lon: 1.0}\n", ["the key 'lon' stands twice"]),
    "a JSON key twice": ('{"seed": 1, "seed": 2}', ["key 'seed'", "given twice", "may stand once", "remove one"]),
    "a nested JSON key twice": ('{"area": {"lon": 0.0, "lon": 1.0}}', ["key 'lon'", "given twice", "remove one"]),
    "two YAML documents": ("a: 1\n---\nb: 2\n", ["another document", "mend it"]),
    "JSON cut short": (GOOD_JSON[:-20], ["not readable", "mend it"]),
    "JSON and a tail": (GOOD_JSON + "x", ["Extra data", "mend it"]),
    "YAML with a tab": ("name: a\n\tseed: 3\n", ["not readable", "line 2", "mend it"]),
    "a Python object": ("!!python/object/apply:os.system ['true']", ["python/object", "is not allowed", "line 1"]),
    "binary in YAML": ("name: !!binary aGVsbG8=\n", ["the tag", "binary", "is not allowed", "mend it"]),
    "a set in YAML": ("name: !!set {a, b}\n", ["the tag", "set", "is not allowed", "mend it"]),
    "a date as a key": ("2026-01-01: 2\n", ["not plain data", "mend it"]),
    "a list as a key": ("? [a, b]\n: 2\n", ["unhashable key", "mend it"]),
    "a zero byte": ("name: a\x00b\n", ["characters are not allowed", "mend it"]),
    "deep JSON": ('{"a": ' + "[" * 20 + "]" * 20 + "}", ["nested too deeply", "12 levels", "flatten it"]),
    "deep YAML": ("a: " + "[" * 20 + "]" * 20, ["nested too deeply", "12 levels", "flatten it"]),
    "bottomless JSON": ('{"a": ' + "[" * 100_000, ["not readable", "mend it"]),
    "bottomless YAML": ("a: " + "[" * 3_000, ["not readable", "mend it"]),
    "5,000 digits": ('{"seed": ' + "9" * 5000 + "}", ["not readable", "mend it"]),
    "a month 13": ("time: {start: 2026-13-01}\n", ["month", "mend it"]),
}


@pytest.mark.parametrize("case", NOT_A_SCENARIO.values(), ids=NOT_A_SCENARIO.keys())
def test_a_text_that_is_no_scenario_gets_a_sentence(case):
    text, words = case
    with pytest.raises(ScenarioError) as caught:
        parse_scenario(text)
    assert len(caught.value.problems) == 1
    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize(
    "case",
    [
        ('{"name": "\\ud800"}', "field name"),
        ('{"\\ud800": 1}', "key"),
        ('name: "\\ud800"\n', "character"),
        ("\ud800", ""),
    ],
    ids=["JSON", "JSON key", "YAML", "text that is no text"],
)
def test_half_a_character_gets_a_sentence_that_names_its_field_and_can_be_printed(case):
    text, word = case
    with pytest.raises(ScenarioError) as caught:
        parse_scenario(text)
    assert word in str(caught.value)
    str(caught.value).encode()


@given(text=st.text(max_size=80) | st.binary(max_size=80).map(lambda raw: raw.decode("latin-1")))
def test_no_text_whatever_brings_the_reader_down(text):
    with pytest.raises(ScenarioError):
        parse_scenario(text)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
places = st.sampled_from(
    [
        "seed",
        "area",
        "area.size_m",
        "time",
        "time.start",
        "ground_stations",
        "ground_stations.0",
        "ground_stations.0.id",
        "ground_stations.1.antenna",
        "passes.0.radio",
        "passes.0.radio.gain_dbi",
        "aerial_users.0.start",
        "ground_users",
        "aerial_users.1.destination.height_m",
        "walker_shells.0.phasing",
        "channel.model",
        "version",
        "qos",
        "colour",
    ]
)


@given(path=places, value=json_values)
def test_whatever_stands_in_a_field_is_read_or_refused_with_sentences(path, value):
    try:
        assert isinstance(scenario_of_data(spoilt({path: value})), Scenario)
    except ScenarioError as error:
        assert error.problems
        for problem in error.problems:
            assert problem.where.strip() and problem.value and problem.allowed and problem.remedy
            assert len(problem.sentence) < 1000


@pytest.mark.parametrize("form", ["yaml", "json"])
@pytest.mark.parametrize("name", PRESETS)
def test_presets_survive_the_way_through_a_file(city_cache, name, form):
    scenario = preset(name, users=9, aerial_users=2, seed=4, cache_dir=city_cache)
    text = format_scenario(scenario, form)
    back = parse_scenario(text)
    assert back == scenario
    assert format_scenario(back, form) == text
    assert back.content_hash() == scenario.content_hash()


SEEN = st.characters(exclude_categories=("Cc", "Cf", "Cs", "Cn", "Zl", "Zp"))


@settings(max_examples=20)
@given(
    seed=st.integers(0, 2**32 - 1),
    name=st.text(SEEN, min_size=1, max_size=80),
    east=st.floats(-999.0, 999.0),
    power=st.floats(1e-9, 1000.0, exclude_min=True),
)
def test_any_good_value_survives_the_way_through_a_file(seed, name, east, power):
    changes = {"seed": seed, "name": name, "ground_users.0.east_m": east, "ground_stations.0.max_power_w": power}
    scenario = scenario_of_data(spoilt(changes))
    assert parse_scenario(format_scenario(scenario, "json")) == scenario
    assert parse_scenario(format_scenario(scenario, "yaml")) == scenario


def test_the_hash_is_a_function_of_the_content_alone():
    scenario = parse_scenario(GOOD_JSON)
    assert scenario.content_hash() == parse_scenario(GOOD_YAML).content_hash()
    assert len(scenario.content_hash()) == 64
    reordered = json.dumps(dict(reversed(GOOD.items())))
    assert parse_scenario(reordered).content_hash() == scenario.content_hash()
    whole_numbers = spoilt({"area.size_m": 2000, "ground_users.0.east_m": 50})  # 2000 and 2000.0 are one length
    assert scenario_of_data(whole_numbers).content_hash() == scenario.content_hash()
    same_moment = spoilt({"time.start": "2026-06-21T14:00:00+02:00"})
    assert scenario_of_data(same_moment).content_hash() == scenario.content_hash()
    spelled_out = spoilt({"qos": {"min_sinr_always_on_db": -5.0}})  # a default, written down
    assert scenario_of_data(spelled_out).content_hash() == scenario.content_hash()


@pytest.mark.parametrize(
    "changes", [{"seed": 4}, {"name": "Small "}, {"ground_users.0.east_m": 50.001}, {"passes": []}]
)
def test_the_hash_changes_with_the_content(changes):
    assert scenario_of_data(spoilt(changes)).content_hash() != scenario_of_data(GOOD).content_hash()


def test_a_scenario_cannot_be_changed():
    scenario = scenario_of_data(GOOD)
    with pytest.raises(ValueError, match="frozen"):
        scenario.seed = 5
    with pytest.raises(ValueError, match="frozen"):
        scenario.ground_stations[0].height_m = 5.0


# fmt: off
BAD_FILES = {
    "binary junk": (bytes(range(128, 256)) * 10, ["'s.yaml'", "not text", "UTF-8"]),
    "a picture": (b"\x89PNG\r\n\x1a\n\x00\x00", ["'s.yaml'", "not text", "UTF-8"]),
    "UTF-16": (GOOD_YAML.encode("utf-16"), ["'s.yaml'", "not text", "UTF-8"]),
    "an empty file": (b"", ["a mapping of keys"]),
}
# fmt: on


@pytest.mark.parametrize("case", BAD_FILES.values(), ids=BAD_FILES.keys())
def test_a_file_that_is_no_text_gets_a_sentence(tmp_path, case):
    content, words = case
    (tmp_path / "s.yaml").write_bytes(content)
    with pytest.raises(ScenarioError) as caught:
        read_scenario(tmp_path / "s.yaml")
    for word in words:
        assert word in str(caught.value)


def test_a_huge_file_is_refused_unread(tmp_path):
    with (tmp_path / "s.yaml").open("wb") as file:
        file.truncate(20_000_001)
    with pytest.raises(ScenarioError, match=r"over 20 MB, but 20 MB are allowed"):
        read_scenario(tmp_path / "s.yaml")
    with pytest.raises(ScenarioError, match="20 MB are allowed"):
        parse_scenario(" " * 20_000_001)


def test_a_file_that_is_missing_or_a_folder_gets_a_sentence(tmp_path):
    for path in (tmp_path / "none.yaml", tmp_path):
        with pytest.raises(ScenarioError, match="check the path"):
            read_scenario(path)


def test_a_byte_order_mark_is_no_problem(tmp_path):
    for text in (GOOD_JSON, GOOD_YAML):
        (tmp_path / "s").write_text("\ufeff" + text, encoding="utf-8")
        assert read_scenario(tmp_path / "s") == scenario_of_data(GOOD)
