"""What only keeps runs loads nothing that computes them: every worker, page and command starts with it."""

import subprocess
import sys

import pytest

HEAVY = {"cvxpy", "geopandas", "highspy", "numba", "pandas", "scipy", "sklearn", "torch", "xarray"}


@pytest.mark.parametrize("module", ["itnt_core.runs", "itnt_core.runs.worker", "itnt_core.studies"])
def test_nothing_that_computes_is_loaded(module):
    faces = "[getattr(room, name) for name in ('RunStore', 'STUDIES') if name in dir(room)]"  # these load late
    told = subprocess.run(
        [sys.executable, "-c", f"import sys, {module} as room; {faces}; print(*sorted({HEAVY} & set(sys.modules)))"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.split() == []
