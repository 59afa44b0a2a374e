"""Runs a module's command in a process that need not load the core and its libraries: they are loaded once for all."""

import multiprocessing
import os
import runpy
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# What most commands load; what reads a command line, or is measured from its start, is not among it.
LOADED = (
    "itnt_core.methods",
    "itnt_core.presets",
    "itnt_core.twin",
    "itnt_core.twin.simulate",
    "itnt_core.methods.pipeline",
    "itnt_core.runs",
    "pandas",
    "xarray",
    "netCDF4",
    "cvxpy",
    "statsmodels.tsa.ar_model",
    "tests.benchmarks.compiled",
    __name__,
)


def run_forked(words, environment, output, limit_s):
    """Run ``python -m WORDS`` with these variables in the project's folder; return its status, None after the limit.

    What it prints is written into the file ``output``.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(LOADED))
    process = context.Process(target=_run, args=(list(words), dict(environment), str(output)))
    process.start()
    process.join(limit_s)
    if process.exitcode is None:
        process.kill()
        process.join()
        return None
    return process.exitcode


def _run(words, environment, output):
    with Path(output).open("w") as sink:
        for stream in (sys.stdout, sys.stderr):
            os.dup2(sink.fileno(), stream.fileno())
    os.environ.update(environment)
    os.chdir(ROOT)
    tempfile.tempdir = None  # it stands in the variables
    sys.argv = list(words)
    runpy.run_module(words[0], run_name="__main__", alter_sys=True)
