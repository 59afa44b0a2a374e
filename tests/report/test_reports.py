"""Reports against what the stored arrays say, recomputed here by plain arithmetic."""

import json
import re
import shutil
from html import unescape
from types import SimpleNamespace

import numpy as np
import pytest
import xarray as xr
from reading import Numbers, pdf_text

from itnt_core.cli import main
from itnt_core.network.constraints import CONSTRAINTS
from itnt_core.report import ReportError, Source, report_file_name
from itnt_core.report.assumptions import assumptions
from itnt_core.report.to_html import to_html
from itnt_core.report.to_pdf import to_pdf
from itnt_core.results import ResultError, read_result
from itnt_core.studies import report_bytes, report_document


@pytest.fixture(scope="module")
def document(straight_folder, city_cache):
    return report_document([Source(straight_folder, "run", "the-id")], city_cache)


@pytest.fixture(scope="module")
def page(document):
    return to_html(document)


@pytest.fixture(scope="module")
def numbers(page):
    return {key: value for key, (value, _) in Numbers(page).found.items()}


def test_the_figures_are_those_of_the_stored_arrays(numbers, straight):
    data, slot_s = straight.dataset, straight.scenario.time.slot_s
    for convention, name in (("active", "data_service_mbit"), ("always_on", "data_service_always_on_mbit")):
        total = float(np.nansum(data[f"rate_{convention}_mbit_s"].values) * slot_s)
        assert numbers[f"run.{name}"] == pytest.approx(total, rel=1e-12)
    kpis = straight.kpis
    for name in ("upper_bound_mbit", "gap", "outage", "outage_always_on", "energy_kj", "wall_s"):
        assert numbers[f"run.{name}"] == kpis[name]
    assert numbers["run.gap"] == pytest.approx(1.0 - kpis["data_service_mbit"] / kpis["upper_bound_mbit"])
    assert numbers["run.energy_kj"] == pytest.approx(float(data["energy_j"].sum()) / 1000.0)
    assert numbers["run.violations"] == 0


def test_every_users_row_is_that_of_the_stored_arrays(numbers, straight):
    data, slot_s = straight.dataset, straight.scenario.time.slot_s
    for name in straight.scenario.user_ids:
        own = data.sel(user=name)
        floor_db = straight.scenario.qos.min_sinr_active_db
        served = (own["serving_station"].values >= 0) & (own["sinr_active_db"].values >= floor_db)
        assert numbers[f"run.user.{name}.data_mbit"] == pytest.approx(float(own["rate_active_mbit_s"].sum()) * slot_s)
        assert numbers[f"run.user.{name}.served"] == served.mean()
        if served.any():
            mean = float(own["sinr_active_db"].values[served].mean())
            assert numbers[f"run.user.{name}.sinr_db"] == pytest.approx(mean)


def test_every_constraint_is_named_with_its_margin(page, numbers, straight):
    text = page.decode()
    for key, rule in CONSTRAINTS.items():
        if key not in (
            "7h",
            "clearance",
            "no_fly",
            "battery",
            "pfd",
            "stay",
            "least_rate",
        ):  # one aerial user alone, and nobody asks for more than the papers do
            assert f"({key}) {rule}" in text
    speed = np.linalg.norm(np.diff(straight.dataset["position_m"].values[:, 0, :2], axis=0), axis=1).max()
    limit = straight.scenario.aerial_users[0].max_speed_m_s
    assert numbers["run.constraint.7g.margin"] == pytest.approx(limit - speed / straight.scenario.time.slot_s)
    assert "none is violated" in text


def test_the_page_asks_for_nothing_and_names_are_literal(page):
    read = Numbers(page)
    assert read.addresses == ["data:,"]
    text = page.decode()
    assert "<script" not in text and "default-src 'none'" in unescape(text)
    assert "url(" not in text and "@import" not in text
    assert "<b>Tiny</b>" not in text and "&lt;b&gt;Tiny&lt;/b&gt; &amp; Łódź 东京" in text
    assert text.count("<svg") >= 5 and text.count('role="img"') == text.count("<svg")


