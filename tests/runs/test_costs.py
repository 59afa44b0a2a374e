"""What a run will cost, from what others took."""

import os
import re

import pytest

from itnt_core.cores import usable_cores
from itnt_core.methods import find_method, settings_of
from itnt_core.runs import Run, estimate_cost, most_parallel_runs, sentence, spoken_time
from itnt_core.runs.costs import START_S, WORKER_START_S, bound_s, reference_costs
from itnt_core.runs.exports import figures_table
from itnt_core.runs.listing import run_rows
from itnt_core.runs.sweeps import make_sweep, sweep_cost
from itnt_core.studies import study_of
from itnt_core.studies.data_service import work_of
from itnt_core.words.comparison import comparison_figures


def finished(work, seconds, method="planner", state="done", peak_mb=100.0, **more):
    return Run(
        id="x",
        title="",
        kind="data service",
        method=method,
        state=state,
        progress=1.0,
        message="",
        created=0.0,
        started=10.0,
        finished=10.0 + seconds,
        scenario_hash="",
        work=work,
        peak_mb=peak_mb,
        **{"kpis": None, **more},
    )


def test_work_counts_links_and_for_a_training_its_episodes(tiny):
    straight = work_of(tiny, settings_of(find_method("straight"), {}))
    assert straight == 8 * 5 * 3 * tiny.radio.subchannels
    training = settings_of(find_method("proposed"), {"rounds": 3, "episodes": 7})
    assert work_of(tiny, training) == 21 * straight
    assert work_of(tiny, settings_of(find_method("planner"), {"rounds": 5})) == 5 * straight


def test_an_estimate_follows_the_finished_runs_nearest_in_size():
    runs = [finished(1000.0, 10.0 + START_S) for _ in range(5)] + [finished(1e9, 1.0) for _ in range(9)]
    estimate = estimate_cost("planner", 2000.0, runs)
    assert estimate.seconds == pytest.approx(20.0 + START_S)
    assert estimate.memory_mb == 100.0 and "on this machine" in estimate.source


def test_unfinished_runs_and_other_methods_say_nothing_and_unknown_stays_unknown():
    runs = [
        finished(1000.0, 5.0, state="failed"),
        finished(1000.0, 5.0, method="straight"),
        finished(1000.0, 5.0, method="no such method", launcher="tcp://far:1"),
        finished(1000.0, 5.0, method="no such method", attempts=2),
    ]
    estimate = estimate_cost("no such method", 1000.0, runs)
    assert (estimate.seconds, estimate.memory_mb) == (None, None)
    assert "not known" in sentence([(estimate, 1)], 1)


def test_without_a_run_of_its_own_the_reference_machine_is_named():
    assert set(reference_costs()) >= {"straight", "planner", "proposed", "t_ddqn", "ra", "epa"}
    estimate = estimate_cost("planner", 1e5, [])
    assert estimate.seconds > 0.0 and "reference machine" in estimate.source


def test_runs_of_a_quite_different_size_predict_nothing_where_the_reference_machine_knows_the_method():
    """A run of a fifth of a second is all start; 240 times its size is not 240 times its time."""
    small = [finished(360.0, 0.4, method="straight") for _ in range(5)]
    estimate = estimate_cost("straight", 86_400.0, small)
    assert estimate == estimate_cost("straight", 86_400.0, []) and "reference machine" in estimate.source
    own = [finished(360.0, 0.4, method="of my own") for _ in range(5)]
    assert "on this machine" in estimate_cost("of my own", 86_400.0, own).source


def test_several_runs_at_once_take_as_long_as_their_share_of_the_cores():
    one = estimate_cost("planner", 1000.0, [finished(1000.0, 60.0)])
    assert sentence([(one, 10)], 1).startswith("About 10 min")
    assert sentence([(one, 4), (one, 6)], 2).startswith("About 5 min and 200 MB of memory, 2 at once")


@pytest.mark.parametrize(("seconds", "words"), [(0.2, "1 s"), (45.0, "45 s"), (300.0, "5 min"), (9000.0, "2.5 h")])
def test_durations_are_spoken(seconds, words):
    assert spoken_time(seconds) == words


def test_every_new_scenario_of_a_sweep_costs_its_bound_once_whatever_the_methods(tiny):
    def seconds(**more):
        said = sweep_cost(make_sweep({"scenario": long, "seeds": list(range(1, 61)), **more}), [], 1)
        return 60.0 * float(re.match(r"About (\d+) min", said)[1])

    long = tiny.model_copy(update={"time": tiny.time.model_copy(update={"slots": 600})})
    asked = study_of(long).prepare(long, "straight", None, {})
    certificate_s = bound_s(asked.slots, asked.entries)
    assert certificate_s > 10.0  # as the reference machine took: far more than straight flights take
    alone = seconds(methods=["straight"])
    one = estimate_cost("straight", asked.work, []).seconds
    assert alone == pytest.approx(WORKER_START_S + 60 * (one + certificate_s), abs=30.0)
    assert seconds(methods=["straight", "gradient"], settings={"gradient": {"rounds": 1}}) > alone
    assert alone > 60 * certificate_s


def test_eighteen_runs_of_the_default_scenario_are_not_said_to_take_seconds(city_cache):
    """The reference machine took 18.7 s for six of them, first start included, with nothing else on it."""
    spec = make_sweep({"preset": "london-4km", "methods": ["straight"], "seeds": list(range(1, 19))})
    said = sweep_cost(spec, [], 1, city_cache)
    assert 40 <= float(re.match(r"About (\d+) s", said)[1]) <= 70


def test_a_run_has_two_times_and_each_its_name():
    run = finished(1000.0, 45.7, kpis={"wall_s": 0.5, "data_service_mbit": 1.0})
    assert (run.computing_s, run.duration_s) == (0.5, pytest.approx(45.7))
    assert run.time_words == "computed in 0.5 s, whole run 45.7 s"
    row = run_rows([run])[0]
    assert (row["Computing time, s"], row["Whole run, s"]) == (0.5, 45.7)
    exported = figures_table([run]).iloc[0]
    assert (exported["wall_s"], exported["duration_s"]) == (0.5, pytest.approx(45.7))
    assert comparison_figures(run.kpis, None)["wall_s"] == run.computing_s


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system gives no process only some of its cores")
def test_runs_at_once_are_counted_in_the_cores_this_process_may_use(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {0, 1, 2})
    monkeypatch.setattr(os, "cpu_count", lambda: 64)
    monkeypatch.delenv("ITNT_MAX_RUNS", raising=False)
    assert (usable_cores(), most_parallel_runs()) == (3, 2)
