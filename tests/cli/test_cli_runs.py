"""The commands runs and sweep, as processes and as calls."""

import json

import pandas as pd
import pytest

from itnt_core.cli import main
from itnt_core.cli.runs import parse_seeds
from itnt_core.runs import RunStore
from itnt_core.scenario import format_scenario


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("ITNT_DATA_DIR", str(tmp_path / "data"))
    return RunStore()


@pytest.fixture
def scenario_file(tmp_path, tiny_scenario):
    file = tmp_path / "tiny.json"
    file.write_text(format_scenario(tiny_scenario, "json"))
    return str(file)


def test_a_sweep_waits_tables_its_runs_and_goes_on_when_asked_again(store, scenario_file, tmp_path, capsys):
    command = ["sweep", "--scenario", scenario_file, "--grid", "radio.carrier_ghz=2,3.5", "--seeds", "1:3"]
    assert main([*command, "--dry-run"]) == 0
    assert "4 runs" in capsys.readouterr().err
    assert store.list() == []
    assert main([*command, "-o", str(tmp_path / "table.parquet")]) == 0
    answer = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (answer["runs"], answer["done"]) == (4, 4)
    table = pd.read_parquet(tmp_path / "table.parquet")
    assert sorted(table["radio.carrier_ghz"]) == [2.0, 2.0, 3.5, 3.5] and table["data_service_mbit"].notna().all()
    assert main(command) == 0
    assert len(store.list()) == 4
    assert "4 there already" in capsys.readouterr().err


def test_runs_are_listed_shown_exported_deleted_and_restored(store, tiny_scenario, tmp_path, capsys):
    run_id = store.submit(tiny_scenario, title="From a shell")
    assert main(["runs", "list"]) == 0
    assert "queued (place 1)" in capsys.readouterr().out
    assert main(["runs", "cancel", run_id]) == 0
    assert main(["runs", "list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["state"] == "cancelled"
    assert main(["runs", "show", run_id, "--log"]) == 0
    assert json.loads(capsys.readouterr().out)["title"] == "From a shell"
    assert main(["runs", "export", run_id, "-o", str(tmp_path / "run.zip")]) == 0
    assert (tmp_path / "run.zip").read_bytes().startswith(b"PK")
    assert main(["runs", "delete", run_id]) == 0
    assert store.list() == []
    assert main(["runs", "restore", run_id]) == 0
    assert main(["runs", "delete", run_id]) == 0
    assert main(["runs", "purge"]) == 0
    assert not store.folder(run_id).exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["runs", "show", "../../etc/passwd"], "not the id"),
        (["runs", "resume", "20260101-000000-00000000"], "no run"),
        (["runs", "export", "20260101-000000-00000000", "--format", "csv"], "not"),
        (["sweep", "--grid", "radio.carrier_ghz"], "key=a,b,c"),
        (["sweep", "--preset", "tiny", "--grid", "radio.colour=1"], "colour"),
        (["sweep", "--preset", "tiny", "--methods", "magic"], "magic"),
        (["sweep", "--preset", "tiny", "--seeds", "one"], "1:6"),
        (["sweep", "--preset", "tiny", "--dask", "nowhere"], "tcp://"),
        (["sweep", "--preset", "tiny", "-o", "table.xls"], ".parquet"),
        (["sweep", "missing.yaml"], "missing.yaml"),
        (["sweep", "missing.yaml", "--preset", "tiny"], "either the file"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(store, arguments, words, capsys):
    assert main(arguments) == 1
    captured = capsys.readouterr()
    assert words in captured.err and "Traceback" not in captured.err
    assert store.list() == []


def test_seeds_are_a_range_or_a_list():
    assert parse_seeds("1:4") == [1, 2, 3]
    assert parse_seeds("7,3") == [7, 3]


def test_output_that_nobody_reads_to_its_end_is_no_error(store, tiny_scenario, monkeypatch):
    store.submit(tiny_scenario)

    def broken(*words, **more):
        raise BrokenPipeError

    monkeypatch.setattr("builtins.print", broken)
    monkeypatch.setattr("os.dup2", lambda source, target: None)
    assert main(["runs", "list"]) == 0
