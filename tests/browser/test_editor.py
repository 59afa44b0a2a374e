"""The Scenario page's editor in a real browser."""

import io
import re
from itertools import combinations

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect
from visitor import until

from itnt_core.presets import preset
from itnt_core.scenario.link import link_token

READY = "map.painted === '1' && map.state === 'ready' && map.mode === 'edit'"
SETTLED = "map.pending === '0'"


@pytest.fixture(scope="module")
def tiny_address():
    return f"/Scenario?s={link_token(preset('tiny'))}"


@pytest.fixture
def editor(visit, tiny_address):
    """Return a function that opens the Scenario page with the smallest preset, from its link."""

    def arrive(**options):
        visitor = visit(**options)
        visitor.open(tiny_address)
        visitor.wait_for_map(f"{READY} && map.things === '8'")
        visitor.page.get_by_text("Worst users").wait_for()
        return visitor

    return arrive


def place_station(visitor, east_share, down_share, things):
    """Place a GBS with the mouse and wait until Python has it."""
    visitor.choose("Add a GBS (G)")
    visitor.click_map((east_share, down_share))
    visitor.wait_for_map(f"map.things === '{things}' && {SETTLED}")


def select(visitor, east_share, down_share, identifier):
    """Select what stands at a place of the map and wait for its form."""
    visitor.choose("Select and move (V)")
    visitor.click_map((east_share, down_share))
    visitor.wait_for_map(f"map.selected === '{identifier}'")
    visitor.page.get_by_text(re.compile(rf"(station|user) {identifier}$")).wait_for()


def quiet_picture(visitor):
    """Return the map's pixels (height, width, 3) with the pointer away, when two in a row are the same."""
    visitor.page.mouse.move(5, 5)
    before = None
    for _ in range(20):
        with Image.open(io.BytesIO(visitor.map_picture())) as image:
            picture = np.asarray(image.convert("RGB"), dtype=np.int16)
        if before is not None and same(picture, before):
            return picture
        before = picture
        visitor.page.wait_for_timeout(300)
    raise AssertionError("the map never came to rest")


def same(one, other):
    """Say whether two pictures are the same; the browser's compositor may round a level up or down."""
    return one.shape == other.shape and np.abs(one - other).max() <= 2


def test_every_kind_is_placed_and_each_step_is_undone_and_redone(editor):
    visitor = editor()
    place_station(visitor, 0.45, 0.62, 9)
    visitor.choose("Add an aerial user (A)")
    visitor.click_map((0.35, 0.55), (0.6, 0.7))
    visitor.wait_for_map(f"map.things === '11' && {SETTLED}")
    visitor.page.locator(".box").focus()
    for count in ("9", "8"):
        visitor.page.keyboard.press("Control+z")
        visitor.wait_for_map(f"map.things === '{count}' && {SETTLED}")
    for count in ("9", "11"):
        visitor.page.keyboard.press("Control+y")
        visitor.wait_for_map(f"map.things === '{count}' && {SETTLED}")
    visitor.picture("editor")


def test_a_cluster_and_a_crowd_of_ground_users_are_placed(editor):
    visitor = editor()
    visitor.choose("Add many ground users (C)")
    visitor.page.get_by_label("Number of users").fill("12")
    visitor.page.get_by_label("Spread in metres").fill("40")
    visitor.click_map((0.5, 0.6))
    visitor.wait_for_map(f"map.things === '20' && {SETTLED}")
    visitor.picture("editor-cluster")
    visitor.page.get_by_role("button", name="Follow daytime weight").click()
    visitor.wait_for_map(f"map.things === '32' && {SETTLED}")


def test_a_selected_object_is_edited_duplicated_dragged_and_deleted(editor):
    visitor = editor()
    page = visitor.page
    place_station(visitor, 0.45, 0.62, 9)
    select(visitor, 0.45, 0.62, "gbs-3")
    height = page.get_by_label("Height, m", exact=True)
    height.fill("180")
    height.press("Enter")
    page.locator(".card", has_text="180 m high").wait_for()
    visitor.picture("editor-selected")

    page.get_by_test_id("stMain").get_by_role("button", name="Duplicate").first.click()
    visitor.wait_for_map("map.things === '10' && map.selected === 'gbs-4'")
    page.locator(".box").focus()
    page.keyboard.press("Delete")
    visitor.wait_for_map(f"map.things === '9' && {SETTLED}")

    before = page.locator(".readout").inner_text()
    visitor.drag_map((0.45, 0.62), (0.6, 0.68))
    expect(page.locator(".readout")).not_to_have_text(before)
    visitor.wait_for_map(SETTLED)
    visitor.choose("Delete (X)")
    visitor.click_map((0.6, 0.68))
    visitor.wait_for_map(f"map.things === '8' && {SETTLED}")


