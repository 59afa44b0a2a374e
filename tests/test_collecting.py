"""Python's collector of garbage: seldom at work in this program's own processes, as before in anybody else's."""

import asyncio
import gc
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from itnt_core.collecting import COLLECT_AFTER, collecting_seldom

OF_ANYBODY = (321, 7, 8)
PROCESSES = {
    "the command line": "sys.argv[1:] = ['explain', '--help']; import itnt_core.__main__",
    "a run": "sys.modules |= dict.fromkeys(['netCDF4', 'itnt_core.runs.executing'], sys); "  # slow to load, not needed
    "import os; from itnt_core.runs.child import main; main([str(os.getppid()), 'x'])",
    "the live optimum": "import os, types; made = {'FollowingPlan': str, 'Superseded': ValueError}; "
    "sys.modules['itnt_core.live.plan'] = types.SimpleNamespace(**made); "
    "from itnt_core.live.child import main; main([str(os.getppid()), '.'])",
    "what files of others say": "from itnt_core.apart.child import main; main()",
}


@pytest.fixture
def usual():
    before = gc.get_threshold()
    gc.set_threshold(*OF_ANYBODY)
    yield
    gc.set_threshold(*before)


def test_a_while_of_it_leaves_everything_as_it_was(usual):
    with pytest.raises(LookupError), collecting_seldom():
        assert gc.get_threshold() == COLLECT_AFTER
        raise LookupError
    assert gc.get_threshold() == OF_ANYBODY


def test_the_core_leaves_alone_who_imports_it():
    loaded = "itnt_core.cli, itnt_core.runs.child, itnt_core.apart.child, pages.shared.housekeeping"
    command = f"import gc; before = gc.get_threshold(); import {loaded}; assert gc.get_threshold() == before"
    subprocess.run([sys.executable, "-c", command], check=True)


@pytest.mark.parametrize("process", PROCESSES)
def test_its_own_processes_collect_seldom(process):
    """Each is given nothing to do, and asked as it ends."""
    told = "import atexit, gc, sys; atexit.register(lambda: print(gc.get_threshold(), file=sys.stderr)); "
    command = [sys.executable, "-c", told + PROCESSES[process]]
    answer = subprocess.run(command, input="", capture_output=True, text=True, check=False)
    assert answer.stderr.splitlines()[-1] == str(COLLECT_AFTER)


def test_the_server_collects_seldom(usual):
    from pages.shared.housekeeping import housekeeping

    async def serve():
        async with housekeeping(None):
            return gc.get_threshold()

    with ThreadPoolExecutor(1) as elsewhere:  # Playwright leaves a loop of its own running in this thread
        assert elsewhere.submit(lambda: asyncio.run(serve())).result() == COLLECT_AFTER
