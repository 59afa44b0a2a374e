"""Runs as files for other programs: NetCDF, CSV, Parquet, and a ZIP of everything."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from itnt_core.results import RESULT_FILE, load_drawable, read_manifest, result_files
from itnt_core.twin import KIND

from .run import Run
from .store import RunStore

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

Format = Literal["netcdf", "csv", "parquet", "zip"]
SUFFIX: dict[Format, str] = {"netcdf": "nc", "csv": "csv", "parquet": "parquet", "zip": "zip"}
MIME: dict[Format, str] = {
    "netcdf": "application/x-netcdf",
    "csv": "text/csv",
    "parquet": "application/vnd.apache.parquet",
    "zip": "application/zip",
}
_LEFT_OUT = ("lease", "attempts", "cancel", "training.pt")  # of use to a worker only


def link_table(folder: Path) -> pd.DataFrame:
    """Return a result as one long table: a row per slot and user (ResultError when there is no result).

    Of spectrum sharing a row per system, slot and user.
    """
    dataset = _dataset_of(folder)
    wanted = ("system", "slot", "user") if "system" in dataset.dims else ("slot", "user")
    per_link = dataset[[name for name in dataset.data_vars if dataset[name].dims == wanted]]
    return per_link.to_dataframe().reset_index()


def _dataset_of(folder: Path) -> xr.Dataset:
    """Return the labelled arrays of a result of either kind (ResultError)."""
    from itnt_core.twin.result import load_twin_result

    is_twin = read_manifest(folder).get("kind") == KIND
    return (load_twin_result(folder) if is_twin else load_drawable(folder)).dataset


def figures_table(runs: Sequence[Run]) -> pd.DataFrame:
    """Return one row per run: what it is, how it ended, its figures."""
    import pandas as pd

    return pd.DataFrame([_figures_row(run) for run in runs])


def _figures_row(run: Run) -> dict[str, Any]:
    own = {"run": run.id, "title": run.title, "sweep": run.sweep, "method": run.method, "state": run.state}
    figures = {key: value for key, value in (run.kpis or {}).items() if key not in ("method", "wall_s")}
    return own | {"wall_s": run.wall_s} | figures


def table_bytes(table: pd.DataFrame, form: Format) -> bytes:
    """Return a table as a CSV or Parquet file."""
    target = io.BytesIO()
    if form == "csv":
        table.to_csv(target, index=False)
    else:
        table.to_parquet(target, index=False)
    return target.getvalue()


def export_run(store: RunStore, run_id: str, form: Format) -> bytes:
    """Return one run as a file (UnknownRunError; ResultError when it has no result, which a ZIP does not need)."""
    folder = store.folder(run_id)
    if form == "zip":
        return zip_runs(store, [store.get(run_id)])
    if form == "netcdf":
        _dataset_of(folder)  # a broken result is said, not handed on
        return result_files(folder)[RESULT_FILE].read_bytes()
    return table_bytes(link_table(folder), form)


def zip_runs(store: RunStore, runs: Sequence[Run]) -> bytes:
    """Return the folders of runs in one ZIP, with a table of their figures."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("runs.csv", table_bytes(figures_table(runs), "csv"))
        for run in runs:
            for file in sorted(store.folder(run.id).glob("*")):
                if file.is_file() and not file.name.startswith(".") and file.name not in _LEFT_OUT:
                    archive.write(file, f"{run.id}/{file.name}")
    return target.getvalue()
