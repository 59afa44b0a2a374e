"""Dispatch in the browser: two flights of one world play at once; another world, a file, a narrow window."""

import re

from playwright.sync_api import expect

from itnt_core.dispatch import SHIPPED


def test_two_flights_play_at_once_and_a_policy_file_flies(visit, tmp_path):
    visitor = visit()
    page = visitor.page
    visitor.open("/Dispatch?worlds=tiny&world=11")
    visitor.wait_for_map("map.mode === 'compare' && map.painted && map.panes === '2' && map.playing === '1'")
    expect(page.locator('[data-role="run-title"]').first).to_have_text("Learned: comes with the program")
    expect(page.locator('[data-role="pane-clock"]').first).to_contain_text("who ask")
    expect(page.locator('[data-chart="Cumulative reward"]')).to_be_visible()
    expect(page.locator("[data-chart]")).to_have_count(3)
    before = page.locator(".st-key-figures").inner_text()
    page.get_by_role("button", name="Next world").click()
    expect(page.locator(".st-key-figures")).not_to_have_text(before)
    visitor.wait_for_map("map.playing === '1'")  # from its start, by itself

    visitor.table("Your policy")
    bad = tmp_path / "bad.npz"
    bad.write_bytes(b"no policy")
    page.locator('input[type="file"]').set_input_files(bad)
    page.get_by_text("cannot be read as a file of plain arrays").wait_for()
    good = tmp_path / "mine.npz"
    good.write_bytes(SHIPPED.read_bytes())
    page.get_by_role("button", name=re.compile("Remove bad.npz|Delete bad.npz")).click()
    page.locator('input[type="file"]').set_input_files(good)
    page.get_by_role("button", name="Let it fly as A").click()
    expect(page.locator('[data-role="run-title"]').first).to_have_text("Learned: mine.npz")
    visitor.table("Your policy")  # closed again
    visitor.picture("dispatch")
    for width, height, dark in ((1280, 720, True), (390, 844, False)):
        visitor.resize(width, height, dark=dark)
        page.locator('[data-test-script-state="notRunning"]').wait_for(state="attached")
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider <= 0
        expect(page.get_by_role("button", name=re.compile("Play|Pause")).first).to_be_in_viewport()
