"""Build in a real browser: the map as editor. What lies on one scenario is walked on one load of the page."""

import io
import re
from itertools import combinations

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from itnt_core.presets import preset
from itnt_core.scenario.frame import local_to_lonlat
from itnt_core.scenario.link import link_token

READY = "map.painted === '1' && map.state === 'ready' && map.mode === 'edit'"
SETTLED = "map.pending === '0'"


@pytest.fixture(scope="module")
def tiny_address():
    return f"/Scenario?s={link_token(preset('tiny'))}"


@pytest.fixture
def editor(visit, tiny_address):
    """Return a function that opens Build with the smallest preset, from its link."""

    def arrive():
        visitor = visit()
        visitor.open(tiny_address)
        visitor.wait_for_map(f"{READY} && map.things === '8'")
        visitor.page.get_by_text("Worst users").wait_for(state="attached")
        return visitor

    return arrive


def shares_of_users(visitor):
    """Return where the users and stations of the smallest preset are seen, as shares of what lies beside the panel."""
    tiny = preset("tiny")
    ends = [end for user in tiny.aerial_users for end in (user.start, user.destination)]
    places = [thing.position_m for thing in (*ends, *tiny.ground_users, *tiny.ground_stations)]
    points = [
        [*map(float, local_to_lonlat(east, north, tiny.area.lon, tiny.area.lat)), up] for east, north, up in places
    ]
    return visitor.page.locator(".stage").evaluate(
        """(stage, points) => {
          const { view } = globalThis.itntMap3d.camera;
          const [width, height] = [stage.clientWidth, stage.clientHeight];
          const viewport = new globalThis.deck.WebMercatorViewport({ ...view, width, height });
          const covered = parseFloat(getComputedStyle(stage).getPropertyValue("--studio-side"));
          return points.map(point => viewport.project(point)).map(([x, y]) => [x / (width - covered), y / height]);
        }""",
        points,
    )


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
    visitor.page.get_by_text(re.compile(rf"(station|user) {identifier}$")).wait_for(state="attached")


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


def test_objects_are_edited_told_about_duplicated_dragged_deleted_and_what_is_placed_is_undone_and_redone(editor):
    visitor = editor()
    page = visitor.page
    shares = shares_of_users(visitor)
    assert all(0.02 < share < 0.98 for place in shares for share in place), shares
    place_station(visitor, 0.45, 0.62, 9)
    select(visitor, 0.45, 0.62, "gbs-3")
    height = page.get_by_label("Height, m", exact=True)
    height.fill("180")
    height.press("Enter")
    page.locator(".card", has_text="180 m high").wait_for()

    # what is wrong is marked at the object and said in a sentence
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
    undo, card = page.get_by_role("button", name="Undo (Ctrl + Z)"), page.locator(".card", has_text="299 m east")
    undo.click()
    visitor.wait_for_map("map.problems === '0'")
    page.get_by_text("Worst users").wait_for()
    card.wait_for()
    undo.click()
    card.wait_for(state="detached")

    page.locator(".st-key-side").get_by_role("button", name="Duplicate").click()
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

    # what is placed by mouse or keyboard is undone and redone
    place_station(visitor, 0.45, 0.62, 9)
    visitor.choose("Add an aerial user (A)")
    visitor.click_map((0.35, 0.55), (0.6, 0.7))
    visitor.wait_for_map(f"map.things === '11' && {SETTLED}")
    page.locator(".box").focus()
    for count in ("9", "8"):
        page.keyboard.press("Control+z")
        visitor.wait_for_map(f"map.things === '{count}' && {SETTLED}")
    for count in ("9", "11"):
        page.keyboard.press("Control+y")
        visitor.wait_for_map(f"map.things === '{count}' && {SETTLED}")

    # the keyboard alone chooses tools; a cluster, and a crowd that follows the daytime weight, are placed
    page.keyboard.press("c")
    page.get_by_label("Number of users").fill("12")
    page.get_by_label("Spread in metres").fill("40")
    visitor.click_map((0.5, 0.6))
    visitor.wait_for_map(f"map.things === '23' && {SETTLED}")
    visitor.picture("editor-cluster")
    page.get_by_role("button", name="Follow daytime weight").click()
    visitor.wait_for_map(f"map.things === '35' && {SETTLED}")
    page.locator(".box").focus()
    page.keyboard.press("Escape")
    expect(page.locator("[data-tool=select]")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("?")
    page.get_by_role("dialog", name="Help").wait_for()


def test_every_pixel_survives_a_rerun_surfaces_change_them_and_a_link_restores_all_elsewhere(editor, visit, server):
    visitor = editor()
    page = visitor.page
    visitor.drag_map((0.5, 0.7), (0.6, 0.6))
    pictures = [quiet_picture(visitor)]
    visitor.table("Satellites")
    page.get_by_label("Altitude, km").wait_for()
    visitor.table("Satellites")
    page.get_by_label("Altitude, km").wait_for(state="detached")
    assert same(quiet_picture(visitor), pictures[0])

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
    opacity = page.get_by_role("slider", name="Opacity")
    opacity.press("Home")  # as far as it goes
    faint = quiet_picture(visitor)
    assert not same(faint, pictures[-1])
    page.get_by_role("radio", name="SINR", exact=True).click()
    visitor.wait_for_map("map.surface.startsWith('SINR')")
    assert opacity.input_value() == "10", "another surface is as faint"
    assert not same(quiet_picture(visitor), faint)
    opacity.press("End")
    page.get_by_role("radio", name="Off", exact=True).click()
    visitor.wait_for_map("map.surface === ''")
    assert same(quiet_picture(visitor), pictures[0])
    assert not any(same(one, other) for one, other in combinations(pictures, 2))

    page.get_by_role("button", name="Suggest a site").click()
    visitor.wait_for_map("map.surface.startsWith('Gain')", 120)
    page.get_by_role("button", name="Add it").click()
    visitor.wait_for_map("map.things === '9' && map.selected === 'gbs-3' && map.surface === ''")

    # a bad link leaves a note, and a good one restores the scenario in another browser
    page.get_by_role("button", name="Share").click()
    shown = page.get_by_test_id("stCode")
    expect(shown).to_contain_text("/Scenario?s=")
    link = shown.inner_text().strip()
    assert link.startswith(f"{server}/Scenario?s=")
    other = visit(stranger=True, width=390, height=844)
    other.open("/Scenario?s=%3Cscript%3E")
    other.page.get_by_text("The link in the address was left out").wait_for()
    other.wait_for_map(READY)  # the page works
    other.page.wait_for_url(lambda url: "s=" not in url)
    other.open(link.removeprefix(server))
    other.wait_for_map(f"{READY} && map.things === '9'")
    other.page.get_by_text("Opened the scenario of the link").wait_for()

    # the editor fits narrow and dark screens
    page = other.page
    shares = shares_of_users(other)
    assert all(0.02 < share < 0.98 for place in shares for share in place), shares
    page.get_by_role("button", name="Panel", exact=True).click()
    page.get_by_role("radio", name="SINR", exact=True).click()
    other.wait_for_map("map.surface !== ''")
    page.get_by_role("button", name="Close the panel").click()
    place_station(other, 0.5, 0.5, 10)
    select(other, 0.5, 0.5, "gbs-4")
    for width, dark in ((390, False), (390, True), (1280, True)):
        other.resize(width, 844, dark=dark)
        other.wait_for_map(f"map.theme === '{'dark' if dark else 'light'}'")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        quiet_picture(other)
    other.picture("editor-1280-dark")
