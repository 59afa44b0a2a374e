"""A real file of buildings in the browser: uploaded, looked at on the map, used, and the network on it computed."""

import re

from playwright.sync_api import expect

from itnt_core.presets import preset
from itnt_core.scenario.link import link_token

LOST = re.compile(r"81 buildings of 83 shapes; 1 repaired, 1 heights estimated, 2 left out")


def test_an_uploaded_city_is_looked_at_used_and_computed_on(visit, map_file):
    visitor = visit()
    page = visitor.page
    visitor.open(f"/Scenario?s={link_token(preset('tiny'))}")
    visitor.wait_for_map("map.painted === '1' && map.state === 'ready' && map.mode === 'edit'")
    page.get_by_text("Worst users").wait_for()
    visitor.table("City")
    waiting = page.get_by_role("button", name="Import", exact=True)
    expect(waiting).to_be_disabled()
    expect(waiting.locator("p")).not_to_have_css("color", "rgb(255, 255, 255)")  # on a white page, unlike blue buttons
    page.locator('[data-testid="stFileUploader"] input[type="file"]').last.set_input_files(map_file)
    page.get_by_role("button", name="Import", exact=True).click()
    page.get_by_text(LOST).wait_for()
    visitor.wait_for_map("map.mode === 'view' && map.state === 'ready'")
    page.get_by_role("cell", name="Coordinate system").wait_for()
    page.get_by_role("button", name="Use this city").first.click()
    page.get_by_text("The scenario now stands on 'houses of mine'").wait_for()
    visitor.wait_for_map("map.mode === 'edit' && map.things === '8' && map.problems === '0'")
    page.get_by_text("This scenario stands on houses of mine").wait_for()
    expect(page.get_by_test_id("stMetric").filter(has_text="Data service")).to_contain_text("Mbit")
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(color_scheme="dark")
    page.get_by_role("button", name="City file").scroll_into_view_if_needed()
    visitor.picture("city-390-dark")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    visitor.table("City")  # closed: on a telephone it lies over the map's tools
    page.get_by_role("button", name="Undo (Ctrl + Z)").click()
    visitor.table("City")
    page.get_by_text("This scenario stands on London").wait_for()
