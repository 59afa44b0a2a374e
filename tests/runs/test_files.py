"""Files of runs: never half written, exported whole, the same after an interruption."""

import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from processes_of_runs import has_begun, wait_for

from itnt_core.methods import optimise
from itnt_core.results import ResultError, read_result, write_result
from itnt_core.runs import cache_folder, write_request
from itnt_core.runs.executing import execute
from itnt_core.runs.exports import export_run, figures_table, table_bytes, zip_runs
from itnt_core.runs.folder import RunRequest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def finished(store, tiny):
    """A store with one finished run."""
    run_id = store.submit(tiny)
    execute(store.folder(run_id), cache_folder(store.root))
    return store, run_id


def test_two_hundred_kills_while_saving_over_a_result_leave_the_old_or_the_new_one_whole(tmp_path, tiny, city_cache):
    folder = tmp_path / "runs" / "20260101-000000-00000000"
    write_result(folder, optimise(tiny, cache_dir=city_cache))
    answer = subprocess.run(
        [sys.executable, "-W", "ignore", str(Path(__file__).with_name("saving.py")), str(folder), "200"],
        env={**os.environ, "PYTHONPATH": str(ROOT), "ITNT_DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    counts = json.loads(answer.stdout)
    assert counts["broken"] == 0 and counts["left_over"] == 0
    assert counts["before"] + counts["within"] + counts["after"] == 200 and counts["whole"] > 200
    assert min(counts["within"], counts["after"]) > 10, counts  # both really happened


def test_a_cancelled_and_resumed_training_equals_one_that_was_never_stopped(store, tiny, tmp_path):
    settings = {
        "rounds": 2,
        "episodes": 5,
        "environments": 4,
        "hidden": 16,
        "searches": 2,
        "reference_lines": False,
        "patience": 0,
    }
    run_id = store.submit(tiny, "proposed", settings=settings)
    store.launch()
    wait_for(lambda: has_begun(store, run_id, "training"))
    store.cancel(run_id)
    wait_for(lambda: store.get(run_id).is_over)
    stopped = store.get(run_id)
    assert stopped.state == "cancelled" and stopped.progress < 1.0
    store.resume(run_id)
    store.launch()
    wait_for(lambda: store.get(run_id).is_over)
    assert store.get(run_id).state == "done"
    write_request(tmp_path / "whole", tiny, RunRequest(method="proposed", seed=None, settings=settings))
    whole = execute(tmp_path / "whole", cache_folder(store.root)).dataset
    resumed = read_result(store.folder(run_id)).dataset
    assert all(
        np.array_equal(whole[name].values, resumed[name].values, equal_nan=whole[name].dtype.kind == "f")
        for name in whole
    )


def test_every_export_holds_the_results_own_numbers(finished, tmp_path):
    store, run_id = finished
    dataset = read_result(store.folder(run_id)).dataset
    (tmp_path / "run.nc").write_bytes(export_run(store, run_id, "netcdf"))
    with xr.open_dataset(tmp_path / "run.nc") as exported:
        assert exported.identical(dataset)
    comma = pd.read_csv(io.BytesIO(export_run(store, run_id, "csv")))
    parquet = pd.read_parquet(io.BytesIO(export_run(store, run_id, "parquet")))
    pd.testing.assert_frame_equal(comma, parquet, check_dtype=False)
    assert len(comma) == dataset.sizes["slot"] * dataset.sizes["user"]
    total = (comma["rate_active_mbit_s"] * read_result(store.folder(run_id)).scenario.time.slot_s).sum()
    assert total == pytest.approx(read_result(store.folder(run_id)).kpis["data_service_mbit"])


def test_a_zip_holds_the_folders_and_a_table(finished, tiny):
    store, run_id = finished
    other = store.submit(tiny)
    (store.folder(run_id) / "lease").write_text("1")
    with zipfile.ZipFile(io.BytesIO(zip_runs(store, store.list()))) as archive:
        names = set(archive.namelist())
        assert {"runs.csv", f"{run_id}/result.nc", f"{run_id}/scenario.json", f"{other}/request.json"} <= names
        assert not any(name.endswith("lease") for name in names)
        assert archive.testzip() is None


def test_a_run_without_a_result_is_not_exported(store, tiny):
    run_id = store.submit(tiny)
    with pytest.raises(ResultError):
        export_run(store, run_id, "netcdf")
    assert table_bytes(figures_table(store.list()), "csv").count(b"\n") == 2
