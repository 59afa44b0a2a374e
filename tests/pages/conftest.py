"""Pages run as scripts against an empty data folder."""

from functools import cache
from pathlib import Path

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest, local_script_runner

from itnt_core.runs import cache_folder

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session", autouse=True)
def _installed_components_are_looked_for_once():
    """Every session would read the metadata of all installed packages: most of the time that opening a page takes."""
    with pytest.MonkeyPatch.context() as patch:
        name = "scan_component_manifests"
        patch.setattr(manifest_scanner, name, cache(getattr(manifest_scanner, name)))
        yield


@pytest.fixture(scope="session", autouse=True)
def _the_end_of_a_script_is_awaited():
    """Streamlit looks for it every millisecond, through all events so far, which takes the script itself much time."""
    look = local_script_runner.require_widgets_deltas

    def wait(runner, timeout=3.0):
        runner._script_thread.join(timeout)
        look(runner, timeout if runner.script_stopped() else 0.0)  # which also says what went wrong

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(local_script_runner, "require_widgets_deltas", wait)
        yield


@pytest.fixture
def tiny(tiny_scenario):
    return tiny_scenario


@pytest.fixture(autouse=True)
def _cities_of_all(tmp_path, city_cache):
    """Let the data folder of the test find the cities that others have made."""
    cache_folder(tmp_path).symlink_to(city_cache)


@pytest.fixture
def open_page(tmp_path, monkeypatch, tiny):
    """Return a function that runs a page in a fresh session with the tiny scenario open."""

    def run(script, **session):
        monkeypatch.setenv("ITNT_DATA_DIR", str(run.data_folder))
        monkeypatch.setenv("ITNT_LIVE", "off")
        app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60)
        if script != "dashboard.py":
            app.switch_page(script)
        app.session_state["scenario"] = tiny
        app.session_state["undo_steps"], app.session_state["redo_steps"] = [], []
        for name, value in session.items():
            app.session_state[name] = value
        if app.session_state["scenario"] is None:
            del app.session_state["scenario"]
        return app.run()

    run.data_folder = tmp_path
    return run
