"""What hands can do on the map: quick clicks, drags, deletion; the replay on narrow screens; arrays in the browser."""

import numpy as np

from itnt_core.mapdata import pack
from itnt_core.presets import preset
from itnt_core.scenario.link import link_token
from pages.shared.assets import publish_component

PAINTED = "map.painted === '1' && map.state === 'ready'"


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
    visitor.click_map((0.7, 0.65))  # right of the area's border: nothing may be placed there
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
    visitor.open("/_stcore/health")  # any page of the server
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
