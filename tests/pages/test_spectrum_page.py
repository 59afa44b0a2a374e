"""The Spectrum twin page as a script: the question, the dials, traffic files, finished runs."""

import json

import numpy as np
import pytest
from scipy.stats import t
from test_pages import texts

from itnt_core.recorded import RECORDED
from itnt_core.runs import RunStore, cache_folder
from itnt_core.runs.executing import execute
from itnt_core.twin import format_twin, parse_twin, twin_preset
from itnt_core.twin.names import SCHEME_TITLES

PAGE = "pages/7_Spectrum_twin.py"
DAY = 144


@pytest.fixture(scope="module")
def toy(city_cache):
    return twin_preset("toy", cache_dir=city_cache)


def finish(store, run_id):
    """Compute a queued run here and now, and put its end into the store as a worker would."""
    result = execute(store.folder(run_id), cache_folder(store.root))
    with store.connection() as connection:
        connection.execute(
            "UPDATE runs SET state = 'done', kpis = ?, started = 1, finished = 2 WHERE id = ?",
            (json.dumps(result.kpis), run_id),
        )
    return result


def traffic_csv(days=3, cells=("12", "34")):
    """Return rows of square, Unix milliseconds and activity: a daily wave, the second square twice the first."""
    start_ms = 1_383_260_400_000
    rows = ["square_id,time_ms,internet"]
    for index in range(days * DAY):
        wave = 2.0 + np.sin(2 * np.pi * index / DAY)
        rows += [f"{cell},{start_ms + 600_000 * index},{wave * (1 + n):.6f}" for n, cell in enumerate(cells)]
    return "\n".join(rows).encode()


def test_the_page_says_that_it_is_a_reconstruction_and_shows_the_set_up(open_page, toy):
    app = open_page(PAGE, twin_question=toy)
    assert not app.exception
    seen = texts(app)
    assert "only the abstract was at hand" in seen and "Crown copyright" in seen
    assert "1 base stations, 1 satellites, 3 users" in seen
    assert "Nothing has finished yet" in seen


def test_windows_cycles_speed_feeder_cap_and_elevation_are_inputs(open_page, toy):
    app = open_page(PAGE, twin_question=toy)
    for key, value in {"windows": 3, "cycles": 1, "speed": 3.0, "feeder": 80.0, "cap": 5.0, "elevation": 10.0}.items():
        app.number_input(key=f"twin_in_{key}").set_value(value).run()
    assert not app.exception and not app.error
    found = app.session_state["twin_question"]
    assert (found.windows, found.sharing.cycles_per_window) == (3, 1)
    assert found.network.time.slots == 3 * toy.sharing.slots_per_cycle
    assert found.sharing.user_speed_m_s == 3.0 and found.sharing.feeder_mbit_s == 80.0
    assert found.network.radio.spectral_efficiency_cap == 5.0 and found.sharing.min_elevation_deg == 10.0
    app.number_input(key="twin_in_feeder").set_value(None).run()
    assert app.session_state["twin_question"].sharing.feeder_mbit_s is None


def test_a_seed_sweep_is_queued_and_its_intervals_are_those_of_its_runs(open_page, toy, tmp_path, monkeypatch):
    monkeypatch.setattr(RunStore, "launch", lambda self: None)
    app = open_page(PAGE, twin_question=toy)
    app.multiselect[0].set_value(["greedy"]).run()
    app.number_input(key="twin_seeds").set_value(3).run()
    app.button(key="twin_seed_start").click().run()
    assert not app.exception and not app.error
    store = RunStore(tmp_path)
    runs = store.list()
    assert len(runs) == 3 and {run.method for run in runs} == {"greedy"} and len({run.sweep for run in runs}) == 1
    values = [finish(store, run.id).kpis["mean_backlog_mbit"] for run in runs]
    seen = open_page(PAGE, twin_question=toy, twin_tab="Seeds")
    assert not seen.exception
    half = t.ppf(0.975, 2) * np.std(values, ddof=1) / np.sqrt(3)
    assert f"{np.mean(values):,.0f} ± {half:,.0f} Mbit" in texts(seen).replace("\\", "")
    assert "Nothing has finished yet" in texts(seen)  # a sweep's runs are no answers to this question
    sweeps = open_page("pages/4_Runs.py", runs_sweep=runs[0].sweep)
    assert not sweeps.exception
    assert "No sweep has been started yet" in texts(open_page("pages/3_Optimise.py", optimise_tab="Sweep"))


def test_a_dial_changes_the_question_and_starting_queues_a_run_of_each_scheme(open_page, toy, tmp_path, monkeypatch):
    monkeypatch.setattr(RunStore, "launch", lambda self: None)
    app = open_page(PAGE, twin_question=toy)
    app.slider(key="twin_in_tn").set_value(8.0).run()
    assert app.session_state["twin_question"].error.csi_tn_sigma_db == 8.0
    start = next(button for button in app.button if button.label.startswith("Start"))
    start.click().run()
    assert not app.exception
    runs = RunStore(tmp_path).list()
    assert {run.method for run in runs} == {"joint_refine", "orthogonal_refine", "tn_only_refine", "genie"}
    assert {run.kind for run in runs} == {"spectrum sharing"}
    kept = parse_twin((RunStore(tmp_path).folder(runs[0].id) / "scenario.json").read_text())
    assert kept.error.csi_tn_sigma_db == 8.0


