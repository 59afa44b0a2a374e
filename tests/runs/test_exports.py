"""What leaves the program of a run: the right files, none by a link, no place of this machine, inert tables."""

import csv
import io
import os
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from itnt_core.mapdata.story import STORY_FILE
from itnt_core.methods import SettingsError, optimise
from itnt_core.methods.learned_settings import POLICY_FILE
from itnt_core.results import ResultError, read_result, write_result
from itnt_core.runs.exports import LEAVING, export_run, leaving, own_file, table_bytes, zip_runs
from itnt_core.runs.sweeps import make_sweep, sweep_table
from itnt_core.scenario import ScenarioError, read_scenario
from itnt_core.studies.data_service import DataService

FORMULA = "=cmd|' /C calc'!A0"


@pytest.fixture
def run_id(store, tiny):
    return store.submit(tiny, title=FORMULA)


def names_in(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {Path(name).name: archive.read(name) for name in archive.namelist()}


def test_the_zip_holds_what_is_meant_to_leave_and_nothing_else(store, run_id):
    folder = store.folder(run_id)
    for name in ("child", "lease", "attempts", "cancel", "training.pt", ".manifest.json.77.tmp", "core", "notes.txt"):
        (folder / name).write_text("private")
    (folder / "cache").mkdir()
    meant = leaving(store.get(run_id))
    for name in {*meant} - {"scenario.json", "request.json"}:
        (folder / name).write_text("{}")
    assert set(names_in(export_run(store, run_id, "zip"))) == {"runs.csv", *meant}
    assert {POLICY_FILE, STORY_FILE} < set(meant)


@pytest.mark.parametrize("name", (*LEAVING, *DataService.own_files))
def test_a_link_among_the_files_is_not_followed(store, run_id, tmp_path, name):
    secret = tmp_path / "secret"
    secret.write_text("of somebody else")
    path = store.folder(run_id) / name
    path.unlink(missing_ok=True)
    path.symlink_to(secret)
    held = names_in(export_run(store, run_id, "zip"))
    assert name not in held and b"of somebody else" not in b"".join(held.values())


def test_a_folder_that_is_a_link_a_pipe_and_a_folder_named_like_a_file_are_left_out(store, run_id, tmp_path):
    folder = store.folder(run_id)
    (folder / "scenario.json").unlink()
    os.mkfifo(folder / "scenario.json")
    (folder / "log.txt").mkdir()
    assert set(names_in(export_run(store, run_id, "zip"))) == {"runs.csv", "request.json"}
    elsewhere = tmp_path / "elsewhere"
    folder.rename(elsewhere)
    folder.symlink_to(elsewhere)
    assert set(names_in(zip_runs(store, [store.get(run_id)]))) == {"runs.csv"}
    assert own_file(folder, "request.json") is None and own_file(elsewhere, "request.json") is not None


def test_a_result_that_is_a_link_is_not_exported(store, run_id, tmp_path, tiny, city_cache):

    folder = store.folder(run_id)
    write_result(folder, optimise(tiny, "straight", cache_dir=city_cache))
    assert len(export_run(store, run_id, "netcdf")) > 1000
    (folder / "result.nc").rename(tmp_path / "other.nc")
    (folder / "result.nc").symlink_to(tmp_path / "other.nc")
    for form in ("netcdf", "csv", "parquet"):
        with pytest.raises(ResultError, match="link"):
            export_run(store, run_id, form)


def test_the_log_and_the_progress_name_no_folder_of_this_machine(store, run_id):
    folder = store.folder(run_id)
    home = str(Path.home())
    (folder / "log.txt").write_text(f'File "{Path(__file__).parents[2]}/itnt_core/x.py"\n{store.root}/runs\n{home}/a\n')
    (folder / "progress.jsonl").write_text(f'{{"message": "{store.root}"}}\n')
    held = names_in(export_run(store, run_id, "zip"))
    assert held["log.txt"] == b'File "<program>/itnt_core/x.py"\n<data>/runs\n<home>/a\n'
    assert held["progress.jsonl"] == b'{"message": "<data>"}\n'


def test_titles_are_text_in_runs_csv_and_raw_in_parquet(store, run_id):
    rows = list(csv.DictReader(io.StringIO(names_in(export_run(store, run_id, "zip"))["runs.csv"].decode())))
    assert rows[0]["title"] == f"'{FORMULA}"
    table = pd.DataFrame({FORMULA: [FORMULA, "b"], "n": [-1.0, 2.0]})
    assert table_bytes(table, "csv").decode().splitlines()[1] == f"'{FORMULA},-1.0"
    pd.testing.assert_frame_equal(pd.read_parquet(io.BytesIO(table_bytes(table, "parquet"))), table)


def test_a_result_of_before_with_a_name_that_hides_still_opens_and_runs_again(store, tiny, city_cache):
    """Such names are refused today; what is stored shows a mark in the place of each character."""
    run_id = store.submit(tiny, "straight")
    folder = store.folder(run_id)
    write_result(folder, optimise(tiny, "straight", cache_dir=city_cache))
    text = (folder / "scenario.json").read_text(encoding="utf-8")
    (folder / "scenario.json").write_text(text.replace(f'"{tiny.name}"', '"a\\u202eb\\u0000"'), encoding="utf-8")
    assert read_result(folder).scenario.name == "a\ufffdb\ufffd"
    scenario = read_scenario(folder / "scenario.json", stored=True)
    assert store.get(store.submit(scenario)).title.endswith(", a\ufffdb\ufffd")
    with pytest.raises(ScenarioError, match=r"U\+202E"):
        read_scenario(folder / "scenario.json")


def test_a_sweep_of_before_with_such_a_name_keeps_its_table(store, tiny, city_cache):
    spec = make_sweep({"scenario": tiny, "grid": {"radio.carrier_ghz": [2.0, 3.5]}, "title": "Good"})
    old = spec.model_dump_json().replace('"Good"', '"\\u001b[2J"').replace(f'"{tiny.name}"', '"a\\u202eb"')
    store.submit_sweep(("old", "\x1b[2J", old), [])
    assert store.sweeps()[0][1] == "[2J"
    assert len(sweep_table(store, "old")) == 2
    with pytest.raises(SettingsError, match=r"U\+001B may not stand in it"):
        make_sweep({"preset": "tiny", "title": "\x1b[2J"})
