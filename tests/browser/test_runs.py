"""Runs in the browser: seen live by everybody, acted on in the table, and longer-lived than the dashboard."""

import os
import re
import signal

from serving import serving, stop
from visitor import Visitor, until

from itnt_core.presets import preset
from itnt_core.runs import RunStore, cache_folder
from itnt_core.scenario.link import link_token

SWEPT = 20  # runs of a sweep: some are still to come whenever the dashboard is killed


def open_optimise(visitor, scenario):
    """Open the Optimise page with a scenario, as people do who were sent a link."""
    visitor.open(f"/Scenario?s={link_token(scenario)}")
    visitor.wait_for_map("map.mode === 'edit'")
    visitor.switch("Optimise")
    visitor.unfold("To compare")


def fill(field, text):
    """Write into a field and press Enter."""
    field.fill(text)
    field.press("Enter")


def choose(page, name, chosen):
    """Choose from a list that may be drawn anew under the hand, until its field shows what was chosen."""
    field = page.get_by_role("combobox", name=name)

    def pick():
        field.fill("")
        field.fill(chosen)
        page.get_by_role("option", name=chosen).click(timeout=3_000)

    until(page.get_by_test_id("stMultiSelect").filter(has=field).get_by_text(chosen, exact=True).first, pick)
    field.press("Escape")


def test_two_browsers_see_the_same_runs_live_and_not_each_others_scenario(visit, data_folder):
    scenario = preset("tiny").model_copy(update={"name": "Seen by both"})
    watcher = visit()
    watcher.open("/Runs")
    page = watcher.page
    page.get_by_text("Crown copyright").wait_for()
    starter = visit(stranger=True)
    open_optimise(starter, scenario)
    starter.page.get_by_role("button", name="Start", exact=True).click()
    starter.page.get_by_text(re.compile(r"Straight line, Seen by both")).first.wait_for()
    (run,) = [run for run in RunStore(data_folder).list() if run.subject == "Seen by both"]
    page.get_by_text(re.compile(r" runs shown · [0-9]+ done, 2 recorded\. Choose")).wait_for()  # nothing moves any more
    fill(page.get_by_label("Search in titles and ids"), "seen by both")
    page.get_by_text(re.compile(r"^1 of [0-9]+ runs shown")).wait_for()
    table, box_of_first_row = page.get_by_test_id("stDataFrame").first, {"x": 16, "y": 52}
    until(
        page.get_by_text("Finished; its result is complete"),
        lambda: table.click(position=box_of_first_row, timeout=20_000),
    )
    watcher.picture("runs")
    fill(page.get_by_label("Title", exact=True), "Renamed")
    page.get_by_text(re.compile(r"^0 of [0-9]+ runs shown")).wait_for()
    assert RunStore(data_folder).get(run.id).title == "Renamed"

    watcher.go("Optimise")
    page.get_by_role("button", name="London 4 km").wait_for()


def test_a_sweep_goes_on_while_the_dashboard_is_killed_and_is_found_again(profiles, tmp_path, city_cache):
    store = RunStore(tmp_path)
    cache_folder(tmp_path).symlink_to(city_cache)
    process, address = serving("dashboard.py", tmp_path)
    page = profiles[False].tab()
    visitor = Visitor(page, address)
    try:
        open_optimise(visitor, preset("tiny"))
        visitor.unfold("Sweep")
        page.get_by_role("combobox", name="Methods of the sweep").press("Backspace")
        for name, chosen in (("Methods of the sweep", "Straight line"), ("Axes", "Seeds")):
            choose(page, name, chosen)
        fill(page.get_by_label("Seeds, counted up from the scenario's"), f"{SWEPT}")
        until(  # started again, a sweep goes on
            page.get_by_text(re.compile(f"[0-9]+ of {SWEPT} runs are over")),
            lambda: page.get_by_role("button", name=f"Start {SWEPT} runs").click(timeout=20_000),
        )
        os.kill(process.pid, signal.SIGKILL)
    finally:
        stop(process)
        page.goto("about:blank")
    runs = store.list()
    assert len(runs) == SWEPT and any(not run.is_over for run in runs)

    process, address = serving("dashboard.py", tmp_path)
    visitor = Visitor(page, address)
    try:
        visitor.open("/Runs")
        page.get_by_text(f"{SWEPT + 2} of {SWEPT + 2} runs shown · {SWEPT} done, 2 recorded").wait_for(timeout=300_000)
    finally:
        stop(process)
        page.close()
    assert {run.attempts for run in store.list()} == {1}
