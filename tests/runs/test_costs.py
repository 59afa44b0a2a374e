"""What a run will cost, from what others took."""

import pytest

from itnt_core.methods import find_method, settings_of
from itnt_core.runs import Run, estimate_cost, sentence, spoken_time
from itnt_core.runs.costs import START_S, reference_costs
from itnt_core.studies.data_service import work_of


def finished(work, seconds, method="planner", state="done", peak_mb=100.0, **more):
    return Run(
        id="x", title="", kind="data service", method=method, state=state, progress=1.0, message="", created=0.0,
        started=10.0, finished=10.0 + seconds, kpis=None, scenario_hash="", work=work, peak_mb=peak_mb, **more,
    )  # fmt: skip


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
        finished(1000.0, 5.0, state="failed"), finished(1000.0, 5.0, method="straight"),
        finished(1000.0, 5.0, method="no such method", launcher="tcp://far:1"),
        finished(1000.0, 5.0, method="no such method", attempts=2),
    ]  # fmt: skip
    estimate = estimate_cost("no such method", 1000.0, runs)
    assert (estimate.seconds, estimate.memory_mb) == (None, None)
    assert "not known" in sentence([(estimate, 1)], 1)


def test_without_a_run_of_its_own_the_reference_machine_is_named():
    assert set(reference_costs()) >= {"straight", "planner", "proposed", "t_ddqn", "ra", "epa"}
    estimate = estimate_cost("planner", 1e5, [])
    assert estimate.seconds > 0.0 and "reference machine" in estimate.source


def test_several_runs_at_once_take_as_long_as_their_share_of_the_cores():
    one = estimate_cost("planner", 1000.0, [finished(1000.0, 60.0)])
    assert sentence([(one, 10)], 1).startswith("About 10 min")
    assert sentence([(one, 4), (one, 6)], 2).startswith("About 5 min and 200 MB of memory, 2 at once")


@pytest.mark.parametrize(("seconds", "words"), [(0.2, "1 s"), (45.0, "45 s"), (300.0, "5 min"), (9000.0, "2.5 h")])
def test_durations_are_spoken(seconds, words):
    assert spoken_time(seconds) == words
