"""What keeps runs loads nothing that computes them, and what computes one loads nothing that it has no use for.

Every worker, page and command starts with the first, and every run with the second.
"""

import json
import os
import subprocess
import sys

import pytest

from itnt_core.runs.folder import CHILD_MODULE

HEAVY = {"cvxpy", "geopandas", "highspy", "numba", "pandas", "scipy", "sklearn", "torch", "xarray"}
# Looking into a result takes xarray, which takes pandas and asks Dask how it computes; drawing takes the others.
NEEDLESS = (HEAVY - {"numba", "scipy"}) | {"dask", "distributed", "matplotlib", "plotly", "pyarrow", "streamlit"}


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


def test_a_run_loads_nothing_that_it_has_no_use_for(store, tiny, city_cache):
    folder = store.folder(store.submit(tiny))
    line = json.dumps({"folder": str(folder), "cache": str(city_cache), "threads": 1})
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            f"import sys; from {CHILD_MODULE} import main; main(sys.argv[1:]);"
            f"open({str(folder / 'loaded')!r}, 'w').write(' '.join(sorted({NEEDLESS} & set(sys.modules))))",
            str(os.getpid()),
        ],
        input=line,
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout == "0\n" and (folder / "result.nc").is_file()
    assert (folder / "loaded").read_text() == ""
