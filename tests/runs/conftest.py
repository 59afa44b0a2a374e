"""A store of its own for each test."""

import pytest
from processes_of_runs import clear_away

from itnt_core.presets import preset
from itnt_core.runs import RunStore


@pytest.fixture
def store(tmp_path):
    """A new store; whatever still computes for it at the end of the test is killed."""
    store = RunStore(tmp_path / "data")
    yield store
    clear_away(store)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    return preset("tiny", cache_dir=tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="module")
def slow(tiny):
    """A scenario whose binary programs keep a worker busy long enough to be stopped."""
    return tiny.model_copy(update={"time": tiny.time.model_copy(update={"slots": 3000})})
