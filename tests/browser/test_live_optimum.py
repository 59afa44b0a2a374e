"""The whole way in a real browser with the live optimum on, and what becomes of its worker."""

import os
import re
import signal
import time

import psutil
import pytest
from serving import served
from visitor import Visitor

from itnt_core.presets import preset
from itnt_core.runs import cache_folder
from itnt_core.scenario.link import link_token

READY = "map.painted === '1' && map.mode === 'edit' && map.things === '8'"
PAINTED = "map.painted === '1' && map.state === 'ready'"
ANSWERED = "['working', 'settled'].includes(map.live)"  # there is an answer, maybe not yet the best one
MBIT = re.compile(r"([0-9,.]+) Mbit")


@pytest.fixture(scope="module")
def live_server(tmp_path_factory, city_cache, spare_port):
    """Serve the app with the live optimum on, at first without a run or a scenario."""
    data = tmp_path_factory.mktemp("data")
    cache_folder(data).symlink_to(city_cache)
    with served("dashboard.py", data, port=spare_port, ITNT_LIVE="on") as address:
        yield address


def workers():
    """Return the processes of live optimums that descend from this one."""
    below = psutil.Process().children(recursive=True)
    return [process for process in below if "itnt_core.live.child" in " ".join(_command(process))]


def _command(process):
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def mbit(text):
    """Return the first data volume that a text names."""
    return float(MBIT.search(text).group(1).replace(",", ""))


def switch_off(card):
    """Switch the live optimum off; its worker ends."""
    card.page.get_by_text("Live optimum", exact=True).first.click()
    card.wait_for(state="hidden")


def same_map(visitor):
    """Say whether the map's node and the camera are the ones of the call before."""
    return visitor.page.locator(".map3d").evaluate(
        """node => { const view = JSON.stringify(globalThis.itntMap3d.camera.view), before = globalThis.mapBefore;
        globalThis.mapBefore = [node, view];
        return !before || (before[0] === node && before[1] === view); }"""
    )


def test_a_placed_mast_changes_the_optimum_on_the_map_and_a_lost_worker_is_replaced(profiles, live_server):
    page = profiles[False].tab(height=1100, still=True)
    visitor = Visitor(page, live_server)
    try:
        visitor.open(f"/Scenario?s={link_token(preset('tiny'))}")
        visitor.wait_for_map(f"{READY} && map.live === 'settled' && map.edit === '1'")
        card = page.get_by_role("region", name="Live optimum")
        assert card.get_by_role("status").inner_text() == "First answer to this scenario"
        assert "Upper bound" in card.inner_text() and "For comparison, straight flights" in page.inner_text("body")
        first, before = card.locator("dd").first.inner_text(), mbit(card.inner_text())
        visitor.choose("Add a GBS (G)")
        visitor.click_map((0.45, 0.62))
        visitor.wait_for_map("map.things === '9' && map.live === 'settled' && map.edit === '2'")
        assert card.locator("dd").first.inner_text() != first
        assert mbit(card.inner_text()) > before
        assert card.get_by_role("status").inner_text() != "First answer to this scenario"
        visitor.picture("live")

        (worker,) = workers()
        os.kill(worker.pid, signal.SIGKILL)
        page.get_by_role("button", name="Undo", exact=False).first.click()
        visitor.wait_for_map("map.things === '8' && map.live === 'settled' && map.edit === '3'")
        assert card.locator("dd").first.inner_text() == first
        (another,) = workers()
        assert another.pid != worker.pid

        switch_off(card)
        end = time.monotonic() + 60.0
        while workers():
            assert time.monotonic() < end
            time.sleep(0.1)
        visitor.leave()
    finally:
        profiles[False].take_back(page, live_server)
    assert visitor.complaints == []


