"""Results: saved, loaded, verified, and caught when tampered with."""

import json

import numpy as np
import pytest
import xarray as xr

from itnt_core.methods import optimise
from itnt_core.presets import preset
from itnt_core.results import ResultError, read_result, verify_result, write_result


@pytest.fixture(scope="module")
def cache_dir(city_cache):
    return city_cache


@pytest.fixture(scope="module")
def result(cache_dir):
    return optimise(preset("tiny", cache_dir=cache_dir), cache_dir=cache_dir)


@pytest.fixture
def folder(tmp_path, result):
    write_result(tmp_path / "run", result)
    return tmp_path / "run"


def rewrite(folder, change):
    """Apply a change to the stored dataset."""
    dataset = xr.load_dataset(folder / "result.nc", engine="netcdf4")
    change(dataset)
    dataset.to_netcdf(folder / "result.nc", engine="netcdf4")


def test_a_saved_result_is_read_back_equal(folder, result):
    loaded = read_result(folder)
    xr.testing.assert_identical(loaded.dataset, result.dataset)
    assert loaded.scenario == result.scenario and loaded.manifest == result.manifest


def test_a_stored_result_verifies(folder, cache_dir):
    verification = verify_result(read_result(folder), cache_dir)
    assert verification.passed, verification.mismatches


def test_every_variable_carries_its_unit_or_a_meaning(result):
    for name, array in result.dataset.data_vars.items():
        assert name == "station_kind" or {"units", "long_name"} & set(array.attrs), name


def test_the_breakdown_adds_up_to_the_sinr(result):
    data = result.dataset
    sinr = data.signal_w / (data.interference_w.sum("station") + data.attrs["noise_w"])
    served = (data.serving_station >= 0).values
    np.testing.assert_allclose(10 * np.log10(sinr.values[served]), data.sinr_active_db.values[served], atol=1e-9)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("power_w", 9.0),
        ("position_m", 400.0),
        ("serving_station", 1),
        ("serving_subchannel", 2),
        ("rate_active_mbit_s", 5.0),
    ],
)
def test_a_changed_array_is_noticed(folder, cache_dir, name, value):
    rewrite(folder, lambda dataset: dataset[name].values.__setitem__(0, value))
    assert not verify_result(read_result(folder), cache_dir).passed


def test_a_changed_figure_is_noticed(folder, cache_dir):
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["kpis"]["data_service_mbit"] *= 1.0001
    (folder / "manifest.json").write_text(json.dumps(manifest))
    found = verify_result(read_result(folder), cache_dir)
    assert any("data_service_mbit" in sentence for sentence in found.mismatches)


def test_an_index_out_of_range_is_a_violation_not_a_crash(folder, cache_dir):
    rewrite(folder, lambda dataset: dataset["serving_station"].values.__setitem__((0, 0), 77))
    found = verify_result(read_result(folder), cache_dir)
    assert {violation.constraint for violation in found.violations} == {"7b"}


def test_another_scenario_in_the_folder_is_noticed(folder, cache_dir):
    text = (folder / "scenario.json").read_text().replace('"seed": 1', '"seed": 2', 1)
    (folder / "scenario.json").write_text(text)
    assert any("hash" in sentence for sentence in verify_result(read_result(folder), cache_dir).mismatches)


@pytest.mark.parametrize("name", ["scenario.json", "result.nc", "manifest.json"])
@pytest.mark.parametrize("damage", ["missing", "junk"])
def test_incomplete_or_broken_folders_get_one_sentence(folder, name, damage):
    if damage == "missing":
        (folder / name).unlink()
    else:
        (folder / name).write_bytes(b"\x00junk")
    with pytest.raises(ResultError, match=r"^(The|This) .*"):
        read_result(folder)


def test_the_manifest_tells_where_the_result_comes_from(result):
    manifest = result.manifest
    assert manifest["scenario_hash"] == result.scenario.content_hash()
    assert manifest["packages"]["numpy"] == np.__version__
    assert {"code_version", "python", "created", "settings", "seed", "status"} <= set(manifest)
