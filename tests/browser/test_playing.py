"""How a replay plays: at an honest speed, still for who wants stillness, by the keyboard alone.

What needs no browser of it is tested in assets/map3d/test: speed, flight, playhead.
"""

PAINTED = "map.painted === '1' && map.state === 'ready'"
SETTLED_MS = 1500  # what begins by itself begins 0.4 s after the first picture


def test_nothing_moves_by_itself_on_the_home_page_for_who_wants_less_motion(visit):
    stands_still_until_asked(visit(still=True), "/")


def test_a_story_waits_for_who_wants_less_motion_and_the_demo_says_its_speed_and_obeys_the_keyboard_alone(visit):
    visitor = visit(still=True)
    page = visitor.page
    stands_still_until_asked(visitor, "/Replay?run=demo&story=play")
    speed = page.get_by_label("Speed", exact=True)
    assert (speed.input_value(), speed.locator("option:checked").inner_text()) == ("8", "8×")
    assert speed.get_attribute("title") == "1× is real time"
    page.get_by_role("button", name="Pause (space)").click()
    page.get_by_label("Time", exact=True).fill("0")
    visitor.wait_for_map("map.playing === '0' && map.time === '0.00'")
    page.locator(".box").focus()
    page.keyboard.press("ArrowRight")
    visitor.wait_for_map("map.time === '1.00'")
    page.keyboard.press("Space")
    visitor.wait_for_map("map.playing === '1'")
    page.keyboard.press("Space")
    visitor.wait_for_map("map.playing === '0'")
    page.keyboard.press("?")
    page.get_by_role("dialog", name="Help").wait_for()


def stands_still_until_asked(visitor, address):
    """Open a replay for somebody who wants less motion: it plays once asked for, not before."""
    visitor.open(address)
    visitor.wait_for_map(f"{PAINTED} && map.mode === 'replay'")
    visitor.page.wait_for_timeout(SETTLED_MS)
    state = visitor.map_state()
    assert (state.get("playing", "0"), state["time"], state.get("story")) == ("0", "0.00", None)
    visitor.page.get_by_role("button", name="Play (space)").click()
    visitor.wait_for_map("map.playing === '1' && Number(map.time) > 0.2")
