"""Runs side by side in a browser: a swipe line, panes, one clock, one camera, curves, keys, links."""

import json

PAINTED = "map.painted === '1' && map.state === 'ready' && map.mode === 'compare'"
TITLE = "Slow slots <b>x</b>"  # as the fixture two_runs names it
CAMERAS = """() => globalThis.itntMap3d.compareStages[0].deck.getViewports()
  .map(view => [view.id, view.longitude, view.latitude, view.zoom, view.pitch, view.bearing])"""

STACKED = """pane => pane.getBoundingClientRect().top >=
  pane.getRootNode().querySelector(".pane").getBoundingClientRect().bottom"""
PROJECTED = """() => globalThis.itntMap3d.compareStages[0].deck.getViewports()
  .map(view => view.project([view.longitude + 0.002, view.latitude + 0.001, 30]))"""


def open_comparison(visit, ids, more="", **window):
    visitor = visit(**window)
    visitor.open(f"/Compare?runs={','.join(ids)}{more}")
    visitor.wait_for_map(PAINTED)
    return visitor


def cursor(page):
    """Return where the cursor of each curve stands, in pixels."""
    return page.locator("[data-role=compare-charts] .cursor").evaluate_all(
        "nodes => nodes.map(node => new DOMMatrix(getComputedStyle(node).transform).m41)"
    )


def test_two_runs_share_clock_camera_curves_keys_and_link_and_are_stacked_on_a_telephone(visit, two_runs):
    visitor = open_comparison(visit, two_runs, "&t=2", width=1100, height=900)
    page = visitor.page
    assert visitor.map_state()["time"] == "2.00"
    assert visitor.map_state()["slots"] == "1,0"  # slots of 2 s and of 4 s
    assert page.locator("[data-role=run-title]").all_inner_texts() == ["Quick slots", TITLE]
    assert visitor.map_state()["way"] == "swipe"
    pictures = [page.locator(".pane-map").nth(pane).screenshot() for pane in range(2)]
    assert min(map(len, pictures)) > 20_000  # a blank canvas would be a fraction of that
    assert "ends after 12 s of 16 s" in page.locator(".compare-note").inner_text()

    # play moves both clocks and the cursor of every curve
    before, start = page.locator("[data-role=pane-clock]").all_inner_texts(), cursor(page)
    page.get_by_label("Speed").select_option("4")
    page.get_by_role("button", name="Play (space)").click()
    visitor.wait_for_map("map.playing === '1' && Number(map.time) > 5")
    page.get_by_role("button", name="Pause (space)").click()
    visitor.wait_for_map("map.playing === '0'")
    after, end = page.locator("[data-role=pane-clock]").all_inner_texts(), cursor(page)
    assert all(one != other for one, other in zip(before, after, strict=True))
    assert len(end) == 3
    assert all(there > here + 5 for here, there in zip(start, end, strict=True))

    # keys step in the shortest slots; a run that has ended keeps its last state
    page.locator(".box").focus()
    page.keyboard.press("End")
    visitor.wait_for_map("map.time === '16.00' && map.slots === '7,2'")
    assert "ended after 12 s" in page.locator("[data-role=pane-clock]").nth(1).inner_text()
    page.keyboard.press("ArrowLeft")
    visitor.wait_for_map("map.time === '14.00'")
    page.keyboard.press("n")
    visitor.wait_for_map("map.selected === 'au-1'")
    assert [text.split(" ")[0] for text in page.locator(".pane .card").all_inner_texts()] == ["au-1", "au-1"]

    # dragging the map of the second run moves that of the first
    first = page.evaluate(CAMERAS)
    assert first[0][1:] == first[1][1:]
    visitor.drag_map((0.75, 0.6), (0.85, 0.7))
    page.wait_for_function(f"() => JSON.stringify(({CAMERAS})()) !== {json.dumps(json.dumps(first))}", polling=100)
    page.wait_for_timeout(600)  # it glides on a little
    moved = page.evaluate(CAMERAS)
    assert moved[0][1:] == moved[1][1:]
    assert moved[0][1:3] != first[0][1:3]

    # both runs are drawn with one projection wherever the line stands, which pointer and keys move
    line = page.get_by_role("slider", name="Swipe line between A and B")
    for key, words in (("PageUp", "60 per cent"), ("Home", "on the rest"), ("ArrowRight", "on the rest")):
        line.press(key)
        assert words in line.get_attribute("aria-valuetext")
        one, other = page.evaluate(PROJECTED)
        assert one == other
    assert visitor.map_state()["time"] == "14.00"  # its keys are not the clock's
    at = line.bounding_box()
    page.mouse.move(at["x"] + 20, at["y"] + 20)
    page.mouse.down()
    page.mouse.move(at["x"] + 420, at["y"] + 30, steps=3)
    page.mouse.up()
    assert line.bounding_box()["x"] > at["x"] + 380
    page.get_by_role("button", name="Panes", exact=True).click()
    visitor.wait_for_map("map.way === 'panes'")
    assert not line.is_visible()
    left, right = (page.locator(".pane").nth(pane).bounding_box() for pane in range(2))
    assert left["x"] + left["width"] < right["x"]

    # what differs is said and flown to; links by server have a row each in the legend
    page.get_by_role("button", name="What differs: mark it and fly there (D)").click()
    assert "B against A." in page.get_by_role("status").filter(has_text="against").inner_text()
    page.locator(".box").focus()
    page.keyboard.press("l")
    assert "Links by server" in page.locator(".legend").text_content()
    page.keyboard.press("l")

    page.get_by_role("button", name="Link to this moment").click()
    address = page.get_by_label("Address of this moment").input_value()
    assert address == f"{visitor.address}/Compare?runs={','.join(two_runs)}&t=14"

    # on a telephone the panes are stacked, and the run behind a clicked point appears
    visitor.resize(390, 1700, dark=True)
    page.wait_for_function(STACKED, arg=page.locator(".pane").nth(1).element_handle(), polling=200)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator(".st-key-foot").get_by_role("radio", name="Trade-offs", exact=True).click()
    points = page.locator(".js-plotly-plot .points path")
    points.last.wait_for()
    points.last.click(force=True)  # plotly listens on a sheet above its points
    page.locator(".st-key-drawer").get_by_role("button", name="Replay", exact=True).wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    visitor.picture("compare-trade-offs-390")
