"""The plug-in of docs/extending.md, installed by pip: through command line, planner, bound, worker, page and report."""

import json
import os
import subprocess
import sys
from pathlib import Path

import defusedxml.ElementTree
import pytest
from streamlit.testing.v1 import AppTest

from itnt_core.apart import Limits
from itnt_core.bounds import upper_bound
from itnt_core.city import CityError
from itnt_core.city.files.import_process import import_apart
from itnt_core.city.files.survey import ImportOptions
from itnt_core.city.library import read_city_folder
from itnt_core.cli import main
from itnt_core.exports import ExportOptions, ExportSource, export, export_apart, format_of_file
from itnt_core.extensions import CITY_FORMATS
from itnt_core.methods import optimise, quiet
from itnt_core.network import build_world
from itnt_core.presets import preset
from itnt_core.results import read_result, write_result
from itnt_core.runs import RunStore, cache_folder
from itnt_core.scenario import Channel, scenario_file_text
from tests.report.reading import Numbers
from tests.runs.processes_of_runs import clear_away, wait_for

from .installing import EXAMPLE, known, lay_out

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "extending.md").read_text(encoding="utf-8")
PARTS = ("channel", "method", "city", "export")
linux = pytest.mark.skipif(sys.platform != "linux", reason="the confined process is Linux's")
TOWN = "BOXES 1 EPSG:27700\n532000 181000 20 20 12\n532050 181000 20 30 18\n"


@pytest.fixture(scope="module")
def two_ray(city_cache):
    """The tiny scenario under the plug-in's channel model; nothing of the plug-in is needed to say so."""
    scenario = preset("tiny", cache_dir=city_cache)
    return scenario.model_copy(
        update={"channel": Channel.model_construct(**{**dict(scenario.channel), "model": "two_ray"})}
    )


@pytest.fixture
def data(tmp_path, city_cache, monkeypatch):
    """A data folder of the test's own, with the cities of all."""
    monkeypatch.setenv("ITNT_DATA_DIR", str(tmp_path / "data"))
    (tmp_path / "data").mkdir()
    cache_folder(tmp_path / "data").symlink_to(city_cache)
    return tmp_path / "data"


@pytest.fixture
def itnt(capfd):
    """Return a function that runs a command here, and returns its exit code and what it printed."""

    def call(*arguments):
        capfd.readouterr()
        code = main([str(one) for one in arguments])
        told = capfd.readouterr()
        return code, told.err + told.out  # its last line is one of its output

    return call


def itnt_apart(*arguments):
    """Do the same in a process of its own, which finds the plug-in by itself."""
    command = [sys.executable, "-m", "itnt_core", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=dict(os.environ), check=False)
    return done.returncode, done.stderr + done.stdout


def last_json(text):
    return json.loads(text.strip().splitlines()[-1])


@pytest.mark.parametrize("name", ["pyproject.toml", *(f"example_{what}.py" for what in PARTS)])
def test_the_guide_shows_the_very_files_that_are_installed(name):
    assert f"\n{(EXAMPLE / name).read_text(encoding='utf-8')}```\n" in GUIDE


def test_the_command_line_lists_it(example, itnt):
    code, told = itnt_apart("plugins")
    assert (code, told.splitlines()) == (
        0,
        [
            "channel model 'two_ray', from itnt-example 1.0",
            "method 'strongest_first', from itnt-example 1.0",
            "city format 'boxes', from itnt-example 1.0",
            "export format 'gpx', from itnt-example 1.0",
        ],
    )
    code, told = itnt("methods")
    assert "strongest_first: Strongest first. Straight flights" in told
    assert "--set power_share=1.0  Share of the stations' power that is used" in told