def test_the_pdf_holds_the_same_figures_and_the_same_name(document, page):
    text = pdf_text(to_pdf(document))
    assert "<b>Tiny</b> & Łódź 东京" in text
    for key, (_, told) in Numbers(page).found.items():
        assert " ".join(told.split()) in text, key
    assert "python -m itnt_core run scenario.json --method straight" in text


def test_a_result_that_was_tampered_with_is_told(straight_folder, source, city_cache, tmp_path):
    folder = shutil.copytree(straight_folder, tmp_path / "changed")
    dataset = xr.load_dataset(folder / "result.nc", engine="netcdf4")
    dataset["power_w"][2] *= 40.0
    dataset.to_netcdf(folder / "result.nc", engine="netcdf4")
    page = report_bytes([source(folder)], "html", city_cache)
    found = Numbers(page).found
    assert 'class="warning"' in page.decode() and "(7e)" in page.decode()
    assert found["run.violations"][0] > 0
    assert found["run.constraint.7e.margin"][0] < 0


def test_a_comparison_tells_differences_and_what_was_asked_differently(
    straight_folder, other_folder, source, city_cache
):
    compared = report_document([source(straight_folder, "full"), source(other_folder, "half")], city_cache)
    page = to_html(compared)
    found = {key: value for key, (value, _) in Numbers(page).found.items()}
    first, second = read_result(straight_folder).kpis, read_result(other_folder).kpis
    for name in ("data_service_mbit", "outage", "energy_kj", "gap"):
        assert found[f"full.{name}"] == first[name] and found[f"half.{name}"] == second[name]
        assert found[f"half.{name}.difference"] == pytest.approx(second[name] - first[name])
    text = page.decode()
    assert "ground_stations.gbs-1.max_power_w" in text
    pdf = pdf_text(to_pdf(compared))
    for _, told in Numbers(page).found.values():
        assert " ".join(told.split()) in pdf


def test_a_scheme_of_spectrum_sharing_is_reported_with_its_recomputed_backlog(twin_folder, source):
    page = report_bytes([source(twin_folder, "a"), source(twin_folder, "a")], "html")
    dataset = xr.load_dataset(twin_folder / "result.nc", engine="netcdf4")
    backlog = dataset["queue_mbit"].sum(("system", "user")).values
    found = Numbers(page).found
    assert found["a (1).mean_backlog_mbit"][0] == pytest.approx(backlog.mean())
    assert found["a (2).max_backlog_mbit"][0] == pytest.approx(backlog.max())
    assert "reconstruction from a paper" in page.decode()
    pdf = report_bytes([source(twin_folder)], "pdf")
    assert pdf_text(pdf).count("Mean backlog") == 1
    assert pdf == report_bytes([source(twin_folder)], "pdf")  # the same run gives the same file


def test_runs_that_cannot_stand_in_one_report_are_told_in_a_sentence(straight_folder, twin_folder, source, tmp_path):
    with pytest.raises(ReportError, match="several kinds"):
        report_bytes([source(straight_folder), source(twin_folder)], "html")
    with pytest.raises(ReportError, match="1 to 4 runs, not 5"):
        report_bytes([source(straight_folder)] * 5, "html")
    with pytest.raises(ResultError, match="not complete"):
        report_bytes([source(tmp_path)], "html")


def test_what_is_assumed_follows_the_scenario(tiny_scenario):
    dry = " ".join(assumptions(tiny_scenario))
    assert "TR 38.901" in dry and "rain and gas, Doppler" in dry and "generated, not surveyed" in dry
    channel = tiny_scenario.channel.model_copy(update={"atmosphere": "itu", "rain_exceeded_percent": 0.5})
    wet = " ".join(assumptions(tiny_scenario.model_copy(update={"channel": channel})))
    assert "rain and gas, Doppler" not in wet and "for 0.5 % of an average year" in wet
    plain = channel.model_copy(update={"model": "free_space"})  # which loses them, too: tests/radio/test_atmosphere.py
    told = " ".join(assumptions(tiny_scenario.model_copy(update={"channel": plain})))
    assert "P.618" in told and "rain and gas, Doppler" not in told and "no shadowing" in told and "UMa" not in told


