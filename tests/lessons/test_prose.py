"""The prose of lessons: every text is spoken somewhere, every place is filled, every value given has its place."""

import ast
import re
from pathlib import Path

import numpy as np
import pytest

from itnt_core.bounds.upper import KINDS
from itnt_core.data import delivered
from itnt_core.lessons import (
    STEPS,
    Evidence,
    Example,
    RunSeen,
    TrainingSeen,
    TwinSeen,
    accepted_values,
    everything,
    manageable,
)
from itnt_core.lessons.prose import Prose, parse_prose, places_of
from itnt_core.lessons.sight import Profile, _needed_height, _what_blocks
from itnt_core.objective import OBJECTIVES
from itnt_core.radio import ChannelLaw, register_channel_model
from itnt_core.radio.urban import UrbanChannel
from itnt_core.scenario import NoFlyZone, Scenario
from itnt_core.twin import twin_preset
from itnt_core.twin.run import run_scheme
from pages.learning.example import markdown
from tests.extending.installing import known
from tests.lessons.conftest import changed, example_of, quick_plans
from tests.network.handing_over import handing_over

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted(path.stem for path in delivered("learn").glob("*.md"))
KPIS = {"data_service_mbit": 431.0, "violations": 0, "outage": 0.25}
RUN = RunSeen("Mine", "Planner", KPIS | {"upper_bound_mbit": 500.0, "gap": 0.138}, "Elsewhere", same_scenario=False)
METRICS = {"reward": 1.25, "q": 3.5, "policy_mbit": 380.0, "straight_mbit": 300.0, "planner_mbit": 470.0}
EVENTS = tuple({"iteration": n, "objective_mbit": 300.0 + n, "metrics": METRICS, "bound_mbit": 500.0} for n in (1, 2))


def with_part(scenario, part, **fields):
    return scenario.model_copy(update={part: getattr(scenario, part).model_copy(update=fields)})


def lacking(tiny):
    """Yield scenarios that lack something for some lesson."""
    sunk = handing_over(tiny, passes=())
    orbits = (sunk.orbits[0].model_copy(update={"min_elevation_deg": 89.0}),)
    yield Scenario()
    yield sunk.model_copy(update={"orbits": orbits})
    for fields in (
        {"ground_users": (), "aerial_users": ()},
        {"aerial_users": (), "ground_users": tiny.ground_users[:1]},
        {"passes": (), "ground_stations": tiny.ground_stations[:1]},
    ):
        yield tiny.model_copy(update=fields)


def variants(tiny):
    """Yield scenarios with the knobs of some lessons that, together, bring up whatever lessons say of a scenario."""
    satellite = tiny.passes[0].id
    yield (
        changed(tiny),
        {
            "association": [{"draw": draw} for draw in range(5)],
            "noise-and-rate": [{"power": 1e-3}, {"power": 10.0}],
            "interference": [{"state": "serves nobody there"}],
            "line-of-sight": [{"height": height} for height in (1.0, 300.0)],
        },
    )
    yield tiny, {"interference": [{"other": satellite}]}
    changing = handing_over(tiny, passes=())
    yield changing, {"satellite": moments(changing, [f"sky-1-{one.norad_id}" for one in changing.orbits[0].satellites])}
    whole_pass = with_part(tiny, "time", slots=40, slot_s=60.0)
    yield whole_pass, {"satellite": moments(whole_pass, [satellite])}
    yield with_part(tiny, "radio", spectral_efficiency_cap=None), {}
    weak = {"power": 1e-3, "width": 5000.0, "figure": 15.0}
    powers = {"noise-and-rate": [weak, {"power": 1e-3}, {"power": 10.0}]}
    for name in ("truncated_shannon", "nr_cqi"):
        yield with_part(tiny, "radio", rate=name), powers
    yield hovering(tiny), {"trajectory": [{"speed": 1.0}]}
    zone = NoFlyZone(id="zone-1", corners_m=((250.0, 250.0), (290.0, 250.0), (290.0, 290.0)))
    yield with_part(tiny, "city", kind="open").model_copy(update={"no_fly_zones": (zone,)}), {}
    (user,) = tiny.aerial_users
    charged = tiny.model_copy(update={"aerial_users": (user.model_copy(update={"energy_budget_kj": 99.0}),)})
    yield with_part(with_part(charged, "channel", model="power_law"), "airspace", obstacles="buildings"), {}
    yield with_part(tiny, "channel", atmosphere="itu"), {}
    yield tiny.model_copy(update={"pfd_limit_dbw_m2_mhz": -110.0}), {}
    indoors = tuple(user.model_copy(update={"indoor": "low_loss"}) for user in tiny.ground_users)
    chosen = [{"user": tiny.ground_users[0].id}]
    yield tiny.model_copy(update={"ground_users": indoors}), {"one-link": chosen, "line-of-sight": chosen}
    yield (
        with_part(tiny, "channel", model="foreign"),
        {"satellite": [{"user": name, "highest": 8.0} for name in tiny.user_ids]},
    )
    yield tiny.model_copy(update={"objective": "proportional"}), {}
    yield from ((tiny.model_copy(update={"coverage": coverage}), {}) for coverage in OBJECTIVES)