def test_what_is_wrong_is_marked_at_the_object_and_said_in_a_sentence(editor):
    visitor = editor()
    page = visitor.page
    place_station(visitor, 0.45, 0.62, 9)
    select(visitor, 0.45, 0.62, "gbs-3")
    east = page.get_by_label("East, m", exact=True)
    east.fill("299")
    east.press("Enter")
    page.locator(".card", has_text="299 m east").wait_for()
    assert visitor.map_state()["problems"] == "0"
    east.fill("400")
    east.press("Enter")
    visitor.wait_for_map("map.problems === '1'")
    page.locator(".card .problem", has_text="move it inside or enlarge the area").wait_for()
    page.get_by_text("The quick look waits").wait_for()
    visitor.picture("editor-problem")
    page.get_by_role("button", name="Undo (Ctrl + Z)").click()
    visitor.wait_for_map("map.problems === '0'")
    page.get_by_text("Worst users").wait_for()


def test_the_camera_and_every_pixel_survive_an_unrelated_rerun(editor):
    visitor = editor()
    visitor.choose("Select and move (V)")
    visitor.drag_map((0.5, 0.7), (0.62, 0.6))
    before = quiet_picture(visitor)
    visitor.page.get_by_role("tab", name="Ground users").click()
    until(
        visitor.page.get_by_label("Altitude, km"),
        lambda: visitor.page.get_by_role("tab", name="Satellites").click(timeout=20_000),
    )
    assert same(quiet_picture(visitor), before)


def test_surfaces_change_the_picture_and_carry_a_legend(editor):
    visitor = editor()
    page = visitor.page
    pictures = [quiet_picture(visitor)]
    for name, title, unit in (
        ("SINR", "SINR of the best server", "above 20 dB"),
        ("Best server", "Best server", "gbs-1"),
        ("Line of sight", "Stations in line of sight", "no station in sight"),
    ):
        page.get_by_role("radio", name=name, exact=True).click()
        visitor.wait_for_map(f"map.surface.startsWith('{title}')")
        page.locator(".surface-legend", has_text=unit).wait_for()
        pictures.append(quiet_picture(visitor))
    page.get_by_role("radio", name="In the air").click()
    visitor.wait_for_map("map.surface.includes('100 m above ground')")
    pictures.append(quiet_picture(visitor))
    visitor.picture("editor-surface")
    page.get_by_role("radio", name="Off", exact=True).click()
    visitor.wait_for_map("map.surface === ''")
    assert same(quiet_picture(visitor), pictures[0])
    assert not any(same(one, other) for one, other in combinations(pictures, 2))


def test_a_suggested_site_is_shown_and_added(editor):
    visitor = editor()
    visitor.page.get_by_role("button", name="Suggest a site").click()
    visitor.wait_for_map("map.surface.startsWith('Gain')", 120)
    visitor.picture("editor-site")
    visitor.page.get_by_role("button", name="Add it").click()
    visitor.wait_for_map("map.things === '9' && map.selected === 'gbs-3' && map.surface === ''")


def test_a_link_restores_the_scenario_in_another_browser(editor, visit, server):
    visitor = editor()
    place_station(visitor, 0.45, 0.62, 9)
    visitor.page.get_by_role("button", name="Link").click()
    shown = visitor.page.get_by_test_id("stCode")
    expect(shown).to_contain_text("/Scenario?s=")
    link = shown.inner_text().strip()
    assert link.startswith(f"{server}/Scenario?s=")
    other = visit(stranger=True)
    other.open(link.removeprefix(server))
    other.wait_for_map(f"{READY} && map.things === '9'")
    other.page.get_by_text("Opened the scenario of the link").wait_for()


def test_a_bad_link_leaves_a_note_and_a_working_page(visit):
    visitor = visit()
    visitor.open("/Scenario?s=%3Cscript%3E")
    visitor.page.get_by_text("The link in the address was left out").wait_for()
    visitor.wait_for_map(READY)
    visitor.page.wait_for_url(lambda url: "s=" not in url)


def test_the_editor_fits_narrow_and_dark_screens(editor):
    visitor = editor(width=390, height=1700)
    visitor.page.get_by_role("radio", name="SINR", exact=True).click()
    visitor.wait_for_map("map.surface !== ''")
    place_station(visitor, 0.45, 0.62, 9)
    select(visitor, 0.45, 0.62, "gbs-3")
    for width, dark in ((390, False), (390, True), (1280, True)):
        visitor.resize(width, 1700, dark=dark)
        visitor.wait_for_map(f"map.theme === '{'dark' if dark else 'light'}'")
        assert visitor.page.evaluate("document.documentElement.scrollWidth") <= width
        quiet_picture(visitor)
        visitor.picture(f"editor-{width}{'-dark' if dark else ''}")


def test_the_keyboard_alone_selects_tools_and_opens_help(editor):
    visitor = editor()
    visitor.page.locator(".box").focus()
    visitor.page.keyboard.press("c")
    visitor.page.get_by_label("Number of users").wait_for()
    visitor.page.keyboard.press("Escape")
    expect(visitor.page.locator("[data-tool=select]")).to_have_attribute("aria-pressed", "true")
    visitor.page.keyboard.press("?")
    visitor.page.get_by_role("dialog", name="Help").wait_for()
