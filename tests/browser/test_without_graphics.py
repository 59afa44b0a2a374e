"""Browsers that cannot draw in 3D, and lost graphics: at once a sentence and a flat map, on which everything works."""

import pytest
from playwright.sync_api import expect
from visitor import Profile, Visitor, chromium

from itnt_core.city import build_city
from itnt_core.mapdata.export import replay_html
from itnt_core.presets import preset
from itnt_core.scenario.link import link_token

NO_GRAPHICS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-3d-apis", "--disable-software-rasterizer"]
SENTENCE = "This browser cannot draw the 3D map"
LONGEST_S = 2.0  # from the map's place on the page to the sentence in it
# Writes down how long a map waited for its sentence: looked at whenever anything on the page changes.
WATCH = """() => {
  let since = null;
  const look = () => {
    const roots = [document, ...[...document.querySelectorAll("*")].map(node => node.shadowRoot).filter(Boolean)];
    const map = roots.map(root => root.querySelector(".map3d")).find(Boolean);
    if (map) since ??= performance.now();
    const told = map?.querySelector(".notice")?.textContent.includes("cannot draw");
    if (told) globalThis.waited_s ??= (performance.now() - since) / 1000;
    requestAnimationFrame(look);
  };
  look();
}"""
LOSE = """() => {
  const roots = [document, ...[...document.querySelectorAll("*")].map(node => node.shadowRoot).filter(Boolean)];
  const canvases = roots.flatMap(root => [...root.querySelectorAll(".stage canvas:not(.overlay)")]);
  for (const canvas of canvases) canvas.getContext("webgl2").getExtension("WEBGL_lose_context").loseContext();
  return canvases.length;
}"""

GIVE_NONE = """() => {
  const given = HTMLCanvasElement.prototype.getContext;
  HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
    return kind.startsWith("webgl") ? null : given.call(this, kind, ...more);
  };
}"""


@pytest.fixture(scope="module")
def plain_profile(browser):
    """Return a profile of a Chromium that has no WebGL; its pages write down how long a map waits for its sentence."""
    running = browser.browser_type.launch(executable_path=chromium(), args=NO_GRAPHICS)
    profile = Profile(running, few_frames=True)
    profile.context.add_init_script(f"({WATCH})()")
    yield profile
    running.close()


@pytest.fixture
def plain(plain_profile, server, request):
    """Return a visitor without WebGL who complains about nothing at the end."""
    page = plain_profile.tab(height=1400)
    visitor = Visitor(page, server)
    yield visitor
    visitor.leave()
    if request.node.failed:
        page.close()  # whatever state it is in
        return
    plain_profile.take_back(page, server)
    assert visitor.complaints == []


def told(visitor, mode):
    """Wait until a flat map is drawn and says what it lacks; it must have said so at once."""
    state = visitor.wait_for_map(f"map.graphics === 'flat' && map.painted === '1' && map.mode === '{mode}'")
    visitor.page.get_by_text(SENTENCE).wait_for()
    assert visitor.page.evaluate("globalThis.waited_s") < LONGEST_S
    assert visitor.page.get_by_text("Drawing the").count() == 0
    assert visitor.page.locator(".flat path").count() > 5  # land, water, parks, roads, houses
    return state


def objects(visitor, name=""):
    """Return the objects on the map, as one meets them with the Tab key."""
    return visitor.page.locator(".map-objects").get_by_role("button", name=name)


def test_home_says_so_and_its_replay_plays_with_figures(plain):
    plain.open("/")
    told(plain, "replay")
    plain.wait_for_map("map.playing === '1' && Number(map.time) > 1")  # by itself, as with a map
    assert plain.page.get_by_test_id("stMetric").count() >= 5
    plain.page.locator(".notice").get_by_role("button", name="Close").click()
    assert not plain.page.get_by_text(SENTENCE).is_visible()