def moments(scenario, satellites):
    """Return the knobs of the lesson on satellites at every moment."""
    times_s = scenario.time.slot_s * np.arange(1, scenario.time.slots + 1)
    return [{"station": name, "time": time_s} for name in satellites for time_s in times_s.tolist()]


def hovering(tiny):
    """Return the tiny scenario with an aerial user that has two metres to go: no cell of the plan is so small."""
    (user,) = tiny.aerial_users
    near = user.start.model_copy(update={"east_m": user.start.east_m + 2.0})
    return tiny.model_copy(update={"aerial_users": (user.model_copy(update={"destination": near}),)})


@pytest.fixture
def spoken(monkeypatch):
    """Record what is asked of which file: headings, and the names of values."""
    headings, values, ask = set(), set(), Prose.sentences

    def record(self, heading, /, **given):
        headings.add((self.file, heading))
        values.update((self.file, name) for name in given)
        return ask(self, heading, **given)

    monkeypatch.setattr(Prose, "sentences", record)
    return headings, values


@quick_plans()  # how good a plan is changes no text
def test_every_text_is_spoken_and_every_place_filled(tiny_scenario, city_cache, spoken):
    for scenario in lacking(tiny_scenario):
        for step in STEPS:
            step.missing(scenario)
    with known():
        register_channel_model("foreign", ChannelLaw(build=UrbanChannel, assumption="Channel: another."))
        for scenario, knobs in variants(tiny_scenario):
            example = example_of(scenario, city_cache)
            for step in STEPS:
                if step.missing(scenario) is None:
                    for turned in ({}, *knobs.get(step.key, ())):
                        step.teach(example, accepted_values(step, example, turned))
    speak_of_runs(example_of(tiny_scenario, city_cache), city_cache)
    speak_of_what_is_rare(example_of(tiny_scenario, city_cache))
    crowd = tuple(tiny_scenario.ground_users[0].model_copy(update={"id": f"gu-{n}"}) for n in range(9000))
    assert manageable(with_part(tiny_scenario, "radio", subchannels=100).model_copy(update={"ground_users": crowd}))[1]
    headings, values = spoken
    assert {(f"{name}.md", heading) for name in FILES for heading in Prose(name).texts} == headings
    assert {(f"{name}.md", place) for name in FILES for place in Prose(name).places} == values


def speak_of_runs(example, cache):
    """Teach the lessons that tell of the user's runs, with runs of every kind."""
    toy = run_scheme(twin_preset("toy", seed=1, cache_dir=cache), "lite", cache_dir=cache)  # one that has a bound
    training = TrainingSeen(RUN, EVENTS, {"discount": 0.8, "environments": 16})
    recorded = RunSeen("Recorded demo", "Planner", KPIS, "Tiny", same_scenario=True, recorded=True)
    for evidence in (Evidence((RUN,), training, TwinSeen("Mine", "Greedy", toy)), Evidence((recorded,))):
        seen = Example(example.scenario, example.city, evidence)
        for step in STEPS:
            if step.key in ("learning", "everything", "twin"):
                step.teach(seen, accepted_values(step, seen, {}))


