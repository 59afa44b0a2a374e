"""A stored scheme is recomputed from its course: a change in it is told, and a broken constraint is no answer."""

from copy import deepcopy
from dataclasses import replace

import pytest

from itnt_core.results import INFEASIBLE, infeasible_sentence
from itnt_core.studies import find_study
from itnt_core.twin import KIND, gap_of, twin_preset
from itnt_core.twin.environment import build_environment
from itnt_core.twin.figures import TWIN_FIGURES
from itnt_core.twin.result import make_result
from itnt_core.twin.scenario import Learning
from itnt_core.twin.simulate import simulate


@pytest.fixture(scope="module")
def environment(city_cache):
    """The toy under a twin that learns, so that all figures are there."""
    toy = twin_preset("toy", 3, cache_dir=city_cache)
    return build_environment(toy.model_copy(update={"learning": Learning(from_reports=True)}), cache_dir=city_cache)


@pytest.fixture(scope="module")
def rollout(environment):
    return simulate(environment, "lite")


@pytest.fixture(scope="module")
def stored(environment, rollout, tmp_path_factory):
    """A result, written and read."""
    study, folder = find_study(KIND), tmp_path_factory.mktemp("verified")
    study.save(folder, make_result(environment, rollout, 1.0))
    return study.load(folder)


@pytest.fixture
def result(stored):
    """A copy of the result, to be changed."""
    return replace(stored, dataset=stored.dataset.copy(deep=True), manifest=deepcopy(stored.manifest))


def verified(result):
    return find_study(KIND).verify(result, None)


def test_a_sound_result_passes_with_its_own_figures(result):
    found = verified(result)
    assert found.passed and found.kpis == result.kpis


# What the computer's clock told cannot be computed again.
CLOCKED = {"plan_s", "refine_s_per_cycle", "wall_s"}
ON_DEMAND = {"bound_mbit"}  # proved anew where that is asked for


def test_every_figure_of_the_course_that_was_changed_is_told(result):
    """Each has a sentence of its own, so that one recomputation tells all of them; a sentence alone is no pass."""
    keys = {figure.key for figure in TWIN_FIGURES} - CLOCKED - ON_DEMAND
    result.manifest["kpis"].update(dict.fromkeys(keys, 0.123))
    found = verified(result)
    told = " ".join(found.mismatches)
    assert len(keys) > 15 and not found.passed
    assert [key for key in sorted(keys) if f"The stored {key} is 0.123" not in told] == []


def test_a_changed_bound_is_told_where_it_is_proved_anew_and_its_gap_anyway(result):
    result.manifest["kpis"]["bound_mbit"] *= 1.5
    assert any("The stored gap" in sentence for sentence in verified(result).mismatches)
    anew = find_study(KIND).verify(result, None, recompute_bound=True)
    assert any("The stored bound_mbit" in sentence for sentence in anew.mismatches)


def test_greedy_has_no_bound_and_says_why(environment):
    found = make_result(environment, simulate(environment, "greedy"), 1.0)
    assert found.kpis["bound_mbit"] is None and found.kpis["gap"] is None
    assert "shares more of the band" in found.manifest["no_bound"]


def test_where_next_to_nothing_waits_no_gap_is_told_and_a_bound_of_nothing_is_all_of_what_waits():
    assert gap_of(0.01, 0.0) is None and gap_of(0.0, 0.0) is None
    assert gap_of(1.6, 0.0) == 1.0
    assert gap_of(2.0, 1.5) == pytest.approx(0.25)
    assert gap_of(2.0, 2.0 + 1e-9) == 0.0


def test_every_figure_that_is_shown_is_in_the_result(result):
    assert {figure.key for figure in TWIN_FIGURES} == {*result.kpis} - {"method", "scheme"}


def test_a_changed_course_is_told(result):
    result.dataset["queue_mbit"].values[0, 0, 0] += 1.0
    assert any("queue_mbit" in sentence for sentence in verified(result).mismatches)


def test_a_scheme_that_breaks_a_constraint_is_infeasible_and_says_which(environment, rollout):
    broken = make_result(environment, replace(rollout, faults=("power budget, cycle 2",)), 1.0)
    assert broken.manifest["status"] == INFEASIBLE
    assert "power budget, cycle 2" in infeasible_sentence(broken.manifest)
    assert any("violations" in sentence for sentence in verified(broken).mismatches)  # its decisions break none
