"""What all tests share: reproducible hypothesis, private folders, one cache of generated cities, small worlds."""

import os

for _pool in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ.setdefault(_pool, "1")  # two test processes share two cores; must stand before numpy is imported

import pytest
from hypothesis import settings

from itnt_core.methods.straight import StraightMethod, StraightSettings
from itnt_core.network import build_world
from itnt_core.presets import preset

# The same examples on every machine and run; no clock decides whether a test passes.
settings.register_profile("itnt", deadline=None, derandomize=True, database=None, max_examples=60)
settings.load_profile("itnt")


@pytest.fixture(scope="session")
def data_root(tmp_path_factory):
    """A data folder for the whole session, so that cities are generated once."""
    return tmp_path_factory.mktemp("itnt")


@pytest.fixture(scope="session", autouse=True)
def _nothing_beside_the_project(data_root):
    """Keep runs and caches of tests out of the project's own data folder."""
    if os.environ.get("ITNT_DATA_DIR"):
        yield
        return
    os.environ["ITNT_DATA_DIR"] = str(data_root)
    yield
    del os.environ["ITNT_DATA_DIR"]


@pytest.fixture(scope="session")
def city_cache(data_root):
    """The folder of generated cities, shared by all tests of a session."""
    return data_root / "cache"


@pytest.fixture(scope="session")
def tiny_scenario(city_cache):
    """The preset 'tiny': 600 m of the City, 2 GBSs, 1 pass, 1 aerial and 4 ground users, 8 slots."""
    return preset("tiny", cache_dir=city_cache)


@pytest.fixture(scope="session")
def tiny_world(tiny_scenario, city_cache):
    return build_world(tiny_scenario, cache_dir=city_cache)


@pytest.fixture(scope="session")
def straight_decision(tiny_world):
    """The reference method's answer to the tiny world."""
    return StraightMethod().solve(tiny_world, StraightSettings(), 1, lambda event: None)
