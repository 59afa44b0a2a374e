"""A training as a run: its question, its result on disk, whatever is changed in it, and what it says of itself."""

import json
from dataclasses import asdict, replace
from types import SimpleNamespace

import numpy as np
import pytest

from itnt_core.dispatch import (
    POLICY_FILE,
    DispatchError,
    DispatchOptions,
    format_question,
    question_of,
    question_of_data,
    read_dispatch_result,
    read_trained_policy,
    train_and_judge,
    verify_dispatch_result,
    write_dispatch_result,
)
from itnt_core.methods import RunCancelled
from itnt_core.presets import preset
from itnt_core.report import Source
from itnt_core.results import ResultError, sealed, write_parts
from itnt_core.scenario import ScenarioError
from itnt_core.studies import find_study, report_bytes, study_of
from itnt_core.words import trained_sentence
from tests.results.tampering import changes_of_arrays, leaves, with_entry

SMALL = {"rounds": 2, "worlds": 2, "held_out": 3, "horizon": 4, "seed": 5}


@pytest.fixture(scope="module")
def question(city_cache):
    scenario = preset("tiny", users=5, cache_dir=city_cache)
    return question_of(scenario, DispatchOptions(unit_mbit=1.0, failing=0.5), **SMALL)


@pytest.fixture(scope="module")
def trained(question, city_cache):
    heard = []
    return train_and_judge(question, lambda *event: heard.append(event), city_cache), heard


@pytest.fixture
def folder(trained, tmp_path):
    write_dispatch_result(tmp_path, trained[0])
    return tmp_path


