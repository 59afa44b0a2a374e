"""A store of its own for each test."""

import pytest
from processes_of_runs import clear_away

from itnt_core.runs import RunStore, cache_folder


@pytest.fixture
def store(tmp_path, city_cache):
    """A new store with the cities of all; whatever still computes for it at the end of the test is killed."""
    store = RunStore(tmp_path / "data")
    cache_folder(store.root).symlink_to(city_cache)
    yield store
    clear_away(store)


@pytest.fixture(scope="session")
def tiny(tiny_scenario):
    return tiny_scenario


@pytest.fixture(scope="session")
def slow(tiny):
    """A scenario whose binary programs keep a worker busy long enough to be stopped."""
    return tiny.model_copy(update={"time": tiny.time.model_copy(update={"slots": 1500})})
