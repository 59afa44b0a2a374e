"""Whatever is damaged, full or read-only: all nine pages stay up, a sentence tells it, and it costs only itself."""

import itertools
import json
import os
import shutil
import sqlite3
import subprocess
from contextlib import closing

import pytest
import xarray as xr
from test_pages import texts

from itnt_core.cli import FAULT, main
from itnt_core.methods import optimise
from itnt_core.results import write_result
from itnt_core.runs import RunStore, cache_folder, recorded_runs
from itnt_core.twin import twin_preset
from itnt_core.twin.result import write_twin_result
from itnt_core.twin.run import run_scheme

PAGES = [
    "dashboard.py",
    "pages/1_Scenario.py",
    "pages/2_Passes.py",
    "pages/3_Optimise.py",
    "pages/4_Runs.py",
    "pages/5_Replay.py",
    "pages/6_Compare.py",
    "pages/7_Spectrum_twin.py",
    "pages/8_Learn.py",
]
OF_RUNS = PAGES[3:8]
METHOD_OF = {"data": "straight", "twin": "greedy"}


@pytest.fixture(scope="session")
def sound(tmp_path_factory, tiny_scenario, city_cache):
    """The folders of a sound result of either kind."""
    folder = tmp_path_factory.mktemp("sound")
    write_result(folder / "data", optimise(tiny_scenario, cache_dir=city_cache))
    write_twin_result(folder / "twin", run_scheme(small_twin(city_cache), "greedy", cache_dir=city_cache))
    return folder


def small_twin(city_cache):
    return twin_preset("toy", cache_dir=city_cache)


def truncate(name, size):
    return lambda folder: os.truncate(folder / name, size)


def write(name, content):
    return lambda folder: (folder / name).write_bytes(content)


def in_manifest(change):
    def do(folder):
        manifest = json.loads((folder / "manifest.json").read_text())
        change(manifest)
        (folder / "manifest.json").write_text(json.dumps(manifest))

    return do


def in_arrays(change):
    def do(folder):
        dataset = change(xr.load_dataset(folder / "result.nc", engine="netcdf4"))
        dataset.to_netcdf(folder / "result.nc", engine="netcdf4")

    return do


def first_of(dataset):
    return next(iter(dataset.data_vars))


def beyond(dataset):
    for name in ("serving_station", "power_w", "queue_mbit"):
        if name in dataset:
            dataset[name].values[...] = 99
    return dataset


def folder_instead(name):
    def do(folder):
        (folder / name).unlink(missing_ok=True)
        (folder / name).mkdir()

    return do


def spoil(folder):
    """Overwrite what HDF5 reads first after its signature."""
    with (folder / "result.nc").open("r+b") as handle:
        handle.seek(48)
        handle.write(os.urandom(4000))