def test_its_method_and_its_channel_model_run_are_judged_bounded_and_reported(example, data, two_ray, tmp_path, itnt):
    file, folder = tmp_path / "scenario.yaml", tmp_path / "out"
    file.write_text(scenario_file_text(two_ray, file))
    code, told = itnt_apart("run", file, "--method", "strongest_first", "--set", "power_share=0.5", "-o", folder)
    assert code == 0, told
    kpis = last_json(told)
    bound = last_json(itnt("bound", file)[1])
    assert kpis["violations"] == 0 and 0.0 < kpis["data_service_mbit"] <= bound["upper_bound_mbit"]
    assert kpis["upper_bound_mbit"] == pytest.approx(bound["upper_bound_mbit"])
    assert bound["upper_bound_mbit"] == pytest.approx(upper_bound(build_world(two_ray)).data_service_mbit)
    code, told = itnt("evaluate", folder, "--bound")
    assert (code, last_json(told)["passed"]) == (0, True), told
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["settings"] == {"power_share": 0.5}
    assert manifest["plugins"] == {
        "method strongest_first": "itnt-example 1.0",
        "channel model two_ray": "itnt-example 1.0",
    }
    code, told = itnt("report", folder, "-o", tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text()
    assert code == 0, told
    assert "Strongest first: Straight flights" in page and "Channel: two rays between base stations" in page
    assert "channel model two_ray itnt-example 1.0" in page
    assert any(
        key.endswith("data_service_mbit") and value == pytest.approx(kpis["data_service_mbit"])
        for key, (value, _) in Numbers(page.encode()).found.items()
    )


def test_the_planner_climbs_under_its_channel_model(example, data, two_ray, tmp_path, itnt):
    file, folder = tmp_path / "scenario.json", tmp_path / "out"
    file.write_text(scenario_file_text(two_ray, file))
    rounds = ("--set", "rounds=1")
    code, told = itnt("run", file, "--method", "planner", *rounds, "-o", folder)
    assert code == 0, told
    straight = last_json(itnt("run", file, "--method", "straight", "-o", tmp_path / "straight")[1])
    planned = last_json(told)
    served = [1.0 - kpis["outage"] for kpis in (straight, planned)]
    assert (served[1], planned["data_service_mbit"]) > (served[0], straight["data_service_mbit"])
    assert planned["data_service_mbit"] <= planned["upper_bound_mbit"]


def test_a_worker_knows_it_and_without_it_a_sentence_says_what_is_missing(example_site, data, two_ray, itnt):
    store = RunStore(data)
    try:
        with known(example_site):
            run_id = store.submit(two_ray, "strongest_first", 1, {"power_share": 1.0})
            store.launch()
            run = wait_for(lambda: store.get(run_id).is_over and store.get(run_id))
            assert (run.state, run.title) == ("done", "Strongest first, channel model two ray"), run
            assert read_result(store.folder(run_id)).scenario == two_ray
        code, told = itnt("evaluate", store.folder(run_id))
        assert code == 1 and "'two_ray', but allowed are 'free_space', 'power_law' or 'urban'" in told
        assert "install the plug-in with this channel model" in told
    finally:
        clear_away(store)


def page(script, **session):
    app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60)
    app.switch_page(script)
    for name, value in session.items():
        app.session_state[name] = value
    return app.run()


def test_the_pages_offer_it_with_its_settings(example, data, two_ray, monkeypatch):
    monkeypatch.setattr(RunStore, "launch", lambda self: None)
    app = page("pages/3_Optimise.py", scenario=two_ray, undo_steps=[], redo_steps=[])
    methods = next(box for box in app.multiselect if box.label == "Methods")
    assert methods.options[-1] == "Strongest first"
    methods.set_value(["strongest_first"]).run()
    share = next(box for box in app.number_input if box.label == "Power share")
    assert (share.min, share.max, share.value) == (0.0, 1.0, 1.0)
    share.set_value(0.25).run()
    next(button for button in app.button if button.label == "Start").click().run()
    assert not app.exception
    (run,) = RunStore(data).list()
    assert (run.method, run.state) == ("strongest_first", "queued")
    app = page("pages/1_Scenario.py", scenario=two_ray, undo_steps=[], redo_steps=[], scenario_tab="Settings")
    model = next(box for box in app.selectbox if box.label == "Channel model")
    assert model.options == ["Free space", "Power law", "Urban", "Two ray"] and model.value == "two_ray"
    app = page("pages/8_Learn.py", scenario=two_ray, undo_steps=[], redo_steps=[])
    assert not app.exception
    assert "its formula is not known here" in " ".join(
        element.value for kind in (app.info, app.markdown, app.text, app.warning) for element in kind
    )


def test_a_broken_one_is_told_where_it_would_stand(example_site, data, two_ray, tmp_path):
    entries = {
        "itnt_studio.methods": {"planner": "nowhere:IT"},
        "itnt_studio.channel_models": {"cracked": "nowhere:IT"},
    }
    with known(example_site, lay_out(tmp_path / "broken", "broken", entries)):
        app = page("pages/3_Optimise.py", scenario=two_ray, undo_steps=[], redo_steps=[])
        told = " ".join(box.value for box in app.warning).replace("\\", "")
        assert "broken 0.1 offers the method 'planner'" in told and "name of a built-in method" in told
        app = page("pages/1_Scenario.py", scenario=two_ray, undo_steps=[], redo_steps=[], scenario_tab="Settings")
        assert "No module named 'nowhere'" in " ".join(box.value for box in app.warning).replace("\\", "")
        assert not app.exception
        cracked = two_ray.model_copy(update={"channel": two_ray.channel.model_copy(update={"model": "cracked"})})
        app = page("pages/1_Scenario.py", scenario=cracked, undo_steps=[], redo_steps=[], scenario_tab="Settings")
        assert not app.exception
        model = next(box for box in app.selectbox if box.label == "Channel model")
        assert model.value == "cracked"  # what is open is shown, not the first of those that can be used
        app = page("pages/3_Optimise.py", scenario=cracked, undo_steps=[], redo_steps=[])
        assert not app.exception
        next(button for button in app.button if button.label == "Start").click().run()
        assert not app.exception


def test_its_city_format_is_read_in_the_confined_process(example, data, tmp_path, itnt):
    (tmp_path / "town.boxes").write_text(TOWN)
    code, told = itnt("city", "import", tmp_path / "town.boxes", "-o", tmp_path / "town")
    assert code == 0, told
    assert {**last_json(told), "buildings": 2, "crs": "EPSG:27700", "height_estimated": 0} == last_json(told)
    stored = read_city_folder(tmp_path / "town")
    assert sorted(stored.city.roof_heights_m) == [12.0, 18.0] and stored.report.form == "BOXES 1"


