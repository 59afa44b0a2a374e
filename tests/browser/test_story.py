"""The whole way through in a browser: place a base station, optimise, watch the replay; and what hands can do there."""

import numpy as np

from itnt_core.mapdata import pack
from itnt_core.presets import preset
from itnt_core.scenario.link import link_token
from pages.shared.assets import publish_component

PAINTED = "map.painted === '1' && map.state === 'ready'"


def test_from_the_demo_a_station_is_placed_on_the_map_optimised_and_replayed(visit):
    visitor = visit()
    page = visitor.page
    visitor.open("/")
    visitor.wait_for_map(f"{PAINTED} && map.mode === 'replay' && Number(map.time) > 1")  # the demo plays by itself
    visitor.picture("home")
    page.get_by_role("button", name="Build your own").click()
    visitor.wait_for_map(f"{PAINTED} && map.mode === 'edit'")
    visitor.scenario_menu("Examples")
    page.get_by_role("radiogroup", name="Preset").get_by_text("tiny", exact=True).click()
    page.get_by_role("button", name="Use this preset").click()
    visitor.wait_for_map(f"{PAINTED} && map.things === '8'")
    page.keyboard.press("Escape")

    visitor.choose("Add a GBS (G)")
    visitor.click_map((0.45, 0.6))
    visitor.wait_for_map("map.things === '9'")
    visitor.wait_for_map("map.acknowledged !== '0' && map.pending === '0'")
    visitor.picture("scenario")

    visitor.switch("Optimise")
    visitor.wait_for_map("map.things === '9'")
    panel = page.locator(".st-key-side")
    panel.get_by_role("button", name="Optimise").click()
    panel.get_by_role("button", name="Replay").wait_for(timeout=240_000)
    visitor.picture("optimise")

    panel.get_by_role("button", name="Replay").click()
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


def test_quick_clicks_are_not_lost_and_objects_are_dragged_deleted_and_brought_back(visit):
    visitor = visit()
    page = visitor.page
    visitor.open(f"/Scenario?s={link_token(preset('tiny'))}")
    visitor.wait_for_map(f"{PAINTED} && map.mode === 'edit' && map.things === '8'")
    visitor.choose("Add a GBS (G)")
    visitor.click_map(*((0.25 + 0.05 * step, 0.5 + 0.03 * (step % 3)) for step in range(8)))
    state = visitor.wait_for_map("map.things === '16' && map.pending === '0'")
    assert state["acknowledged"] == "8"
    visitor.click_map((0.5, 0.8))
    visitor.wait_for_map("map.things === '17' && map.pending === '0'")

    visitor.choose("Select and move (V)")
    visitor.drag_map((0.5, 0.8), (0.58, 0.72))
    visitor.wait_for_map("map.acknowledged === '10' && map.pending === '0'")
    visitor.choose("Delete (X)")
    visitor.click_map((0.58, 0.72))
    visitor.wait_for_map("map.things === '16' && map.pending === '0'")
    page.get_by_role("button", name="Undo (Ctrl + Z)").click()
    visitor.wait_for_map("map.things === '17' && map.pending === '0'")
    page.get_by_role("button", name="Redo (Ctrl + Y)").click()
    visitor.wait_for_map("map.things === '16' && map.pending === '0'")

    visitor.choose("Add a GBS (G)")
    visitor.click_map((0.5, 0.03))  # the far distance lies outside the area: nothing may be placed there
    assert visitor.map_state()["things"] == "16"


def test_the_replay_fits_narrow_and_dark_screens(visit):
    visitor = visit(width=390, height=844)
    visitor.open("/Replay?run=demo&t=12")
    for width, dark in ((390, False), (1280, True)):
        visitor.resize(width, 844, dark=dark)
        state = visitor.wait_for_map(
            f"{PAINTED} && map.mode === 'replay' && map.theme === '{'dark' if dark else 'light'}'"
        )
        assert state["time"] == "12.00"
        assert visitor.page.evaluate("document.documentElement.scrollWidth") <= width
        visitor.picture(f"replay-{width}{'-dark' if dark else ''}")


def test_arrays_packed_in_python_are_read_in_the_browser(visit, server):
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
