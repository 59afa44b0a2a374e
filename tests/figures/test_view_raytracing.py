"""The comparison with the ray tracer as rows and sentences, and its place on page Compare."""

import numpy as np
import pytest

import itnt_core.raytracing.comparison as comparison
from itnt_core.figures import raytracing as view
from itnt_core.raytracing import SHIPPED_FILE, Comparison, agreements, read_comparison


@pytest.fixture
def small():
    return Comparison(
        np.array([50.0, 100.0, 400.0, 800.0]),
        np.array([True, False, False, False]),
        np.array([True, False, False, False]),
        np.array([-70.0, -100.0, -120.0, -130.0]),
        np.array([-69.0, -78.0, -90.0, -96.0]),
        np.array([-69.0, -104.0, -121.0, np.nan]),
        {},
    )


def test_a_link_without_a_path_is_in_the_table_but_not_in_the_charts(small):
    assert len(view.link_rows(small)) == 4
    assert view.link_rows(small)[-1]["Ray tracing, dB"] is None
    assert len(view.pair_rows(small)) == 3
    assert len(view.distance_rows(small)) == 7
    assert [row["difference"] for row in view.pair_rows(small)] == [-1.0, 4.0, 1.0]


def test_the_charts_hold_the_links_and_their_lines(small):
    traced, ours, free = view.distance_figure(small).data
    assert (traced.name, list(traced.y)) == (view.TRACED, [-69.0, -104.0, -121.0])
    assert (ours.name, list(ours.x)) == (view.URBAN, [50.0, 100.0, 400.0, 800.0])
    assert dict(zip(free.x, free.y, strict=True)) == dict(zip(small.distance_m, small.free_space_db, strict=True))
    hidden, clear, agreement = view.pair_figure(small).data
    assert list(zip(hidden.x, hidden.y, strict=True)) == [(-104.0, -100.0), (-121.0, -120.0)]
    assert list(zip(clear.x, clear.y, strict=True)) == [(-69.0, -70.0)]
    assert list(agreement.x) == list(agreement.y) == [-121.0, -69.0]
    assert {mark.marker.symbol for mark in (hidden, clear)} == {"circle-open", "cross"}


def test_the_table_holds_the_figures_of_the_comparison(small):
    rows = {row["Links"]: row for row in view.agreement_rows(small)}
    assert rows["No line of sight"] | {"Links": ""} == {
        "Links": "",
        "Number": 3,
        "Without a traced path": 1,
        "Bias, dB": 2.5,
        "RMSE, dB": 2.9,
        "Spread, dB": 1.5,
        "Correlation": None,
    }


def test_sentences_repeat_the_figures(small):
    told = view.found(small)
    assert "On 100.0 % of 4 links" in told
    assert "our path gain lies 1.0 dB below the traced one" in told
    assert "(3 links), it lies 2.5 dB above it (RMSE 2.9 dB), over the 2 links" in told


def test_the_shipped_comparison_says_from_what_it_was_made():
    made = view.made(read_comparison(SHIPPED_FILE))
    assert "London 2 km: 4 base stations" in made and "sionna-rt" in made and "UMa without shadowing" in made


@pytest.fixture
def compare_page(tmp_path, monkeypatch):
    from streamlit.testing.v1 import AppTest

    monkeypatch.setenv("ITNT_DATA_DIR", str(tmp_path))
    script = "from pages.comparing.raytracing import raytracing_section\nraytracing_section()\n"
    return lambda: AppTest.from_string(script, default_timeout=60).run()


def test_the_section_shows_what_is_shipped(compare_page):
    app = compare_page()
    assert not app.exception
    rmse = agreements(read_comparison(SHIPPED_FILE))["Line of sight"].rmse_db
    assert any(f"RMSE {rmse:.1f} dB" in item.value for item in app.markdown)
    assert len(app.dataframe) == 2
    assert len(app.get("plotly_chart")) == 2 and all(chart.proto.alt for chart in app.get("plotly_chart"))


def test_without_any_comparison_the_section_says_how_to_make_one(compare_page, monkeypatch, tmp_path):
    monkeypatch.setattr(comparison, "SHIPPED_FILE", tmp_path / "none.json")
    app = compare_page()
    assert not app.exception
    assert "Not computed here." in app.info[0].value and "python -m benchmarks.raytracing" in app.info[0].value
