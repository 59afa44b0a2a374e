"""What all tests share: reproducible hypothesis, private folders, one cache of generated cities, small worlds."""

import gc
import os
import sys
from pathlib import Path

for _pool in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ.setdefault(_pool, "1")  # two test processes share two cores; must stand before numpy is imported

# Some hundred processes are started from here; each, and each of the suite's own, would else compile this program anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

import pytest
from hypothesis import settings

from tests.shared import skip_where_absent

# The same examples on every machine and run; no clock decides whether a test passes.
settings.register_profile("itnt", deadline=None, derandomize=True, database=None, max_examples=60)
settings.load_profile("itnt")

# What takes longest begins first, or one process would still work on it when the other has nothing left.
LONGEST_FIRST = (
    "tests/browser/",
    "tests/benchmarks/",
    "tests/runs/test_endings.py",
    "tests/runs/",
    "tests/methods/",
    "tests/twin/",
    "tests/test_style.py",
    "tests/pages/",
    "tests/cli/",
    "tests/bounds/",
    "tests/learning/",
    "tests/power/",
)


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """Collect with the collector of garbage at rest: nothing that is loaded is given up, and it would look all through.

    The process that hands out tests collects none, but passes here, too.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


def pytest_collection_modifyitems(items):
    """Put the tests that take longest first."""
    items.sort(key=_rank)


def _rank(item):
    name = item.nodeid
    return next((rank for rank, start in enumerate(LONGEST_FIRST) if name.startswith(start)), len(LONGEST_FIRST))


def pytest_collection_finish():
    """Let the collector of garbage leave aside what stays to the end: libraries, and some thousand tests."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    """Skip what needs real files that are not on this machine."""
    skip_where_absent(item)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Keep together what shares things that take long to make: a file, and half of all tests in a browser.

    The marks of pytest-xdist for this do nothing with pytest 9.2, which keeps the names of tests elsewhere.
    """
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            name = nodeid.split("::")[0]
            file = Path(name)
            if file.parent.name == "browser":  # two servers and two browsers, each for about as long
                return "browser, first half" if file.stem < "test_r" else "browser, second half"
            return nodeid if file.parent.name == "benchmarks" else name  # each in processes of its own

    config.option.loadscopereorder = False  # the order above, not the number of tests
    return ByFile(config, log)


@pytest.fixture(scope="session")
def city_cache(tmp_path_factory):
    """The folder of generated cities, shared by all tests and all test processes: whole files are renamed into it."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "cities"
    folder.mkdir(exist_ok=True, mode=0o700)
    return folder


@pytest.fixture(scope="session")
def data_root(tmp_path_factory, city_cache):
    """A data folder for the whole session, with the cities of all."""
    from itnt_core.runs import cache_folder  # not above: the process that hands out tests needs no numba

    root = tmp_path_factory.mktemp("itnt")
    cache_folder(root).symlink_to(city_cache)
    return root


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
def tiny_scenario(city_cache):
    """The preset 'tiny': 600 m of the City, 2 GBSs, 1 pass, 1 aerial and 4 ground users, 8 slots."""
    from itnt_core.presets import preset

    return preset("tiny", cache_dir=city_cache)


@pytest.fixture(scope="session")
def tiny_world(tiny_scenario, city_cache):
    from itnt_core.network import build_world

    return build_world(tiny_scenario, cache_dir=city_cache)


@pytest.fixture(scope="session")
def straight_decision(tiny_world):
    """The reference method's answer to the tiny world."""
    from itnt_core.methods.straight import StraightMethod, StraightSettings

    return StraightMethod().solve(tiny_world, StraightSettings(), 1, lambda event: None)
