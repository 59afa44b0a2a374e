"""Spectrum twin in the browser: from a file of measured traffic to a map that plays plan and correction."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from itnt_core.runs import RunStore
from itnt_core.twin import run_scheme, twin_preset, write_twin_result
from tests.shared import real_case, shared_file

REAL = "data/traffic/milan_internet_10min_square_4159.csv"


@pytest.fixture(params=["made up", real_case(REAL)])
def traffic_file(request, tmp_path):
    """Return a file of four made-up days of traffic, and a real one of the same form."""
    if request.param == "real":
        return shared_file(REAL)
    times = 1_383_260_400_000 + 600_000 * np.arange(4 * 144)
    wave = 200.0 + 150.0 * np.sin(np.arange(times.size) / 144 * 2 * np.pi)
    path = tmp_path / "milan.csv"
    rows = (f"4159,{time},{value:.3f}" for time, value in zip(times, wave, strict=True))
    path.write_text("\n".join(["square_id,time_ms,internet", *rows]))
    return path


@pytest.fixture
def watched_and_waiting(data_folder, city_cache):
    """Return the store, a run of a toy that has finished, and one of the same question that waits for a worker."""
    store = RunStore(data_folder)
    toy = twin_preset("toy", cache_dir=city_cache)
    toy = toy.model_copy(update={"network": toy.network.model_copy(update={"name": "Watched toy"})})
    watched = store.submit(toy, "greedy")
    write_twin_result(store.folder(watched), run_scheme(toy, "greedy", cache_dir=city_cache))
    with store.connection() as connection:
        connection.execute("UPDATE runs SET state = 'done', progress = 1, finished = 2 WHERE id = ?", (watched,))
    return store, store.get(watched), store.submit(toy, "joint_refine")  # the page sees to a worker


def test_a_course_plays_on_and_a_traffic_file_becomes_one_that_plays_plan_and_correction(
    visit, watched_and_waiting, traffic_file
):
    visitor = visit()
    plays_on_while_another_scheme_finishes(visitor, *watched_and_waiting)
    asks_about_traffic_of_its_own(visitor, traffic_file)
    plays_plan_and_correction(visitor)


def plays_on_while_another_scheme_finishes(visitor, store, watched, waiting):
    """What is watched is not taken away, and does not begin again, when the page shows one scheme more."""
    page = visitor.page
    visitor.open(f"/Spectrum_twin?question={watched.scenario_hash[:12]}")
    page.get_by_text("only the abstract was at hand").wait_for()
    visitor.wait_for_map("map.mode === 'sharing' && map.painted && map.cycle === '1'")
    page.get_by_role("button", name="Loop: on").click()
    speed = page.get_by_label("Speed")
    speed.select_option("0.125")  # so slow that it still plays when the other scheme has finished
    page.get_by_role("button", name="Play (space)").click()
    visitor.wait_for_map("map.playing === '1' && Number(map.time) > 0.1")
    visitor.table("Schemes")
    page.get_by_text("Least backlog here:").wait_for(timeout=240_000)  # there are two now
    visitor.table("Schemes")  # closed again
    assert store.get(waiting).state == "done"
    expect(page.get_by_label("Scheme to watch")).to_have_value("Greedy full reuse")
    speed.select_option("16")
    cycles = twin_preset("toy").cycles
    visitor.wait_for_map(f"map.cycle === '{cycles}' && map.playing === '0'")  # it went on to its end
    page.get_by_role("button", name="Loop: off").click()
    speed.select_option("1")


def asks_about_traffic_of_its_own(visitor, traffic_file):
    """Ask for another preset's runs with measured traffic."""
    page = visitor.page
    visitor.go("Runs")
    visitor.go("Spectrum twin")  # without the question of the link: the newest answer will be watched
    page.get_by_role("button", name="Presets").click()
    page.get_by_text("toy", exact=True).click()
    page.get_by_role("button", name="Use this preset").click()
    page.get_by_text(re.compile("1 base stations, 1 satellites, 3 users")).first.wait_for(timeout=60_000)
    page.get_by_role("combobox", name="Question", exact=True).click()
    page.get_by_role("option", name="The question asked below, not answered yet").click()
    visitor.wait_for_map("map.mode === 'sharing' && map.painted === '1' && map.links === '0'")
    visitor.resize(390, 844, dark=False)  # on a telephone messages leave the view buttons free
    words = page.locator(".st-key-messages").get_by_text("Nothing has finished yet").bounding_box()
    views = page.get_by_role("button", name="Top: straight down").bounding_box()
    assert words["x"] > views["x"] + views["width"]
    visitor.resize(1280, 640, dark=False)

    page.get_by_text("Traffic", exact=True).click()
    load = page.get_by_role("spinbutton", name="Mean load of a user, Mbit/s")
    expect(load).to_have_value("6.00")  # the preset's, not that of the question before
    load.fill("20")  # so much that something waits: else there is nothing to correct
    load.press("Enter")
    page.get_by_text("Traffic of your own").click()
    page.locator('input[type="file"]').first.set_input_files(traffic_file)
    page.get_by_role("button", name="Use this traffic").click()
    page.get_by_role("button", name="Back to generated traffic").wait_for(timeout=60_000)
    visitor.table("Set-up")
    page.get_by_text(re.compile("Traffic: your file, 1 cells")).wait_for(timeout=60_000)
    page.get_by_role("button", name="Start 4 runs").click()
    visitor.table("Schemes")  # offered once the first has finished
    page.get_by_text(re.compile("Least backlog here: .*With perfect forecasts")).wait_for(timeout=240_000)
    visitor.table("Schemes")  # closed again
    expect(page.locator(".st-key-figures")).to_contain_text("Mean backlog")
    expect(page.get_by_label("Scheme to watch")).to_have_value("DT-JointRA + RT-Refine")


def plays_plan_and_correction(visitor):
    """Watch a cycle as it was planned and as it was run, by keys and by buttons, on three screens."""
    page = visitor.page
    visitor.wait_for_map("map.mode === 'sharing' && map.side === 'plan'")  # a cycle begins with its plan
    page.locator(".map3d .box").focus()
    page.keyboard.press("c")
    run = visitor.wait_for_map("map.side === 'run' && map.cycle === '1'")
    assert run["time"] == "1.00"
    page.get_by_role("button", name="What the twin had planned").click()
    visitor.wait_for_map("map.side === 'plan' && map.time === '0.00'")
    page.keyboard.press("PageDown")
    visitor.wait_for_map("map.side === 'plan' && map.cycle === '2'")
    page.keyboard.press("b")
    visitor.wait_for_map("map.subband === '1'")
    page.keyboard.press("n")
    expect(page.locator(".map3d .card")).to_contain_text("waits:")
    page.keyboard.press("Home")
    page.locator(".map3d .box").focus()  # on a button the space bar presses the button
    page.keyboard.press(" ")
    visitor.wait_for_map("map.playing === '1' && Number(map.time) > 0.2")
    page.keyboard.press(" ")
    visitor.wait_for_map("map.playing === '0'")
    visitor.picture("spectrum")
    for width, height, dark in ((1280, 720, True), (390, 844, False)):
        visitor.resize(width, height, dark=dark)
        page.locator('[data-test-script-state="notRunning"]').wait_for(state="attached")
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider <= 0
        expect(page.get_by_role("button", name="Play (space)")).to_be_in_viewport()
        visitor.picture(f"spectrum-{width}-{'dark' if dark else 'light'}")
