"""Runs in the browser: seen live by everybody, acted on in the table, and longer-lived than the dashboard."""

import contextlib
import os
import re
import signal

import pytest
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from serving import serving, stop
from visitor import Visitor, new_context

from itnt_core.presets import preset
from itnt_core.runs import RunStore
from itnt_core.scenario.link import link_token


def open_optimise(visitor, scenario):
    """Open the Optimise page with a scenario, as people do who were sent a link."""
    visitor.open(f"/Scenario?s={link_token(scenario)}")
    visitor.wait_for_map("map.mode === 'edit'")
    visitor.follow("Optimise")
    visitor.page.get_by_role("button", name=re.compile("^Start")).wait_for(timeout=60_000)


def choose_first_row(page, words):
    """Click the box at the left edge of the first row, until the words that belong to the run are there."""
    for _ in range(6):
        with contextlib.suppress(PlaywrightTimeout):
            # The table may just be drawn anew: click() waits until it stands still, and finds it again.
            page.get_by_test_id("stDataFrame").first.click(position={"x": 16, "y": 52}, timeout=8_000)
            page.get_by_text(words).wait_for(timeout=8_000)
            return
    pytest.fail("The row could not be chosen.")


def test_two_browsers_see_the_same_runs_live_and_not_each_others_scenario(visit, data_folder):
    scenario = preset("tiny").model_copy(update={"name": "Seen by both"})
    watcher = visit()
    watcher.open("/Runs")
    watcher.page.get_by_text("Crown copyright").wait_for()
    starter = visit(stranger=True)
    open_optimise(starter, scenario)
    starter.page.get_by_role("button", name="Start", exact=True).click()
    starter.page.get_by_text(re.compile(r"Seen by both, Straight line")).first.wait_for(timeout=60_000)
    (run,) = [run for run in RunStore(data_folder).list() if run.title.startswith("Seen by both")]
    watcher.page.get_by_label("Search in titles and ids").fill("seen by both")
    watcher.page.keyboard.press("Enter")
    watcher.page.get_by_text(re.compile(r"^1 of [0-9]+ runs? shown")).wait_for(timeout=30_000)
    choose_first_row(watcher.page, "Finished; its result is complete")
    watcher.picture("runs")
    title = watcher.page.get_by_label("Title", exact=True)
    title.fill("Renamed")
    title.press("Enter")
    watcher.page.get_by_text(re.compile(r"^0 of [0-9]+ runs shown")).wait_for(timeout=30_000)
    assert RunStore(data_folder).get(run.id).title == "Renamed"

    watcher.follow("Optimise")
    watcher.page.get_by_text("London 4 km").first.wait_for(timeout=60_000)


def test_a_sweep_goes_on_while_the_dashboard_is_killed_and_is_found_again(browser, tmp_path):
    store = RunStore(tmp_path)
    process, address = serving("dashboard.py", tmp_path)
    context = new_context(browser)
    visitor = Visitor(context, address)
    try:
        open_optimise(visitor, preset("tiny"))
        visitor.page.get_by_text("Vary (sweep)").click()
        seeds = visitor.page.get_by_label("Seeds, counted up from the seed above")
        seeds.fill("60")
        seeds.press("Enter")
        visitor.page.get_by_role("button", name="Start 60 runs").click(timeout=30_000)
        visitor.page.get_by_text(re.compile(r"\b(running|done)\b")).first.wait_for(timeout=60_000)
        os.kill(process.pid, signal.SIGKILL)
    finally:
        stop(process)
        context.close()
    runs = store.list()
    assert len(runs) == 60 and any(not run.is_over for run in runs)

    process, address = serving("dashboard.py", tmp_path)
    context = new_context(browser)
    visitor = Visitor(context, address)
    try:
        visitor.open("/Runs")
        visitor.page.get_by_text("60 of 60 runs shown · 60 done").wait_for(timeout=120_000)
    finally:
        stop(process)
        context.close()
    assert {run.attempts for run in store.list()} == {1}