def test_a_question_comes_back_from_its_text_and_keeps_only_what_is_not_usual(question):
    study = find_study("dispatching")
    assert question.options == {"failing": 0.5, "unit_mbit": 1.0} and question.chosen.failing == 0.5
    assert study.parse(json.loads(format_question(question))) == question and study_of(question) is study
    assert json.loads(format_question(question))["options"] == asdict(question.chosen)  # each can be changed by name
    changed, settings = study.change(question, "taught", {"options.failing": 0.25, "rounds": 1}, 9)
    assert (changed.chosen.failing, changed.rounds, changed.seed, settings) == (0.25, 1, 9, {})
    assert changed.content_hash() != question.content_hash()


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("options", {"failing": 2.0}, "The option failing is 2.0, but it takes a number from 0 to 1"),
        ("options", {"colour": 1}, "The option 'colour' is unknown"),
        ("options", [1], "give DispatchOptions or a mapping"),
        ("rounds", 0, "rounds"),
        ("worlds", 10**9, "worlds"),
        ("held_out", 1, "held_out"),
        ("more", 1, "more"),
        ("kind", "walking", "kind: dispatching is needed"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_a_sentence(question, field, value, words):
    data = json.loads(format_question(question)) | {field: value}
    with pytest.raises(ScenarioError) as refused:
        question_of_data(data)
    assert words.lower() in str(refused.value).lower() and len(refused.value.sentences) == 1


def test_a_scenario_that_dispatching_does_not_know_is_refused_before_it_is_queued(question):
    grounded = question.model_copy(update={"network": question.network.model_copy(update={"aerial_users": ()})})
    with pytest.raises(DispatchError, match="has no aerial users, which dispatching does not know: add one"):
        find_study("dispatching").prepare(grounded, "taught", None, {})


def test_it_is_heard_of_on_the_way_and_can_be_stopped_there(trained, question, city_cache):
    result, heard = trained
    shares = [share for share, _, _ in heard]
    assert shares == sorted(shares) and shares[-1] == pytest.approx(1.0) and len(shares) > 30
    left = [unexplained for _, _, unexplained in heard if unexplained is not None]
    assert left == result.dataset["unexplained"].values.tolist() and len(left) == 2
    assert any("left unexplained" in message for _, message, _ in heard)

    def stop(share, message, unexplained):
        if share > 0.3:
            raise RunCancelled("Cancelled.")

    with pytest.raises(RunCancelled):
        train_and_judge(question, stop, city_cache)


def test_the_result_comes_back_with_its_policy_as_a_file_beside_it(trained, folder):
    result, read = trained[0], read_dispatch_result(folder)
    assert read.scenario == result.scenario and read.kpis == result.kpis
    assert read_trained_policy(folder).content_hash == result.policy.content_hash == read.policy.content_hash
    assert POLICY_FILE in find_study("dispatching").own_files
    assert read_trained_policy(folder).about["question"] == result.scenario.content_hash()[:12]


def test_the_figures_are_those_of_the_rewards(trained):
    kpis, data = trained[0].kpis, trained[0].dataset
    gains = (data["reward"] - data["compared_reward"]).values
    assert kpis["gain"] == pytest.approx(gains.mean()) == pytest.approx(kpis["reward"] - kpis["compared_reward"])
    assert kpis["gain_half"] == pytest.approx(4.302653 * gains.std(ddof=1) / np.sqrt(3))  # Student's t, two degrees
    assert f"{kpis['gain']:+.3f} ± {kpis['gain_half']:.3f}" in trained_sentence(trained[0])


def test_the_kept_policy_flies_again_and_whatever_is_changed_is_noticed(trained, city_cache, monkeypatch):
    result = trained[0]
    assert verify_dispatch_result(result, city_cache).sentences == []
    rewards = result.dataset["reward"].values, result.dataset["compared_reward"].values
    hashes = {result.policy.content_hash: rewards}
    monkeypatch.setattr("itnt_core.dispatch.trained.Setting", SimpleNamespace(of=lambda *asked: None))
    monkeypatch.setattr(  # the same policy flies the same worlds: flown above
        "itnt_core.dispatch.trained.judge",
        lambda question, weights, setting: hashes.get(weights.content_hash, (rewards[1], rewards[1])),
    )
    unnoticed = [path for path in leaves(result.manifest) if verify_dispatch_result(with_entry(result, path)).passed]
    assert unnoticed == []
    passed = []
    for what, dataset in changes_of_arrays(result.dataset):
        try:
            passed += [what] if verify_dispatch_result(replace(result, dataset=dataset)).passed else []
        except (KeyError, ValueError, ResultError):
            continue  # a name that is not there any more: read_dispatch_result refuses such a file
    assert passed == []


def test_another_policy_under_a_new_seal_does_not_earn_what_is_stored(trained, city_cache):
    result = trained[0]
    dataset = result.dataset.copy(deep=True)
    dataset["w2"].values[:] = -dataset["w2"].values
    dataset["trust"].values[:] = -10.0
    forged = replace(result, dataset=dataset, manifest=sealed(result.manifest, dataset))
    assert "The stored variable 'reward' differs from the recomputed one." in verify_dispatch_result(forged).sentences


@pytest.mark.parametrize("wrong", ["shape", "nan", "missing"])
def test_a_damaged_result_is_refused_in_a_sentence(trained, tmp_path, wrong):
    result = trained[0]
    dataset = result.dataset.copy(deep=True)
    if wrong == "shape":
        dataset = dataset.isel(hidden=slice(0, 3))
    elif wrong == "nan":
        dataset["b0"].values[0] = np.nan
    else:
        dataset = dataset.drop_vars("reward")
    write = replace(result, dataset=dataset)
    if wrong == "shape":
        write_parts(tmp_path, format_question(result.scenario), dataset, result.manifest)
    else:
        write_dispatch_result(tmp_path, write)
    with pytest.raises(ResultError, match=r"holds no policy|'reward' is missing"):
        read_dispatch_result(tmp_path)


def test_one_and_several_are_reported(folder, city_cache):
    one = report_bytes([Source(folder, "First", "1")], "html", city_cache).decode()
    assert "Every constraint was recomputed" in one and "Gain over replanning" in one
    two = report_bytes([Source(folder, "First", "1"), Source(folder, "Second", "2")], "html", city_cache).decode()
    assert "First" in two and "Second" in two


def test_the_cost_of_a_run_grows_with_its_worlds(question):
    study = find_study("dispatching")
    works = [
        study.prepare(question.model_copy(update={"worlds": worlds}), "taught", None, {}).work for worlds in (2, 20)
    ]
    assert works[1] > 5.0 * works[0]