def speak_of_what_is_rare(example):
    """Ask for a ray that something thin blocks, a user indoors, and a bound of every kind."""
    level = np.zeros(2)
    _what_blocks(Profile(level, level, level + 5.0, False), {})
    places = np.stack(np.meshgrid(*[np.linspace(-250.0, 250.0, 51)] * 2), axis=-1).reshape(-1, 2)
    indoors = places[int(example.city.roof_m(places).argmax())]
    _needed_height(example, np.append(indoors, 1.5), np.array([*places[0], 25.0]), {"user": "gu-1"})
    climb = everything.alternate(example, 1)
    for kind in KINDS:
        everything._facts(example, example, climb._replace(kind=kind), 1)


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_titled_as_its_step_and_no_other_file_lies_beside(name):
    titles = {step.key: step.title for step in STEPS}
    assert {*titles, "missing"} == set(FILES)
    assert name == "missing" or Prose(name).title == titles[name]


def test_no_sentence_of_a_lesson_stands_in_python():
    found = []
    for path in sorted((ROOT / "itnt_core" / "lessons").glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        scopes = [node for node in ast.walk(tree) if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)]
        known = {id(scope.body[0].value) for scope in scopes if isinstance(scope.body[0], ast.Expr)}  # docstrings
        known |= {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
        texts = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
        found += [text.value for text in texts if id(text) not in known and re.search(r" .+ .+[.?]$", text.value)]
    assert found == []


@pytest.fixture
def prose(tmp_path, monkeypatch):
    """Return a function that makes prose of a text."""

    def made(text):
        (tmp_path / "draft.md").write_text(text, encoding="utf-8")
        monkeypatch.setattr("itnt_core.lessons.prose.delivered", lambda name: tmp_path / Path(name).name)
        return Prose("draft")

    return made


GOOD = "# Draft\n\n## idea\n\n{user} is\n{far_m:,.0f} m away.\n\nSo is {other}.\n\n## question\n\nWhy?\n"


def test_lines_are_joined_to_paragraphs_and_places_filled(prose):
    draft = prose(GOOD)
    one, two = draft.sentences("idea", user="gu-1", far_m=1234.5, other="gu-2")
    assert (draft.title, one.text, two.text) == ("Draft", "gu-1 is 1,234 m away.", "So is gu-2.")
    assert draft.sentence("question", user="a value of another text").text == "Why?"
    assert one.values == {"user": "gu-1", "far_m": 1234.5} and places_of(one.template) == ("user", "far_m")


def test_what_users_typed_is_no_place_and_no_markdown(prose):
    (one, _) = prose(GOOD).sentences("idea", user="*{far_m}* {0.__class__}", far_m=1.0, other="x")
    assert one.text == "*{far_m}* {0.__class__} is 1 m away."
    assert r"\*" in markdown([one]) and "**" in markdown([one])  # computed values are bold, their own stars are stars


@pytest.mark.parametrize(
    ("ask", "sentence"),
    [
        (lambda p: p.sentence("idae"), "draft.md has no text 'idae', but 'idea', 'question': ask for one of these."),
        (
            lambda p: p.sentences("idea", user="a", far_m=1.0),
            "The text 'idea' of draft.md gets no value for 'other': give it one.",
        ),
        (
            lambda p: p.sentence("question", near_m=1.0),
            "draft.md has no place for 'near_m': write one, or give no such value.",
        ),
        (
            lambda p: p.sentence("idea", user="a", far_m=1.0, other="b"),
            "The text 'idea' of draft.md has 2 paragraphs: one is asked for.",
        ),
    ],
)
def test_an_unknown_or_missing_place_is_refused_in_a_sentence(prose, ask, sentence):
    with pytest.raises(ValueError) as refused:
        ask(prose(GOOD))
    assert str(refused.value) == sentence


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("## idea\n\nNo title.\n", "x.md has to begin with one line '# title', and then '## heading' over every text."),
        ("# Title\n", "x.md has to begin with one line '# title', and then '## heading' over every text."),
        ("# T\n\nloose\n\n## a\n\nb\n", "x.md has to begin with one line '# title', and then '## heading'"),
        ("# T\n\n## a\n\n## b\n\nc\n", "The heading 'a' of x.md stands alone."),
        ("# T\n\n## a\n\nb\n\n## a\n\nc\n", "The heading 'a' of x.md stands twice."),
        ("# T\n\n## a\n\n{b.c}\n", "The text 'a' of x.md has the place '{b.c}': a name is allowed."),
        ("# T\n\n## a\n\n{}\n", "The text 'a' of x.md has the place '{}': a name is allowed."),
    ],
)
def test_a_file_that_is_not_so_is_refused_in_a_sentence(text, sentence):
    with pytest.raises(ValueError) as refused:
        parse_prose(text, "x.md")
    assert str(refused.value).startswith(sentence)
