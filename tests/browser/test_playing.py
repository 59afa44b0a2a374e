"""How a replay plays: at an honest speed, still for who wants stillness, with its users in the picture.

What needs no browser of it is tested in assets/map3d/test: speed, flight, playhead.
"""

import pytest

from itnt_core.presets import preset
from itnt_core.results import served_users
from itnt_core.scenario.frame import local_to_lonlat
from itnt_core.scenario.link import link_token

PAINTED = "map.painted === '1' && map.state === 'ready'"
SETTLED_MS = 1500  # what begins by itself begins 0.4 s after the first picture
ICON = "node => node.querySelector('path').getAttribute('d')"


def test_the_demo_says_that_it_plays_eight_times_as_fast(visit):
    visitor = visit(width=1000, height=900)
    visitor.open("/Replay?run=demo")
    visitor.wait_for_map(f"{PAINTED} && map.mode === 'replay'")
    speed = visitor.page.get_by_label("Speed", exact=True)
    assert (speed.input_value(), speed.locator("option:checked").inner_text()) == ("8", "8×")
    assert speed.get_attribute("title") == "1× is real time"


@pytest.mark.parametrize("address", ["/", "/Replay?run=demo&story=play"])
def test_nothing_moves_by_itself_for_who_wants_less_motion(visit, address):
    visitor = visit(width=1000, height=900)
    visitor.page.emulate_media(reduced_motion="reduce")
    try:
        visitor.open(address)
        visitor.wait_for_map(f"{PAINTED} && map.mode === 'replay'")
        visitor.page.wait_for_timeout(SETTLED_MS)
        state = visitor.map_state()
        assert (state.get("playing", "0"), state["time"], state.get("story")) == ("0", "0.00", None)
        visitor.page.get_by_role("button", name="Play (space)").click()  # asked for, it plays
        visitor.wait_for_map("map.playing === '1' && Number(map.time) > 0.2")
    finally:
        visitor.page.emulate_media(reduced_motion="no-preference")


def test_the_clock_counts_the_users_that_the_judge_finds_served(visit, tiny_run):
    run_id, result = tiny_run
    served = served_users(result.scenario, result.dataset)
    visitor = visit(width=1000, height=900)
    for slot in (0, 4):
        visitor.open(f"/Replay?run={run_id}&t={slot}")
        visitor.wait_for_map(f"{PAINTED} && map.mode === 'replay' && map.slot === '{slot}'")
        words = visitor.page.locator(".hud-clock").inner_text()
        assert words.endswith(f"{served[slot].sum()} of {served.shape[1]} users served")


def test_an_aerial_user_has_one_mark_in_tools_and_legends(visit, tiny_run):
    visitor, marks = visit(width=1300, height=1100), []
    for address, mode in (
        (f"/Scenario?s={link_token(preset('tiny'))}", "edit"),
        (f"/Replay?run={tiny_run[0]}", "replay"),
    ):
        visitor.open(address)
        visitor.wait_for_map(f"{PAINTED} && map.mode === '{mode}'")
        marks.append(visitor.page.locator(".legend .mark.aircraft").evaluate(ICON))
        if mode == "edit":
            marks.append(visitor.page.locator("[data-tool=aerial_user]").evaluate(ICON))
    assert len(marks) == 3 and len(set(marks)) == 1


@pytest.mark.parametrize(("width", "height"), [(1280, 900), (390, 1200)])
def test_the_overview_of_a_small_scenario_holds_all_of_its_users(visit, width, height):
    tiny = preset("tiny")
    visitor = visit(width=width, height=height)
    visitor.open(f"/Scenario?s={link_token(tiny)}")
    visitor.wait_for_map(f"{PAINTED} && map.mode === 'edit' && map.things === '8'")
    ends = [end for user in tiny.aerial_users for end in (user.start, user.destination)]
    places = [thing.position_m for thing in (*ends, *tiny.ground_users, *tiny.ground_stations)]
    points = [
        [*map(float, local_to_lonlat(east, north, tiny.area.lon, tiny.area.lat)), up] for east, north, up in places
    ]
    shares = visitor.page.locator(".stage").evaluate(
        """(stage, points) => {
          const [width, height] = [stage.clientWidth, stage.clientHeight];
          const { view } = globalThis.itntMap3d.camera;
          const viewport = new globalThis.deck.WebMercatorViewport({ ...view, width, height });
          return points.map(point => viewport.project(point)).map(([x, y]) => [x / width, y / height]);
        }""",
        points,
    )
    assert all(0.02 < share < 0.98 for place in shares for share in place), shares
