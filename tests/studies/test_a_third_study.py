"""A kind of study of somebody else's: offered by entry point, it runs, is kept, listed, judged and reported."""

import csv
import io
import json
import sys
import zipfile
from pathlib import Path

import pytest
import xarray as xr
from streamlit.testing.v1 import AppTest

from itnt_core import extensions
from itnt_core.cli import main
from itnt_core.extensions import STUDIES as STUDIES_GROUP
from itnt_core.extensions import ExtensionError
from itnt_core.runs import RunStateError, RunStore, cache_folder, read_asked
from itnt_core.runs.executing import execute
from itnt_core.runs.exports import export_run, link_table
from itnt_core.studies import StudyError, find_study, known_study, read_any_result, register_study, study_of
from tests.extending.installing import known, lay_out
from tests.runs.processes_of_runs import clear_away, wait_for

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


@pytest.fixture
def walking(tmp_path):
    """The module of the third study, known to this process and to those that it starts; forgotten afterwards."""
    site = lay_out(tmp_path / "site", "walks", {STUDIES_GROUP: {"walking": "walking:WALKING"}})
    with known(site, HERE):
        find_study("walking")
        yield sys.modules["walking"]


@pytest.fixture
def store(tmp_path, city_cache, monkeypatch):
    monkeypatch.setenv("ITNT_DATA_DIR", str(tmp_path / "data"))
    store = RunStore(tmp_path / "data")
    cache_folder(store.root).symlink_to(city_cache)
    yield store
    clear_away(store)


def finish(store, run_id):
    """Compute a run in this process and record its end."""
    result = execute(store.folder(run_id))
    with store.connection() as connection:
        connection.execute(
            "UPDATE runs SET state = 'done', progress = 1, kpis = ?, started = created, finished = created + 2",
            (json.dumps(result.kpis),),
        )
    return result


def last_json(capsys):
    return json.loads(capsys.readouterr().out.strip().splitlines()[-1])


def test_a_worker_computes_it_and_the_store_knows_its_figures(walking, store):
    question = walking.Walk(steps=30, seed=4)
    run_id = store.submit(question)
    store.launch()
    run = wait_for(lambda: store.get(run_id).is_over and store.get(run_id))
    assert (run.state, run.kind, run.method, run.title) == ("done", "walking", "drunk", "Random walk, A walk"), run
    assert run.kpis["distance_m"] == pytest.approx(abs(walking.course_m(question, "drunk")[-1]))
    study, result = read_any_result(store.folder(run_id))
    assert isinstance(study, walking.Walking) and result.scenario == question
    assert read_asked(store.folder(run_id))[2] == question


def test_the_command_line_runs_judges_and_reports_it(walking, store, tmp_path, capsys):
    question, folder = tmp_path / "walk.json", tmp_path / "walk"
    question.write_text(walking.Walk().model_dump_json())
    command = ["run", str(question), "--method", "sober", "--seed", "9", "--set", "steps=10", "-o", str(folder)]
    assert main(command) == 0
    assert last_json(capsys) == {"method": "sober", "seed": 9, "distance_m": pytest.approx(7.0), "wall_s": 0.0}
    assert main(["evaluate", str(folder)]) == 0
    assert last_json(capsys)["passed"]
    assert main(["report", str(folder), "-o", str(tmp_path / "walk.html")]) == 0
    assert "7.0 m" in (tmp_path / "walk.html").read_text()
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["kpis"]["distance_m"] = 8.0
    (folder / "manifest.json").write_text(json.dumps(manifest))
    assert main(["evaluate", str(folder)]) == 1
    assert "The distance is another." in capsys.readouterr().out
    question.write_text('{"kind": "walking", "steps": 0}')
    assert main(["run", str(question), "--method", "sober", "-o", str(tmp_path / "no")]) == 1
    assert "steps from 1 to 1000" in capsys.readouterr().err and not (tmp_path / "no").exists()


def test_the_command_line_lists_shows_and_exports_its_runs(walking, store, tmp_path, capsys):
    run_id = store.submit(walking.Walk(steps=10), "sober")
    finish(store, run_id)
    assert main(["runs", "list"]) == 0
    assert "7.0 m" in capsys.readouterr().out
    assert main(["runs", "show", run_id]) == 0
    assert json.loads(capsys.readouterr().out)["kind"] == "walking"
    for form in ("csv", "netcdf", "parquet", "zip"):
        assert main(["runs", "export", run_id, "--format", form, "-o", str(tmp_path / form)]) == 0
    rows = list(csv.DictReader((tmp_path / "csv").read_text().splitlines()))
    assert len(rows) == len(link_table(store.folder(run_id))) == 10
    assert float(rows[-1]["east_m"]) == pytest.approx(7.0)
    assert xr.load_dataset(tmp_path / "netcdf", engine="netcdf4")["east_m"].sizes == {"step": 10}
    with zipfile.ZipFile(io.BytesIO(export_run(store, run_id, "zip"))) as archive:
        assert archive.read(f"{run_id}/shoes.txt") == b"worn"


