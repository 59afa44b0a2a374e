"""A value beside its bound: the gap is a share of the bound, and above the bound there is none."""

import pytest

from itnt_core.bounds import BoundError, exceeds_bound, gap, stands_at_bound
from itnt_core.errors import ItntError
from itnt_core.figures.progress import ascent
from itnt_core.methods import optimise, pipeline
from itnt_core.objective import Service
from itnt_core.results import verify_result
from itnt_core.words.summaries import headline_figures

TWO_EVENTS = [{"objective_mbit": value, "bound_mbit": 100.0, "elapsed_s": 1.0} for value in (50.0, 120.0)]


@pytest.mark.parametrize(("value", "bound", "share"), [(75.0, 100.0, 0.25), (0.0, 8.0, 1.0), (0.0, 0.0, 0.0)])
def test_the_gap_is_a_share_of_the_bound(value, bound, share):
    assert gap(value, bound) == share


def test_rounding_above_the_bound_is_no_gap_and_no_error():
    assert gap(100.0 * (1.0 + 0.5e-6), 100.0) == 0.0 and stands_at_bound(100.0, 100.0 * (1.0 + 0.5e-6))


@pytest.mark.parametrize(("value", "bound"), [(100.001, 100.0), (1.0, 0.0), (3.0, -3.0)])
def test_a_bound_below_the_value_is_an_error(value, bound):
    with pytest.raises(BoundError, match=rf"bound is {bound:g} Mbit, but .* {value:g} Mbit") as caught:
        gap(value, bound)
    assert isinstance(caught.value, ItntError)


def test_a_run_whose_bound_turns_out_too_low_is_kept_and_its_bound_is_not(tiny_scenario, city_cache, monkeypatch):
    told = []
    monkeypatch.setattr(pipeline, "scenario_ceiling", lambda *_: Service(1.0, 1.0))
    result = optimise(tiny_scenario, notify=told.append, cache_dir=city_cache)
    assert result.kpis["data_service_mbit"] > 1.0 and not {"upper_bound_mbit", "gap"} & result.kpis.keys()
    assert "upper bound is 1 Mbit" in told[-1].message
    assert verify_result(result, city_cache).passed
    assert "Gap" not in {label for label, _, _ in headline_figures(result.kpis)}


def test_a_run_both_of_whose_bounds_are_too_low_says_so_of_both_and_keeps_neither(
    tiny_scenario, city_cache, monkeypatch
):
    told = []
    monkeypatch.setattr(pipeline, "scenario_ceiling", lambda *_: Service(0.1, 1.0))
    result = optimise(tiny_scenario, notify=told.append, cache_dir=city_cache)
    assert not {"upper_bound_mbit", "gap", "served_bound"} & result.kpis.keys()
    assert "upper bound is 1 Mbit" in told[-1].message and "served user slots is 10 %" in told[-1].message


def test_the_curve_says_that_the_bound_is_wrong_in_place_of_a_gap_below_zero():
    assert "bound is 100 Mbit, but it must be at least" in ascent(TWO_EVENTS).sentence


@pytest.mark.parametrize("bound_mbit", [0.0, -3.0, 5.0])
def test_a_value_at_its_bound_is_no_contradiction_also_where_worth_is_nothing_or_below(bound_mbit):
    """Unserved user slots may cost more than all data are worth; nothing is worth a rounding, not exactly 0."""
    value_mbit = bound_mbit + 6.5e-19
    assert stands_at_bound(value_mbit, bound_mbit) and not exceeds_bound(value_mbit, bound_mbit)
    assert gap(value_mbit, bound_mbit) == 0.0
    assert exceeds_bound(bound_mbit + 0.01, bound_mbit) and not stands_at_bound(bound_mbit - 0.01, bound_mbit)
