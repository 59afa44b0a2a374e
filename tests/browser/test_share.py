"""Sharing in a browser: reports, a link to a view, a story that plays by itself, from its file without a network."""

import time
from html.parser import HTMLParser

import numpy as np
import pytest
from pypdf import PdfReader
from visitor import ARTIFACTS, PATIENCE_S, Visitor, without_network

from itnt_core.mapdata.ready_stories import ready_story
from itnt_core.mapdata.story import delete_story, read_story
from itnt_core.runs import RunStore

PAINTED = "map.painted === '1' && map.state === 'ready' && map.mode === 'replay'"


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


def open_replay(visitor, run, more=""):
    """Open the replay of a run and wait until it is drawn."""
    visitor.open(f"/Replay?run={run[0]}{more}")
    visitor.wait_for_map(PAINTED)


@pytest.fixture(scope="module")
def saved(profiles, server, data_folder, tiny_run, tmp_path_factory):
    """Return what the page saves of a run with its ready story, by the label of the button: paths of the files."""
    delete_story(RunStore(data_folder).folder(tiny_run[0]))
    page = profiles[False].tab()
    visitor, files = Visitor(page, server), {}
    open_replay(visitor, tiny_run)
    page.locator(".st-key-side").get_by_role("button", name="Save", exact=True).click()
    for label in ("One-file replay", "Report (HTML)", "Report (PDF)"):
        name, content = downloaded(page, label)
        files[label] = tmp_path_factory.mktemp("saved") / name
        files[label].write_bytes(content)
    visitor.leave()
    profiles[False].take_back(page, server)
    assert visitor.complaints == []
    return files


def downloaded(page, label):
    """Press a download button and return what came."""
    with page.expect_download() as download:
        page.get_by_role("button", name=label).click()
    return download.value.suggested_filename, download.value.path().read_bytes()


def test_the_reports_of_the_page_hold_the_stored_results_numbers(unconnected, saved, tiny_run):
    run_id, result = tiny_run
    file = saved["Report (HTML)"]
    assert file.name.endswith("-report.html")
    html = file.read_bytes()
    found, slot_s = Numbers(html.decode()).found, result.scenario.time.slot_s
    rates = result.dataset["rate_active_mbit_s"].values
    assert found["data_service_mbit"] == pytest.approx(np.nansum(rates) * slot_s)
    assert found["upper_bound_mbit"] == result.kpis["upper_bound_mbit"]
    assert found["violations"] == 0
    for column, user in enumerate(result.scenario.user_ids):
        assert found[f"user.{user}.data_mbit"] == pytest.approx(np.nansum(rates[:, column]) * slot_s)
    assert saved["Report (PDF)"].name.endswith("-report.pdf")
    text = " ".join(" ".join(part.extract_text() for part in PdfReader(saved["Report (PDF)"]).pages).split())
    assert f"{result.kpis['data_service_mbit']:,.1f} Mbit" in text and run_id in text

    with without_network(unconnected, width=390, height=800, dark=True) as paper:
        paper.goto(file.as_uri())
        assert paper.locator("figure svg").count() >= 5
        assert paper.evaluate("document.documentElement.scrollWidth") <= 390
        paper.screenshot(path=ARTIFACTS / "report-390-dark.png")


def test_a_story_is_prepared_in_two_clicks_and_plays_by_itself(visit, data_folder, tiny_run):
    folder, result = RunStore(data_folder).folder(tiny_run[0]), tiny_run[1]
    delete_story(folder)
    visitor = visit()
    open_replay(visitor, tiny_run, "&t=3&user=gu-2")
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


def test_the_one_file_replay_plays_from_disk_without_a_network(unconnected, saved, tiny_run):
    path = saved["One-file replay"]
    assert path.stat().st_size < 15e6
    with without_network(unconnected, width=1280, height=900, dark=True) as page:
        page.goto(path.as_uri())
        first = wait_for_time(page, 0.5)
        before = page.locator(".box").screenshot()
        later = wait_for_time(page, first + 1)
        assert later > first
        page.get_by_role("button", name="Pause (space)").click()
        assert page.locator(".box").screenshot() != before
        assert page.locator("[data-role=clock]").inner_text() != "0.0 / 16 s"
        page.get_by_text("Users, as a table").click()
        assert page.locator("tbody tr").count() == len(tiny_run[1].scenario.user_ids)
        page.screenshot(path=ARTIFACTS / "replay-one-file.png")


def wait_for_time(page, least, seconds=PATIENCE_S):
    """Wait until the playhead has passed a time; the page forbids evaluated strings, so this asks from outside."""
    for _ in range(seconds * 5):
        state = page.evaluate("() => ({...document.querySelector('.map3d')?.dataset})")
        if state.get("painted") == "1" and float(state.get("time", 0)) >= least:
            return float(state["time"])
        time.sleep(0.2)
    pytest.fail(f"The replay did not play: {state}")


def test_the_story_plays_from_its_file_with_the_network_blocked(unconnected, saved, tiny_run):
    views = ready_story(tiny_run[1]).views
    with without_network(unconnected, width=900, height=600) as page:
        page.goto(saved["One-file replay"].as_uri() + "#story")
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
