"""Page Passes in the browser: a file of real elements becomes passes, and satellites of the scenario."""

import re
import sys
from pathlib import Path

from playwright.sync_api import expect

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "sky"))
from element_texts import REAL, tle_text

SAMPLE = REAL / "starlink_sample_omm.csv"


def test_a_file_of_elements_becomes_passes_and_satellites_of_the_scenario(visit, tmp_path):
    """Upload, day of the elements, passes, use them, find them on page Scenario: on a narrow, dark screen."""
    path = SAMPLE
    if not SAMPLE.exists():  # a file of the same form
        path = tmp_path / "made.tle"
        path.write_text(tle_text())
    visitor = visit(width=390, dark=True)
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
    visitor.follow("See them on page Scenario")
    page.get_by_role("tab", name="Satellites").click()
    expect(page.get_by_text(re.compile("sky-1: .* imported satellites")).first).to_be_visible()
    expect(page.get_by_text(re.compile(r"from (starlink_sample_omm\.csv|made\.tle)")).first).to_be_visible()
