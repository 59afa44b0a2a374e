"""Sharing in a browser: reports, a link to a view, a story that plays by itself, from its file without a network."""

import contextlib
import io
import re
import time
from html.parser import HTMLParser

import numpy as np
import pytest
from pypdf import PdfReader
from visitor import ARTIFACTS, PATIENCE_S

from itnt_core.mapdata.ready_stories import ready_story
from itnt_core.mapdata.story import delete_story, read_story
from itnt_core.runs import RunStore

PAINTED = "map.painted === '1' && map.state === 'ready' && map.mode === 'replay'"
LOCAL = re.compile("(file|data|blob):")


class Numbers(HTMLParser):
    """Collects the numbers of a report by their keys."""

    def __init__(self, page):
        super().__init__()
        self.found = {}
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if "data-value" in attributes:
            self.found[attributes["data-key"].partition(".")[2]] = float(attributes["data-value"])


def open_replay(visit, run, more="", **window):
    visitor = visit(**{"width": 1000, "height": 760, **window})
    visitor.open(f"/Replay?run={run[0]}{more}")
    visitor.wait_for_map(PAINTED)
    return visitor


def downloaded(page, label):
    """Press a download button and return what came."""
    with page.expect_download() as download:
        page.get_by_role("button", name=label).click()
    return download.value.suggested_filename, download.value.path().read_bytes()


@contextlib.contextmanager
def without_network(browser, **options):
    """Open a tab that can reach nothing, and complain about everything that it tries."""
    context = browser.new_context(offline=True, **options)
    try:
        context.route("**", lambda route: route.continue_() if LOCAL.match(route.request.url) else route.abort())
        context.set_default_timeout(PATIENCE_S * 1000)
        page, complaints = context.new_page(), []
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: None if LOCAL.match(request.url) else complaints.append(request.url))
        yield page
        assert complaints == []
    finally:
        context.close()


def test_the_reports_of_the_page_hold_the_stored_results_numbers(visit, browser, tiny_run, tmp_path):
    run_id, result = tiny_run
    page = open_replay(visit, tiny_run).page
    name, html = downloaded(page, "Report (HTML)")
    assert name.endswith("-report.html")
    found, slot_s = Numbers(html.decode()).found, result.scenario.time.slot_s
    rates = result.dataset["rate_active_mbit_s"].values
    assert found["data_service_mbit"] == pytest.approx(np.nansum(rates) * slot_s)
    assert found["upper_bound_mbit"] == result.kpis["upper_bound_mbit"]
    assert found["violations"] == 0
    for column, user in enumerate(result.scenario.user_ids):
        assert found[f"user.{user}.data_mbit"] == pytest.approx(np.nansum(rates[:, column]) * slot_s)
    name, pdf = downloaded(page, "Report (PDF)")
    assert name.endswith("-report.pdf")
    text = " ".join(" ".join(part.extract_text() for part in PdfReader(io.BytesIO(pdf)).pages).split())
    assert f"{result.kpis['data_service_mbit']:,.1f} Mbit" in text and run_id in text

    (tmp_path / "report.html").write_bytes(html)
    with without_network(browser, viewport={"width": 390, "height": 800}, color_scheme="dark") as paper:
        paper.goto((tmp_path / "report.html").as_uri())
        assert paper.locator("figure svg").count() >= 5
        assert paper.evaluate("document.documentElement.scrollWidth") <= 390
        paper.screenshot(path=ARTIFACTS / "report-390-dark.png")


def test_a_story_is_prepared_in_two_clicks_and_plays_by_itself(visit, data_folder, tiny_run):
    folder, result = RunStore(data_folder).folder(tiny_run[0]), tiny_run[1]
    delete_story(folder)
    visitor = open_replay(visit, tiny_run, "&t=3&user=gu-2")
    page = visitor.page
    assert visitor.map_state()["selected"] == "gu-2"
    page.get_by_role("button", name="Add this view to the story").click()
    visitor.wait_for_map("map.storyViews === '1'")
    page.get_by_role("button", name="Play the story").click()
    visitor.wait_for_map("map.story === '1' && map.playing === '1'")
    assert page.evaluate("document.fullscreenElement !== null")
    box = page.locator(".box.presenting").bounding_box()
    window = page.evaluate("[innerWidth, innerHeight]")
    assert (box["width"], box["height"]) == tuple(window)
    state = visitor.wait_for_map("map.playing === '0'")  # its only view has been shown
    assert state["time"] == "3.00" and state["selected"] == "gu-2"
    visitor.picture("story-own")
    page.keyboard.press("Escape")
    visitor.wait_for_map("map.story === undefined")
    assert page.locator(".box.presenting").count() == 0
    story = read_story(folder, result.scenario.time.slots, result.scenario.user_ids)
    assert [(view.start_slot, view.user) for view in story.views] == [(3.0, "gu-2")]
    assert story.views[0].caption.startswith("At 6 seconds") or "seconds" in story.views[0].caption


def test_a_link_opens_the_same_view_again(visit, tiny_run):
    visitor = open_replay(visit, tiny_run)
    page = visitor.page
    page.get_by_label("Chosen user", exact=True).select_option(label="gu-3")
    page.get_by_role("button", name="Top: straight down").click()
    page.wait_for_function("() => globalThis.itntMap3d.camera.view.pitch === 0")
    page.get_by_label("Time", exact=True).fill("5")
    page.get_by_role("button", name="Link to this view").click()
    address = page.get_by_label("Address of this view").input_value()
    before = page.evaluate("globalThis.itntMap3d.camera.view")
    page.goto(address)
    state = visitor.wait_for_map(f"{PAINTED} && map.time === '5.00'")
    assert state["selected"] == "gu-3"
    after = page.evaluate("globalThis.itntMap3d.camera.view")
    for name, off in (("longitude", 1e-5), ("latitude", 1e-5), ("zoom", 0.01), ("pitch", 0.1), ("bearing", 0.1)):
        assert after[name] == pytest.approx(before[name], abs=off), name


def test_the_story_plays_from_its_file_with_the_network_blocked(visit, browser, data_folder, tiny_run, tmp_path):
    delete_story(RunStore(data_folder).folder(tiny_run[0]))
    name, content = downloaded(open_replay(visit, tiny_run).page, "One-file replay")
    (tmp_path / name).write_bytes(content)
    views = ready_story(tiny_run[1]).views
    with without_network(browser, viewport={"width": 900, "height": 600}) as page:
        page.goto((tmp_path / name).as_uri() + "#story")
        assert state_where(page, story="1", playing="1")["storyShown"] == views[0].caption
        before = page.locator(".box").screenshot()
        second = state_where(page, story="2")
        assert second["storyShown"] == views[1].caption
        assert page.locator(".box").screenshot() != before
        page.keyboard.press(" ")
        state_where(page, playing="0")
        for number in range(3, len(views) + 1):
            page.keyboard.press("ArrowRight")
            assert state_where(page, story=str(number))["storyShown"] == views[number - 1].caption
        page.keyboard.press("ArrowLeft")
        state_where(page, story=str(len(views) - 1))
        page.screenshot(path=ARTIFACTS / "story-one-file.png")
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Play the story").wait_for()
        assert page.locator(".box.presenting").count() == 0


def state_where(page, **wanted):
    """Wait until the map says something of itself; asked from outside, for the page forbids evaluated strings."""
    for _ in range(PATIENCE_S * 5):
        state = page.evaluate("() => ({...document.querySelector('.map3d')?.dataset})")
        if all(state.get(name) == value for name, value in wanted.items()):
            return state
        time.sleep(0.2)
    pytest.fail(f"The story did not come to {wanted}: {state}")