DAMAGES = {
    "no arrays": lambda folder: (folder / "result.nc").unlink(),
    "empty arrays": truncate("result.nc", 0),
    "half of the arrays": lambda folder: os.truncate(folder / "result.nc", (folder / "result.nc").stat().st_size // 2),
    "spoilt arrays": spoil,
    "another format": write("result.nc", b"CDF\x01" + bytes(400)),
    "text for arrays": write("result.nc", b"<html>"),
    "a variable missing": in_arrays(lambda dataset: dataset.drop_vars(first_of(dataset))),
    "other sizes": in_arrays(lambda dataset: dataset.isel(slot=slice(0, 2))),
    "another type": in_arrays(
        lambda dataset: dataset.assign({first_of(dataset): ("slot", [*"x" * dataset.sizes["slot"]])})
    ),
    "stations that are not there": in_arrays(beyond),
    "no manifest": lambda folder: (folder / "manifest.json").unlink(),
    "manifest is a list": write("manifest.json", b"[1, 2]"),
    "manifest without keys": write("manifest.json", b'{"kpis": {}}'),
    "manifest of wrong types": in_manifest(
        lambda m: m.update(kpis={**m["kpis"], "outage": "x", "wall_s": [1]}, created=3)
    ),
    "manifest nested": write("manifest.json", b"[" * 100_000),
    "manifest huge": write("manifest.json", b'{"kpis": {"a": "' + b"x" * 60_000_000 + b'"}}'),
    "manifest not UTF-8": write("manifest.json", b"\xff\xfe\x00"),
    "manifest a folder": folder_instead("manifest.json"),
    "scenario broken": write("scenario.json", b'{"seed": -4}'),
    "scenario of the other kind": write("scenario.json", b'{"kind": "spectrum sharing"}'),
    "request broken": write("request.json", b"{}"),
    "request nested": write("request.json", b"[" * 100_000),
    "request a folder": folder_instead("request.json"),
    "events of garbage": write("progress.jsonl", b'\xff\xfe\n[1]\n"x"\nnull\n{"type": 3}\n' + b"[" * 50_000 + b"\n"),
    "events of wrong types": write(
        "progress.jsonl",
        b'{"type": "progress", "objective_mbit": "x"}\n{"metrics": [1], "message": {}}\n{"fraction": 1e400}\n'
        b'{"objective_mbit": 1, "bound_mbit": 0}\n{"objective_mbit": 2, "elapsed_s": null, "bound_mbit": 0}\n'
        b'{"metrics": {"reward": "much"}, "iteration": "one"}\n' + 2 * b'{"metrics": {"reward": 1}}\n',
    ),
    "log not UTF-8": write("log.txt", bytes(range(256)) * 200),
    "child of pid -1": write("child", b'{"host": "x", "pid": -1, "started": 1, "token": "x"}'),
}


def fill(store, sound, kind_folder, scenario):
    """Queue one run for each damage, finished with a copy of the sound result; return their ids."""
    ids = {}
    for name, damage in DAMAGES.items():
        run_id = store.submit(scenario, METHOD_OF[kind_folder], title=f"{name}, damaged")
        folder = store.folder(run_id)
        for file in ("scenario.json", "result.nc", "manifest.json"):
            shutil.copyfile(sound / kind_folder / file, folder / file)
        kpis = json.loads((folder / "manifest.json").read_text())["kpis"]
        with store.connection() as connection:
            connection.execute(
                "UPDATE runs SET state = 'done', progress = 1, kpis = ?, finished = created WHERE id = ?",
                (json.dumps(kpis), run_id),
            )
        damage(folder)
        ids[name] = run_id
    return ids


def test_damaged_runs_cost_only_themselves_on_every_page_and_in_every_command(
    open_page, tmp_path, tiny, sound, city_cache, capsys, monkeypatch
):
    store = RunStore(tmp_path)
    good = store.submit(tiny, title="Sound")
    ids = fill(store, sound, "data", tiny)
    fill(store, sound, "twin", small_twin(city_cache))
    for file in ("scenario.json", "result.nc", "manifest.json"):
        shutil.copyfile(sound / "data" / file, store.folder(good) / file)
    for script in PAGES:
        assert not open_page(script).exception, script
    app = open_page("pages/4_Runs.py", runs_text="damaged")
    assert f"{2 * len(DAMAGES)} of {2 * len(DAMAGES) + 1 + len(recorded_runs())} runs shown" in texts(app)
    harmless = {
        "request broken",
        "request nested",
        "request a folder",
        "events of garbage",
        "events of wrong types",
        "log not UTF-8",
        "child of pid -1",
    }
    commands = itertools.cycle((["report"], ["export"]))
    for name, run_id in ids.items():
        app = open_page("pages/5_Replay.py", replay_choice=run_id)
        assert not app.exception, name
        assert bool(app.error) == (name not in harmless), (name, [error.value for error in app.error])
        assert main(["runs", "show", run_id, "--log"]) == 0
        # Each is met by one command more; that all of them read through one door is said elsewhere.
        command = next(commands) if name not in harmless else ["export"]
        output = str(tmp_path / ("out.html" if command == ["report"] else "out.nc"))
        asked = ["report", run_id] if command == ["report"] else ["runs", "export", run_id, "--format", "netcdf"]
        code = main([*asked, "-o", output])
        words = capsys.readouterr().err
        assert FAULT not in words and "Traceback" not in words, (name, words)
        assert (code == 0) == (name in harmless), (name, words)
    assert main(["runs", "list"]) == 0


def damaged_stores():
    def garbage(path):
        path.write_bytes(os.urandom(20_000))

    def header_kept(path):
        with path.open("r+b") as handle:
            handle.seek(100)
            handle.write(os.urandom(30_000))

    def cut(path):
        os.truncate(path, 5000)

    def empty(path):
        os.truncate(path, 0)

    def folder(path):
        path.unlink()
        path.mkdir()

    def locked(path):
        holder = sqlite3.connect(path, isolation_level=None)
        holder.execute("BEGIN EXCLUSIVE")
        return holder

    return {
        "garbage": garbage,
        "pages spoilt": header_kept,
        "cut": cut,
        "empty": empty,
        "folder": folder,
        "locked": locked,
    }


@pytest.mark.parametrize("name", damaged_stores())
def test_a_damaged_store_gets_a_sentence_and_no_page_falls(open_page, tmp_path, tiny, capsys, name):
    RunStore(tmp_path).submit(tiny)
    with closing(sqlite3.connect(tmp_path / "runs.sqlite")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    kept = damaged_stores()[name](tmp_path / "runs.sqlite")
    for script in OF_RUNS:
        app = open_page(script)
        assert not app.exception, script
        if name in ("garbage", "pages spoilt", "cut", "folder"):
            assert any("run store" in error.value for error in app.error), script
    code = main(["runs", "list"])
    words = capsys.readouterr().err
    assert FAULT not in words
    assert (code == 0) == (name in ("empty", "locked")), words
    if kept is not None:
        kept.close()


@pytest.fixture
def small_disk(tmp_path):
    """A disk of two megabytes, which can be filled and made read-only."""
    place = tmp_path / "disk"
    place.mkdir()
    if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", place]).returncode:
        pytest.skip("Only root may mount a small disk, where that is allowed.")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


@pytest.mark.parametrize("how", ["full", "read-only"])
def test_a_full_or_read_only_disk_is_told_and_no_page_falls(
    open_page, small_disk, tiny, sound, how, monkeypatch, city_cache
):
    store = RunStore(small_disk)
    cache_folder(small_disk).symlink_to(city_cache)
    run_id = store.submit(tiny)
    for file in ("scenario.json", "result.nc", "manifest.json"):
        shutil.copyfile(sound / "data" / file, store.folder(run_id) / file)
    with store.connection() as connection:
        connection.execute("UPDATE runs SET state = 'done', finished = 1 WHERE id = ?", (run_id,))
    if how == "full":
        with pytest.raises(OSError), (small_disk / "filler").open("wb", buffering=0) as handle:
            while True:
                handle.write(bytes(4096))
    else:
        del store  # what it holds open may be written
        subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    open_page.data_folder = small_disk
    for script in PAGES:
        app = open_page(script)
        assert not app.exception, (script, app.exception[0].value)
    monkeypatch.setattr(RunStore, "launch", lambda self: None)
    app = open_page("pages/3_Optimise.py")
    next(button for button in app.button if button.label == "Start").click().run()
    assert not app.exception
    assert any("disk" in error.value or "read" in error.value for error in app.error), texts(app)
    assert [run.id for run in RunStore(small_disk).list()] == [run_id]
    assert len(list((small_disk / "runs").iterdir())) == 1


def test_a_data_folder_that_cannot_be_is_told_on_every_page(open_page, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("x")
    open_page.data_folder = tmp_path / "file" / "below"
    for script in PAGES:
        app = open_page(script, scenario=None)
        assert not app.exception, script
        assert script in ("dashboard.py", "pages/8_Learn.py") or any(
            "data folder" in error.value for error in app.error
        )
