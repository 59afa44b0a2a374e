"""Whatever is changed in a stored result, `evaluate` tells it: the list of things comes from the results themselves."""

import json
from dataclasses import replace

import netCDF4
import numpy as np
import pytest
import xarray as xr
from tampering import another, changes_of_arrays, leaves, with_attribute, with_entry, with_values

from itnt_core.cli import FAULT, main
from itnt_core.cli.twin import PRINTED
from itnt_core.methods import optimise
from itnt_core.network import build_world
from itnt_core.report.parts import PROVENANCE
from itnt_core.results import DATA_FIGURES, ResultError, files, read_result, sealed, verify_result, write_result
from itnt_core.results.checking import TEXTS
from itnt_core.results.exchange import digest
from itnt_core.results.seal import SEAL
from itnt_core.results.verify import ONLY_SEALED
from itnt_core.twin import twin_preset
from itnt_core.twin.environment import build_environment
from itnt_core.twin.figures import TWIN_FIGURES
from itnt_core.twin.names import SCHEME_TITLES
from itnt_core.twin.result import read_twin_result, write_twin_result
from itnt_core.twin.run import run_scheme
from itnt_core.twin.verify import verify_twin_result


@pytest.fixture(scope="module")
def result(tiny_scenario, city_cache):
    return optimise(tiny_scenario, cache_dir=city_cache)


@pytest.fixture(scope="module")
def verify(result, city_cache):
    """Return the verification in the scenario's world, built once."""
    world = build_world(result.scenario, cache_dir=city_cache)
    return lambda changed: verify_result(changed, world=world)


@pytest.fixture(scope="module")
def environment(city_cache):
    """The toy, planned with little effort: how good its plans are is verified nowhere."""
    toy = twin_preset("toy", cache_dir=city_cache)
    quick = toy.model_copy(update={"sharing": toy.sharing.model_copy(update={"effort": "quick"})})
    return build_environment(quick, cache_dir=city_cache)


@pytest.fixture(scope="module")
def twin(environment):
    return run_scheme(environment.scenario, "lite", environment=environment)


@pytest.fixture(scope="module")
def verify_twin(environment):
    """Return the verification in the question's world, built once; how forecasters do is the same each time."""
    with pytest.MonkeyPatch.context() as patch:
        errors = run_scheme(environment.scenario, "greedy", environment=environment).manifest["forecast_mape"]
        patch.setattr("itnt_core.twin.result._forecast_errors", lambda *_: errors)
        yield lambda changed: verify_twin_result(changed, environment=environment)


def as_before_seals(result):
    """Return the result as older programs stored it."""
    manifest = {key: value for key, value in result.manifest.items() if key != SEAL}
    return replace(result, manifest={**manifest, "version": 1})


def unnoticed_entries(result, verify):
    return [path for path in leaves(result.manifest) if verify(with_entry(result, path)).passed]


def unnoticed_arrays(result, verify):
    return [
        what for what, dataset in changes_of_arrays(result.dataset) if _passes(replace(result, dataset=dataset), verify)
    ]


def _passes(result, verify):
    try:
        return verify(result).passed
    except ResultError:
        return False


def keys(figures):
    return {figure.key for figure in figures}


def test_what_a_report_prints_is_in_the_manifest_that_is_verified(result, twin):
    assert {*PROVENANCE.values()} - {"reference"} <= result.manifest.keys() & twin.manifest.keys()
    # only of other objectives (tests/methods/test_what_counts.py), and where changes of server have a price
    priced = {"utility_mbit", "utility_bound_mbit", "shortfall_mbit", "handover_cost_mbit"}
    assert keys(DATA_FIGURES) - priced <= result.kpis.keys() and {*TEXTS} <= result.manifest.keys()
    learned = {"reports", "reports_within"}  # only of a twin that learns (tests/twin/test_verifying.py)
    assert {*PRINTED, *keys(TWIN_FIGURES)} - learned <= twin.kpis.keys()


def test_no_entry_of_a_manifest_can_be_changed_unnoticed(result, verify):
    assert verify(result).passed and verify(result).sentences == []
    assert len(list(leaves(result.manifest))) > 30 and unnoticed_entries(result, verify) == []


