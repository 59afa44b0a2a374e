"""An old result survives whatever happens to the new one; stored results of before are read as they were."""

import errno
import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
import xarray as xr

from itnt_core.methods import optimise
from itnt_core.results import ResultError, arrays, atomic, exchange, read_result, verify_result, write_result
from itnt_core.runs.folder import RunRequest, write_request


@pytest.fixture(scope="module")
def result(tiny_scenario, city_cache):
    return optimise(tiny_scenario, cache_dir=city_cache)


@pytest.fixture(scope="module")
def other(result):
    scenario = result.scenario.model_copy(update={"name": "Another"})
    return replace(result, scenario=scenario, manifest={**result.manifest, "code_version": "another"})


@pytest.fixture
def folder(tmp_path, result):
    write_result(tmp_path / "run", result)
    return tmp_path / "run"


def same(found, wanted):
    whole = found.scenario == wanted.scenario and found.manifest == wanted.manifest
    return whole and found.dataset.identical(wanted.dataset)


def hidden(folder):
    return [file.name for file in folder.iterdir() if file.name.startswith(".")]


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EDQUOT, errno.EIO])
@pytest.mark.parametrize("writes", range(3))
def test_a_disk_that_refuses_any_of_the_three_files_costs_the_new_result_only(
    folder, result, other, monkeypatch, code, writes
):
    done = []
    whole = atomic.write_atomically

    def refuse(path, write):
        done.append(path)
        if len(done) > writes:
            raise OSError(code, os.strerror(code), str(path))
        whole(path, write)

    monkeypatch.setattr(atomic, "write_atomically", refuse)
    with pytest.raises(ResultError, match=r"cannot be saved.*is kept.*:.*\.$"):
        write_result(folder, other)
    monkeypatch.undo()
    assert same(read_result(folder), result) and hidden(folder) == []


@pytest.mark.parametrize("step", range(1, 8))
def test_a_save_cut_off_at_any_step_leaves_one_whole_result_and_the_next_one_tidies(
    folder, result, other, monkeypatch, step
):
    """The steps that change what is on the disk: three files written and renamed, then two renamed into place."""
    taken = []

    class Cut(BaseException):
        pass

    def counted(act):
        def do(*arguments, **more):
            taken.append(act)
            if len(taken) >= step:
                raise Cut
            return act(*arguments, **more)

        return do

    path_type = type(folder)
    monkeypatch.setattr(path_type, "replace", counted(path_type.replace))
    monkeypatch.setattr(path_type, "unlink", lambda *arguments, **more: None)  # a kill tidies nothing
    with pytest.raises(Cut) if step <= 5 else pytest.MonkeyPatch.context():
        write_result(folder, other)
    monkeypatch.undo()
    found = read_result(folder)
    assert same(found, other) if step > 3 else same(found, result)
    exchange.settle(folder)
    assert same(read_result(folder), found) and hidden(folder) == []
    assert {file.name for file in folder.iterdir()} == {"scenario.json", "result.nc", "manifest.json"}


def test_a_result_of_before_is_read_by_its_plain_names_and_saved_over(folder, result, other):
    manifest = json.loads((folder / "manifest.json").read_text())
    del manifest["files"]
    (folder / "manifest.json").write_text(json.dumps(manifest))
    assert same(read_result(folder), result)
    write_result(folder, other)
    assert same(read_result(folder), other)


@pytest.mark.parametrize("is_older", [False, True])
def test_a_new_question_in_the_folder_leaves_the_old_result_readable(folder, result, other, is_older):
    if is_older:
        manifest = json.loads((folder / "manifest.json").read_text())
        (folder / "manifest.json").write_text(json.dumps({k: v for k, v in manifest.items() if k != "files"}))
    for _ in range(2):
        write_request(folder, other.scenario, RunRequest(method="straight"))
        assert same(read_result(folder), result)
    assert json.loads((folder / "scenario.json").read_text())["name"] == "Another"
    write_result(folder, other)
    assert same(read_result(folder), other) and hidden(folder) == []


def test_only_what_this_program_wrote_is_read_here(folder, result, monkeypatch, tmp_path):
    asked = []
    monkeypatch.setattr(arrays, "read_apart", lambda *arguments: asked.append(arguments) or result.dataset)
    read_result(folder)
    assert asked == []  # packed by this very process
    monkeypatch.setattr(arrays, "_packed_here", set())
    read_result(folder)
    assert len(asked) == 1  # by whom, nobody knows
    monkeypatch.setenv("ITNT_DATA_DIR", str(tmp_path))
    folder.rename(tmp_path / "runs")
    read_result(tmp_path / "runs")
    assert len(asked) == 1
    with (tmp_path / "runs" / "result.nc").open("ab") as handle:
        handle.write(b"x")
    read_result(tmp_path / "runs")
    assert len(asked) == 2


def test_arrays_read_apart_are_those_read_here(folder, result, cache=None):
    read = arrays.read_apart(folder, (folder / "result.nc").read_bytes())
    xr.testing.assert_equal(read, result.dataset)
    assert read.attrs == result.dataset.attrs and read["power_w"].attrs == result.dataset["power_w"].attrs


def test_a_reader_that_hangs_is_ended_with_a_sentence(folder, monkeypatch):
    monkeypatch.setattr(arrays, "READ_S", 0.05)
    with pytest.raises(ResultError, match=r"cannot be read.*longer than 0\.05 s"):
        arrays.read_apart(folder, (folder / "result.nc").read_bytes())


def test_a_result_read_apart_verifies(folder, monkeypatch, city_cache):
    monkeypatch.setattr(arrays, "_packed_here", set())
    assert verify_result(read_result(folder), city_cache).passed


def test_a_file_that_gets_its_plain_name_while_it_is_looked_at_is_read_there(folder, other, monkeypatch):
    settle, looked = exchange.settle, []
    monkeypatch.setattr(exchange, "settle", lambda where: None)
    write_result(folder, other)  # exchanged, its files not yet renamed
    assert len(hidden(folder)) == 2
    for name in ("exists", "is_file", "is_dir"):
        whole = getattr(Path, name)

        def asked(path, *, whole=whole):
            answer = whole(path)
            if path.name.startswith(".result") and not looked:
                looked.append(path)
                settle(folder)  # by the saving process, right after the look
            return answer

        monkeypatch.setattr(Path, name, asked)
    assert same(read_result(folder), other)


def test_a_pipe_or_a_folder_in_a_files_place_is_told_and_waits_for_nobody(folder):
    for make in (os.mkfifo, os.mkdir):
        manifest = folder / "manifest.json"
        manifest.unlink()
        make(manifest)
        with pytest.raises(ResultError, match="is a folder or a device"):
            exchange.read_stored(folder)
        manifest.rmdir() if make is os.mkdir else manifest.unlink()
        manifest.touch()
