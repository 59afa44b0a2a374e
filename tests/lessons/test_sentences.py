"""Every number that a lesson says is computed: the words hold none, and another scenario gives other numbers."""

import re

import pytest

from itnt_core.lessons import PATH, STEPS, Evidence, RunSeen, TrainingSeen, agent, everything, glossary

# Names that hold digits and are no results: the problem P1, the figure of a fading law and so on.
NAMES = re.compile(r"\bP1\b|\bP2\b")
STEP_IDS = [step.key for step in STEPS]
STUDIED = set(agent.PROSE.texts["what learning adds"])  # of a stored study, whatever scenario is open


def test_the_path_has_ten_steps_with_keys_of_their_own():
    assert len(PATH) == 10
    assert len(set(STEP_IDS)) == len(STEPS)


@pytest.mark.parametrize("step", STEPS, ids=STEP_IDS)
def test_the_words_of_a_lesson_hold_no_number(step, teach):
    for on in ("tiny", "changed"):
        for sentence in teach(step, on).sentences:
            assert not re.search(r"\d", NAMES.sub("", sentence.literal)), sentence.template


@pytest.mark.parametrize("step", STEPS, ids=STEP_IDS)
def test_another_scenario_changes_every_sentence_that_holds_a_number(step, teach):
    before = {sentence.template: sentence for sentence in teach(step).sentences if sentence.values}
    after = {sentence.template: sentence for sentence in teach(step, "changed").sentences}
    assert before
    for template, sentence in before.items():
        if template in after and template not in STUDIED:
            assert sentence.text != after[template].text, sentence.text


@pytest.mark.parametrize("step", STEPS, ids=STEP_IDS)
def test_equations_charts_and_tables_follow_the_scenario(step, teach):
    before, after = teach(step), teach(step, "changed")
    assert [e.numbers for e in before.equations] != [e.numbers for e in after.equations]
    assert all(re.search(r"\d", equation.numbers) for equation in before.equations)
    for one, other in zip(before.charts, after.charts, strict=True):
        assert one.figure != other.figure
    assert before.table != after.table or step.key == "learning"


def test_runs_have_their_own_numbers(example):
    kpis = {"data_service_mbit": 431.0, "violations": 0, "outage": 0.25, "upper_bound_mbit": 500.0, "gap": 0.138}
    run = RunSeen("My run", "Planner", kpis, "Elsewhere", same_scenario=False)
    text = " ".join(sentence.text for sentence in everything._own_words((run,)))
    for number in ("431 Mbit", "500 Mbit", "25.0 %", "13.8 %", "Elsewhere"):
        assert number in text
    assert "Start one" in everything._own_words(())[0].text


def test_a_training_has_its_own_numbers():
    metrics = {"reward": 1.25, "q": 3.5, "policy_mbit": 380.0, "straight_mbit": 300.0, "planner_mbit": 470.0}
    events = tuple(
        {"iteration": n, "objective_mbit": 300.0 + 50.0 * n, "metrics": metrics, "bound_mbit": 500.0} for n in (1, 2, 3)
    )
    run = RunSeen("Mine", "Proposed (DDPG)", {}, "Tiny", same_scenario=True)
    seen = TrainingSeen(run, events, {"discount": 0.8, "environments": 16})
    text = " ".join(sentence.text for sentence in agent._own_words(seen))
    for number in ("from 350 to 450 Mbit", "380 Mbit", "470 Mbit", "1.250", "3.500", "0.8", "16"):
        assert number in text, text
    assert len(agent._own_charts(seen)) == 1
    assert "3.500" in agent._target_equation(1.0, 0.8, seen).numbers


def test_evidence_has_a_new_stamp_when_there_is_something_new():
    run = RunSeen("My run", "Planner", {"data_service_mbit": 1.0}, "x", same_scenario=True)
    assert Evidence((run,)).stamp != Evidence().stamp


def test_the_glossary_has_terms_of_all_steps_in_whole_sentences():
    terms = glossary()
    assert len(terms) >= 60
    assert len({term.term for term in terms}) == len(terms)
    assert {term.step for term in terms} == {step.key for step in STEPS}
    assert all(term.meaning.endswith(".") and term.source for term in terms)