def test_no_array_coordinate_or_attribute_can_be_changed_unnoticed(result, verify):
    assert unnoticed_arrays(result, verify) == []


def test_no_entry_of_a_spectrum_sharing_manifest_can_be_changed_unnoticed(twin, verify_twin):
    assert verify_twin(twin).passed and verify_twin(twin).sentences == []
    assert len(list(leaves(twin.manifest))) > 40 and unnoticed_entries(twin, verify_twin) == []


def test_no_array_of_spectrum_sharing_can_be_changed_unnoticed(twin, verify_twin):
    assert unnoticed_arrays(twin, verify_twin) == []


def test_without_a_seal_everything_that_follows_from_the_decision_is_still_noticed(result, verify):
    old = as_before_seals(result)
    found = verify(old)
    assert found.passed and not found.is_sealed and "before results were sealed" in found.sentences[0]
    by_older_definition = ["sinr_always_on_db", "rate_always_on_mbit_s"]
    assert unnoticed_arrays(old, verify) == by_older_definition
    for name in by_older_definition:
        assert "older definition" in verify(replace(old, dataset=with_values(old.dataset, name))).notes[0]
    only_sealed = {*ONLY_SEALED, "format", "version"}
    assert {path[0] for path in unnoticed_entries(old, verify)} - only_sealed == {"kpis"}
    figures = {path[1] for path in unnoticed_entries(old, verify) if path[0] == "kpis"}
    assert figures == {"wall_s", "data_service_always_on_mbit", "outage_always_on"}
    for name in ONLY_SEALED:
        assert name.replace("_", " ") in found.sentences[0]
    assert "upper bound" in found.sentences[0] and "computing times" in found.sentences[0]


def test_without_a_seal_the_course_of_spectrum_sharing_is_recomputed(twin, verify_twin):
    old = as_before_seals(twin)
    assert verify_twin(old).passed and "before results were sealed" in verify_twin(old).sentences[0]
    # Of a mask: a sub-band opened that nobody uses changes nothing that follows.
    assert {*unnoticed_arrays(old, verify_twin)} <= {"planned_power", "planned_share", "planned_steering", "mask"}
    times = {"wall_s", "plan_s", "refine_s_per_cycle"}
    assert {path[1] for path in unnoticed_entries(old, verify_twin) if path[0] == "kpis"} == times


def test_a_removed_seal_is_noticed(result, twin, verify, verify_twin):
    for one, judge in ((result, verify), (twin, verify_twin)):
        manifest = {key: value for key, value in one.manifest.items() if key != SEAL}
        assert "seal is missing" in " ".join(judge(replace(one, manifest=manifest)).mismatches)
        damaged = judge(replace(one, manifest={**one.manifest, SEAL: "none"}))
        assert len(damaged.mismatches) == 2


def test_a_seal_made_anew_covers_no_wrong_figure(result, verify):
    """Whoever seals anew what was changed still meets the recomputation."""
    wrong = with_entry(result, ("kpis", "energy_kj"))
    wrong = replace(wrong, manifest=sealed(wrong.manifest, wrong.dataset))
    assert verify(wrong).mismatches == [
        f"The stored energy_kj is {wrong.kpis['energy_kj']}, recomputed it is {result.kpis['energy_kj']}."
    ]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda kpis: {"upper_bound_mbit": 0.5 * kpis["upper_bound_mbit"]}, "must be at least the data service"),
        (lambda kpis: {"upper_bound_mbit": 2.0 * kpis["upper_bound_mbit"]}, "stored gap is"),
        (lambda kpis: {"gap": 0.0}, "stored gap is 0.0, recomputed"),
    ],
)
def test_bound_and_gap_are_held_against_the_value_even_without_a_seal(result, verify, change, sentence):
    old = as_before_seals(result)
    low = {**old.kpis, "data_service_mbit": old.kpis["data_service_mbit"]} | change(old.kpis)
    if "upper_bound_mbit" in low and low["upper_bound_mbit"] > low["data_service_mbit"] and "least" in sentence:
        low["upper_bound_mbit"] = 0.5 * low["data_service_mbit"]
    found = verify(replace(old, manifest={**old.manifest, "kpis": low}))
    assert not found.passed and sentence in " ".join(found.mismatches)