def test_finished_schemes_are_compared_and_one_is_watched(open_page, toy, tmp_path):
    store = RunStore(tmp_path)
    results = {key: finish(store, store.submit(toy, key)) for key in ("greedy", "tn_only_refine")}
    app = open_page(PAGE, twin_question=toy, twin_tab="Schemes")
    assert not app.exception
    table = next(frame.value for frame in app.dataframe if "Scheme" in frame.value.columns)
    assert table["Scheme"].tolist() == [SCHEME_TITLES["tn_only_refine"], SCHEME_TITLES["greedy"]]
    expected = [round(results[key].kpis["mean_backlog_mbit"], 1) for key in ("tn_only_refine", "greedy")]
    assert table["Mean backlog, Mbit"].tolist() == expected
    best = min(results, key=lambda key: results[key].kpis["mean_backlog_mbit"])
    assert f"Least backlog here: {SCHEME_TITLES[best]}" in texts(app)
    metrics = {metric.label: metric.value for metric in app.metric}
    watched = results["tn_only_refine"].kpis
    assert metrics["Mean backlog"] == f"{watched['mean_backlog_mbit']:,.1f} Mbit"
    assert metrics["Served by satellite"] == "0.0 %"
    band = open_page(PAGE, twin_question=toy, twin_tab="Band")
    assert not band.exception and "The twin expected" in texts(band)
    users = open_page(PAGE, twin_question=toy, twin_tab="Users")
    assert not users.exception
    rows = next(frame.value for frame in users.dataframe if "Waits on average, Mbit" in frame.value.columns)
    assert rows["Waits on average, Mbit"].sum() == pytest.approx(watched["mean_backlog_mbit"], abs=0.2)

    listed = open_page("pages/4_Runs.py")
    assert not listed.exception
    own = [row for row in listed.dataframe[0].value.to_dict("records") if row["State"] != "recorded"]
    assert {row["Method"] for row in own} == {SCHEME_TITLES[key] for key in results}
    assert "Nothing" not in texts(open_page("pages/3_Optimise.py", all_runs=True, twin_question=toy))


def test_runs_of_this_kind_do_not_appear_where_they_cannot_be_shown(open_page, toy, tmp_path):
    store = RunStore(tmp_path)
    finish(store, store.submit(toy, "greedy"))
    assert "No run has finished yet" in texts(open_page("pages/5_Replay.py")) or "Recorded demo" in str(
        open_page("pages/5_Replay.py").selectbox[0].options
    )
    assert not any("greedy" in str(box.options).lower() for box in open_page("pages/5_Replay.py").selectbox)
    assert open_page("pages/6_Compare.py").multiselect(key="compare_runs").value == list(RECORDED)
    assert "No runs yet" in texts(open_page("pages/3_Optimise.py", all_runs=True))


def test_a_traffic_file_becomes_the_demand_and_can_be_taken_back(open_page, toy):
    app = open_page(PAGE, twin_question=toy)
    app.file_uploader(key="twin_traffic_file").upload("milan.csv", traffic_csv(), "text/csv").run()
    use = next(button for button in app.button if button.label == "Use this traffic")
    use.click().run()
    assert not app.exception
    question = app.session_state["twin_question"]
    assert question.traffic.series.cells == ("34", "12") or question.traffic.series.cells == ("12", "34")
    assert "your file, 2 cells" in texts(open_page(PAGE, twin_question=question, twin_tab="Set-up"))
    back = next(button for button in app.button if button.label == "Back to generated traffic")
    back.click().run()
    assert app.session_state["twin_question"].traffic.series is None


def test_a_broken_traffic_file_gets_its_sentence_and_changes_nothing(open_page, toy):
    app = open_page(PAGE, twin_question=toy)
    app.file_uploader(key="twin_traffic_file").upload(
        "x.csv", b"square_id,time_ms,internet\n1,now,3\n", "text/csv"
    ).run()
    next(button for button in app.button if button.label == "Use this traffic").click().run()
    assert not app.exception
    assert len(app.error) == 1 and "now" in app.error[0].value
    assert app.session_state["twin_question"] == toy


def test_a_question_file_is_opened_and_a_wrong_one_changes_nothing(open_page, toy):
    louder = toy.model_copy(update={"traffic": toy.traffic.model_copy(update={"mean_load_mbit_s": 77.0})})
    app = open_page(PAGE, twin_question=toy)
    app.file_uploader(key="twin_file").upload("q.json", format_twin(louder).encode(), "application/json").run()
    next(button for button in app.button if button.label == "Open this file").click().run()
    assert app.session_state["twin_question"] == louder
    app.file_uploader(key="twin_file").upload("q.json", b"{}", "application/json").run()
    next(button for button in app.button if button.label == "Open this file").click().run()
    assert "spectrum sharing" in app.error[0].value
    assert app.session_state["twin_question"] == louder


def test_the_open_scenario_is_taken_over_without_its_aerial_users(open_page, toy, tiny):
    app = open_page(PAGE, twin_question=toy)
    next(button for button in app.button if button.label == "From the open scenario").click().run()
    assert not app.exception
    network = app.session_state["twin_question"].network
    assert network.ground_users == tiny.ground_users and network.aerial_users == ()
    assert [station.id for station in network.ground_stations] == [station.id for station in tiny.ground_stations]
    assert network.radio.subchannels == 8 and network.radio.carrier_ghz == 3.5
