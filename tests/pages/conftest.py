"""Pages run as scripts against an empty data folder."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from itnt_core.presets import preset

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def tiny():
    return preset("tiny")


@pytest.fixture
def open_page(tmp_path, monkeypatch, tiny):
    """Return a function that runs a page in a fresh session with the tiny scenario open."""
    monkeypatch.setenv("ITNT_DATA_DIR", str(tmp_path))

    def run(script, **session):
        app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60)
        if script != "dashboard.py":
            app.switch_page(script)
        app.session_state["scenario"] = tiny
        app.session_state["undo_steps"], app.session_state["redo_steps"] = [], []
        for name, value in session.items():
            app.session_state[name] = value
        return app.run()

    return run