def test_the_bound_can_be_computed_anew(result, city_cache):
    old = as_before_seals(result)
    world = build_world(result.scenario, cache_dir=city_cache)
    assert verify_result(old, world=world, recompute_bound=True).passed
    value, bound = (old.kpis[name] for name in ("data_service_mbit", "upper_bound_mbit"))
    lower = 0.5 * (value + bound)
    kpis = {**old.kpis, "upper_bound_mbit": lower, "gap": 1.0 - value / lower}
    lowered = replace(old, manifest={**old.manifest, "kpis": kpis})
    assert verify_result(lowered, world=world).passed  # nothing that is cheap speaks against it
    found = verify_result(lowered, world=world, recompute_bound=True)
    assert "stored upper bound" in found.mismatches[0] and found.kpis["recomputed_bound_mbit"] == pytest.approx(bound)


def test_both_bounds_are_told_when_both_are_below_the_answer(result, verify):
    low = {**result.kpis, "served_bound": 0.01, "upper_bound_mbit": 1.0}
    del low["gap"]
    found = " ".join(
        verify(replace(result, manifest=sealed({**result.manifest, "kpis": low}, result.dataset))).mismatches
    )
    assert "bound on served user slots is 1 %, but" in found and "upper bound is 1 Mbit, but" in found


def test_the_bound_on_served_user_slots_can_be_computed_anew(result, city_cache):
    world = build_world(result.scenario, cache_dir=city_cache)
    true, least = result.kpis["served_bound"], 1.0 - result.kpis["outage"]
    lowered = 0.5 * (true + least)
    assert least < lowered < true  # so that nothing that is cheap speaks against it
    kpis = {**result.kpis, "served_bound": lowered}
    again = replace(result, manifest=sealed({**result.manifest, "kpis": kpis}, result.dataset))
    assert verify_result(again, world=world).passed
    found = verify_result(again, world=world, recompute_bound=True)
    assert "stored bound on served user slots" in found.mismatches[0]
    assert found.kpis["recomputed_served_bound"] == pytest.approx(true)
    assert verify_result(result, world=world, recompute_bound=True).passed


def test_an_older_always_on_figure_is_explained_in_a_sentence(result, verify):
    old = as_before_seals(result)
    kpis = {**old.kpis, "data_service_always_on_mbit": old.kpis["data_service_mbit"]}
    dataset = with_values(old.dataset, "rate_always_on_mbit_s")
    found = verify(replace(old, dataset=dataset, manifest={**old.manifest, "kpis": kpis}))
    assert found.passed and "older definition" in found.notes[0] and f"{kpis['data_service_mbit']}" in found.notes[0]
    newer = replace(result, manifest=sealed({**result.manifest, "kpis": kpis}, result.dataset))
    assert not verify(newer).passed


@pytest.mark.parametrize("scheme", SCHEME_TITLES)
def test_every_scheme_is_what_its_decisions_give(scheme, environment, verify_twin, tmp_path):
    write_twin_result(tmp_path / scheme, run_scheme(environment.scenario, scheme, environment=environment))
    found = verify_twin(read_twin_result(tmp_path / scheme))
    assert found.passed, found.sentences


def test_a_broken_constraint_of_spectrum_sharing_is_told(twin, verify_twin):
    dataset = twin.dataset.copy(deep=True)
    dataset["power"].values[2] = 3.0
    found = verify_twin(replace(twin, dataset=dataset))
    assert any("powers between zero and the cap, cycle 3" in broken.sentence for broken in found.violations)
    dataset["share"].values[...] = np.nan
    with pytest.raises(ResultError, match="finite numbers are needed"):
        verify_twin(replace(twin, dataset=dataset))


def edit_manifest(path):
    def do(folder):
        manifest = json.loads((folder / "manifest.json").read_text())
        part = manifest
        for step in path[:-1]:
            part = part[step]
        part[path[-1]] = another(part[path[-1]])
        (folder / "manifest.json").write_text(json.dumps(manifest))

    return do


def edit_arrays(change):
    def do(folder):
        change(xr.load_dataset(folder / "result.nc", engine="netcdf4")).to_netcdf(
            folder / "result.nc", engine="netcdf4"
        )

    return do