def test_from_the_demo_to_a_comparison_and_everything_is_there_after_a_reload(profiles, live_server):
    page = profiles[False].tab(height=720)
    visitor, stranger = Visitor(page, live_server), None
    try:
        visitor.open("/")
        visitor.wait_for_map(f"{PAINTED} && map.mode === 'replay' && Number(map.time) > 1")  # the demo plays by itself
        page.get_by_role("button", name="Pause (space)").click()
        page.emulate_media(reduced_motion="reduce")  # and nothing else does
        page.get_by_role("button", name="Build your own").click()
        things = int(visitor.wait_for_map(f"{PAINTED} && map.mode === 'edit' && {ANSWERED}")["things"])
        card = page.get_by_role("region", name="Live optimum")
        assert mbit(card.inner_text()) > 0

        # one click: the mast stands and is answered by itself; that it pays is seen above, where answers settle quickly
        visitor.choose("Add a GBS (G)")
        same_map(visitor)
        visitor.click_map((0.45, 0.6))
        visitor.wait_for_map(f"map.things === '{things + 1}' && map.pending === '0' && map.edit === '2' && {ANSWERED}")
        assert mbit(card.inner_text()) > 0
        switch_off(card)  # or it would compute on beside all that follows

        visitor.switch("Optimise")
        panel = page.locator(".st-key-side")
        seconds = panel.get_by_role("spinbutton", name="Planner, seconds", exact=True)
        seconds.fill("1")  # any answer will do
        seconds.press("Enter")
        page.locator('[data-test-script-state="notRunning"]').wait_for(state="attached")
        panel.get_by_role("button", name="Optimise").click()
        panel.get_by_role("button", name="Replay").wait_for()
        panel.get_by_role("button", name="Replay").click()
        visitor.wait_for_map(f"{PAINTED} && map.mode === 'replay'")
        assert same_map(visitor)
        picture, clock = visitor.map_picture(), page.locator("[data-role=clock]").inner_text()
        page.get_by_label("Speed").select_option("16")  # few pictures are enough
        page.get_by_role("button", name="Play (space)").click()
        visitor.wait_for_map("map.playing === '1' && Number(map.time) > 2")
        page.get_by_role("button", name="Pause (space)").click()
        visitor.wait_for_map("map.playing === '0'")
        assert visitor.map_picture() != picture
        assert page.locator("[data-role=clock]").inner_text() != clock
        visitor.table("Figures")
        drawer, player = (page.locator(part).bounding_box() for part in (".st-key-drawer", ".player"))
        assert drawer["y"] + drawer["height"] <= player["y"]  # the time bar stays in view
        visitor.table("Figures")

        visitor.switch("Compare")
        visitor.wait_for_map(f"{PAINTED} && map.mode === 'compare' && map.way === 'swipe'")
        line = page.get_by_role("slider", name="Swipe line between A and B")
        at = line.bounding_box()["x"]
        line.press("PageUp")
        assert line.bounding_box()["x"] > at + 50
        titles = page.locator("[data-role=run-title]").all_inner_texts()
        assert "+1 mast" in " ".join(titles)  # named by what changed
        visitor.picture("compare-swipe")

        page.reload()
        visitor.wait_for_map(f"{PAINTED} && map.mode === 'compare'")
        assert page.locator("[data-role=run-title]").all_inner_texts() == titles

        # somebody else has the runs, and a scenario of their own, which is seen in Optimise: in Build another worker
        # would begin to compute; that a tab beside it has the same scenario is seen where scenarios are kept
        stranger = Visitor(profiles[True].tab(still=True), live_server)
        stranger.open("/Compare")
        stranger.wait_for_map(f"{PAINTED} && map.mode === 'compare'")
        assert stranger.page.locator("[data-role=run-title]").all_inner_texts() == titles
        visitor.switch("Optimise")
        visitor.wait_for_map(f"{PAINTED} && map.mode === 'edit' && map.things === '{things + 1}'")
        page.wait_for_url(lambda url: "draft=" in url)
        stranger.switch("Optimise")
        stranger.wait_for_map(f"{PAINTED} && map.mode === 'edit' && map.things === '{things}'")
        for one in (visitor, stranger):
            one.leave()
    finally:
        for one in (visitor, stranger):
            if one:
                profiles[one is stranger].take_back(one.page, live_server)
    assert visitor.complaints == stranger.complaints == []