def runs_page(chosen):
    app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60)
    app.switch_page("pages/4_Runs.py")
    app.session_state["runs_chosen"] = [chosen]
    return app.run()


def test_the_runs_page_lists_it_and_offers_what_every_run_has(walking, store, tiny_scenario, monkeypatch):
    monkeypatch.setattr(RunStore, "launch", lambda self: None)
    run_id = store.submit(walking.Walk(steps=10), "sober")
    finish(store, run_id)
    store.submit(tiny_scenario)
    app = runs_page(run_id)
    assert not app.exception
    table = app.dataframe[0].value.set_index("Id").loc[run_id]
    assert (table["Method"], table["Distance, m"], table["State"]) == ("Straight on", 7.0, "done")
    assert {"Data service, Mbit", "Mean backlog, Mbit"} <= {*app.dataframe[0].value.columns}
    again = next(button for button in app.button if button.label.startswith("Run again"))
    again.click().run()
    assert not app.exception
    newest = store.list()[0]
    assert (newest.kind, newest.method, newest.state) == ("walking", "sober", "queued")


def test_where_it_is_not_known_its_runs_are_listed_and_a_sentence_says_what_is_missing(
    walking, store, monkeypatch, tmp_path
):
    run_id = store.submit(walking.Walk(steps=10), "sober")
    finish(store, run_id)
    (tmp_path / "site" / "walks-0.1.dist-info" / "entry_points.txt").unlink()
    extensions.look_again()
    monkeypatch.setattr(RunStore, "launch", lambda self: None)
    assert known_study("walking") is None
    app = runs_page(run_id)
    assert not app.exception
    listed = app.dataframe[0].value
    assert listed["Method"][listed["State"] != "recorded"].tolist() == ["sober"]
    known = "data service, spectrum sharing, dispatching"
    with pytest.raises(StudyError, match=f"'walking' is not known here, but {known} are"):
        read_asked(store.folder(run_id))
    with pytest.raises(StudyError, match="Install the plug-in that it came with"):
        export_run(store, run_id, "csv")
    with pytest.raises(StudyError, match="no question of a known kind"):
        store.submit(walking.Walk())


def test_a_name_is_registered_once_and_one_that_cannot_be_loaded_is_told(walking, tmp_path):
    with pytest.raises(ExtensionError, match="'walking' cannot be registered"):
        register_study(walking.Walking())
    assert study_of(walking.Walk()) is find_study("walking")
    lay_out(tmp_path / "site", "runs", {STUDIES_GROUP: {"running": "broken_study:IT"}}, {"broken_study": "1 / 0"})
    extensions.look_again()
    assert find_study("walking").name == "walking"
    with pytest.raises(StudyError, match=r"'running' is not known here.* runs 0\.1 offers .*ZeroDivisionError"):
        find_study("running")


def test_a_file_of_an_unknown_study_is_refused_by_its_name(store, tmp_path, capsys):
    file = tmp_path / "question.json"
    file.write_text('{"kind": "swimming"}')
    assert main(["run", str(file), "--method", "crawl", "-o", str(tmp_path / "out")]) == 1
    told = capsys.readouterr().err
    assert "'swimming'" in told and "data service, spectrum sharing, dispatching" in told
    assert not (tmp_path / "out").exists()


def test_a_request_of_before_is_one_of_data_service(store, tiny_scenario):
    run_id = store.submit(tiny_scenario, "straight")
    request = json.loads((store.folder(run_id) / "request.json").read_text())
    del request["kind"]
    (store.folder(run_id) / "request.json").write_text(json.dumps(request))
    request, study, question = read_asked(store.folder(run_id))
    assert (study.name, question) == ("data service", tiny_scenario)


def test_a_request_that_names_nothing_is_refused(store, tiny_scenario):
    run_id = store.submit(tiny_scenario, "straight")
    path = store.folder(run_id) / "request.json"
    path.write_text(path.read_text().replace('"data service"', '""'))
    with pytest.raises(RunStateError, match="its kind is wrong"):
        read_asked(store.folder(run_id))