EDITS = {
    "bound": edit_manifest(("kpis", "upper_bound_mbit")),
    "gap": edit_manifest(("kpis", "gap")),
    "method": edit_manifest(("method",)),
    "seed": edit_manifest(("seed",)),
    "status": edit_manifest(("status",)),
    "settings": edit_manifest(("settings", "associator")),
    "time": edit_manifest(("kpis", "wall_s")),
    "users swapped": edit_arrays(lambda data: data.assign_coords(user=data["user"].values[::-1])),
    "stations swapped": edit_arrays(lambda data: data.assign_coords(station=data["station"].values[::-1])),
    "units": edit_arrays(lambda data: with_attribute(data, "power_w", "units")),
    "time_s": edit_arrays(lambda data: with_values(data, "time_s")),
    "convention": edit_arrays(lambda data: data.assign_attrs(convention="active")),
}


@pytest.mark.parametrize("edit", EDITS)
def test_evaluate_fails_for_an_edited_folder(result, tmp_path, city_cache, capsys, monkeypatch, edit):
    monkeypatch.setattr("itnt_core.cli.results.cache_folder", lambda *_: city_cache)
    write_result(tmp_path / "run", result)
    assert main(["evaluate", str(tmp_path / "run")]) == 0
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert told["passed"] and told["sealed"] and told["gap"] == result.kpis["gap"]
    EDITS[edit](tmp_path / "run")
    assert main(["evaluate", str(tmp_path / "run")]) == 1
    *sentences, last = capsys.readouterr().out.splitlines()
    assert sentences and not json.loads(last)["passed"]


def test_evaluate_knows_both_kinds(twin, tmp_path, city_cache, capsys, monkeypatch):
    monkeypatch.setattr("itnt_core.cli.results.cache_folder", lambda *_: city_cache)
    write_twin_result(tmp_path / "run", twin)
    assert main(["evaluate", str(tmp_path / "run")]) == 0
    edit_manifest(("kpis", "plan_s"))(tmp_path / "run")
    assert main(["evaluate", str(tmp_path / "run")]) == 1
    assert "changed since it was sealed" in capsys.readouterr().out
    write_twin_result(tmp_path / "again", twin)
    assert main(["evaluate", "--bound", str(tmp_path / "again")]) == 0
    bound_mbit = json.loads(capsys.readouterr().out.splitlines()[-1])["bound_mbit"]
    assert bound_mbit == pytest.approx(twin.kpis["bound_mbit"])


def with_odd_attribute(content, name, attribute, value):
    """Return the arrays' file with an attribute that makes its readers fail, each in its own way."""
    source = netCDF4.Dataset("source", memory=content)
    target = netCDF4.Dataset("target.nc", "w", memory=1000)
    for dimension, size in source.dimensions.items():
        target.createDimension(dimension, len(size))
    for key, variable in source.variables.items():
        made = target.createVariable(key, variable.dtype, variable.dimensions)
        made.setncatts({own: variable.getncattr(own) for own in variable.ncattrs() if own != "_FillValue"})
        made[...] = variable[...]
    target[name].setncattr(attribute, value)
    return bytes(target.close())


@pytest.mark.parametrize(
    ("name", "attribute", "value"),
    [
        ("power_w", "scale_factor", "x"),  # TypeError
        ("station", "_Encoding", "bogus"),  # LookupError
        ("power_w", "coordinates", 3),  # AttributeError
        ("power_w", "units", "days since the flood"),  # ValueError
        ("power_w", "units", "seconds since 1970-01-01"),  # read, as dates
    ],
)
def test_arrays_of_our_own_that_their_reader_cannot_read_get_a_sentence(
    result, tmp_path, monkeypatch, name, attribute, value
):
    write_result(tmp_path / "run", result)
    content = with_odd_attribute((tmp_path / "run" / "result.nc").read_bytes(), name, attribute, value)
    (tmp_path / "run" / "result.nc").write_bytes(content)
    manifest = json.loads((tmp_path / "run" / "manifest.json").read_text())
    manifest["files"]["result.nc"] = digest(content)
    (tmp_path / "run" / "manifest.json").write_text(json.dumps(manifest))
    monkeypatch.setattr(files, "own_result_folders", lambda: [tmp_path])
    with pytest.raises(ResultError, match="Compute it again") as caught:
        read_result(tmp_path / "run")
    assert FAULT not in str(caught.value)