def test_files_are_named_after_runs():
    assert report_file_name(["London 4 km · planner"], "pdf") == "london-4-km-planner-report.pdf"
    assert report_file_name(["a/../b", "c"], "html") == "a-b-c-report.html"
    assert report_file_name(["…"], "html") == "run-report.html"


@pytest.fixture
def itnt(monkeypatch, data_root, capsys):
    """Return a function that runs the command line here, with the tests' own data folder."""
    monkeypatch.setenv("ITNT_DATA_DIR", str(data_root))

    def call(*arguments):
        code = main(list(map(str, arguments)))
        captured = capsys.readouterr()
        return SimpleNamespace(code=code, out=captured.out, err=captured.err)

    return call


def test_the_command_writes_a_report_of_folders(itnt, straight_folder, tmp_path, page):
    target = tmp_path / "r.html"
    answer = itnt("report", straight_folder, "-o", target)
    assert answer.code == 0 and re.fullmatch(r".*r\.html: \d\.\d\d MB\n", answer.out)
    told = {key.partition(".")[2]: value for key, value in Numbers(target.read_bytes()).found.items()}
    assert told == {key.partition(".")[2]: value for key, value in Numbers(page).found.items()}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [(["nothing"], "neither a result folder nor the id"), (["20260101-000000-00000000"], "neither a result folder")],
)
def test_the_command_refuses_what_is_no_run(itnt, arguments, sentence, tmp_path):
    answer = itnt("report", *arguments, "-o", tmp_path / "r.html")
    assert answer.code == 1 and sentence in answer.err
    assert not (tmp_path / "r.html").exists()


def test_the_command_refuses_other_endings_before_it_computes(itnt, straight_folder, tmp_path):
    answer = itnt("report", straight_folder, "-o", tmp_path / "r.docx")
    assert answer.code == 1 and "must end with .html or .pdf" in answer.err
    assert json.loads((straight_folder / "manifest.json").read_text())["method"] == "straight"


def edited(folder, target, change):
    """Copy a result folder and change its manifest."""
    copy = shutil.copytree(folder, target)
    manifest = json.loads((copy / "manifest.json").read_text())
    change(manifest)
    (copy / "manifest.json").write_text(json.dumps(manifest))
    return copy


def test_a_bound_that_nobody_vouches_for_is_not_printed(straight_folder, source, city_cache, tmp_path):
    wrong = {"upper_bound_mbit": 1.0, "gap": 0.0, "served_bound": 0.01}
    folder = edited(straight_folder, tmp_path / "low", lambda m: m["kpis"].update(wrong))
    document = report_document([source(folder, "low"), source(straight_folder, "sound")], city_cache)
    page = to_html(document)
    found = Numbers(page).found
    assert not {f"low.{name}" for name in wrong} & found.keys()
    assert {f"sound.{name}" for name in wrong} <= found.keys()
    assert found["sound.upper_bound_mbit"][0] > found["sound.data_service_mbit"][0]
    for sentence in ("must be at least the data service", "bound on served user slots is 1 %, but"):
        assert sentence in page.decode()
    assert "changed since it was sealed" in page.decode()


def test_a_report_says_what_of_an_older_result_it_cannot_verify(straight_folder, source, city_cache, tmp_path):
    def older(manifest):
        del manifest["seal"]
        manifest["version"] = 1

    folder = edited(straight_folder, tmp_path / "old", older)
    page = report_bytes([source(folder)], "html", city_cache).decode()
    assert "stored before results were sealed" in page and 'class="warning"' not in page
    assert "its seal is whole" in report_bytes([source(straight_folder)], "html", city_cache).decode()


def test_a_changed_scheme_of_spectrum_sharing_is_told(twin_folder, source, city_cache, tmp_path):
    assert 'class="warning"' not in report_bytes([source(twin_folder)], "html", city_cache).decode()
    folder = edited(twin_folder, tmp_path / "changed", lambda m: m["kpis"].update(served_mbit=1e6))
    page = report_bytes([source(folder)], "html", city_cache).decode()
    assert 'class="warning"' in page and "stored served_mbit is 1000000.0" in page
