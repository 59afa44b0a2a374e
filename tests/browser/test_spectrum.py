"""Spectrum twin in the browser: from a file of measured traffic to backlog curves, played and paused."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.shared import real_case, shared_file

REAL = "data/traffic/milan_internet_10min_square_4159.csv"


@pytest.fixture(params=["made up", real_case(REAL)])
def traffic_file(request, tmp_path):
    """Return a file of four made-up days of traffic, and a real one of the same form."""
    if request.param == "real":
        return shared_file(REAL)
    times = 1_383_260_400_000 + 600_000 * np.arange(4 * 144)
    wave = 200.0 + 150.0 * np.sin(np.arange(times.size) / 144 * 2 * np.pi)
    path = tmp_path / "milan.csv"
    rows = (f"4159,{time},{value:.3f}" for time, value in zip(times, wave, strict=True))
    path.write_text("\n".join(["square_id,time_ms,internet", *rows]))
    return path


def test_a_traffic_file_becomes_backlog_curves_that_play_and_pause(visit, traffic_file):
    visitor = visit()
    page = visitor.page
    visitor.open("/Spectrum_twin")
    page.get_by_text("only the abstract was at hand").wait_for(timeout=120_000)
    page.get_by_text("Crown copyright").wait_for(timeout=120_000)
    page.get_by_role("button", name="Presets").click()
    page.get_by_text("toy", exact=True).click()
    page.get_by_role("button", name="Use this preset").click()
    page.get_by_text(re.compile("^1 base stations, 1 satellites, 3 users")).wait_for(timeout=60_000)

    page.get_by_text("Traffic of your own").click()
    page.locator('input[type="file"]').first.set_input_files(traffic_file)
    page.get_by_role("button", name="Use this traffic").click(timeout=30_000)
    page.get_by_text(re.compile("Traffic: your file, 1 cells")).wait_for(timeout=60_000)

    page.get_by_role("button", name="Start 4 runs").click()
    page.get_by_text(re.compile("Least backlog here: .*With perfect knowledge")).wait_for(timeout=240_000)
    title = page.locator(".gtitle", has_text="Cycle")
    title.first.wait_for(timeout=60_000)
    first = title.first.text_content()
    page.get_by_text("Play", exact=False).locator("visible=true").last.click()
    expect(title.first).not_to_have_text(first, timeout=30_000)
    page.get_by_text("Pause", exact=False).locator("visible=true").last.click()
    visitor.picture("spectrum")
    # Plotly rejects the promise of an animation that is paused, with nothing in it, and its own button ignores that.
    visitor.complaints = [complaint for complaint in visitor.complaints if complaint != "page error: undefined"]


@pytest.mark.parametrize(("width", "dark"), [(1280, True), (390, False)])
def test_the_page_fits_dark_and_narrow_screens(visit, width, dark):
    visitor = visit(width=width, dark=dark)
    page = visitor.page
    visitor.open("/Spectrum_twin")
    page.get_by_text("Crown copyright").wait_for(timeout=120_000)
    page.locator(".js-plotly-plot").first.wait_for(timeout=60_000)
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider <= 0
    visitor.picture(f"spectrum-{width}-{'dark' if dark else 'light'}")
