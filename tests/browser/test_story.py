"""The whole way through in a browser: place a base station, optimise, watch the replay."""

import re

from itnt_core.presets import preset
from itnt_core.scenario.link import link_token

PAINTED = "map.painted === '1' && map.state === 'ready'"


def use_tiny_preset(visitor):
    """Open the Scenario page with the smallest preset."""
    visitor.open("/")
    visitor.follow("Scenario")
    visitor.wait_for_map(f"{PAINTED} && map.mode === 'edit'")
    visitor.page.get_by_role("button", name="Presets").click()
    visitor.page.get_by_role("radiogroup", name="Preset").get_by_text("tiny", exact=True).click()
    visitor.page.get_by_role("button", name="Use this preset").click()
    visitor.wait_for_map(f"{PAINTED} && map.things === '8'")
    visitor.page.keyboard.press("Escape")


def open_tiny_scenario(visitor):
    """Open the Scenario page with the smallest preset by its link, which spares drawing all of London first."""
    visitor.open(f"/Scenario?s={link_token(preset('tiny'))}")
    visitor.wait_for_map(f"{PAINTED} && map.mode === 'edit' && map.things === '8'")


def test_a_station_placed_on_the_map_is_optimised_and_replayed(visit):
    visitor = visit()
    page = visitor.page
    use_tiny_preset(visitor)

    visitor.click_map((0.45, 0.6))
    visitor.wait_for_map("map.things === '9'")
    visitor.wait_for_map("map.acknowledged !== '0' && map.pending === '0'")
    visitor.picture("scenario")

    visitor.follow("Optimise")
    page.get_by_text("Ground base stations: 3").wait_for()
    page.get_by_role("button", name="Start", exact=True).click()
    page.get_by_text(re.compile(r"\b(queued|running|done)\b")).first.wait_for()
    page.get_by_text(re.compile(r"\bdone\b")).first.wait_for(timeout=240_000)
    visitor.picture("optimise")

    visitor.follow("Replay", nth=1)
    visitor.wait_for_map(f"{PAINTED} && map.mode === 'replay'")
    before, clock = visitor.map_picture(), page.locator("[data-role=clock]").inner_text()
    page.get_by_role("button", name="Play (space)").click()
    visitor.wait_for_map("map.playing === '1' && Number(map.time) > 2")
    page.get_by_role("button", name="Pause (space)").click()
    state = visitor.wait_for_map("map.playing === '0'")
    assert visitor.map_picture() != before
    assert page.locator("[data-role=clock]").inner_text() != clock
    assert state["time"] != "0.00"
    visitor.picture("replay")


def test_objects_are_dragged_deleted_and_brought_back(visit):
    visitor = visit()
    page = visitor.page
    open_tiny_scenario(visitor)
    for number, (east, down) in enumerate([(0.3, 0.55), (0.5, 0.7), (0.74, 0.68)], start=9):
        visitor.click_map((east, down))
        visitor.wait_for_map(f"map.things === '{number}'")
    visitor.wait_for_map("map.pending === '0'")

    visitor.choose("Select and move (V)")
    visitor.drag_map((0.5, 0.7), (0.58, 0.72))
    visitor.wait_for_map("map.acknowledged === '4' && map.pending === '0'")
    visitor.choose("Delete (X)")
    visitor.click_map((0.58, 0.72))
    visitor.wait_for_map("map.things === '10' && map.pending === '0'")
    page.get_by_role("button", name="Undo (Ctrl + Z)").click()
    visitor.wait_for_map("map.things === '11' && map.pending === '0'")
    page.get_by_role("button", name="Redo (Ctrl + Y)").click()
    visitor.wait_for_map("map.things === '10' && map.pending === '0'")

    visitor.choose("Add a GBS (G)")
    visitor.click_map((0.5, 0.03))  # the far distance lies outside the area: nothing may be placed there
    assert visitor.map_state()["things"] == "10"


def test_quick_clicks_are_not_lost(visit):
    visitor = visit()
    open_tiny_scenario(visitor)
    visitor.click_map(*((0.25 + 0.06 * step, 0.5 + 0.03 * (step % 3)) for step in range(8)))
    state = visitor.wait_for_map("map.things === '16' && map.pending === '0'")
    assert state["acknowledged"] == "8"


def test_the_recorded_demo_plays_when_the_home_page_opens(visit):
    visitor = visit(height=1100)
    visitor.open("/")
    visitor.wait_for_map(f"{PAINTED} && map.mode === 'replay' && Number(map.time) > 1")
    visitor.picture("home")


def test_the_replay_fits_narrow_and_dark_screens(visit):
    visitor = visit(width=390, height=1500)
    visitor.open("/Replay?run=demo&t=12")
    for width, dark in ((390, False), (1280, True)):
        visitor.resize(width, 1500, dark=dark)
        state = visitor.wait_for_map(
            f"{PAINTED} && map.mode === 'replay' && map.theme === '{'dark' if dark else 'light'}'"
        )
        assert state["time"] == "12.00"
        assert visitor.page.evaluate("document.documentElement.scrollWidth") <= width
        visitor.picture(f"replay-{width}{'-dark' if dark else ''}")


def test_the_keyboard_alone_plays_and_steps(visit):
    visitor = visit()
    visitor.open("/Replay?run=demo")
    visitor.wait_for_map(f"{PAINTED} && map.mode === 'replay'")
    visitor.page.locator(".box").focus()
    visitor.page.keyboard.press("ArrowRight")
    visitor.wait_for_map("map.time === '1.00'")
    visitor.page.keyboard.press("Space")
    visitor.wait_for_map("map.playing === '1'")
    visitor.page.keyboard.press("Space")
    visitor.wait_for_map("map.playing === '0'")
    visitor.page.keyboard.press("?")
    visitor.page.get_by_role("dialog", name="Help").wait_for()


def test_arrays_packed_in_python_are_read_in_the_browser(visit, server):
    import numpy as np

    from itnt_core.mapdata import pack
    from pages.shared.assets import publish_component

    blob = pack({"text": "π & <b>"}, {"a": np.arange(5, dtype=np.int16), "b": np.array([[1.5], [-2.5]], np.float32)})
    visitor = visit()
    visitor.open("/")
    address = f"/app/static/gen/{publish_component()}/loading.js"
    script = """async ([address, bytes]) => {
      const { unpack } = await import(address);
      const bundle = unpack(new Uint8Array(bytes).buffer);
      return { meta: bundle.meta, a: [...bundle.a], b: [...bundle.b], shape: bundle.shapes.b };
    }"""
    assert visitor.page.evaluate(script, [address, list(blob)]) == {
        "meta": {"text": "π & <b>"},
        "a": [0, 1, 2, 3, 4],
        "b": [1.5, -2.5],
        "shape": [2, 1],
    }
