"""Page Passes in the browser: a file of elements, made up or real, becomes passes, and satellites of the scenario."""

import re
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "sky"))
from element_texts import FLEET, REAL, tle_text

from tests.shared import real_case, shared_file

SAMPLE = REAL.format("starlink_sample_omm.csv")


@pytest.fixture(params=["made up", real_case(SAMPLE)])
def path(request, tmp_path):
    """Return a file of elements of which some stand over London at any time."""
    if request.param == "real":
        return shared_file(SAMPLE)
    path = tmp_path / "made.tle"
    path.write_text(tle_text(shell=FLEET))
    return path


def test_a_file_of_elements_becomes_passes_and_satellites_of_the_scenario(visit, path):
    """Upload, day of the elements, passes, use them, find them on page Scenario: on a narrow, dark screen."""
    visitor = visit(width=390, height=844, dark=True)
    page = visitor.page
    visitor.open("/Passes")
    page.get_by_text("Element file", exact=True).click()
    page.locator('input[type="file"]').set_input_files(path)
    page.get_by_role("button", name="Day of the elements").click()
    page.get_by_text(re.compile("satellites from (OMM CSV|TLE)")).wait_for()
    page.get_by_text("Overhead at once").wait_for()
    page.locator(".js-plotly-plot").first.wait_for()
    page.get_by_role("img", name=re.compile("Sky plot of .* passes")).wait_for()
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider <= 0
    page.get_by_role("button", name="Use the best placed").click()
    page.get_by_text(re.compile("In the scenario as sky-1: ")).wait_for()
    visitor.picture("passes")
    visitor.follow("See them in Build")
    visitor.table("Satellites")
    expect(page.get_by_text(re.compile("sky-1: .* imported satellites")).first).to_be_visible()
    expect(page.get_by_text(re.compile(r"from (starlink_sample_omm\.csv|made\.tle)")).first).to_be_visible()