def test_the_replay_plays_steps_and_breaks_down_the_sinr_of_who_is_clicked(plain, tiny_run):
    plain.open(f"/Replay?run={tiny_run[0]}")
    told(plain, "replay")
    page = plain.page
    page.get_by_role("button", name="Step on (→)").click()
    plain.wait_for_map("map.slot === '1'")
    page.get_by_role("button", name="Play (space)").click()
    plain.wait_for_map("map.playing === '1'")
    users = tiny_run[1].scenario.user_ids
    assert objects(plain).count() == len(users)
    page.get_by_label("Chosen user", exact=True).select_option(index=1)
    page.locator(".card.user").get_by_text("SINR").wait_for()
    page.locator(".chart path.js-line").first.wait_for(state="attached")
    for name in ("Save a picture (PNG)", "Record a video (WebM)", "North up"):
        assert not page.get_by_role("button", name=name).is_visible(), name  # all need the 3D map
    shown = page.locator("svg.flat").get_attribute("viewBox")
    page.get_by_role("button", name="Zoom in").click()
    expect(page.locator("svg.flat")).not_to_have_attribute("viewBox", shown)
    page.set_viewport_size({"width": 390, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_runs_are_compared_on_two_flat_maps(plain, two_runs, tiny_run):
    plain.open(f"/Compare?runs={','.join(two_runs)}")
    told(plain, "compare")
    page = plain.page
    clocks = page.locator("[data-role=pane-clock]")
    before = clocks.all_inner_texts()
    page.get_by_role("button", name="Play (space)").click()
    plain.wait_for_map("map.playing === '1' && Number(map.time) > 3")
    assert clocks.count() == 2 and clocks.all_inner_texts() != before
    assert page.locator("svg.flat").count() == 2
    objects(plain, "gu-2").first.press("Enter")
    plain.wait_for_map("map.selected === 'gu-2'")
    assert page.locator("[data-role=run-title]").first.is_visible()
    page.locator(".chart path.js-line").first.wait_for(state="attached")


def test_a_scenario_is_edited_on_the_flat_map(plain):
    page = plain.page
    plain.open(f"/Scenario?s={link_token(preset('tiny'))}")
    told(plain, "edit")
    page.get_by_text("Worst users").wait_for()
    assert objects(plain).count() == 8  # the same as in 3D
    plain.choose("Add a GBS (G)")
    plain.click_map((0.45, 0.62))
    plain.wait_for_map("map.things === '9' && map.pending === '0'")
    placed = objects(plain, "gbs-3")
    plain.choose("Select and move (V)")
    placed.press("Enter")
    plain.wait_for_map("map.selected === 'gbs-3'")
    before = placed.bounding_box()
    plain.drag_map((0.45, 0.62), (0.5, 0.7))
    plain.wait_for_map("map.pending === '0'")
    expect(placed).not_to_have_css("transform", "none")
    after = placed.bounding_box()
    assert after["x"] > before["x"] + 10 and after["y"] > before["y"] + 10
    page.keyboard.press("Delete")
    plain.wait_for_map("map.things === '8' && map.pending === '0'")


def test_a_replay_in_one_file_says_so_and_plays(plain_profile, tiny_run, city_cache, tmp_path):
    result = tiny_run[1]
    area, city = result.scenario.area, result.scenario.city
    scene = build_city(city.kind, area.lon, area.lat, area.size_m, city.seed, city_cache)
    file = tmp_path / "replay.html"
    file.write_bytes(replay_html(result, scene))
    page = plain_profile.tab(height=720)
    problems = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(file.as_uri())
    page.get_by_text(SENTENCE).wait_for()
    page.locator(".map3d[data-playing='1'][data-painted='1']").wait_for()
    assert page.locator(".map-objects button").count() == len(result.scenario.user_ids)
    page.get_by_text("Users, as a table").click()
    assert page.locator("#users td").first.is_visible() and page.locator(".chart").first.is_visible()
    assert page.evaluate("globalThis.waited_s") < LONGEST_S and problems == []
    page.close()


@pytest.mark.parametrize("place", ["replay", "compare"])
def test_a_lost_context_is_drawn_again_by_itself_then_by_hand_and_at_last_flat(visit, tiny_run, two_runs, place):
    visitor = visit()
    page = visitor.page
    path = {
        "replay": f"/Replay?run={tiny_run[0]}",
        "compare": f"/Compare?runs={','.join(two_runs)}",
    }
    visitor.open(path[place])
    visitor.wait_for_map(f"map.painted === '1' && map.state === 'ready' && map.mode === '{place}'")
    full = len(visitor.map_picture())
    assert page.evaluate(LOSE) >= 1
    visitor.wait_for_map("map.graphics === 'lost' && map.painted === '0'")
    visitor.wait_for_map("map.painted === '1' && !map.graphics")  # by itself, once
    assert len(visitor.map_picture()) > full * 0.7  # an empty map would be a fraction of that
    assert page.evaluate(LOSE) >= 1
    visitor.wait_for_map("map.graphics === 'lost'")
    page.get_by_text("The graphics card has dropped the map").wait_for()
    page.get_by_role("button", name="Draw it again").click()
    visitor.wait_for_map("map.painted === '1' && !map.graphics")
    assert page.evaluate(LOSE) >= 1
    visitor.wait_for_map("map.graphics === 'lost'")
    page.evaluate(GIVE_NONE)
    page.get_by_role("button", name="Draw it again").click()
    visitor.wait_for_map("map.painted === '1' && map.graphics === 'flat'")  # no context any more: the flat map
    page.get_by_text(SENTENCE).wait_for()
    assert page.locator(".flat path").count() > 5
    assert all("WebGL context" in complaint for complaint in visitor.complaints)  # deck.gl says so, too
    visitor.complaints.clear()
