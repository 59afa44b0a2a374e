"""How a replay plays: at an honest speed, still for who wants stillness, by the keyboard alone.

What needs no browser of it is tested in assets/map3d/test: speed, flight, playhead.
"""

from itnt_core.presets import preset
from itnt_core.results import served_users
from itnt_core.scenario.link import link_token

PAINTED = "map.painted === '1' && map.state === 'ready'"
SETTLED_MS = 1500  # what begins by itself begins 0.4 s after the first picture
ICON = "node => node.querySelector('path').getAttribute('d')"


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


def test_the_clock_counts_the_users_that_the_judge_finds_served_and_an_aerial_user_has_one_mark(visit, tiny_run):
    """The mark is the same in the tool bar and in the legends of both modes."""
    run_id, result = tiny_run
    visitor = visit(still=True)
    page = visitor.page
    visitor.open(f"/Scenario?s={link_token(preset('tiny'))}&run={run_id}")
    visitor.wait_for_map(f"{PAINTED} && map.mode === 'edit'")
    marks = [page.locator(mark).evaluate(ICON) for mark in (".legend .mark.quadcopter", "[data-tool=aerial_user]")]
    visitor.switch("Replay")
    visitor.wait_for_map(f"{PAINTED} && map.mode === 'replay' && map.slot === '0'")
    marks.append(page.locator(".legend .mark.quadcopter").evaluate(ICON))
    assert len(marks) == 3 and len(set(marks)) == 1
    served = served_users(result.scenario, result.dataset)
    for slot in (0, 4):
        page.get_by_label("Time", exact=True).fill(str(slot))
        visitor.wait_for_map(f"map.slot === '{slot}'")
        words = page.locator(".hud-clock").inner_text()
        assert words.endswith(f"{served[slot].sum()} of {served.shape[1]} users served")