def test_a_file_that_no_built_in_reader_knows_is_refused_without_it(tmp_path):
    (tmp_path / "town.boxes").write_text(TOWN)
    with pytest.raises(CityError, match="is plain text, no map of buildings"):
        list(import_apart(tmp_path / "town.boxes", ImportOptions(), tmp_path / "cities"))


NOSY = """
from pathlib import Path
import numpy as np, shapely
from pyproj import CRS
from itnt_core.city.files.survey import Survey
class Nosy:
    title, suffixes = "nosy", (".nosy",)
    def recognises(self, head):
        return b"{HEAD}" in head
    def read(self, path, options):
        {DOES}
        return Survey.of_buildings(np.array([shapely.box(0, 0, 9, 9)]), np.array([5.0]), CRS(27700), "nosy")
NOSY = Nosy()
"""


@pytest.mark.parametrize(
    ("does", "words"),
    [
        ("Path('{secret}').read_text()", "Permission"),
        ("import socket; socket.create_connection(('127.0.0.1', 9), 1)", "was not imported"),
        ("bytearray(10**10)", "more than 4,000 MB of memory"),
        ("import time; time.sleep(60)", "longer than 3 s"),
        ("1 / 0", "'nosy' of nosy 0.1: it failed (ZeroDivisionError"),
        ("return 5", "it returned a int, but a Survey is needed"),
    ],
    ids=["reads another file", "calls out", "takes memory", "takes time", "breaks", "returns nonsense"],
)
@linux
def test_a_format_of_others_has_the_limits_of_every_reader(does, words, plugin, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("mine")
    text = NOSY.replace("{HEAD}", "NOSY").replace("{DOES}", does.replace("{secret}", str(secret)))
    plugin("nosy", {CITY_FORMATS: {"nosy": "nosy_module:NOSY"}}, {"nosy_module": text})
    (tmp_path / "a.nosy").write_text("NOSY\n")
    limits = Limits(seconds=3.0 if "sleep" in does else 60.0, memory_mb=4000)
    try:
        list(import_apart(tmp_path / "a.nosy", ImportOptions(), tmp_path / "cities", limits))
    except CityError as refused:
        assert words in str(refused)
    else:
        assert str(secret) in text
        pytest.skip("this kernel has no Landlock: files are not walled off here")


def test_a_greedy_format_takes_no_file_that_a_built_in_reader_knows(plugin, tmp_path):
    text = NOSY.replace("{HEAD}", "").replace("{DOES}", "raise AssertionError('never asked')")
    plugin("nosy", {CITY_FORMATS: {"nosy": "nosy_module:NOSY"}}, {"nosy_module": text})
    (tmp_path / "one.geojson").write_text('{"type": "FeatureCollection", "features": []}')
    with pytest.raises(CityError) as refused:
        list(import_apart(tmp_path / "one.geojson", ImportOptions(), tmp_path / "cities"))
    assert "nosy" not in str(refused.value)


def test_its_export_format_is_written_in_the_confined_process(example, data, tiny_scenario, city_cache, tmp_path):
    result = optimise(tiny_scenario, "straight", 1, {}, quiet, city_cache)
    write_result(tmp_path / "result", result)
    content = export_apart(tmp_path / "result", format_of_file("a.gpx"), ExportOptions(), cache_folder(data))
    assert content == export(ExportSource(tiny_scenario, result), "gpx")
    points = defusedxml.ElementTree.fromstring(content).findall(".//{*}trkpt")
    flown = result.dataset["position_m"].values[:, 0, 2]
    assert [float(point[0].text) for point in points] == pytest.approx(flown.tolist(), abs=1e-3)
    assert points[0][1].text == f"{tiny_scenario.time.start:%Y-%m-%dT%H:%M:%S}Z"


FINDER = """
import importlib.util, sys
class Finder:
    @staticmethod
    def find_spec(name, path=None, target=None):
        return importlib.util.spec_from_file_location(name, "{CODE}") if name == "boxes_module" else None
sys.meta_path.append(Finder)
"""


def test_code_outside_of_pythons_own_folders_is_readable_too(tmp_path):
    """As some editable installations have it: the entry point in one folder, a finder leads to the code in another."""
    code = tmp_path / "code" / "boxes_module.py"
    code.parent.mkdir()
    code.write_text((EXAMPLE / "example_city.py").read_text())
    site = lay_out(tmp_path / "site", "boxes", {CITY_FORMATS: {"boxes": "boxes_module:BOXES"}})
    (site / "sitecustomize.py").write_text(FINDER.replace("{CODE}", str(code)))
    (tmp_path / "town.boxes").write_text(TOWN)
    with known(site):
        exec(FINDER.replace("{CODE}", str(code)), {})
        try:
            *_, last = import_apart(tmp_path / "town.boxes", ImportOptions(), tmp_path / "cities")
        finally:
            sys.meta_path.pop()
    assert len(last["content_hash"]) == 64
