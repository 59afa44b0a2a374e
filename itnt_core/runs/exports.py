"""Runs as files for other programs: NetCDF, CSV, Parquet, and a ZIP of everything."""

from __future__ import annotations

import io
import os
import stat
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from itnt_core.inert import csv_bytes
from itnt_core.installed import PACKAGE
from itnt_core.results import (
    MANIFEST_FILE,
    RESULT_FILE,
    SCENARIO_FILE,
    ResultError,
    result_files,
)
from itnt_core.studies import Study, known_study, read_any_result

from .folder import LOG_FILE, PROGRESS_FILE, REQUEST_FILE
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
# What of a run of every study leaves in a ZIP, and what the study itself names, and nothing else: not which process of
# which machine computed it, no checkpoint of a training, nothing half written.
LEAVING = (SCENARIO_FILE, REQUEST_FILE, MANIFEST_FILE, RESULT_FILE, PROGRESS_FILE, LOG_FILE)
_LOGS = (PROGRESS_FILE, LOG_FILE)  # written by programs for people: they name files and folders of this machine


def link_table(folder: Path) -> pd.DataFrame:
    """Return a result as one long table, a row for each place of its study's dims (ResultError when there is none).

    Of data service that is a row per slot and user, of spectrum sharing per system, slot and user.
    """
    study, result = read_any_result(folder)
    return _links_of(study, result.dataset)


def row_words(study: Study) -> str:
    """Say what a row of a study's long table stands for."""
    *most, last = study.row_dims
    return "a row per " + (f"{', '.join(most)} and {last}" if most else last)


def _links_of(study: Study, dataset: xr.Dataset) -> pd.DataFrame:
    per_link = dataset[[name for name in dataset.data_vars if dataset[name].dims == study.row_dims]]
    return per_link.to_dataframe().reset_index()


def figures_table(runs: Sequence[Run]) -> pd.DataFrame:
    """Return one row per run: what it is, how it ended, its figures."""
    import pandas as pd

    return pd.DataFrame([_figures_row(run) for run in runs])


def _figures_row(run: Run) -> dict[str, Any]:
    own = {"run": run.id, "title": run.title, "sweep": run.sweep, "method": run.method, "state": run.state}
    figures = {key: value for key, value in (run.kpis or {}).items() if key != "method"}
    return own | {"duration_s": run.duration_s} | figures


def table_bytes(table: pd.DataFrame, form: Format) -> bytes:
    """Return a table as a Parquet file, or as a CSV file in which no text is a formula."""
    if form == "csv":
        return csv_bytes(table)
    target = io.BytesIO()
    table.to_parquet(target, index=False)
    return target.getvalue()


def export_run(store: RunStore, run_id: str, form: Format) -> bytes:
    """Return one run as a file (UnknownRunError; ResultError when it has no result, which a ZIP does not need)."""
    folder = store.folder(run_id)
    if form == "zip":
        return zip_runs(store, [store.get(run_id)])
    study, result = read_any_result(folder)  # a broken result is said, not handed on
    content = own_file(folder, result_files(folder)[RESULT_FILE].name)
    if content is None:
        raise ResultError(f"The result of run {run_id} is not a file of its own but a link: it is not handed on.")
    return content if form == "netcdf" else table_bytes(_links_of(study, result.dataset), form)


def zip_runs(store: RunStore, runs: Sequence[Run]) -> bytes:
    """Return what may leave of the folders of runs in one ZIP, with a table of their figures."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("runs.csv", table_bytes(figures_table(runs), "csv"))
        for run in runs:
            lying = _names_now(store.folder(run.id))
            for name in leaving(run):
                content = own_file(store.folder(run.id), lying.get(name, name))
                if content is not None:
                    archive.writestr(f"{run.id}/{name}", _placeless(content, store.root) if name in _LOGS else content)
    return target.getvalue()


def leaving(run: Run) -> tuple[str, ...]:
    """Return the names of the files of a run that may leave."""
    study = known_study(run.kind)
    return LEAVING + (study.own_files if study else ())


def _names_now(folder: Path) -> dict[str, str]:
    """Return under which names the files of a result lie now: others while one is exchanged for another."""
    try:
        return {name: path.name for name, path in result_files(folder).items()}
    except ResultError:  # there is none
        return {}


def own_file(folder: Path, name: str) -> bytes | None:
    """Return the content of a regular file that lies in a folder itself; None for a link, a device, or nothing.

    Neither the folder nor the file is followed if it is a link: the file need not be this program's then.
    """
    try:
        inside = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        handle = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=inside)
    except OSError:
        return None
    finally:
        os.close(inside)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        return None
    with os.fdopen(handle, "rb") as file:
        return file.read()


def _placeless(content: bytes, root: Path) -> bytes:
    """Return a log without the names of this machine's folders: the data root, the program, Python, the home."""
    places = {
        str(root.resolve()): "<data>",
        str(root): "<data>",
        str(PACKAGE.parent): "<program>",
        sys.prefix: "<python>",
        sys.base_prefix: "<python>",
        str(Path.home()): "<home>",
    }
    for place in sorted(places, key=len, reverse=True):  # the deepest first: others may hold it
        if len(place) > 1:
            content = content.replace(place.encode(), places[place].encode())
    return content
